"""The engine of the relational steps: an interruption is one, and never an error of the data."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from sampling.engine import DuckDBEngine

LONG = "SELECT count(*) AS n FROM range(20000000) AS a, range(20000000) AS b WHERE a.range + b.range = 7"
"""A step that takes hours."""


@dataclass(frozen=True)
class Rows:
    """A frame of one row."""

    table: pa.Table
    path: Path | None = None


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Heed SIGINT as a terminal's programs do: what a shell starts in the background ignores it, and so does Python."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("way", ["signal", "other thread"])
@pytest.mark.parametrize("step", ["define", "rows"])
def test_an_interrupted_step_is_an_interruption(way: str, step: str) -> None:
    with DuckDBEngine(Rows(pa.table({"id": ["1"]}))) as engine:
        run: dict[str, Callable[[], object]] = {
            "define": lambda: engine.define("long", LONG),
            "rows": lambda: engine.rows(LONG),
        }
        ways: dict[str, Callable[[], object]] = {
            "signal": lambda: os.kill(os.getpid(), signal.SIGINT),
            "other thread": engine._connection.interrupt,
        }
        timer = threading.Timer(0.3, ways[way])
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            run[step]()
        timer.join()


def test_other_mistakes_stay_what_they_are() -> None:
    with DuckDBEngine(Rows(pa.table({"id": ["1"]}))) as engine, pytest.raises(Exception, match="no_such_column"):
        engine.rows("SELECT no_such_column FROM frame")
