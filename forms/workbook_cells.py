"""Cells of a workbook: under which header a column stands, and expressions as they were written there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from pyxform import aliases

from forms.complaint import Complaint, shortened
from forms.expression import UNFINISHED
from forms.order import CIRCLE

# What pyxform makes of ${name}: a path between two spaces.
_PATH = re.compile(r" (?:current\(\)/)?(?:(?:\.\./)+|/)(?:[\w.\-]+/)*(?P<name>[\w.\-]+) ")
_TABLE = re.compile(r"^(?:randomize\()?instance\('[^']*'\)/root/item\[")


def cell(row: Mapping[str, str], name: str) -> str:
    """Give the text of a column, its header spelt with spaces or underscores."""
    return next((text.strip() for header, text in row.items() if header.replace(" ", "_").lower() == name), "")


def as_written(complaint: Complaint, row: Mapping[str, str]) -> Complaint:
    """Give a complaint about an expression the header of its column and the expression as the cell has it."""
    header = _header(row, complaint.column or "")
    made = str(complaint.details.get("expression", ""))
    if header is None or not made:
        return complaint
    details = dict(complaint.details)
    table = _TABLE.match(made) if complaint.column == "choice_filter" else None
    begin = table.end() if table else 0
    written = row[header].strip()
    code = complaint.code
    if "position" in details:
        before = made[begin : int(details["position"]) - 1]
        details["position"] = len(_PATH.sub(lambda path: f"${{{path['name']}}}", before)) + 1
        if int(details["position"]) > len(written):
            # What is out of place is the bracket that closes the filter around it.
            code = UNFINISHED
    return replace(complaint, code=code, column=header, details={**details, "expression": shortened(written, 200)})


def in_circle(complaint: Complaint, row: Mapping[str, str]) -> Complaint:
    """Give a complaint about a circle the column by which the question depends on others, and names for paths."""
    if complaint.code != CIRCLE:
        return complaint
    names = re.sub(r"/\S*/", "", str(complaint.details["path"]))
    headers = (_header(row, column) for column in ("calculation", "relevant"))
    column = next((header for header in headers if header and row[header].strip()), None)
    return replace(complaint, column=column, details={**complaint.details, "path": names})


def _header(row: Mapping[str, str], column: str) -> str | None:
    """Find the header under which a column stands: it has several spellings."""
    meant = aliases.survey_header.get(column)
    spellings = {name for name, target in aliases.survey_header.items() if target == meant} if meant else set()
    joined = "::".join(meant) if isinstance(meant, tuple) else ""
    return next((header for header in row if header.lower().replace(" ", "_") in {column, joined, *spellings}), None)
