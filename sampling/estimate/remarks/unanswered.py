"""Name the domains that the data hold and a statement's condition leaves without a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.estimate.domain import partition
from sampling.estimate.statement import Plan
from sampling.estimate.table import as_table


@dataclass(frozen=True)
class Unanswered:
    """Hold the domains of one statement that have no row in the results: the file's text of every `by` column."""

    id: str
    domains: tuple[Mapping[str, str], ...]


def unanswered(plan: Plan, table: Mapping[str, Any]) -> list[Unanswered]:
    """List them, statement by statement.

    The domains of a statement are those that rows under its `where` lie in, as in R's svyby: where nobody of a county
    responded, the county has no row. A statement whose `where` names one of its `by` columns chose its domains itself
    and is left out, as is one that no row meets: the results have a row for that.

    Parameters
    ----------
    table : as for run_plan, which has found it in order
    """
    data = as_table(table)
    found = []
    for statement in plan.statements:
        where, by = statement.where, statement.by
        if where is None or not by or where.columns & set(by):
            continue
        met = set(partition(data, by, where.mask(data)).labels)
        lost = [label for label in partition(data, by, np.ones(data.rows, dtype=np.bool_)).labels if label not in met]
        if met and lost:
            found.append(Unanswered(statement.id, tuple(dict(zip(by, label, strict=True)) for label in lost)))
    return found
