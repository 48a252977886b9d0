"""Intake and the lines of the log at once: what was committed before a line is in it, nothing is lost or twice."""

import pytest

from evalsvc.draws import operations as draws
from evalsvc.interviews.intake.taking import prepare
from evalsvc.interviews.intake.writing import written
from evalsvc.interviews.log.chaining import enter_interviews
from evalsvc.interviews.queries import interviews_of_draw
from evalsvc.people.actor import SYSTEM
from evalsvc.service import Service


@pytest.fixture
def arriving(field, config, database, store):
    """Interviews of the first enumerator as intake has them before its transaction."""
    person, service = field.enumerators[0], Service(config, database, store)
    return [
        prepare(service, person.actor, field.evaluation.id, field.submission(unit)) for unit in field.opened(person)[:2]
    ]


@pytest.fixture
def take(store):
    """Take one of them in: take(arriving) is the work of a transaction."""
    return lambda one: lambda session: written(session, store, [one])[0]


def instances(database, field):
    with database.reading() as session:
        return [each.instance_id for each in interviews_of_draw(session, field.draw_id)]


def test_a_line_waits_for_the_interview_that_is_being_written(beside, field, database, arriving, take):
    first = arriving[0]
    came = beside(
        take(first),
        lambda session: enter_interviews(session, SYSTEM, field.draw_id),
    )
    assert came.value is not None
    assert instances(database, field) == [first.kept.submission.instance_id]


def test_an_interview_that_waits_for_a_line_is_in_the_next(beside, field, database, arriving, take):
    first, second = arriving
    with database.transaction() as session:
        take(first)(session)
    came = beside(
        lambda session: enter_interviews(session, SYSTEM, field.draw_id),
        take(second),
    )
    assert came.value.is_new
    assert instances(database, field) == [first.kept.submission.instance_id]
    with database.transaction() as session:
        enter_interviews(session, SYSTEM, field.draw_id)
    assert instances(database, field) == [each.kept.submission.instance_id for each in (first, second)]


def test_two_who_enter_at_once_enter_once(beside, field, database, arriving, take):
    first = arriving[0]
    with database.transaction() as session:
        take(first)(session)
    came = beside(
        lambda session: enter_interviews(session, SYSTEM, field.draw_id),
        lambda session: enter_interviews(session, SYSTEM, field.draw_id),
    )
    assert came.value is None
    assert instances(database, field) == [first.kept.submission.instance_id]


def test_the_end_of_fieldwork_and_a_line_do_not_wait_for_each_other(beside, field, database, arriving, take):
    first = arriving[0]
    with database.transaction() as session:
        take(first)(session)
    came = beside(
        lambda session: draws.publish(session, SYSTEM, field.evaluation, 1),
        lambda session: enter_interviews(session, SYSTEM, field.draw_id),
    )
    assert came.value is not None
    assert instances(database, field) == [first.kept.submission.instance_id]
