"""The engine of the relational steps: an interruption is one, and never an error of the data."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sampling.engine import DuckDBEngine
from sampling.frame import Frame
from sampling.frame_hash import hash_frame
from sampling.hashing import sha256_text
from sampling.levels import Column, Level

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


@pytest.mark.parametrize("kept", ["in memory", "in a file"])
def test_names_that_differ_in_case_are_different_columns(kept: str, tmp_path: Path) -> None:
    levels = (Level("unit", "id", (Column("Name", "text"), Column("name", "text"))),)
    table = pa.table({"id": ["1"], "Name": ["x"], "name": ["y"]})
    pq.write_table(table, tmp_path / "frame.parquet")
    frame = Frame(levels, table=table) if kept == "in memory" else Frame(levels, path=tmp_path / "frame.parquet")
    with DuckDBEngine(frame) as engine:
        columns = ", ".join(engine.quote(name) for name in table.column_names)
        assert engine.rows(f"SELECT {columns} FROM frame") == [("1", "x", "y")]
    assert hash_frame(frame).sha256 == sha256_text(sha256_text(sha256_text("x\x1f1\x1fy")))
