"""Hold a sampling frame: one flat table, one row per unit of the lowest level.

Arrow and DuckDB are loaded when a frame is read or written (`sampling.frame_arrow`): they take a second, which whoever
only names a frame need not wait for.
"""

# ruff: noqa: S608 (column names are quoted, everything else in a step is ours)
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from sampling.engine import DuckDBEngine
from sampling.errors import Complaint, SamplingError
from sampling.levels import Level
from sampling.mapping import FrameMapping, MappingReading, load_mapping

if TYPE_CHECKING:
    import pyarrow as pa

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


@dataclass(frozen=True)
class Frame:
    """Hold the levels and either a table in memory or the Parquet file it stands in.

    Rows stand in code-point order of the ids, outermost level first.
    """

    levels: tuple[Level, ...]
    table: "pa.Table | None" = None
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
    from sampling.frame_arrow import import_frame  # noqa: PLC0415 (loads NumPy, Arrow and DuckDB)

    return import_frame(path, mapping)


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


def write_frame(frame: Frame, path: Path) -> None:
    """Write a frame as Parquet with its levels in the metadata."""
    if frame.table is None:
        raise SamplingError("frame.not_in_memory", path=str(frame.path))
    from sampling.frame_arrow import write_table  # noqa: PLC0415 (loads Arrow)

    write_table(frame.table, frame.levels, path)


def open_frame(path: Path) -> Frame:
    """Open a frame's Parquet file without reading its rows.

    Raises
    ------
    SamplingError
        ``frame.not_a_frame``: no Parquet file; ``frame.foreign_parquet``: one that no import of this project wrote.
    """
    from sampling.frame_arrow import read_levels  # noqa: PLC0415 (loads Arrow)

    return Frame(read_levels(path), path=path)
