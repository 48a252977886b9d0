"""Result rows as files for people: JSON, CSV, XLSX with real numbers, Markdown."""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from sampling.estimate import Results

COLUMNS = (
    "id",
    "variable",
    "level",
    "domain",
    "p",
    "estimate",
    "se",
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
HIDDEN = frozenset({"p", "statistic", "p_value", "threshold", "flags"})
SHOWN = tuple(name for name in COLUMNS if name not in HIDDEN)
"""Columns of the Markdown table, which people read."""
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
    return [_cells(row.as_json()) for row in results.rows]


def _csv(results: Results) -> bytes:
    """Write CSV with a byte order mark, which table programs need to read Chinese."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(results):
        writer.writerow(["" if row[name] is None else row[name] for name in COLUMNS])
    return buffer.getvalue().encode("utf-8-sig")


def _xlsx(results: Results) -> bytes:
    book = Workbook()
    sheet = book.create_sheet("results", 0)
    book.remove(book.worksheets[1])
    sheet.append(COLUMNS)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in _rows(results):
        sheet.append([row[name] for name in COLUMNS])
    sheet.freeze_panes = "B2"
    for cells in sheet.iter_rows(min_row=2):
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text that begins with = is no formula
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _markdown(results: Results) -> bytes:
    lines = ["| " + " | ".join(SHOWN) + " |", "|" + "---|" * len(SHOWN)]
    lines += ["| " + " | ".join(_plain(row[name]) for name in SHOWN) + " |" for row in _rows(results)]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _plain(value: Cell) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value).replace("|", "\\|")


def _json(results: Results) -> bytes:
    return results.to_json().encode("utf-8")


ENDINGS: Mapping[str, Callable[[Results], bytes]] = {".json": _json, ".csv": _csv, ".xlsx": _xlsx, ".md": _markdown}
