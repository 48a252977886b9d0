"""Read a workbook in batches: the sheet whose header holds most of what is wanted, cells as text."""

import datetime
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sampling.complaint_list import ComplaintList
from sampling.errors import complain
from sampling.frame_batches import (
    BATCH_ROWS,
    FIRST_DATA_ROW,
    FileRefusedError,
    OpenedFile,
    TextBatch,
    following_rows,
    unreadable,
)
from sampling.frame_columns import Columns, Wanted, match_columns
from sampling.workbook_limits import MOST_COLUMNS, MOST_ROWS, workbook_complaints

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

SPREADSHEET_DIGITS = 15
"""Digits a spreadsheet keeps of a number; a longer code typed as a number has lost its end."""
SPREADSHEET_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})

Line = tuple[Any, ...]


def open_workbook(path: Path, wanted: Wanted) -> OpenedFile:
    """Open a workbook that may be opened; whatever stops openpyxl, the file is what is wrong."""
    refused = workbook_complaints(path)
    if refused:
        raise FileRefusedError(*refused)
    try:
        with closing(_book(path)) as book:
            sheet, columns = _sheet(book, wanted, path.name)
    except FileRefusedError:
        raise
    except Exception as error:
        # A damaged part ends openpyxl with errors of every kind.
        raise FileRefusedError(unreadable(path.name, str(error) or type(error).__name__)) from error

    def batches(complaints: ComplaintList) -> Iterator[TextBatch]:
        # No further column is asked for: one that stands far to the right would fill the row with empty cells.
        width = max(columns.positions.values()) + 1
        try:
            with closing(_book(path)) as book:
                read = book.worksheets[sheet]
                _forget_size(read)
                lines = read.iter_rows(min_row=FIRST_DATA_ROW, max_col=width, values_only=True)
                yield from _batches(lines, columns, wanted, path.name, complaints)
        except FileRefusedError:
            raise
        except Exception as error:
            raise FileRefusedError(unreadable(path.name, str(error) or type(error).__name__)) from error

    return OpenedFile(columns, None, batches)


def _book(path: Path) -> "Workbook":
    import openpyxl  # noqa: PLC0415 (half a second, which other files and opened frames need not)

    return openpyxl.load_workbook(path, read_only=True, data_only=True)


def _forget_size(sheet: Any) -> None:
    """Let a sheet be read to its end: some writers state a wrong size."""
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()


def _sheet(book: "Workbook", wanted: Wanted, file: str) -> tuple[int, Columns]:
    """Choose the sheet whose header holds most of the wanted columns."""
    matched = []
    for number, sheet in enumerate(book.worksheets):
        _forget_size(sheet)
        cells: Line = next(iter(sheet.iter_rows(max_row=1, max_col=MOST_COLUMNS, values_only=True)), ())
        header = ["" if cell is None else str(cell) for cell in cells]
        if any(header):
            matched.append((number, match_columns(header, wanted, file)))
    if not matched:
        raise FileRefusedError(complain("frame.no_header", file=file))
    chosen = max(matched, key=lambda pair: len(pair[1].positions))
    if chosen[1].complaints:
        raise FileRefusedError(*chosen[1].complaints)
    return chosen


def _batches(
    lines: Iterable[Line], columns: Columns, wanted: Wanted, file: str, complaints: ComplaintList
) -> Iterator[TextBatch]:
    """Turn the cells of a sheet into text columns and complain about cells that are none."""
    remaining = iter(lines)
    first = FIRST_DATA_ROW
    while block := list(islice(remaining, BATCH_ROWS)):
        if first + len(block) - 1 > MOST_ROWS:  # rows that the file only numbers are made up while reading
            raise FileRefusedError(complain("frame.too_many_rows", file=file, limit=MOST_ROWS))
        texts: dict[str, list[str | None]] = {name: [] for name in columns.positions}
        for row, line in enumerate(block, start=first):
            for name, position in columns.positions.items():
                value = line[position] if position < len(line) else None
                text, code = cell_text(value)
                if code is not None:
                    shown = "…" if name in wanted.hidden else _shown(value, code)
                    complaints.add(complain(code, file=file, row=row, column=columns.sources[name], value=shown))
                texts[name].append(text)
        made = {name: pa.array(column, pa.string()) for name, column in texts.items()}
        yield TextBatch(made, following_rows(first, len(block)))
        first += len(block)


def _shown(value: object, code: str) -> str:
    """Write a cell for a complaint; of a long number only the beginning, for it may be a person's."""
    return str(value)[:6] + "…" if code == "frame.digits_lost" else str(value)


def cell_text(value: object) -> tuple[str | None, str | None]:
    """Write a spreadsheet cell as text, with the code of a complaint if it cannot be told what it said."""
    if value is None or isinstance(value, str):
        bad = isinstance(value, str) and value in SPREADSHEET_ERRORS
        return (None, "frame.spreadsheet_error") if bad else (value, None)
    if isinstance(value, bool | datetime.date | datetime.time | datetime.timedelta):
        return None, "frame.cell_type"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and len(str(abs(value))) > SPREADSHEET_DIGITS:
        return None, "frame.digits_lost"
    return (repr(value) if isinstance(value, float) else str(value)), None
