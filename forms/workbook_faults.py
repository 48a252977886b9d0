"""The faults of a workbook that pyxform has not come to: it stops at the first, people want to see all of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from pyxform import aliases
from pyxform.parsing.expression import is_xml_tag
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.xls2json import RE_BEGIN_CONTROL, RE_END_CONTROL, RE_OSM, RE_SELECT

from forms.complaint import Complaint
from forms.workbook_cells import cell
from forms.workbook_rows import WorkbookRows
from forms.workbook_sheets import FIRST_ROW

_REFERENCE = re.compile(r"\$\{\s*(?:last-saved#)?([^{}\s]+)\s*\}")
MAX_CHOICES = 10_000_000
_NO_NAME_WANTED = frozenset({"note", "audit"})
_TYPES = frozenset({*QUESTION_TYPE_DICT, *aliases.settings_header, "include"})


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


def further_faults(rows: WorkbookRows) -> Iterator[Complaint]:
    """Give what is surely wrong in the rows of the survey sheet: types, lists, names, references."""
    lists = {cell(row, "list_name") or cell(row, "list name") for row in rows.choices}
    names = {cell(row, "name") for row in rows.survey}
    around: list[set[str]] = [set()]
    for number, row in enumerate(rows.survey, start=FIRST_ROW):
        kind = cell(row, "type")
        if not kind:
            continue
        if RE_END_CONTROL.search(kind):
            around = around[:-1] or [set()]
            continue
        begins = RE_BEGIN_CONTROL.search(kind) is not None
        if not begins:
            yield from _type_faults(kind, lists, number)
        yield from _name_faults(cell(row, "name"), kind, around[-1], number)
        yield from _reference_faults(row, names, number)
        if begins:
            around.append(set())


def _type_faults(kind: str, lists: set[str], row: int) -> Iterator[Complaint]:
    select = RE_SELECT.search(kind)
    if select is None:
        if kind not in _TYPES and not RE_OSM.match(kind):
            yield _fault("workbook.unknown_type", row, "type", type=kind)
    elif select["select_command"] not in aliases.select_from_file and "external" not in select["select_command"]:
        wanted = select["list_name"]
        if wanted not in lists and not wanted.startswith("${"):
            yield _fault("workbook.list_missing", row, "type", list=wanted)


def _name_faults(name: str, kind: str, beside: set[str], row: int) -> Iterator[Complaint]:
    if not name:
        if kind not in _NO_NAME_WANTED:
            yield _fault("workbook.no_name", row, "name")
    elif not is_xml_tag(name):
        yield _fault("workbook.bad_name", row, "name", value=name)
    elif name in beside:
        yield _fault("workbook.name_twice", row, "name", value=name)
    beside.add(name)


def _reference_faults(row: Mapping[str, str], names: set[str], number: int) -> Iterator[Complaint]:
    for header, text in row.items():
        for wanted in dict.fromkeys(_REFERENCE.findall(text)):
            if wanted not in names:
                yield _fault("workbook.reference_unknown", number, header, q=wanted)


def _fault(code: str, row: int, column: str, **details: str | int) -> Complaint:
    return Complaint("form", code, details={**details, "row": row}, sheet="survey", row=row, column=column)
