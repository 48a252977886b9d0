"""Hold a sampling frame: one flat table, one row per unit of the lowest level.

Arrow and DuckDB are loaded when a frame is read or written (`sampling.frame_arrow`): they take a second, which whoever
only names a frame need not wait for.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sampling.errors import Complaint, SamplingError
from sampling.frame_notes import NO_NOTES, FrameNotes
from sampling.levels import Level
from sampling.mapping import FrameMapping, MappingReading, load_mapping

if TYPE_CHECKING:
    import pyarrow as pa

    from sampling.frame_profile import FrameProfile
    from sampling.identity import IdentityKey

__all__ = [
    "Frame",
    "FrameMapping",
    "FrameReading",
    "MappingReading",
    "header_complaints",
    "import_frame",
    "load_mapping",
    "open_frame",
    "read_frame",
    "write_frame",
]


@dataclass(frozen=True)
class Frame:
    """Hold the levels and either a table in memory or the Parquet file it stands in.

    Rows stand in code-point order of the ids, outermost level first. ``notes`` say what is known of the columns.
    """

    levels: tuple[Level, ...]
    table: "pa.Table | None" = None
    path: Path | None = None
    notes: FrameNotes = NO_NOTES


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
    profile: "FrameProfile | None"
    encoding: str | None = None
    unused_columns: tuple[str, ...] = ()


def import_frame(
    sources: Path | Sequence[Path], mapping: FrameMapping, out: Path, *, key: "IdentityKey | None" = None
) -> FrameReading:
    """Import a client's files as a frame's Parquet file; every problem comes back at once, nothing half imported.

    Rows are put aside, checked and sorted out of core: lists may be larger than memory (workbooks have limits).

    Parameters
    ----------
    sources : Path or sequence of Path
        CSV, XLSX or Parquet; what a file is, is told by its content. Several files are parts of one flat list, or one
        for each level where the mapping says so.
    mapping : FrameMapping
        Levels, column types and renamed columns.
    out : Path
        Where the frame is written; appears when it is whole. What is put aside lies beside it meanwhile.
    key : IdentityKey, optional
        Needed where the mapping has columns of identity numbers, which are kept as hashes only.

    Returns
    -------
    FrameReading
        The frame stands in ``out``.
    """
    from sampling.frame_import import import_files  # noqa: PLC0415 (loads NumPy and Arrow)

    return import_files([sources] if isinstance(sources, Path) else sources, mapping, out, key)


def header_complaints(source: Path, mapping: FrameMapping) -> tuple[Complaint, ...]:
    """Tell what stops the import of a file before its rows are read: its form and its header."""
    from sampling.frame_import import header_complaints as complaints_of  # noqa: PLC0415 (loads NumPy and Arrow)

    return complaints_of(source, mapping)


def read_frame(
    sources: Path | Sequence[Path], mapping: FrameMapping, *, key: "IdentityKey | None" = None
) -> FrameReading:
    """Import a short list into memory; ``write_frame`` keeps it. Long ones are for ``import_frame``."""
    from sampling.frame_arrow import read_table  # noqa: PLC0415 (loads Arrow)

    with tempfile.TemporaryDirectory() as folder:
        reading = import_frame(sources, mapping, Path(folder) / "frame.parquet", key=key)
        if reading.frame is None or reading.frame.path is None:
            return reading
        table = read_table(reading.frame.path, mapping.levels)
        return replace(reading, frame=replace(reading.frame, table=table, path=None))


def write_frame(frame: Frame, path: Path) -> None:
    """Write a frame as Parquet with its levels in the metadata."""
    if frame.table is None:
        raise SamplingError("frame.not_in_memory", path=str(frame.path))
    from sampling.frame_arrow import write_table  # noqa: PLC0415 (loads Arrow)

    write_table(frame.table, frame.levels, frame.notes, path)


def open_frame(path: Path) -> Frame:
    """Open a frame's Parquet file without reading its rows.

    Raises
    ------
    SamplingError
        ``frame.not_a_frame``: no Parquet file; ``frame.foreign_parquet``: one that no import of this project wrote.
    """
    from sampling.frame_arrow import read_metadata  # noqa: PLC0415 (loads Arrow)

    levels, notes = read_metadata(path)
    return Frame(levels, path=path, notes=notes)
