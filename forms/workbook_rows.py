"""Where things stand in a workbook: the row of a question, of a choice, of a type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pyxform import aliases
from pyxform.xls2json_backends import DefinitionData

from forms.complaint import Complaint, shortened

FIRST_ROW = 2
"""The first row below the headers, as Excel counts."""
Rows = Sequence[Mapping[str, str]]
# What pyxform makes of ${name}: a path between two spaces.
_PATH = re.compile(r" (?:current\(\)/)?(?:(?:\.\./)+|/)(?:[\w.\-]+/)*(?P<name>[\w.\-]+) ")
_TABLE = re.compile(r"^(?:randomize\()?instance\('[^']*'\)/root/item\[")


@dataclass(frozen=True)
class WorkbookRows:
    """The rows of the survey sheet by the path of their node in the XForm, and the rows of both sheets as they are."""

    by_path: Mapping[str, int]
    survey: Rows
    choices: Rows

    def locate(self, complaint: Complaint) -> Complaint:
        """Give a complaint its sheet and row, if they can be found."""
        if complaint.row is not None:
            return complaint
        if complaint.path in self.by_path:
            number = self.by_path[complaint.path]
            return _at(_as_written(complaint, self.survey[number - FIRST_ROW]), "survey", number)
        details = complaint.details
        if complaint.code == "workbook.no_label":
            return self._found(complaint, "survey", self.survey, {"name": str(details.get("name", ""))})
        if complaint.code == "workbook.unknown_type":
            return self._found(complaint, "survey", self.survey, {"type": str(details.get("type", ""))})
        if complaint.code == "workbook.choice_with_space":
            wanted = {"list_name": str(details.get("list", "")), "name": str(details.get("name", ""))}
            return self._found(complaint, "choices", self.choices, wanted)
        return complaint

    def _found(self, complaint: Complaint, sheet: str, rows: Rows, wanted: Mapping[str, str]) -> Complaint:
        for number, row in enumerate(rows, start=FIRST_ROW):
            if all(cell(row, name) == text for name, text in wanted.items()):
                return _at(complaint, sheet, number)
        return complaint


def _at(complaint: Complaint, sheet: str, row: int) -> Complaint:
    return replace(complaint, sheet=sheet, row=row, details={**complaint.details, "row": row})


def cell(row: Mapping[str, str], name: str) -> str:
    """Give the text of a column, its header spelt with spaces or underscores."""
    return next((text.strip() for header, text in row.items() if header.replace(" ", "_").lower() == name), "")


def _as_written(complaint: Complaint, row: Mapping[str, str]) -> Complaint:
    """Give a complaint about an expression the header of its column and the expression as the cell has it."""
    header = _header(row, complaint.column or "")
    made = str(complaint.details.get("expression", ""))
    if header is None or not made:
        return complaint
    details = dict(complaint.details)
    table = _TABLE.match(made) if complaint.column == "choice_filter" else None
    begin = table.end() if table else 0
    if "position" in details:
        before = made[begin : int(details["position"]) - 1]
        details["position"] = len(_PATH.sub(lambda path: f"${{{path['name']}}}", before)) + 1
    return replace(complaint, column=header, details={**details, "expression": shortened(row[header].strip(), 200)})


def _header(row: Mapping[str, str], column: str) -> str | None:
    """Find the header under which a column stands: it has several spellings."""
    meant = aliases.survey_header.get(column)
    spellings = {name for name, target in aliases.survey_header.items() if target == meant} if meant else set()
    joined = "::".join(meant) if isinstance(meant, tuple) else ""
    return next((header for header in row if header.lower().replace(" ", "_") in {column, joined, *spellings}), None)


def rows_of(sheets: DefinitionData, root: str) -> WorkbookRows:
    """Index a workbook; groups and repeats make the paths."""
    survey: Rows = sheets.survey or ()
    return WorkbookRows(dict(_paths(survey, root)), survey, sheets.choices or ())


def _paths(survey: Rows, root: str) -> Iterator[tuple[str, int]]:
    around = [f"/{root}"]
    for number, row in enumerate(survey, start=FIRST_ROW):
        kind = cell(row, "type").replace("_", " ").lower()
        name = cell(row, "name")
        if kind.startswith("end ") and len(around) > 1:
            around.pop()
        elif kind.startswith("begin "):
            around.append(f"{around[-1]}/{name}")
            yield around[-1], number
        elif name:
            yield f"{around[-1]}/{name}", number
