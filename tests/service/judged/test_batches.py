"""Reports on many counties: each numbered once and issued once, also where the work is cut off in the middle."""

import io
import json
import zipfile
from types import SimpleNamespace

import pytest

from evalsvc import jobs
from evalsvc.draws import operations as draws
from evalsvc.draws.queries import log_lines
from evalsvc.editions import batches, closing, composing, signing, wishing
from evalsvc.editions.chapters.kinds import COUNTY
from evalsvc.editions.queries import editions_of
from evalsvc.editions.wishing import Wish
from evalsvc.errors import InvalidError
from evalsvc.job_kinds import KINDS
from evalsvc.results.operations import compute
from evalsvc.results.queries import latest
from evalsvc.service import Service
from evalsvc.worker import Worker
from reports.verify import printed_text
from tests.service.judged.releasing import leave_printing_out

COUNTIES = ("350125", "350424")


@pytest.fixture
def service(config, database, store):
    return Service(config, database, store)


@pytest.fixture
def computed(database, store, judged, monkeypatch):
    """The evaluation with results; layout and signatures are left out."""
    leave_printing_out(monkeypatch)
    with database.transaction() as session:
        draws.publish(session, judged.lead, judged.evaluation, 1)
        compute(session, store, judged.lead, judged.evaluation)
    return judged


@pytest.fixture
def browsers(client, sign_in):
    """Browsers of lead and reviewer."""
    found = {"lead": client, "reviewer": client.application.test_client()}
    for role, browser in found.items():
        password = "correct horse battery staple"
        sign_in(browser, SimpleNamespace(sign_in_name=f"{role}-visited", password=password))
    return found


def states_of(database, visited):
    with database.reading() as session:
        return [(each.number, each.scope, each.state) for each in reversed(editions_of(session, visited.evaluation.id))]


def job_states(database, visited):
    with database.reading() as session:
        return [each.state for each in jobs.of_subject(session, visited.evaluation.id)]


def wish_for_counties(database, visited, *scopes):
    wish = Wish(visited.reviewer.person_id, kind=COUNTY, scopes=scopes or COUNTIES)
    with database.transaction() as session:
        wishing.request(session, visited.lead, visited.evaluation, wish)


def test_a_batch_goes_from_one_wish_to_issued_reports(service, database, computed, browsers, csrf_of, monkeypatch):
    monkeypatch.setattr(signing, "head_of", number_in)
    address, worker = f"/evaluations/{computed.evaluation.code}/editions", Worker(service, KINDS)
    form = {"kind": COUNTY, "language": "zh", "reviewer": computed.reviewer.person_id, "confirmed": "1"}
    with database.reading() as session:
        form["result"] = latest(session, computed.evaluation.id).id
    answer = browsers["lead"].post(address, data={**form, "csrf_token": csrf_of(browsers["lead"])})
    assert answer.status_code == 303
    assert states_of(database, computed) == [(1, "350125", "wished"), (2, "350424", "wished")]
    worker.run_due()
    for role, how, state in (
        ("lead", "demo", "lead_signed"),
        ("reviewer", "demo", "reviewed"),
        ("lead", "seal", "issued"),
    ):
        browser = browsers[role]
        assert "2 份报告" in browser.get(address).text
        wished = {"csrf_token": csrf_of(browser), "how": how, "confirmed": "1"}
        assert browser.post(f"{address}/signing", data=wished).status_code == 303
        worker.run_due()
        assert states_of(database, computed) == [(1, "350125", state), (2, "350424", state)]
    with database.reading() as session:
        first, second = editions_of(session, computed.evaluation.id)
        assert first.bundle_sha256 == second.bundle_sha256
        assert [line.kind for line in log_lines(session)][-2:] == ["edition", "edition"]


def number_in(pdf):
    """Read the head of an edition whose printing was left out."""
    return json.loads(pdf.removeprefix(b"%PDF ").split(b"\n%")[0])["edition"]


def test_files_that_were_signed_elsewhere_come_back_together(
    service, database, store, computed, browsers, csrf_of, monkeypatch
):
    monkeypatch.setattr(signing, "head_of", number_in)
    monkeypatch.setattr(signing, "received", taken)
    wish_for_counties(database, computed)
    Worker(service, KINDS).run_due()
    address = f"/evaluations/{computed.evaluation.code}/editions"
    sent = zipfile.ZipFile(io.BytesIO(browsers["lead"].get(f"{address}/signing.zip").data))
    assert len(sent.namelist()) == 2
    signed = [(io.BytesIO(sent.read(name) + b"\n% signed"), name) for name in sent.namelist()]
    signed[1] = (io.BytesIO(sent.read(sent.namelist()[1]) + b"\n% forged"), "forged.pdf")
    form = {"csrf_token": csrf_of(browsers["lead"]), "how": "file", "confirmed": "1"}
    assert browsers["lead"].post(f"{address}/signing", data=form).status_code == 422
    assert browsers["lead"].post(f"{address}/signing", data={**form, "signed": signed}).status_code == 303
    Worker(service, KINDS).run_due()
    assert [state for _, _, state in states_of(database, computed)] == ["lead_signed", "composed"]
    page = browsers["lead"].get(f"{address}/signing").text
    assert "2 份报告中有 1 份没有签成" in page and "签名不成立" in page


def taken(store, edition, pdf):
    """Stand in for the check of a real PDF (test_signing_in_turn.py): a forged file is refused."""
    if pdf.endswith(b"forged"):
        raise InvalidError("edition.signature_wrong", number=edition.number)
    return signing.Signed(edition.number, edition.awaits, edition.pdf_sha256, store.put(pdf), "示例", signing.now())


@pytest.mark.parametrize("dies_at", [0, 1])
def test_a_batch_that_was_cut_off_goes_on_and_does_nothing_twice(service, database, computed, monkeypatch, dies_at):
    wish_for_counties(database, computed)
    kept, right = [], composing.keep

    def dying(session, actor, evaluation, number, prepared):
        if len(kept) == dies_at:
            raise SystemExit  # as a killed process: nothing of this transaction is kept
        kept.append(number)
        return right(session, actor, evaluation, number, prepared)

    monkeypatch.setattr(composing, "keep", dying)
    with pytest.raises(SystemExit):
        Worker(service, KINDS).run_due()
    assert [state for _, _, state in states_of(database, computed)].count("composed") == dies_at
    monkeypatch.setattr(composing, "keep", right)
    with database.transaction() as session:
        session.query(jobs.Job).update({"due_at": signing.now()})  # the dead worker's lease runs out
    Worker(service, KINDS).run_due()
    assert [state for _, _, state in states_of(database, computed)] == ["composed", "composed"]
    assert job_states(database, computed) == [jobs.DONE]


def test_a_report_that_was_given_up_while_others_are_composed_is_left_out(service, database, computed):
    wish_for_counties(database, computed)
    with database.transaction() as session:
        closing.drop(session, computed.lead, computed.evaluation, 1, "不用了")
    Worker(service, KINDS).run_due()
    assert [state for _, _, state in states_of(database, computed)] == ["dropped", "composed"]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"kind": COUNTY}, "scope_missing"),
        ({"scopes": ("350125",)}, "scope_needless"),
        ({"kind": "排行榜"}, "kind_unknown"),
        ({"language": "xx"}, "kind_unknown"),
        ({"kind": COUNTY, "scopes": tuple(map(str, range(1001)))}, "many_at_once"),
    ],
)
def test_a_wish_that_makes_no_report_is_refused_at_once(database, computed, wish, code):
    with pytest.raises(InvalidError) as refused, database.transaction() as session:
        wishing.request(session, computed.lead, computed.evaluation, Wish(computed.reviewer.person_id, **wish))
    assert refused.value.code == f"edition.{code}"
    assert states_of(database, computed) == []


def test_many_reports_are_laid_out_in_worker_processes(service, database, store, judged, monkeypatch):
    monkeypatch.setattr(batches, "ALONE", 1)
    with database.transaction() as session:
        draws.publish(session, judged.lead, judged.evaluation, 1)
        compute(session, store, judged.lead, judged.evaluation)
    wish_for_counties(database, judged, *COUNTIES, "999999")
    Worker(service, KINDS).run_due()
    assert [state for _, _, state in states_of(database, judged)] == ["composed", "composed", "wished"]
    with database.reading() as session:
        found = editions_of(session, judged.evaluation.id)
        (job,) = jobs.of_subject(session, judged.evaluation.id)
    texts = ["".join(printed_text(store.get(each.layout_sha256))) for each in found if each.layout_sha256]
    assert ["甲县" in text for text in texts] == [False, True]
    assert (job.failure_code, [each.code for each in job.complaints]) == (
        "edition.some_not_composed", ["report_text.no_scope"],
    )  # fmt: skip
