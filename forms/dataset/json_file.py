"""Tables as JSON lines: one object for each row, numbers as numbers, null for what is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, time

from forms.dataset.csv_file import plain_moment
from forms.dataset.variables import Cell, Missing, Row, Schema, Table
from forms.dataset.writing import FileForEachTable, Telling, Wish


def json_writer(schema: Schema, wish: Wish) -> FileForEachTable:
    """Open one file for each table."""
    return FileForEachTable(schema, lambda table: _JsonFile(table, wish))


class _JsonFile:
    def __init__(self, table: Table, wish: Wish) -> None:
        self._names = [variable.name for variable in table.variables]
        self._file = (wish.folder / f"{table.name}.jsonl").open("w", encoding="utf-8", newline="\n")

    def add(self, rows: Sequence[Row]) -> None:
        """Write some rows."""
        objects = (json_object(self._names, row) for row in rows)
        self._file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in objects)

    def close(self, tell: Telling) -> None:
        """Finish the file."""
        self._file.close()

    def abandon(self) -> None:
        """Let go of a file that will not be finished."""
        self._file.close()


def json_object(names: Sequence[str], row: Row) -> Mapping[str, str | int | float | None]:
    """Give a row as JSON has it."""
    return {name: json_value(cell) for name, cell in zip(names, row, strict=True)}


def json_value(cell: Cell) -> str | int | float | None:
    """Give a cell as JSON has it."""
    if isinstance(cell, date | time):
        return plain_moment(cell)
    return None if isinstance(cell, Missing) else cell
