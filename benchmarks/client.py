"""Measure the enumerator's application in Chromium with four times CPU slow-down: first visit, opening, filling a form.

    .venv/bin/python -m benchmarks.client [--rounds 7] [--slow-down 4] [--short]

Needs the bundle (make bundle) and Chromium. Every round is a browser that was never here before.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.client_form import fillings, section, told
from benchmarks.evidence import Study, parser, publish, table
from benchmarks.wire import Wire, wire_to
from evalsvc import migrate
from evalsvc.config import read_config
from evalsvc.db import Database
from evalsvc.demonstration.server import free_port, settings_of, started

STUDY = Study(
    page="client",
    title="The enumerator's application",
    question="What does the first visit cost, how soon does the application open without a network, how soon a form?",
    module="benchmarks.client",
    libraries=("playwright",),
)
WAYS = {"gzip alone": True, "Brotli, as Chromium asks": False}
ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
SLOW_DOWN, ROUNDS = 4, 7
PATIENCE = 60
TIMES = """navigator.serviceWorker.ready.then(() => { window.readyAt = performance.now(); });
new MutationObserver((_changes, observer) => {
    if (document.querySelector('#app > *')) { window.filledAt = performance.now(); observer.disconnect(); }
}).observe(document, { childList: true, subtree: true });"""
FILLED, READY = "window.filledAt ?? null", "window.readyAt ?? null"


@dataclass(frozen=True)
class Visit:
    """One first visit and the opening after it; seconds since the navigation began, bytes over the wire."""

    filled: float
    ready: float
    received: int
    sent: int
    connections: int
    opened_offline: float


def main() -> None:
    given = arguments()
    rounds = 1 if given.short else given.rounds
    with running() as port, chromium() as browser:
        measured = {
            name: visits(browser, port, rounds, given.slow_down, gzip_alone=alone) for name, alone in WAYS.items()
        }
    found = fillings(max(1, rounds // 2), given.slow_down)
    publish(STUDY, given, [*sections(measured, given.slow_down), *section(found, given.slow_down)])


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--rounds", type=int, default=ROUNDS)
    given.add_argument("--slow-down", type=float, default=SLOW_DOWN)
    return given.parse_args()


@contextmanager
def running() -> Iterator[int]:
    """Start the service with an empty database and give its port."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        settings = settings_of(folder, f"http://127.0.0.1:{port}")
        database = Database(read_config(settings).database_url)
        migrate.upgrade(database)
        database.close()
        with started(port, settings, folder) as server:
            server.wait()
            yield port


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
        yield browser
        browser.close()


def visits(browser: Browser, port: int, rounds: int, slow_down: float, *, gzip_alone: bool) -> list[Visit]:
    """Visit anew in each round, after one that does not count."""
    found = []
    for _ in range(rounds + 1):
        with wire_to(port, gzip_alone=gzip_alone) as wire:
            context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
            found.append(visit(context, wire, slow_down))
            context.close()
    return found[1:]


def visit(context: BrowserContext, wire: Wire, slow_down: float) -> Visit:
    first = slowed(context, slow_down)
    first.goto(f"{wire.url}/app/")
    filled, ready = reached(first, FILLED), reached(first, READY)
    received, sent, connections = wire.received, wire.sent, wire.connections
    wire.cut = True
    first.close()
    again = slowed(context, slow_down)
    again.goto(f"{wire.url}/app/")
    return Visit(filled, ready, received, sent, connections, reached(again, FILLED))


def slowed(context: BrowserContext, slow_down: float) -> Page:
    page = context.new_page()
    page.add_init_script(TIMES)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slow_down})
    return page


def reached(page: Page, moment: str) -> float:
    """Wait until the page has noted a moment; the answer is in seconds since its navigation began."""
    deadline = time.monotonic() + PATIENCE
    while (noted := page.evaluate(moment)) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(moment)
        page.wait_for_timeout(20)
    return float(noted) / 1000


def sections(measured: dict[str, list[Visit]], slow_down: float) -> list[str]:
    """Write the page: medians, and the largest in brackets."""
    rounds = len(next(iter(measured.values())))
    rows = [
        (
            name,
            f"{median(each.received for each in found) / 1000:.0f} KB",
            f"{median(each.sent for each in found) / 1000:.0f} KB",
            told([each.filled for each in found]),
            told([each.ready for each in found]),
            told([each.opened_offline for each in found]),
        )
        for name, found in measured.items()
    ]
    header = ("Packed by", "Received", "Sent", "First screen", "Ready offline", "Opens without a network")
    words = (
        f"Chromium without a window, 360 px, CPU slowed {slow_down:g} times, service and browser on this machine, so no"
        " time is the network's. Bytes are those of TCP in all connections of the first visit, headers and what the"
        f" worker stores among them. Medians of {rounds} browsers that were never here before, the largest in brackets."
    )
    return ["## The first visit", words, table(header, rows)]


if __name__ == "__main__":
    main()
