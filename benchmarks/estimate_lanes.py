"""Do one piece of work of the study of estimates in a process of its own, so that its memory is its own.

    python -m benchmarks.estimate_lanes TASK FOLDER

Prints one line of JSON as estimate_peers.py does: label, seconds in which the design was compiled from columns in
memory, wall and processor seconds of every run of the work, the most bytes held, and the figures.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.estimate_data import CELLS, INDICATORS, SAMPLE, margins
from benchmarks.memory import most_held
from sampling.estimate import Plan, Results, Sample, Table, answer_plan, load_plan
from sampling.estimate.table_file import read_parquet

LONG, BUDGET, RUNS = 3.0, 4.0, 5
"""Seconds of a first run that counts, seconds for further runs, and how many there are at most."""
COUNTY: Mapping[str, Any] = {"stages": [{"cluster": "county", "strata": "stratum"}], "weights": "w"}
TWO_STAGES: Mapping[str, Any] = {
    "stages": [
        {"cluster": "county", "strata": "stratum", "population": "N1"},
        {"cluster": "village", "population": "M2"},
    ],
    "weights": "w",
}
VILLAGES: Mapping[str, Any] = {
    "stages": [{"cluster": "county", "strata": "stratum"}, {"cluster": "village"}],
    "weights": "w",
}
METHODS = ("logit", "beta", "korn-graubard", "wilson")
Figures = dict[str, list[float | None]]


@dataclass(frozen=True)
class Task:
    """One plan over the sample, the columns that it needs, and what is told of its rows."""

    design: Mapping[str, Any]
    statements: Sequence[Mapping[str, Any]]
    columns: Sequence[str]
    told: Callable[[Results], Figures]
    more: Callable[[Path], Mapping[str, Any]] | None = None
    """What the work adds to the design of a sample in a folder: replicates, or totals."""

    def plan(self, folder: Path, *, whole: bool = True) -> Plan:
        """Read the plan; not ``whole`` is without what the work adds to the design."""
        more = self.more(folder) if whole and self.more is not None else {}
        reading = load_plan({"version": 1, "design": {**self.design, **more}, "estimates": self.statements})
        if reading.plan is None:
            raise ValueError(f"no plan: {reading.complaints}")
        return reading.plan


def errors(results: Results) -> Figures:
    """Tell every estimate and its standard error."""
    return {"estimate": [row.estimate for row in results.rows], "se": [row.se for row in results.rows]}


def limits(results: Results) -> Figures:
    """Tell the limits of every method, which is its statement's id."""
    first = [row for row in results.rows if row.id == METHODS[0]]
    told = {"estimate": [row.estimate for row in first], "se": [row.se for row in first]}
    for method in METHODS:
        told[f"low {method}"] = [row.low for row in results.rows if row.id == method]
        told[f"high {method}"] = [row.high for row in results.rows if row.id == method]
    return told


def bootstrap(_folder: Path) -> Mapping[str, Any]:
    """Ask for 500 replicates."""
    return {"replicates": {"method": "subbootstrap", "replicates": 500, "seed": 1}}


def raking(folder: Path) -> Mapping[str, Any]:
    """Ask for raking to the totals of the sample in a folder."""
    return {"calibration": {"method": "raking", "margins": margins(folder)}}


MEANS = {"id": "means", "statistic": "mean", "variables": list(INDICATORS)}
BY_COUNTY = {"id": "counties", "statistic": "mean", "variables": list(INDICATORS[:10]), "by": ["county"]}
RATES_BY_COUNTY = {**BY_COUNTY, "statistic": "proportion", "interval": {"method": "korn-graubard"}}
RARE = [
    {"id": each, "statistic": "proportion", "variables": ["x2"], "by": ["province"], "interval": {"method": each}}
    for each in METHODS
]
TEN_MEANS = {**MEANS, "variables": list(INDICATORS[:10])}
ONE_MEAN = {**MEANS, "variables": ["x1"]}
OF_COUNTY, OF_VILLAGES = ("stratum", "county", "w"), ("stratum", "county", "village", "w")
TASKS: Mapping[str, Task] = {
    "means": Task(COUNTY, [MEANS], (*OF_COUNTY, *INDICATORS), errors),
    "two-stage": Task(TWO_STAGES, [MEANS], (*OF_VILLAGES, "N1", "M2", *INDICATORS), errors),
    "domains": Task(VILLAGES, [BY_COUNTY], (*OF_VILLAGES, *INDICATORS[:10]), errors),
    "domains-rates": Task(VILLAGES, [RATES_BY_COUNTY], (*OF_VILLAGES, *INDICATORS[:10]), errors),
    "bootstrap": Task(COUNTY, [TEN_MEANS], (*OF_COUNTY, *INDICATORS[:10]), errors, bootstrap),
    "raking": Task(COUNTY, [ONE_MEAN], (*OF_COUNTY, *CELLS, "x1"), errors, raking),
    "intervals": Task(COUNTY, RARE, (*OF_COUNTY, "province", *INDICATORS[:5]), limits),
}


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Give wall and processor seconds of some work; what it gave is thrown away."""
    gc.collect()
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def told(task: Task, folder: Path) -> dict[str, object]:
    """Do a task over and over and tell how it went.

    Peers make replicates and raked weights of a design that they have; ours come with the design. So the design is the
    one without them, and the work is all the rest.
    """
    columns = read_parquet(folder / SAMPLE, task.columns)
    plan, bare = task.plan(folder), task.plan(folder, whole=False)

    def fresh() -> Table:
        return Table({name: columns.column(name) for name in columns.column_names})

    def compiled() -> Sample:
        return Sample(bare.design, fresh())

    def done() -> Results:
        return answer_plan(plan, Sample(plan.design, fresh()))

    began = time.perf_counter()
    figures = task.told(done())  # the first one loads what is loaded late
    first = time.perf_counter() - began
    runs: list[tuple[float, float, float]] = []
    began = time.perf_counter()
    while not runs or (first < LONG and len(runs) < RUNS and time.perf_counter() - began < BUDGET):
        (design, of_design), (whole, of_whole) = timed(compiled), timed(done)
        runs.append((design, max(whole - design, 0.0), max(of_whole - of_design, 0.0)))
    return {
        "label": f"evalsvc {version('evalsvc')}",
        "design": median(design for design, _, _ in runs),
        "peak": most_held(),
        "walls": [wall for _, wall, _ in runs],
        "processors": [processor for _, _, processor in runs],
        "figures": figures,
    }


def main() -> None:
    task, folder = sys.argv[1:3]
    print(json.dumps(told(TASKS[task], Path(folder))))


if __name__ == "__main__":
    main()
