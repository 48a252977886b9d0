"""The enumerator's application in a real browser: kept whole at the first visit, opened offline, exchanged in order."""

import json
import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import flask
import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import BaseWSGIServer, make_server

from evalsvc import migrate, phone_pages
from evalsvc.app import create_app
from evalsvc.config import read_config
from evalsvc.db import Database
from evalsvc.demonstration.server import free_port, settings_of

FILLED = "document.querySelector('#app')?.childElementCount > 0"
PATIENCE = 20
"""Seconds."""
INSTALLED = "navigator.serviceWorker.ready.then(ready => ready.active.state)"
CONTROLLED = "navigator.serviceWorker.controller !== null"
KEPT = """caches.keys().then(names => Promise.all(names.map(async name =>
    (await (await caches.open(name)).keys()).map(request => new URL(request.url).pathname))))"""
NOTHING_KEPT = "navigator.serviceWorker.getRegistration().then(found => !found?.active && !found?.installing)"
ASK_FOR_NEWER = "navigator.serviceWorker.getRegistration().then(found => found.update()).then(() => undefined)"
WAITING = "navigator.serviceWorker.getRegistration().then(found => found.waiting !== null)"
TAKE_OVER = """new Promise(async resolve => {
    const {waiting} = await navigator.serviceWorker.getRegistration();
    const {port1, port2} = new MessageChannel();
    port1.onmessage = event => resolve(event.data);
    waiting.postMessage('take over', [port2]);
})"""
NEWER = "document.body.dataset.newer === 'yes'"
VIOLATIONS = """window.violations = [];
document.addEventListener('securitypolicyviolation', event =>
    violations.push(`${event.violatedDirective} ${event.blockedURI}`));"""
COMPILED = """addresses => Promise.all(addresses.map(async address =>
    (await WebAssembly.compileStreaming(fetch(address))) instanceof WebAssembly.Module))"""
SIZES = """icons => Promise.all(icons.map(async address => {
    const icon = new Image();
    icon.src = address;
    await icon.decode();
    return `${icon.naturalWidth}x${icon.naturalHeight}`;
}))"""


class Service:
    """A service with a copy of the built application, which a test may change, and stop as a network that goes away."""

    def __init__(self, app: flask.Flask, folder: Path, port: int) -> None:
        self.app, self.folder, self.port = app, folder, port
        self.address = f"http://127.0.0.1:{port}/app/"
        self.server: BaseWSGIServer | None = None
        self.thread: threading.Thread | None = None

    def start(self) -> None:
        self.server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def stop(self) -> None:
        if self.server is not None and self.thread is not None:
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()
            self.server = None

    def files(self) -> set[str]:
        """List what the worker has to keep: everything but itself, packed forms, and the mark of the build."""
        return {
            f"/app/{path.relative_to(self.folder)}"
            for path in self.folder.rglob("*")
            if path.is_file() and path.suffix not in {".gz", ".br"} and path.name not in {"sw.js", ".ready"}
        }

    def change(self) -> None:
        """Serve a newer version: another first page, and a worker that names another set of files."""
        for name, old, new in (
            ("index.html", r"<body>", '<body data-newer="yes">'),
            ("sw.js", r"(\"version\":\")\w+", r"\1newer"),
        ):
            path = self.folder / name
            text, changes = re.subn(old, new, path.read_text(encoding="utf-8"))
            assert changes == 1, name
            path.write_text(text, encoding="utf-8")
            for packed in self.folder.glob(f"{name}.*"):
                packed.unlink()


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    built = phone_pages.FOLDER
    assert (built / "sw.js").is_file(), "the application was not built: make bundle"
    folder = shutil.copytree(built, tmp_path / "app")
    monkeypatch.setattr(phone_pages, "FOLDER", folder)
    port = free_port()
    config = read_config(settings_of(tmp_path, f"http://127.0.0.1:{port}"))
    database = Database(config.database_url)
    migrate.upgrade(database)
    database.close()
    app = create_app(config)
    service = Service(app, folder, port)
    service.start()
    yield service
    service.stop()
    app.extensions["evalsvc"].database.close()


def opened(context: BrowserContext, service: Service, troubles: list[str]) -> Page:
    """Open the application in a window of its own and wait until something stands in it."""
    page = context.new_page()
    page.add_init_script(VIOLATIONS)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if "Content Security" in said.text else None)
    page.goto(service.address)
    until(page, FILLED)
    return page


def until(page: Page, expression: str) -> None:
    """Wait until an expression of the page is true; its policy forbids Playwright's own way, which evaluates a text."""
    deadline = time.monotonic() + PATIENCE
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


def installed(page: Page) -> None:
    assert page.evaluate(INSTALLED) in {"activating", "activated"}
    until(page, CONTROLLED)


def test_after_the_first_visit_it_opens_without_a_service(service: Service, browser: Browser) -> None:
    context, troubles = browser.new_context(), []
    page = opened(context, service, troubles)
    installed(page)
    assert [set(kept) for kept in page.evaluate(KEPT)] == [service.files()]
    service.stop()
    page.reload()
    until(page, FILLED)
    other = opened(context, service, troubles)
    engines = sorted(address for address in service.files() if address.endswith(".wasm"))
    assert page.evaluate(COMPILED, engines) == [True, True]
    assert page.evaluate("violations") == other.evaluate("violations") == []
    assert troubles == []
    context.close()


def test_phones_take_it_for_an_application(service: Service, browser: Browser) -> None:
    context = browser.new_context()
    page = opened(context, service, [])
    found = context.new_cdp_session(page).send("Page.getAppManifest")
    assert (found["url"], found["errors"]) == (f"{service.address}manifest.webmanifest", [])
    manifest = json.loads(found["data"])
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/app/", "/app/", "standalone")
    drawn = [icon for icon in manifest["icons"] if icon["sizes"] != "any"]
    assert page.evaluate(SIZES, [icon["src"] for icon in drawn]) == [icon["sizes"] for icon in drawn]
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in drawn}
    context.close()


def test_a_newer_version_waits_for_the_last_page(service: Service, browser: Browser) -> None:
    context = browser.new_context()
    page = opened(context, service, [])
    installed(page)
    service.change()
    page.evaluate(ASK_FOR_NEWER)
    until(page, WAITING)
    page.reload()
    assert not page.evaluate(NEWER), "a page that was loaded anew met the newer version beside an open one"
    other = opened(context, service, [])
    assert other.evaluate(TAKE_OVER) == "other pages"
    assert page.evaluate(WAITING)
    page.close()
    other.close()
    # Where both are closed the browser exchanges the versions by itself, and the next page is of the newer one.
    last = opened(context, service, [])
    until(last, NEWER)
    assert len(last.evaluate(KEPT)) == 1
    context.close()


def test_the_only_page_may_ask_for_the_newer_version(service: Service, browser: Browser) -> None:
    context = browser.new_context()
    page = opened(context, service, [])
    installed(page)
    service.change()
    page.evaluate(ASK_FOR_NEWER)
    until(page, WAITING)
    assert page.evaluate(TAKE_OVER) == "taken"
    until(page, WAITING.replace("!==", "==="))
    page.reload()
    until(page, NEWER)
    context.close()


def test_a_network_that_breaks_off_leaves_no_half_application(service: Service, browser: Browser) -> None:
    missing = service.folder / "mark-512.png"
    contents = missing.read_bytes()
    missing.unlink()
    context = browser.new_context()
    page = opened(context, service, [])
    until(page, NOTHING_KEPT)
    missing.write_bytes(contents)
    page.reload()
    installed(page)
    assert [set(kept) for kept in page.evaluate(KEPT)] == [service.files()]
    context.close()
