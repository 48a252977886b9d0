"""Run statements over the data sets of the oracle, through the plan a user would write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sampling.estimate import EstimateRow, Table, load_plan, read_table, run_plan

FOLDER = Path(__file__).parents[1]
DATA = FOLDER / "data"


@cache
def table(name: str) -> Table:
    """Read a data set; `ci` is 1 where comp.imp is Yes, as the oracle derives it."""
    read = read_table(DATA / name)
    if "comp.imp" not in read:
        return read
    improved = [None if text is None else int(text == "Yes") for text in read["comp.imp"].texts.to_pylist()]
    return Table({**{name: column.texts for name, column in read.items()}, "ci": improved})


def last_rows(dataset: str, design: Mapping[str, Any], estimates: Sequence[Mapping[str, Any]]) -> list[EstimateRow]:
    """Run a plan over a data set and give the rows of its last statement."""
    reading = load_plan({"version": 1, "design": design, "estimates": estimates})
    if reading.plan is None:
        raise ValueError(str(reading.complaints))
    files = {name: read_table(DATA / name) for name in reading.plan.files}
    found = run_plan(reading.plan, table(dataset), files=files).rows
    return [row for row in found if row.id == estimates[-1]["id"]]
