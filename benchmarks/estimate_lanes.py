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
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.estimate_data import INDICATORS, SAMPLE
from benchmarks.memory import most_held
from sampling.estimate import Plan, Results, Sample, Table, answer_plan, load_plan
from sampling.estimate.table import read_parquet

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
T = TypeVar("T")
Figures = dict[str, list[float | None]]


@dataclass(frozen=True)
class Task:
    """One plan over the sample, the columns that it needs, and what is told of its rows."""

    design: Mapping[str, Any]
    statements: Sequence[Mapping[str, Any]]
    columns: Sequence[str]
    told: Callable[[Results], Figures]

    @property
    def plan(self) -> Plan:
        """Read the plan."""
        reading = load_plan({"version": 1, "design": self.design, "estimates": self.statements})
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


MEANS = {"id": "means", "statistic": "mean", "variables": list(INDICATORS)}
BY_COUNTY = {"id": "counties", "statistic": "mean", "variables": list(INDICATORS[:10]), "by": ["county"]}
RATES_BY_COUNTY = {**BY_COUNTY, "statistic": "proportion", "interval": {"method": "korn-graubard"}}
RARE = [
    {"id": each, "statistic": "proportion", "variables": ["x2"], "by": ["province"], "interval": {"method": each}}
    for each in METHODS
]
OF_COUNTY, OF_VILLAGES = ("stratum", "county", "w"), ("stratum", "county", "village", "w")
TASKS: Mapping[str, Task] = {
    "means": Task(COUNTY, [MEANS], (*OF_COUNTY, *INDICATORS), errors),
    "two-stage": Task(TWO_STAGES, [MEANS], (*OF_VILLAGES, "N1", "M2", *INDICATORS), errors),
    "domains": Task(VILLAGES, [BY_COUNTY], (*OF_VILLAGES, *INDICATORS[:10]), errors),
    "domains-rates": Task(VILLAGES, [RATES_BY_COUNTY], (*OF_VILLAGES, *INDICATORS[:10]), errors),
    "intervals": Task(COUNTY, RARE, (*OF_COUNTY, "province", *INDICATORS[:5]), limits),
}


def timed(work: Callable[[], T]) -> tuple[float, float, T]:
    """Give wall and processor seconds of some work, and what it gave."""
    gc.collect()
    wall, processor = time.perf_counter(), time.process_time()
    found = work()
    return time.perf_counter() - wall, time.process_time() - processor, found


def told(task: Task, folder: Path) -> dict[str, object]:
    """Do a task over and over and tell how it went."""
    columns = read_parquet(folder / SAMPLE, task.columns)
    plan = task.plan

    def compiled() -> Sample:
        return Sample(plan.design, Table({name: columns.column(name) for name in columns.column_names}))

    compiled()  # the first one loads what is loaded late
    construction, _, sample = timed(compiled)
    first, spent, results = timed(partial(answer_plan, plan, sample))
    runs = [(first, spent)] if first >= LONG else []
    began = time.perf_counter()
    while not runs or (first < LONG and len(runs) < RUNS and time.perf_counter() - began < BUDGET):
        del sample
        sample = compiled()
        runs.append(timed(partial(answer_plan, plan, sample))[:2])
    return {
        "label": f"evalsvc {version('evalsvc')}",
        "design": construction,
        "peak": most_held(),
        "walls": [run[0] for run in runs],
        "processors": [run[1] for run in runs],
        "figures": task.told(results),
    }


def main() -> None:
    task, folder = sys.argv[1:3]
    print(json.dumps(told(TASKS[task], Path(folder))))


if __name__ == "__main__":
    main()
