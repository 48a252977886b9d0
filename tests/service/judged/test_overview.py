"""The pages of a whole evaluation, and the public check."""

import io
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from evalsvc.app import create_app
from evalsvc.draws.models import Draw
from evalsvc.overview import checking
from evalsvc.overview.queries import overview
from evalsvc.results.operations import compute
from evalsvc.verification.run import verify
from tests import small_world


@pytest.fixture(scope="module")
def issued(tmp_path_factory):
    """A signed report with its bundle, made by the pure functions."""
    return small_world.issue(small_world.make_world(tmp_path_factory.mktemp("world")))


def states(database, evaluation):
    with database.reading() as session:
        shown = overview(session, evaluation.id)
    return {stage.name: stage.state for stage in shown.stages}, shown.next


def test_a_new_evaluation_begins_with_its_frame(database, make_evaluation):
    found, current = states(database, make_evaluation("fresh"))
    assert current == "frame"
    assert set(found.values()) == {"current", "waiting"}


def test_the_stages_follow_the_work(database, store, visited, judged):
    found, current = states(database, visited.evaluation)
    assert current == "cases"
    assert [name for name, state in found.items() if state == "done"] == ["frame", "draw", "instrument", "fieldwork"]
    with database.transaction() as session:
        compute(session, store, visited.lead, visited.evaluation)
    found, current = states(database, visited.evaluation)
    assert (found["results"], current) == ("done", "editions")
    # Cases are still open: nobody should read that they are done.
    assert found["cases"] == "unsettled"


def test_a_commitment_that_was_not_drawn_is_not_done(database, visited):
    with database.transaction() as session:
        first = session.scalars(select(Draw)).first()
        columns = {column.name: getattr(first, column.name) for column in Draw.__table__.columns}
        session.add(Draw(**{**columns, "id": "another", "number": first.number + 7, "state": "committed"}))
    found, current = states(database, visited.evaluation)
    assert (found["draw"], current) == ("unsettled", "cases")


def test_the_page_of_an_evaluation_names_every_stage(client, visited, make_person, sign_in):
    sign_in(client, make_person("auditor", evaluation=visited.evaluation))
    page = client.get(f"/evaluations/{visited.evaluation.code}").get_data(as_text=True)
    for words in (
        "抽样框",
        "抽样与抽取",
        "问卷",
        "入户调查",
        "疑似个案",
        "估计结果",
        "评估报告",
        "模拟数据",
        "示范假定 2026-1",
        'aria-current="step"',
    ):
        assert words in page, words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("未决个案的影响：均不计入与全部计入", "未决全部计入", "8 项判定（2 个县×4 项指标）各按 5% 的风险")),
        ("en", ("Range of open cases: none counted, all counted", "all open counted", "The 8 verdicts (2 counties")),
    ],
)
def test_the_results_show_the_range_of_open_cases_and_the_risk(
    client, database, store, visited, judged, make_person, sign_in, language, words
):
    with database.transaction() as session:
        compute(session, store, visited.lead, visited.evaluation)
    sign_in(client, make_person("auditor", evaluation=visited.evaluation))
    client.set_cookie("language", language)
    page = client.get(f"/evaluations/{visited.evaluation.code}/results").get_data(as_text=True)
    for each in words:
        assert each in page, each


def test_strangers_see_nothing(client, visited, make_person, make_evaluation, sign_in):
    assert client.get(f"/evaluations/{visited.evaluation.code}").status_code == 303
    sign_in(client, make_person("lead", evaluation=make_evaluation("elsewhere")))
    for path in ("", "/results", "/editions", "/cases"):
        assert client.get(f"/evaluations/{visited.evaluation.code}{path}").status_code == 404


def test_enumerators_see_no_results(client, visited, make_person, sign_in):
    sign_in(client, make_person("enumerator", evaluation=visited.evaluation))
    for path in ("/results", "/editions", "/cases"):
        assert client.get(f"/evaluations/{visited.evaluation.code}{path}").status_code == 403


def check(client, csrf_of, report, bundle=None, logs=()):
    form = {"csrf_token": csrf_of(client), "report": FileStorage(io.BytesIO(report), "report.pdf")}
    if bundle is not None:
        form["bundle"] = FileStorage(io.BytesIO(bundle), "bundle.zip")
    form["log"] = [FileStorage(io.BytesIO(each), "commitments.jsonl") for each in logs]
    # Encoded here in memory: the test client would leave its own temporary file open.
    boundary, body = encode_multipart(form)
    return client.post("/verify", data=body, content_type=f"multipart/form-data; boundary={boundary}")


@pytest.fixture
def checked_here(monkeypatch):
    """Check in this process, where only the page matters: what the last test laid out is still known."""
    monkeypatch.setattr(
        checking,
        "verify_apart",
        lambda pdf, bundle, limits, logs, authorities: verify(
            pdf, bundle, logs=logs, limits=limits.unpacked, authorities=authorities
        ),
    )


def test_a_check_runs_apart_from_the_server(client, csrf_of, issued):
    page = check(client, csrf_of, issued.pdf).get_data(as_text=True)
    assert "数字没有重算" in page and "没有重算</h2>" in page and " · 估计值<" in page


def test_checks_wait_for_each_other(app, client, csrf_of, issued, checked_here):
    with checking_place(app):
        answer = check(client, csrf_of, issued.pdf)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert "正在核验别人的报告" in answer.get_data(as_text=True)
        client.set_cookie("language", "en")
        assert "Other reports are being checked" in check(client, csrf_of, issued.pdf).get_data(as_text=True)
    assert check(client, csrf_of, issued.pdf).status_code == 200


@contextmanager
def checking_place(app):
    """Hold the only place for checks, as somebody else's check does."""
    places = app.extensions[checking.PLACES]
    assert places.acquire(blocking=False)
    try:
        yield
    finally:
        places.release()


def test_what_is_too_large_is_refused_before_it_is_checked(config, csrf_of, issued, monkeypatch):
    app = create_app(replace(config, check_limit=300_000))
    try:
        answer = check(app.test_client(), csrf_of, bytes(300_000))
        assert (answer.status_code, "大小限制" in answer.get_data(as_text=True)) == (413, True)
        monkeypatch.setattr(checking, "LARGEST_REPORT", 100_000)
        answer = check(app.test_client(), csrf_of, bytes(100_001))
        assert (answer.status_code, "100000" in answer.get_data(as_text=True)) == (413, True)
        assert app.extensions[checking.PLACES].acquire(blocking=False)
    finally:
        app.extensions["evalsvc"].database.close()


def test_a_check_that_takes_too_long_is_stopped_and_says_nothing_of_the_report(config, csrf_of, issued):
    app = create_app(replace(config, check_seconds=1))
    try:
        answer = check(app.test_client(), csrf_of, issued.pdf, issued.bundle)
        assert (answer.status_code, "没有在 1 秒内完成" in answer.get_data(as_text=True)) == (422, True)
    finally:
        app.extensions["evalsvc"].database.close()


def test_anybody_checks_a_report_without_signing_in(client, store, csrf_of, issued, checked_here):
    assert client.get("/verify").status_code == 200
    before = sorted(store.directory.rglob("*"))
    page = check(client, csrf_of, issued.pdf, issued.bundle).get_data(as_text=True)
    assert "全部相符" in page and " · 估计值<" in page and "wrong_exit_rate/" not in page
    alone = check(client, csrf_of, issued.pdf).get_data(as_text=True)
    assert "数字没有重算" in alone
    assert sorted(store.directory.rglob("*")) == before


def test_the_page_says_where_a_bundle_differs(client, csrf_of, issued, checked_here):
    name = next(name for name in issued.content if b"<recognition_overall>yes" in issued.content[name])
    changed = issued.changed(name, b"<recognition_overall>yes", b"<recognition_overall>no")
    page = check(client, csrf_of, issued.pdf, changed).get_data(as_text=True)
    assert "核验不通过" in page and name in page and "recognised" in page
    assert page.index("不符的步骤") < page.index(">不同的数字<") < page.index("其余步骤") < page.index("相同的数字")
    assert page.index("群众认可度 · ") < page.index("其余步骤"), "figures that differ come before those that agree"


def test_copies_of_the_public_log_are_compared(client, csrf_of, issued, checked_here):
    own = issued.content["commitments.jsonl"]
    page = check(client, csrf_of, issued.pdf, issued.bundle, (own, own.replace(b"draw.", b"drew."))).get_data(
        as_text=True
    )
    assert "核验不通过" in page
    failed = page[page.index("不符的步骤") : page.index("其余步骤")]
    assert "1. commitments.jsonl" in failed and "2. commitments.jsonl" in failed
    many = check(client, csrf_of, issued.pdf, None, (own,) * (checking.MOST_LOGS + 1))
    assert (many.status_code, "最多放入" in many.get_data(as_text=True)) == (413, True)


def test_the_page_takes_hostile_files_calmly(client, csrf_of, issued, checked_here):
    for report, bundle in ((b"<script>alert(1)</script>", None), (issued.pdf, b"PK\x03\x04 no zip")):
        answer = check(client, csrf_of, report, bundle)
        assert answer.status_code == 200
        assert "核验不通过" in answer.get_data(as_text=True)
        assert "<script>alert" not in answer.get_data(as_text=True)


def test_the_page_asks_for_a_report_and_a_token(client, csrf_of):
    empty = client.post("/verify", data={"csrf_token": csrf_of(client)}, content_type="multipart/form-data")
    assert (empty.status_code, "没有收到报告" in empty.get_data(as_text=True)) == (422, True)
    without = client.post("/verify", data={"report": (io.BytesIO(b"x"), "x.pdf")}, content_type="multipart/form-data")
    assert without.status_code == 400


def test_the_page_speaks_english(client, csrf_of, issued, checked_here):
    client.set_cookie("language", "en")
    page = check(client, csrf_of, issued.pdf, issued.bundle).get_data(as_text=True)
    assert "Everything agrees" in page and "Figures that are the same" in page
