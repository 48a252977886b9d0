"""Picture every screen of the enumerator's application at 360 px, and some on a large window, while somebody walks on.

    .venv/bin/python -m benchmarks.phone_pictures [--short]

Needs the bundle (make bundle), Chromium and a Chinese font. Persons and places are invented.
"""

import io
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from benchmarks.axe import faults_of
from benchmarks.evidence import Study, parser, publish, table
from benchmarks.phone_captions import CAPTIONS, IN_ENGLISH, ON_A_LARGE_WINDOW
from benchmarks.phone_stage import phone, set_stage
from benchmarks.phone_walk import walk

STUDY = Study(
    page="enumerators-application",
    title="The screens of the enumerator's application",
    question="What does an enumerator see on a phone of 360 px, and does axe-core find that anybody is kept out?",
    module="benchmarks.phone_pictures",
    libraries=("playwright", "pillow"),
)
PICTURES = "pictures"
NARROW, WIDE = (360, 740), (1280, 800)
IN_A_ROW = 3
PIXELS = 3 / 4
"""Of the phone's own pixels, which are two to one of the page."""
QUALITY = 72
STILL = 250
"""Milliseconds until nothing moves any more."""


@dataclass(frozen=True)
class Album:
    """One walk: its language and window, which screens are pictured, and what axe-core says of all of them."""

    language: str
    window: tuple[int, int]
    wanted: Collection[str]
    ending: str
    judged: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def file(self, name: str) -> str:
        """Name the file of a picture."""
        return f"phone-{name}{self.ending}.webp"

    def take(self, page: Page, name: str, folder: Path) -> None:
        """Judge a screen, and picture it where it is wanted."""
        self.judged.append(name)
        self.faults.extend(f"{name}: {fault.rule} ({fault.impact})" for fault in faults_of(page))
        if name in self.wanted:
            page.wait_for_timeout(STILL)
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            size = (round(picture.width * PIXELS), round(picture.height * PIXELS))
            smaller = picture.resize(size, Image.Resampling.LANCZOS)
            smaller.save(folder / self.file(name), quality=QUALITY, method=6)


def main() -> None:
    given = parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as short:
        folder = Path(short) if given.short else given.pages / PICTURES
        folder.mkdir(parents=True, exist_ok=True)
        albums = [
            Album("zh", NARROW, [name for part in CAPTIONS.values() for name in part], ""),
            Album("en", NARROW, IN_ENGLISH, "-en"),
            Album("zh", WIDE, ON_A_LARGE_WINDOW, "-wide"),
        ]
        for album in albums[:1] if given.short else albums:
            picture(album, folder)
    publish(STUDY, given, sections(*albums))


def picture(album: Album, folder: Path) -> None:
    """Walk through the application once, on a service of its own."""
    with set_stage() as stage, phone(stage, album.language, *album.window) as context:
        page = context.pages[0]

        def look(name: str) -> None:
            album.take(page, name, folder)

        walk(stage, context, stage.world.enumerators[0], look, album.language)
    if missing := set(album.wanted) - set(album.judged):
        raise RuntimeError(f"not met on the walk: {sorted(missing)}")


def sections(chinese: Album, english: Album, wide: Album) -> list[str]:
    """Write the page: what axe-core found, then the pictures."""
    rows = [
        (album.language, f"{album.window[0]} × {album.window[1]}", len(album.judged), "; ".join(album.faults) or "none")
        for album in (chinese, english, wide)
    ]
    words = (
        "Each walk is one enumerator's, in Chromium against a running service: signing in, a whole interview, other"
        " kinds of questions, two records without a network, a refusal on the way, a return, a correction, settings,"
        " notices, locking. Every screen is judged by axe-core with all its rules, good practice among them."
        " `tests/browser/test_phone_accessibility.py` keeps it so. Persons, places and answers are invented; the"
        " letters are those of the fonts of this machine, phones have their own."
    )
    english_captions = {name: captions()[name] for name in english.wanted}
    wide_captions = {name: captions()[name] for name in wide.wanted}
    return [
        "## Judged by axe-core",
        words,
        table(("Language", "Window", "Screens", "Faults"), rows),
        *(part for title, names in CAPTIONS.items() for part in (f"## {title}", shown(chinese, names))),
        "## In English",
        shown(english, english_captions),
        "## On a large window",
        shown(wide, wide_captions, in_a_row=1),
    ]


def captions() -> Mapping[str, str]:
    return {name: words for part in CAPTIONS.values() for name, words in part.items()}


def shown(album: Album, names: Mapping[str, str], in_a_row: int = IN_A_ROW) -> str:
    """Write pictures beside each other, each above what is said of it."""
    cells = [f"![{words}]({PICTURES}/{album.file(name)})<br>{words}" for name, words in names.items()]
    rows = [padded(cells[first : first + in_a_row], in_a_row) for first in range(0, len(cells), in_a_row)]
    return table([""] * in_a_row, rows)


def padded(cells: Sequence[str], number: int) -> list[str]:
    return [*cells, *[""] * (number - len(cells))]


if __name__ == "__main__":
    main()
