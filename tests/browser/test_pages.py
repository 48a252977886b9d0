"""A person's way through the pages in a real browser, at the width of a phone and of a desk."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from evalsvc.demonstration.run import ACCOUNTS_FILE, SERVICE_FOLDER
from evalsvc.demonstration.scenario import EVALUATION
from evalsvc.demonstration.server import free_port, settings_of, started
from tests.browser.visitor import WIDTHS, Site, Visitor, visitor_of
from tests.demonstrated import Demonstrated

LETTERS = """Math.min(...[...document.querySelectorAll('figure svg text')].filter(text => text.getClientRects().length)
    .map(text => parseFloat(getComputedStyle(text).fontSize) * text.ownerSVGElement.getScreenCTM().a))"""
SMALLEST_LETTERS = 11
"""Pixels of the letters in a chart."""


@pytest.fixture
def site(demonstrated: Demonstrated, tmp_path: Path) -> Iterator[Site]:
    # The service of these pages writes into its own copy.
    out = tmp_path / "out"
    shutil.copytree(demonstrated.out, out)
    lines = (out / SERVICE_FOLDER / ACCOUNTS_FILE).read_text(encoding="utf-8").splitlines()
    passwords = dict(line.split("\t")[:2] for line in lines if "\t" in line)
    port = free_port()
    settings = settings_of(out / SERVICE_FOLDER, f"http://127.0.0.1:{port}")
    with started(port, settings, tmp_path) as server:
        server.wait()
        yield Site(server.url, out, passwords)


def test_the_pages_of_a_finished_evaluation(site: Site, browser: Browser) -> None:
    for width in WIDTHS:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=True, accept_downloads=True, locale="zh-CN"
        )
        visitor = visitor_of(context, site)
        sign_in(visitor)
        walk(visitor)
        report, bundle = download(visitor)
        # A check takes as long as everything else here, and its page has one layout for all widths.
        if width == min(WIDTHS):
            check(visitor, report, bundle)
        read_in_english(visitor)
        context.close()


def sign_in(visitor: Visitor) -> None:
    visitor.page.goto(visitor.site.url)
    visitor.look("登录")
    visitor.page.fill('input[name="sign_in_name"]', "demo-lead")
    visitor.page.fill('input[name="password"]', visitor.site.passwords["demo-lead"])
    visitor.page.click("main button")
    visitor.look("福建四县退出评估")


def walk(visitor: Visitor) -> None:
    home = f"/evaluations/{EVALUATION}"
    visitor.follow(home, "模拟数据")
    for address in stages_of(visitor.page):
        visitor.page.goto(visitor.site.url + home)
        visitor.follow(address, "模拟数据")
    visitor.page.goto(f"{visitor.site.url}{home}/results")
    visitor.look("寿宁县")
    seen = [each.bounding_box() for each in visitor.page.locator("figure svg").all() if each.is_visible()]
    assert len(seen) >= 7 and seen[0] is not None and seen[0]["width"] > 200
    assert visitor.page.evaluate(LETTERS) >= SMALLEST_LETTERS


def stages_of(page: Page) -> list[str]:
    """Return the addresses of the stages, which every evaluation has."""
    found = [str(link.get_attribute("href")) for link in page.locator("ol.stages a").all()]
    assert len(found) >= 6
    return found


def download(visitor: Visitor) -> tuple[Path, Path]:
    home = f"/evaluations/{EVALUATION}/editions"
    visitor.page.goto(visitor.site.url + home)
    visitor.look("评估报告")
    visitor.page.click(f'main a[href="{home}/1"]')
    visitor.look("第 1 版")
    paths = []
    for name in ("report.pdf", "bundle.zip"):
        with visitor.page.expect_download() as started:
            visitor.page.click(f'a[href="{home}/1/{name}"]')
        paths.append(Path(started.value.path()))
        assert paths[-1].read_bytes() == (visitor.site.out / name).read_bytes()
    return paths[0], paths[1]


def check(visitor: Visitor, report: Path, bundle: Path) -> None:
    visitor.page.goto(f"{visitor.site.url}/verify")
    visitor.look("核验报告")
    visitor.page.set_input_files('input[name="report"]', report)
    visitor.page.set_input_files('input[name="bundle"]', bundle)
    visitor.page.click("main button")
    visitor.look("全部相符")


def read_in_english(visitor: Visitor) -> None:
    visitor.page.goto(f"{visitor.site.url}/evaluations/{EVALUATION}")
    visitor.page.click('a[lang="en"]')
    visitor.look("Simulated data")
    assert visitor.page.locator('html[lang="en"]').count() == 1
