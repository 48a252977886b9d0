"""A browser window that is looked at: every page says what it should, fits the window and has no trouble."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

WIDTHS = (360, 1280)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT = """[...document.querySelectorAll(".table, .chart-box, .card")]
    .filter(box => box.scrollWidth > box.clientWidth + 1)
    .map(box => box.className + " " + box.innerText.slice(0, 60))"""
"""Boxes whose contents are wider than they are: a reader would have to scroll sideways."""
ABORTED = "net::ERR_ABORTED"


@dataclass(frozen=True)
class Site:
    """A running server with one finished evaluation."""

    url: str
    out: Path
    passwords: dict[str, str]


@dataclass
class Visitor:
    """One browser window; every page it opens is looked at."""

    page: Page
    site: Site
    troubles: list[str]

    def look(self, words: str) -> None:
        """Check that the page says what it should and fits the window."""
        self.page.wait_for_load_state("networkidle")
        assert words in self.page.inner_text("body"), f"{words!r} is not on {self.page.url}"
        wide = self.page.evaluate(OVERFLOW)
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the window of {self.page.viewport_size}"
        assert self.page.evaluate(CUT) == [], self.page.url
        assert self.troubles == []

    def follow(self, address: str, words: str) -> None:
        """Follow the link to an address of this site, as a reader would."""
        self.page.locator(f'a[href="{address}"]').first.click()
        self.look(words)


def visitor_of(context: BrowserContext, site: Site) -> Visitor:
    page, troubles = context.new_page(), []
    page.on("console", lambda message: troubles.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    # A download is a navigation that the browser itself ends: no trouble.
    page.on("requestfailed", lambda request: None if request.failure == ABORTED else troubles.append(request.url))
    return Visitor(page, site, troubles)
