"""Hold the columns of a table: each is text and, when every non-empty value is a number, also numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sampling.estimate.errors import Complaint, DataRefusedError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


ARROW = (pa.Array, pa.ChunkedArray)
SHORTEST_RUN = 4  # rows that a run of the same code has on average, at least, where runs are used
SPARSE = 4  # codes up to so many times the rows are numbered by a table of all codes, sparser ones by a sort


def _is_numeric(kind: Any) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def sums(index: IntArray, values: FloatArray, groups: int) -> FloatArray:
    """Sum values by group number, in whatever order the rows stand."""
    return np.asarray(np.bincount(index, weights=values, minlength=groups), dtype=np.float64)


def numbered(codes: IntArray) -> tuple[IntArray, IntArray]:
    """Number the distinct codes (>= 0) in their order; give the number of each row and the first row of each code.

    What numpy.unique gives, without its sort where the codes are not much sparser than the rows.
    """
    starts = run_starts(codes)
    if starts is not None:
        number, first = numbered(codes[starts])
        return over_runs(number, starts, codes.size), starts[first]
    span = int(codes.max()) + 1 if codes.size else 0
    if span > SPARSE * codes.size:
        _, first, number = np.unique(codes, return_index=True, return_inverse=True)
        return number.astype(np.int64), first.astype(np.int64)
    first_row = np.full(span, -1, dtype=np.int64)
    first_row[codes[::-1]] = np.arange(codes.size - 1, -1, -1)  # the first row of a code is written last
    used = np.flatnonzero(first_row >= 0)
    rank = np.empty(span, dtype=np.int64)
    rank[used] = np.arange(used.size)
    return rank[codes], first_row[used]


def numbered_pairs(outer: IntArray, inner: IntArray) -> tuple[IntArray, IntArray]:
    """Number the distinct pairs in the order of `outer`, then `inner`; give what ``numbered`` gives."""
    starts = run_starts(outer, inner)
    if starts is not None:
        number, first = numbered_pairs(outer[starts], inner[starts])
        return over_runs(number, starts, outer.size), starts[first]
    number, first = numbered(inner)
    if not bool((outer[first][number] == outer).all()):
        return numbered(outer * (int(inner.max(initial=0)) + 1) + inner)
    # Each inner code lies in one outer one: only the codes have to be put in order, not the rows.
    order = np.argsort(outer[first], kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    return rank[number], first[order]


def run_starts(*codes: IntArray) -> IntArray | None:
    """Give where runs of the same codes (rows,) begin, None where runs are too short to be worth it.

    The rows of a village mostly stand together: then only the runs have to be numbered.
    """
    changes = codes[0][1:] != codes[0][:-1]
    for more in codes[1:]:
        changes |= more[1:] != more[:-1]
    if SHORTEST_RUN * int(np.count_nonzero(changes)) + SHORTEST_RUN > changes.size:
        return None
    return np.append(0, np.flatnonzero(changes) + 1)


def over_runs(values: IntArray, starts: IntArray, rows: int) -> IntArray:
    """Spread values of runs over their rows."""
    return np.repeat(values, np.diff(np.append(starts, rows)))


class Column:
    """Hold one column; its readings as text, numbers and level codes are made once, when first asked for."""

    def __init__(self, name: str, values: Any) -> None:
        self.name = name
        self._values = values

    @cached_property
    def _array(self) -> Any:
        """Give the values as one Arrow array, NaN as null."""
        values = self._values
        if not isinstance(values, ARROW):
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

    @property
    def numbers(self) -> FloatArray | None:
        """Give the values as floats, NaN where missing; None when a non-empty value is no finite number."""
        return self._read[0]

    @cached_property
    def _read(self) -> tuple[FloatArray | None, bool]:
        """Give the values as numbers, if they are, and whether one of them is missing."""
        floats = self._floats()
        if floats is None or bool(np.isfinite(floats).all()):
            return floats, False
        return (None, False) if bool(np.isinf(floats).any()) else (floats, True)

    def _floats(self) -> FloatArray | None:
        """Give the values as floats without copying what is floats already; None when one is no number."""
        values = self._values
        if isinstance(values, np.ndarray) and values.dtype.kind in "iuf":
            return np.asarray(values, dtype=np.float64)
        if not (isinstance(values, ARROW) and _is_numeric(values.type)):
            values = self._array if _is_numeric(self._array.type) else pc.utf8_trim_whitespace(self.texts)
        try:
            read = pc.cast(values, pa.float64())
        except pa.ArrowInvalid:
            return None
        if isinstance(read, pa.ChunkedArray) and read.num_chunks == 1:
            read = read.chunk(0)
        whole = isinstance(read, pa.ChunkedArray)
        return np.asarray(read.to_numpy() if whole else read.to_numpy(zero_copy_only=False), dtype=np.float64)

    @cached_property
    def readable(self) -> FloatArray:
        """Give the numbers among the values, NaN elsewhere: for telling what is wrong with the others."""
        if self.numbers is not None:
            return self.numbers
        encoded = self.texts.dictionary_encode()
        read = np.array([_number(text) for text in encoded.dictionary.to_pylist()] + [np.nan])
        return np.asarray(read[encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)], dtype=np.float64)

    @property
    def unreadable(self) -> BoolArray:
        """Mark the rows whose field is neither empty nor a finite number."""
        return np.isnan(self.readable) & ~self.missing if self.is_text else np.zeros(len(self._values), dtype=np.bool_)

    @property
    def is_text(self) -> bool:
        """Tell whether some non-empty value is no number."""
        return self.numbers is None

    @cached_property
    def any_missing(self) -> bool:
        """Tell whether some field is empty."""
        if self._whole_numbers is not None:
            return False
        if self.numbers is not None:
            return self._read[1]
        return bool(self.texts.null_count)

    @property
    def missing(self) -> BoolArray:
        """Mark the rows whose field is empty."""
        if not self.any_missing:
            return np.zeros(len(self._values), dtype=np.bool_)
        if self.numbers is not None:
            return np.isnan(self.numbers)
        return np.asarray(self.texts.is_null().to_numpy(zero_copy_only=False), dtype=np.bool_)

    @cached_property
    def coded(self) -> tuple[IntArray, tuple[str, ...]]:
        """Give a code for each row (-1 = missing) and the levels: in numeric order, text by code points."""
        whole = self._whole_numbers
        if whole is not None:
            direct = _coded_integers(whole)
            if direct is not None:
                return direct
        encoded = self.texts.dictionary_encode()
        found: list[str] = encoded.dictionary.to_pylist()
        order = self._order(found)
        rank = np.empty(len(found) + 1, dtype=np.int64)
        rank[order] = np.arange(len(found))
        rank[-1] = -1
        indices = encoded.indices.fill_null(len(found)).to_numpy(zero_copy_only=False)
        return rank[indices], tuple(found[k] for k in order)

    @property
    def _whole_numbers(self) -> NDArray[Any] | None:
        """Give the values where they come as integers and none is missing, without a copy."""
        values = self._values
        if isinstance(values, ARROW) and pa.types.is_integer(values.type) and not values.null_count:
            one_piece = isinstance(values, pa.ChunkedArray) and values.num_chunks == 1
            values = (values.chunk(0) if one_piece else values).to_numpy()
        return values if isinstance(values, np.ndarray) and values.dtype.kind in "iu" and values.size else None

    def _order(self, found: list[str]) -> list[int]:
        if self.is_text:
            return sorted(range(len(found)), key=found.__getitem__)
        return sorted(range(len(found)), key=lambda k: (float(found[k]), found[k]))


def _number(text: str) -> float:
    """Read one value by the rules of a whole column; NaN when it is no finite number."""
    found = Column("", pa.array([text], pa.string())).numbers
    return float("nan") if found is None else float(found[0])


def _coded_integers(values: NDArray[Any]) -> tuple[IntArray, tuple[str, ...]] | None:
    """Code integers without writing them all out as text; None where they lie too far apart for a table of all."""
    least, most = int(values.min()), int(values.max())
    if most > np.iinfo(np.int64).max or most - least > SPARSE * values.size:
        return None
    code = values.astype(np.int64, copy=False)
    code = code - least if least else code
    present = np.flatnonzero(np.bincount(code, minlength=most - least + 1))
    if present.size <= most - least:
        place = np.empty(most - least + 1, dtype=np.int64)
        place[present] = np.arange(present.size)
        code = place[code]
    return code, tuple(str(value) for value in (present + least).tolist())


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
