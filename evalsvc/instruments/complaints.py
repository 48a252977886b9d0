"""Complaints about forms as people see them: with file, sheet, row and column among the details."""

from collections.abc import Iterable
from dataclasses import replace

from evalsvc.words import sentence
from forms.complaint import Complaint

SHEETS = ("survey", "choices", "settings")
"""In the order in which people look through them."""


def placed(complaints: Iterable[Complaint], file: str) -> tuple[Complaint, ...]:
    """Put the place of each complaint among its details, where its sentence and every list look for it."""
    return tuple(replace(each, details={**_place(each, file), **each.details}) for each in complaints)


def as_unfit(complaint: Complaint, language: str) -> Complaint:
    """Say of what keeps a form out of an evaluation that it does so: the form by itself may be fine."""
    reason = sentence(complaint.code, complaint.details, language)
    return replace(complaint, code="instrument.unfit", details={**complaint.details, "reason": reason})


def in_order(complaints: Iterable[Complaint]) -> list[Complaint]:
    """Sort complaints as they are read: errors first, then by sheet and row."""
    return sorted(complaints, key=lambda each: (each.severity == "warning", _sheet(each), each.row or 0))


def _sheet(complaint: Complaint) -> int:
    return SHEETS.index(complaint.sheet) if complaint.sheet in SHEETS else len(SHEETS)


def _place(complaint: Complaint, file: str) -> dict[str, str | int]:
    place: dict[str, str | int | None] = {
        "file": file,
        "sheet": complaint.sheet,
        "row": complaint.row,
        "column": complaint.column,
        "path": complaint.path or None,
    }
    return {name: value for name, value in place.items() if value is not None}
