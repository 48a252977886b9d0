"""Tables as CSV (RFC 4180): UTF-8, one file for each, no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, datetime, time

from forms.dataset.variables import Cell, Missing, Row, Schema, Table
from forms.dataset.writing import FileForEachTable, Telling, Wish

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_writer(schema: Schema, wish: Wish) -> FileForEachTable:
    """Open one CSV file for each table."""
    return FileForEachTable(schema, lambda table: _CsvFile(table, wish))


class _CsvFile:
    def __init__(self, table: Table, wish: Wish) -> None:
        encoding = "utf-8-sig" if wish.mark_bytes else "utf-8"
        self._file = (wish.folder / f"{table.name}.csv").open("w", encoding=encoding, newline="")
        self._writer = csv.writer(self._file, lineterminator="\r\n")
        self._writer.writerow([variable.name for variable in table.variables])

    def add(self, rows: Sequence[Row]) -> None:
        """Write some rows."""
        self._writer.writerows([[cell_text(cell) for cell in row] for row in rows])

    def close(self, tell: Telling) -> None:
        """Finish the file."""
        self._file.close()

    def abandon(self) -> None:
        """Let go of a file that will not be finished."""
        self._file.close()


def cell_text(cell: Cell) -> str | int | float:
    """Write a cell; whatever is missing is empty, and a text that begins like a formula gets an apostrophe."""
    if isinstance(cell, str):
        return "'" + cell if cell.startswith(FORMULA_STARTS) else cell
    if cell is None or isinstance(cell, Missing):
        return ""
    if isinstance(cell, date | time):
        return plain_moment(cell)
    return cell


def plain_moment(moment: date | time | datetime) -> str:
    """Write a date, a time, or a date and time in UTC."""
    return moment.isoformat().replace("+00:00", "Z")
