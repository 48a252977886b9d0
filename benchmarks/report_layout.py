"""Lay out reports: one of 30 pages with 300 rows, beside other programs, and 200 of ten pages in worker processes.

    .venv/bin/python -m benchmarks.report_layout [--short] [--rounds N] [--counties N]

Typst (PyPI) and Chromium are needed. Figures are invented; charts are laid out by ours and by Chromium alone.
"""

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from statistics import median
from unittest.mock import patch

import pypdfium2
from weasyprint.pdf.tags import add_tags as their_tags

from benchmarks import report_samples
from benchmarks.evidence import Study, parser, publish, table
from benchmarks.memory import megabytes, size_of, tree_of
from benchmarks.report_peers import by_chromium, by_typst
from reports import pdf
from reports.document import Document
from reports.tags import install
from reports.workers import lay_out_many

STUDY = Study(
    page="report-layout",
    title="The speed of laying out reports",
    question="What does a report of 30 pages with 300 rows cost, what do 200 county reports, and what do others take?",
    module="benchmarks.report_layout",
    libraries=("weasyprint", "pydyf", "typst"),
)
ROWS, PARAGRAPHS = 300, 20
WORKERS = 2
LIMIT, LIMIT_EACH = 5.0, 1.2
"""Processor seconds that a report of 30 pages, and one of ten in a batch, may take."""
DATA = {"results.json": b'{"version": 1, "estimates": []}'}


@dataclass(frozen=True)
class Lane:
    """One way to lay out the report, and what it gives."""

    name: str
    work: Callable[[], bytes | None]
    gives: str


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--counties", type=int, default=200)
    given = options.parse_args()
    rounds, counties = (1, 4) if given.short else (given.rounds, given.counties)
    publish(STUDY, given, [*one_report(rounds), *many_reports(counties)])


def one_report(rounds: int) -> list[str]:
    """Run every lane once a round, after one that does not count, so that a busy moment meets all of them."""
    document = report_samples.report(rows=ROWS, paragraphs=PARAGRAPHS)
    own = report_samples.report(rows=ROWS, paragraphs=PARAGRAPHS, look=report_samples.LOOK)
    lanes = (
        Lane("This program, GB/T 9704", lambda: pdf.build(document, DATA), "PDF/A-3a, tree, data"),
        Lane("This program, an own look", lambda: pdf.build(own, DATA), "PDF/A-3a, tree, data"),
        Lane("The same with WeasyPrint's own tree", lambda: with_their_tree(document), "PDF/A-3a, tree, data"),
        Lane("Typst, in our faces", lambda: by_typst(document), "PDF/A-3a, tree, no charts"),
        Lane("Chromium, printing", lambda: by_chromium(document), "PDF, no heads of pages"),
    )
    seconds: dict[str, list[float]] = {lane.name: [] for lane in lanes}
    made: dict[str, bytes | None] = {}
    for number in range(rounds + 1):
        for lane in lanes:
            began = spent()
            made[lane.name] = lane.work()
            if number:
                seconds[lane.name].append(spent() - began)
    rows = [(lane.name, f"{median(seconds[lane.name]):.2f}", *described(made[lane.name]), lane.gives) for lane in lanes]
    words = (
        f"Median of {rounds} rounds after one that does not count, in processor seconds (other programs with all that"
        f" they start). The report has {ROWS} rows of seven cells in its annex. Limit: {LIMIT:.0f} s;"
        f" {'kept' if median(seconds[lanes[0].name]) <= LIMIT else 'not kept'}."
    )
    return ["## One report", words, table(("Way", "CPU s", "Pages", "KB", "What comes out"), rows)]


def described(content: bytes | None) -> tuple[str, str]:
    """Return pages and size."""
    if content is None:
        return "–", "–"
    with pypdfium2.PdfDocument(BytesIO(content)) as document:
        return str(len(document)), f"{len(content) / 1000:,.0f}"


def with_their_tree(document: Document) -> bytes:
    """Lay out with the tree that WeasyPrint writes, as it was before `reports.tags`."""
    ours = patch.multiple(install, add_tags=their_tags, marked=install.THEIRS)
    with ours, patch.object(pdf, "mark_artifacts", lambda _document: None):
        return pdf.build(document, DATA)


def many_reports(number: int) -> list[str]:
    """Lay out a batch in worker processes and look at it from outside."""
    wanted = ((f"{place:03d}", (county(place), DATA)) for place in range(number))
    began, children, held, sizes = time.monotonic(), spent(), [], []
    for done in lay_out_many(wanted, WORKERS):
        if done.made is None:
            raise RuntimeError(done.name) from done.error
        held.append(sum(size_of(process) for process in tree_of(os.getpid()) if process != os.getpid()))
        sizes.append(described(done.made))
    took, each = time.monotonic() - began, (spent() - children) / number
    quarters = [max(held[place * number // 4 : (place + 1) * number // 4]) for place in range(4)]
    pages = sorted({int(page) for page, _ in sizes})
    rows = [
        ("CPU s each, with the start of the workers", f"{each:.2f}"),
        ("Limit", f"{LIMIT_EACH} ({'kept' if each <= LIMIT_EACH else 'not kept'})"),
        ("Seconds in all", f"{took:.0f}"),
        ("Reports a minute", f"{number / took * 60:.0f}"),
        ("Pages each", f"{pages[0]} to {pages[-1]}"),
        ("Peak memory of the workers together, looked at after each report", megabytes(max(held))),
        ("by quarters of the batch", ", ".join(megabytes(peak) for peak in quarters)),
    ]
    return [f"## {number} county reports in {WORKERS} worker processes", table(("", ""), rows)]


def county(place: int) -> Document:
    return report_samples.report(rows=40, paragraphs=2, number=f"SLPG-2026-{place:03d}")


def spent() -> float:
    """Return the processor seconds of this process and of all that it started and that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
