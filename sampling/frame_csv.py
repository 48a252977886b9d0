"""Read CSV in batches, in UTF-8 or GB18030; rows with too many or too few cells are named."""

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from sampling.complaint_list import ComplaintList
from sampling.encoding import BLOCK_BYTES, BYTE_ORDER_MARK, FileEncoding, encoding_of_file
from sampling.errors import complain
from sampling.frame_batches import FIRST_DATA_ROW, FileRefusedError, OpenedFile, TextBatch, unreadable
from sampling.frame_columns import Columns, Wanted, match_columns
from sampling.frame_tidy import CODED

MOST_BAD_ROWS = 50
"""Rows that cannot be decoded, beyond which a file is taken to be no text at all."""
READ_BYTES = 1 << 21
"""Bytes that are parsed at a time; no record may be longer."""


@dataclass(frozen=True)
class _Form:
    """Say how a file is to be parsed."""

    file: str
    delimiter: str
    width: int
    columns: Columns
    unique: str


def open_csv(path: Path, wanted: Wanted) -> OpenedFile:
    """Open a CSV file: find its encoding, its delimiter and its columns."""
    found = encoding_of_file(path, MOST_BAD_ROWS)
    if found.bad_rows:
        no_text = len(found.bad_rows) > MOST_BAD_ROWS
        bad = [complain("frame.undecodable", file=path.name, row=row, encoding=found.name) for row in found.bad_rows]
        raise FileRefusedError(*[complain("frame.not_a_table", file=path.name)] if no_text else bad)
    with _decoded(path, found) as stream:
        beginning = stream.read(BLOCK_BYTES).decode(errors="ignore")
    delimiter = _delimiter(beginning)
    try:
        header = next(csv.reader(io.StringIO(beginning), delimiter=delimiter), [])
    except csv.Error as error:
        raise FileRefusedError(unreadable(path.name, str(error))) from error
    if not any(name.strip() for name in header):
        raise FileRefusedError(complain("frame.no_header", file=path.name))
    columns = match_columns(header, wanted, path.name)
    if columns.complaints:
        raise FileRefusedError(*columns.complaints)

    form = _Form(path.name, delimiter, len(header), columns, wanted.unique)

    def batches(complaints: ComplaintList) -> Iterator[TextBatch]:
        with _decoded(path, found) as stream:
            yield from _batches(stream, form, complaints)

    return OpenedFile(columns, found.name, batches)


def _decoded(path: Path, found: FileEncoding) -> pa.NativeFile:
    """Open a file as a stream of UTF-8."""
    stream = pa.OSFile(str(path), "rb")
    stream.seek(len(BYTE_ORDER_MARK) if found.marked else 0)
    return stream if found.name == "utf-8" else pa.transcoding_input_stream(stream, found.name, "utf-8")


def _batches(stream: pa.NativeFile, form: _Form, complaints: ComplaintList) -> Iterator[TextBatch]:
    """Parse the mapped columns as text: ids of the lowest level plainly, all else, which repeats, as dictionaries."""
    ragged: deque[int] = deque()

    def note(row: pa_csv.InvalidRow) -> str:
        ragged.append(row.number)
        if row.text.strip():  # an empty line holds no data
            complaints.add(
                complain(
                    "frame.ragged_row", file=form.file, row=row.number, cells=row.actual_columns, expected=form.width
                )
            )
        return "skip"

    positions = form.columns.positions
    types = {f"column{place}": pa.string() if name == form.unique else CODED for name, place in positions.items()}
    following = FIRST_DATA_ROW
    try:
        reader = pa_csv.open_csv(
            stream,
            read_options=pa_csv.ReadOptions(
                use_threads=False,
                block_size=READ_BYTES,
                column_names=[f"column{position}" for position in range(form.width)],
                skip_rows_after_names=1,
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=form.delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=types, include_columns=list(types), strings_can_be_null=False
            ),
        )
        for batch in reader:
            rows = _rows_without(following, batch.num_rows, ragged)
            following = int(rows[-1]) + 1 if len(rows) else following
            yield TextBatch({name: batch.column(place) for place, name in enumerate(positions)}, rows)
    except (pa.ArrowInvalid, UnicodeError) as error:
        raise FileRefusedError(unreadable(form.file, str(error))) from error


def _rows_without(first: int, count: int, skipped: deque[int]) -> NDArray[np.int64]:
    """Number rows that follow one another, but for some that were skipped, which are taken off the queue."""
    passed: list[int] = []
    while skipped and skipped[0] < first + count + len(passed):
        passed.append(skipped.popleft())
    everything = np.arange(first, first + count + len(passed), dtype=np.int64)
    return np.setdiff1d(everything, np.array(passed, dtype=np.int64), assume_unique=True)


def _delimiter(text: str) -> str:
    """Find the delimiter of a header: comma, or tab or semicolon where they prevail."""
    line = text.split("\n", 1)[0]
    return max(",\t;", key=lambda mark: (line.count(mark), mark == ","))
