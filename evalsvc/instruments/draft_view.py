"""What the page of a draft tells of its reading."""

from collections.abc import Iterator
from dataclasses import dataclass

from evalsvc.instruments.reading import MISSING, Reading
from evalsvc.words import sentence
from forms.complaint import Complaint


@dataclass(frozen=True)
class ComplaintLine:
    """One complaint about a form with its place in the workbook; `tone` says how grave it is."""

    sheet: str
    row: str
    column: str
    message: str
    tone: str


def complaint_lines(reading: Reading, language: str) -> list[ComplaintLine]:
    """List what stands against a draft, what forbids publishing first."""
    grave = [*reading.errors, *reading.unfit]
    warnings = [each for each in reading.complaints if each.severity != "error"]
    return [*_lines(grave, "bad", language), *_lines(warnings, "open", language)]


def _lines(complaints: list[Complaint], tone: str, language: str) -> Iterator[ComplaintLine]:
    for each in complaints:
        sheet, row, column, path = (str(each.details.get(name, "")) for name in ("sheet", "row", "column", "path"))
        yield ComplaintLine(sheet, row, column or path, sentence(each.code, each.details, language), tone)


def missing_media(reading: Reading) -> list[str]:
    """Name the files that the form mentions and that are not beside it; tables among them forbid publishing."""
    both = (*reading.complaints, *reading.unfit)
    return [str(each.details["filename"]) for each in both if each.code == MISSING]
