"""Photo, signature, position, recording, code: given in a real browser, kept over a reload, held by the server."""

import io
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
import segno
from PIL import Image
from playwright.sync_api import BrowserContext, Geolocation, Page, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from benchmarks.phone_world import Enumerator, prepare_world
from evalsvc import phone_pages
from evalsvc.app import create_app
from evalsvc.config import Config, read_config
from evalsvc.demonstration.server import free_port, settings_of
from evalsvc.instruments import operations as instruments
from evalsvc.interviews.models import Interview, InterviewFile
from evalsvc.people.actor import SYSTEM
from evalsvc.service import Service, open_service
from tests.browser.conftest import ARGUMENTS

FORM = """| settings |
| | form_title | form_id | version | default_language | namespaces |
| | 多媒体示例 | media | 1 | 中文 (zh) | evalsvc="https://evalsvc.org/xform/1" |

| survey |
| | type | name | label::中文 (zh) | label::English (en) | appearance | parameters | bind::evalsvc:about |
| | begin_group | page | 现场 | On site | field-list | | |
| | text | unit_id | 行政村编号 | Number of the village | | | village |
| | image | photo | 住房照片 | Photo | | max-pixels=1200 | |
| | image | signature | 受访人签名 | Signature | signature | max-pixels=800 | |
| | geopoint | position | 所在位置 | Position | | capture-accuracy=10 warning-accuracy=50 | |
| | audio | opinion | 意见录音 | Opinion | | | |
| | barcode | meter | 电表条码 | Meter | | | |
| | end_group | | | | | | |
"""
VILLAGE, METER = "350125100200", "EXAMPLE-METER-0001"
INEXACT: Geolocation = {"latitude": 26.58, "longitude": 118.94, "accuracy": 62}
EXACT: Geolocation = {"latitude": 26.5801, "longitude": 118.9402, "accuracy": 8}
PIN = "246810"
FAKE_DEVICES = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
FILM = (640, 480)
DARK, RED = 80, 150
FILES = 3
"""Photo, signature, recording."""
PATIENCE = 30
"""Seconds."""
WEBM = b"\x1a\x45\xdf\xa3"
"""Beginning of every file of this kind (RFC 8794)."""
WIDTH = "document.documentElement.scrollWidth"
SHOWN = "image => image.complete && image.naturalWidth"


@dataclass(frozen=True)
class Field:
    """A service that serves the built application, and the phone of one enumerator."""

    config: Config
    enumerator: Enumerator
    context: BrowserContext
    folder: Path


@dataclass(frozen=True)
class Sent:
    """What the server holds of an interview."""

    answers: Mapping[str, str]
    files: Mapping[str, bytes]


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    assert (phone_pages.FOLDER / "sw.js").is_file(), "the application was not built: make bundle"
    port = free_port()
    config = read_config(settings_of(tmp_path / "service", f"http://127.0.0.1:{port}"))
    world = prepare_world(config, enumerators=1, households=2)
    publish(config, world.evaluation_id)
    app = create_app(config)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with sync_playwright() as playwright:
        film = f"--use-file-for-fake-video-capture={code_film(tmp_path)}"
        path = shutil.which("chromium")
        assert path is not None, "no chromium: apt-get install chromium"
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *FAKE_DEVICES, film])
        context = browser.new_context(
            viewport={"width": 360, "height": 740},
            has_touch=True,
            is_mobile=True,
            locale="zh-CN",
            geolocation=INEXACT,
            permissions=["geolocation", "camera", "microphone"],
        )
        yield Field(config, world.enumerators[0], context, tmp_path)
        browser.close()
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["evalsvc"].database.close()


def publish(config: Config, evaluation_id: str) -> None:
    service = open_service(config)
    kept = instruments.keep_form(service.store, FORM.encode(), "media.md")
    with service.database.transaction() as session:
        instruments.publish(session, SYSTEM, evaluation_id, kept)
    service.database.close()


def code_film(folder: Path) -> Path:
    """Write what the camera sees, a meter with a QR code, as frames that Chromium takes for a camera's."""
    drawn = io.BytesIO()
    segno.make_qr(METER, error="m").save(drawn, kind="png", scale=7, border=4)
    frame = Image.new("L", FILM, 170)
    frame.paste(Image.open(drawn).convert("L").rotate(8, expand=True, fillcolor=170), (180, 90))
    colours = bytes([128]) * (FILM[0] * FILM[1] // 2)
    head = b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % FILM
    path = folder / "meter.y4m"
    path.write_bytes(head + (b"FRAME\n" + frame.tobytes() + colours) * 2)
    return path


def photograph(folder: Path) -> Path:
    """Write twelve megapixels as a camera does that is held upright: turned by its orientation, with its place."""
    picture = Image.effect_noise((4000, 3000), 40).convert("RGB")
    picture.paste((220, 20, 20), (0, 0, 800, 800))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    picture.save(folder / "photo.jpg", quality=90, exif=exif)
    return folder / "photo.jpg"


def until(page: Page, expression: str) -> None:
    """Wait until an expression of the page is true; its policy forbids Playwright's own way, which evaluates a text."""
    deadline = time.monotonic() + PATIENCE
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def signed_in(field: Field, troubles: list[str]) -> Page:
    page = field.context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if "Content Security" in said.text else None)
    page.goto(f"{field.config.public_url}/app/")
    page.get_by_label("不能扫码时").fill(field.enumerator.address)
    press(page, "继续")
    page.get_by_label("新的 PIN").fill(PIN)
    page.get_by_label("再输入一次").fill(PIN)
    press(page, "登录并下载任务")
    page.get_by_role("heading", name="今日任务").wait_for()
    return page


def begun(field: Field, troubles: list[str]) -> Page:
    page = signed_in(field, troubles)
    page.goto(f"{field.config.public_url}/app/#/other-forms")
    page.get_by_text("多媒体示例").click()
    page.get_by_role("textbox").first.fill(VILLAGE)
    return page


def take_photo(page: Page, folder: Path) -> None:
    with page.expect_file_chooser() as chooser:
        press(page, "拍照")
    chooser.value.set_files(photograph(folder))
    page.get_by_role("img", name="这道题的照片").wait_for()


def sign(page: Page) -> None:
    pad = page.get_by_role("img", name="签名框")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    for top in (0.3, 0.6):
        page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + top * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + (top + 0.1) * box["height"], steps=8)
        page.mouse.up()


def find_position(page: Page, context: BrowserContext) -> None:
    press(page, "开始定位")
    page.get_by_text("62 米").wait_for()
    context.set_geolocation(EXACT)
    page.get_by_text("26.58010, 118.94020").wait_for()


def refuse_position(page: Page, context: BrowserContext) -> None:
    """Deny it as who presses 'block': without any grant the browser would ask, and nobody answers here."""
    context.clear_permissions()
    context.grant_permissions(["camera"])
    until(page, "navigator.permissions.query({name: 'geolocation'}).then(({state}) => state === 'denied')")


def record(page: Page) -> None:
    press(page, "开始录音")
    page.get_by_role("meter", name="音量").wait_for()
    page.wait_for_timeout(2500)
    press(page, "停止并保存")
    page.get_by_label("这道题的录音").wait_for()


def scan(page: Page) -> None:
    press(page, "扫码")
    page.get_by_role("button", name="重新扫码").wait_for()
    assert page.get_by_role("textbox").last.input_value() == METER


def saved(page: Page) -> None:
    page.get_by_text("已保存").wait_for()


def held(page: Page, field: Field) -> Sent:
    """Wait until the server holds the interview with its three files."""
    service = open_service(field.config)
    deadline = time.monotonic() + PATIENCE
    while (sent := sent_to(service)) is None or len(sent.files) < FILES:
        assert time.monotonic() < deadline, page.inner_text("body")
        page.wait_for_timeout(200)
    service.database.close()
    return sent


def sent_to(service: Service) -> Sent | None:
    """Read what came of the interview: its answers by name, and each file by the question that names it."""
    with service.database.reading() as session:
        interview = session.scalars(select(Interview)).one_or_none()
        files = {row.name: service.store.get(row.sha256) for row in session.scalars(select(InterviewFile))}
    if interview is None:
        return None
    tree = ElementTree.fromstring(service.store.get(interview.sha256))
    answers = {element.tag.rpartition("}")[2]: element.text or "" for element in tree.iter() if len(element) == 0}
    return Sent(answers, {name: files[text] for name, text in answers.items() if text in files})


def test_what_is_given_is_kept_over_a_reload_and_arrives(field: Field) -> None:
    troubles: list[str] = []
    page = begun(field, troubles)
    take_photo(page, field.folder)
    sign(page)
    find_position(page, field.context)
    record(page)
    scan(page)
    assert page.evaluate(WIDTH) == 360
    saved(page)
    page.reload()
    page.get_by_label("PIN").fill(PIN)
    press(page, "打开")
    for name in ("这道题的照片", "已签的名"):
        picture = page.get_by_role("img", name=name)
        picture.wait_for()
        assert picture.evaluate(SHOWN)
    press(page, "去完成")
    press(page, "完成")
    page.get_by_role("heading", name="今日任务").wait_for()
    sent = held(page, field)
    assert (sent.answers["unit_id"], sent.answers["meter"]) == (VILLAGE, METER)
    assert [float(number) for number in sent.answers["position"].split()] == [26.5801, 118.9402, 0, 8]
    judge_photo(sent.files["photo"])
    judge_signature(sent.files["signature"])
    assert sent.files["opinion"].startswith(WEBM)
    assert troubles == []


def test_a_recording_is_kept_when_its_question_is_left(field: Field) -> None:
    troubles: list[str] = []
    page = begun(field, troubles)
    press(page, "开始录音")
    page.get_by_role("meter", name="音量").wait_for()
    page.wait_for_timeout(2500)
    press(page, "去完成")
    press(page, "上一步")
    page.get_by_label("这道题的录音").wait_for()
    saved(page)
    assert troubles == []


def test_who_gets_no_position_is_told_why_and_may_type_it(field: Field) -> None:
    troubles: list[str] = []
    page = begun(field, troubles)
    refuse_position(page, field.context)
    press(page, "开始定位")
    page.get_by_text("没有定位：浏览器或手机不允许本应用使用位置").wait_for()
    press(page, "手工填写经纬度")
    page.get_by_role("textbox", name="纬度").fill("26.5801")
    page.get_by_role("textbox", name="经度").fill("118.9402")
    press(page, "采用填写的位置")
    page.get_by_text("26.58010, 118.94020").wait_for()
    page.get_by_text("这个位置没有精度").wait_for()
    saved(page)
    assert troubles == []


def judge_photo(data: bytes) -> None:
    """It is small, upright, and says nothing of where it was taken."""
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (900, 1200), {})
    red, green, _blue = picture.crop((880, 20, 881, 21)).tobytes()
    assert red > RED > green, "the photo is not turned as the camera was"


def judge_signature(data: bytes) -> None:
    """It is dark on white, with both strokes."""
    picture = Image.open(io.BytesIO(data)).convert("L")
    assert picture.size == (800, 500)
    assert picture.getpixel((2, 2)) == 255
    column = picture.crop((400, 0, 401, 500)).tobytes()
    strokes = sum(after < DARK <= before for before, after in pairwise(column))
    assert strokes == 2
