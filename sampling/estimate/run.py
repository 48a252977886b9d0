"""Run a plan over a table: the one path that files and the service share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sampling.estimate.answered import Answered
from sampling.estimate.contrast import combine
from sampling.estimate.errors import Complaint, DataRefusedError
from sampling.estimate.fits.model_matrix import source
from sampling.estimate.layers import Sample
from sampling.estimate.progress import Progress, silent
from sampling.estimate.remarks.absent_column import absent_column
from sampling.estimate.remarks.stray_text import stray_text
from sampling.estimate.result import EstimateRow, Results
from sampling.estimate.statement import Plan, Statement
from sampling.estimate.subject import answer
from sampling.estimate.table import Column, Table, as_table
from sampling.estimate.verdicts import families


def run_plan(
    plan: Plan,
    table: Mapping[str, Any],
    progress: Progress = silent,
    files: Mapping[str, Table] | None = None,
) -> Results:
    """Compute every statement of a plan.

    Parameters
    ----------
    table : column name -> values (text or None; an empty text is missing too; numeric arrays are taken as they are)
    progress : called with (activity, done, in all) as replicates are made and adjusted and statements answered
    files : the tables that `plan.files` names beside the data (replicate weights, joint probabilities), by that name

    Raises
    ------
    DataRefusedError
        With every complaint, when columns are missing, weights are bad or the design cannot be what the plan says.
    """
    return _answered(plan, plan_sample(plan, table, progress, files), progress)


def plan_sample(
    plan: Plan,
    table: Mapping[str, Any],
    progress: Progress = silent,
    files: Mapping[str, Table] | None = None,
) -> Sample:
    """Compile the design of a plan over its table and check that its statements have their columns; answer nothing.

    Parameters and errors are those of ``run_plan``.
    """
    data = as_table(table)
    try:
        sample = Sample(plan.design, data, files, progress)
    except DataRefusedError as error:
        raise DataRefusedError([*error.complaints, *_missing_columns(plan, data)]) from None
    complaints = _missing_columns(plan, data)
    if complaints:
        raise DataRefusedError(complaints)
    return sample


def answer_plan(plan: Plan, sample: Sample, progress: Progress = silent) -> Results:
    """Compute every statement of a plan over a design that was compiled before; the plan's own design is not read.

    Raises
    ------
    DataRefusedError
        When the sample's table lacks columns of a statement.
    """
    complaints = _missing_columns(plan, sample.table)
    if complaints:
        raise DataRefusedError(complaints)
    return _answered(plan, sample, progress)


def _answered(plan: Plan, sample: Sample, progress: Progress) -> Results:
    with np.errstate(all="ignore"):  # numbers beyond floating point end in a reason
        rows = _rows(plan, sample, progress)
    return Results(tuple(rows), families(plan.statements, rows))


def _rows(plan: Plan, sample: Sample, progress: Progress) -> list[EstimateRow]:
    rows: list[EstimateRow] = []
    earlier: dict[str, Answered] = {}
    for index, statement in enumerate(plan.statements):
        if statement.expression is None:
            answered = answer(sample, sample.table, statement, earlier)
        else:
            answered = combine(sample, statement, statement.expression, earlier)
        earlier[statement.id] = answered
        rows += answered.rows
        progress("statements", index + 1, len(plan.statements))
    return rows


def _missing_columns(plan: Plan, data: Table) -> list[Complaint]:
    complaints = []
    for statement in plan.statements:
        for place, name in _named(statement):
            if name not in data:
                complaints.append(absent_column(name, f"{statement.id}.{place}", data))
        if statement.formula is not None:
            place = f"{statement.id}.formula"
            unknown = [name for name in statement.formula.columns if source(name, data) is None]
            complaints += [absent_column(name, place, data) for name in unknown]
        for name in sorted(_compared(statement)):
            if name in data and data[name].is_text:
                complaints.append(_text_against_number(data[name], statement.id))
    return complaints


def _text_against_number(column: Column, identifier: str) -> Complaint:
    stray = stray_text(column)
    if stray is None or not stray.among_numbers:
        return Complaint("estimate.text_against_number", {"column": column.name, "id": identifier})
    return Complaint(
        "estimate.text_among_numbers",
        {
            "column": column.name,
            "id": identifier,
            "values": stray.quoted,
            "count": stray.count,
            "row": stray.row,
        },
    )


def _compared(statement: Statement) -> frozenset[str]:
    """Name the columns that are compared or calculated with as numbers."""
    where = frozenset() if statement.where is None else statement.where.numeric
    return where if statement.formula is None else where | statement.formula.numeric


def _named(statement: Statement) -> list[tuple[str, str]]:
    places = [("variables", name) for name in statement.variables]
    places += [(key, name) for key in ("numerator", "denominator") if (name := getattr(statement, key)) is not None]
    places += [("by", name) for name in statement.by]
    if statement.interval.pooled_strata is not None:
        places.append(("interval.pooled_strata", statement.interval.pooled_strata))
    if statement.where is not None:
        places += [("where", name) for name in sorted(statement.where.columns)]
    return places
