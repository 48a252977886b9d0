"""Hold a sampling frame: one flat table, one row per unit of the lowest level."""

# ruff: noqa: S608 (column names are quoted, everything else in a step is ours)
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sampling.documents import check_schema, parse_document
from sampling.engine import DuckDBEngine
from sampling.errors import Complaint, SamplingError, complain
from sampling.frame_check import check_rows
from sampling.frame_files import read_text_table
from sampling.levels import Level, levels_as_json, levels_from_json
from sampling.mapping import FrameMapping, MappingReading, load_mapping

__all__ = [
    "Frame",
    "FrameMapping",
    "FrameProfile",
    "FrameReading",
    "MappingReading",
    "frame_profile",
    "load_mapping",
    "open_frame",
    "read_frame",
    "write_frame",
]

METADATA_KEY = b"evalsvc.frame"
ROW_GROUP_ROWS = 65_536


@dataclass(frozen=True)
class Frame:
    """Hold the levels and either a table in memory or the Parquet file it stands in.

    Rows stand in code-point order of the ids, outermost level first.
    """

    levels: tuple[Level, ...]
    table: pa.Table | None = None
    path: Path | None = None


@dataclass(frozen=True)
class FrameProfile:
    """Count a frame: units of each level, totals of number columns over the units that own them."""

    counts: Mapping[str, int]
    totals: Mapping[str, int | Decimal]


@dataclass(frozen=True)
class FrameReading:
    """Hold an imported frame with its profile, or the complaints that forbid its use; never both.

    Parameters
    ----------
    encoding : str or None
        Encoding of a CSV file.
    unused_columns : tuple of str
        Columns of the file that were not asked for and not taken in.
    """

    frame: Frame | None
    complaints: tuple[Complaint, ...]
    profile: FrameProfile | None
    encoding: str | None = None
    unused_columns: tuple[str, ...] = ()


def read_frame(path: Path, mapping: FrameMapping) -> FrameReading:
    """Import a client's file: CSV, XLSX or Parquet; every problem comes back at once, nothing half imported.

    Parameters
    ----------
    path : Path
        The file; what it is, is told by its content.
    mapping : FrameMapping
        Levels, column types and renamed columns.

    Returns
    -------
    FrameReading
        The frame lies in memory; ``write_frame`` keeps it.
    """
    read = read_text_table(path, mapping)
    if read.table is None:
        return FrameReading(None, read.complaints, None, read.encoding, read.unused)
    checked = check_rows(read, mapping.levels, path.name)
    complaints = sorted((*read.complaints, *checked.complaints), key=lambda one: (one.row or 0, one.column or ""))
    if not complaints and not pc.any(pc.is_valid(checked.table[mapping.levels[0].id])).as_py():
        complaints = [complain("frame.no_units", file=path.name)]
    if complaints:
        return FrameReading(None, tuple(complaints), None, read.encoding, read.unused)
    named = checked.table.filter(pc.is_valid(checked.table[mapping.levels[0].id]))  # rows without anything are left out
    frame = Frame(mapping.levels, sort_frame_table(named, mapping.levels))
    return FrameReading(frame, (), frame_profile(frame), read.encoding, read.unused)


def frame_profile(frame: Frame) -> FrameProfile:
    """Count units by level and sum number columns."""
    counts: dict[str, int] = {}
    totals: dict[str, int | Decimal] = {}
    with DuckDBEngine(frame) as engine:
        for depth, level in enumerate(frame.levels):
            unit = engine.quote(level.id)
            lowest = depth == len(frame.levels) - 1
            numbers = [own for own in level.columns if own.kind != "text"]
            values = [engine.quote(own.name) if lowest else f"max({engine.quote(own.name)})" for own in numbers]
            listed = "".join(f", {value} AS n{i}" for i, value in enumerate(values))
            units = f"SELECT {unit} AS id{listed} FROM frame WHERE {unit} IS NOT NULL"
            units += "" if lowest else f" GROUP BY {unit}"
            sums = "".join(f", coalesce(sum(n{i}), 0)" for i in range(len(numbers)))
            row = engine.rows(f"SELECT count(*){sums} FROM ({units}) AS units")[0]
            counts[level.name] = row[0]
            totals |= {own.name: value for own, value in zip(numbers, row[1:], strict=True)}
    return FrameProfile(counts, totals)


def frame_schema(levels: Sequence[Level]) -> pa.Schema:
    """Give the Arrow schema of a frame's Parquet file, with the levels in its metadata."""
    fields = [pa.field(own.name, own.arrow_type) for level in levels for own in level.all_columns]
    text = json.dumps({"levels": levels_as_json(levels)}, ensure_ascii=False, separators=(",", ":"))
    return pa.schema(fields, metadata={METADATA_KEY: text.encode()})


def sort_frame_table(table: pa.Table, levels: Sequence[Level]) -> pa.Table:
    """Sort rows by the ids, outermost first; binary order of UTF-8 is code-point order."""
    keys = {f"key{depth}": pc.cast(_plain(table[level.id]), pa.binary()) for depth, level in enumerate(levels)}
    order = pc.sort_indices(pa.table(keys), sort_keys=[(name, "ascending", "at_start") for name in keys])
    return table.take(order)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Decode a dictionary column, which casts and sorts need."""
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def write_frame(frame: Frame, path: Path) -> None:
    """Write a frame as Parquet with its levels in the metadata."""
    if frame.table is None:
        raise SamplingError("frame.not_in_memory", path=str(frame.path))
    schema = frame_schema(frame.levels)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for begin in range(0, frame.table.num_rows, ROW_GROUP_ROWS):
            part = frame.table.slice(begin, ROW_GROUP_ROWS).select(schema.names)
            writer.write_table(part.cast(schema).replace_schema_metadata(schema.metadata))


def open_frame(path: Path) -> Frame:
    """Open a frame's Parquet file without reading its rows.

    Raises
    ------
    SamplingError
        ``frame.not_a_frame``: no Parquet file, or none that an import of this project wrote.
    """
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise SamplingError("frame.not_a_frame", path=str(path), problem=str(error).splitlines()[0]) from error
    text = (schema.metadata or {}).get(METADATA_KEY)
    if text is None:
        raise SamplingError("frame.not_a_frame", path=str(path), problem=f"metadata {METADATA_KEY.decode()} missing")
    document = parse_document(text.decode(), str(path))
    complaints = list(document.complaints) or check_schema(document.value, "mapping.schema.json", str(path))
    if complaints:
        raise SamplingError("frame.not_a_frame", complaints, path=str(path), problem="metadata")
    levels = levels_from_json(document.value["levels"])
    expected = frame_schema(levels)
    if schema.names != expected.names or [kind for kind in schema.types] != expected.types:
        raise SamplingError("frame.not_a_frame", path=str(path), problem="columns differ from the metadata")
    return Frame(levels, path=path)
