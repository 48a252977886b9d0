"""Where things stand in a workbook: the row of a question, of a choice, of a type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pyxform.xls2json_backends import DefinitionData

from forms.complaint import Complaint

FIRST_ROW = 2
"""The first row below the headers, as Excel counts."""
Rows = Sequence[Mapping[str, str]]


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
            return _at(complaint, "survey", self.by_path[complaint.path])
        details = complaint.details
        if complaint.code == "workbook.unknown_type":
            return self._found(complaint, "survey", self.survey, {"type": str(details.get("type", ""))})
        if complaint.code == "workbook.choice_with_space":
            wanted = {"list_name": str(details.get("list", "")), "name": str(details.get("name", ""))}
            return self._found(complaint, "choices", self.choices, wanted)
        return complaint

    def _found(self, complaint: Complaint, sheet: str, rows: Rows, wanted: Mapping[str, str]) -> Complaint:
        for number, row in enumerate(rows, start=FIRST_ROW):
            if all(_cell(row, name) == text for name, text in wanted.items()):
                return _at(complaint, sheet, number)
        return complaint


def _at(complaint: Complaint, sheet: str, row: int) -> Complaint:
    return replace(complaint, sheet=sheet, row=row, details={**complaint.details, "row": row})


def _cell(row: Mapping[str, str], name: str) -> str:
    return next((text.strip() for header, text in row.items() if header.replace(" ", "_").lower() == name), "")


def rows_of(sheets: DefinitionData, root: str) -> WorkbookRows:
    """Index a workbook; groups and repeats make the paths."""
    survey: Rows = sheets.survey or ()
    return WorkbookRows(dict(_paths(survey, root)), survey, sheets.choices or ())


def _paths(survey: Rows, root: str) -> Iterator[tuple[str, int]]:
    around = [f"/{root}"]
    for number, row in enumerate(survey, start=FIRST_ROW):
        kind = _cell(row, "type").replace("_", " ").lower()
        name = _cell(row, "name")
        if kind.startswith("end ") and len(around) > 1:
            around.pop()
        elif kind.startswith("begin "):
            around.append(f"{around[-1]}/{name}")
            yield around[-1], number
        elif name:
            yield f"{around[-1]}/{name}", number
