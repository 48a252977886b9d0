"""Corrections and rejections after the fact: results, cases and report follow them, and the check sees through them."""

import json

import pytest
from sqlalchemy import select

from evalsvc.cases.operations import judge
from evalsvc.cases.queries import cases_of_draw, counts_of, detail
from evalsvc.demonstration.reporting import release
from evalsvc.draws import log
from evalsvc.draws import operations as draws
from evalsvc.draws.queries import log_lines
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.fieldwork.models import Assignment
from evalsvc.interviews.intake.taking import take_in
from evalsvc.interviews.models import Interview
from evalsvc.interviews.review.moves import REJECT, REOPEN, Wish
from evalsvc.interviews.review.operations import review
from evalsvc.results.operations import compute
from evalsvc.results.queries import rows_of
from evalsvc.service import Service
from evalsvc.verification.run import ReadReport, verify_against
from evalsvc.verification.signed import SignedFile
from sampling.chain import write_chain
from tests import small_world
from tests.service.judged.releasing import leave_printing_out


@pytest.fixture
def send(config, database, store, judged):
    """Send one more interview of the evaluation's enumerator: send(xml)."""
    service = Service(config, database, store)
    return lambda xml: take_in(service, judged.enumerator, judged.evaluation.id, xml)


def counting(database, suspicion):
    """Return a completed interview that counts, by what it suspects."""
    query = select(Interview).join(Assignment, Assignment.instance_id == Interview.instance_id)
    with database.reading() as session:
        rows = session.scalars(query.where(Interview.disposition == "completed").order_by(Interview.unit_id))
        return next(row for row in rows if row.answers.get("suspicion_kind") == suspicion)


def corrected(unit_id, before, **answers):
    """Return a further version of a household's interview, with other answers."""
    instance = "uuid:c0000000" + before[13:]
    _, xml = small_world.interview_of(unit_id, "completed")
    text = xml.decode().replace(before, instance)
    for name, value in answers.items():
        head, _, rest = text.partition(f"<{name}>")
        text = f"{head}<{name}>{value}</{name}>{rest.partition(f'</{name}>')[2]}"
    return instance, text.replace("</instanceID>", f"</instanceID><deprecatedID>{before}</deprecatedID>").encode()


def move(database, judged, interview_id, action, **more):
    with database.transaction() as session:
        state = session.get_one(Interview, interview_id).state
        wish = Wish(action=action, state=state, **{"reason": "", "words": "核对后判废", **more})
        return review(session, judged.supervisor, judged.evaluation.id, interview_id, wish, places=())


def computed(database, store, judged):
    with database.transaction() as session:
        return compute(session, store, judged.lead, judged.evaluation)


def rate(store, found, unit_id, name):
    return next(
        row["estimate"]
        for row in rows_of(store, found)
        if row["id"] == name and row["domain"].get("county_code") == unit_id[:6]
    )


def states(database, judged, kind):
    with database.reading() as session:
        return {each.unit_id: each for each in cases_of_draw(session, judged.draw_id) if each.kind == kind}


def test_a_correction_takes_the_place_of_what_was_sent_before(database, store, judged, send):
    before = computed(database, store, judged)
    plain = counting(database, "none")
    share = rate(store, before, plain.unit_id, "recognition")
    other = "no" if plain.answers["recognition_overall"] == "yes" else "yes"
    instance, xml = corrected(plain.unit_id, plain.instance_id, recognition_overall=other)
    send(xml)
    after = computed(database, store, judged)
    assert (rate(store, after, plain.unit_id, "recognition") > share) == (other == "yes")
    fieldwork = store.get(after.inputs["fieldwork.csv"]).decode()
    assert f",completed,{instance}" in fieldwork and plain.instance_id not in fieldwork
    listed = store.get(after.inputs["interviews.csv"]).decode()
    assert plain.instance_id in listed and f",{plain.instance_id}," in listed.partition(instance)[2]


def test_a_case_follows_the_correction_of_its_interview(database, store, judged, send, experts):
    case = next(each for each in states(database, judged, "missed").values() if each.state == "confirmed")
    first, xml = corrected(case.unit_id, case.instance_id, registered_persons=9)
    send(xml)
    computed(database, store, judged)
    found = states(database, judged, "missed")[case.unit_id]
    assert (found.id, found.state, found.persons, found.instance_id) == (case.id, "confirmed", 9, first)
    assert found.corrected_at is not None
    with database.reading() as session:
        confirmed = counts_of(session, judged.evaluation.id).confirmed
    again = first.replace("c0000000", "d0000000")
    text = xml.decode().replace(first, again).replace(f"<deprecatedID>{case.instance_id}", f"<deprecatedID>{first}")
    send(text.replace("<suspicion_kind>missed<", "<suspicion_kind>none<").replace("income<", "<").encode())
    after = computed(database, store, judged)
    assert case.unit_id not in states(database, judged, "missed")
    assert case.id not in store.get(after.inputs["cases.csv"]).decode()
    with database.reading() as session:
        assert counts_of(session, judged.evaluation.id).confirmed == confirmed - 1
        shown = detail(session, experts[2].actor, judged.evaluation.id, case.id)
    assert shown.case.withdrawn_at is not None and shown.why_not == "case.withdrawn"
    with pytest.raises(ConflictError) as caught, database.transaction() as session:
        judge(session, experts[2].actor, judged.evaluation.id, case.id, verdict="confirm", reason="再次核实")
    assert caught.value.code == "case.withdrawn"


def test_a_rejected_interview_counts_nowhere_until_the_household_is_visited_again(database, store, judged, send):
    suspected = counting(database, "missed")
    move(database, judged, suspected.id, REJECT, reason="fabricated")
    with pytest.raises(InvalidError) as caught:
        computed(database, store, judged)
    assert [(each.code, each.details["unit"]) for each in caught.value.complaints] == [
        ("results.no_disposition", suspected.unit_id)
    ]
    instance, xml = small_world.interview_of(suspected.unit_id, "completed", "again ")
    send(xml)
    found = computed(database, store, judged)
    assert instance in store.get(found.inputs["fieldwork.csv"]).decode()
    listed = store.get(found.inputs["interviews.csv"]).decode().splitlines()
    assert next(line for line in listed if line.startswith(suspected.instance_id)).endswith(",fabricated")
    with database.reading() as session:
        lines = [line for line in log_lines(session) if line.kind == log.REJECTIONS]
    assert len(lines) == 1


@pytest.fixture
def issue(config, database, store, judged, monkeypatch):
    """Issue from the newest results, and check the bundle without the report's own steps."""
    leave_printing_out(monkeypatch)

    def make():
        made = release(Service(config, database, store), judged.evaluation, judged.lead, judged.reviewer)
        bundle = store.get(made.bundle_sha256)
        facts = store.get(made.layout_sha256).removeprefix(b"%PDF ")
        with database.reading() as session:
            public = write_chain(log_lines(session)).encode()
        signed = SignedFile(json.loads(facts), facts, b"")
        return json.loads(facts), verify_against(
            ReadReport((), (), signed, made.pdf_sha256), bundle, logs={"a": public}
        )

    return make


def test_a_report_tells_of_corrections_and_rejections_and_is_checked_with_them(database, store, judged, send, issue):
    plain, suspected = counting(database, "none"), counting(database, "missed")
    send(corrected(plain.unit_id, plain.instance_id, registered_persons=7)[1])
    move(database, judged, suspected.id, REJECT, reason="unreadable")
    send(small_world.interview_of(suspected.unit_id, "completed", "again ")[1])
    with database.transaction() as session:
        draws.publish(session, judged.lead, judged.evaluation, 1)
    computed(database, store, judged)
    facts, found = issue()
    assert facts["fieldwork"]["review"] == {"corrected": 1, "rejected": 1}
    assert {step.name: [each.code for each in step.complaints] for step in found.steps if step.complaints} == {}
    assert found.holds
    counts = next(step.counts for step in found.steps if step.name == "fieldwork")
    assert (counts["corrections"], counts["rejected"], counts["second_interviews"]) == (1, 1, 1)


def test_no_report_is_issued_of_results_that_a_rejection_has_overtaken(database, store, judged, issue):
    with database.transaction() as session:
        draws.publish(session, judged.lead, judged.evaluation, 1)
    computed(database, store, judged)
    suspected = counting(database, "missed")
    move(database, judged, suspected.id, REJECT, reason="duplicate")
    with pytest.raises(ConflictError) as caught:
        issue()
    assert (caught.value.code, caught.value.details["count"]) == ("edition.reviews_since", 1)
    move(database, judged, suspected.id, REOPEN, reason="")
    assert issue()[1].holds


def test_pages_tell_what_a_rejection_after_the_end_of_fieldwork_entails(
    database, store, judged, client, sign_in, make_person
):
    sign_in(client, make_person("lead", evaluation=judged.evaluation))
    suspected = counting(database, "missed")
    home = f"/evaluations/{judged.evaluation.code}"
    interview = f"{home}/interviews/{suspected.id}"

    def shown(address):
        return client.get(address).get_data(as_text=True)

    assert "现场调查已结束" not in shown(interview)
    with database.transaction() as session:
        draws.publish(session, judged.lead, judged.evaluation, 1)
    computed(database, store, judged)
    assert "现场调查已结束。现在判废或重新打开" in shown(interview)
    assert "已不是最新" not in shown(f"{home}/results")
    move(database, judged, suspected.id, REJECT, reason="duplicate")
    assert "现场调查已结束：请看下面的“审核”" in shown(interview)
    overtaken = shown(f"{home}/results")
    assert "算出之后有 1 份被判废或恢复" in overtaken
    assert "算出之后又收到" not in overtaken


def test_a_rejection_that_was_not_entered_is_named(database, store, judged, send, issue, monkeypatch):
    monkeypatch.setattr("evalsvc.results.operations.enter_rejections", lambda *_: None)
    suspected = counting(database, "missed")
    move(database, judged, suspected.id, REJECT, reason="other")
    send(small_world.interview_of(suspected.unit_id, "completed", "again ")[1])
    with database.transaction() as session:
        draws.publish(session, judged.lead, judged.evaluation, 1)
    computed(database, store, judged)
    _, found = issue()
    complaints = {step.name: [each.code for each in step.complaints] for step in found.steps if step.complaints}
    assert complaints == {"logged": ["verification.rejections_unlogged"]}
