"""The speed of draws: every lane does its work, and the forms of a list are seen to differ where they do."""

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks.draw import sameness
from benchmarks.draw_data import (
    COUNTRY,
    HOUSEHOLDS,
    VILLAGES_FILE,
    Size,
    country,
    villages_table,
    write_country,
    write_for_r,
    write_villages,
)
from benchmarks.draw_lanes import LANES
from benchmarks.draw_race import Lane, Target, Timed, figures, kept, ratio
from benchmarks.draw_sameness import Form
from sampling.frame import open_frame
from sampling.frame_profile import frame_profile

ROWS_OUT = {
    "scan": 2_000,
    "draw": 1_000,
    "draw-pps": 1_000,
    "design-check": 0,
    "text-check": 0,
    "frame-hash": 10,
    "points-frame": 4_995,  # shares of 5,000, each rounded
    "points-ticket": 4_995,
    "point-tickets": 100_000,
    "candidates": 1_000,
    "of-villages": 100,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("draw")
    write_country(made / COUNTRY, country(Size(2_000, 1, 10, 10)))
    listed = villages_table(100_000)
    pq.write_table(listed, made / VILLAGES_FILE)
    write_for_r(made, listed, write_villages(made / HOUSEHOLDS, 5))
    return made


def test_the_frames_are_what_they_are_said_to_be(folder: Path) -> None:
    frame = open_frame(folder / COUNTRY)
    assert frame_profile(frame).counts == {"county": 10, "village": 100, "household": 2_000}
    assert frame_profile(open_frame(folder / HOUSEHOLDS)).counts == {"village": 5, "household": 1_000}
    assert (folder / "village.i4").stat().st_size == 4 * 1_000


@pytest.mark.parametrize("name", list(LANES))
def test_every_lane_does_its_work(folder: Path, name: str) -> None:
    assert LANES[name](folder)() == ROWS_OUT[name]


def test_the_figures_are_told() -> None:
    lanes = {"scan": Lane("scan", []), "draw": Lane("draw", [], "scan")}
    timed = {
        "scan": Timed("duckdb 1", 10, [1.0, 2.0, 3.0], [1.0, 1.0, 1.0], 2**20),
        "draw": Timed("evalsvc 1", 5, [2.0, 6.0, 3.0], [5.0, 4.0, 6.0], 2**21),
    }
    assert ratio(lanes, timed, "draw") == 2.0
    assert ratio(lanes, timed, "draw", processor=True) == 5.0
    assert "| draw | evalsvc 1 | 3.000 | 5.000 | 2.00 (5.00) | 2 MiB | 5 |" in figures(lanes, timed)
    assert "| a | 2.00 times | 1.50 times | **no** |" in kept([Target("a", 2.0, 1.5, "times")])


def test_another_sample_is_seen() -> None:
    first = Form("one", "a" * 64, "b" * 64, 3)
    told = "\n".join(sameness([first, first, replace(first, name="other", manifest_sha256="c" * 64)]))
    assert told.count("| yes |") == 2
    assert "| other |" in told
    assert "| **no** |" in told
