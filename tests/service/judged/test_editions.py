"""Reports: issued by the lead from results, signed, bundled, and verified by an outsider to the last figure."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from evalsvc import audit, jobs
from evalsvc.db import as_text
from evalsvc.draws import operations as draws
from evalsvc.draws.queries import log_lines
from evalsvc.editions import operations
from evalsvc.editions.keys import service_signer
from evalsvc.editions.queries import editions_of
from evalsvc.errors import ConflictError, ForbiddenError
from evalsvc.job_kinds import KINDS
from evalsvc.results.models import ResultSet
from evalsvc.results.operations import compute
from evalsvc.results.records import CaseRow, JudgementRow, read_records
from evalsvc.service import Service
from evalsvc.verification.run import verify
from evalsvc.worker import Worker
from reports.keys import authority_of, make_demo_key, read_signer
from reports.verify import printed_text

AT = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def signer():
    return read_signer(make_demo_key("示例评估中心", b"secret", AT), b"secret")


@pytest.fixture
def computed(database, store, judged):
    """The evaluation with results, its draw opened to everybody."""
    with database.transaction() as session:
        draws.publish(session, judged.lead, judged.evaluation, 1)
        compute(session, store, judged.lead, judged.evaluation)
    return judged


def issue(database, store, visited, signer, actor=None):
    with database.transaction() as session:
        return operations.issue(session, store, actor or visited.lead, visited.evaluation, signer)


def test_an_issued_report_is_verified_to_the_last_figure(database, store, computed, signer):
    edition = issue(database, store, computed, signer)
    pdf, bundle = store.get(edition.pdf_sha256), store.get(edition.bundle_sha256)
    outcome = verify(pdf, bundle)
    assert [(step.name, step.complaints) for step in outcome.steps if step.state != "ok"] == []
    assert len(outcome.figures) > 300 and outcome.unequal == 0
    facts = json.loads(zipfile.ZipFile(io.BytesIO(bundle)).read("edition.json"))
    assert (facts["edition"]["number"], facts["edition"]["lead"]) == (1, "测试lead")
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
    monkeypatch.setattr(operations, "build_report", lambda edition: b"%PDF " + edition)
    monkeypatch.setattr(operations, "sign_report", lambda pdf, _signer, _institute: pdf)


def test_a_correction_is_a_further_edition(database, store, computed, signer, cheap_print):
    first, second = (issue(database, store, computed, signer) for _ in range(2))
    assert (first.number, second.number) == (1, 2)
    assert first.bundle_sha256 != second.bundle_sha256
    with database.reading() as session:
        assert [each.number for each in editions_of(session, computed.evaluation.id)] == [2, 1]


def test_bundles_are_for_the_lead_and_auditors(
    client, database, store, computed, signer, make_person, sign_in, cheap_print
):
    issue(database, store, computed, signer)
    base = f"/evaluations/{computed.evaluation.code}/editions"
    for role in ("lead", "auditor", "designer", "supervisor", "expert"):
        person, allowed = make_person(role, evaluation=computed.evaluation), role in {"lead", "auditor"}
        browser = client.application.test_client()
        sign_in(browser, person)
        for answers in (browser.get, lambda path, person=person: client.get(f"/api/v1{path}", headers=person.bearer)):
            with answers(f"{base}/1/report.pdf") as report, answers(f"{base}/1/bundle.zip") as bundle:
                assert (report.status_code, bundle.status_code) == (200, 200 if allowed else 403), role
        assert (f"{base}/1/bundle.zip" in browser.get(base).text) == allowed


def test_a_bundle_holds_no_judgement_on_a_case_that_may_still_be_judged(database, store, computed, signer, cheap_print):
    edition = issue(database, store, computed, signer)
    bundle = zipfile.ZipFile(io.BytesIO(store.get(edition.bundle_sha256)))
    cases, _ = read_records(CaseRow, bundle.read("cases.csv"), "cases.csv")
    judgements, _ = read_records(JudgementRow, bundle.read("judgements.csv"), "judgements.csv")
    states = {case.case_id: case.state for case in cases}
    assert set(states.values()) == {"open", "confirmed", "excluded"}
    assert {states[each.case_id] for each in judgements} == {"confirmed", "excluded"}
    assert len(judgements) == 2 * sum(state != "open" for state in states.values())


def test_nothing_is_issued_that_nobody_could_verify(database, store, judged, signer):
    with pytest.raises(ConflictError) as caught:
        issue(database, store, judged, signer)
    assert caught.value.code == "edition.no_results"
    with database.transaction() as session:
        compute(session, store, judged.lead, judged.evaluation)
    with pytest.raises(ConflictError) as caught:
        issue(database, store, judged, signer)
    assert caught.value.code == "edition.draw_not_published"


def test_only_the_lead_issues(database, store, computed, signer, experts):
    for actor in (experts[0].actor, computed.supervisor):
        with pytest.raises(ForbiddenError):
            issue(database, store, computed, signer, actor)


def test_the_page_issues_in_the_background_and_offers_both_files(
    client, config, database, store, computed, make_person, sign_in, csrf_of, cheap_print
):
    sign_in(client, make_person("lead", evaluation=computed.evaluation, name="张示例"))
    address = f"/evaluations/{computed.evaluation.code}/editions"
    page = client.get(address).get_data(as_text=True)
    assert "还没有发布报告" in page and "未决个案" in page
    result = page.split('name="result" value="')[1].split('"')[0]
    wish = {"csrf_token": csrf_of(client), "result": result}
    assert client.post(address, data=wish).status_code == 422
    assert client.post(address, data={**wish, "confirmed": "1"}).status_code == 303
    Worker(Service(config, database, store), KINDS).run_due()
    with database.reading() as session:
        states = [
            (each.kind, each.state, each.failure_code) for each in jobs.of_subject(session, computed.evaluation.id)
        ]
    assert states == [("editions.issue", jobs.DONE, None)]
    assert "第 1 版" in client.get(address).get_data(as_text=True)
    with client.get(f"{address}/1/report.pdf") as pdf, client.get(f"{address}/1/bundle.zip") as bundle:
        assert pdf.mimetype == "application/pdf"
        assert zipfile.ZipFile(io.BytesIO(bundle.data)).read("edition.json") in pdf.data
    assert client.get(f"{address}/2/report.pdf").status_code == 404


def test_two_processes_that_make_the_demo_key_use_the_same(config):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: authority_of(service_signer(config, "示例评估中心", AT)), range(4)))
    assert len(set(made)) == 1
    folder = config.store_directory.parent / "signing"
    assert [(path.name, path.stat().st_mode & 0o777) for path in folder.iterdir()] == [("demo-key.p12", 0o600)]


def test_the_api_computes_issues_and_hands_the_files_out(
    client, config, database, store, computed, make_person, cheap_print
):
    lead = make_person("lead", evaluation=computed.evaluation)
    base = f"/api/v1/evaluations/{computed.evaluation.code}"
    worker = Worker(Service(config, database, store), KINDS)
    assert client.post(f"{base}/results", headers=lead.bearer).status_code == 202
    worker.run_due()
    sets = client.get(f"{base}/results", headers=lead.bearer).json
    assert len(sets) == 2
    rows = client.get(f"{base}/results/{sets[0]['id']}", headers=lead.bearer).json["estimates"]
    assert rows[0]["id"] == "wrong_exit_rate"
    wished = client.post(f"{base}/editions", json={"result": sets[0]["id"]}, headers=lead.bearer)
    assert wished.status_code == 202
    worker.run_due()
    listed = client.get(f"{base}/editions", headers=lead.bearer).json
    assert [each["number"] for each in listed] == [1]
    with client.get(f"{base}/editions/1/bundle.zip", headers=lead.bearer) as answer:
        assert answer.data == store.get(listed[0]["bundle_sha256"])
    auditor = make_person("auditor", evaluation=computed.evaluation)
    assert client.post(f"{base}/editions", json={"result": sets[0]["id"]}, headers=auditor.bearer).status_code == 403
    assert client.get(f"{base}/results/nothing", headers=lead.bearer).status_code == 404


def test_results_of_another_version_are_computed_again_before_they_are_printed(database, store, computed, signer):
    with database.transaction() as session:
        session.scalars(select(ResultSet)).one().code_version = "0.0.1"
    with pytest.raises(ConflictError) as refused:
        issue(database, store, computed, signer)
    assert refused.value.code == "edition.other_version"


def test_the_row_of_an_edition_has_the_time_that_the_signed_file_says(database, store, computed, signer):
    edition = issue(database, store, computed, signer)
    facts = json.loads(zipfile.ZipFile(io.BytesIO(store.get(edition.bundle_sha256))).read("edition.json"))
    assert as_text(edition.issued_at) == facts["edition"]["issued_at"]
