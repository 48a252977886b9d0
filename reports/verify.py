"""Read a report without trusting who sent it: the data inside, the words of its pages, the printed figures.

PDFium reads here what pyHanko reads in `signing.check`: two readers that take a doctored file differently.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pypdfium2

from reports.document import Printed
from reports.errors import ReportError

LARGEST_FILE = 200_000_000
MOST_PAGES = 1_000
LARGEST_TEXT = 3_000_000
MOST_ATTACHMENTS = 200
"""Limits for files from outside: bytes (of the file, and of what is embedded), pages, characters, parts."""
_PDFIUM = threading.RLock()


@dataclass(frozen=True)
class Pages:
    """What a file shows: the words of each page, and the file itself, whose drawings are compared."""

    words: tuple[str, ...]
    pdf: bytes


def embedded(pdf: bytes) -> dict[str, bytes]:
    """Return the files inside a PDF by their names.

    Raises ReportError ``reports.unreadable``; ``reports.attachment_twice`` when two carry one name;
    ``reports.too_many_attachments`` and ``reports.attachments_too_large`` beyond the limits.
    """
    found: dict[str, bytes] = {}
    with opened(pdf) as document:
        count = document.count_attachments()
        if count > MOST_ATTACHMENTS:
            raise ReportError("reports.too_many_attachments", count=count, most=MOST_ATTACHMENTS)
        for place in range(count):
            attachment = document.get_attachment(place)
            name = attachment.get_name()
            if name in found:
                raise ReportError("reports.attachment_twice", name=name)
            found[name] = bytes(attachment.get_data())
            if sum(map(len, found.values())) > LARGEST_FILE:
                raise ReportError("reports.attachments_too_large", most=LARGEST_FILE)
    return found


def printed_text(pdf: bytes) -> tuple[str, ...]:
    """Return the words of each page, as a reader would copy them."""
    pages: list[str] = []
    with opened(pdf) as document:
        if len(document) > MOST_PAGES:
            raise ReportError("reports.too_many_pages", pages=len(document), most=MOST_PAGES)
        for page in document:
            pages.append(page.get_textpage().get_text_bounded())
            if sum(map(len, pages)) > LARGEST_TEXT:
                raise ReportError("reports.too_much_text", most=LARGEST_TEXT)
    return tuple(pages)


def check_printed(pages: Iterable[str], printed: Sequence[Printed]) -> tuple[Printed, ...]:
    """Return the figures that the pages do not show as often as they should."""
    text = _squeezed("\n".join(pages))
    wanted = Counter(_squeezed(each.text) for each in printed)
    missing = {figure for figure, times in wanted.items() if _occurrences(figure, text) < times}
    return tuple(each for each in printed if _squeezed(each.text) in missing)


@contextmanager
def opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF with PDFium, and close it however the block ends; what PDFium cannot read is one error.

    One thread at a time: PDFium has state of its own for the whole process, and several threads kill it.
    """
    if len(pdf) > LARGEST_FILE:
        raise ReportError("reports.file_too_large", detail=LARGEST_FILE)
    try:
        with _PDFIUM, closing(pypdfium2.PdfDocument(pdf)) as document:
            yield document
    except pypdfium2.PdfiumError as error:
        raise ReportError("reports.unreadable", reason=str(error)) from error


def _squeezed(text: str) -> str:
    """Leave out white space beside Chinese characters, where lines break anywhere; keep it between numbers."""
    return re.sub(r"(?<=[^ -~]) | (?=[^ -~])", "", re.sub(r"\s+", " ", text)).strip()


def _occurrences(figure: str, text: str) -> int:
    """Count a figure where it stands by itself: not inside a longer number."""
    before = r"(?<![\d.,])" if figure[:1].isdigit() else ""
    after = r"(?![\d]|[.,]\d)" if figure[-1:].isdigit() else ""
    return len(re.findall(before + re.escape(figure) + after, text))
