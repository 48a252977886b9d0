"""Where things stand in a workbook: the row of a question, of a choice, of a type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pyxform.xls2json_backends import DefinitionData

from forms.complaint import Complaint
from forms.workbook_cells import as_written, cell, in_circle
from forms.workbook_sheets import FIRST_ROW, HEADER_ROW

Rows = Sequence[Mapping[str, str]]
_BY_NAME = ("survey", {"name": "name"})
_BY_VALUE = ("survey", {"name": "value"})
_SOUGHT = {
    "workbook.no_label": _BY_NAME,
    "workbook.search_of_file": _BY_NAME,
    "workbook.search_shares_list": _BY_NAME,
    "workbook.big_image": _BY_NAME,
    "workbook.trigger_unseen": _BY_NAME,
    "workbook.repeat_name": _BY_VALUE,
    "workbook.name_twice": _BY_VALUE,
    "workbook.unknown_type": ("survey", {"type": "type"}),
    "workbook.choice_with_space": ("choices", {"list_name": "list", "name": "name"}),
}
"""Complaints that name no row: sheet and columns to look in, with the detail that each must hold."""
_PATTERNS = {
    "workbook.table_twice": r"(?<![\w.\-]){name}(?![\w\-])",
    "workbook.reference_ambiguous": r"\$\{{\s*{q}\s*\}}",
    "workbook.external_choices": r"^select[_ ]one[_ ]external\b",
    "workbook.include": r"^include$",
    "workbook.or_other_languages": r"\bor[ _](specify[ _])?other$",
}
"""Complaints that stand where a cell of the survey sheet is of this form."""
_PARAMETER = re.compile(r"([a-z][a-z-]*)\s*=")
_SETTINGS = {"xml.prefix_unknown": "namespaces"}
"""Complaints about the settings sheet, with their column."""


@dataclass(frozen=True)
class WorkbookRows:
    """The rows of the survey sheet by the path of their node in the XForm, and the rows of both sheets as they are."""

    by_path: Mapping[str, int]
    survey: Rows
    choices: Rows
    settings: Rows = ()
    sheets: Sequence[str] = ()
    """The names of all sheets of the file."""

    def locate(self, complaint: Complaint) -> Complaint:
        """Give a complaint its sheet and row, if they can be found."""
        if complaint.code == "workbook.reference_ambiguous":
            complaint = self._with_rows(complaint)
        if complaint.row is not None:
            return complaint
        if complaint.path in self.by_path:
            number = self.by_path[complaint.path]
            row = self.survey[number - FIRST_ROW]
            return _at(in_circle(as_written(complaint, row), row), "survey", number)
        if complaint.code in _SETTINGS:
            return replace(complaint, sheet="settings", row=HEADER_ROW, column=_SETTINGS[complaint.code])
        file = complaint.details.get("filename") or complaint.details.get("attachment")
        return self._naming(complaint, str(file)) if file else self._sought(complaint)

    def _with_rows(self, complaint: Complaint) -> Complaint:
        """Name the rows of all questions of one name."""
        name = str(complaint.details.get("q"))
        found = [str(number) for number, row in enumerate(self.survey, start=FIRST_ROW) if cell(row, "name") == name]
        return replace(complaint, details={**complaint.details, "rows": ", ".join(found) or "—"})

    def _sought(self, complaint: Complaint) -> Complaint:
        sheet, wanted = _SOUGHT.get(complaint.code, ("", {}))
        rows = self.choices if sheet == "choices" else self.survey
        if complaint.code in _PATTERNS:
            return self._matching(complaint)
        if complaint.column == "parameters":
            return self._with_parameter(complaint)
        for number, row in enumerate(rows, start=FIRST_ROW):
            if wanted and all(cell(row, name) == str(complaint.details.get(key)) for name, key in wanted.items()):
                return _at(complaint, sheet, number)
        return complaint

    def _matching(self, complaint: Complaint) -> Complaint:
        """Find the first cell that is of the complaint's form."""
        details = {key: re.escape(str(value)) for key, value in complaint.details.items()}
        pattern = re.compile(_PATTERNS[complaint.code].format(**details))
        for number, row in enumerate(self.survey, start=FIRST_ROW):
            header = next((header for header, text in row.items() if pattern.search(text.strip())), None)
            if header is not None:
                return replace(_at(complaint, "survey", number), column=header)
        return complaint

    def _with_parameter(self, complaint: Complaint) -> Complaint:
        """Find the row with a parameter that pyxform speaks of, or the audit if it speaks of that."""
        told = set(re.findall(r"[a-z][a-z-]*", str(complaint.details.get("reason", "")).lower()))
        for number, row in enumerate(self.survey, start=FIRST_ROW):
            given = set(_PARAMETER.findall(cell(row, "parameters")))
            if told & given or (cell(row, "type") == "audit" and "audit" in told):
                return _at(complaint, "survey", number)
        return complaint

    def _naming(self, complaint: Complaint, file: str) -> Complaint:
        """Find the first cell that names a file; rows of external tables have its name without the ending."""
        for number, row in enumerate(self.survey, start=FIRST_ROW):
            if cell(row, "type").endswith("-external") and cell(row, "name") == file.rpartition(".")[0]:
                return replace(_at(complaint, "survey", number), column="name")
            header = next((header for header, text in row.items() if file in text), None)
            if header is not None:
                return replace(_at(complaint, "survey", number), column=header)
        return complaint


def _at(complaint: Complaint, sheet: str, row: int) -> Complaint:
    return replace(complaint, sheet=sheet, row=row, details={**complaint.details, "row": row})


def rows_of(sheets: DefinitionData, root: str) -> WorkbookRows:
    """Index a workbook; groups and repeats make the paths."""
    survey: Rows = sheets.survey or ()
    others = (sheets.choices or (), sheets.settings or (), tuple(sheets.sheet_names or ()))
    return WorkbookRows(dict(_paths(survey, root)), survey, *others)


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
