"""The short form of the study of SIGKILL: some hundred interviews, two kills of server and database on the way."""

import random

import pytest

from benchmarks import intake_kill
from benchmarks.intake_kill import HEADER, Plan, sections, study
from benchmarks.postgresql import running


@pytest.mark.parametrize("name", [intake_kill.SQLITE, intake_kill.POSTGRESQL])
def test_what_was_acknowledged_is_there_once_bit_for_bit(name, monkeypatch):
    monkeypatch.setattr(intake_kill, "_job_under_way", lambda _config, _prepared: [])
    plan = Plan(interviews=400, kills=2, connections=8, chance=random.Random(1))
    if name == intake_kill.SQLITE:
        outcome = study(plan, None)
    else:
        with running(("max_connections=60",)) as postgresql:
            outcome = study(plan, postgresql)
    found = outcome.found
    assert sum(outcome.kills.values()) == 2 and outcome.course.broken > 0
    assert (found.acknowledged, found.once, found.whole, found.rows) == (400, 400, 400, 400)
    page = "\n".join(sections({name: outcome}, 8, 1))
    assert f"| {name} | " in page and all(f"| {head} " in page for head in HEADER)
    assert found.trail and outcome.course.refused == [] and outcome.course.faults == 0
