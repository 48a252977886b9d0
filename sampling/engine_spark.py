"""Run the relational steps of a draw on Spark, for frames that one machine does not hold.

The steps are those that `sampling.steps` and its neighbours write for any engine; only the words below are Spark's.
"""

import importlib.util
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sampling.engine import FrameSource, columns_table, smallest_by_rank
from sampling.engine_java import java_home
from sampling.errors import SamplingError

if TYPE_CHECKING:
    import pyarrow as pa

ROW_INDEX = "row\x1findex"
"""Column of the view that counts the rows of the file; no frame has a column of such a name."""

SETTINGS: Mapping[str, str] = {
    # A decimal as plain digits and a sum that does not fit as an error, not as null.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    # Text of a design in a step stays text, also where it looks like a variable.
    "spark.sql.variable.substitute": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.session.timeZone": "UTC",
}
QUIET: Mapping[str, str] = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
LOCAL: Mapping[str, str] = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
PART_BYTES = 4 * 2**20
"""Compressed bytes of a frame for one part of a shuffle in this process; else Spark makes 200, however few the rows."""
LOCAL_ADDRESS: Mapping[str, str] = {"SPARK_LOCAL_IP": "127.0.0.1"}
"""A Spark on this machine alone needs no other address, and none that a network could reach."""


class SparkEngine:
    """Run steps on Spark, over a Parquet file that all its machines can read, or over a table in memory.

    Parameters
    ----------
    frame : FrameSource
        The rows.
    master : str
        Where Spark runs: ``local[2]``, ``spark://host:7077``, ``yarn``, ...

    Raises
    ------
    SamplingError
        ``draw.spark_missing``, ``draw.java_missing``, ``draw.spark_failed``.
    """

    def __init__(self, frame: FrameSource, master: str = "local[*]") -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="evalsvc-steps-")
        self._kept: dict[str, Any] = {}
        try:
            self._session = _session(master)
            path = frame.path or _written(frame.table, Path(self._folder.name))
            if _is_local(master):
                self._session.conf.set("spark.sql.shuffle.partitions", str(1 + path.stat().st_size // PART_BYTES))
            files = self._session.read.parquet(path.resolve().as_uri())
            from pyspark.sql import functions  # noqa: PLC0415 (an extra)

            numbered = files.select("*", functions.col("_metadata.row_index").alias(ROW_INDEX))
            numbered.createOrReplaceTempView("frame")
        except BaseException:
            self._folder.cleanup()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for rows in self._kept.values():
            rows.unpersist()
        self._folder.cleanup()

    def define(self, name: str, step: str, *, kept: bool = True) -> None:
        """Name a step for those that follow: run it and keep its rows, or else run it anew wherever it is named."""
        rows = self._session.sql(step)
        if kept:
            self._keep(name, rows)
        else:
            rows.createOrReplaceTempView(name)

    def _keep(self, name: str, rows: Any) -> None:
        kept = rows.persist()
        kept.count()  # now, so that whatever is wrong shows here
        kept.createOrReplaceTempView(name)
        before = self._kept.pop(name, None)
        if before is not None:
            before.unpersist()
        self._kept[name] = kept

    def load(self, name: str, columns: Mapping[str, Sequence[str] | Sequence[int]]) -> None:
        """Hand in a small table from outside under a name; empty columns are text."""
        self._keep(name, self._session.createDataFrame(columns_table(columns)))

    def table(self, step: str) -> "pa.Table":
        """Run a step and fetch its rows as columns."""
        return self._session.sql(step).toArrow()

    def rows(self, step: str) -> list[tuple[Any, ...]]:
        """Run a step and fetch its rows."""
        columns = [column.to_pylist() for column in self.table(step).columns]
        return list(zip(*columns, strict=True))

    def quote(self, column: str) -> str:
        """Write a column of the frame so that any name is safe in a step, also one that a step uses itself."""
        return "frame.`" + column.replace("`", "``") + "`"

    def literal(self, text: str) -> str:
        """Write a text value so that any text is safe in a step."""
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def character(self, character: str) -> str:
        """Write one character by its number, for characters that do not print."""
        return f"char({ord(character)})"

    def sha256(self, expression: str) -> str:
        """Hash a text expression; lower-case hex."""
        return f"sha2({expression}, 256)"

    def as_text(self, expression: str) -> str:
        """Write a number in plain digits, a decimal with its declared places."""
        return f"CAST({expression} AS STRING)"

    def ordered_join(self, expression: str, *, order: str) -> str:
        """Join the values of a group by U+001F, in binary order of another column."""
        return f"listagg({expression}, char(31)) WITHIN GROUP (ORDER BY {order})"

    def matches(self, expression: str, pattern: str) -> str:
        """Write the condition that a regular expression fits somewhere in a text."""
        return f"{expression} RLIKE {self.literal(pattern)}"

    def smallest(self, source: str, number: str, most: int) -> str:
        """Write the step that lists the smallest keys of each group, all in order: parent, stratum, keys."""
        return smallest_by_rank(source, number, "array_sort(collect_list(key))")

    def row_index(self) -> str:
        """Count the rows of the frame's file from 0."""
        return self.quote(ROW_INDEX)


def _written(table: "pa.Table | None", folder: Path) -> Path:
    """Write rows that lie in memory where Spark can read them."""
    import pyarrow.parquet as pq  # noqa: PLC0415 (a quarter of a second, which whoever runs no steps need not wait for)

    path = folder / "frame.parquet"
    pq.write_table(table, path)
    return path


def _session(master: str) -> Any:
    """Return a session of its own on the one Spark that a process can have; starting it takes seconds."""
    if importlib.util.find_spec("pyspark") is None:
        raise SamplingError("draw.spark_missing")
    from pyspark import SparkContext  # noqa: PLC0415 (an extra, and slow)
    from pyspark.sql import SparkSession  # noqa: PLC0415 (as above)

    running = SparkContext._active_spark_context
    if running is not None and running.master != master:
        running.stop()
    local = _is_local(master)
    builder = SparkSession.builder.master(master).appName("evalsvc draw")
    for name, value in {**SETTINGS, **QUIET, **(LOCAL if local else {})}.items():
        builder = builder.config(name, value)
    try:
        with _environment(JAVA_HOME=str(java_home()), **(LOCAL_ADDRESS if local else {})):
            session = builder.getOrCreate().newSession()
    except SamplingError:
        raise
    except Exception as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise SamplingError("draw.spark_failed", master=master, reason=reason[0]) from error
    for name, value in SETTINGS.items():
        session.conf.set(name, value)
    return session


def _is_local(master: str) -> bool:
    """Tell whether Spark runs inside this process."""
    return master.startswith("local")


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Set variables that a program which is started inside the block shall find."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def stop() -> None:
    """End the Spark of this process, where one runs; else it ends with the process."""
    if importlib.util.find_spec("pyspark") is None:
        return
    from pyspark import SparkContext  # noqa: PLC0415 (an extra, and slow)

    running = SparkContext._active_spark_context
    if running is not None:
        running.stop()
