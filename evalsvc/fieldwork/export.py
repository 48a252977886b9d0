"""Write the open assignments of an enumerator as CSV or XLSX; reserves that are closed never reach these files."""

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalsvc.fieldwork.values import Task

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

COLUMNS = ("unit_id", "county", "village", "stratum", "enumerator", "form_id", "version", "disposition")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def tasks_as_csv(tasks: Sequence[Task]) -> bytes:
    """Write tasks as CSV with a byte order mark, which Excel needs to read Chinese."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(_header(tasks))
    writer.writerows([[_harmless(value) for value in row] for row in _rows(tasks)])
    return buffer.getvalue().encode("utf-8-sig")


def tasks_as_xlsx(tasks: Sequence[Task]) -> bytes:
    """Write tasks as a workbook; every cell is text, so that codes keep their leading zeros."""
    from openpyxl import Workbook  # noqa: PLC0415 (half a second, which a server that starts need not wait for)

    book = Workbook(write_only=True)
    sheet = book.create_sheet("tasks")
    sheet.freeze_panes = "A2"
    sheet.append([_text_cell(sheet, name, bold=True) for name in _header(tasks)])
    for row in _rows(tasks):
        sheet.append([_text_cell(sheet, value) for value in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _text_cell(sheet: "WriteOnlyWorksheet", value: str, *, bold: bool = False) -> "Cell":
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 (as above)
    from openpyxl.styles import Font  # noqa: PLC0415

    cell = WriteOnlyCell(sheet, value)
    cell.data_type, cell.number_format, cell.font = "s", "@", Font(bold=bold)
    return cell


def _header(tasks: Sequence[Task]) -> list[str]:
    return [*COLUMNS, *_frame_columns(tasks)]


def _frame_columns(tasks: Sequence[Task]) -> list[str]:
    """Return the frame's columns that the tasks show, without those that already stand under another name."""
    return [name for name in dict.fromkeys(name for task in tasks for name in task.attributes) if name not in COLUMNS]


def _rows(tasks: Sequence[Task]) -> list[list[str]]:
    columns = _frame_columns(tasks)
    return [
        [str(getattr(task, name) or "") for name in COLUMNS]
        + ["" if task.attributes.get(name) is None else str(task.attributes[name]) for name in columns]
        for task in tasks
    ]


def _harmless(text: str) -> str:
    """Keep a spreadsheet from running a cell as a formula."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text
