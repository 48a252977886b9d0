"""Result rows as files for people: JSON, CSV, XLSX with real numbers, Markdown."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from rich.cells import cell_len

from evalsvc.results.notes import Note, notes
from evalsvc.results.numerals import P_VALUE, figure, number_format
from sampling.estimate import Results

COLUMNS = (
    "id",
    "variable",
    "level",
    "domain",
    "p",
    "estimate",
    "se",
    "cv",
    "low",
    "high",
    "df",
    "n",
    "n_effective",
    "deff",
    "statistic",
    "p_value",
    "threshold",
    "bound",
    "verdict",
    "flags",
    "reason",
)
OPTIONAL = ("df_numerator",)
"""Columns that stand last, and only where some row has a value."""
ALWAYS = frozenset({"id", "estimate", "low", "high"})
"""Columns that the Markdown table, which people read, shows even where no row has a value; it leaves out the others."""
FAMILY_COLUMNS = ("id", "verdicts", "passed", "failed", "undecided", "alpha", "adjust", "expected_wrong", "any_wrong")
"""Columns of the verdicts by statement: a sheet of its own, a second Markdown table."""
STATED = frozenset({"p", "threshold", "alpha", "expected_wrong", "any_wrong"})
"""Columns of numbers that a plan states, or that follow from them: shown as they are."""
NOTE_COLUMNS = ("kind", "name", "说明", "meaning")
NOTES_SHEET = "说明 notes"
WIDEST, WIDEST_NOTE = 40, 80
"""Widths of columns in a workbook, in signs; longer notes are broken."""
Cell = str | int | float | None


def write_results(results: Results, ending: str) -> bytes:
    """Write the rows in the format of a file name's ending.

    Raises
    ------
    KeyError
        For an ending that is not among ENDINGS.
    """
    return ENDINGS[ending](results)


def _cells(row: Mapping[str, Any]) -> dict[str, Cell]:
    """Flatten a row: the domain as `column=value`, the threshold as its value, flags in one text."""
    flat = dict(row)
    flat["domain"] = "; ".join(f"{name}={value}" for name, value in row["domain"].items())
    flat["threshold"] = None if row["threshold"] is None else row["threshold"]["value"]
    flat["flags"] = " ".join(row["flags"])
    return flat


def _rows(results: Results) -> list[dict[str, Cell]]:
    return [_cells(row.as_json()) | {"cv": row.cv} for row in results.rows]


def _families(results: Results) -> list[dict[str, Cell]]:
    """Give the statements with several verdicts, and those whose plan asked for them."""
    told = [family for family in results.families if family.asked or family.verdicts > 1]
    return [{name: getattr(family, name) for name in FAMILY_COLUMNS} for family in told]


def _notes(results: Results, columns: Sequence[str]) -> list[Note]:
    """Explain all that occurs in the tables: columns, flags, reasons."""
    told = [*columns, *(name for name in FAMILY_COLUMNS if _families(results) and name not in columns)]
    return notes(results.rows, told)


def _columns(rows: list[dict[str, Cell]]) -> list[str]:
    return [*COLUMNS, *(name for name in OPTIONAL if _anywhere(rows, name))]


def _anywhere(rows: list[dict[str, Cell]], name: str) -> bool:
    return any(row.get(name) not in (None, "") for row in rows)


def _csv(results: Results) -> bytes:
    """Write CSV with a byte order mark, which table programs need to read Chinese."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    rows = _rows(results)
    columns = _columns(rows)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if row.get(name) is None else row[name] for name in columns])
    return buffer.getvalue().encode("utf-8-sig")


def _xlsx(results: Results) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    rows = _rows(results)
    columns = _columns(rows)
    _add_sheet(book, "results", columns, rows)
    if families := _families(results):
        _add_sheet(book, "families", FAMILY_COLUMNS, families)
    _add_notes(book, _notes(results, columns))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _add_sheet(book: Workbook, name: str, columns: Sequence[str], rows: Sequence[Mapping[str, Cell]]) -> Worksheet:
    sheet: Worksheet = book.create_sheet(name)
    sheet.append(list(columns))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append([row.get(column) for column in columns])
    sheet.freeze_panes = "B2"
    for place, cells in enumerate(sheet.iter_cols(min_row=2), start=1):
        head = columns[place - 1]
        for cell in cells:
            _set_format(cell, head)
        widths = [cell_len(head), *(_shown_width(cell) for cell in cells)]
        sheet.column_dimensions[get_column_letter(place)].width = min(WIDEST, max(widths)) + 2
    return sheet


def _set_format(cell: SheetCell | MergedCell, column: str) -> None:
    """Show a number as people read it; the cell itself keeps all its digits."""
    if isinstance(cell.value, str):
        cell.data_type = "s"  # a text that begins with = is no formula
    elif isinstance(cell.value, int | float) and column not in STATED:
        cell.number_format = P_VALUE if column == "p_value" else number_format(cell.value)


def _shown_width(cell: SheetCell | MergedCell) -> int:
    return cell_len(figure(cell.value) if isinstance(cell.value, int | float) else str(cell.value or ""))


def _add_notes(book: Workbook, told: Sequence[Note]) -> None:
    rows = [dict(zip(NOTE_COLUMNS, (note.kind, note.name, note.zh, note.en), strict=True)) for note in told]
    sheet = _add_sheet(book, NOTES_SHEET, NOTE_COLUMNS, rows)
    for letter in "CD":
        sheet.column_dimensions[letter].width = WIDEST_NOTE
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _markdown(results: Results) -> bytes:
    rows = _rows(results)
    columns = [name for name in _columns(rows) if name in ALWAYS or _anywhere(rows, name)]
    lines = _table(columns, rows)
    if families := _families(results):
        lines += ["", *_table(FAMILY_COLUMNS, families)]
    lines += ["", *(f"- `{note.name}`: {note.zh} / {note.en}" for note in _notes(results, columns))]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, Cell]]) -> list[str]:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return lines + ["| " + " | ".join(_plain(row.get(name)) for name in columns) + " |" for row in rows]


def _plain(value: Cell) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value).replace("|", "\\|")


def _json(results: Results) -> bytes:
    return results.to_json().encode("utf-8")


ENDINGS: Mapping[str, Callable[[Results], bytes]] = {".json": _json, ".csv": _csv, ".xlsx": _xlsx, ".md": _markdown}
