"""Read a client's Parquet file in batches; numbers are taken as their digits."""

from collections.abc import Iterator
from math import isnan
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sampling.complaint_list import ComplaintList
from sampling.errors import Complaint, complain
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
from sampling.frame_workbook import SPREADSHEET_DIGITS, cell_text

READ_BYTES = 1 << 20


def open_parquet(path: Path, wanted: Wanted) -> OpenedFile:
    """Open a Parquet file; columns that are neither text nor number are told when it is read."""
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise FileRefusedError(unreadable(path.name, str(error))) from error
    columns = match_columns(schema.names, wanted, path.name)
    if columns.complaints:
        raise FileRefusedError(*columns.complaints)

    def batches(complaints: ComplaintList) -> Iterator[TextBatch]:
        try:
            yield from _batches(path, schema, columns, wanted, complaints)
        except (pa.ArrowInvalid, OSError) as error:
            raise FileRefusedError(unreadable(path.name, str(error))) from error

    return OpenedFile(columns, None, batches)


def _batches(
    path: Path, schema: pa.Schema, columns: Columns, wanted: Wanted, complaints: ComplaintList
) -> Iterator[TextBatch]:
    damaged = {each for each in columns.sources.values() if not _is_text_or_number(schema.field(each).type)}
    for source in damaged:
        complaints.add(_wrong_type(path, schema, source))
    taken = {name: source for name, source in columns.sources.items() if source not in damaged}
    plain = columns.sources.get(wanted.unique)
    coded = [each for each in taken.values() if each != plain and pa.types.is_string(schema.field(each).type)]
    first = FIRST_DATA_ROW
    with pq.ParquetFile(path, read_dictionary=coded, pre_buffer=False, buffer_size=READ_BYTES) as file:
        for batch in file.iter_batches(BATCH_ROWS, columns=list(taken.values()), use_threads=False):
            made = {name: _text_of_array(batch.column(source)) for name, source in taken.items()}
            for name in [name for name, text in made.items() if text is None and taken[name] not in damaged]:
                damaged.add(taken[name])
                complaints.add(_wrong_type(path, schema, taken[name]))
            if not damaged:
                yield TextBatch(made, following_rows(first, batch.num_rows))
            first += batch.num_rows
    if damaged:
        raise FileRefusedError


def _wrong_type(path: Path, schema: pa.Schema, column: str) -> Complaint:
    return complain("frame.column_type", file=path.name, column=column, found=str(schema.field(column).type))


def _is_text_or_number(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return bool(pa.types.is_string(kind.value_type))
    types = pa.types
    text = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind) or types.is_null(kind)
    return bool(text or types.is_integer(kind) or types.is_decimal(kind) or types.is_floating(kind))


def _text_of_array(column: pa.Array) -> pa.Array | None:
    """Write a Parquet column as text; None where a number is so long that it has lost its end."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return pa.DictionaryArray.from_arrays(column.indices.cast(pa.int32()), column.dictionary)
    return _text_of_doubles(column) if pa.types.is_floating(kind) else column.cast(pa.string())


def _text_of_doubles(column: pa.Array) -> pa.Array | None:
    """Write doubles as text, NaN as empty; None if one is so long that a double has lost its end."""
    values = [None if value is None or isnan(value) else value for value in column.to_pylist()]
    if any(value is not None and abs(value) >= 10**SPREADSHEET_DIGITS for value in values):
        return None
    return pa.array([cell_text(value)[0] for value in values], pa.string())
