"""Cells and columns that are no text: dates and numbers of workbooks, types of Parquet files, missing numbers."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from sampling.frame import FrameReading, load_mapping, read_frame
from tests.unit.sampling.frame_reading import HEADER, LEVELS, Say, table_of, told

Read = Callable[..., FrameReading]


def test_cells_of_a_workbook_that_are_no_text(good_rows: tuple[str, ...], tmp_path: Path, say: Say) -> None:
    mapping = load_mapping(LEVELS).mapping
    assert mapping is not None
    names, rows = table_of(good_rows, HEADER)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(names)
    for row in rows:
        cells: list[Any] = list(row)
        sheet.append(cells)
    sheet["E2"], sheet["H3"], sheet["J4"], sheet["B5"] = datetime.date(2020, 1, 2), 123456789012345678, "#N/A", True
    book.save(tmp_path / "a.xlsx")
    found = told(read_frame(tmp_path / "a.xlsx", mapping), say)
    assert ("frame.cell_type", 2, "village") in found
    assert ("frame.digits_lost", 3, "household_id") in found
    assert ("frame.spreadsheet_error", 4, "persons") in found
    assert ("frame.cell_type", 5, "county") in found


def test_parquet_columns_of_other_types(good_rows: tuple[str, ...], tmp_path: Path, say: Say) -> None:
    mapping = load_mapping(LEVELS).mapping
    assert mapping is not None
    names, rows = table_of(good_rows, HEADER)
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    table = {name: pa.array(columns[name]) for name in names}
    table["village"] = pa.array([True] * 4)
    table["household_id"] = pa.array([350125001001001001.0 + i for i in range(4)])  # too long for a double
    pq.write_table(pa.table(table), tmp_path / "a.parquet")
    assert told(read_frame(tmp_path / "a.parquet", mapping), say) == [
        ("frame.column_type", None, "village"),
        ("frame.column_type", None, "household_id"),
    ]


def test_missing_numbers_of_a_data_frame(good_rows: tuple[str, ...], tmp_path: Path, say: Say) -> None:
    # Libraries write a column of integers with a gap as doubles with NaN.
    mapping = load_mapping(LEVELS).mapping
    assert mapping is not None
    names, rows = table_of(good_rows, HEADER)
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    table = {name: pa.array(columns[name]) for name in names}
    table["persons"] = pa.array([4.0, float("nan"), 3.0, 1.0])
    pq.write_table(pa.table(table), tmp_path / "a.parquet")
    assert told(read_frame(tmp_path / "a.parquet", mapping), say) == [("frame.missing_number", 3, "persons")]
