"""Picture pages of reports and letters: both looks, both languages, a landscape annex, notes, the word of previews.

    .venv/bin/python -m benchmarks.report_pages [--short]

Needs nothing but the program. Persons, places and figures are invented.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image

from benchmarks import report_samples
from benchmarks.evidence import Study, parser, publish, table
from reports import pdf
from reports.document import Document

STUDY = Study(
    page="report-pages",
    title="Pages of reports and letters",
    question="What does somebody see who opens a report: by GB/T 9704, in an institute's own look, as a letter?",
    module="benchmarks.report_pages",
    libraries=("weasyprint", "pypdfium2", "pillow"),
)
PICTURES = "pictures"
WIDTH = 420
"""Points of a page that stands upright; a landscape one has as many to the inch."""
QUALITY = 70
IN_A_ROW = 3
CODE = "https://example.org/verify?number=SLPG-2026-001#9f2c9f2c9f2c"
MARK: dict[str, Any] = {
    "mark": "模拟数据　示范",
    "mark_explained": "住户登记与访谈答案由程序模拟；结论不涉及任何真实住户。",
}


@dataclass(frozen=True)
class Shown:
    """One document and the pages (from 1) that are pictured, each with what is to be seen on it."""

    name: str
    title: str
    document: Document
    pages: dict[int, str]


def shown() -> tuple[Shown, ...]:
    look, band = report_samples.LOOK, report_samples.BAND
    return (
        Shown("standard", "By GB/T 9704", report_samples.report(rows=30, code=CODE, **MARK),
              {1: "Cover", 2: "Contents", 3: "Findings and a note at the foot", 6: "Chart and table",
               8: "Places of the signatures", 9: "Annex, landscape"}),
        Shown("own", "An institute's own look", report_samples.report(rows=30, look=look, code=CODE, **MARK),
              {1: "Cover to the left", 2: "Contents", 3: "Findings and a note at the foot", 5: "Chart and table",
               7: "Annex, landscape"}),
        Shown("preview", "A preview, cover with a band", report_samples.report(rows=9, look=band, across="预览"),
              {1: "Cover with a band", 3: "The word behind the text"}),
        Shown("own-en", "In English", report_samples.report("en", look=look, rows=9),
              {1: "Cover", 3: "Findings", 5: "Results"}),
        Shown("standard-en", "In English, by the standard", report_samples.report("en", rows=9),
              {1: "Cover", 3: "Text"}),
        Shown("letter", "A letter by GB/T 9704", report_samples.letter(), {1: "First page", 2: "End of the letter"}),
        Shown("letter-own", "A letter in an own look", report_samples.letter(look=look), {1: "On one page"}),
    )  # fmt: skip


def main() -> None:
    given = parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as short:
        folder = Path(short) if given.short else given.pages / PICTURES
        folder.mkdir(parents=True, exist_ok=True)
        sections = [section for each in shown()[: 1 if given.short else None] for section in pictured(each, folder)]
    publish(STUDY, given, sections)


def pictured(each: Shown, folder: Path) -> list[str]:
    """Lay out a document, picture its pages and write what is said of them."""
    cells = []
    with pypdfium2.PdfDocument(pdf.build(each.document, {})) as document:
        for number, words in each.pages.items():
            file = f"report-{each.name}-{number}.webp"
            save(document[number - 1], folder / file)
            cells.append(f"![{words}]({PICTURES}/{file})<br>{words}, page {number}")
    return [f"## {each.title}", table([""] * IN_A_ROW, in_rows(cells))]


def save(page: pypdfium2.PdfPage, path: Path) -> None:
    """Picture a page, a thin line around it, twice as large and made smaller, so that small letters stay legible."""
    scale = WIDTH / min(page.get_size())
    large = page.render(scale=2 * scale).to_pil().convert("RGB")
    small = large.resize((large.width // 2, large.height // 2), Image.Resampling.LANCZOS)
    framed = Image.new("RGB", (small.width + 2, small.height + 2), "#c8ccd0")
    framed.paste(small, (1, 1))
    framed.save(path, quality=QUALITY, method=6, use_sharp_yuv=True)  # thin lines keep their colour


def in_rows(cells: Sequence[str]) -> list[list[str]]:
    rows = [list(cells[first : first + IN_A_ROW]) for first in range(0, len(cells), IN_A_ROW)]
    return [[*row, *[""] * (IN_A_ROW - len(row))] for row in rows]


if __name__ == "__main__":
    main()
