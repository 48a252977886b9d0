"""Datasets in a real browser: asked for, made by the server's own worker, taken, removed."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from evalsvc import migrate
from evalsvc.config import read_config
from evalsvc.demonstration.server import free_port, settings_of, started
from evalsvc.evaluations import operations as evaluations
from evalsvc.people.actor import SYSTEM
from evalsvc.service import open_service
from tests.browser.visitor import WIDTHS, Site, visitor_of
from tests.service.conftest import Field, begin_fieldwork
from tests.service.review_steps import sent

HOME = "/evaluations/fujian-demo/datasets"
SECONDS = 30


@pytest.fixture
def fielded(tmp_path: Path) -> Iterator[tuple[Site, Field]]:
    """A running server with three interviews."""
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
    for unit in field.opened(field.enumerators[0])[:3]:
        sent(service, field, unit)
    with started(port, settings, tmp_path) as server:
        server.wait()
        yield Site(server.url, tmp_path, {}), field
    service.database.close()


def test_a_dataset_is_asked_for_made_and_taken(fielded: tuple[Site, Field], browser: Browser) -> None:
    site, field = fielded
    for width in WIDTHS:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale="zh-CN", java_script_enabled=False
        )
        visitor = visitor_of(context, site)
        page = visitor.page
        page.goto(site.url + "/sign-in")
        page.fill('input[name="sign_in_name"]', field.supervisor.sign_in_name)
        page.fill('input[name="password"]', field.supervisor.password)
        page.click("main button")
        page.goto(site.url + HOME)
        visitor.look("还没有数据集" if width == WIDTHS[0] else "已删除")
        page.select_option('select[name="format"]', "xlsx")
        page.click("text=制作 >> nth=-1")
        visitor.look("已安排制作数据集")
        link = page.locator('a:has-text("下载 ZIP")')
        for _ in range(SECONDS):
            if link.count():
                break
            page.wait_for_timeout(1000)
            page.goto(site.url + HOME)
        visitor.look("可下载")
        with page.expect_download() as taken:
            link.first.click()
        with zipfile.ZipFile(taken.value.path()) as packed:
            assert {"dataset.xlsx", "codebook.xlsx", "README.zh.md"} < set(packed.namelist())
        page.screenshot(path=site.out / f"datasets-{width}.png", full_page=True)
        page.click("text=删除文件")
        visitor.look("已删除")
        context.close()
