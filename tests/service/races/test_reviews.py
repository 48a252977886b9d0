"""Reviews at once: of two supervisors one decides, and a correction either comes first or finds the door closed."""

import pytest
from sqlalchemy import select

from evalsvc.fieldwork.models import Assignment
from evalsvc.interviews.intake.taking import prepare
from evalsvc.interviews.intake.writing import written
from evalsvc.interviews.models import Interview, Review
from evalsvc.interviews.review import operations as reviewing
from evalsvc.interviews.review.moves import APPROVE, REJECT, RETURN, Wish
from evalsvc.service import Service
from tests.service.review_steps import sent


@pytest.fixture
def service(config, database, store):
    return Service(config, database, store)


@pytest.fixture
def unit(field):
    return field.opened(field.enumerators[0])[0]


@pytest.fixture
def identifier(service, field, unit):
    return sent(service, field, unit, instance_id="uuid:one")


def moving(field, identifier, action, state="received", **given):
    actor, wish = field.supervisor.actor, Wish(action, state, **given)
    return lambda session: reviewing.review(session, actor, field.evaluation.id, identifier, wish, places=())


def correcting(service, field, unit):
    actor, xml = field.enumerators[0].actor, field.submission(unit, deprecated_id="uuid:one", attempt=2)
    arriving = prepare(service, actor, field.evaluation.id, xml)
    return lambda session: written(session, service.store, [arriving])[0]


def states(database):
    with database.reading() as session:
        rows = session.execute(select(Interview.state, Interview.superseded_at).order_by(Interview.id))
        return [(state, superseded is None) for state, superseded in rows]


def test_of_two_supervisors_the_second_is_told(beside, database, field, identifier):
    approving = moving(field, identifier, APPROVE)
    came = beside(approving, moving(field, identifier, RETURN, words="请更正"))
    assert (came.code, states(database)) == ("interview.moved_meanwhile", [("approved", True)])
    with database.reading() as session:
        assert [row.action for row in session.scalars(select(Review))] == ["approve"]


def test_a_bulk_approval_leaves_what_somebody_returns_meanwhile(beside, database, field, identifier):
    actor, seen = field.supervisor.actor, {identifier: "received"}
    came = beside(
        moving(field, identifier, RETURN, words="请更正"),
        lambda session: reviewing.approve_all(session, actor, field.evaluation.id, seen),
    )
    assert [each.why.code for each in came.value.left] == ["interview.moved_meanwhile"]
    assert (came.value.approved, states(database)) == ((), [("returned", True)])


def test_a_correction_finds_the_door_closed_by_an_approval(beside, database, service, field, unit, identifier):
    came = beside(moving(field, identifier, APPROVE), correcting(service, field, unit))
    assert (came.value.code, states(database)) == ("interview.corrected_closed", [("approved", True)])


def test_an_approval_is_told_of_the_correction_that_came_before_it(beside, database, service, field, unit, identifier):
    came = beside(correcting(service, field, unit), moving(field, identifier, APPROVE))
    assert (came.code, states(database)) == ("interview.superseded", [("received", False), ("corrected", True)])


def test_a_rejection_and_a_further_visit_settle_the_household_together(
    beside, database, service, field, unit, identifier
):
    actor, xml = field.enumerators[0].actor, field.submission(unit, instance_id="uuid:two")
    arriving = prepare(service, actor, field.evaluation.id, xml)
    came = beside(
        moving(field, identifier, REJECT, reason="duplicate", words="重复"),
        lambda session: written(session, service.store, [arriving])[0],
    )
    assert came.value.is_new
    with database.reading() as session:
        row = session.get_one(Assignment, unit.id)
        assert (row.disposition, row.instance_id) == ("non_contact", "uuid:two")
