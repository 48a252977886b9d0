"""The faults of a workbook that pyxform has not come to: it stops at the first, people want to see all of them.

What follows from another fault is left out where that one is named: a reference to a question whose own row has lost
its name is no second mistake.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pyxform import aliases
from pyxform.parsing.expression import is_xml_tag
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.xls2json import RE_BEGIN_CONTROL, RE_END_CONTROL, RE_OSM, RE_SELECT

from forms.complaint import Complaint
from forms.filters import filter_columns
from forms.nearest import NONE, name_meant
from forms.workbook_cells import cell
from forms.workbook_nearest import SHEETS, sheet_meant, type_meant
from forms.workbook_rows import WorkbookRows
from forms.workbook_sheets import FIRST_ROW

_REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^{}\s]+)\s*\}")
MAX_CHOICES = 10_000_000
_NO_NAME_WANTED = frozenset({"note", "audit"})
_TYPES = frozenset({*QUESTION_TYPE_DICT, *aliases.settings_header, "include"})
_NAMELESS = frozenset({"workbook.no_name", "workbook.name_twice", "workbook.bad_name"})
"""Faults of rows that others may refer to by the name that they should have."""


def too_many_choices(rows: WorkbookRows) -> Iterator[Complaint]:
    """Find the question with which the choices of all questions become too many: pyxform goes through all of them."""
    lengths = Counter(cell(row, "list_name") for row in rows.choices)
    total = 0
    for number, row in enumerate(rows.survey, start=FIRST_ROW):
        select = RE_SELECT.search(cell(row, "type"))
        total += lengths[select["list_name"]] if select else 0
        if total > MAX_CHOICES:
            yield _fault("workbook.too_many_choices", number, "type", limit=MAX_CHOICES)
            return


def further_faults(rows: WorkbookRows) -> list[Complaint]:
    """Give what is surely wrong in the rows of a workbook: sheets, types, lists, names, filters, references."""
    own = _Survey(rows)
    if not (own.has("type") and own.has("name")):
        # Everything else would follow from the column that is missing.
        return list(_choice_faults(rows))
    found = [*own.faults(), *_choice_faults(rows)]
    nameless = [each for each in found if each.code in _NAMELESS]
    unknown = own.unknown_references()
    counted = Counter(str(each.details["q"]) for each in unknown if each.details["meant"] == NONE)
    # Of the names that are like no other, those that most rows miss are the ones that the nameless rows would have.
    lost = counted.most_common(len(nameless))
    told = [_lost(name, number, nameless) for name, number in lost]
    return [*found, *told, *(each for each in unknown if each.details["q"] not in dict(lost))]


def _lost(name: str, count: int, nameless: list[Complaint]) -> Complaint:
    rows = ", ".join(str(each.row) for each in nameless)
    return _fault("workbook.reference_lost", nameless[0].row or FIRST_ROW, "name", q=name, count=count, rows=rows)


def misnamed_sheets(rows: WorkbookRows) -> Iterator[Complaint]:
    """Find the sheets that are there under another name: what stands on them has no effect."""
    for wanted, there in (("survey", rows.survey), ("choices", rows.choices), ("settings", rows.settings)):
        known = {name.strip().lower() for name in rows.sheets} & set(SHEETS)
        others = [name for name in rows.sheets if name.strip().lower() not in SHEETS]
        meant = None if there or wanted in known else sheet_meant(wanted, others)
        if meant is not None:
            details = {"sheet": wanted, "candidates": meant}
            yield Complaint("form", "workbook.sheet_misspelt", details=details, sheet=meant, severity="warning")


def _choice_faults(rows: WorkbookRows) -> Iterator[Complaint]:
    """Find values that stand in a list twice, where the settings do not allow it, and rows without a value."""
    allowed = any(aliases.yes_no.get(cell(row, "allow_choice_duplicates")) for row in rows.settings)
    first: dict[tuple[str, str], int] = {}
    for number, row in enumerate(rows.choices, start=FIRST_ROW):
        own, value = cell(row, "list_name"), cell(row, "name") or cell(row, "value")
        if own and value and (own, value) in first and not allowed:
            details: dict[str, str | int] = {"value": value, "list": own, "other": first[own, value], "row": number}
            yield Complaint("form", "workbook.choice_name_twice", "", details, "choices", number, "name")
        first.setdefault((own, value), number)


@dataclass
class _Survey:
    """The survey sheet, row by row."""

    rows: WorkbookRows
    lists: dict[str, set[str]] = field(default_factory=dict)
    """Columns that hold something, by the name of the list."""

    def __post_init__(self) -> None:
        for row in self.rows.choices:
            columns = {header for header, text in row.items() if text.strip()}
            self.lists.setdefault(cell(row, "list_name"), set()).update(columns)

    def has(self, column: str) -> bool:
        """Tell whether anything stands in a column."""
        return any(cell(row, column) for row in self.rows.survey)

    def faults(self) -> Iterator[Complaint]:
        """Give the faults of types, names and filters."""
        around: list[dict[str, int]] = [{}]
        for number, row in enumerate(self.rows.survey, start=FIRST_ROW):
            kind = cell(row, "type")
            if not kind:
                continue
            if RE_END_CONTROL.search(kind):
                around = around[:-1] or [{}]
                continue
            begins = RE_BEGIN_CONTROL.search(kind) is not None
            if not begins:
                yield from self._type_faults(kind, row, number)
            yield from _name_faults(cell(row, "name"), kind, around[-1], number)
            if begins:
                around.append({})

    def unknown_references(self) -> list[Complaint]:
        """Give the references to questions that no row has."""
        names = {cell(row, "name") for row in self.rows.survey}
        good = set(filter(is_xml_tag, names))
        return [
            _fault("workbook.reference_unknown", number, header, q=wanted, meant=name_meant(wanted, good))
            for number, row in enumerate(self.rows.survey, start=FIRST_ROW)
            for header, text in row.items()
            for wanted in dict.fromkeys(_REFERENCE.findall(text))
            if wanted not in names
        ]

    def _type_faults(self, kind: str, row: Mapping[str, str], number: int) -> Iterator[Complaint]:
        select = RE_SELECT.search(kind)
        if select is None:
            if kind not in _TYPES and not RE_OSM.match(kind):
                yield _fault("workbook.unknown_type", number, "type", type=kind, meant=type_meant(kind, _TYPES))
        elif select["select_command"] not in aliases.select_from_file and "external" not in select["select_command"]:
            wanted = select["list_name"]
            # Without any lists it is not this one that is missing.
            if wanted not in self.lists and self.lists.keys() - {""} and not wanted.startswith("${"):
                meant = name_meant(wanted, self.lists.keys() - {""})
                yield _fault("workbook.list_missing", number, "type", list=wanted, meant=meant)
            yield from self._filter_faults(cell(row, "choice_filter"), wanted, number)

    def _filter_faults(self, written: str, wanted: str, number: int) -> Iterator[Complaint]:
        columns = self.lists.get(wanted)
        if not written or columns is None:
            return
        plain = _REFERENCE.sub("''", written)
        for name in sorted(filter_columns(f"instance('x')/root/item[{plain}]") - columns):
            yield _fault("form.filter_column", number, "choice_filter", "warning", name=name, list=wanted)


def _name_faults(name: str, kind: str, beside: dict[str, int], row: int) -> Iterator[Complaint]:
    if not name:
        if kind not in _NO_NAME_WANTED:
            yield _fault("workbook.no_name", row, "name")
        return
    if not is_xml_tag(name):
        yield _fault("workbook.bad_name", row, "name", value=name)
    elif name in beside:
        yield _fault("workbook.name_twice", row, "name", value=name, other=beside[name])
    elif not name.isascii():
        yield _fault("workbook.name_not_latin", row, "name", "warning", value=name)
    beside.setdefault(name, row)


def _fault(code: str, row: int, column: str, severity: str = "error", **details: str | int) -> Complaint:
    return Complaint(
        "form", code, "", {**details, "row": row}, "survey", row, column, "error" if severity == "error" else "warning"
    )  # fmt: skip
