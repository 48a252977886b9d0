"""Complaints about a file as the rows of a table: where each is, and what to do about it."""

from collections.abc import Sequence

from evalsvc.errors import Complaint
from evalsvc.words import sentence

MOST_SHOWN = 200


def complaint_rows(complaints: Sequence[Complaint], language: str) -> list[dict[str, object]]:
    """Return the first complaints with file, row and column as far as they are known, and their sentences."""
    return [
        {
            "file": each.details.get("file", ""),
            "row": each.details.get("row", ""),
            "column": each.details.get("column", ""),
            "message": sentence(each.code, each.details, language),
        }
        for each in complaints[:MOST_SHOWN]
    ]
