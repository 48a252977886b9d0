"""Combine earlier estimates by an expression, with the covariance their shared sample gives them.

The score of the result is the sum of the earlier scores, each times the expression's derivative by it (the delta method; for
functions of totals Sarndal, Swensson, Wretman (1992), section 5.5), so that every covariance is kept.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sampling.estimate.design import Design
from sampling.estimate.domain import Ladder, Partition, ladder
from sampling.estimate.expression import Affine, Dual, Expression
from sampling.estimate.judge import Judged, blank_reasons, rows_of
from sampling.estimate.result import EstimateRow
from sampling.estimate.statement import Statement
from sampling.estimate.subject import Answered, Part
from sampling.estimate.table import BoolArray, FloatArray, IntArray
from sampling.estimate.variance import Term, variance


def contrast_rows(design: Design, statement: Statement, earlier: Mapping[str, Answered]) -> Answered:
    """Answer a contrast, domain by domain; a domain that one of its parts lacks has no figures."""
    expression = statement.expression
    assert expression is not None  # noqa: S101 - the plan's reader gives every contrast one
    found = {name: earlier[name] for name in expression.names}
    parts = {name: answered.part for name, answered in found.items()}
    usable = {name: part for name, part in parts.items() if part is not None}
    if len(usable) < len(parts):
        return Answered(
            (EstimateRow(statement.id, reason="estimate.part_without_figures"),), _no_split(statement), None
        )
    split = _union(statement, found)
    places = {name: _place(split, found[name].split) for name in usable}
    values = {name: _spread(part.value, places[name], split.count) for name, part in usable.items()}
    dual = expression.evaluate(values)
    value = np.broadcast_to(dual.value, (split.count,)).astype(np.float64)
    steps = ladder(design, split)
    terms = _terms(steps, split, dual, usable, places)
    spread = variance(design, steps, terms)
    n = steps.domain_sums((steps.weights != 0).astype(np.float64)).astype(np.int64)
    df = steps.degrees_of_freedom.astype(np.float64)
    reasons = blank_reasons(statement.interval, value, spread.value, n, df, spread.lonely)
    reasons = _with_parts(reasons, usable, places, split.count)
    judged = _judged(statement, expression, value, spread.value, n, df, reasons, usable, places)
    labels = [dict(zip(split.by, label, strict=True)) for label in split.labels]
    rows = rows_of(statement, judged, labels, None, None)
    rate = np.zeros(split.count, dtype=np.bool_)
    part = Part(value, terms, steps, n.astype(np.float64), n.astype(np.float64), rate, tuple(reasons))
    return Answered(tuple(rows), split, part)


def _no_split(statement: Statement) -> Partition:
    return Partition(np.empty(0, dtype=np.int64), statement.by, ())


def _union(statement: Statement, found: Mapping[str, Answered]) -> Partition:
    """Join the domains and rows of the parts; the same `by` makes a row's domain the same in each of them."""
    labels: dict[tuple[str, ...], int] = {}
    for answered in found.values():
        for label in answered.split.labels:
            labels.setdefault(label, len(labels))
    first = next(iter(found.values())).split
    domain = np.full(first.domain.size, -1, dtype=np.int64)
    for answered in found.values():
        number = np.array([labels[label] for label in answered.split.labels], dtype=np.int64)
        part = answered.part
        if part is None or number.size == 0:
            continue
        domain[part.steps.rows] = number[part.steps.row_domain]
    return Partition(domain, statement.by, tuple(labels))


def _place(split: Partition, own: Partition) -> IntArray:
    """Give for each domain of the whole its number in one part, -1 where the part lacks it."""
    numbers = {label: index for index, label in enumerate(own.labels)}
    return np.array([numbers.get(label, -1) for label in split.labels], dtype=np.int64)


def _spread(values: FloatArray, place: IntArray, count: int) -> FloatArray:
    out = np.full(count, np.nan)
    out[place >= 0] = values[place[place >= 0]]
    return out


def _terms(
    steps: Ladder, split: Partition, dual: Dual, parts: Mapping[str, Part], places: Mapping[str, IntArray]
) -> tuple[Term, ...]:
    terms = []
    for name, slope in dual.slopes.items():
        part, place = parts[name], places[name]
        whole = np.zeros(split.domain.size)
        for term in part.terms:
            column = whole.copy()
            column[part.steps.rows] = term.column
            coefficient = np.nan_to_num(_spread(term.coefficient, place, split.count) * slope)
            terms.append(Term(column[steps.rows], coefficient))
    return tuple(terms)


def _with_parts(
    reasons: list[str | None], parts: Mapping[str, Part], places: Mapping[str, IntArray], count: int
) -> list[str | None]:
    lacking: BoolArray = np.zeros(count, dtype=np.bool_)
    for name, part in parts.items():
        blank = np.array([reason is not None for reason in part.reasons] or [True])
        place = places[name]
        lacking |= (place < 0) | blank[np.maximum(place, 0)]
    return ["estimate.part_without_figures" if lack else reason for lack, reason in zip(lacking, reasons, strict=True)]


def _judged(  # noqa: PLR0913, PLR0917 - the parts of one result
    statement: Statement,
    expression: Expression,
    value: FloatArray,
    spread: FloatArray,
    n: IntArray,
    df: FloatArray,
    reasons: list[str | None],
    parts: Mapping[str, Part],
    places: Mapping[str, IntArray],
) -> Judged:
    deff = np.full(value.size, np.nan)
    line = expression.affine
    if statement.interval.method == "wald" or line is None:
        return Judged(value, spread, n, df, deff, reasons)
    kish, rate = _composite(line, parts, places, value.size)
    return Judged(value, spread, n, df, deff, reasons, kish, rate, sum(line.coefficients.values()), line.constant)


def _composite(
    line: Affine, parts: Mapping[str, Part], places: Mapping[str, IntArray], count: int
) -> tuple[FloatArray, BoolArray]:
    """Give the count behind a mixture of rates with shares s_k and counts n_k, 1 / sum(s_k^2 / n_k), and where all are rates.

    With equal rates and simple random samples the variance of the mixture is p (1 - p) / that count.
    """
    whole = sum(line.coefficients.values())
    inverse = np.zeros(count)
    rate = np.ones(count, dtype=np.bool_)
    for name, coefficient in line.coefficients.items():
        part, place = parts[name], np.maximum(places[name], 0)
        size = np.where(places[name] >= 0, part.kish[place], np.nan)
        inverse += (coefficient / whole) ** 2 / np.where(size > 0, size, np.nan)
        rate &= part.rate[place]
    return 1.0 / inverse, rate
