"""Run relational steps over a frame; the steps are plain SQL text, the few words that differ by engine stand here."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from sampling.bounded import bounded_connection, run_bounded

if TYPE_CHECKING:
    import pyarrow as pa


class FrameSource(Protocol):
    """Hold a frame's rows, in memory or in a Parquet file."""

    @property
    def table(self) -> "pa.Table | None":
        """Give the rows in memory."""

    @property
    def path(self) -> Path | None:
        """Give the Parquet file."""


class Engine(Protocol):
    """Run steps: each is one SELECT of standard SQL over the view ``frame`` and over steps defined before.

    The steps themselves are written once, in the modules that need them, with the words below where engines differ.
    """

    def define(self, name: str, step: str, *, kept: bool = True) -> None:
        """Name a step for those that follow: run it and keep its rows, or else run it anew wherever it is named."""

    def load(self, name: str, columns: Mapping[str, Sequence[str] | Sequence[int]]) -> None:
        """Hand in a small table from outside under a name; empty columns are text."""

    def rows(self, step: str) -> list[tuple[Any, ...]]:
        """Run a step and fetch its rows."""

    def table(self, step: str) -> "pa.Table":
        """Run a step and fetch its rows as columns."""

    def quote(self, column: str) -> str:
        """Write a column of the frame so that any name is safe in a step, also one that a step uses itself."""

    def literal(self, text: str) -> str:
        """Write a text value so that any text is safe in a step."""

    def character(self, character: str) -> str:
        """Write one character by its number, for characters that do not print."""

    def sha256(self, expression: str) -> str:
        """Hash a text expression; lower-case hex."""

    def as_text(self, expression: str) -> str:
        """Write a number in plain digits, a decimal with its declared places."""

    def ordered_join(self, expression: str, *, order: str) -> str:
        """Join the values of a group by U+001F, in binary order of another column."""

    def matches(self, expression: str, pattern: str) -> str:
        """Write the condition that a regular expression fits somewhere in a text."""

    def smallest(self, source: str, number: str, most: int) -> str:
        """Write the step that lists the smallest keys of each group, all in order: parent, stratum, keys.

        ``source`` is a step that gives parent, stratum and key; ``number`` says how many are listed, a column of it or
        a plain number; ``most`` is the largest of these.
        """

    def row_index(self) -> str:
        """Count the rows of the frame's file from 0."""


OpenEngine = Callable[[FrameSource], AbstractContextManager[Engine]]
"""Open an engine over a frame: the class of an engine, or one with its options filled in."""


def columns_table(columns: Mapping[str, Sequence[str] | Sequence[int]]) -> "pa.Table":
    """Make a table of columns; empty ones are text."""
    import pyarrow as pa  # noqa: PLC0415 (a quarter of a second, which whoever runs no steps need not wait for)

    types = {
        key: pa.int64() if len(values) and not isinstance(values[0], str) else pa.string()
        for key, values in columns.items()
    }
    return pa.table({key: pa.array(values, types[key]) for key, values in columns.items()})


def smallest_by_rank(source: str, number: str, listed: str) -> str:
    """Write the step of ``Engine.smallest`` by ranking the keys of each group; ``listed`` puts them into a list."""
    ranked = (
        f"SELECT *, row_number() OVER (PARTITION BY parent, stratum ORDER BY key) AS place FROM ({source}) AS keyed"
    )
    taken = f"SELECT parent, stratum, key FROM ({ranked}) AS ranked WHERE place <= {number}"
    grouped = f"SELECT parent, stratum, {listed} AS keys FROM ({taken}) AS taken GROUP BY parent, stratum"
    return f"{grouped} ORDER BY parent, stratum"


def _told_apart(frame: FrameSource) -> dict[str, str]:
    """Give columns other names where some differ in nothing but case, which DuckDB does not tell apart."""
    import pyarrow.parquet as pq  # noqa: PLC0415 (a quarter of a second, which whoever runs no steps need not wait for)

    names = frame.table.column_names if frame.table is not None else pq.read_schema(frame.path).names
    if len({name.casefold() for name in names}) == len(names):
        return {}
    return {name: f"column {place}" for place, name in enumerate(names)}


MOST_HELD = 100_000
"""Keys of one group that are held together while its rows go by; beyond, ranking needs less memory."""


class DuckDBEngine:
    """Run steps on DuckDB, out of core over Parquet or over a table in memory."""

    def __init__(self, frame: FrameSource) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="evalsvc-steps-")
        self._connection: Any = bounded_connection(Path(self._folder.name), os.cpu_count() or 1, keep_order=True)
        self._kinds: dict[str, str] = {}
        source = "frame_handed_in"
        if frame.path is None:
            self._connection.register(source, frame.table)
        else:
            source = f"read_parquet({self.literal(str(frame.path))})"
        self._names = _told_apart(frame)
        named = ", ".join(f'"{name}"' for name in self._names.values())
        self._run(f"CREATE VIEW frame{f' ({named})' if named else ''} AS SELECT * FROM {source}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        self._folder.cleanup()

    def _run(self, statement: str) -> list[tuple[Any, ...]]:
        return run_bounded(self._connection, lambda: list(self._connection.execute(statement).fetchall()))

    def define(self, name: str, step: str, *, kept: bool = True) -> None:
        """Name a step for those that follow: run it and keep its rows, or else run it anew wherever it is named."""
        before = self._kinds.get(name)
        if before is not None and (before == "TABLE") != kept:
            self._run(f"DROP {before} {name}")
        self._kinds[name] = "TABLE" if kept else "VIEW"
        self._run(f"CREATE OR REPLACE {self._kinds[name]} {name} AS {step}")

    def load(self, name: str, columns: Mapping[str, Sequence[str] | Sequence[int]]) -> None:
        """Hand in a small table from outside under a name; empty columns are text."""
        self._connection.register(f"{name}_handed_in", columns_table(columns))
        self.define(name, f"SELECT * FROM {name}_handed_in")
        self._connection.unregister(f"{name}_handed_in")

    def rows(self, step: str) -> list[tuple[Any, ...]]:
        """Run a step and fetch its rows."""
        return self._run(step)

    def table(self, step: str) -> "pa.Table":
        """Run a step and fetch its rows as columns."""
        return run_bounded(self._connection, lambda: self._connection.sql(step).to_arrow_table())

    def quote(self, column: str) -> str:
        """Write a column of the frame so that any name is safe in a step, also one that a step uses itself."""
        return 'frame."' + self._names.get(column, column).replace('"', '""') + '"'

    def literal(self, text: str) -> str:
        """Write a text value so that any text is safe in a step."""
        return "'" + text.replace("'", "''") + "'"

    def character(self, character: str) -> str:
        """Write one character by its number, for characters that do not print."""
        return f"chr({ord(character)})"

    def sha256(self, expression: str) -> str:
        """Hash a text expression; lower-case hex."""
        return f"sha256({expression})"

    def as_text(self, expression: str) -> str:
        """Write a number in plain digits, a decimal with its declared places."""
        return f"CAST({expression} AS VARCHAR)"

    def ordered_join(self, expression: str, *, order: str) -> str:
        """Join the values of a group by U+001F, in binary order of another column."""
        return f"string_agg({expression}, chr(31) ORDER BY {order})"

    def matches(self, expression: str, pattern: str) -> str:
        """Write the condition that a regular expression fits somewhere in a text."""
        return f"regexp_matches({expression}, {self.literal(pattern)})"

    def smallest(self, source: str, number: str, most: int) -> str:
        """Write the step that lists the smallest keys of each group, all in order: parent, stratum, keys."""
        if most > MOST_HELD:
            return smallest_by_rank(source, number, "list(key ORDER BY key)")
        keys = f"SELECT parent, stratum, min(key, {number}) AS keys FROM ({source}) AS keyed"
        return f"{keys} GROUP BY parent, stratum ORDER BY parent, stratum"

    def row_index(self) -> str:
        """Count the rows of the frame's file from 0."""
        return "row_number() OVER () - 1"
