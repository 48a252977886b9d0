"""Read and write the Parquet file of a frame with Arrow."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sampling.documents import check_schema, parse_document
from sampling.errors import SamplingError
from sampling.frame_notes import NO_NOTES, FrameNotes, notes_from_json
from sampling.frame_tidy import arrow_type
from sampling.levels import Level, levels_as_json, levels_from_json

METADATA_KEY = "evalsvc.frame"
ROW_GROUP_ROWS = 65_536
SCHEMA = "frame.schema.json"


def read_metadata(path: Path) -> tuple[tuple[Level, ...], FrameNotes]:
    """Read the levels of a frame's Parquet file and the notes, as ``sampling.frame.open_frame`` tells."""
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise SamplingError("frame.not_a_frame", path=str(path)) from error
    text = (schema.metadata or {}).get(METADATA_KEY.encode())
    if text is None:
        raise SamplingError("frame.foreign_parquet", path=str(path))
    document = parse_document(text.decode(), str(path))
    complaints = list(document.complaints) or check_schema(document.value, SCHEMA, str(path))
    if complaints:
        raise SamplingError("frame.foreign_parquet", complaints, path=str(path))
    levels = levels_from_json(document.value["levels"])
    expected = frame_schema(levels)
    if schema.names != expected.names or [kind for kind in schema.types] != expected.types:
        raise SamplingError("frame.foreign_parquet", path=str(path))
    return levels, notes_from_json(document.value)


def write_table(table: pa.Table, levels: Sequence[Level], notes: FrameNotes, path: Path) -> None:
    """Write a table as the Parquet file of a frame."""
    schema = frame_schema(levels, notes)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for begin in range(0, table.num_rows, ROW_GROUP_ROWS):
            part = table.slice(begin, ROW_GROUP_ROWS).select(schema.names)
            writer.write_table(part.cast(schema).replace_schema_metadata(schema.metadata))


def read_table(path: Path, levels: Sequence[Level]) -> pa.Table:
    """Read all rows of a frame's file into memory."""
    return pq.read_table(path).cast(frame_schema(levels))


def frame_schema(levels: Sequence[Level], notes: FrameNotes = NO_NOTES) -> pa.Schema:
    """Give the Arrow schema of a frame's Parquet file, with the levels and notes in its metadata."""
    fields = [pa.field(own.name, arrow_type(own)) for level in levels for own in level.all_columns]
    return pa.schema(fields, metadata={name: text.encode() for name, text in frame_metadata(levels, notes).items()})


def frame_metadata(levels: Sequence[Level], notes: FrameNotes = NO_NOTES) -> Mapping[str, str]:
    """Give the key-value metadata of a frame's Parquet file."""
    value = {"levels": levels_as_json(levels), **notes.as_json()}
    return {METADATA_KEY: json.dumps(value, ensure_ascii=False, separators=(",", ":"))}
