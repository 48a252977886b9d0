"""Open DuckDB so that what does not fit into a fixed amount of memory is put aside in a folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sampling.interruption import interruptible

T = TypeVar("T")

THREAD_MEMORY = 136
"""Megabytes for each thread: enough to sort and group any number of rows."""
LEAST_THREADS = 2
MORE_MEMORY = (2, 4, 8, 16)
"""How many times as much a step gets, one after the other, that fails for want of memory: some cannot be put aside."""


def bounded_connection(folder: Path, threads: int = LEAST_THREADS, *, keep_order: bool = False) -> Any:
    """Connect to an empty database in memory that spills into a folder.

    Parameters
    ----------
    folder : Path
        Must exist as long as the connection; what is put aside lies in it, and it is removed by its owner.
    threads : int
        How many may work at a time; each takes memory of its own.
    keep_order : bool
        Whether rows that nothing sorts keep the order of their file, which takes more memory.
    """
    import duckdb  # noqa: PLC0415 (a quarter of a second, which whoever runs no steps need not wait for)

    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{THREAD_MEMORY * max(threads, LEAST_THREADS)}MB",
            "threads": str(threads),
            "temp_directory": str(folder),
            "preserve_insertion_order": str(keep_order).lower(),
        },
    )
    # It would be drawn into the output of whatever program runs the steps.
    connection.execute("SET enable_progress_bar = false")
    return connection


def run_bounded(connection: Any, work: Callable[[], T]) -> T:
    """Run one step of such a connection; Ctrl-C ends it, and one that needs more memory gets it, on one thread.

    ``work`` is run anew then, so it must not matter that it was begun before.
    """
    import duckdb  # noqa: PLC0415 (as above)

    for times in MORE_MEMORY:
        try:
            return interruptible(connection, work)
        except duckdb.OutOfMemoryException:
            connection.execute(f"SET memory_limit = '{THREAD_MEMORY * LEAST_THREADS * times}MB'")
            connection.execute("SET threads = 1")
    return interruptible(connection, work)


def literal(text: str) -> str:
    """Write a text value so that any text is safe in a statement of such a connection."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """Write a column's name so that any name is safe in a statement of such a connection."""
    return '"' + name.replace('"', '""') + '"'
