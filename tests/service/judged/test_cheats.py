"""What an institute could try behind its own service's back: the public log, or a copy of it, names it."""

import json
from dataclasses import asdict

import pytest
from sqlalchemy import delete, select, update

from evalsvc.cases import operations as cases
from evalsvc.demonstration.reporting import release
from evalsvc.draws import log
from evalsvc.draws import operations as draws
from evalsvc.draws.models import CommitmentEntry
from evalsvc.draws.queries import log_lines
from evalsvc.editions import composing, wishing
from evalsvc.editions.wishing import Wish
from evalsvc.errors import ConflictError
from evalsvc.evaluations.models import Evaluation
from evalsvc.evaluations.packs import pack_bytes
from evalsvc.evaluations.queries import evaluation_by_id
from evalsvc.fieldwork import plan_lines
from evalsvc.fieldwork.models import Assignment
from evalsvc.interviews.intake.taking import take_in
from evalsvc.interviews.log.chaining import enter_interviews
from evalsvc.interviews.log.running import links
from evalsvc.interviews.models import Interview, InterviewLink
from evalsvc.interviews.queries import interview_by_id
from evalsvc.results import gather
from evalsvc.results.operations import compute
from evalsvc.service import Service
from evalsvc.verification.run import ReadReport, verify_against
from evalsvc.verification.signed import SignedFile
from sampling.chain import chain_entry, write_chain
from tests.service.judged.releasing import leave_printing_out


@pytest.fixture
def entered(database, judged):
    """The evaluation when its interviews have been entered in the public log."""
    with database.transaction() as session:
        enter_interviews(session, judged.lead, judged.draw_id)
        draws.publish(session, judged.lead, judged.evaluation, 1)
    return judged


@pytest.fixture
def issue(config, database, store, entered, monkeypatch):
    """Compute, issue, and check without the report's own steps: issue(copies) gives the codes found in each step."""
    leave_printing_out(monkeypatch)

    def make(*copies):
        with database.transaction() as session:
            evaluation = evaluation_by_id(session, entered.evaluation.id)
            compute(session, store, entered.lead, evaluation)
        made = release(Service(config, database, store), evaluation, entered.lead, entered.reviewer)
        bundle = store.get(made.bundle_sha256)
        facts = store.get(made.layout_sha256).removeprefix(b"%PDF ")
        signed = SignedFile(json.loads(facts), facts, b"")
        copies = (*copies, public_log(database))
        found = verify_against(
            ReadReport((), (), signed, made.pdf_sha256),
            bundle,
            logs={f"copy-{place}": copy for place, copy in enumerate(copies)},
        )
        return {
            step.name: [each.code.removeprefix("verification.") for each in step.complaints] for step in found.steps
        }

    return make


def public_log(database):
    """What anybody downloads."""
    with database.reading() as session:
        return write_chain(log_lines(session)).encode()


def only(found, **expected):
    """Assert that nothing but what is expected was found."""
    assert {name: codes for name, codes in found.items() if codes} == expected


def first_completed(session):
    query = select(Interview).join(Assignment, Assignment.instance_id == Interview.instance_id)
    return session.scalars(query.where(Interview.disposition == "completed").order_by(Interview.instance_id)).first()


def exchange(session, store):
    """Put another answer in the place of one that was sent, with everything that the service keeps of it."""
    interview = first_completed(session)
    old, new = (b"yes", b"no") if interview.answers["recognition_overall"] == "yes" else (b"no", b"yes")
    mark = b"<recognition_overall>"
    data = store.get(interview.sha256).replace(mark + old, mark + new)
    interview.sha256 = store.put(data)
    interview.answers = {**interview.answers, "recognition_overall": new.decode()}


def write_anew(session, change):
    """Let the institute rewrite its log: `change` gives kind, subject, hash and time of a line, or None."""
    lines = [change(line) for line in log_lines(session)]
    links_known = session.execute(select(InterviewLink.__table__)).mappings().all()
    session.execute(delete(InterviewLink))
    session.execute(delete(CommitmentEntry))
    last, moved = None, {}
    for number, line in enumerate(lines, start=1):
        if line is not None:
            last = chain_entry(last, **line)
            session.add(CommitmentEntry(**asdict(last)))
            moved[number] = last.sequence
    session.flush()
    for row in links_known:
        session.execute(InterviewLink.__table__.insert().values(**{**row, "line": moved[row["line"]]}))


def same(line):
    return {"kind": line.kind, "subject": line.subject, "sha256": line.sha256, "at": line.at}


def test_who_changes_nothing_has_nothing_to_fear(database, issue):
    before = public_log(database)
    only(issue(before))


def test_an_interview_exchanged_before_the_signature_is_named(database, store, issue):
    with database.transaction() as session:
        exchange(session, store)
    only(issue(), logged=["interviews_differ"])


def test_an_interview_taken_away_before_the_signature_is_named(config, database, store, issue, entered):
    with database.transaction() as session:
        gone = session.scalars(select(Interview).where(Interview.disposition == "non_contact")).first()
        household = session.get_one(Assignment, gone.assignment_id)
        xml = store.get(gone.sha256)
        session.execute(delete(InterviewLink).where(InterviewLink.interview_id == gone.id))
        session.delete(gone)
        household.disposition = household.instance_id = None
        session.flush()
    # The household is visited again, and says what suits better.
    other = xml.replace(b"non_contact", b"refused").replace(b"<instanceID>uuid:", b"<instanceID>uuid:f")
    with database.transaction() as session:
        household = session.get_one(Assignment, household.id)
        household.enumerator_id = entered.enumerator.person_id
    take_in(Service(config, database, store), entered.enumerator, entered.evaluation.id, other)
    assert "interviews_differ" in issue()["logged"]


def test_a_log_written_anew_around_other_interviews_differs_from_every_copy(database, store, issue):
    before = public_log(database)
    with database.transaction() as session:
        exchange(session, store)
        session.flush()
        rows = session.execute(select(InterviewLink, Interview).join(Interview).order_by(InterviewLink.sequence)).all()
        listed = [gather.interview_row(link.sequence, record(session, interview)) for link, interview in rows]
        running = list(links(listed))
        for (link, _), made in zip(rows, running, strict=True):
            link.hash = made.hash
        session.flush()
        write_anew(
            session,
            lambda line: {**same(line), **({"sha256": running[-1].hash} if line.kind == log.INTERVIEWS else {})},
        )
    only(issue(before), log=["log_differs"])


def record(session, interview):
    """Read an interview as lists do."""
    return interview_by_id(session, interview.evaluation_id, interview.id)


@pytest.fixture
def other_pack(monkeypatch):
    """The pack with another threshold under the same name, as a later version of the program might bring it."""
    data = pack_bytes("shifan-jiading-2026-1").replace(b"value: 0.02", b"value: 0.05")
    for module in (plan_lines, gather, cases):
        monkeypatch.setattr(module, "pack_bytes", lambda _name: data)


def test_a_pack_changed_after_the_fieldwork_is_named_with_its_time(issue, other_pack):
    only(issue(), logged=["plan_changed"], plan=["other_pack"])


def test_a_changed_pack_whose_line_was_taken_away_is_named(database, issue, other_pack, monkeypatch):
    monkeypatch.setattr("evalsvc.results.operations.enter_plan", lambda *_given, **_named: None)
    only(issue(), logged=["plan_differs"] * 2, plan=["other_pack"])


def test_a_simulation_that_is_sold_as_real_is_named(database, issue):
    with database.transaction() as session:
        session.execute(update(Evaluation).values(simulated=False, client="别的委托单位"))
    only(issue(), logged=["plan_changed"])


def test_an_interview_after_the_results_has_to_be_counted_first(config, database, store, entered):
    with database.transaction() as session:
        compute(session, store, entered.lead, entered.evaluation)
        session.add(copy_of(first_completed(session), "uuid:later"))
    with pytest.raises(ConflictError) as caught:
        release(Service(config, database, store), entered.evaluation, entered.lead, entered.reviewer)
    assert caught.value.code == "edition.interviews_since"
    assert caught.value.details["count"] == 1


def copy_of(interview, instance):
    names = [column.key for column in Interview.__table__.columns if column.key not in ("id", "instance_id")]
    return Interview(**{name: getattr(interview, name) for name in names}, instance_id=instance)


def test_a_report_is_made_again_when_something_was_entered_meanwhile(database, store, entered, issue):
    with database.transaction() as session:
        compute(session, store, entered.lead, entered.evaluation)
    with database.transaction() as session:
        wish = Wish(entered.reviewer.person_id)
        (edition,) = wishing.place(session, entered.lead, entered.evaluation, wish)
        desk = composing.open_desk(session, store, entered.evaluation, edition.result_set_id)
        prepared = desk.prepare(composing.head_of_next(session, entered.evaluation, edition))
        session.add(copy_of(first_completed(session), "uuid:later"))
        session.flush()
        enter_interviews(session, entered.lead, entered.draw_id)
    with pytest.raises(ConflictError) as caught, database.transaction() as session:
        composing.keep(session, entered.lead, entered.evaluation, edition.number, prepared)
    assert caught.value.code == "edition.log_moved"
