"""A phone with a profile on the disk: its processes can be ended as an empty battery or a full memory ends them."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, Playwright

from benchmarks.memory import tree_of
from benchmarks.phone_filling import Pen
from benchmarks.phone_stage import ARGUMENTS, AT_THE_DOOR

PIN = "示例-246810"
PATIENCE = 30_000
"""Milliseconds that a screen may take on a busy machine."""
LOCKS = ("SingletonLock", "SingletonCookie", "SingletonSocket")
"""What a killed browser leaves would be taken for another one that still runs."""
HASHES = """(() => {
    const encrypt = SubtleCrypto.prototype.encrypt;
    const tell = async (bytes) => {
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
        window.sealed([...digest].map(each => each.toString(16).padStart(2, '0')).join(''));
    };
    const xmlOf = (bytes) => {
        try { return JSON.parse(new TextDecoder().decode(bytes)).xml; } catch { return undefined; }
    };
    SubtleCrypto.prototype.encrypt = function (way, key, content) {
        const xml = xmlOf(content), body = content.indexOf(10) + 1;
        void tell(xml === undefined ? content.slice(body) : new TextEncoder().encode(xml));
        return encrypt.call(this, way, key, content);
    };
})()"""
"""Tells the hash of all that the application puts on the disk: each file (behind a line about it), each XML."""


class Phone:
    """A phone that is switched on, used and killed; what its profile holds outlives that."""

    def __init__(self, playwright: Playwright, profile: Path, url: str, photo: Path) -> None:
        self._playwright, self._profile, self._photo = playwright, profile, photo
        self._url = url
        self._context: BrowserContext | None = None
        self._page: Page | None = None
        self.sealed: set[str] = set()
        """SHA-256 of what was put on the disk."""
        self.faults: list[str] = []
        """What nobody in the page caught."""

    @property
    def context(self) -> BrowserContext:
        """The running browser."""
        if self._context is None:
            raise RuntimeError("the phone is off")
        return self._context

    @property
    def page(self) -> Page:
        """The page that is open."""
        if self._page is None:
            raise RuntimeError("the application is not open")
        return self._page

    @property
    def pen(self) -> Pen:
        """What the form is filled with."""
        return Pen(self.page, "zh", self._photo, lambda _title: None)

    def switch_on(self) -> None:
        """Start the browser on the phone's profile and open the application."""
        for name in LOCKS:
            (self._profile / name).unlink(missing_ok=True)
        self._context = self._playwright.chromium.launch_persistent_context(
            str(self._profile),
            executable_path=shutil.which("chromium"),
            args=list(ARGUMENTS),
            viewport={"width": 360, "height": 740},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            geolocation=AT_THE_DOOR,
            permissions=["geolocation", "camera", "microphone"],
        )
        self.context.set_default_timeout(PATIENCE)
        self.context.expose_binding("sealed", lambda _source, hashed: self.sealed.add(hashed))
        self.context.add_init_script(HASHES)
        self.open()

    def open(self) -> None:
        """Open the application in a page of its own."""
        self._page = self.context.new_page()
        self._page.on("pageerror", lambda error: self.faults.append(str(error)))
        self._page.goto(self._url)

    def go(self, name: str) -> None:
        """Go to a screen by its address; to ask for the address that is shown already would load the page anew."""
        self.page.evaluate("hash => { location.hash = hash; }", f"#/{name}")

    def processes(self, *, tabs_alone: bool = False) -> Iterator[int]:
        """Give the processes of the browser; or those alone that hold its tabs."""
        profile = f"--user-data-dir={self._profile}".encode()
        for root in (each for each in _running() if profile in _line(each) and b"--type=" not in _line(each)):
            tree = [root, *tree_of(root)]
            yield from (each for each in tree if not tabs_alone or b"--type=renderer" in _line(each))

    def kill(self, *, tabs_alone: bool = False) -> None:
        """End the browser's processes at once (from any thread): by an empty battery, or a tab for want of memory."""
        for process in list(self.processes(tabs_alone=tabs_alone)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def off(self) -> None:
        """Have the browser gone; one with a killed tab would not end in order."""
        self.kill()
        if self._context is not None:
            with suppress(Error):
                self._context.close()
            self._context = None
        deadline = time.monotonic() + 10
        while any(self.processes()) and time.monotonic() < deadline:
            time.sleep(0.02)

    def sign_in(self, address: str) -> None:
        """Sign in with the address beside the code, and wait until tasks and forms are on the phone."""
        page, pen = self.page, self.pen
        page.locator("textarea").fill(address)
        pen.press("phone.sign_in.go_on")
        for field in page.locator("input[type=password]").all():
            field.fill(PIN)
        pen.press("phone.sign_in.finish")
        page.get_by_text(pen.say("phone.other_forms.title")).wait_for()
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def unlock(self) -> None:
        """Open the vault with the PIN."""
        page = self.page
        page.locator("input[type=password]").fill(PIN)
        self.pen.press("phone.unlock.open")
        page.locator("input[type=password]").wait_for(state="detached")


def _running() -> Iterator[int]:
    return (int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit())


def _line(process: int) -> bytes:
    """Read how a process was called; nothing where it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""
