"""Count the rows of a statement that miss one of its `by` columns and so belong to no domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.estimate.design import DesignSpec
from sampling.estimate.statement import Plan
from sampling.estimate.table import BoolArray, Table, as_table


@dataclass(frozen=True)
class Unplaced:
    """Hold the `by` columns of one statement that rows miss, and how many rows do."""

    id: str
    columns: tuple[str, ...]
    rows: int


def unplaced(plan: Plan, table: Mapping[str, Any]) -> list[Unplaced]:
    """List them, statement by statement; contrasts have the domains of their parts and are left out.

    Parameters
    ----------
    table : as for run_plan, which has found it in order
    """
    data = as_table(table)
    counted = _counted(plan.design, data)
    found = []
    for statement in plan.statements:
        gaps = {name: data[name].missing for name in statement.by if data[name].any_missing}
        if not gaps or statement.expression is not None:
            continue
        meant = counted if statement.where is None else counted & statement.where.mask(data)
        columns = tuple(name for name, missing in gaps.items() if bool((missing & meant).any()))
        rows = int(np.count_nonzero(np.logical_or.reduce(list(gaps.values())) & meant))
        if rows:
            found.append(Unplaced(statement.id, columns, rows))
    return found


def _counted(design: DesignSpec, data: Table) -> BoolArray:
    """Mark the rows that have a weight: not those of drawn units without answers, nor those outside a second phase."""
    counted = np.ones(data.rows, dtype=np.bool_)
    for name in (design.weights, None if design.two_phase is None else design.two_phase.subset):
        if name is not None:
            counted &= data[name].readable > 0
    return counted
