"""Combine earlier estimates by an expression, with the covariance their shared sample gives them.

The score of the result is the sum of the earlier scores, each times the expression's derivative by it (the delta
method; for functions of totals Sarndal, Swensson, Wretman (1992), section 5.5), so that every covariance is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sampling.estimate.answered import Answered, Part, spread_over
from sampling.estimate.domain import Partition
from sampling.estimate.judge import Judged, blank_reasons, row_without_domains, rows_of
from sampling.estimate.layers import Layers, Sample
from sampling.estimate.part_choice import Chosen, chosen
from sampling.estimate.pooling import pooled_design_effect
from sampling.estimate.reading.expression import Affine, Dual, Expression
from sampling.estimate.replicates.refit import refitted_variance
from sampling.estimate.scores import Estimated
from sampling.estimate.statement import Statement
from sampling.estimate.statistics import without_rounding
from sampling.estimate.table import BoolArray, FloatArray
from sampling.estimate.variance import Term, Variance

Parts = Mapping[str, Chosen]


def combine(sample: Sample, statement: Statement, expression: Expression, earlier: Mapping[str, Answered]) -> Answered:
    """Answer a contrast, domain by domain; a domain that one of its parts lacks has no figures."""
    parts = {each.key: found for each in expression.references if (found := chosen(each, earlier[each.id])) is not None}
    if len(parts) < len(expression.references):
        row = row_without_domains(statement, "estimate.part_without_figures")
        return Answered((row,), Partition(np.empty(0, dtype=np.int64), statement.by, ()))
    split = _union(statement, parts)
    dual = expression.evaluate({name: spread_over(split, own, part.value) for name, (part, own) in parts.items()})
    value = np.broadcast_to(dual.value, (split.count,)).astype(np.float64)
    totals = any(part.is_total for part, _ in parts.values())
    given = _given(parts, split)
    layers = sample.layers(split, given=np.logical_and.reduce(given))
    terms = _terms(layers, split, dual, parts)
    estimated = Estimated(value, terms, _replicated(expression, parts, split))
    spread = without_rounding(layers.variance(estimated), value)
    judged = _judged(statement, estimated, spread, layers, _faults(parts, split, given))
    line = expression.affine
    if statement.interval.method != "wald" and line is not None:
        kish, rate = _composite(line, parts, split)
        names = statement.interval.pooled_deff
        whole = sum(line.coefficients.values())
        judged = replace(
            judged,
            kish=kish,
            rate=rate,
            scale=whole,
            shift=line.constant,
            pooled=pooled_design_effect(names, earlier, split) if names else None,
            refitted=refitted_variance(
                statement.interval.method, layers.design.replicates, estimated, scale=whole, shift=line.constant
            ),
        )
    part = _part(judged, estimated, layers, is_total=totals)
    return Answered(tuple(rows_of(statement, judged, split.named())), split, (part,))


def _part(judged: Judged, estimated: Estimated, layers: Layers, *, is_total: bool) -> Part:
    """Leave the contrast behind for later ones; it counts as no rate there, and by its rows."""
    return Part(
        value=estimated.value,
        variance=judged.variance,
        terms=estimated.terms,
        rows=layers.steps.rows,
        row_domain=layers.steps.row_domain,
        kish=judged.n.astype(np.float64),
        rate=np.zeros(judged.n.size, dtype=np.bool_),
        reasons=tuple(judged.reasons),
        conditional=layers.conditional,
        is_total=is_total,
        replicated=estimated.replicated,
    )


def _union(statement: Statement, parts: Parts) -> Partition:
    """Join the domains and rows of the parts; the same `by` makes a row's domain the same in each of them."""
    labels: dict[tuple[str, ...], int] = {}
    for _, own in parts.values():
        for label in own.labels:
            labels.setdefault(label, len(labels))
    rows = next(iter(parts.values()))[1].domain.size
    domain = np.full(rows, -1, dtype=np.int64)
    for part, own in parts.values():
        number = np.array([labels[label] for label in own.labels], dtype=np.int64)
        domain[part.rows] = number[part.row_domain]
    return Partition(domain, statement.by, tuple(labels))


def _replicated(expression: Expression, parts: Parts, split: Partition) -> FloatArray | None:
    """Evaluate the expression under every replicate's weights."""
    values = {}
    for name, (part, own) in parts.items():
        if part.replicated is None:
            return None
        values[name] = spread_over(split, own, part.replicated)
    return expression.evaluate(values).value


def _terms(layers: Layers, split: Partition, dual: Dual, parts: Parts) -> tuple[Term, ...]:
    terms = []
    for name, slope in dual.slopes.items():
        part, own = parts[name]
        for term in part.terms:
            column = np.zeros(split.domain.size)
            column[part.rows] = 1.0 if term.column is None else term.column
            coefficient = np.nan_to_num(spread_over(split, own, term.coefficient) * slope)
            terms.append(Term(layers.steps.take(column), coefficient))
    return tuple(terms)


def _judged(
    statement: Statement, estimated: Estimated, spread: Variance, layers: Layers, faults: Sequence[str | None]
) -> Judged:
    value = estimated.value
    n = layers.steps.counts.astype(np.int64)
    df = layers.degrees_of_freedom
    reasons = blank_reasons(statement.interval, value, spread, n, df)
    return Judged(
        value=value,
        variance=spread.value,
        n=n,
        df=df,
        deff=np.full(value.size, np.nan),
        conditional=layers.conditional,
        certainty_clusters=layers.certainty_clusters,
        alone=spread.lonely,
        thinned=estimated.thinned,
        negative=layers.steps.negative,
        reasons=[fault or reason for fault, reason in zip(faults, reasons, strict=True)],
    )


def _given(parts: Parts, split: Partition) -> BoolArray:
    """Mark for each part (parts, domains) where it was estimated given its first-stage unit."""
    found = [spread_over(split, own, part.conditional.astype(np.float64)) for part, own in parts.values()]
    return np.asarray(np.array(found) == 1.0, dtype=np.bool_)


def _faults(parts: Parts, split: Partition, given: BoolArray) -> list[str | None]:
    """Say for each domain why its parts make no figure.

    A part estimated given its first-stage unit and one over the whole design have no covariance: they answer to
    different repetitions of the draw.
    """
    mixed = np.logical_or.reduce(given) & ~np.logical_and.reduce(given)
    return [
        "estimate.part_without_figures" if lack else "estimate.parts_of_two_designs" if two else None
        for lack, two in zip(_lacking(parts, split), mixed, strict=True)
    ]


def _lacking(parts: Parts, split: Partition) -> BoolArray:
    lacking = np.zeros(split.count, dtype=np.bool_)
    for part, own in parts.values():
        blank = np.array([reason is not None for reason in part.reasons], dtype=np.float64)
        lacking |= np.nan_to_num(spread_over(split, own, blank), nan=1.0) > 0
    return lacking


def _composite(line: Affine, parts: Parts, split: Partition) -> tuple[FloatArray, BoolArray]:
    """Give the count behind a mixture of rates, 1 / sum(share^2 / n) over its parts, and where all parts are rates.

    With equal rates and simple random samples the variance of the mixture is p (1 - p) / that count.
    """
    whole = sum(line.coefficients.values())
    inverse = np.zeros(split.count)
    rate = np.ones(split.count, dtype=np.bool_)
    for name, coefficient in line.coefficients.items():
        part, own = parts[name]
        size = spread_over(split, own, part.kish)
        inverse += (coefficient / whole) ** 2 / np.where(size > 0, size, np.nan)
        rate &= spread_over(split, own, part.rate.astype(np.float64)) == 1.0
    return 1.0 / inverse, rate
