"""A unit that was drawn several times with replacement gives several takes, in one go and without replacement."""

import json
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from math import floor
from pathlib import Path

import pytest

from sampling.explain import explain
from sampling.frame import Frame
from sampling.manifest import Manifest
from sampling.verify import verify_draw
from tests.unit.sampling.verify.world import branch, changed, design_of, drawn, set_in, wrong

VILLAGES = """
stages:
  - {name: village, strata: [county_code], method: with_replacement, size: {sum: persons}, take: {each: 4}}
"""
HOUSEHOLDS: dict[str, tuple[str, Callable[[int, int], int]]] = {
    "a number, reserves": (
        "{name: household, strata: [household_class], method: equal, take: {each: 1}, reserves: 1}",
        min,
    ),
    "all": ("{name: household, strata: [household_class], method: equal, take: {each: all}}", lambda _k, n: n),
    "a share": (
        "{name: household, method: equal, take: {each: 30%, by: [], minimum: 1}}",
        lambda k, n: min(k * floor(Fraction(3, 10) * n + Fraction(1, 2)), n),
    ),
    "systematic": ("{name: household, method: systematic, take: {each: 2}}", lambda k, n: min(2 * k, n)),
    "a total": (
        "{name: household, strata: [household_class], method: equal, take: {total: 2, allocation: equal}}",
        min,
    ),
}


def repeated(last: str) -> str:
    return f"{VILLAGES}  - {last}\n"


@pytest.mark.parametrize("kind", HOUSEHOLDS)
def test_takes_follow_the_number_of_draws(
    frame: Frame, whole: Path, check_independently: Callable[[Manifest, Frame], list[str]], kind: str
) -> None:
    last, number = HOUSEHOLDS[kind]
    manifest = drawn(design_of(repeated(last)), frame)
    villages, households = manifest.stages
    assert sum(unit.times or 0 for unit in villages.units) == 20
    times = {unit.id: unit.times or 0 for unit in villages.units}
    assert max(times.values()) > 1
    main = Counter((unit.parent, unit.stratum) for unit in households.units if unit.sample_type != "reserve")
    extra = Counter((unit.parent, unit.stratum) for unit in households.units if unit.sample_type == "reserve")
    for group in households.strata:
        key = group.parent, group.stratum
        assert main[key] == number(times[group.parent or ""], group.population)
        reserves = times[group.parent or ""] if "reserves" in kind else 0
        assert extra[key] == min(reserves, group.population - main[key])
    for unit in households.units:
        if unit.probability is not None:
            group_main, parent = main[unit.parent, unit.stratum], unit.parent or ""
            own = next(one for one in households.strata if (one.parent, one.stratum) == (unit.parent, unit.stratum))
            assert unit.probability == group_main / own.population
            above = next(one for one in villages.units if one.id == parent)
            assert unit.weight == 1 / (1.0 * (above.probability or 0) / times[parent] * unit.probability)
    assert all(finding.ok for finding in verify_draw(manifest, whole))
    assert check_independently(manifest, frame) == []


def test_shares_of_bernoulli_sampling_stop_at_one(
    frame: Frame, whole: Path, check_independently: Callable[[Manifest, Frame], list[str]]
) -> None:
    manifest = drawn(design_of(repeated("{name: household, method: bernoulli, take: {each: 40%}}")), frame)
    times = {unit.id: unit.times or 0 for unit in manifest.stages[0].units}
    for unit in manifest.stages[1].units:
        assert unit.probability == float(min(Fraction(2, 5) * times[unit.parent or ""], Fraction(1)))
    assert any(unit.probability == 1.0 for unit in manifest.stages[1].units)
    assert all(finding.ok for finding in verify_draw(manifest, whole))
    assert check_independently(manifest, frame) == []


def test_every_level_that_is_drawn_with_replacement_multiplies_the_next(
    frame: Frame, whole: Path, check_independently: Callable[[Manifest, Frame], list[str]]
) -> None:
    text = """
stages:
  - {name: county, method: with_replacement, size: {sum: persons}, take: {each: 5}}
  - {name: village, method: with_replacement, size: {count: household}, take: {each: 2}}
  - {name: household, method: with_replacement, size: {column: persons}, take: {each: 5}}
"""
    manifest = drawn(design_of(text), frame)
    for above, stage, each in zip(manifest.stages, manifest.stages[1:], (2, 5), strict=False):
        drawn_in = Counter[str | None]()
        for unit in stage.units:
            drawn_in[unit.parent] += unit.times or 0
        assert drawn_in == {unit.id: each * (unit.times or 0) for unit in above.units}
    assert any((unit.times or 0) > 1 for unit in manifest.stages[2].units)
    assert all(finding.ok for finding in verify_draw(manifest, whole))
    assert check_independently(manifest, frame) == []


@pytest.mark.parametrize(("last", "reserves"), [("each: 1", 1), ("each: all", 0)])
def test_the_expected_numbers_are_those_of_the_draws(frame: Frame, last: str, reserves: int) -> None:
    text = repeated(f"{{name: household, method: equal, take: {{{last}}}, reserves: {reserves}}}")
    villages, households = explain(design_of(text), frame).stages
    assert frame.table is not None
    size, units, of_county = Counter[str](), Counter[str](), Counter[str]()
    for row in frame.table.to_pylist():
        size[row["village_code"]] += row["persons"]
        units[row["village_code"]] += 1
        of_county[row["county_code"]] += row["persons"]
    once = {village: 1 - (1 - persons / of_county[village[:2]]) ** 4 for village, persons in size.items()}
    assert villages.expected == pytest.approx(sum(once.values()))
    everyone = sum(units[village] * chance for village, chance in once.items())
    draws = 5 * 4  # a household for each draw: no village has fewer than its draws
    assert households.expected == pytest.approx(everyone if "all" in last else draws)
    assert sum(each.expected_reserves for each in households.strata) == pytest.approx(draws if reserves else 0)


def test_a_county_sees_that_a_village_gave_too_few_households(frame: Frame, whole: Path, tmp_path: Path) -> None:
    manifest = drawn(design_of(repeated(HOUSEHOLDS["a number, reserves"][0])), frame)
    county = branch(frame, tmp_path, "c0")
    assert all(finding.ok for finding in verify_draw(manifest, county))
    place, often = next(
        (i, unit) for i, unit in enumerate(manifest.stages[0].units) if (unit.times or 0) > 1 and unit.stratum == "c0"
    )
    forged = changed(manifest, set_in("stages", 0, "units", place, "times", value=1))
    for path in (whole, county):
        assert f"stages[0].units[{place}].times {often.id}" in wrong(forged, path)
    value = json.loads(manifest.to_json())
    units = value["stages"][1]["units"]
    last = max(i for i, unit in enumerate(units) if unit["parent"] == often.id and unit["order"] is None)
    del units[last]
    fewer = Manifest.from_json(json.dumps(value))
    assert wrong(fewer, whole)
    assert wrong(fewer, county)
