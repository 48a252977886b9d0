"""Read the columns of a file: each is text and, when every non-empty value is a number, also numbers."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
from numpy.typing import NDArray

from sampling.estimate.errors import Complaint, DataRefusedError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def sums(index: IntArray, values: FloatArray, groups: int) -> FloatArray:
    """Sum values by group number: the one place where rows become totals."""
    return np.asarray(np.bincount(index, weights=values, minlength=groups), dtype=np.float64)


class Column:
    """Hold one column; its readings as text, numbers and level codes are made once, when first asked for."""

    def __init__(self, name: str, values: Any) -> None:
        self.name = name
        self._values = values

    @cached_property
    def _array(self) -> Any:
        """Give the values as one Arrow array, NaN as null."""
        values = self._values
        if not isinstance(values, pa.Array | pa.ChunkedArray):
            values = _arrow(values)
        if isinstance(values, pa.ChunkedArray):
            values = values.combine_chunks()
        if pa.types.is_boolean(values.type):
            return values.cast(pa.int8())
        if pa.types.is_floating(values.type):
            return pc.if_else(pc.is_nan(values), None, values)
        return values

    @cached_property
    def texts(self) -> Any:
        """Give the values as an Arrow string array; an empty field is null."""
        values = self._array
        if not pa.types.is_string(values.type):
            values = values.cast(pa.string())
        return pc.if_else(pc.equal(values, ""), None, values)

    @cached_property
    def numbers(self) -> FloatArray | None:
        """Give the values as floats, NaN where missing; None when a non-empty value is no finite number."""
        if isinstance(self._values, np.ndarray) and self._values.dtype.kind in "iuf":
            floats = np.asarray(self._values, dtype=np.float64)
            return None if bool(np.isinf(floats).any()) else floats
        try:
            read = pc.cast(self._numeric, pa.float64())
        except pa.ArrowInvalid:
            return None
        known = read.drop_null().to_numpy(zero_copy_only=False)
        if not bool(np.isfinite(known).all()):
            return None
        return np.asarray(read.to_numpy(zero_copy_only=False), dtype=np.float64)

    @property
    def _numeric(self) -> Any:
        """Give what is to be read as numbers: Arrow numbers as they are, everything else by its text."""
        kind = self._array.type
        if pa.types.is_integer(kind) or pa.types.is_floating(kind):
            return self._array
        return pc.utf8_trim_whitespace(self.texts)

    @property
    def is_text(self) -> bool:
        """Tell whether some non-empty value is no number."""
        return self.numbers is None

    @cached_property
    def missing(self) -> BoolArray:
        """Mark the rows whose field is empty."""
        if self.numbers is not None:
            return np.isnan(self.numbers)
        return np.asarray(self.texts.is_null().to_numpy(zero_copy_only=False), dtype=np.bool_)

    @cached_property
    def coded(self) -> tuple[IntArray, tuple[str, ...]]:
        """Give a code for each row (-1 = missing) and the levels: in numeric order, text by code points."""
        encoded = self.texts.dictionary_encode()
        found: list[str] = encoded.dictionary.to_pylist()
        order = self._order(found)
        rank = np.empty(len(found) + 1, dtype=np.int64)
        rank[order] = np.arange(len(found))
        rank[-1] = -1
        indices = encoded.indices.fill_null(len(found)).to_numpy(zero_copy_only=False)
        return rank[indices], tuple(found[k] for k in order)

    def _order(self, found: list[str]) -> list[int]:
        if self.is_text:
            return sorted(range(len(found)), key=found.__getitem__)
        return sorted(range(len(found)), key=lambda k: (float(found[k]), found[k]))


def _arrow(values: Any) -> Any:
    if isinstance(values, np.ndarray) and values.dtype.kind in "iub":
        return pa.array(values)
    if isinstance(values, np.ndarray) and values.dtype.kind == "f":
        return pa.array(values, from_pandas=True)
    return pa.array([_text(value) for value in values], type=pa.string())


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else np.format_float_positional(value, trim="-")
    return str(value)


class Table(Mapping[str, Column]):
    """Hold named columns of equal length."""

    def __init__(self, columns: Mapping[str, Any]) -> None:
        self._columns = {name: Column(name, values) for name, values in columns.items()}
        lengths = {name: len(values) for name, values in columns.items()}
        self.rows = next(iter(lengths.values()), 0)
        uneven = [name for name, length in lengths.items() if length != self.rows]
        if uneven:
            raise DataRefusedError(
                Complaint("estimate.uneven_column", {"column": name, "rows": lengths[name], "expected": self.rows})
                for name in uneven
            )

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def as_table(data: Mapping[str, Any]) -> Table:
    """Take a table as it is, or make one from a mapping of column names to values."""
    return data if isinstance(data, Table) else Table(data)


def read_table(path: str | Path) -> Table:
    """Read a table from CSV, CSV.gz (UTF-8, header row, empty field = missing) or Parquet.

    Raises
    ------
    DataRefusedError
        When the file is absent or cannot be read as what its name says.
    """
    path = Path(path)
    try:
        read = _read_parquet(path) if path.suffix == ".parquet" else _read_csv(path)
    except FileNotFoundError:
        raise DataRefusedError([Complaint("estimate.no_file", {"file": str(path)})]) from None
    except (pa.ArrowInvalid, OSError, EOFError, UnicodeDecodeError, zlib.error, csv.Error) as error:
        raise DataRefusedError(
            [Complaint("estimate.unreadable_file", {"file": str(path), "problem": str(error)})]
        ) from None
    repeated = {name for name in read.column_names if read.column_names.count(name) > 1}
    if repeated:
        raise DataRefusedError(Complaint("estimate.repeated_column", {"column": name}) for name in sorted(repeated))
    return Table({name: read.column(name) for name in read.column_names})


def _read_parquet(path: Path) -> Any:
    return pa_parquet.read_table(path)


def _read_csv(path: Path) -> Any:
    names = _header(path)
    convert = pa_csv.ConvertOptions(
        column_types={name: pa.string() for name in names},
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    with _opened(path) as stream:
        return pa_csv.read_csv(
            stream, convert_options=convert, parse_options=pa_csv.ParseOptions(newlines_in_values=True)
        )


def _opened(path: Path) -> Any:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def _header(path: Path) -> list[str]:
    """Read the names first, so that every column can be asked for as text."""
    with _opened(path) as stream, io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        return next(csv.reader(text), [])
