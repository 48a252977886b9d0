"""No room, two pages, a clock that is set, a newer application: what was called saved is there and arrives once."""

import csv
import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import expect
from sqlalchemy import select

from benchmarks.phone_walk import FULL, ROOM_AGAIN
from evalsvc.interviews.models import InterviewFile
from tests.browser.bad_luck.day import Day, until
from tests.browser.bad_luck.rest import fill_the_rest

WHAT_TO_DO = "请删除手机里不用的照片、视频或应用，腾出空间后再试，先不要关闭本页"
SET = """minutes => {
    const Before = window.Date;
    const now = () => Before.now() + minutes * 60000;
    window.Date = class extends Before {
        constructor(...given) { super(...(given.length ? given : [now()])); }
        static now() { return now(); }
    };
}"""
"""What the page sees when somebody sets the clock: `Date` jumps, `performance.now()` goes on."""
FORWARD, BACK = 25, -100
MINUTE = 60_000
NEARLY = timedelta(minutes=5)
OFFSET = "clock offset"
ASK_FOR_NEWER = "navigator.serviceWorker.getRegistration().then(found => found.update()).then(() => true)"
WAITS = "navigator.serviceWorker.getRegistration().then(found => found.waiting !== null)"
IS_NEWER = "document.body.dataset.newer === 'yes'"


def test_who_leaves_or_finishes_without_room_is_held_back_and_loses_nothing(day: Day) -> None:
    page = day.page
    day.begin()
    day.attempt(1)
    day.saved()
    page.evaluate(FULL)
    day.attempt(2)
    expect(page.get_by_role("alert")).to_contain_text(WHAT_TO_DO)
    page.locator(".out").click()
    expect(page.get_by_role("dialog")).to_contain_text("现在离开会丢失最后的回答")
    page.get_by_role("dialog").get_by_role("button", name="取消").click()
    page.evaluate(ROOM_AGAIN)
    day.walk.button("phone.form.save_again").click()
    day.saved()

    fill_the_rest(day)
    day.saved()
    page.evaluate(FULL)
    day.walk.button("phone.form.finish").click()
    expect(page.get_by_role("alert").first).to_contain_text(WHAT_TO_DO)
    assert day.received() == []
    page.evaluate(ROOM_AGAIN)
    day.finish()
    day.send()
    assert len(day.received()) == 1
    assert day.answer("attempt") == "2"


def test_a_page_that_dies_without_room_loses_nothing_that_was_called_saved(day: Day) -> None:
    day.begin()
    day.attempt(2)
    day.saved()
    day.page.evaluate(FULL)
    day.attempt(3)
    expect(day.page.get_by_role("alert")).to_contain_text("刚才的改动还没有存下，之前存下的都在")
    day.page.close()
    again = day.in_another_tab()
    again.go_on()
    expect(again.attempt_field()).to_have_value("2")
    fill_the_rest(again)
    again.finish()
    again.send()
    assert len(day.received()) == 1
    assert day.answer("attempt") == "2"


def test_a_household_is_not_begun_or_sent_twice_by_two_pages(day: Day) -> None:
    context = day.walk.context
    other = day.in_another_tab()
    other.open_household()
    day.page.bring_to_front()
    day.begin()
    other.page.bring_to_front()
    other.page.locator("main .block").last.click()
    expect(other.page.get_by_role("alert")).to_contain_text(
        "没有再开一份，免得互相覆盖。请回到那个页面，或把它关闭后再打开。"
    )
    day.page.bring_to_front()
    day.attempt(2)
    fill_the_rest(day)
    context.set_offline(offline=True)
    day.finish()
    for each in (day, other):
        each.walk.go("outbox")
    # Both begin to send when the network is back.
    context.set_offline(offline=False)
    for each in (day, other):
        each.send()
    assert len(day.received()) == 1
    assert day.answer("attempt") == "2"


def test_a_clock_that_jumps_is_told_of_and_moves_no_row_of_the_log(day: Day) -> None:
    page = day.page
    begun = datetime.now(UTC)
    day.begin()
    page.evaluate(SET, FORWARD)
    day.attempt(2)
    day.saved()
    page.evaluate(SET, BACK)
    fill_the_rest(day)
    day.finish()
    day.send()
    assert len(day.received()) == 1
    assert day.answer("attempt") == "2"

    started, ended = (datetime.fromisoformat(day.answer(name)) for name in ("started", "ended"))
    assert abs(started - begun) < NEARLY
    # The end is what the phone showed; the log beside it says how wrong that was.
    assert abs(ended - (datetime.now(UTC) + timedelta(minutes=FORWARD + BACK))) < NEARLY
    rows = log_of(day)
    starts = [int(row["start"]) for row in rows]
    assert all(before <= after for before, after in pairwise(starts))
    assert abs(starts[-1] - begun.timestamp() * 1000) < NEARLY.total_seconds() * 1000
    parted = [round((int(row["end"]) - int(row["start"])) / MINUTE) for row in rows if row["event"] == OFFSET]
    assert parted == [FORWARD, FORWARD + BACK]

    day.walk.go("")
    day.walk.button("phone.households.refresh").click()
    expect(page.locator(".notices")).to_contain_text("手机时间比服务器慢 75 分钟，答卷时间会记错。")
    expect(page.locator(".notices")).to_contain_text("请在手机设置中打开“自动确定日期和时间”")


def log_of(day: Day) -> list[Mapping[str, str]]:
    """Read the log that came with the household's only interview."""
    (interview,) = day.received()
    service = day.walk.stage.service
    with service.database.reading() as session:
        named = select(InterviewFile.sha256).where(InterviewFile.interview_id == interview.id)
        sha256 = session.scalars(named.where(InterviewFile.name == "audit.csv")).one()
    assert sha256 is not None
    return list(csv.DictReader(io.StringIO(service.store.get(sha256).decode("utf-8"))))


def test_an_open_draft_is_kept_and_goes_on_in_the_newer_application(day: Day) -> None:
    page = day.page
    day.begin()
    day.attempt(1)
    day.saved()
    publish_newer(day.walk.stage.bundle)
    page.evaluate(ASK_FOR_NEWER)
    until(page, lambda: page.evaluate(WAITS))
    day.attempt(2)
    day.saved()
    page.reload()
    day.unlock()
    expect(day.attempt_field()).to_have_value("2")
    assert not page.evaluate(IS_NEWER), "a record in progress met other code"

    other = day.in_another_tab()
    other.walk.go("settings")
    expect(other.page.locator(".notices")).to_contain_text("应用有新版本")
    other.walk.button("phone.settings.update").click()
    expect(other.page.get_by_role("alert")).to_contain_text("请把其他页面里的访谈保存并关闭，只留这一个页面，再点更新")
    assert other.page.evaluate(WAITS), "the newer version came although a record is open"
    page.close()
    other.walk.button("phone.settings.update").click()
    other.unlock()
    assert other.page.evaluate(IS_NEWER)

    other.go_on()
    expect(other.attempt_field()).to_have_value("2")
    fill_the_rest(other)
    other.finish()
    other.send()
    assert len(day.received()) == 1
    assert day.answer("attempt") == "2"


def publish_newer(bundle: Path) -> None:
    """Serve a build that says of itself that it is newer, and whose worker names another set of files."""
    for name, old, new in (
        ("index.html", r"<body>", '<body data-newer="yes">'),
        ("sw.js", r"(\"version\":\")\w+", r"\1newer"),
    ):
        path = bundle / name
        text, changes = re.subn(old, new, path.read_text(encoding="utf-8"))
        assert changes == 1, name
        path.write_text(text, encoding="utf-8")
        for packed in bundle.glob(f"{name}.*"):
            packed.unlink()
