"""The forms that come with the project, as text that reads well in a difference; institutes edit them in Excel."""

from __future__ import annotations

import io
import re
from importlib.resources import files

NAMES = ("household",)
_PIPE = re.compile(r"(?<!\\)\|")


def text_of(name: str) -> bytes:
    """Give a shipped form as an XLSForm in text form."""
    if name not in NAMES:
        raise KeyError(name)
    return files(__name__).joinpath(f"{name}.md").read_bytes()


def workbook_bytes(name: str) -> bytes:
    """Give a shipped form as a workbook to edit in Excel."""
    import openpyxl  # noqa: PLC0415 (half a second, which the text needs not)
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for sheet_name, rows in _tables(text_of(name).decode("utf-8")).items():
        sheet = workbook.create_sheet(sheet_name)
        for row in rows:
            sheet.append(row)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            sheet.column_dimensions[cell.column_letter].width = 14 if cell.column < 3 else 26
        sheet.freeze_panes = "C2"
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _tables(text: str) -> dict[str, list[list[str | None]]]:
    """Read the tables: a line with one cell names a sheet, the others are its rows."""
    sheets: dict[str, list[list[str | None]]] = {}
    current: list[list[str | None]] = []
    for line in text.splitlines():
        if not line.startswith("|"):
            continue
        cells = [cell.replace("\\|", "|").strip() for cell in _PIPE.split(line.strip().strip("|"))]
        if len(cells) == 1:
            current = sheets.setdefault(cells[0], [])
        else:
            current.append([cell or None for cell in cells[1:]])
    return sheets
