"""One household's round on the phone: signed in by the code, filled offline, sent, returned, corrected, received."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from evalsvc import migrate
from evalsvc.config import read_config
from evalsvc.demonstration.server import free_port, settings_of, started
from evalsvc.evaluations import operations as evaluations
from evalsvc.instruments import operations as instruments
from evalsvc.interviews.models import Interview
from evalsvc.interviews.review.moves import RETURN, Comment
from evalsvc.people.actor import SYSTEM
from evalsvc.service import Service, open_service
from tests.browser.visitor import OVERFLOW, Site
from tests.service.conftest import Field, add_somebody, begin_fieldwork
from tests.service.review_steps import moved

PIN, ATTEMPT = "示例-123456", "/data/visit/attempt"
FIRST, SECOND = "没有时间", "没有说明"
"""Why the household refused, as first noted and as corrected."""
PATIENCE = 60_000
"""Milliseconds for what goes over the network."""
EVERYWHERE = (
    "outbox",
    "returned",
    "drafts",
    "other-forms",
    "settings",
    "settings/pin",
    "settings/code",
    "settings/help",
)

Round = tuple[Site, Service, Field]


@pytest.fixture
def fielded(tmp_path: Path) -> Iterator[Round]:
    """A running server with households to visit, and the record of a visit without an interview."""
    data, port = tmp_path / "data", free_port()
    data.mkdir()
    settings = settings_of(data, f"http://127.0.0.1:{port}")
    service = open_service(read_config(settings))
    migrate.upgrade(service.database)
    with service.database.transaction() as session:
        evaluation = evaluations.create_evaluation(
            session, SYSTEM, code="fujian-demo", name="两县试点", client="示例委托单位", institute="示例评估中心",
            pack="shifan-jiading-2026-1",
        )  # fmt: skip
    field = begin_fieldwork(service.database, service.store, tmp_path, evaluation)
    lead = add_somebody(service.database, "lead", evaluation=evaluation).actor
    with service.database.transaction() as session:
        for form in ("not_visited", "village"):
            name, text = instruments.shipped_form(form)
            instruments.publish(session, lead, evaluation.id, instruments.keep_form(service.store, text, name))
    with started(port, settings, tmp_path) as server:
        server.wait()
        yield Site(server.url, tmp_path, {}), service, field
    service.database.close()


def test_a_visit_is_recorded_offline_sent_returned_and_corrected(fielded: Round, browser: Browser) -> None:
    site, service, field = fielded
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = signed_in(context, site, field)
    unit = page.locator("a.line strong").first.inner_text()
    context.set_offline(offline=True)
    record_refusal(page, unit)
    go(page, site, "outbox")
    expect(page.get_by_text("1 份答卷等待发送")).to_be_visible()
    expect(page.locator(".entry .tag")).to_have_text("等待发送")
    context.set_offline(offline=False)
    expect(page.get_by_role("heading", name="已送达")).to_be_visible(timeout=PATIENCE)
    page.locator(".list a.line").click()
    expect(page.locator("[data-path$='/refusal_reason']")).to_contain_text("没有时间")
    expect(page.locator("main input, main select, main textarea")).to_have_count(0)

    first = interviews(service)[0]
    comments = (Comment(ATTEMPT, "上次说去过两次，请核实。"),)
    moved(service.database, field, first.id, RETURN, words="请再核实。", comments=comments, places={ATTEMPT})
    go(page, site, "returned")
    page.get_by_role("button", name="更新").click()
    expect(page.get_by_text("上次说去过两次，请核实。")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="打开并更正").click()
    tap(page, SECOND)
    finish(page)
    expect(page.get_by_text("更正")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".tag", has_text="待发送")).to_have_count(0, timeout=PATIENCE)

    old, new = interviews(service)
    assert (old.superseded_at is not None, new.superseded_at) == (True, None)
    assert new.unit_id == unit
    assert b"<refusal_reason>busy</refusal_reason>" in service.store.get(old.sha256)
    assert b"<refusal_reason>not_said</refusal_reason>" in service.store.get(new.sha256)
    context.close()


def test_a_draft_is_found_again_behind_the_pin(fielded: Round, browser: Browser) -> None:
    site, _, field = fielded
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = signed_in(context, site, field)
    begin_record(page)
    keeps_its_place_at_the_first_answer(page)
    tap(page, "拒访")
    expect(page.get_by_text("已保存")).to_be_visible()
    page.reload()
    page.locator("input[type=password]").fill("wrong-pin")
    page.get_by_role("button", name="打开").click()
    expect(page.get_by_role("alert")).to_contain_text("PIN 不对")
    page.locator("input[type=password]").fill(PIN)
    page.get_by_role("button", name="打开").click()
    expect(page.get_by_text("拒访发生在何时")).to_be_visible()
    page.go_back()
    expect(page.locator("a.line .tag", has_text="草稿")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_every_screen_fits_the_window_and_has_its_heading(fielded: Round, browser: Browser, width: int) -> None:
    site, _, field = fielded
    context = browser.new_context(viewport={"width": width, "height": 740}, locale="zh-CN")
    page = signed_in(context, site, field)
    for name in EVERYWHERE:
        go(page, site, name)
        heading = page.locator("h1").inner_text()
        assert heading, name
        expect(page).to_have_title(f"{heading} · 入户调查")
        assert page.evaluate(OVERFLOW) <= 0, f"{name} is wider than {width} px"
    page.goto(f"{site.url}/app/#/settings")
    page.get_by_text("English").click()
    expect(page.locator("h1")).to_have_text("Settings")
    assert page.evaluate("document.documentElement.lang") == "en"
    context.close()


def signed_in(context: BrowserContext, site: Site, field: Field) -> Page:
    """Open the link of a sign-in code, as the phone's own camera does, and choose a PIN."""
    page = context.new_page()
    token = field.enumerators[0].device_token
    page.goto(f"{site.url}/app/#/sign-in?server={site.url}/v1/key/{token}/evaluations/{field.evaluation.code}")
    pins = page.locator("input[type=password]")
    expect(pins).to_have_count(2)
    assert token not in page.url
    pins.nth(0).fill(PIN)
    pins.nth(1).fill(PIN)
    page.get_by_role("button", name="登录并下载任务").click()
    expect(page.get_by_text("村和县的问卷")).to_be_visible(timeout=PATIENCE)
    return page


def go(page: Page, site: Site, name: str) -> None:
    """Go to another screen than the one that is shown."""
    before = page.title()
    page.goto(f"{site.url}/app/#/{name}")
    expect(page).not_to_have_title(before)


def tap(page: Page, *words: str) -> None:
    for each in words:
        page.locator(".form-screen").get_by_text(each, exact=True).last.click()


def begin_record(page: Page) -> None:
    page.locator("a.line").first.click()
    page.get_by_role("button", name="未访成记录").click()
    expect(page.get_by_text("到访结果")).to_be_visible()


def keeps_its_place_at_the_first_answer(page: Page) -> None:
    """Type the first answer: what is saved gets an address, and neither the page nor the keyboard goes away by it."""
    attempt = page.get_by_label("这是第几次上门")
    attempt.press_sequentially("1")
    before = page.evaluate("scrollY")
    expect(page).to_have_url(re.compile("#/interview/"))
    expect(page.get_by_text("已保存")).to_be_visible()
    expect(attempt).to_be_focused()
    assert page.evaluate("scrollY") == before > 0


def record_refusal(page: Page, unit: str) -> None:
    """Record a refusal from beginning to end."""
    begin_record(page)
    expect(page.locator(".form-screen input").first).to_have_value(unit)
    page.get_by_label("这是第几次上门").fill("1")
    tap(page, "拒访", "一开始就拒绝", FIRST, "对方不同意拍照", "对方不同意定位")
    step(page)
    tap(page, "现在", "没有人")
    step(page)
    tap(page, "问过邻居", "有人住", "否")
    finish(page)


def step(page: Page) -> str:
    """Press the button that leads on; give what stood on it."""
    button = page.locator(".form-footer .primary")
    words, shown = button.inner_text(), page.locator("main[data-page]").get_attribute("data-page")
    button.click()
    # The page that is shown has another name, or the form is left.
    expect(page.locator(f'main[data-page="{shown}"]')).to_have_count(0)
    return words


def finish(page: Page) -> None:
    """Go on to the end of the form, and finish it."""
    while step(page) != "完成":
        pass


def interviews(service: Service) -> list[Interview]:
    with service.database.reading() as session:
        return list(session.scalars(select(Interview).order_by(Interview.received_at)))
