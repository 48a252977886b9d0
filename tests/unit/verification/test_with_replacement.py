"""A report on villages of which some were drawn several times: from the draw to the check of every figure."""

import csv
import io
import json
from collections import Counter

import pytest

from evalsvc.verification.run import verify
from tests import small_world

STAGE = """    method: with_replacement
    size: {count: household}
    take: {each: 4}
"""
TAKES = {"监测户": 2}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Four draws in each stratum of villages."""
    begin, end = (
        small_world.DESIGN.index("    method: pps_systematic"),
        small_world.DESIGN.index("  - name: household\n"),
    )
    design = small_world.DESIGN[:begin] + STAGE + small_world.DESIGN[end:]
    return small_world.make_world(tmp_path_factory.mktemp("again"), design=design)


@pytest.fixture(scope="module")
def report(world):
    return small_world.issue(world)


@pytest.fixture(scope="module")
def rows(report):
    return list(csv.DictReader(io.StringIO(report.content["answers.csv"].decode())))


def test_a_village_drawn_k_times_gives_k_takes_of_every_class(world):
    villages, households = world.manifest.stages
    times = {unit.id: unit.times for unit in villages.units}
    assert set(times.values()) > {1}
    main = Counter((unit.parent, unit.stratum) for unit in households.units if unit.sample_type != "reserve")
    for group in households.strata:
        take = TAKES.get(group.stratum, 4)
        assert main[group.parent, group.stratum] == min(times[group.parent] * take, group.population)


def test_the_table_says_how_often_and_the_plan_asks_for_it(world, report, rows):
    units = {unit.id: unit for unit in world.manifest.stages[0].units}
    for row in rows:
        unit = units[row["village_code"]]
        assert (row["draws_1"], float(row["pi_1"])) == (str(unit.times), unit.probability)
    plan = report.content["plan.yaml"].decode()
    assert "draws: draws_1" in plan
    assert "unequal" not in plan


def test_base_weights_of_a_group_sum_to_its_households_by_the_draws_of_its_village(world, rows):
    units = {unit.id: unit for unit in world.manifest.stages[0].units}
    sums = Counter()
    for row in rows:
        sums[row["village_code"], row["stratum_2"], row["population_2"]] += float(row["base_weight"])
    for (village, _, population), weight in sums.items():
        unit = units[village]
        assert weight == pytest.approx(int(population) * unit.times / unit.probability, rel=1e-12)


def test_degrees_of_freedom_are_draws_less_strata(report):
    estimates = json.loads(report.content["results.json"])["estimates"]
    found = {row["domain"]["county_code"]: row["df"] for row in estimates if row["id"] == "recognition"}
    assert found == {"350125": 8 - 2, "350424": 8 - 2}


def test_the_check_of_the_whole_report_recomputes_every_figure(report):
    outcome = verify(report.pdf, report.bundle)
    assert [step for step in outcome.steps if step.state == "failed"] == []
    assert outcome.figures and all(figure.equal for figure in outcome.figures)
