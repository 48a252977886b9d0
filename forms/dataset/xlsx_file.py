"""Tables as one workbook, a sheet for each, written row by row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from forms.complaint import Complaint
from forms.dataset.csv_file import plain_moment
from forms.dataset.variables import Cell, Missing, Row, Rows, Schema, Table
from forms.dataset.writing import Telling, Wish
from forms.errors import FormsError

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

MOST_ROWS, MOST_COLUMNS, LONGEST_TEXT = 1_048_576, 16_384, 32_767
"""What a sheet and a cell hold, by the format."""
LONGEST_TITLE = 31
FIRST_YEAR = 1900
"""A workbook has no days before it."""
CUT = "…"


class XlsxWriter:
    """Write all tables into `dataset.xlsx`."""

    def __init__(self, schema: Schema, wish: Wish) -> None:
        from openpyxl import Workbook  # noqa: PLC0415 (half a second, which other formats need not wait for)

        self._book: Workbook = Workbook(write_only=True)
        self._path = wish.folder / "dataset.xlsx"
        self._sheets = {table.name: _Sheet(self._book, table) for table in schema.tables}

    def write(self, rows: Rows) -> None:
        """Write the rows of one interview."""
        for name, found in rows.items():
            self._sheets[name].add(found)

    def close(self, tell: Telling) -> None:
        """Finish the workbook."""
        self._book.save(self._path)

    def abandon(self) -> None:
        """Let go of the sheets, which the library lays down in temporary files."""
        sheets: list[Any] = list(self._book.worksheets)
        for sheet in sheets:
            sheet.close()
            sheet._writer.cleanup()  # the library has no other way to give an unfinished sheet up


class _Sheet:
    """One table; rows beyond what a sheet holds go on in a further one."""

    def __init__(self, book: Workbook, table: Table) -> None:
        if len(table.variables) > MOST_COLUMNS:
            details: dict[str, str | int] = {"table": table.name, "count": len(table.variables), "limit": MOST_COLUMNS}
            raise FormsError(Complaint("form", "dataset.columns_exceed", details=details))
        self._book = book
        self._names = [variable.name for variable in table.variables]
        self._title = table.name
        self._number = 0
        self._rows = 0
        self._sheet = self._next()

    def _next(self) -> WriteOnlyWorksheet:
        self._number += 1
        ending = f"_{self._number}" if self._number > 1 else ""
        sheet: WriteOnlyWorksheet = self._book.create_sheet(self._title[: LONGEST_TITLE - len(ending)] + ending)
        sheet.freeze_panes = "A2"
        sheet.append(self._names)
        self._rows = 1
        return sheet

    def add(self, rows: Sequence[Row]) -> None:
        """Write some rows."""
        for row in rows:
            if self._rows == MOST_ROWS:
                self._sheet = self._next()
            self._sheet.append([self._cell(cell) for cell in row])
            self._rows += 1

    def _cell(self, cell: Cell) -> Any:
        if isinstance(cell, str):
            return self._text(cell)
        if isinstance(cell, datetime):
            return self._moment(cell.replace(tzinfo=None), cell)
        if isinstance(cell, date):
            return self._moment(cell, cell)
        return None if isinstance(cell, Missing) else cell

    def _moment(self, shown: date, sent: date) -> Any:
        return shown if shown.year >= FIRST_YEAR else plain_moment(sent)

    def _text(self, text: str) -> Any:
        """Write a text as a text: what begins with = is no formula, what is too long for a cell ends in an ellipsis."""
        shown = text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + CUT
        if not shown.startswith("="):
            return shown
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 (as above)

        cell = WriteOnlyCell(self._sheet, shown)
        cell.data_type = "s"
        return cell
