"""Errors, a hotspot, a revoked sign-in, other versions of a form: what was recorded waits and arrives once."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import BrowserContext, Route, expect
from sqlalchemy import select

from benchmarks.phone_stage import Stage
from benchmarks.phone_walk import begun
from benchmarks.phone_world import Enumerator
from evalsvc.instruments import operations as instruments
from evalsvc.instruments.models import Instrument
from evalsvc.people import operations as people
from evalsvc.people.actor import SYSTEM
from evalsvc.people.models import Token
from tests.browser.bad_luck.day import SUBMISSION, Day, sign_in
from tests.browser.bad_luck.rest import fill_the_rest

TOLD = {
    500: "服务器暂时出错（500），数据都在手机里，稍后会自动再试。一直这样的，请告诉督导。",
    413: "要发送的内容超过服务器允许的大小，没有发出，数据都在手机里。请告诉督导，由管理员调大上限后再发送。",
}
"""By the status that something on the way answers with."""
FAILED = "<!DOCTYPE html><title>Error</title>"
EVERYTHING = "**/v1/**"
HOTSPOT_PAGE = "<!DOCTYPE html><title>Wi-Fi</title><form action=login><input name=room></form>"
HOTSPOT = (
    "回答的不是评估服务器，多半是当前 Wi-Fi 的登录页面，数据都在手机里。"
    "请先打开浏览器登录这个 Wi-Fi，或改用手机流量，再试。"
)
LABEL = "lost phone"
FORM = "not_visited"
LISTED = "**/formList*"
ENTRY = re.compile(r"<xform>(?:(?!</xform>).)*<formID>not_visited</formID>.*?</xform>", re.DOTALL)
VERSION = re.compile(r"(?<=\| )2026\.2(?= \|)")


@pytest.mark.parametrize("status", TOLD)
@pytest.mark.parametrize("taken_in", [False, True])
def test_what_is_not_acknowledged_waits_with_its_reason_and_arrives_once(
    context: BrowserContext, day: Day, status: int, taken_in: bool
) -> None:
    def answer(route: Route) -> None:
        if taken_in:
            route.fetch()
        route.fulfill(status=status, content_type="text/html", body=FAILED)

    context.route(SUBMISSION, lambda route: answer(route) if route.request.method == "POST" else route.continue_())
    day.record()
    day.walk.go("outbox")
    expect(day.page.locator(".entry p.bad")).to_have_text(TOLD[status])
    assert len(day.received()) == taken_in
    context.unroute(SUBMISSION)
    day.send()
    assert len(day.received()) == 1
    assert day.answer("disposition") == "refused"


def test_nothing_that_a_hotspot_says_is_taken_for_the_service(context: BrowserContext, day: Day) -> None:
    context.route(EVERYTHING, lambda route: route.fulfill(status=200, content_type="text/html", body=HOTSPOT_PAGE))
    day.walk.button("phone.households.refresh").click()
    expect(day.page.get_by_role("alert").first).to_contain_text(HOTSPOT)
    day.record()
    day.walk.go("outbox")
    expect(day.page.locator(".entry p.bad")).to_have_text(HOTSPOT)
    assert day.received() == []
    context.unroute(EVERYTHING)
    day.send()
    expect(day.page.get_by_role("heading", name="已送达")).to_be_visible()
    day.page.reload()
    day.unlock()
    day.send()
    assert len(day.received()) == 1


def test_unsent_records_wait_for_a_new_sign_in_code(
    stage: Stage, context: BrowserContext, units: Iterator[str]
) -> None:
    who = with_new_token(stage, stage.world.enumerators[0])
    walk = begun(stage, context, who, lambda _name: None, "zh")
    walk.page.goto(stage.url)
    sign_in(walk, who)
    day, drafted = Day(walk, next(units)), Day(walk, next(units))
    context.set_offline(offline=True)
    day.record()
    drafted.begin()
    drafted.attempt(2)
    drafted.saved()
    walk.page.locator(".out").click()
    walk.page.locator(".place-bar").wait_for()
    revoke(stage, who)
    context.set_offline(offline=False)
    walk.go("outbox")
    expect(walk.page.locator(".entry p.bad")).to_contain_text("这部手机的登录已经失效，数据都在手机里，没有丢。")
    expect(walk.page.locator(".entry p.bad")).to_contain_text("请向督导要新的登录码，扫码后接着做。")
    assert day.received() == []

    scan(day, stage.world.enumerators[1])
    expect(walk.page.get_by_role("alert")).to_contain_text("请扫描督导为您换发的登录码；别人要用本机，请先锁定再登录")
    scan(day, with_new_token(stage, who))
    expect(walk.page.locator(".banner.good")).to_contain_text("登录码已换好，可以照常收发")
    day.send()
    assert [each.enumerator_id for each in day.received()] == [who.person_id]
    drafted.go_on()
    expect(drafted.attempt_field()).to_have_value("2")
    fill_the_rest(drafted)
    drafted.finish()
    drafted.send()
    assert len(drafted.received()) == len(day.received()) == 1


def with_new_token(stage: Stage, who: Enumerator) -> Enumerator:
    """Give somebody another code for a phone."""
    with stage.service.database.transaction() as session:
        token = people.make_token(session, SYSTEM, who.person_id, kind="device", label=LABEL, days=3).secret
    return replace(who, token=token, address=who.address.replace(who.token, token))


def revoke(stage: Stage, who: Enumerator) -> None:
    with stage.service.database.transaction() as session:
        named = select(Token.id).where(Token.person_id == who.person_id, Token.label == LABEL)
        people.revoke_token(session, SYSTEM, who.person_id, session.scalars(named).one())


def scan(day: Day, who: Enumerator) -> None:
    """Paste what stands beside a code."""
    day.walk.go("settings/code")
    day.page.locator("textarea").fill(who.address)
    day.walk.button("phone.sign_in.go_on").click()


def test_a_draft_of_a_withdrawn_form_is_finished_and_no_other_is_begun(day: Day, units: Iterator[str]) -> None:
    page = day.page
    day.begin()
    day.attempt(2)
    day.saved()
    address = page.url
    day.walk.context.route(LISTED, unlisted)
    refresh(day)
    day.go_on()
    expect(page.get_by_role("status").first).to_contain_text(
        "这份问卷已停用，不能再开始新的；这一份可以照常填完并发送。"
    )
    assert page.url == address
    finish_and_send(day)
    assert [version_of(day, each.instrument_id) for each in day.received()] == ["2026.2"]

    next_day = replace(day, unit=next(units))
    next_day.open_household()
    expect(page.locator("main .block")).to_have_count(1)
    assignment = page.url.rpartition("/")[2]
    page.goto(f"{day.walk.stage.url}#/begin/{FORM}/2026.2/{assignment}")
    expect(page.get_by_role("alert")).to_contain_text(
        "已停用，不能新开，已开的仍可做完并发送。请联网刷新任务，用列出的问卷；"
    )
    assert next_day.received() == []


def test_a_draft_stays_with_its_version_and_the_next_record_takes_the_newer_one(day: Day, units: Iterator[str]) -> None:
    page = day.page
    day.begin()
    day.attempt(2)
    day.saved()
    publish_newer(day)
    refresh(day)
    day.go_on()
    expect(page.get_by_role("status").first).to_have_text(
        re.compile(r"这份答卷用的是问卷的旧版本 2026\.2，请照旧填完；新的答卷会用 2026\.3。")
    )
    day.walk.button("phone.interview.understood").click()
    finish_and_send(day)
    assert [version_of(day, each.instrument_id) for each in day.received()] == ["2026.2"]
    assert day.answer("attempt") == "2"

    next_day = replace(day, unit=next(units))
    next_day.record()
    next_day.send()
    assert [version_of(day, each.instrument_id) for each in next_day.received()] == ["2026.3"]


def refresh(day: Day) -> None:
    """Leave the form and fetch what the service has."""
    day.page.locator(".out").click()
    day.page.locator(".place-bar").wait_for()
    day.walk.go("")
    with day.page.expect_response(re.compile("/returned$")):
        day.walk.button("phone.households.refresh").click()
    day.walk.button("phone.households.refresh").wait_for()


def finish_and_send(day: Day) -> None:
    fill_the_rest(day)
    day.finish()
    day.send()


def unlisted(route: Route) -> None:
    """Pass the service's list on without the form; the service itself lists every version for ever."""
    answer = route.fetch()
    text, left_out = ENTRY.subn("", answer.text())
    assert left_out > 0
    route.fulfill(response=answer, body=text)


def publish_newer(day: Day) -> None:
    stage = day.walk.stage
    name, data = instruments.shipped_form(FORM)
    text, changes = VERSION.subn("2026.3", data.decode("utf-8"), count=1)
    assert changes == 1
    kept = instruments.keep_form(stage.service.store, text.encode("utf-8"), name)
    with stage.service.database.transaction() as session:
        instruments.publish(session, SYSTEM, stage.world.evaluation_id, kept)


def version_of(day: Day, instrument_id: str) -> str:
    with day.walk.stage.service.database.reading() as session:
        instrument = session.get(Instrument, instrument_id)
        assert instrument is not None
        return instrument.version
