"""The browser that looks at the pages."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

# What is waited for comes; on a busy machine later than in the five seconds that Playwright waits by itself.
expect.set_options(timeout=30_000)
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
)


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Debian's Chromium; without it this test fails, for pages that nobody has looked at are not finished."""
    path = shutil.which("chromium")
    assert path is not None, "no chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()
