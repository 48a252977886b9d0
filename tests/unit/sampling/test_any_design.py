"""Designs and frames of any kind: complaints with a sentence, or a whole draw that verifies; nothing in between."""

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sampling.design import Design
from sampling.design_check import check_design
from sampling.engine import DuckDBEngine
from sampling.errors import SamplingError
from sampling.explain import explain
from sampling.frame import Frame
from sampling.groups import plan_takes
from sampling.levels import levels_from_json
from sampling.listing import bind_lists, continue_draw
from sampling.manifest import Manifest, ManifestUnit
from sampling.methods.catalogue import METHODS
from sampling.steps import read_groups, units_step
from tests.unit.sampling.any_document import (
    HEAD,
    LATER,
    LEVELS,
    PLAIN_STAGES,
    RICH,
    Junk,
    Say,
    read_or_complain,
)
from tests.unit.sampling.any_frame import (
    designs,
    drawn,
    frame_of,
    frame_rows,
    ordinary,
    shuffled,
    told,
    verified,
    with_lists_of,
    without_last_level,
)


def certain_of(sizes: dict[str, int], n: int) -> tuple[set[str], int, int]:
    """Take out whoever has size * n >= total, repeatedly: the certainties, and n and total of the rest."""
    certain: set[str] = set()
    rest = {unit: size for unit, size in sizes.items() if size > 0}
    while n > 0 and (found := {unit for unit, size in rest.items() if size * n >= sum(rest.values())}):
        certain |= found
        n -= len(found)
        rest = {unit: size for unit, size in rest.items() if unit not in found}
    return certain, n, sum(rest.values())


def check_stages(design: Design, frame: Frame, manifest: Manifest) -> None:
    """Hold every stage against numbers, sizes and probabilities worked out anew."""
    judged = manifest.purposive
    with DuckDBEngine(frame) as engine:
        for number, stage in enumerate(manifest.stages):
            if not stage.strata:
                continue
            above = manifest.stages[number - 1] if number else None
            parents = None
            if above is not None:
                parents = "parents"
                engine.load("parents", {"id": [unit.id for unit in above.units]})
            engine.define("listed", units_step(engine, design, number, parents=parents))
            own = design.stages[number]
            sizes: dict[tuple[str, str], dict[str, int]] = {}
            size = "size" if own.size is not None else "1"
            for parent, stratum, unit, value in engine.rows(f"SELECT parent, stratum, id, {size} FROM listed"):
                sizes.setdefault((parent, stratum), {})[unit] = int(value)
            for take in plan_takes(own, read_groups(engine, design, number, "listed")).takes:
                group = take.group.parent or "", take.group.stratum
                units = [
                    unit
                    for unit in stage.units
                    if (unit.parent or "", unit.stratum) == group and unit.id in sizes[group]
                ]
                if take.group.parent not in judged:
                    check_group(own.method, take.main, take.reserves, take.share, sizes[group], units)
                marked = [unit for unit in units if unit.unannounced]
                main = [unit for unit in units if unit.sample_type != "reserve"]
                assert len(marked) == (min(own.unannounced, len(main)) if own.unannounced else 0)


def check_group(
    method: str, n: int, m: int, share: Fraction | None, sizes: dict[str, int], units: list[ManifestUnit]
) -> None:
    main = [unit for unit in units if unit.sample_type != "reserve"]
    reserves = [unit for unit in units if unit.sample_type == "reserve"]
    if METHODS[method].fixed_size:
        assert (sum(unit.times or 1 for unit in main), len(reserves)) == (n, m)
    assert [unit.order for unit in reserves] == list(range(1, m + 1))
    certain, points, total = certain_of(sizes, n + m)
    if method == "with_replacement":
        certain, points, total = set(), n, sum(sizes.values())
    if method == "bernoulli":
        chance = Fraction(n, len(sizes)) if share is None else share
        assert all(unit.probability == float(chance) for unit in main)
        assert chance != 1 or len(main) == len(sizes)
        return
    for unit in main:
        chance = Fraction(1) if unit.id in certain else Fraction(points * sizes[unit.id], total)
        chance *= Fraction(n, n + m) if n else 1
        assert unit.probability == chance.numerator / chance.denominator
        assert unit.sample_type == ("certainty" if chance == 1 and unit.times is None else "probability")
        assert chance > 0 and (chance <= 1 or method == "with_replacement")
    if n and method != "equal":
        assert certain <= {unit.id for unit in units}


def check_weights(manifest: Manifest) -> None:
    for unit in manifest.stages[-1].units:
        known = unit.sample_type in ("probability", "certainty")
        assert (unit.weight is not None) == known == (unit.probability is not None)
        assert unit.weight is None or (math.isfinite(unit.weight) and unit.weight > 0)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(designs(), frame_rows(), st.integers(0, 9))
def test_any_design_is_refused_or_drawn_whole(
    say: Say, tmp_path_factory: pytest.TempPathFactory, document: Junk, rows: list[Junk], seed: int
) -> None:
    design = read_or_complain(json.dumps(document), say)
    if design is None:
        return
    full = frame_of(rows)
    later = design.first_later() is not None
    frame = without_last_level(full) if later else full
    if told(check_design(design, frame), say):
        with pytest.raises(SamplingError) as refused:
            drawn(design, frame)
        assert refused.value.complaints
        return
    explain(design, frame)
    commitment, manifest = drawn(design, frame)
    assert Manifest.from_json(manifest.to_json()).to_json() == manifest.to_json()
    assert drawn(design, shuffled(frame, seed)) == (commitment, manifest)
    folder = tmp_path_factory.mktemp("any")
    verified(manifest, frame, folder)
    check_stages(design, frame, manifest)
    check_weights(manifest)
    if not later:
        return
    frame = with_lists_of(frame, manifest, full)
    try:
        entries = bind_lists(manifest, frame, at=LATER)
        manifest = continue_draw(manifest, frame, entries, drawn_at=LATER, code_version="test")
    except SamplingError as error:
        assert error.complaints or error.code == "draw.nothing_listed"
        told(error.complaints, say)
        return
    verified(manifest, frame, folder)
    check_weights(manifest)


EQUAL: Junk = {"name": "household", "method": "equal", "take": 1, "when_short": "take_all"}
BY_SIZE: Junk = {
    "name": "county",
    "method": "pps_systematic",
    "size": {"column": "remaining"},
    "when_short": "take_all",
}
PRECISION: Junk = {"rate": "0.1", "half_width": "0.1"}
NOTHING_AT_ALL: list[tuple[list[Junk], Junk, str]] = [
    ([EQUAL], {"purposive": ["household", "class", ["a", "b"]]}, "design.no_units"),
    (PLAIN_STAGES, {"purposive": ["village", "kind", ["x", "y"]]}, "design.no_units"),
    ([{**BY_SIZE, "take": "all"}], {"remaining": 0}, "design.nothing_taken"),
    ([{**BY_SIZE, "take": {"precision": PRECISION}}], {"remaining": 0}, "design.nothing_taken"),
    ([{**BY_SIZE, "take": {"precision": {**PRECISION, "each": 2}}}], {"remaining": 0}, "design.nothing_taken"),
    ([{**EQUAL, "take": "3%"}], {}, "design.nothing_taken"),
    ([{**EQUAL, "method": "bernoulli", "take": "0%"}], {}, "design.nothing_taken"),
    ([{**EQUAL, "when_short": "refuse", "take": {"total": 5, "maximum": 1}}], {}, "design.too_few_units_at_top"),
    ([{**EQUAL, "method": "poisson", "size": {"column": "persons"}}], {"persons": 2**61}, "design.size_too_large"),
    (PLAIN_STAGES[:1], {"size": {"sum": "persons"}, "persons": 2**62}, "design.size_too_large"),
    (PLAIN_STAGES[:1], {"size": {"column": "land"}, "land": "9" * 30 + ".9"}, "design.size_too_large"),
    ([{**EQUAL, "method": "poisson", "size": {"column": "persons"}}], {"persons": None}, "design.negative_size"),
    ([EQUAL], {"first_phase": True, "weight": "9" * 400}, "design.weight_unreadable"),
    ([EQUAL], {"first_phase": True, "weight": "0." + "0" * 400 + "1"}, "design.weight_unreadable"),
]


@pytest.mark.parametrize(("stages", "odd", "code"), NOTHING_AT_ALL)
def test_designs_that_give_nothing_or_nothing_exact(say: Say, stages: list[Junk], odd: Junk, code: str) -> None:
    columns = {own.name for level in levels_from_json(LEVELS) for own in level.all_columns}
    frame = frame_of([row | {name: value for name, value in odd.items() if name in columns} for row in ordinary("")])
    document = {**HEAD, "stages": [{**stages[0], **({"size": odd["size"]} if "size" in odd else {})}, *stages[1:]]}
    if "purposive" in odd:
        level, column, values = odd["purposive"]
        document["purposive"] = [{"level": level, "column": column, "values": values, "reason": "线索"}]
    if "first_phase" in odd:
        document["first_phase"] = RICH["first_phase"]
    design = read_or_complain(json.dumps(document), say)
    assert design is not None
    complaints = check_design(design, frame)
    assert [one.code for one in complaints] == [code]
    told(complaints, say)


TAKES_ALL: list[Junk] = [
    {**EQUAL, "take": 2**53 - 1, "reserves": 2**53 - 1},
    {**EQUAL, "take": {"total": 2**53 - 1}},
    {**EQUAL, "take": {"precision": {"rate": "0.5", "half_width": "0.000000000001", "level": "0.999999999999"}}},
    {"name": "household", "method": "pps_systematic", "size": {"column": "persons"}, "take": "all"},
    {**EQUAL, "method": "bernoulli", "take": "100%"},
]


@pytest.mark.parametrize("stage", TAKES_ALL)
def test_more_than_there_is_takes_all(say: Say, tmp_path: Path, stage: Junk) -> None:
    design = read_or_complain(json.dumps({**HEAD, "stages": [stage]}), say)
    assert design is not None
    frame = frame_of(ordinary(""))
    assert check_design(design, frame) == []
    manifest = drawn(design, frame)[1]
    assert [unit.sample_type for unit in manifest.stages[0].units] == ["certainty"] * 15
    verified(manifest, frame, tmp_path)
