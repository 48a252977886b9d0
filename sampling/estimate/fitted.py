"""Answer statements whose statistic is fitted domain by domain: quantiles, variances, tests, models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from sampling.estimate.answered import Answered
from sampling.estimate.domain import Partition
from sampling.estimate.layers import Layers
from sampling.estimate.result import EstimateRow
from sampling.estimate.statement import Statement, Statistic
from sampling.estimate.table import BoolArray, Table
from sampling.estimate.view import View


@dataclass(frozen=True)
class Outcome:
    """Hold one figure of one domain, which becomes one row; what is None stays null in it.

    Attributes
    ----------
    variance : design variance of the estimate
    df : degrees of freedom where they are the statistic's own, None for the design's
    reason : code that says why there is no figure, or no interval
    """

    variable: str | None
    level: str | None = None
    p: float | None = None
    estimate: float | None = None
    variance: float | None = None
    low: float | None = None
    high: float | None = None
    df: float | None = None
    statistic: float | None = None
    p_value: float | None = None
    flags: tuple[str, ...] = ()
    reason: str | None = None


Fitting = Callable[[View, Table, Statement], Iterable[Outcome]]
FITTINGS: Mapping[Statistic, Fitting] = {}
"""How each fitted statistic is computed over one domain's rows."""


def answer_fitted(layers: Layers, lacking: BoolArray, data: Table, statement: Statement, split: Partition) -> Answered:
    """Fit the statistic of a statement in every domain; `lacking` marks the domains with missing values."""
    rows: list[tuple[Outcome, EstimateRow]] = []
    for index, labels in enumerate(split.named()):
        rows += [
            (outcome, _row(statement, layers, index, labels, outcome))
            for outcome in _outcomes(layers, index, data, statement, lacking=bool(lacking[index]))
        ]
    return Answered(tuple(_in_order(rows)), split, None)


def _outcomes(layers: Layers, index: int, data: Table, statement: Statement, *, lacking: bool) -> Iterator[Outcome]:
    view = layers.view(index)
    reason = None
    if lacking:
        reason = "estimate.missing_values"
    elif not (view.weights != 0).any():
        reason = "estimate.empty_domain"
    elif _df(statement, view.df) <= 0:
        reason = "estimate.no_degrees_of_freedom"
    if reason is None:
        yield from FITTINGS[statement.statistic](view, data, statement)
    else:
        yield from blanks(statement, reason)


def blanks(statement: Statement, reason: str) -> Iterator[Outcome]:
    """Give the rows of a domain without figures."""
    names: Iterable[str | None] = statement.variables if statement.statistic in ("quantile", "variance") else (None,)
    for name in names:
        for p in statement.probabilities or (None,):
            yield Outcome(name, p=p, reason=reason)


def _df(statement: Statement, df: float) -> float:
    stated = statement.interval.df
    return df if stated == "design" else np.inf if stated == "infinite" else float(stated)


def _row(statement: Statement, layers: Layers, index: int, labels: dict[str, str], outcome: Outcome) -> EstimateRow:
    flags = (("given_first_stage_unit",) if layers.conditional[index] else ()) + outcome.flags
    blank = outcome.estimate is None and outcome.statistic is None
    df = float(layers.degrees_of_freedom[index]) if outcome.df is None else outcome.df
    return EstimateRow(
        id=statement.id,
        variable=outcome.variable,
        level=outcome.level,
        domain=labels,
        p=outcome.p,
        estimate=outcome.estimate,
        se=None if outcome.variance is None else float(np.sqrt(outcome.variance)),
        low=outcome.low,
        high=outcome.high,
        df=df if np.isfinite(df) else None,
        n=int(layers.steps.counts[index]),
        statistic=outcome.statistic,
        p_value=outcome.p_value,
        flags=() if blank else flags,
        reason=outcome.reason,
    )


def _in_order(rows: list[tuple[Outcome, EstimateRow]]) -> Iterator[EstimateRow]:
    """Put rows in the order of the format: variables, levels, domains, p."""
    subjects: dict[tuple[str | None, str | None], list[EstimateRow]] = {}
    for outcome, row in rows:
        subjects.setdefault((outcome.variable, outcome.level), []).append(row)
    for found in subjects.values():
        yield from found
