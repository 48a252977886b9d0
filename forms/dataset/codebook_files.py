"""The codebook as files: JSON for programs, a workbook and Markdown for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from forms.dataset.codebook import COLUMNS, VALUE_COLUMNS, Codebook, line, value_lines

WITHHELD_COLUMNS = ("table", "name", "path", "personal", "treatment")
READ_COLUMNS = (
    "name",
    "label_zh",
    "label_en",
    "type",
    "values",
    "valid",
    "not_asked",
    "not_answered",
    "lowest",
    "highest",
)
"""What the Markdown shows, which people read."""
_PLACES = [COLUMNS.index(name) for name in READ_COLUMNS]


def write_codebook(book: Codebook, folder: Path) -> None:
    """Write `codebook.json`, `codebook.xlsx` and `codebook.md` into a folder."""
    written = json.dumps(book.content, ensure_ascii=False, indent=1)
    (folder / "codebook.json").write_text(written + "\n", encoding="utf-8")
    (folder / "codebook.md").write_text(_markdown(book), encoding="utf-8")
    _write_workbook(book, folder / "codebook.xlsx")


def _write_workbook(book: Codebook, path: Path) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 (half a second, which a check of forms need not wait for)
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    workbook = Workbook(write_only=True)
    for title, header, rows in _sheets(book):
        sheet = workbook.create_sheet(title)
        sheet.freeze_panes = "A2"
        sheet.append(list(header))
        for row in rows:
            cells = [WriteOnlyCell(sheet, value) for value in row]
            for cell in cells:
                if isinstance(cell.value, str):
                    cell.data_type = "s"  # a label that begins with = is no formula
            sheet.append(cells)
    workbook.save(path)


def _sheets(book: Codebook) -> Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]:
    yield "variables", COLUMNS, (line(entry) for entry in book.variables)
    yield "values", VALUE_COLUMNS, (row for entry in book.variables for row in value_lines(entry))
    yield "withheld", WITHHELD_COLUMNS, ([entry[name] for name in WITHHELD_COLUMNS] for entry in book.withheld)


def _markdown(book: Codebook) -> str:
    lines = [f"# {book.content['title']} (`{book.content['form_id']}`)"]
    for table in book.content["tables"]:
        lines += ["", f"## {table['name']}: {table['rows']}", "", *_head(READ_COLUMNS)]
        entries = [line(entry) for entry in book.variables if entry["table"] == table["name"]]
        lines += [_row([entry[place] for place in _PLACES]) for entry in entries]
    if book.withheld:
        lines += ["", "## withheld", "", *_head(WITHHELD_COLUMNS)]
        lines += [_row([entry[name] for name in WITHHELD_COLUMNS]) for entry in book.withheld]
    return "\n".join(lines) + "\n"


def _head(columns: Sequence[str]) -> list[str]:
    return [_row(columns), "|" + "---|" * len(columns)]


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split()).replace("\\", "\\\\").replace("|", "\\|")
