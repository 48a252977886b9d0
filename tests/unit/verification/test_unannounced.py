"""Visits without notice are counted in the report from manifest and fieldwork, and the counts verify."""

import json

import pytest

from evalsvc.verification.run import verify
from tests import small_world


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A draw of which one village in each stratum is visited without notice."""
    design = small_world.DESIGN.replace("take: {each: 3}", "take: {each: 3}\n    unannounced: 1")
    return small_world.make_world(tmp_path_factory.mktemp("unseen"), design=design)


@pytest.fixture(scope="module")
def report(world):
    return small_world.issue(world)


def test_the_counts_are_those_of_the_marked_villages(world, report):
    villages = {unit.id for unit in world.manifest.stages[0].units if unit.unannounced}
    assert len(villages) == 4
    opened = [row for row in world.fieldwork if row.opened and row.parent in villages]
    completed = sum(row.disposition == "completed" for row in opened)
    counts = json.loads(report.content["edition.json"])["fieldwork"]["unannounced"]
    assert (counts["opened"], counts["completed"]) == (len(opened), completed)
    assert 0 < completed < len(opened) and any(row.replaces for row in opened)


def test_the_check_of_the_whole_report_recomputes_them(report):
    outcome = verify(report.pdf, report.bundle)
    assert [step for step in outcome.steps if step.state == "failed"] == []
    figures = {figure.key: figure for figure in outcome.figures}
    assert figures["fieldwork/unannounced/opened"].equal and figures["fieldwork/unannounced/completed"].equal


def test_a_report_without_such_visits_has_no_such_counts(issued):
    assert "unannounced" not in json.loads(issued.content["edition.json"])["fieldwork"]
