"""An engine for many draws from one frame: what is the same in every run is computed once."""

# ruff: noqa: S608 (names are ours)
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sampling.engine import DuckDBEngine, FrameSource

if TYPE_CHECKING:
    import pyarrow as pa

WORD = re.compile(r"[A-Za-z_]\w*")


class RepeatingEngine(DuckDBEngine):
    """Run steps as DuckDB does, and keep the rows of those that come again unchanged.

    A step changes from run to run when it reads, directly or by way of another, a table that is handed in (the units
    taken at the stage above). Every other step depends on the frame alone: from its second time on its rows are kept.
    What is drawn is computed anew each time, for a seed stands in no kept step twice.
    """

    def __init__(self, frame: FrameSource) -> None:
        super().__init__(frame)
        # The rows are read from the file once, not once a step.
        self._run("CREATE TABLE frame_rows AS SELECT * FROM frame")
        self._run("DROP VIEW frame")
        if frame.path is None:
            self._connection.unregister("frame_handed_in")
        self._run("ALTER TABLE frame_rows RENAME TO frame")
        self._changing: set[str] = set()
        self._meaning: dict[str, str] = {}
        """The step behind each name, with the steps behind the names in it."""
        self._views: set[str] = set()
        self._seen: set[int] = set()
        self._kept_tables: dict[str, str] = {}
        self._kept_rows: dict[str, list[tuple[Any, ...]]] = {}
        self._kept_columns: dict[str, pa.Table] = {}

    def define(self, name: str, step: str, *, kept: bool = True) -> None:
        """Run a step and keep its rows in any case: it is read in many runs; unchanged, it is not run again."""
        meaning = self._whole(step)
        self._forget(name)
        if meaning is None:
            self._changing.add(name)
            super().define(name, step)
            return
        self._changing.discard(name)
        self._meaning[name] = meaning
        if self._first_time(meaning):
            super().define(name, step)
            return
        if meaning not in self._kept_tables:
            self._kept_tables[meaning] = f"kept_{len(self._kept_tables)}"
            self._run(f"CREATE TABLE {self._kept_tables[meaning]} AS {step}")
        self._run(f"CREATE VIEW {name} AS SELECT * FROM {self._kept_tables[meaning]}")
        self._views.add(name)

    def load(self, name: str, columns: Mapping[str, Sequence[str] | Sequence[int]]) -> None:
        """Hand in a small table from outside: whatever reads it changes from run to run."""
        self._changing.add(f"{name}_handed_in")
        super().load(name, columns)

    def rows(self, step: str) -> list[tuple[Any, ...]]:
        """Run a step and fetch its rows, or give those that were fetched before."""
        meaning = self._whole(step)
        if meaning is None or self._first_time(meaning):
            return super().rows(step)
        if meaning not in self._kept_rows:
            self._kept_rows[meaning] = super().rows(step)
        return list(self._kept_rows[meaning])

    def table(self, step: str) -> "pa.Table":
        """Run a step and fetch its rows as columns, or give those that were fetched before."""
        meaning = self._whole(step)
        if meaning is None or self._first_time(f"table\n{meaning}"):
            return super().table(step)
        if meaning not in self._kept_columns:
            self._kept_columns[meaning] = super().table(step)
        return self._kept_columns[meaning]

    def _run(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement on this thread: a step takes milliseconds, and a thread of its own would cost as much."""
        import duckdb  # noqa: PLC0415 (loaded by the class above)

        try:
            return list(self._connection.execute(statement).fetchall())
        except duckdb.InterruptException as error:
            raise KeyboardInterrupt from error

    def _whole(self, step: str) -> str | None:
        """Write a step with what the names in it stand for; None when it changes from run to run."""
        words = set(WORD.findall(step))
        if words & self._changing:
            return None
        behind = sorted(f"{name}={self._meaning[name]}" for name in words & self._meaning.keys())
        return "\n".join([step, *behind])

    def _first_time(self, meaning: str) -> bool:
        mark = hash(meaning)  # two with one mark are kept a run too early, no more
        first = mark not in self._seen
        self._seen.add(mark)
        return first

    def _forget(self, name: str) -> None:
        """Take away what stood under a name, whether table or view."""
        self._meaning.pop(name, None)
        if name in self._views:
            self._views.discard(name)
            self._run(f"DROP VIEW {name}")
        else:
            self._run(f"DROP TABLE IF EXISTS {name}")
