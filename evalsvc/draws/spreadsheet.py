"""Write tables that people open in a spreadsheet: CSV with a byte order mark, XLSX; text stays text."""

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
WIDEST = 40
"""Characters of the widest column."""


def table_as_csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Write a table as CSV with a byte order mark, which Excel needs to read Chinese."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([[_harmless(value) for value in row] for row in rows])
    return buffer.getvalue().encode("utf-8-sig")


def table_as_xlsx(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Write a table as a workbook; every cell is text, so that codes keep their leading zeros."""
    from openpyxl import Workbook  # noqa: PLC0415 (half a second, which a server that starts need not wait for)
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place in range(len(header)):
        widest = max((_width(row[place]) for row in (header, *rows)), default=0)
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(WIDEST, widest + 2)
    sheet.append([_text_cell(sheet, name, bold=True) for name in header])
    for row in rows:
        sheet.append([_text_cell(sheet, value) for value in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _width(text: str) -> int:
    """Count places: a Chinese character takes two."""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)


def _text_cell(sheet: "WriteOnlyWorksheet", value: str, *, bold: bool = False) -> "Cell":
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 (as above)
    from openpyxl.styles import Font  # noqa: PLC0415

    cell = WriteOnlyCell(sheet, value)
    cell.data_type, cell.number_format, cell.font = "s", "@", Font(bold=bold)
    return cell


def _harmless(text: str) -> str:
    """Keep a spreadsheet from running a cell as a formula."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text
