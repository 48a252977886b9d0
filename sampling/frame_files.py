"""Read a client's file as text: CSV in UTF-8 or GB18030, XLSX or Parquet, told apart by their first bytes."""

import csv
import datetime
import difflib
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sampling.encoding import BLOCK_BYTES, decode_text
from sampling.errors import Complaint, complain
from sampling.mapping import FrameMapping
from sampling.workbook_limits import MOST_COLUMNS, MOST_ROWS, workbook_complaints

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

FIRST_DATA_ROW = 2
"""The header is row 1; Parquet files, which have no header row, count the same way."""

EXCEL_DIGITS = 15
"""Digits a spreadsheet keeps of a number; a longer code typed as a number has lost its end."""

LONGEST_PROBLEM = 200
"""Characters of another program's error that are passed on."""

SPREADSHEET_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})

OTHER_FILES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
"""How files begin that people confuse with lists and that need not hold a zero byte near their beginning."""
MOST_BAD_ROWS = 50
"""Rows that cannot be decoded, beyond which a file is taken to be no text at all."""

_DICTIONARY = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class TextTable:
    """Hold the mapped columns of a file as text, null for empty, under the frame's names.

    Parameters
    ----------
    table : pyarrow.Table or None
        One chunk of text a column, as plain strings or as a dictionary; None when the file cannot be read.
    rows : numpy.ndarray, shape (number of rows,), int64
        Row of the file that each row of the table stands in.
    sources : mapping
        Frame column: column of the file.
    unused : tuple of str
        Columns of the file that the mapping does not ask for; they are not taken in.
    encoding : str or None
        ``utf-8`` or ``gb18030`` for CSV.
    """

    table: pa.Table | None
    rows: NDArray[np.int64]
    sources: Mapping[str, str]
    unused: tuple[str, ...]
    encoding: str | None
    complaints: tuple[Complaint, ...]

    def column(self, name: str) -> pa.Array:
        """Give a column of the table as one array."""
        if self.table is None:
            raise ValueError("the file could not be read")
        return self.table[name].combine_chunks()


@dataclass(frozen=True)
class Columns:
    """Say which position of the file's header each frame column comes from."""

    positions: Mapping[str, int]
    sources: Mapping[str, str]
    unused: tuple[str, ...]
    complaints: tuple[Complaint, ...]


_NO_ROWS: NDArray[np.int64] = np.empty(0, dtype=np.int64)


def _failed(*complaints: Complaint) -> TextTable:
    """Give a reading that holds complaints only."""
    return TextTable(None, _NO_ROWS, {}, (), None, complaints)


def read_text_table(path: Path, mapping: FrameMapping) -> TextTable:
    """Read the columns a mapping asks for, as text; nothing is judged but the file's form."""
    try:
        with path.open("rb") as stream:
            beginning = stream.read(BLOCK_BYTES)
    except OSError as error:
        return _failed(complain("frame.file_unreadable", file=path.name, problem=error.strerror or str(error)))
    magic = beginning[:8]
    if magic.startswith(b"PAR1"):
        return _read_parquet(path, mapping)
    if magic.startswith(b"PK\x03\x04"):
        return _read_workbook(path, mapping)
    if magic.startswith(b"\xd0\xcf\x11\xe0"):
        return _failed(complain("frame.old_workbook", file=path.name))
    # A list holds no zero byte; a picture or a PDF would be hundreds of rows that cannot be decoded.
    if magic.startswith(OTHER_FILES) or b"\0" in beginning:
        return _failed(complain("frame.not_a_table", file=path.name))
    return _read_csv(path, mapping)


def match_columns(header: Sequence[str], mapping: FrameMapping, file: str) -> Columns:
    """Find each frame column in a header, by its own name or by a rename line; offer the nearest for a missing one."""
    names = [unicodedata.normalize("NFC", name.strip(" \u3000\u00a0\ufeff\t\r\n")) for name in header]
    complaints = [
        complain("frame.duplicate_header", file=file, row=1, column=name)
        for name in dict.fromkeys(names)
        if name and names.count(name) > 1
    ]
    wanted = [own.name for level in mapping.levels for own in level.all_columns]
    renamed = {target: source for source, target in mapping.rename.items()}
    sources = {name: renamed[name] if renamed.get(name) in names else name for name in wanted}
    found = {name: source for name, source in sources.items() if source in names}
    unused = tuple(name for name in names if name and name not in found.values())
    for name in wanted:
        if renamed.get(name) in names and name in names:
            complaints.append(complain("frame.column_twice", file=file, row=1, column=name, source=renamed[name]))
        if name not in found:
            complaints.append(_missing_column(name, renamed.get(name), unused, file))
    return Columns({name: names.index(source) for name, source in found.items()}, found, unused, tuple(complaints))


def _missing_column(name: str, source: str | None, unused: Sequence[str], file: str) -> Complaint:
    """Name a missing column, the likeliest column of the file and the rename line that would join them."""
    near = difflib.get_close_matches(source or name, unused, n=1, cutoff=0.5)
    columns = ", ".join(unused)
    if near:
        line = f"rename: {{{near[0]}: {name}}}"
        return complain(
            "frame.missing_column_near", file=file, row=1, column=name, nearest=near[0], line=line, columns=columns
        )
    if source is not None or not unused:
        return complain(
            "frame.missing_source", file=file, row=1, column=name, source=source or name, columns=columns or "–"
        )
    line = f"rename: {{...: {name}}}"
    return complain("frame.missing_column", file=file, row=1, column=name, line=line, columns=columns)


# --- CSV


def _read_csv(path: Path, mapping: FrameMapping) -> TextTable:
    """Read CSV with one parser; rows with too many or too few cells are named."""
    decoded = decode_text(path.read_bytes(), path.name)
    if decoded.complaints:
        no_text = len(decoded.complaints) > MOST_BAD_ROWS
        return _failed(*[complain("frame.not_a_table", file=path.name)] if no_text else decoded.complaints)
    first_line = decoded.content[:BLOCK_BYTES].decode(errors="ignore")
    delimiter = _delimiter(first_line)
    try:
        header = next(csv.reader(io.StringIO(first_line), delimiter=delimiter), [])
    except csv.Error as error:
        return _failed(complain("frame.file_unreadable", file=path.name, problem=str(error)))
    if not any(name.strip() for name in header):
        return _failed(complain("frame.no_header", file=path.name))
    columns = match_columns(header, mapping, path.name)
    if columns.complaints:
        return _failed(*columns.complaints)
    lowest = columns.positions[mapping.levels[-1].id]
    try:
        table, ragged = _parse_csv(decoded.content, delimiter, len(header), columns, lowest)
    except pa.ArrowInvalid as error:
        return _failed(complain("frame.file_unreadable", file=path.name, problem=str(error).splitlines()[0]))
    complaints = tuple(
        complain("frame.ragged_row", file=path.name, row=row.number, cells=row.actual_columns, expected=len(header))
        for row in ragged
        if row.text.strip()  # an empty line holds no data
    )
    rows = _rows_without(table.num_rows, [row.number for row in ragged])
    return TextTable(_tidy(table), rows, columns.sources, columns.unused, decoded.encoding, complaints)


def _parse_csv(
    content: bytes, delimiter: str, width: int, columns: Columns, lowest: int
) -> tuple[pa.Table, list[pa_csv.InvalidRow]]:
    """Parse the mapped columns as text: ids of the lowest level plainly, all else, which repeats, as dictionaries."""
    types = {
        f"column{position}": pa.string() if position == lowest else _DICTIONARY
        for position in columns.positions.values()
    }
    ragged: list[pa_csv.InvalidRow] = []

    def note(row: pa_csv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    names = [f"column{position}" for position in range(width)]
    table = pa_csv.read_csv(
        pa.BufferReader(content),
        read_options=pa_csv.ReadOptions(use_threads=False, column_names=names, skip_rows_after_names=1),
        parse_options=pa_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=types, include_columns=list(types), strings_can_be_null=False
        ),
    )
    return table.rename_columns(list(columns.positions)), ragged


def _delimiter(text: str) -> str:
    """Find the delimiter of a header: comma, or tab or semicolon where they prevail."""
    line = text.split("\n", 1)[0]
    return max(",\t;", key=lambda mark: (line.count(mark), mark == ","))


def _rows_without(count: int, skipped: Sequence[int]) -> NDArray[np.int64]:
    """Number the rows of a table in its file, some of whose rows were skipped."""
    everything = np.arange(FIRST_DATA_ROW, FIRST_DATA_ROW + count + len(skipped), dtype=np.int64)
    return np.setdiff1d(everything, np.array(skipped, dtype=np.int64), assume_unique=True)


# --- XLSX


def _read_workbook(path: Path, mapping: FrameMapping) -> TextTable:
    """Read a workbook that may be opened; whatever stops openpyxl, the file is what is wrong."""
    import openpyxl  # noqa: PLC0415 (half a second, which other files and opened frames need not)

    refused = workbook_complaints(path)
    if refused:
        return _failed(*refused)
    try:
        with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:
            return _read_sheet(book, mapping, path.name)
    except Exception as error:
        # A damaged part ends openpyxl with errors of every kind, also in the middle of a sheet.
        problem = str(error).strip().split("\n", 1)[0] or type(error).__name__
        return _failed(complain("frame.file_unreadable", file=path.name, problem=problem[:LONGEST_PROBLEM]))


def _read_sheet(book: "Workbook", mapping: FrameMapping, file: str) -> TextTable:
    """Read the sheet whose header holds most of the mapping's columns."""
    matched = []
    for sheet in book.worksheets:
        if hasattr(sheet, "reset_dimensions"):
            sheet.reset_dimensions()  # some writers state a wrong size
        cells = next(iter(sheet.iter_rows(max_row=1, max_col=MOST_COLUMNS, values_only=True)), ())
        header = ["" if cell is None else str(cell) for cell in cells]
        if any(header):
            matched.append((sheet, match_columns(header, mapping, file)))
    if not matched:
        return _failed(complain("frame.no_header", file=file))
    sheet, columns = max(matched, key=lambda pair: len(pair[1].positions))
    if columns.complaints:
        return _failed(*columns.complaints)
    # No further column is asked for: one that stands far to the right would fill the row with empty cells.
    width = max(columns.positions.values()) + 1
    return _collect_cells(sheet.iter_rows(min_row=FIRST_DATA_ROW, max_col=width, values_only=True), columns, file)


def _collect_cells(lines: Iterable[tuple[Any, ...]], columns: Columns, file: str) -> TextTable:
    """Turn the cells of a sheet into text columns and complain about cells that are none."""
    texts: dict[str, list[str | None]] = {name: [] for name in columns.positions}
    complaints = []
    count = 0
    for row, line in enumerate(lines, start=FIRST_DATA_ROW):
        if row > MOST_ROWS:  # rows that the file only numbers are made up while reading
            return _failed(complain("frame.too_many_rows", file=file, limit=MOST_ROWS))
        count += 1
        for name, position in columns.positions.items():
            value = line[position] if position < len(line) else None
            text, code = cell_text(value)
            if code is not None:
                complaints.append(complain(code, file=file, row=row, column=columns.sources[name], value=str(value)))
            texts[name].append(text)
    table = pa.table({name: pa.array(column, pa.string()) for name, column in texts.items()})
    rows = np.arange(FIRST_DATA_ROW, FIRST_DATA_ROW + count, dtype=np.int64)
    return TextTable(_tidy(table), rows, columns.sources, columns.unused, None, tuple(complaints))


def cell_text(value: object) -> tuple[str | None, str | None]:
    """Write a spreadsheet cell as text, with the code of a complaint if it cannot be told what it said."""
    if value is None or isinstance(value, str):
        bad = isinstance(value, str) and value in SPREADSHEET_ERRORS
        return (None, "frame.spreadsheet_error") if bad else (value, None)
    if isinstance(value, bool | datetime.date | datetime.time | datetime.timedelta):
        return None, "frame.cell_type"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and len(str(abs(value))) > EXCEL_DIGITS:
        return None, "frame.digits_lost"
    return (repr(value) if isinstance(value, float) else str(value)), None


# --- Parquet


def _read_parquet(path: Path, mapping: FrameMapping) -> TextTable:
    """Read Parquet; numbers are taken as their digits."""
    try:
        schema = pq.read_schema(path)
        columns = match_columns(schema.names, mapping, path.name)
        if columns.complaints:
            return _failed(*columns.complaints)
        kept = list(columns.sources.values())
        lowest = columns.sources[mapping.levels[-1].id]
        coded = [name for name in kept if name != lowest and pa.types.is_string(schema.field(name).type)]
        read = pq.read_table(path, columns=kept, read_dictionary=coded)
    except (pa.ArrowInvalid, OSError) as error:
        return _failed(complain("frame.file_unreadable", file=path.name, problem=str(error).splitlines()[0]))
    complaints = []
    made: dict[str, pa.ChunkedArray] = {}
    for name, source in columns.sources.items():
        text = _text_of_array(read[source])
        if text is None:
            kind = str(schema.field(source).type)
            complaints.append(complain("frame.column_type", file=path.name, column=source, found=kind))
        else:
            made[name] = text
    if complaints:
        return _failed(*complaints)
    rows = np.arange(FIRST_DATA_ROW, FIRST_DATA_ROW + read.num_rows, dtype=np.int64)
    return TextTable(_tidy(pa.table(made)), rows, columns.sources, columns.unused, None, ())


def _text_of_array(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Write a Parquet column as text; None for a type that is neither text nor number."""
    kind = column.type
    if pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type):
        return column
    if pa.types.is_floating(kind):
        return _text_of_doubles(column)
    types = pa.types
    text = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind) or types.is_null(kind)
    whole = types.is_integer(kind) or types.is_decimal(kind)
    return column.cast(pa.string()) if text or whole else None


def _text_of_doubles(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Write doubles as text, NaN as empty; None if one is so long that a double has lost its end."""
    values = [None if value is None or isnan(value) else value for value in column.to_pylist()]
    if any(value is not None and abs(value) >= 10**EXCEL_DIGITS for value in values):
        return None
    return pa.chunked_array([pa.array([cell_text(value)[0] for value in values], pa.string())])


# --- text as frames hold it


def _tidy(table: pa.Table) -> pa.Table:
    """Bring every text to NFC without surrounding spaces; empty text becomes null; one chunk a column."""
    return pa.table({name: _tidy_column(table[name]) for name in table.column_names})


def _tidy_column(column: pa.ChunkedArray) -> pa.Array:
    """Tidy a column; of a dictionary only the distinct values are touched."""
    if not pa.types.is_dictionary(column.type):
        return _tidy_texts(column.combine_chunks())
    coded = column.unify_dictionaries().combine_chunks()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.chunk(0) if coded.num_chunks else pa.array([], _DICTIONARY)
    values = _tidy_texts(coded.dictionary)
    distinct = values.dictionary_encode()  # two spellings may have become one
    indices = distinct.indices.take(coded.indices)
    return pa.DictionaryArray.from_arrays(indices.cast(pa.int32()), distinct.dictionary)


def _tidy_texts(texts: pa.Array) -> pa.Array:
    """Trim spaces (also ideographic and no-break ones), normalise, and make empty text null."""
    trimmed = pc.utf8_trim(texts, characters=" \u3000\u00a0")
    ascii_only = pc.all(pc.string_is_ascii(trimmed)).as_py() is not False
    normal = trimmed if ascii_only else pc.utf8_normalize(trimmed, form="NFC")
    return pc.if_else(pc.equal(normal, ""), pa.scalar(None, pa.string()), normal)
