"""Drafts of forms in a real browser, without script: uploaded, looked through, tried, published."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from evalsvc import migrate
from evalsvc.config import read_config
from evalsvc.demonstration.server import free_port, settings_of, started
from evalsvc.evaluations import operations as evaluations
from evalsvc.people.actor import SYSTEM
from evalsvc.service import open_service
from tests.browser.visitor import WIDTHS, Site, Visitor, visitor_of
from tests.service.conftest import Somebody, add_somebody

HOME = "/evaluations/fujian-demo/instruments"
PRICES = "| | calculate | price | | | pulldata('prices', 'price', 'crop', 'rice') |"
FORM = f"""
| settings |
| | form_title | form_id | version |
| | 地块问卷 | plots | VERSION |
| survey |
| | type | name | label | relevant | calculation |
| | text | unit_id | 户编号 | | |
| | select_one outcome | disposition | 这次入户的结果是什么？ | | |
| | begin_repeat | plot | 地块 | ${{disposition}} = 'completed' | |
| | decimal | area | 这块地有几亩？ | | |
| | end_repeat | | | | |
| | calculate | total | 合计（亩） | | sum(${{area}}) |
{PRICES}
| choices |
| | list_name | name | label |
| | outcome | completed | 完成访问 |
| | outcome | refused | 拒访 |
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Site, Somebody]]:
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
    designer = add_somebody(service.database, "designer", evaluation=evaluation)
    with started(port, settings, tmp_path) as server:
        server.wait()
        yield Site(server.url, tmp_path, {}), designer
    service.database.close()


def test_a_draft_is_tried_and_published_in_a_browser(served: tuple[Site, Somebody], browser: Browser) -> None:
    site, designer = served
    for number, width in enumerate(WIDTHS, start=1):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, locale="zh-CN", java_script_enabled=False
        )
        visitor = visitor_of(context, site)
        sign_in(visitor, designer)
        upload(visitor, form_of(site.out, number))
        visitor.look("还缺：prices.csv")
        visitor.page.set_input_files('form[action$="/files"] input[name="files"]', files_of(site.out))
        visitor.page.get_by_role("button", name="上传附件").click()
        visitor.look("没有发现问题")
        keep(visitor.page, f"draft-{width}")
        visitor.page.get_by_role("link", name="试填").click()
        visitor.look("试填，不保存")
        try_out(visitor)
        keep(visitor.page, f"trial-{width}")
        visitor.page.goto(site.url + HOME)
        visitor.look("草稿：可以随时替换和试填")
        keep(visitor.page, f"list-{width}")
        publish(visitor)
        keep(visitor.page, f"published-{width}")
        context.close()


def sign_in(visitor: Visitor, person: Somebody) -> None:
    visitor.page.goto(visitor.site.url)
    visitor.page.fill('input[name="sign_in_name"]', person.sign_in_name)
    visitor.page.fill('input[name="password"]', person.password)
    visitor.page.click("main button")


def form_of(folder: Path, number: int) -> Path:
    """Write a version of the form; the second one asks in other words and drops an answer."""
    text = FORM.replace("VERSION", str(number))
    if number > 1:
        text = text.replace("这块地有几亩？", "这块地有多少亩？").replace("| | outcome | refused | 拒访 |\n", "")
    path = folder / "地块.md"
    path.write_text(text, encoding="utf-8")
    return path


def files_of(folder: Path) -> Path:
    path = folder / "prices.csv"
    path.write_text("crop,price\nrice,2.8\n", encoding="utf-8")
    return path


def upload(visitor: Visitor, form: Path) -> None:
    visitor.page.goto(visitor.site.url + HOME)
    visitor.page.set_input_files('main form >> nth=0 >> input[name="file"]', form)
    visitor.page.get_by_role("button", name="存为草稿，检查和试填").click()


def try_out(visitor: Visitor) -> None:
    page = visitor.page
    page.fill('input[name="/data/unit_id"]', "1")
    page.check('input[name="/data/disposition"][value="completed"]')
    page.get_by_role("button", name="更新").first.click()
    visitor.look("这块地有")
    page.fill('input[name="/data/plot[1]/area"]', "1.5")
    page.get_by_role("button", name="再加一条：地块").click()
    page.fill('input[name="/data/plot[2]/area"]', "2")
    page.get_by_role("button", name="更新").first.click()
    visitor.look("3.5")


def publish(visitor: Visitor) -> None:
    visitor.page.locator('a[href*="/drafts/"]').first.click()
    visitor.page.check('form[action$="/publish"] input[name="confirmed"]')
    visitor.page.get_by_role("button", name="发布这个版本").click()
    visitor.look("随问卷下发的附件")


def keep(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody wants to look at it."""
    folder = os.environ.get("EVALSVC_PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
