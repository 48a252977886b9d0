"""Put lists that were made later below the units of a frame: the committed rows stay, the lowest level is filled in."""

# ruff: noqa: S608 (names are quoted, values are literals, everything else in a statement is ours)
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sampling.bounded import bounded_connection, literal, quoted, run_bounded
from sampling.frame import Frame
from sampling.frame_text import FRAME_FILE
from sampling.levels import Level


@dataclass(frozen=True)
class ListedUnits:
    """Name a frame's Parquet file of two levels, the parents by their ids alone, and whose lists are taken from it."""

    path: Path
    parents: tuple[str, ...]


@dataclass(frozen=True)
class SameId:
    """Name an id of a new list that another unit has: one of the frame above, or of a list that came before."""

    id: str
    parent: str
    other: str
    """The level that has it, or the unit in whose list it stands."""


def list_levels(levels: Sequence[Level]) -> tuple[Level, Level]:
    """Give the levels of a list that was made later: its parents by their ids alone, and what is listed."""
    return Level(levels[-2].name, levels[-2].id), levels[-1]


def extend_frame(frame: Frame, lists: Sequence[ListedUnits], out: Path) -> Frame:
    """Write a frame with lists below its units, as an import would write both together.

    Parameters
    ----------
    frame : Frame
        The committed frame, in a file, without units of its lowest level.
    lists : sequence of ListedUnits
        Each parent once.
    out : Path
        Where the new frame is written; appears when it is whole.
    """
    from sampling.frame_arrow import ROW_GROUP_ROWS, frame_metadata  # noqa: PLC0415 (loads NumPy and Arrow)

    levels = frame.levels
    parent = quoted(levels[-2].id)
    above = ", ".join(quoted(own.name) for level in levels[:-1] for own in level.all_columns)
    listed = ", ".join(f"listed.{quoted(own.name)}" for own in levels[-1].all_columns)
    order = ", ".join(f"{quoted(level.id)} NULLS FIRST" for level in levels)
    metadata = ", ".join(f"{literal(k)}: {literal(text)}" for k, text in frame_metadata(levels, frame.notes).items())
    with _opened(frame, lists, out.parent) as (connection, folder):
        partial = folder / FRAME_FILE
        rows = f"SELECT above.*, {listed} FROM above LEFT JOIN listed ON above.{parent} = listed.{parent}"
        statement = (
            f"COPY (SELECT * FROM ({rows}) AS rows ORDER BY {order}) TO {literal(str(partial))} "
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP_ROWS}, KV_METADATA {{{metadata}}})"
        )
        _run(connection, f"CREATE VIEW above AS SELECT DISTINCT {above} FROM frame")
        _run(connection, statement)
        partial.replace(out)
    return Frame(levels, path=out, notes=frame.notes)


def same_ids(frame: Frame, lists: Sequence[ListedUnits], new: ListedUnits) -> list[SameId]:
    """Name the ids of a new list that the frame or a list before has already; ids are unique over all levels.

    Parameters
    ----------
    lists : sequence of ListedUnits
        Those bound before.
    new : ListedUnits
        The list that comes now; an import has checked it in itself.
    """
    parent, unit = quoted(frame.levels[-2].id), quoted(frame.levels[-1].id)
    known = [
        f"SELECT {quoted(level.id)} AS id, {literal(level.name)} AS other FROM frame" for level in frame.levels[:-1]
    ]
    known.append(f"SELECT {unit} AS id, {parent} AS other FROM listed")
    with tempfile.TemporaryDirectory() as folder, _opened(frame, lists, Path(folder)) as (connection, _):
        found = _run(
            connection,
            f"SELECT new.{unit}, new.{parent}, min(known.other) FROM ({_rows_of(frame.levels, new)}) AS new "
            f"JOIN ({' UNION ALL '.join(known)}) AS known ON known.id = new.{unit} GROUP BY 1, 2 ORDER BY 2, 1",
        )
    return [SameId(*map(str, row)) for row in found]


@contextmanager
def _opened(frame: Frame, lists: Sequence[ListedUnits], place: Path) -> Iterator[tuple[Any, Path]]:
    """Open the frame as ``frame`` and all lists as ``listed``; what is put aside lies in a folder of ours."""
    if frame.path is None:
        raise ValueError("the frame stands in no file")
    with tempfile.TemporaryDirectory(prefix=".lists-", dir=place) as name:
        folder = Path(name)
        with closing(bounded_connection(folder)) as connection:
            _run(connection, f"CREATE VIEW frame AS SELECT * FROM read_parquet({literal(str(frame.path))})")
            rows = [_rows_of(frame.levels, each) for each in lists]
            # Without any list: no row, of the types that a list has.
            parent = list_levels(frame.levels)[0]
            names = ", ".join(quoted(own.name) for own in (*parent.all_columns, *frame.levels[-1].all_columns))
            rows = rows or [f"SELECT {names} FROM frame WHERE FALSE"]
            _run(connection, f"CREATE VIEW listed AS {' UNION ALL '.join(rows)}")
            yield connection, folder


def _rows_of(levels: Sequence[Level], listed: ListedUnits) -> str:
    """Write the step that gives the parents' ids and the listed units' columns."""
    names = ", ".join(quoted(own.name) for level in list_levels(levels) for own in level.all_columns)
    parent, unit = quoted(levels[-2].id), quoted(levels[-1].id)
    parents = ", ".join(map(literal, listed.parents))
    source = f"read_parquet({literal(str(listed.path))})"
    return f"SELECT {names} FROM {source} WHERE {parent} IN ({parents}) AND {unit} IS NOT NULL"


def _run(connection: Any, statement: str) -> list[tuple[Any, ...]]:
    return run_bounded(connection, lambda: list(connection.execute(statement).fetchall()))
