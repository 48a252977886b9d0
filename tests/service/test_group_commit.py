"""Submissions that share a commit: each stands or falls by itself, and only what is durable is acknowledged."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from evalsvc import audit
from evalsvc.audit import AuditRow
from evalsvc.errors import BusyError, ConflictError, ForbiddenError, NotFoundError
from evalsvc.fieldwork.models import Assignment
from evalsvc.interviews.intake import entering, writing
from evalsvc.interviews.intake import taking as intake
from evalsvc.interviews.intake.arriving import Refused
from evalsvc.interviews.models import Interview
from evalsvc.interviews.values import Receipt
from evalsvc.service import Service


@pytest.fixture
def service(config, database, store):
    return Service(config, database, store)


@pytest.fixture
def arrive(service, field):
    """Make a submission ready for its commit: arrive(unit, disposition, instance_id=…)."""

    def ready(unit, disposition="non_contact", **given):
        person = next(each for each in field.enumerators if each.id == unit.enumerator_id)
        xml = field.submission(unit, disposition, **given)
        return intake.prepare(service, person.actor, field.evaluation.id, xml)

    return ready


@pytest.fixture
def units(field):
    return field.opened(field.enumerators[0])


def kept(database):
    with database.reading() as session:
        return set(session.scalars(select(Interview.instance_id)))


def actions(database):
    with database.reading() as session:
        assert audit.verify(session).breaks == ()
        return list(
            session.scalars(
                select(AuditRow.action).where(AuditRow.action.startswith("interview.")).order_by(AuditRow.sequence)
            )
        )


def test_a_group_is_one_commit(service, database, arrive, units):
    group, commits = [arrive(unit) for unit in units[:5]], []
    event.listen(database.engine, "commit", commits.append)
    answers = writing.write(service, group)
    assert all(isinstance(each, Receipt) and each.is_new for each in answers)
    assert len(commits) == 1
    assert kept(database) == {each.kept.submission.instance_id for each in group}
    assert actions(database) == ["interview.receive"] * 5


def test_one_that_fails_takes_no_other_with_it(service, database, field, arrive, units):
    good = [arrive(unit) for unit in units[:2]]
    taken, other_bytes = (arrive(units[2], instance_id="uuid:taken", attempt=attempt) for attempt in (1, 2))
    assert writing.write(service, [taken])[0].is_new
    early = Refused(good[0].actor, field.evaluation.id, NotFoundError("instrument.unknown_form"), None)
    answers = writing.write(service, [good[0], other_bytes, early, good[1]])
    assert [type(each) for each in answers] == [Receipt, ConflictError, type(None), Receipt]
    assert answers[1].code == "interview.other_bytes"
    assert len(kept(database)) == 3
    assert sorted(actions(database)) == ["interview.receive"] * 3 + ["interview.refuse"] * 2


def test_a_fault_of_one_rolls_back_to_its_savepoint_and_the_others_stay(service, database, arrive, units, monkeypatch):
    group, put_down = [arrive(unit) for unit in units[:3]], entering.put_down
    poor = group[1].kept.submission.instance_id

    def break_on(connection, files):
        names = set(connection.scalars(select(Interview.instance_id)))
        if poor in names:
            raise ZeroDivisionError
        put_down(connection, files)

    monkeypatch.setattr(entering, "put_down", break_on)
    order = sorted(group, key=lambda each: each.kept.submission.instance_id == poor)
    monkeypatch.setattr(writing, "_instance", order.index)
    answers = writing.write(service, group)
    assert [type(each) for each in answers] == [Receipt, ZeroDivisionError, Receipt]
    assert kept(database) == {each.kept.submission.instance_id for each in group} - {poor}
    assert actions(database) == ["interview.receive"] * 2
    with database.reading() as session:
        outcomes = dict(session.execute(select(Assignment.id, Assignment.disposition)).all())
    assert [outcomes[unit.id] for unit in units[:3]] == ["non_contact", None, "non_contact"]


def test_two_visits_of_one_household_in_one_group_count_as_one_after_the_other(service, database, arrive, units):
    group = [arrive(units[0], outcome, instance_id=f"uuid:{name}") for name, outcome in
             (("a", "non_contact"), ("b", "refused"), ("c", "non_contact"))]  # fmt: skip
    assert all(each.is_new for each in writing.write(service, group))
    with database.reading() as session:
        row = session.get_one(Assignment, units[0].id)
        assert (row.disposition, row.instance_id) == ("refused", "uuid:b")
        last = session.scalars(select(Interview).where(Interview.instance_id == "uuid:c")).one()
    assert [each["code"] for each in last.complaints] == ["interview.not_counted"]


def test_the_same_submission_twice_in_one_group_is_kept_once(service, database, arrive, units):
    one = arrive(units[0], instance_id="uuid:one")
    answers = writing.write(service, [one, replace(one), arrive(units[1])])
    assert sorted(each.is_new for each in answers) == [False, True, True]
    assert len(kept(database)) == 2


def test_a_lost_connection_is_nobody_s_success(service, database, arrive, units, monkeypatch):
    group = [arrive(unit) for unit in units[:2]]

    def lose(*_given):
        raise OperationalError("COMMIT", {}, Exception("the server has gone"))

    event.listen(database.engine, "commit", lose)
    with pytest.raises(OperationalError):
        writing.write(service, group)
    event.remove(database.engine, "commit", lose)
    assert kept(database) == set()
    assert all(each.is_new for each in writing.write(service, group))


def test_a_row_that_is_too_much_for_the_database_takes_no_other_with_it(service, database, arrive, units, monkeypatch):
    group, real = [arrive(unit) for unit in units[:3]], entering.put_down
    poor = group[1].kept.submission.instance_id

    class LimitExceededError(Exception):
        sqlstate = "54000"

    def break_on(connection, files):
        if poor in set(connection.scalars(select(Interview.instance_id))):
            raise OperationalError("INSERT", {}, LimitExceededError())
        real(connection, files)

    monkeypatch.setattr(entering, "put_down", break_on)
    order = sorted(group, key=lambda each: each.kept.submission.instance_id == poor)
    monkeypatch.setattr(writing, "_instance", order.index)
    answers = writing.write(service, group)
    assert [type(each) for each in answers] == [Receipt, OperationalError, Receipt]
    assert kept(database) == {each.kept.submission.instance_id for each in group} - {poor}


def test_a_refusal_stands_though_it_could_not_be_written_down(service, field, units, monkeypatch, caplog):
    group = writing.group_of(service)
    monkeypatch.setattr(group, "_most_waiting", 0)
    somebody_else = field.enumerators[1].actor
    with pytest.raises(ForbiddenError, match="not_assigned_to_you"):
        intake.take_in(service, somebody_else, field.evaluation.id, field.submission(units[0]))
    assert "could not be written down" in caplog.text
    with pytest.raises(BusyError):
        intake.take_in(service, field.enumerators[0].actor, field.evaluation.id, field.submission(units[0]))


def test_who_sends_much_keeps_nobody_from_his_turn(service, database, field, arrive, units, monkeypatch):
    monkeypatch.setattr(intake, "SHORT", 10)
    with database.turn:
        assert arrive(units[0]).admitted.is_new


def test_a_circle_of_waiting_is_broken_and_written_again(service, database, arrive, units, monkeypatch):
    class DeadlockError(Exception):
        sqlstate = "40P01"

    real, tried = writing.hold, []

    def meet(session, arriving):
        tried.append(len(arriving))
        if len(tried) == 1:
            raise OperationalError("SELECT", {}, DeadlockError())
        return real(session, arriving)

    monkeypatch.setattr(writing, "hold", meet)
    assert all(each.is_new for each in writing.write(service, [arrive(unit) for unit in units[:2]]))
    assert tried == [2, 2]


def test_groups_of_two_processes_that_name_the_same_households_in_other_orders(
    config, database, store, field, arrive, units
):
    services = [Service(config, database, store), Service(replace(config, session_hours=11), database, store)]
    groups = [[arrive(unit, instance_id=f"uuid:{uuid4()}") for unit in units] for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        written = pool.map(
            lambda place: writing.write(services[place % 2], groups[place][:: 1 if place % 2 else -1]), range(6)
        )
        assert all(each.is_new for answers in written for each in answers)
    assert len(kept(database)) == 6 * len(units)
    assert actions(database) == ["interview.receive"] * 6 * len(units)


KILLED = """
import os, signal, sys
from sqlalchemy import event
from evalsvc.config import read_config
from evalsvc.interviews.intake import taking as intake
from evalsvc.interviews.intake import writing
from evalsvc.people.actor import Actor
from evalsvc.service import running
person, evaluation, *files = sys.argv[1:]
with running(read_config()) as service:
    actor = Actor(person, person, frozenset({"enumerator"}))
    read = [open(name, "rb").read() for name in files]
    for xml in read[:1]:
        print(intake.take_in(service, actor, evaluation, xml).instance_id, flush=True)
    group = [intake.prepare(service, actor, evaluation, xml) for xml in read[1:]]
    # Between the last savepoint and the commit.
    event.listen(service.database.engine, "commit", lambda _connection: os.kill(os.getpid(), signal.SIGKILL))
    print([each.instance_id for each in writing.write(service, group)], flush=True)
"""


def test_killed_before_the_commit_nothing_acknowledged_is_lost_and_nothing_else_is_there(
    config, database, store, field, units, tmp_path
):
    files = []
    for number, unit in enumerate(units[:4]):
        files.append(tmp_path / f"{number}.xml")
        files[-1].write_bytes(field.submission(unit, instance_id=f"uuid:{number}"))
    given = {
        "EVALSVC_SECRET_KEY": config.secret_key,
        "EVALSVC_DATABASE_URL": config.database_url,
        "EVALSVC_STORE_DIRECTORY": str(config.store_directory),
    }
    done = subprocess.run(
        [sys.executable, "-c", KILLED, field.enumerators[0].id, field.evaluation.id, *map(str, files)],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert done.stdout.split() == ["uuid:0"]
    assert kept(database) == {"uuid:0"}
    with database.reading() as session:
        interview = session.scalars(select(Interview)).one()
        assert session.scalar(select(func.count()).select_from(Assignment).where(Assignment.disposition != "")) == 1
    assert store.get(interview.sha256) == files[0].read_bytes()
    assert actions(database) == ["interview.receive"]
    service, actor = Service(config, database, store), field.enumerators[0].actor
    again = [intake.take_in(service, actor, field.evaluation.id, file.read_bytes()).is_new for file in files]
    assert again == [False, True, True, True]
