"""Let Ctrl-C end a relational step at once."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

T = TypeVar("T")

_AGAIN = 0.02
"""Seconds between two tries: an interruption that comes before the step has begun is forgotten."""


def interruptible(connection: Any, work: Callable[[], T]) -> T:
    """Run one step of a DuckDB connection on a thread of its own while the caller waits for it.

    The engine itself looks for signals only between its tasks, of which one may take seconds or hours, and then tells
    of Ctrl-C as an error, which looks like bad data.

    Raises
    ------
    KeyboardInterrupt
        The step was interrupted, by a signal or by another thread.
    """
    import duckdb  # noqa: PLC0415 (a quarter of a second, which whoever runs no steps need not wait for)

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="step") as thread:
        running = thread.submit(work)
        try:
            return running.result()
        except KeyboardInterrupt:
            _stop(connection, running)
            raise
        except duckdb.InterruptException as error:
            raise KeyboardInterrupt from error


def _stop(connection: Any, running: Future[T]) -> None:
    while not running.done():
        connection.interrupt()
        wait([running], timeout=_AGAIN)
