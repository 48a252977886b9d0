"""Find the values that a plan compares a column with or picks, and that no row of the data has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sampling.estimate.remarks.absent_column import listed_names
from sampling.estimate.statement import Plan, Statement
from sampling.estimate.table import as_table


@dataclass(frozen=True)
class AbsentLevel:
    """Hold a value that a statement names, and up to ten of the values that its column has, in quotes."""

    id: str
    column: str
    value: str
    known: str


def absent_levels(plan: Plan, table: Mapping[str, Any]) -> list[AbsentLevel]:
    """List texts that conditions ask for (`==`, `in`) and picks of contrasts, statement by statement.

    Parameters
    ----------
    table : as for run_plan, which has found it in order
    """
    data = as_table(table)
    subjects = {statement.id: statement.variables for statement in plan.statements}
    found = []
    for statement in plan.statements:
        for column, value in dict.fromkeys(_asked(statement, subjects)):
            levels = data[column].coded[1] if column in data else (value,)
            if value not in levels:
                found.append(AbsentLevel(statement.id, column, value, listed_names(value, levels)))
    return found


def _asked(statement: Statement, subjects: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    if statement.where is not None:
        yield from sorted(statement.where.texts)
    for part in () if statement.formula is None else statement.formula.parts:
        if part.condition is not None:
            yield from sorted(part.condition.texts)
    for reference in () if statement.expression is None else statement.expression.references:
        yield from reference.columns
        of = subjects.get(reference.id, ()) if reference.variable is None else (reference.variable,)
        if reference.level is not None and len(of) == 1:
            yield of[0], reference.level
