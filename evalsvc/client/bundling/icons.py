"""Draw the icons of the installed application from public/mark.svg, by a Chromium without a window.

Run after the mark was changed, from the project's folder: .venv/bin/python evalsvc/client/bundling/icons.py
"""

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

PUBLIC = Path(__file__).parents[1] / "public"
SIDES = {"mark-192.png": 192, "mark-512.png": 512, "mark-maskable-512.png": 512}
ROUND_CORNERS = ' rx="6"'
"""Phones cut a maskable icon to a form of their own, so it fills its square; the mark lies within the middle 80 %."""

COLOURS = 64


def main() -> None:
    """Write every icon."""
    mark = (PUBLIC / "mark.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, side in SIDES.items():
            draw(browser, mark.replace(ROUND_CORNERS, "") if "maskable" in name else mark, side, PUBLIC / name)
        browser.close()


def draw(browser: Browser, mark: str, side: int, path: Path) -> None:
    """Draw a mark as a square of so many pixels; what lies outside it stays transparent."""
    page = browser.new_page(viewport={"width": side, "height": side})
    page.set_content(f"<style>*{{margin:0}} svg{{display:block;width:{side}px}}</style>{mark}")
    drawn = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
    page.close()
    # Three colours and the steps between them: a palette holds them in a third of the bytes, which every phone stores.
    drawn.quantize(COLOURS, Image.Quantize.FASTOCTREE).save(path, optimize=True)


if __name__ == "__main__":
    main()
