"""A table of answers is joined to its draw, and the design of its estimates follows from the manifest alone."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sampling.drawn_sample import DrawnSample, drawn_sample
from sampling.errors import Complaint, SamplingError
from sampling.estimate import EstimateRow, Table, load_plan, run_plan
from sampling.frame import Frame
from sampling.hashing import sha256_text
from sampling.joint_table import joint_table
from sampling.manifest import Manifest, ManifestUnit
from tests.unit.sampling.test_draw import design_of, draw, frame_of

ROWS = [
    f"c{c},{'east' if c < 2 else 'west'},c{c}v{v},{'xy'[v % 2]},{v + 1}.0,c{c}v{v}h{h:02d},{'abc'[h % 3]},{h + 1},1.5"
    for c in range(3)
    for v in range(5)
    for h in range(4 if v else 60)
]
TWO_STAGES = """
purposive: [{level: village, column: village_code, values: [c0v1], reason: 偏远}]
stages:
  - {name: village, strata: [region], method: pps_systematic, size: {count: household}, take: 4}
  - {name: household, strata: [stratum], method: equal, take: 2, reserves: 1, when_short: take_all}
"""
TOTAL = {"id": "t", "statistic": "total", "variables": ["y"]}
MEAN = {"id": "m", "statistic": "mean", "variables": ["y"], "by": ["kind"]}


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Frame:
    return frame_of(ROWS, tmp_path_factory.mktemp("answers"))


@pytest.fixture(scope="module")
def manifest(frame: Frame) -> Manifest:
    return draw(design_of(TWO_STAGES), frame)


def main(manifest: Manifest) -> list[ManifestUnit]:
    return [unit for unit in manifest.stages[-1].units if unit.probability is not None]


def answers(names: list[str], **columns: Any) -> Table:
    numbers = [sum(map(ord, name)) % 17 + 1 for name in names]
    return Table({"id": names, "y": numbers, "kind": ["xy"[number % 2] for number in numbers], **columns})


def estimated(
    sample: DrawnSample, *statements: dict[str, Any], files: dict[str, Table] | None = None
) -> list[EstimateRow]:
    reading = load_plan({"version": 1, "design": dict(sample.design), "estimates": list(statements)})
    assert reading.plan is not None, reading.complaints
    return list(run_plan(reading.plan, sample.table, files=files).rows)


def written_out(manifest: Manifest, table: Table, weight: Callable[[ManifestUnit], float]) -> list[EstimateRow]:
    """Estimate by columns that are written down unit by unit."""
    villages = {unit.id: unit for unit in manifest.stages[0].units}
    households = {unit.id: unit for unit in manifest.stages[1].units}
    populations = {(each.parent, each.stratum): each.population for each in manifest.stages[1].strata}
    names: list[str] = table["id"].texts.to_pylist()
    columns: dict[str, list[Any]] = {name: column.texts.to_pylist() for name, column in table.items()}
    units = [households[name] for name in names]
    columns["village"] = [unit.parent for unit in units]
    columns["region"] = [villages[str(unit.parent)].stratum for unit in units]
    columns["pi"] = [str(villages[str(unit.parent)].probability) for unit in units]
    columns["class"] = [unit.stratum for unit in units]
    columns["N"] = [str(populations[unit.parent, unit.stratum]) for unit in units]
    columns["w"] = [repr(weight(unit)) for unit in units]
    stages = [
        {"cluster": "village", "strata": "region", "probability": "pi"},
        {"strata": "class", "population": "N"},
    ]
    design = {"stages": stages, "weights": "w", "unequal": {"method": "hartley-rao", "variance": "yg"}}
    return estimated(DrawnSample(design, Table(columns)), {**TOTAL}, {**MEAN})


def test_the_design_is_that_of_the_draw(manifest: Manifest) -> None:
    """Villages of probability 1 leave their stratum and the households inside are PSUs, as in any plan."""
    table = answers([unit.id for unit in main(manifest)])
    sample = drawn_sample(manifest, table)
    assert any(unit.sample_type == "certainty" for unit in manifest.stages[0].units)
    assert estimated(sample, TOTAL, MEAN) == written_out(manifest, table, lambda unit: float(unit.weight or 0))
    assert set(sample.table) - set(table) == {
        "village_code",
        *(f"draw.{name}" for name in ("stratum_1", "pi_1", "stratum_2", "population_2", "weight")),
    }


@pytest.mark.parametrize("strata", ["county_code", "region, county_code"])
def test_counties_of_which_strata_were_made_are_domains(frame: Frame, strata: str) -> None:
    manifest = draw(
        design_of(TWO_STAGES.replace("[region]", f"[{strata}]").replace("take: 4", "take: {each: 2}")), frame
    )
    names = [unit.id for unit in main(manifest)]
    sample = drawn_sample(manifest, answers(names))
    assert sample.table["county_code"].texts.to_pylist()[: len(names)] == [name[:2] for name in names]
    rows = estimated(sample, {**MEAN, "by": ["county_code"]})
    assert [row.domain["county_code"] for row in rows] == ["c0", "c1", "c2"]
    with pytest.raises(SamplingError) as caught:
        drawn_sample(manifest, answers(names, county_code=["c9"] * len(names)))
    assert [each.code for each in caught.value.complaints] == ["draw.answers_differ"]


def test_several_rows_of_a_unit_share_its_draw(manifest: Manifest) -> None:
    names = [unit.id for unit in main(manifest)]
    once = answers(names)
    twice = Table({name: [text for text in column.texts.to_pylist() for _ in "ab"] for name, column in once.items()})
    (one,), (two,) = (estimated(drawn_sample(manifest, table), TOTAL) for table in (once, twice))
    assert two.estimate == pytest.approx(2 * (one.estimate or 0))
    assert two.se == pytest.approx(2 * (one.se or 0))
    assert two.df == one.df


def test_opened_reserves_share_the_weight_of_their_group(manifest: Manifest) -> None:
    opened = next(unit for unit in manifest.stages[-1].units if unit.sample_type == "reserve")
    group = (opened.parent, opened.stratum)
    table = answers([*(unit.id for unit in main(manifest)), opened.id])
    members = [unit for unit in main(manifest) if (unit.parent, unit.stratum) == group]

    def weight(unit: ManifestUnit) -> float:
        stated = float((unit if unit.weight else members[0]).weight or 0)
        inside = (unit.parent, unit.stratum) == group
        return stated * len(members) / (len(members) + 1) if inside else stated

    found, expected = estimated(drawn_sample(manifest, table), TOTAL), written_out(manifest, table, weight)[0]
    assert found[0].estimate == pytest.approx(expected.estimate, rel=1e-12)
    assert found[0].se == pytest.approx(expected.se, rel=1e-12)


def test_villages_in_which_nothing_was_taken_have_a_row(frame: Frame) -> None:
    text = TWO_STAGES.replace(
        "method: equal, take: 2, reserves: 1, when_short: take_all", "method: bernoulli, take: 5%"
    )
    manifest = draw(design_of(text.replace("method: pps_systematic, size: {count: household}", "method: equal")), frame)
    names = [unit.id for unit in main(manifest)]
    villages = {unit.id for unit in manifest.stages[0].units if unit.probability is not None}
    empty = villages - {str(unit.parent) for unit in main(manifest)}
    assert empty
    sample = drawn_sample(manifest, answers(names))
    assert sample.table.rows == len(names) + len(empty)
    assert set(sample.table["village_code"].texts.to_pylist()) == villages


def test_exact_joint_probabilities_come_from_their_file(frame: Frame) -> None:
    text = "stages: [{name: village, method: sampford, size: {column: land}, joint_method: exact, take: 4}]"
    manifest = draw(design_of(text), frame)
    names = [unit.id for unit in main(manifest)]
    (group,) = joint_table(manifest, frame)
    pairs = list(group.pairs())
    file = Table(
        {
            "unit_id": [group.units[one].id for one, _, _ in pairs],
            "other_id": [group.units[other].id for _, other, _ in pairs],
            "joint_probability": [chance for _, _, chance in pairs],
        }
    )
    table = Table({"village_code": names, "y": list(range(1, 5))})
    (row,) = estimated(drawn_sample(manifest, table, joint="joint.csv"), TOTAL, files={"joint.csv": file})
    place = {unit.id: number for number, unit in enumerate(group.units)}
    z = np.array([(number + 1) / group.joint[place[name], place[name]] for number, name in enumerate(names)])
    variance = 0.0
    for one, other in combinations(range(4), 2):
        i, j = place[names[one]], place[names[other]]
        variance += (group.joint[i, i] * group.joint[j, j] / group.joint[i, j] - 1) * (z[one] - z[other]) ** 2
    assert (row.se or 0) ** 2 == pytest.approx(variance, rel=1e-9)
    assert codes(manifest, table) == ["design.variance_not_computed"]


PHASES = "first_phase: {{manifest_sha256: {sha256}, weight: weight}}\n"
BY_CLASS = "stages: [{name: household, strata: [stratum], method: equal, take: 4}]"
BY_CHANCE = "stages: [{name: village, method: equal, take: all}, {name: household, method: bernoulli, take: 20%}]"


def phases(frame: Frame, folder: Path, stages: str = BY_CLASS) -> tuple[str, Manifest]:
    """Draw households, and of these a second sample."""
    first = draw(design_of("stages: [{name: household, strata: [region], method: equal, take: 20}]"), frame)
    text = first.to_json()
    weights = {unit.id: unit.weight for unit in main(first)}
    rows = [row.rsplit(",", 1)[0] + f",{weights[row.split(',')[5]]!r}" for row in ROWS if row.split(",")[5] in weights]
    second = draw(design_of(PHASES.format(sha256=sha256_text(text)) + stages), frame_of(rows, folder))
    return text, second


def test_a_second_phase_is_estimated_below_the_first(frame: Frame, tmp_path: Path) -> None:
    text, second = phases(frame, tmp_path)
    first = Manifest.from_json(text)
    table = answers([unit.id for unit in main(second)])
    found = estimated(drawn_sample(second, table, first_phase=text), TOTAL, MEAN)
    values = dict(zip(table["id"].texts.to_pylist(), table["y"].texts.to_pylist(), strict=True))
    kinds = dict(zip(table["id"].texts.to_pylist(), table["kind"].texts.to_pylist(), strict=True))
    inner = {unit.id: unit for unit in main(second)}
    populations = {each.stratum: each.population for each in first.stages[0].strata}
    sizes = {each.stratum: each.population for each in second.stages[0].strata}
    units = main(first)
    columns = {
        "region": [unit.stratum for unit in units],
        "N": [populations[unit.stratum] for unit in units],
        "in": [int(unit.id in inner) for unit in units],
        "class": [inner[unit.id].stratum if unit.id in inner else None for unit in units],
        "n": [sizes[inner[unit.id].stratum] if unit.id in inner else None for unit in units],
        "y": [values.get(unit.id) for unit in units],
        "kind": [kinds.get(unit.id) for unit in units],
    }
    design = {
        "stages": [{"strata": "region", "population": "N"}],
        "two_phase": {"subset": "in", "stages": [{"strata": "class", "population": "n"}]},
    }
    expected = estimated(DrawnSample(design, Table(columns)), TOTAL, MEAN)
    assert [(row.domain, row.n, row.df) for row in found] == [(row.domain, row.n, row.df) for row in expected]
    for row, other in zip(found, expected, strict=True):
        for one, two in ((row.estimate, other.estimate), (row.se, other.se)):
            assert one == (None if two is None else pytest.approx(two, rel=1e-9))
        assert row.reason == other.reason
    assert any(row.se for row in found)


def codes(manifest: Manifest, table: Table, **more: Any) -> list[str]:
    with pytest.raises(SamplingError) as refused:
        drawn_sample(manifest, table, **more)
    assert refused.value.code == "draw.answers_refused"
    return [each.code for each in refused.value.complaints]


def test_names_what_does_not_fit(
    manifest: Manifest, frame: Frame, tmp_path: Path, say: Callable[[Complaint], tuple[str, str]]
) -> None:
    names = [unit.id for unit in main(manifest)]
    judged = next(unit.id for unit in manifest.stages[-1].units if unit.sample_type == "purposive")
    assert codes(manifest, Table({"house": names})) == ["draw.answers_no_unit"]
    assert codes(manifest, answers(names), unit="house") == ["draw.answers_no_unit"]
    assert codes(manifest, answers([*names, "c9v9h9"])) == ["draw.answers_stranger"]
    assert codes(manifest, answers([*names, judged])) == ["draw.answers_purposive"]
    assert codes(manifest, answers(names[1:])) == ["draw.answers_missing"]
    assert codes(manifest, answers(names, village_code=["c0v0"] * len(names))) == ["draw.answers_differ"]
    with pytest.raises(SamplingError) as refused:
        drawn_sample(manifest, answers([*names[1:], judged, "c9v9h9"]))
    for complaint in refused.value.complaints:
        say(complaint)


def test_names_what_does_not_fit_a_draw_of_other_kinds(frame: Frame, tmp_path: Path) -> None:
    by_size = draw(
        design_of("stages: [{name: household, method: pps_systematic, size: {column: size}, take: 9, reserves: 2}]"),
        frame,
    )
    everyone = [unit.id for unit in by_size.stages[0].units]
    assert codes(by_size, answers(everyone)) == ["draw.answers_reserves"]
    last = by_size.stages[-1]
    nobody = replace(by_size, stages=(replace(last, units=()),))
    assert "draw.answers_nothing_drawn" in codes(nobody, answers([]))
    text, second = phases(frame, tmp_path)
    names = [unit.id for unit in main(second)]
    assert codes(second, answers(names)) == ["draw.answers_first_phase"]
    assert codes(second, answers(names), first_phase=text + " ") == ["draw.answers_first_phase"]
    text, second = phases(frame, tmp_path, BY_CHANCE)
    names = [unit.id for unit in main(second)]
    assert codes(second, answers(names), first_phase=text) == ["draw.answers_second_empty"]
