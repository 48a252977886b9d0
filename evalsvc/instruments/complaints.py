"""Complaints about forms as people see them: with file, sheet, row and column among the details."""

from collections.abc import Iterable
from dataclasses import replace

from evalsvc.words import sentence
from forms.complaint import Complaint


def placed(complaints: Iterable[Complaint], file: str) -> tuple[Complaint, ...]:
    """Put the place of each complaint among its details, where its sentence and every list look for it."""
    return tuple(replace(each, details={**_place(each, file), **each.details}) for each in complaints)


def as_warning(complaint: Complaint, language: str) -> Complaint:
    """Say of what only keeps a form out of an evaluation that it does so, and nothing worse."""
    reason = sentence(complaint.code, complaint.details, language)
    return replace(
        complaint, code="instrument.unfit", details={**complaint.details, "reason": reason}, severity="warning"
    )


def _place(complaint: Complaint, file: str) -> dict[str, str | int]:
    place: dict[str, str | int | None] = {
        "file": file,
        "sheet": complaint.sheet,
        "row": complaint.row,
        "column": complaint.column,
        "path": complaint.path or None,
    }
    return {name: value for name, value in place.items() if value is not None}
