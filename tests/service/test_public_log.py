"""What the service enters in the public log: forms, plans and interviews, in an order that nothing turns back."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from evalsvc import audit
from evalsvc.db import as_text
from evalsvc.draws import log
from evalsvc.draws.operations import append_to_log
from evalsvc.draws.queries import log_lines
from evalsvc.fieldwork.counting import counting_visits
from evalsvc.fieldwork.models import Assignment
from evalsvc.fieldwork.preparing import prepare
from evalsvc.instruments.models import Instrument
from evalsvc.interviews.intake import entering
from evalsvc.interviews.intake.taking import take_in
from evalsvc.interviews.log import chaining
from evalsvc.interviews.log.chaining import enter_due_interviews, enter_interviews
from evalsvc.interviews.log.running import links
from evalsvc.interviews.models import Interview, InterviewLink
from evalsvc.interviews.queries import interviews_of_draw, interviews_received
from evalsvc.job_kinds import REGULAR
from evalsvc.people.actor import SYSTEM
from evalsvc.results.gather import interview_row
from evalsvc.service import Service
from sampling.chain import ChainReading, read_chain, write_chain

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def service(config, database, store):
    """The engines of a worker."""
    return Service(config, database, store)


def lines_of(database, kind):
    with database.reading() as session:
        return [line for line in log_lines(session) if line.kind == kind]


def send(service, field, count, disposition="non_contact"):
    """Send the first interviews of the first enumerator."""
    person = field.enumerators[0]
    for unit in field.opened(person)[:count]:
        take_in(service, person.actor, field.evaluation.id, field.submission(unit, disposition))


def test_a_time_is_never_earlier_than_that_of_the_line_before(database, field):
    with database.transaction() as session:
        audit.hold(session)
        last = log_lines(session)[-1]
        at = datetime.strptime(last.at, "%Y-%m-%dT%H:%M:%S%z")
        for moment in (at - timedelta(days=30), at + timedelta(seconds=5), at):
            append_to_log(session, "trial", "probe/1", "ab" * 32, moment)
        lines = log_lines(session)
    assert [line.at for line in lines[-3:]] == [last.at, *[as_text(at + timedelta(seconds=5))] * 2]
    assert read_chain(write_chain(lines)) == ChainReading(tuple(lines), ())


def test_a_published_form_is_entered_with_its_hash(database, field):
    (line,) = lines_of(database, log.FORM)
    with database.reading() as session:
        form = session.get_one(Instrument, field.instrument_id)
    assert (line.subject, line.sha256) == (f"fujian-demo/form/{form.form_id}/{form.version}", form.xform_sha256)
    assert line.at == as_text(form.published_at)


def test_opening_fieldwork_enters_what_it_is_carried_out_by(database, store, field):
    (line,) = lines_of(database, log.PLAN)
    assert line.subject == "fujian-demo/1"
    fixed = json.loads(store.get(line.sha256))
    assert fixed["evaluation"] == {
        "code": "fujian-demo",
        "name": "两县试点",
        "client": "示例委托单位",
        "institute": "示例评估中心",
        "simulated": False,
    }
    assert fixed["pack"]["name"] == "示范假定" and [each["form_id"] for each in fixed["forms"]] == ["household"]
    with database.reading() as session:
        plan = prepare(session, store, field.draw_id).plan
    assert plan is not None and (fixed["draw"], fixed["plan"]) == (1, {"sha256": plan})


def test_interviews_are_entered_in_the_order_of_their_time_and_identifier(database, service, field, monkeypatch):
    person, times = field.enumerators[0], [NOON, NOON, NOON - timedelta(hours=1), NOON + timedelta(hours=1)]
    for unit, at, instance in zip(field.opened(person), times, "cbda", strict=False):
        monkeypatch.setattr(entering, "now", lambda at=at: at)
        xml = field.submission(unit, instance_id=f"uuid:{instance}")
        take_in(service, person.actor, field.evaluation.id, xml)
    with database.transaction() as session:
        line = enter_interviews(session, SYSTEM, field.draw_id)
        kept = interviews_of_draw(session, field.draw_id)
    assert [each.instance_id for each in kept] == ["uuid:d", "uuid:b", "uuid:c", "uuid:a"]
    rows = [interview_row(place, each) for place, each in enumerate(kept, start=1)]
    assert line is not None and line.sha256 == list(links(rows))[-1].hash
    assert (line.kind, line.subject) == ("interviews", "fujian-demo/1")


def test_a_further_line_continues_the_running_hash(database, service, field):
    send(service, field, 2)
    with database.transaction() as session:
        first = enter_interviews(session, SYSTEM, field.draw_id)
        assert enter_interviews(session, SYSTEM, field.draw_id) is None
    send(service, field, 5)
    with database.transaction() as session:
        assert interviews_received(session, field.draw_id) == 7
        assert len(interviews_of_draw(session, field.draw_id)) == 2
        second = enter_interviews(session, SYSTEM, field.draw_id)
        rows = session.scalars(select(InterviewLink).order_by(InterviewLink.sequence)).all()
        assert audit.verify(session).breaks == ()
    assert [row.sequence for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    assert [row.line for row in rows] == [first.sequence] * 2 + [second.sequence] * 5
    assert (rows[1].hash, rows[-1].hash) == (first.sha256, second.sha256)


def test_a_line_is_due_with_the_first_interview_after_many_and_after_a_day(database, service, field, monkeypatch):
    assert enter_due_interviews in REGULAR
    monkeypatch.setattr(chaining, "MOST_WAITING", 3)
    counts = []
    for more in (0, 1, 2, 1, 0):
        send(service, field, more)
        enter_due_interviews(service)
        counts.append(len(lines_of(database, log.INTERVIEWS)))
    assert counts == [0, 1, 1, 2, 2]
    send(service, field, 1)
    enter_due_interviews(service)
    assert len(lines_of(database, log.INTERVIEWS)) == 2
    tomorrow = datetime.now(UTC) + timedelta(days=1, seconds=1)
    monkeypatch.setattr(chaining, "now", lambda: tomorrow)
    enter_due_interviews(service)
    enter_due_interviews(service)
    assert len(lines_of(database, log.INTERVIEWS)) == 3


@pytest.mark.parametrize("order", ["ab", "ba"])
@pytest.mark.parametrize("outcomes", [("refused", "refused"), ("ineligible_vacant", "ineligible_deceased")])
def test_of_two_interviews_in_one_second_service_and_outsider_take_the_same(
    database, service, field, monkeypatch, order, outcomes
):
    """The smaller instanceID counts, whichever was written first."""
    person = field.enumerators[0]
    unit = field.opened(person)[0]
    given = {"refused": {"refusal_stage": "at_door"}}
    for place, (instance, outcome) in enumerate(zip(order, outcomes, strict=True)):
        monkeypatch.setattr(entering, "now", lambda place=place: NOON + timedelta(microseconds=place))
        about = given.get(outcome, {"ineligible_basis": "邻居和村民小组都证实"})
        xml = field.submission(unit, outcome, instance_id=f"uuid:{instance}", **about)
        take_in(service, person.actor, field.evaluation.id, xml)
    with database.transaction() as session:
        enter_interviews(session, SYSTEM, field.draw_id)
        rows = [interview_row(0, each) for each in interviews_of_draw(session, field.draw_id)]
        household = session.get_one(Assignment, unit.id)
        complaints = {row.instance_id: row.complaints for row in session.scalars(select(Interview))}
    counting = counting_visits(rows)[unit.unit_id]
    assert (household.instance_id, household.disposition) == (counting.instance_id, counting.disposition)
    assert counting.instance_id == "uuid:a"
    told = {name for name, found in complaints.items() if "interview.not_counted" in {each["code"] for each in found}}
    assert told == ({"uuid:b"} if order == "ab" else set())
