"""Villages and households that were chosen are visited and reported beside; no figure of the others hangs on them."""

import csv
import io
import json

import pytest

from evalsvc.verification.run import verify
from tests import small_world

VILLAGE = "350125000003"
HOUSEHOLD = "350424000001-004"
BESIDE = f"""
purposive:
  - {{level: village, column: village_code, values: ["{VILLAGE}"], reason: 偏远深山村}}
  - {{level: household, column: household_id, values: ["{HOUSEHOLD}"], reason: 群众来信}}
"""


@pytest.fixture(scope="module")
def chosen(tmp_path_factory):
    """A draw with a chosen village and a chosen household of a village that need not be drawn."""
    return small_world.make_world(tmp_path_factory.mktemp("chosen"), BESIDE)


@pytest.fixture(scope="module")
def report(chosen):
    return small_world.issue(chosen)


def purposive(world):
    return {unit.id for unit in world.manifest.stages[-1].units if unit.sample_type == "purposive"}


def test_the_check_of_the_whole_report_passes(report):
    outcome = verify(report.pdf, report.bundle)
    assert [step for step in outcome.steps if step.state == "failed"] == []
    assert all(figure.equal for figure in outcome.figures)
    keys = {figure.key for figure in outcome.figures}
    assert {
        "fieldwork/purposive/opened",
        "draw/stages/village/purposive",
        "cases/purposive/missed/open/households",
    } <= keys


def test_what_was_chosen_stands_beside_the_sample(chosen, report):
    beside = purposive(chosen)
    assert HOUSEHOLD in beside and {unit.rpartition("-")[0] for unit in beside - {HOUSEHOLD}} == {VILLAGE}
    units = {unit.id: unit for stage in chosen.manifest.stages for unit in stage.units}
    assert all(units[unit].weight is None and units[unit].probability is None for unit in (*beside, VILLAGE))
    assert not any(unit.parent == VILLAGE and unit.sample_type == "reserve" for unit in units.values())
    rows = list(csv.DictReader(io.StringIO(report.content["answers.csv"].decode())))
    assert rows and not beside & {row["unit_id"] for row in rows}
    facts = json.loads(report.content["edition.json"])
    opened = sum(row.opened for row in chosen.fieldwork)
    assert facts["fieldwork"]["purposive"]["opened"] == len(beside)
    assert facts["fieldwork"]["all"]["opened"] == opened - len(beside)
    assert next(each for each in facts["villages"] if each["code"] == VILLAGE)["probability"] is None


def test_persons_below_what_was_chosen_are_not_inferred_to(chosen, report):
    facts = json.loads(report.content["edition.json"])
    counties = {each["code"]: each for each in facts["frame"]["counties"]}
    # 16 villages of 30 to 45 households in each county; the neighbourhood committee takes no part.
    assert (counties["350125"]["villages"], counties["350125"]["households"]) == (15, sum(range(30, 46)) - 33)
    assert (counties["350424"]["villages"], counties["350424"]["households"]) == (16, sum(range(30, 46)) - 1)
