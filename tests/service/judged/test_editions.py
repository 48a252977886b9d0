"""Reports: composed from results, released by two people, bundled, and verified by an outsider to the last figure."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pikepdf
import pytest
from sqlalchemy import select

from evalsvc import audit
from evalsvc.db import as_text
from evalsvc.demonstration.reporting import release
from evalsvc.draws import operations as draws
from evalsvc.draws.queries import log_lines
from evalsvc.editions import signing
from evalsvc.editions.keys import service_signer
from evalsvc.editions.queries import editions_of
from evalsvc.editions.wishing import Wish
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from evalsvc.job_kinds import KINDS
from evalsvc.people import operations as people
from evalsvc.people.actor import SYSTEM
from evalsvc.results.models import ResultSet
from evalsvc.results.operations import compute
from evalsvc.results.records import CaseRow, JudgementRow, read_records
from evalsvc.service import Service
from evalsvc.verification.run import verify
from evalsvc.worker import Worker
from reports.keys import authority_of
from reports.verify import embedded, printed_text
from tests.service.judged.releasing import leave_printing_out

AT = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture
def computed(database, store, judged):
    """The evaluation with results, its draw opened to everybody."""
    with database.transaction() as session:
        draws.publish(session, judged.lead, judged.evaluation, 1)
        compute(session, store, judged.lead, judged.evaluation)
    return judged


@pytest.fixture
def service(config, database, store):
    return Service(config, database, store)


@pytest.fixture
def issue(service, computed):
    """Release a report of the newest results: issue(corrects=1, changed="…")."""

    def make(**wish):
        wanted = Wish(computed.reviewer.person_id, **wish)
        return release(service, computed.evaluation, computed.lead, computed.reviewer, wanted)

    return make


def test_an_issued_report_is_verified_to_the_last_figure(database, store, computed, issue):
    edition = issue()
    pdf, bundle = store.get(edition.pdf_sha256), store.get(edition.bundle_sha256)
    outcome = verify(pdf, bundle)
    assert [(step.name, step.complaints) for step in outcome.steps if step.state != "ok"] == []
    assert len(outcome.figures) > 300 and outcome.unequal == 0
    facts = facts_in(store, edition)
    assert (facts["edition"]["number"], facts["edition"]["lead"]) == (1, "测试lead")
    with pikepdf.Pdf.open(io.BytesIO(pdf)) as file:
        listed = {str(each.UF): (str(each.Desc), str(each.AFRelationship)) for each in file.Root.AF}
    assert listed == {
        "edition.json": ("本报告所依据的全部数据和文字，页面由它排成", "/Source"),
        "results.json": ("估计结果，附区间和判定", "/Data"),
        "results.csv": ("估计结果的表格", "/Data"),
    }
    assert any(kind["open"]["households"] for kind in facts["cases"]["all"].values())
    check_its_face(pdf)
    with database.reading() as session:
        last = log_lines(session)[-1]
        assert (last.kind, last.sha256) == ("edition", edition.pdf_sha256)
        assert audit.verify(session).breaks == ()


def check_its_face(pdf):
    """Simulated data, open cases, the rule pack and what nobody can vouch for stand where a reader begins."""
    pages = ["".join(page.split()) for page in printed_text(pdf)]
    text = "".join(pages)
    for words in ("有未决个案", "示范假定", "抽取承诺", "无公共随机值", "不能判定"):
        assert words in text, words
    assert "模拟数据" in pages[0]


@pytest.fixture
def cheap_print(monkeypatch):
    """Leave layout and signature out where only rows, files and numbers matter; one test prints for real."""
    leave_printing_out(monkeypatch)


def test_a_correction_is_a_further_edition_that_names_the_one_before(database, store, computed, issue, cheap_print):
    first, second = issue(), issue(corrects=1, changed="按复核意见改了一个县的名称。")
    assert (first.number, second.number, second.corrects) == (1, 2, 1)
    facts = facts_in(store, second)
    assert facts["edition"]["corrects"] == {
        "number": 1, "pdf_sha256": first.pdf_sha256, "changed": "按复核意见改了一个县的名称。",
    }  # fmt: skip
    with database.reading() as session:
        assert [each.number for each in editions_of(session, computed.evaluation.id)] == [2, 1]


def test_a_correction_says_what_is_different_and_corrects_what_was_issued(issue, cheap_print):
    issue()
    for wish, code in (({"corrects": 1}, "changed_missing"), ({"corrects": 1, "changed": "改" * 401}, "changed_long")):
        with pytest.raises(InvalidError) as refused:
            issue(**wish)
        assert refused.value.code == f"edition.{code}"
    with pytest.raises(NotFoundError):
        issue(corrects=7, changed="没有第七版")


def facts_in(store, edition):
    """Return edition.json as the PDF carries it, or, where printing is left out, stands for the PDF."""
    layout = store.get(edition.layout_sha256)
    return json.loads(
        embedded(layout)["edition.json"] if layout.startswith(b"%PDF-") else layout.removeprefix(b"%PDF ")
    )


def test_bundles_are_for_those_who_release_and_auditors(client, computed, issue, make_person, sign_in, cheap_print):
    issue()
    base = f"/evaluations/{computed.evaluation.code}/editions"
    for role in ("lead", "reviewer", "auditor", "designer", "supervisor", "expert"):
        person = make_person(role, evaluation=computed.evaluation)
        allowed = role in {"lead", "reviewer", "auditor"}
        browser = client.application.test_client()
        sign_in(browser, person)
        for answers in (browser.get, lambda path, person=person: client.get(f"/api/v1{path}", headers=person.bearer)):
            with answers(f"{base}/1/report.pdf") as report, answers(f"{base}/1/bundle.zip") as bundle:
                assert (report.status_code, bundle.status_code) == (200, 200 if allowed else 403), role
        assert (f"{base}/1/bundle.zip" in browser.get(f"{base}/1").text) == allowed


def test_a_bundle_holds_no_judgement_on_a_case_that_may_still_be_judged(store, issue, cheap_print):
    bundle = zipfile.ZipFile(io.BytesIO(store.get(issue().bundle_sha256)))
    cases, _ = read_records(CaseRow, bundle.read("cases.csv"), "cases.csv")
    judgements, _ = read_records(JudgementRow, bundle.read("judgements.csv"), "judgements.csv")
    states = {case.case_id: case.state for case in cases}
    assert set(states.values()) == {"open", "confirmed", "excluded"}
    assert {states[each.case_id] for each in judgements} == {"confirmed", "excluded"}
    assert len(judgements) == 2 * sum(state != "open" for state in states.values())


def test_nothing_is_composed_that_nobody_could_verify(database, store, judged, service):
    def refused():
        with pytest.raises(ConflictError) as caught:
            release(service, judged.evaluation, judged.lead, judged.reviewer)
        return caught.value.code

    assert refused() == "edition.no_results"
    with database.transaction() as session:
        compute(session, store, judged.lead, judged.evaluation)
    assert refused() == "edition.draw_not_published"


def test_only_the_lead_composes_and_somebody_else_reviews(service, computed, experts):
    for actor in (experts[0].actor, computed.supervisor, computed.reviewer):
        with pytest.raises(ForbiddenError):
            release(service, computed.evaluation, actor, computed.reviewer)
    for person in (computed.supervisor, computed.lead):
        with pytest.raises(InvalidError) as refused:
            release(service, computed.evaluation, computed.lead, person)
        assert refused.value.code == "edition.reviewer_role"


def test_a_lead_who_may_review_too_reviews_nothing_of_their_own(database, service, computed):
    with database.transaction() as session:
        people.grant_role(session, SYSTEM, computed.lead.person_id, "reviewer", computed.evaluation.id)
    with pytest.raises(InvalidError) as refused:
        release(service, computed.evaluation, computed.lead, computed.lead)
    assert refused.value.code == "edition.reviewer_is_lead"


def test_two_processes_that_make_the_demo_key_use_the_same(config):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: authority_of(service_signer(config, "示例评估中心", AT)), range(4)))
    assert len(set(made)) == 1
    folder = config.store_directory.parent / "signing"
    assert [(path.name, path.stat().st_mode & 0o777) for path in folder.iterdir()] == [("demo-key.p12", 0o600)]


def test_the_api_goes_from_results_to_an_issued_report(
    client, service, store, computed, make_person, cheap_print, monkeypatch
):
    lead, reviewer = (make_person(role, evaluation=computed.evaluation) for role in ("lead", "reviewer"))
    monkeypatch.setattr(signing, "received", signed_elsewhere)
    base = f"/api/v1/evaluations/{computed.evaluation.code}"
    worker = Worker(service, KINDS)
    assert client.post(f"{base}/results", headers=lead.bearer).status_code == 202
    worker.run_due()
    sets = client.get(f"{base}/results", headers=lead.bearer).json
    assert len(sets) == 2
    assert client.get(f"{base}/results/{sets[0]['id']}", headers=lead.bearer).json["estimates"][0]["id"]
    wish = {"result": sets[0]["id"], "reviewer": reviewer.actor.person_id}
    auditor = make_person("auditor", evaluation=computed.evaluation)
    assert client.post(f"{base}/editions", json=wish, headers=auditor.bearer).status_code == 403
    assert client.post(f"{base}/editions", json=wish, headers=lead.bearer).status_code == 202
    worker.run_due()
    assert client.post(f"{base}/editions/1/seal", headers=lead.bearer).status_code == 409
    for person, state in ((lead, "lead_signed"), (reviewer, "reviewed")):
        answer = client.put(f"{base}/editions/1/signature", data=b"signed", headers=person.bearer)
        assert (answer.status_code, answer.json["state"]) == (200, state)
    assert client.post(f"{base}/editions/1/seal", headers=lead.bearer).status_code == 202
    worker.run_due()
    found = client.get(f"{base}/editions/1", headers=lead.bearer).json
    assert (found["state"], [each["role"] for each in found["signatures"]]) == (
        "issued", ["lead", "reviewer", "institute"],
    )  # fmt: skip
    with client.get(f"{base}/editions/1/bundle.zip", headers=lead.bearer) as answer:
        assert answer.data == store.get(found["bundle_sha256"])
    assert client.get(f"{base}/results/nothing", headers=lead.bearer).status_code == 404


def signed_elsewhere(store, edition, pdf):
    """Stand in for the check of a file that was signed elsewhere, which needs a real PDF (test_signing_in_turn.py)."""
    return signing.Signed(edition.number, edition.awaits, edition.pdf_sha256, store.put(pdf), "示例", datetime.now(UTC))


def test_results_of_another_version_are_computed_again_before_they_are_printed(database, issue):
    with database.transaction() as session:
        session.scalars(select(ResultSet)).one().code_version = "0.0.1"
    with pytest.raises(ConflictError) as refused:
        issue()
    assert refused.value.code == "edition.other_version"


def test_the_date_of_a_report_is_when_it_was_composed_and_it_enters_the_log_later(store, issue, cheap_print):
    edition = issue()
    assert as_text(edition.composed_at) == facts_in(store, edition)["edition"]["issued_at"]
    assert edition.issued_at >= edition.signatures[-1].signed_at >= edition.composed_at
