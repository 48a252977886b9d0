"""What a balanced or a spread draw reached is measured from its frame, and told in words."""

from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest

from evalsvc.draws.quality_commands import in_words
from sampling.draw_quality import _balance, draw_quality
from sampling.errors import SamplingError
from sampling.frame import Frame
from sampling.levels import Column, Level
from sampling.manifest import Manifest
from tests.unit.sampling.test_draw import draw, load_design

COUNT = 60
KINDS = ["a", "b"]
FRAME = Frame(
    (
        Level(
            "village",
            "village_code",
            (
                *(Column(name, "integer") for name in ("east", "north", "people", "poor", "zero")),
                Column("kind", "text"),
            ),
        ),
    ),
    pa.table(
        {
            "village_code": [f"v{i:02d}" for i in range(COUNT)],
            "east": [i % 10 for i in range(COUNT)],
            "north": [i // 10 for i in range(COUNT)],
            "people": [20 + (i * 7919) % 61 for i in range(COUNT)],
            "poor": [1 + (i * 31) % 17 for i in range(COUNT)],
            "kind": [KINDS[i % 2] for i in range(COUNT)],
            "zero": [0] * COUNT,
        }
    ),
)
HEAD = """
version: 1
evaluation: x
draw: 1
frame: {levels: [{name: village, id: village_code, columns: {east: integer, north: integer, people: integer,
  poor: integer, kind: text, zero: integer}}]}
stages:
"""
BALANCED = (
    "- {name: village, strata: [kind], method: balanced, size: {column: people}, take: 10, balance: [poor, zero]}\n"
)
SPREAD = "- {name: village, method: spread, take: 12, coordinates: {plane: [east, north]}}\n"


def manifest_of(stage: str) -> Manifest:
    design = load_design(HEAD + stage).design
    assert design is not None
    return draw(design, FRAME)


def column(name: str) -> dict[str, int]:
    assert FRAME.table is not None
    return dict(zip(FRAME.table["village_code"].to_pylist(), FRAME.table[name].to_pylist(), strict=True))


def test_balanced_totals_are_horvitz_and_thompsons() -> None:
    manifest, poor, people, kind = manifest_of(BALANCED), column("poor"), column("people"), column("kind")
    found = draw_quality(manifest, FRAME)
    assert [group.stratum for group in found] == KINDS
    for group in found:
        total = sum(people[one] for one in people if kind[one] == group.stratum)
        units = [unit for unit in manifest.stages[0].units if unit.stratum == group.stratum]
        by_hand = sum(Fraction(poor[unit.id] * total, 10 * people[unit.id]) for unit in units)
        own, zero = group.columns
        assert own.column == "poor"
        assert own.estimated == pytest.approx(float(by_hand), rel=1e-12)
        assert own.true == sum(poor[one] for one in poor if kind[one] == group.stratum)
        assert own.difference == pytest.approx(own.estimated / own.true - 1.0, rel=1e-9)
        assert own.plain is not None
        assert abs(own.difference or 1.0) < own.plain < 0.6
        assert (zero.estimated, zero.true, zero.difference, zero.plain) == (0.0, 0.0, None, None)
        assert group.spread is None
    assert draw_quality(manifest, FRAME) == found


def test_units_that_cannot_be_drawn_are_no_part_of_the_true_total() -> None:
    chances, values = np.array([0.5, 0.5, 0.5, 0.5, 0.0]), np.array([1.0, 1.0, 1.0, 1.0, 4.0])
    found = _balance("poor", values, chances, np.array([0, 1]), [np.array([0, 2])])
    assert (found.estimated, found.true, found.difference, found.plain) == (4.0, 4.0, 0.0, 0.0)


def test_a_spread_draw_is_more_even_than_plain_ones() -> None:
    (group,) = draw_quality(manifest_of(SPREAD), FRAME)
    assert (group.population, group.units, group.columns) == (60, 12, ())
    assert group.spread is not None
    assert group.spread.balance < 0.7 * group.spread.plain


def test_the_words_hold_the_figures() -> None:
    for stage, wanted in ((BALANCED, "poor"), (SPREAD, "0.")):
        found = draw_quality(manifest_of(stage), FRAME)
        for language in ("zh", "en"):
            told = "\n".join(in_words(found, language))
            assert wanted in told
            assert "%(" not in told
            assert "draw." not in told
    many = list(in_words(draw_quality(manifest_of(SPREAD), FRAME) * 25, "en"))
    assert many[20].startswith("5 more groups")


def test_other_draws_have_nothing_to_measure() -> None:
    with pytest.raises(SamplingError) as raised:
        draw_quality(manifest_of("- {name: village, method: equal, take: 3}\n"), FRAME)
    assert raised.value.code == "draw.no_quality"
