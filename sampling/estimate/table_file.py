"""Read a table from a file."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from sampling.estimate.csv_fault import csv_fault, opened, separator_fault
from sampling.estimate.errors import Complaint, DataRefusedError
from sampling.estimate.row_list import ROWS_IN_A_MESSAGE
from sampling.estimate.table import Table


def read_table(path: str | Path) -> Table:
    """Read a table from CSV, CSV.gz (UTF-8, header row, empty field = missing) or Parquet.

    Raises
    ------
    DataRefusedError
        When the file is absent or cannot be read as what its name says.
    """
    path = Path(path)
    try:
        read = read_parquet(path) if path.suffix == ".parquet" else _read_csv(path)
    except FileNotFoundError:
        raise DataRefusedError([Complaint("estimate.no_file", {"file": str(path)})]) from None
    except (pa.ArrowInvalid, OSError, EOFError, UnicodeDecodeError, zlib.error, csv.Error) as error:
        unreadable = Complaint("estimate.unreadable_file", {"file": str(path), "problem": str(error)})
        known = path.suffix != ".parquet"
        raise DataRefusedError([(csv_fault(path) or _ragged(path) if known else None) or unreadable]) from None
    fault = None if path.suffix == ".parquet" else separator_fault(path.name, read.column_names)
    if fault is not None:
        raise DataRefusedError([fault])
    repeated = {name for name in read.column_names if read.column_names.count(name) > 1}
    if repeated:
        raise DataRefusedError(Complaint("estimate.repeated_column", {"column": name}) for name in sorted(repeated))
    return Table({name: read.column(name) for name in read.column_names})


def read_parquet(path: Path, columns: Sequence[str] | None = None) -> Any:
    """Read a Parquet file, or some columns of it, as an Arrow table whose numbers can be used without a copy.

    The columns come in one piece each, and what the reading itself needs is given back to the system: Arrow's own
    allocator would keep it, which for a table of numbers is nearly as much again.
    """
    usual = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        return pa_parquet.ParquetFile(path).read(columns=columns)
    finally:
        pa.set_memory_pool(usual)


def _read_csv(path: Path) -> Any:
    names = _header(path)
    convert = pa_csv.ConvertOptions(
        column_types={name: pa.string() for name in names},
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    with opened(path) as stream:
        return pa_csv.read_csv(
            stream, convert_options=convert, parse_options=pa_csv.ParseOptions(newlines_in_values=True)
        )


def _ragged(path: Path) -> Complaint | None:
    """Look for the lines of a CSV file that have more or fewer cells than its header."""
    try:
        width = len(_header(path))
        lines = list(_other_widths(path, width))
    except (OSError, EOFError, UnicodeDecodeError, zlib.error, csv.Error):
        return None
    if not lines:
        return None
    shown = ", ".join(str(line) for line, _ in lines[:ROWS_IN_A_MESSAGE])
    more = ", …" if len(lines) > ROWS_IN_A_MESSAGE else ""
    return Complaint(
        "estimate.ragged_rows",
        {"file": str(path), "rows": shown + more, "count": len(lines), "cells": lines[0][1], "expected": width},
    )


def _other_widths(path: Path, width: int) -> Iterator[tuple[int, int]]:
    """Give line, where the record begins, and number of cells of the records that are not as wide as the header."""
    with opened(path) as stream, io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        records, line = csv.reader(text), 1
        for record in records:
            if record and len(record) != width:
                yield line, len(record)
            line = records.line_num + 1


def _header(path: Path) -> list[str]:
    """Read the names first, so that every column can be asked for as text."""
    with opened(path) as stream, io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        return next(csv.reader(text), [])
