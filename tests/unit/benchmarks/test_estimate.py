"""The speed of estimates: the sample is what it is said to be, every lane does its work, and figures are compared."""

import csv
import math
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from benchmarks import estimate
from benchmarks.draw_race import Target, kept
from benchmarks.estimate_data import CELLS, COLUMNS, SAMPLE, Size, made, margins, sample
from benchmarks.estimate_lanes import TASKS, told
from benchmarks.estimate_race import Lane, Timed, as_timed, difference, sameness, seconds, times

SIZE = Size(1_200, 24, 4)
FIGURES = {
    "means": 60,
    "two-stage": 60,
    "domains": 240,
    "domains-rates": 240,
    "bootstrap": 10,
    "raking": 1,
    "intervals": 2,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(SIZE, tmp_path_factory.mktemp("estimate"))


def test_the_sample_is_what_it_is_said_to_be(folder: Path) -> None:
    table = pq.read_table(folder / SAMPLE)
    assert table.num_rows == 1_200
    assert len(table.column("county").unique()) == 24
    assert len(table.column("village").unique()) == 24 * 5
    assert table.equals(sample(SIZE))
    raw = np.fromfile(folder / COLUMNS / "w.f8", dtype="<f8")
    assert raw.tolist() == table.column("w").to_pylist()
    for name, totals in margins(folder).items():
        assert name in CELLS
        assert sum(totals.values()) == pytest.approx(raw.sum())
    with (folder / "margins.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) == 1 + 2 + 3 + 4


@pytest.mark.parametrize("name", list(TASKS))
def test_every_lane_does_its_work(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.estimate_lanes.RUNS", 1)
    found = as_timed(told(TASKS[name], folder))
    assert found.peak > 0
    assert len(found.figures["estimate"]) == FIGURES[name]
    assert all(value is not None for value in found.figures["estimate"])


def timed(wall: list[float], peak: int = 2**20) -> Timed:
    return Timed("one 1", [1.0] * len(wall), wall, wall, peak, {})


def test_times_are_told_with_and_without_the_design() -> None:
    lanes = {"own": Lane("ours", []), "svy": Lane("theirs", [], once=True)}
    both = {"own": timed([1.0, 2.0, 1.0]), "svy": timed([5.0])}
    assert times(both, "svy") == 5.0
    assert times(both, "svy", whole=True) == 3.0
    assert "| theirs | one 1 | 1.000 | 5.000 | 5.000 | 5.0 (3.0) | 1 MiB |" in seconds(lanes, both)


def test_a_target_is_kept_or_not() -> None:
    assert "| a | 3.00 times | at least 4.00 times | **no** |" in kept([Target("a", 3.0, 4.0, "times", least=True)])
    assert "| b | 3.00 MiB | 4.00 MiB | yes |" in kept([Target("b", 3.0, 4.0, "MiB")])


def test_a_peer_that_is_not_there_keeps_no_target() -> None:
    targets = estimate._targets(estimate.TASKS[0], {"own": timed([1.0])})
    assert [target.kept for target in targets] == [False, False]


def test_figures_are_compared() -> None:
    assert difference("a", [1.0, None, 0.0], [1.0 + 1e-12, None, 0.0]).same
    assert not difference("a", [1.0], [1.0 + 1e-6]).same
    assert not difference("a", [1.0], [None]).same
    assert not difference("a", [None], [None]).same
    assert difference("a", [1.0], [1.0, 2.0]).largest == math.inf
    assert "| a | 1 | 1.0e+00 | **no**: why |" in sameness([difference("a", [2.0], [1.0], "why")])
