"""Complaints about forms as people see them: with file, sheet, row and column among the details."""

from collections.abc import Iterable
from dataclasses import replace

from forms.complaint import Complaint


def placed(complaints: Iterable[Complaint], file: str) -> tuple[Complaint, ...]:
    """Put the place of each complaint among its details, where its sentence and every list look for it."""
    return tuple(replace(each, details={**_place(each, file), **each.details}) for each in complaints)


def _place(complaint: Complaint, file: str) -> dict[str, str | int]:
    place: dict[str, str | int | None] = {
        "file": file,
        "sheet": complaint.sheet,
        "row": complaint.row,
        "column": complaint.column,
        "path": complaint.path or None,
    }
    return {name: value for name, value in place.items() if value is not None}
