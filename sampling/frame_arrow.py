"""Read and write a frame with Arrow: a client's file becomes a table, the table a Parquet file with its levels."""

import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sampling.documents import check_schema, parse_document
from sampling.errors import SamplingError, complain
from sampling.frame import Frame, FrameReading, frame_profile
from sampling.frame_check import arrow_type, check_rows
from sampling.frame_files import read_text_table
from sampling.levels import Level, levels_as_json, levels_from_json
from sampling.mapping import FrameMapping

METADATA_KEY = b"evalsvc.frame"
ROW_GROUP_ROWS = 65_536


def import_frame(path: Path, mapping: FrameMapping) -> FrameReading:
    """Import a client's file, as ``sampling.frame.read_frame`` tells."""
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


def read_levels(path: Path) -> tuple[Level, ...]:
    """Read the levels of a frame's Parquet file, as ``sampling.frame.open_frame`` tells."""
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise SamplingError("frame.not_a_frame", path=str(path)) from error
    text = (schema.metadata or {}).get(METADATA_KEY)
    if text is None:
        raise SamplingError("frame.foreign_parquet", path=str(path))
    document = parse_document(text.decode(), str(path))
    complaints = list(document.complaints) or check_schema(document.value, "mapping.schema.json", str(path))
    if complaints:
        raise SamplingError("frame.foreign_parquet", complaints, path=str(path))
    levels = levels_from_json(document.value["levels"])
    expected = frame_schema(levels)
    if schema.names != expected.names or [kind for kind in schema.types] != expected.types:
        raise SamplingError("frame.foreign_parquet", path=str(path))
    return levels


def write_table(table: pa.Table, levels: Sequence[Level], path: Path) -> None:
    """Write a table as the Parquet file of a frame."""
    schema = frame_schema(levels)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for begin in range(0, table.num_rows, ROW_GROUP_ROWS):
            part = table.slice(begin, ROW_GROUP_ROWS).select(schema.names)
            writer.write_table(part.cast(schema).replace_schema_metadata(schema.metadata))


def frame_schema(levels: Sequence[Level]) -> pa.Schema:
    """Give the Arrow schema of a frame's Parquet file, with the levels in its metadata."""
    fields = [pa.field(own.name, arrow_type(own)) for level in levels for own in level.all_columns]
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
