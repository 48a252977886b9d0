"""Run statements over the data sets of the oracle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sampling.estimate import EstimateRow, Table, load_plan, read_table, run_plan

DATA = Path(__file__).parent / "data"
Run = Callable[[str, Mapping[str, Any], Sequence[Mapping[str, Any]]], list[EstimateRow]]


@cache
def _table(name: str) -> Table:
    table = read_table(DATA / name)
    if "comp.imp" not in table:
        return table
    improved = [None if text is None else int(text == "Yes") for text in table["comp.imp"].texts.to_pylist()]
    return Table({**{name: column.texts for name, column in table.items()}, "ci": improved})


@pytest.fixture(scope="session")
def run() -> Run:
    """Load a plan over a data set and give the rows of its last statement."""

    def rows(dataset: str, design: Mapping[str, Any], estimates: Sequence[Mapping[str, Any]]) -> list[EstimateRow]:
        reading = load_plan({"version": 1, "design": design, "estimates": estimates})
        assert reading.plan is not None, reading.complaints
        files = {name: read_table(DATA / name) for name in reading.plan.files}
        found = run_plan(reading.plan, _table(dataset), files=files).rows
        return [row for row in found if row.id == estimates[-1]["id"]]

    return rows
