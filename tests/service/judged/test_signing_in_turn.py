"""The signatures of a report by real keys and PDFs: on the page, from a machine of one's own, and what is refused."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from evalsvc import audit
from evalsvc.db import now
from evalsvc.draws import log
from evalsvc.draws import operations as draws
from evalsvc.draws.operations import append_to_log
from evalsvc.draws.queries import log_lines
from evalsvc.editions import closing, composing, signing, wishing
from evalsvc.editions.bundle import sha256
from evalsvc.editions.printing import signed
from evalsvc.editions.queries import edition_by_number
from evalsvc.editions.wishing import Wish
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError
from evalsvc.job_kinds import KINDS
from evalsvc.results.operations import compute
from evalsvc.service import Service
from evalsvc.verification.run import verify
from evalsvc.worker import Worker
from reports.keys import make_demo_key, read_signer
from reports.signing.roles import BY_NAME
from reports.verify import embedded
from sampling.chain import write_chain
from tests.service.judged.releasing import leave_printing_out


@pytest.fixture(scope="module")
def hand():
    """The key that somebody has on a machine of their own."""
    return read_signer(make_demo_key("张示例", b"secret", now() - timedelta(days=1)), b"secret")


@pytest.fixture
def sign_in_as(sign_in):
    """Sign in as one of those who visited: sign_in_as(browser, role)."""
    password = "correct horse battery staple"
    return lambda browser, role: sign_in(browser, SimpleNamespace(sign_in_name=f"{role}-visited", password=password))


@pytest.fixture
def service(config, database, store):
    return Service(config, database, store)


@pytest.fixture
def composed(service, database, store, judged):
    """The evaluation with a report that nobody has signed yet."""

    def make():
        with database.transaction() as session:
            draws.publish(session, judged.lead, judged.evaluation, 1)
            compute(session, store, judged.lead, judged.evaluation)
        with database.transaction() as session:
            (edition,) = wishing.place(session, judged.lead, judged.evaluation, Wish(judged.reviewer.person_id))
        with database.reading() as session:
            desk = composing.open_desk(session, store, judged.evaluation, edition.result_set_id)
            head = composing.head_of_next(session, judged.evaluation, edition)
        prepared = desk.prepare(head)
        with database.transaction() as session:
            return composing.keep(session, judged.lead, judged.evaluation, 1, prepared)

    return make


def signed_by(pdf, role, key, *, at=None):
    return signed(pdf, BY_NAME[role], key, signing.head_of(pdf), at or now().replace(microsecond=0))


def public_log(database):
    with database.reading() as session:
        return write_chain(log_lines(session)).encode()


def test_a_report_is_signed_on_its_page_and_elsewhere_then_sealed_and_revoked(
    client, service, database, store, judged, composed, hand, sign_in_as, csrf_of
):
    composed()
    address = f"/evaluations/{judged.evaluation.code}/editions/1"
    lead, reviewer = client, client.application.test_client()
    sign_in_as(lead, "lead")
    sign_in_as(reviewer, "reviewer")
    page = lead.get(address).text
    assert "待负责人签名" in page and "用示范密钥签名" in page and "放弃这一版" in page
    assert "交回签名" not in reviewer.get(address).text
    form = {"csrf_token": csrf_of(lead), "how": "demo"}
    assert lead.post(f"{address}/signature", data=form).status_code == 422
    assert lead.post(f"{address}/signature", data={**form, "confirmed": "1"}).status_code == 303
    assert lead.post(f"{address}/signature", data={**form, "confirmed": "1"}).status_code == 403
    with reviewer.get(f"{address}/report.pdf") as answer:
        given = signed_by(answer.data, "reviewer", hand)
    form = {"csrf_token": csrf_of(reviewer), "how": "file", "confirmed": "1", "signed": (io.BytesIO(given), "s.pdf")}
    answer = reviewer.post(f"{address}/signature", data=form)
    answer.request.environ["wsgi.input"].close()  # a file on disk, of the test's own browser
    assert answer.status_code == 303
    form = {"csrf_token": csrf_of(lead), "confirmed": "1"}
    assert lead.post(f"{address}/seal", data=form).status_code == 303
    Worker(service, KINDS).run_due()
    page = lead.get(address).text
    assert "已发布" in page and "张示例" in page and "作废这一版" in page
    with lead.get(f"{address}/report.pdf") as pdf, lead.get(f"{address}/bundle.zip") as bundle:
        report, files = pdf.data, bundle.data
    assert verify(report, files, logs={"log": public_log(database)}).holds
    standing = client.application.test_client().get(f"/reports/{sha256(embedded(report)['edition.json'])}")
    assert standing.status_code == 200 and "已发布" in standing.text and "作废" not in standing.text
    assert client.application.test_client().get(f"/reports/{'0' * 64}").status_code == 404
    assert [each.role for each in verify(report).signatures] == ["lead", "reviewer", "institute"]
    with lead.get(f"{address}/data.zip") as data, lead.get(f"{address}/tables.xlsx") as tables:
        assert zipfile.ZipFile(io.BytesIO(data.data)).read("edition.json") == embedded(report)["edition.json"]
        assert len(load_workbook(io.BytesIO(tables.data)).sheetnames) > 5
    with lead.get(f"{address}/report.docx") as word:
        assert zipfile.ZipFile(io.BytesIO(word.data)).testzip() is None
    form |= {"reason": "一个村的名册弄错了。"}
    assert lead.post(f"{address}/revocation", data=form).status_code == 303
    check_revoked(client, database, report, files)
    assert "一个村的名册弄错了" in lead.get(address).text
    with database.reading() as session:
        assert audit.verify(session).breaks == ()


def check_revoked(client, database, report, files):
    """Everybody finds the revocation in the log with its reason, and the check says it."""
    with database.reading() as session:
        line = log_lines(session)[-1]
    assert (line.kind, line.subject.rsplit("/", 1)[1]) == (log.REVOCATION, "1")
    anybody = client.application.test_client()
    assert f"/revocations/{line.sha256}.json" in anybody.get("/commitments").text
    said = json.loads(anybody.get(f"/revocations/{line.sha256}.json").data)
    assert said["reason"] == "一个村的名册弄错了。"
    assert anybody.get(f"/revocations/{'0' * 64}.json").status_code == 404
    page = anybody.get(f"/reports/{sha256(embedded(report)['edition.json'])}").text
    assert "已作废" in page and "一个村的名册弄错了。" in page and sha256(report) in page
    outcome = verify(report, files, logs={"log": public_log(database)})
    found = [each.code for step in outcome.steps for each in step.complaints]
    assert found == ["verification.revoked"]


def test_a_file_that_has_more_in_it_than_the_signature_is_refused(service, store, judged, composed, hand):
    edition = composed()
    before = store.get(edition.pdf_sha256)
    given = signed_by(before, "lead", hand)
    assert signing.received(store, edition, given).role == "lead"
    refused = {
        "signature_wrong": given + b"\n% more\n",
        "not_this_file": given[:-1_000].replace(b"%PDF-1.7", b"%PDF-1.6"),
        "expected.lead": signed_by(given, "reviewer", hand),
    }
    for code, pdf in refused.items():
        with pytest.raises(InvalidError) as caught:
            signing.received(store, edition, pdf)
        assert caught.value.code == f"edition.{code}"
    with pytest.raises(InvalidError) as caught:
        signing.received(store, edition, before)
    assert caught.value.code == "edition.expected.lead"


@pytest.fixture
def cheap(monkeypatch, composed):
    """A composed report whose printing is left out."""
    leave_printing_out(monkeypatch)
    return composed()


def test_nobody_signs_out_of_turn_or_for_somebody_else(service, database, store, judged, cheap, hand):
    def keep(actor, edition):
        given = signing.sign(store, edition, hand)
        with database.transaction() as session:
            return signing.keep(session, store, actor, judged.evaluation, given)

    for actor in (judged.reviewer, judged.supervisor):
        with pytest.raises(ForbiddenError, match=r"sign\.lead"):
            keep(actor, cheap)
    with pytest.raises(ConflictError, match="not_reviewed"):
        signing.require_sealable(judged.lead, cheap)
    once = keep(judged.lead, cheap)
    with pytest.raises(ForbiddenError, match=r"sign\.reviewer"):
        keep(judged.lead, once)
    with pytest.raises(ConflictError, match="moved"):
        keep(judged.reviewer, cheap)
    issued = keep(judged.lead, keep(judged.reviewer, once))
    with pytest.raises(ConflictError, match="signed_by_all"):
        keep(judged.lead, issued)


def test_a_report_that_was_given_up_is_never_signed(database, judged, cheap, hand, store):
    with database.transaction() as session, pytest.raises(InvalidError, match="reason_missing"):
        closing.drop(session, judged.lead, judged.evaluation, 1, " ")
    with database.transaction() as session, pytest.raises(ForbiddenError):
        closing.drop(session, judged.reviewer, judged.evaluation, 1, "不该由审核人放弃")
    with database.transaction() as session:
        dropped = closing.drop(session, judged.lead, judged.evaluation, 1, "结果要重算")
    assert (dropped.state, dropped.awaits) == ("dropped", None)
    with pytest.raises(ConflictError, match=r"edition\.closed"):
        signing.sign(store, dropped, hand)
    for change in (closing.drop, lambda *given: closing.revoke(given[0], store, *given[1:3], number=1, reason="无")):
        with pytest.raises(ConflictError), database.transaction() as session:
            change(session, judged.lead, judged.evaluation, 1, "再放弃一次")


def test_nothing_is_sealed_that_was_overtaken_while_it_was_signed(service, database, store, judged, cheap, hand):
    for actor in (judged.lead, judged.reviewer):
        with database.reading() as session:
            edition = edition_by_number(session, judged.evaluation.id, 1)
        given = signing.sign(store, edition, hand)
        with database.transaction() as session:
            edition = signing.keep(session, store, actor, judged.evaluation, given)
    with database.transaction() as session:
        append_to_log(session, log.REJECTIONS, log.subject_of(judged.evaluation.code, 1), "0" * 64, now())
    with pytest.raises(ConflictError, match="log_moved"), database.transaction() as session:
        given = signing.sign(store, edition, hand)
        signing.keep(session, store, judged.lead, judged.evaluation, given)


def test_where_the_institute_has_a_key_everybody_signs_with_their_own(
    service, client, judged, cheap, sign_in_as, csrf_of
):
    own = replace(service.config, signing_key=service.config.store_directory / "key.p12")
    client.application.extensions["evalsvc"] = replace(service, config=own)
    sign_in_as(client, "lead")
    address = f"/evaluations/{judged.evaluation.code}/editions/1"
    assert "用示范密钥签名" not in client.get(address).text
    form = {"csrf_token": csrf_of(client), "how": "demo", "confirmed": "1"}
    answer = client.post(f"{address}/signature", data=form)
    assert answer.status_code == 422 and "自己的密钥" in answer.text
    answer = client.post(f"{address}/signature", data={**form, "how": "file"})
    assert answer.status_code == 422 and "没有选择签名后的文件" in answer.text
