"""Lists made later, in a real browser: the form, what is refused, binding and drawing, at both widths."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from evalsvc import migrate
from evalsvc.config import read_config
from evalsvc.demonstration.server import free_port, settings_of, started
from evalsvc.evaluations import operations as evaluations
from evalsvc.people import operations as people
from evalsvc.people.actor import LEAD, SYSTEM, Actor
from evalsvc.service import open_service
from tests.browser.visitor import WIDTHS, Site, Visitor, visitor_of
from tests.service import later_world

HOME = "/evaluations/fujian-demo/draws/1"
PASSWORD = "correct horse battery staple"
REFUSED = "the server responded with a status of 422"


@dataclass(frozen=True)
class Drawn:
    """A running server with a draw whose villages wait for their lists."""

    site: Site
    villages: tuple[str, ...]


@pytest.fixture
def drawn(tmp_path: Path) -> Iterator[Drawn]:
    data, port = tmp_path / "data", free_port()
    data.mkdir()
    settings = settings_of(data, f"http://127.0.0.1:{port}")
    service = open_service(read_config(settings))
    migrate.upgrade(service.database)
    with service.database.transaction() as session:
        evaluation = evaluations.create_evaluation(
            session, SYSTEM, code="fujian-demo", name="四县退出评估", client="示例委托单位", institute="示例评估中心",
            pack="shifan-jiading-2026-1",
        )  # fmt: skip
        person = people.add_person(session, SYSTEM, "lead", "负责人甲", PASSWORD)
        people.grant_role(session, SYSTEM, person.id, LEAD, evaluation.id)
        actor = Actor(person.id, person.id, frozenset({LEAD}))
    later_world.draw_villages(service, actor, evaluation, tmp_path)
    with started(port, settings, tmp_path) as server:
        server.wait()
        yield Drawn(Site(server.url, tmp_path, {}), later_world.drawn_villages(service, evaluation))
    service.database.close()


def test_lists_are_bound_and_drawn_from_in_a_browser(drawn: Drawn, browser: Browser) -> None:
    for width, villages in zip(WIDTHS, (drawn.villages[:2], drawn.villages[2:]), strict=True):
        context = browser.new_context(viewport={"width": width, "height": 800}, accept_downloads=True, locale="zh-CN")
        visitor = visitor_of(context, drawn.site)
        open_draw(visitor)
        visitor.follow(f"{HOME}/lists", "待列表")
        with visitor.page.expect_download() as form:
            visitor.page.click(f'a[href="{HOME}/lists/form.csv?village={villages[0]}"]')
        assert villages[0] in Path(form.value.path()).read_text(encoding="utf-8-sig")
        send(visitor, later_world.list_file(villages).replace("是,2".encode(), "是,两".encode(), 1))
        visitor.page.wait_for_load_state("networkidle")
        assert [each for each in visitor.troubles if REFUSED not in each] == []
        visitor.troubles.clear()
        visitor.look("名单.csv")
        send(visitor, later_world.list_file(villages))
        visitor.look("已登记 2 份名单")
        for village in villages:
            visitor.page.check(f'input[value="{village}"]')
        visitor.page.check('#draw input[name="confirmed"]')
        visitor.page.click("#draw button >> nth=0")
        visitor.look("已从名单抽户")
        visitor.page.goto(drawn.site.url + HOME)
        visitor.look("各层抽取结果：户")
        context.close()


def open_draw(visitor: Visitor) -> None:
    visitor.page.goto(visitor.site.url)
    visitor.page.fill('input[name="sign_in_name"]', "lead")
    visitor.page.fill('input[name="password"]', PASSWORD)
    visitor.page.click("main button")
    visitor.look("四县退出评估")
    visitor.page.goto(visitor.site.url + HOME)
    visitor.look("抽中后列的名单")


def send(visitor: Visitor, content: bytes) -> None:
    file = {"name": "名单.csv", "mimeType": "text/csv", "buffer": content}
    visitor.page.set_input_files('input[name="file"]', file)
    visitor.page.check('form[enctype] input[name="confirmed"]')
    visitor.page.click("form[enctype] button")
