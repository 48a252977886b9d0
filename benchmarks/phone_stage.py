"""A service with an invented fieldwork, and a phone to walk through the enumerator's application with."""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Geolocation, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from benchmarks.phone_props import meter_film, photograph
from benchmarks.phone_world import LATITUDE, LONGITUDE, STEP, PhoneWorld, prepare_world
from evalsvc import phone_pages
from evalsvc.app import create_app
from evalsvc.config import Config, read_config
from evalsvc.demonstration.server import free_port, settings_of
from evalsvc.instruments import operations as instruments
from evalsvc.people.actor import SYSTEM
from evalsvc.service import Service, open_service

KINDS = Path(__file__).with_name("phone_kinds.md")
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-dev-shm-usage", "--no-first-run", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
)  # fmt: skip
AT_THE_DOOR: Geolocation = {"latitude": LATITUDE + 2 * STEP, "longitude": LONGITUDE, "accuracy": 8}
"""Beside the second household of the first village."""
HOUSEHOLDS = 6
PERMISSIONS = ["geolocation", "videoCapture", "audioCapture", "durableStorage"]
"""By the names of Chromium; Playwright knows no word for the last one."""


class Quiet(WSGIRequestHandler):
    """Answers requests and tells nobody."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Stage:
    """A running service, its fieldwork, and a browser that was never there."""

    config: Config
    service: Service
    world: PhoneWorld
    browser: Browser
    bundle: Path
    """A copy of the built application, which is what the service sends: another version may be put there."""
    props: Path
    """A folder with the photos that are taken."""

    @property
    def url(self) -> str:
        """Address of the application."""
        return f"{self.config.public_url}{phone_pages.ROOT}"


@contextmanager
def set_stage(households: int = HOUSEHOLDS) -> Iterator[Stage]:
    """Start a service with an invented fieldwork in a folder of its own, and a browser whose camera sees a meter."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        config = read_config(settings_of(folder / "service", f"http://127.0.0.1:{port}"))
        world = prepare_world(config, enumerators=2, households=households, other=("not_visited", "village"), days=30)
        service = open_service(config)
        _publish_kinds(service, world.evaluation_id)
        bundle = shutil.copytree(phone_pages.FOLDER, folder / "bundle")
        photograph(folder)
        film = meter_film(folder)
        with serving(config, port, bundle), sync_playwright() as playwright:
            arguments = [*ARGUMENTS, f"--use-file-for-fake-video-capture={film}"]
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
            yield Stage(config, service, world, browser, bundle, folder)
            browser.close()
        service.database.close()


@contextmanager
def phone(stage: Stage, language: str = "zh", width: int = 360, height: int = 740) -> Iterator[BrowserContext]:
    """Open a phone that has never seen the application: it stands at a door, and keeps what it is asked to keep."""
    context = stage.browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        locale="zh-CN" if language == "zh" else "en-GB",
        timezone_id="Asia/Shanghai",
        geolocation=AT_THE_DOOR,
    )
    page = context.new_page()
    target = context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]
    stage.browser.new_browser_cdp_session().send(
        "Browser.grantPermissions",
        {
            "permissions": PERMISSIONS,
            "origin": stage.config.public_url,
            "browserContextId": target["browserContextId"],
        },
    )
    yield context
    context.close()


@contextmanager
def serving(config: Config, port: int, bundle: Path) -> Iterator[None]:
    """Serve in this process, so that the application can be changed while it is being used."""
    app, shipped = create_app(config), phone_pages.FOLDER
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    phone_pages.FOLDER = bundle
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        phone_pages.FOLDER = shipped
        app.extensions["evalsvc"].database.close()


def _publish_kinds(service: Service, evaluation_id: str) -> None:
    kept = instruments.keep_form(service.store, KINDS.read_bytes(), KINDS.name)
    with service.database.transaction() as session:
        instruments.publish(session, SYSTEM, evaluation_id, kept)
