"""The review of interviews in a real browser: filters, comments at questions, what changed, bulk approval."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from evalsvc import migrate
from evalsvc.config import read_config
from evalsvc.demonstration.server import free_port, settings_of, started
from evalsvc.evaluations import operations as evaluations
from evalsvc.fieldwork.values import AssignmentRecord
from evalsvc.interviews.review import operations as reviewing
from evalsvc.interviews.review.moves import RETURN, Comment, Wish
from evalsvc.people.actor import SYSTEM
from evalsvc.service import Service, open_service
from tests.browser.visitor import WIDTHS, Site, Visitor, visitor_of
from tests.service.conftest import Field, begin_fieldwork
from tests.service.review_steps import sent

HOME = "/evaluations/fujian-demo/interviews"
ATTEMPT = "/data/visit/attempt"


@dataclass(frozen=True)
class Reviewed:
    """A running server with some interviews, of which one was corrected."""

    site: Site
    field: Field
    waiting: tuple[str, ...]
    corrected: str


@pytest.fixture
def reviewed(tmp_path: Path) -> Iterator[Reviewed]:
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
    units = field.opened(field.enumerators[0])
    waiting = tuple(sent(service, field, unit) for unit in units[:4])
    with started(port, settings, tmp_path) as server:
        server.wait()
        yield Reviewed(Site(server.url, tmp_path, {}), field, waiting, correction(service, field, units[4]))
    service.database.close()


def correction(service: Service, field: Field, unit: AssignmentRecord) -> str:
    """Send an interview, return it and correct it."""
    first = sent(service, field, unit, instance_id="uuid:one")
    comments = (Comment(ATTEMPT, "登记的是第一次，照片是第二次上门拍的，请核实后改正。"),)
    wish = Wish(RETURN, "received", words="请核实上门次数", comments=comments)
    with service.database.transaction() as session:
        reviewing.review(session, field.supervisor.actor, field.evaluation.id, first, wish, places={ATTEMPT})
    return sent(service, field, unit, "refused", deprecated_id="uuid:one", attempt=2)


def test_interviews_are_reviewed_in_a_browser(reviewed: Reviewed, browser: Browser) -> None:
    for width, waiting in zip(WIDTHS, (reviewed.waiting[:2], reviewed.waiting[2:]), strict=True):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, locale="zh-CN", java_script_enabled=False
        )
        visitor = visitor_of(context, reviewed.site)
        sign_in(visitor, reviewed.field)
        visitor.page.goto(reviewed.site.url + HOME)
        visitor.look("各调查员的访谈")
        unfold_filters(visitor, width)
        return_one(visitor, waiting[0])
        visitor.page.goto(f"{reviewed.site.url}{HOME}/{reviewed.corrected}")
        visitor.look("登记的是第一次")
        visitor.follow(f"{HOME}/{reviewed.corrected}/difference", "逐题对比")
        visitor.page.goto(f"{reviewed.site.url}{HOME}?state=waiting")
        visitor.page.check(f'input[value^="{waiting[1]}:"]')
        visitor.page.check('#bulk input[name="confirmed"]')
        visitor.page.click("#bulk button >> nth=0")
        visitor.look("通过了 1 份")
        context.close()


def sign_in(visitor: Visitor, field: Field) -> None:
    visitor.page.goto(visitor.site.url)
    visitor.page.fill('input[name="sign_in_name"]', field.supervisor.sign_in_name)
    visitor.page.fill('input[name="password"]', field.supervisor.password)
    visitor.page.click("main button")
    visitor.look("两县试点")


def unfold_filters(visitor: Visitor, width: int) -> None:
    """Find the filters folded in a narrow window, and open in a wide one."""
    filters = visitor.page.locator("form.filters button")
    assert filters.is_visible() == (width > 640)
    if not filters.is_visible():
        visitor.page.click(".fold > summary")
        assert filters.is_visible()


def return_one(visitor: Visitor, identifier: str) -> None:
    """Open an interview, comment at a question and return it."""
    visitor.page.goto(f"{visitor.site.url}{HOME}/{identifier}")
    visitor.look("退回更正")
    comment = visitor.page.locator(f'textarea[name="comment:{ATTEMPT}"]')
    comment.locator("xpath=..").locator("summary").click()
    comment.fill("请核实是第几次上门")
    visitor.page.fill('#return textarea[name="words"]', "请更正后重新提交")
    told = visitor.page.locator("#return .unticked")
    assert not told.is_visible()
    visitor.page.click("#return button")
    assert told.is_visible()
    visitor.page.check('#return input[name="confirmed"]')
    assert not told.is_visible()
    visitor.page.click("#return button")
    visitor.look("请核实是第几次上门")
