"""The sheets of Excel files, old (.xls) and new (.xlsx), read cell by cell within bounds.

What a cell means as text, and where a sheet ends, is pyxform's: only the bounds are ours. A small file can unpack to a
sheet of a million columns, or name one long text in every cell.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import openpyxl
import xlrd
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import (
    get_excel_column_headers,
    get_excel_rows,
    is_empty,
    xls_value_to_unicode,
    xlsx_value_to_str,
)

from forms.complaint import Complaint

# Fonts and dates of properties that it does not know are no matter of forms.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")
HEADER_ROW = 1
FIRST_ROW = 2
"""The first row below the headers, as Excel counts."""
MAX_ROWS = {"survey": 10_000, "choices": 50_000, "external_choices": 50_000}
MAX_OTHER_ROWS = 1_000
MAX_COLUMNS = 1_000
MAX_CELL_LENGTH = 32_767
"""The longest text that Excel keeps in a cell."""
MAX_TEXT = 50_000_000
"""Characters of all cells together."""
DOUBLE_HEADER = "Duplicate column header:"
"""How pyxform begins to say that a header stands twice."""


class RefusedError(Exception):
    """A file that is not read as a workbook; the complaint says why."""

    def __init__(self, complaint: Complaint) -> None:
        self.complaint = complaint
        super().__init__(complaint.code)


@dataclass
class _Budget:
    """The characters that may still be read."""

    left: int = MAX_TEXT

    def take(self, text: str, sheet: str, row: int, column: str) -> str:
        """Count a text off; refuse one that is too long for a cell, and the one that is too much."""
        if len(text) > MAX_CELL_LENGTH:
            raise RefusedError(_at("workbook.long_cell", sheet, row, column, limit=MAX_CELL_LENGTH))
        self.left -= len(text)
        if self.left < 0:
            raise RefusedError(_at("workbook.too_much_text", sheet, row, column, limit=MAX_TEXT))
        return text


@dataclass(frozen=True)
class _Sheet:
    """A sheet of either sort: the cells of its first row, those below in so many columns, a cell's value as text."""

    header: Iterable[Any]
    below: Callable[[int], Iterator[Sequence[Any]]]
    written: Callable[[Any], str]


def new_sheets(data: bytes) -> dict[str, Any]:
    """Read the sheets of a form from an .xlsx file, as pyxform wants them."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)

    def sheet(name: str) -> _Sheet:
        cells = book[name]
        header = next(cells.iter_rows(max_row=1, max_col=MAX_COLUMNS + 1), ())
        return _Sheet(header, lambda columns: cells.iter_rows(min_row=2, max_col=columns), _new_text)

    try:
        return _form(book.sheetnames, sheet)
    finally:
        book.close()


def old_sheets(data: bytes) -> dict[str, Any]:
    """Read the sheets of a form from an .xls file, as pyxform wants them."""
    book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), on_demand=True)

    def text(cell: Any) -> str:
        return str(xls_value_to_unicode(_stripped(cell.value), cell.ctype, book.datemode))

    def sheet(name: str) -> _Sheet:
        cells = book.sheet_by_name(name)
        header = cells.row(0) if cells.nrows else ()
        return _Sheet(header, lambda columns: (cells.row_slice(n, 0, columns) for n in range(1, cells.nrows)), text)

    try:
        return _form(book.sheet_names(), sheet)
    finally:
        book.release_resources()


def refuse_table(sheet: str, rows: Sequence[Mapping[str | None, str]]) -> None:
    """Refuse a sheet that was read already (from a text) if it has too many rows or too long texts."""
    limit = MAX_ROWS.get(sheet, MAX_OTHER_ROWS)
    if len(rows) > limit:
        raise RefusedError(_at("workbook.too_many_rows", sheet, None, None, limit=limit))
    for number, row in enumerate(rows, start=FIRST_ROW):
        for column, text in row.items():
            if column is None:
                raise RefusedError(_at("workbook.cell_without_header", sheet, number, None))
            if len(text) > MAX_CELL_LENGTH:
                raise RefusedError(_at("workbook.long_cell", sheet, number, column, limit=MAX_CELL_LENGTH))


def _form(names: list[str], sheet: Callable[[str], _Sheet]) -> dict[str, Any]:
    budget = _Budget()
    form: dict[str, Any] = {"sheet_names": names}
    for name in names:
        known = name.lower() in SHEETS
        if known or len(names) == 1:
            key = name.lower() if known else SHEETS[0]
            form[key], form[f"{key}_header"] = _table(sheet(name), key, budget)
    return form


def _table(sheet: _Sheet, key: str, budget: _Budget) -> tuple[list[dict[str, Any]], list[dict[str, None]]]:
    headers = _headers(sheet.header, key, budget)

    def cell(each: Any, row: int, column: str) -> str | None:
        value = _stripped(each.value)
        if is_empty(value):
            return None
        try:
            text = sheet.written(each)
        except xlrd.xldate.XLDateError as problem:
            raise RefusedError(_at("workbook.date", key, row + FIRST_ROW, column)) from problem
        return budget.take(text, key, row + FIRST_ROW, column)

    rows = get_excel_rows(headers, _within(sheet.below(len(headers)) if headers else iter(()), key), cell)
    return rows, [{name: None for name in headers if name is not None}]


def _headers(cells: Iterable[Any], key: str, budget: _Budget) -> list[str | None]:
    first = list(islice((cell.value for cell in cells), MAX_COLUMNS + 1))
    if len(first) > MAX_COLUMNS and first[-1] is not None:
        raise RefusedError(_at("workbook.too_many_columns", key, HEADER_ROW, None, limit=MAX_COLUMNS))
    written = [None if is_empty(each) else budget.take(str(each), key, HEADER_ROW, str(each)[:40]) for each in first]
    try:
        return list(get_excel_column_headers(written))
    except PyXFormError as problem:
        header = str(problem).removeprefix(DOUBLE_HEADER).strip()
        raise RefusedError(_at("workbook.header_twice", key, HEADER_ROW, header, header=header)) from problem


def _within(rows: Iterable[Sequence[Any]], key: str) -> Iterator[Sequence[Any]]:
    """Give the rows below the header; refuse the sheet at the first row that is too many."""
    limit = MAX_ROWS.get(key, MAX_OTHER_ROWS)
    filled = 0
    for row in rows:
        filled += any(not is_empty(cell.value) for cell in row)
        if filled > limit:
            raise RefusedError(_at("workbook.too_many_rows", key, None, None, limit=limit))
        yield row


def _new_text(cell: Any) -> str:
    return str(xlsx_value_to_str(_stripped(cell.value)))


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _at(code: str, sheet: str, row: int | None, column: str | None, **details: str | int) -> Complaint:
    return Complaint("form", code, "", details, sheet, row, column)
