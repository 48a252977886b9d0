"""Reports: issued by the lead from results, signed, bundled, and verified by an outsider to the last figure."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from evalsvc import audit, jobs
from evalsvc.cli import main
from evalsvc.draws import operations as draws
from evalsvc.draws.queries import log_lines
from evalsvc.editions import operations
from evalsvc.editions.keys import service_signer
from evalsvc.editions.queries import editions_of
from evalsvc.errors import ConflictError, ForbiddenError
from evalsvc.job_kinds import KINDS
from evalsvc.results.operations import compute
from evalsvc.service import Service
from evalsvc.verification.run import verify
from evalsvc.worker import Worker
from reports.keys import make_demo_key, read_signer
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
    with database.reading() as session:
        last = log_lines(session)[-1]
        assert (last.kind, last.sha256) == ("edition", edition.pdf_sha256)
        assert audit.verify(session).breaks == ()


def test_open_cases_and_simulated_data_are_stated_on_its_face(database, store, computed, signer):
    pages = printed_text(store.get(issue(database, store, computed, signer).pdf_sha256))
    text = "".join("".join(pages).split())
    for words in ("模拟数据", "有未决个案", "示范假定", "样本给出的范围", "抽取承诺", "无公共随机值", "不能判定"):
        assert words in text, words
    assert "模拟数据" in "".join(pages[0].split())


def test_a_correction_is_a_further_edition(database, store, computed, signer):
    first, second = (issue(database, store, computed, signer) for _ in range(2))
    assert (first.number, second.number) == (1, 2)
    assert first.pdf_sha256 != second.pdf_sha256
    with database.reading() as session:
        assert [each.number for each in editions_of(session, computed.evaluation.id)] == [2, 1]
    assert verify(store.get(second.pdf_sha256), store.get(second.bundle_sha256)).holds
    mixed = verify(store.get(second.pdf_sha256), store.get(first.bundle_sha256))
    assert not mixed.holds


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
    client, config, database, store, computed, make_person, sign_in, csrf_of
):
    sign_in(client, make_person("lead", evaluation=computed.evaluation, name="张示例"))
    address = f"/evaluations/{computed.evaluation.code}/editions"
    page = client.get(address).get_data(as_text=True)
    assert "还没有发布报告" in page and "未决个案" in page
    result = page.split('name="result" value="')[1].split('"')[0]
    assert client.post(address, data={"csrf_token": csrf_of(client), "result": result}).status_code == 303
    Worker(Service(config, database, store), KINDS).run_due()
    with database.reading() as session:
        states = [
            (each.kind, each.state, each.failure_code) for each in jobs.of_subject(session, computed.evaluation.id)
        ]
    assert states == [("editions.issue", jobs.DONE, None)]
    assert "第 1 版" in client.get(address).get_data(as_text=True)
    with client.get(f"{address}/1/report.pdf") as pdf, client.get(f"{address}/1/bundle.zip") as bundle:
        assert verify(pdf.data, bundle.data).complete
    assert client.get(f"{address}/2/report.pdf").status_code == 404


def test_the_service_keeps_a_demo_key_and_refuses_one_that_others_can_read(config):
    first, second = (service_signer(config, "示例评估中心", AT) for _ in range(2))
    assert first.subject == second.subject and "DEMO" in first.subject
    folder = config.store_directory.parent / "signing"
    (folder / "key.p12").write_bytes(make_demo_key("另一机构", b"open sesame", AT))
    (folder / "passphrase").write_text("open sesame\n", encoding="utf-8")
    (folder / "key.p12").chmod(0o644)
    with pytest.raises(ConflictError) as caught:
        service_signer(config, "示例评估中心", AT)
    assert caught.value.code == "edition.key_unprotected"
    for path in folder.iterdir():
        path.chmod(0o600)
    assert "另一机构" in service_signer(config, "示例评估中心", AT).subject


def test_reports_are_built_signed_and_verified_without_the_server(database, store, computed, signer, tmp_path):
    edition = issue(database, store, computed, signer)
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(store.get(edition.bundle_sha256))
    (tmp_path / "edition.json").write_bytes(zipfile.ZipFile(bundle).read("edition.json"))
    (tmp_path / "key.p12").write_bytes(make_demo_key("示例评估中心", b"secret", AT))
    run, names = (
        CliRunner(),
        {name: str(tmp_path / name) for name in ("edition.json", "plain.pdf", "signed.pdf", "key.p12")},
    )
    built = run.invoke(main, ["report", "build", names["edition.json"], "--out", names["plain.pdf"]])
    assert built.exit_code == 0, built.output
    arguments = ["report", "sign", names["plain.pdf"], "--key", names["key.p12"], "--out", names["signed.pdf"]]
    wrong = run.invoke(main, arguments, env={"EVALSVC_KEY_PASSPHRASE": "wrong"})
    assert wrong.exit_code == 1
    signed = run.invoke(main, arguments, env={"EVALSVC_KEY_PASSPHRASE": "secret"})
    assert signed.exit_code == 0, signed.output
    good = run.invoke(main, ["verify", names["signed.pdf"], "--bundle", str(bundle)])
    assert good.exit_code == 0, good.output
    assert "wrong_exit_rate/350125/estimate" in good.output
    unsigned = run.invoke(main, ["verify", names["plain.pdf"], "--bundle", str(bundle), "--json"])
    assert unsigned.exit_code == 1
    outcome = json.loads(unsigned.stdout)
    assert [step["name"] for step in outcome["steps"] if step["state"] == "failed"] == ["signature"]
    assert all(figure["equal"] for figure in outcome["figures"])
    assert run.invoke(main, ["verify", str(tmp_path / "nothing.pdf")]).exit_code == 2
