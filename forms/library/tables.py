"""Tables as text: a line with one cell names a sheet, the lines below it are its header and its rows.

Cells that are left out at the end of a row are empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from forms.complaint import Complaint
from forms.errors import FormsError

Row = Mapping[str, str]
Sheets = Mapping[str, Sequence[Row]]
_PIPE = re.compile(r"(?<!\\)\|")


def read_tables(text: str) -> dict[str, list[dict[str, str]]]:
    """Read the tables of a text; cells are named by the header of their sheet, and empty ones are left out."""
    sheets: dict[str, list[dict[str, str]]] = {}
    name, header = "", None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("|"):
            continue
        cells = [cell.replace("\\|", "|").strip() for cell in _PIPE.split(line.strip()[1:-1])]
        if len(cells) == 1:
            name, header = cells[0], None
            sheets.setdefault(name, [])
        elif header is None:
            header = cells[1:]
        elif len(cells) > len(header) + 1:
            raise FormsError(Complaint("form", "form.library_row_long", details={"sheet": name, "line": number}))
        else:
            sheets[name].append({column: cell for column, cell in zip(header, cells[1:], strict=False) if cell})
    return sheets


def write_tables(sheets: Sheets, columns: Mapping[str, Sequence[str]]) -> str:
    """Write tables that have rows; the columns that any row has in this order, then further ones as they come."""
    return "\n".join(_written(name, rows, columns.get(name, ())) for name, rows in sheets.items() if rows)


def columns_in(rows: Sequence[Row], order: Sequence[str]) -> list[str]:
    """List the columns that rows have: the known ones in their order, then the others as they come."""
    met = list(dict.fromkeys(column for row in rows for column in row))
    return [*(column for column in order if column in met), *(column for column in met if column not in order)]


def _written(name: str, rows: Sequence[Row], order: Sequence[str]) -> str:
    header = columns_in(rows, order)
    lines = [header, *([row.get(column, "") for column in header] for row in rows)]
    return f"| {name} |\n" + "".join(f"| | {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
