"""Answer one statement: its domains, its missing values, its variables and levels, its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sampling.estimate.design import Design
from sampling.estimate.domain import Ladder, Partition, ladder, partition
from sampling.estimate.judge import Judged, blank_reasons, rows_of
from sampling.estimate.result import EstimateRow
from sampling.estimate.statement import Statement
from sampling.estimate.statistics import Figures, figures
from sampling.estimate.table import BoolArray, FloatArray, Table
from sampling.estimate.variance import Term


@dataclass(frozen=True)
class Part:
    """Hold what a contrast needs of an earlier estimate: values, scores and reasons, domain by domain."""

    value: FloatArray
    terms: tuple[Term, ...]
    steps: Ladder
    n: FloatArray
    kish: FloatArray
    rate: BoolArray
    reasons: tuple[str | None, ...]


@dataclass(frozen=True)
class Answered:
    """Hold the rows of a statement; `part` when it has one variable without levels, as contrasts ask."""

    rows: tuple[EstimateRow, ...]
    split: Partition
    part: Part | None


def answer(design: Design, data: Table, statement: Statement) -> Answered:
    """Answer a statement of any statistic but contrast."""
    inside = np.ones(data.rows, dtype=np.bool_) if statement.where is None else statement.where.mask(data)
    split = partition(data, statement.by, inside)
    if split.count == 0:
        row = EstimateRow(statement.id, n=0, reason="estimate.empty_domain")
        return Answered((row,), split, None)
    missing = _missing(data, statement)
    lacking = np.bincount(split.domain[missing & (split.domain >= 0)], minlength=split.count) > 0
    if statement.missing == "drop":
        lacking = np.zeros_like(lacking)
    steps = ladder(design, split.narrowed(~missing))
    labels = [dict(zip(split.by, label, strict=True)) for label in split.labels]
    rows: list[EstimateRow] = []
    parts: list[Part] = []
    for variable, level, numerator, denominator, fault in _subjects(data, statement, steps):
        found = figures(
            design, steps, statement.statistic, numerator, denominator, design_effect=statement.design_effect
        )
        judged = _judged(statement, found, lacking, fault)
        rows += rows_of(statement, judged, labels, variable, level)
        parts.append(_part(found, judged))
    return Answered(tuple(rows), split, parts[0] if len(parts) == 1 else None)


def _missing(data: Table, statement: Statement) -> BoolArray:
    missing = np.zeros(data.rows, dtype=np.bool_)
    for name in statement.columns:
        missing |= data[name].missing
    return missing


Subject = tuple[str, str | None, FloatArray, FloatArray | None, str | None]


def _subjects(data: Table, statement: Statement, steps: Ladder) -> Iterator[Subject]:
    """Give variable, level, numerator, denominator over the ladder's rows, and the reason when it cannot be computed."""
    if statement.numerator is not None and statement.denominator is not None:
        name = f"{statement.numerator}/{statement.denominator}"
        top, bottom = data[statement.numerator].numbers, data[statement.denominator].numbers
        if top is None or bottom is None:
            yield name, None, _nothing(steps), None, "estimate.text_column"
        else:
            yield name, None, top[steps.rows], bottom[steps.rows], None
        return
    for name in statement.variables:
        yield from _variable(data, statement, steps, name)


def _variable(data: Table, statement: Statement, steps: Ladder, name: str) -> Iterator[Subject]:
    column = data[name]
    numbers = column.numbers
    by_level = name in statement.categorical or (numbers is None and statement.statistic == "proportion")
    if by_level:
        codes, levels = column.coded
        here = codes[steps.rows]
        for index, level in enumerate(levels):
            yield name, level, (here == index).astype(np.float64), None, None
        return
    if numbers is None:
        yield name, None, _nothing(steps), None, "estimate.text_column"
        return
    used = numbers[steps.rows]
    fault = None
    if statement.statistic == "proportion" and bool(((used != 0) & (used != 1)).any()):
        fault = "estimate.not_zero_one"
    yield name, None, np.nan_to_num(used), None, fault


def _nothing(steps: Ladder) -> FloatArray:
    return np.zeros(steps.rows.size)


def _judged(statement: Statement, found: Figures, lacking: BoolArray, fault: str | None) -> Judged:
    value, spread = found.estimated.value, found.variance
    reasons = blank_reasons(statement.interval, value, spread.value, found.n, found.df, spread.lonely)
    reasons = ["estimate.missing_values" if lack else reason for lack, reason in zip(lacking, reasons, strict=True)]
    if fault is not None:
        reasons = [fault] * len(reasons)
    is_rate = statement.statistic == "proportion" or (
        statement.statistic == "ratio" and statement.interval.method != "wald"
    )
    return Judged(
        value=value,
        variance=spread.value,
        n=found.n,
        df=found.df,
        deff=found.deff,
        reasons=reasons,
        kish=found.kish if is_rate else None,
        rate=found.binary if is_rate else None,
    )


def _part(found: Figures, judged: Judged) -> Part:
    return Part(
        found.estimated.value,
        found.estimated.terms,
        found.steps,
        found.n.astype(np.float64),
        found.kish,
        found.binary,
        tuple(judged.reasons),
    )
