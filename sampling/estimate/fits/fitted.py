"""Answer statements whose statistic is fitted domain by domain: tests and models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np

from sampling.estimate.answered import Answered
from sampling.estimate.domain import Partition
from sampling.estimate.fits.chisq import association_test
from sampling.estimate.fits.glm import fit_model
from sampling.estimate.fits.outcome import Outcome, finite, label, reference_df
from sampling.estimate.fits.ranktest import rank_test
from sampling.estimate.fits.ttest import mean_test
from sampling.estimate.fits.view import View
from sampling.estimate.layers import Layers
from sampling.estimate.result import EstimateRow
from sampling.estimate.statement import Statement, Statistic
from sampling.estimate.table import BoolArray, Table

Fitting = Callable[[View, Table, Statement], Iterable[Outcome]]
FITTINGS: Mapping[Statistic, Fitting] = {
    "chisq": association_test,
    "ttest": mean_test,
    "ranktest": rank_test,
    "glm": fit_model,
}
"""How each fitted statistic is computed over one domain's rows."""
LINEAR: frozenset[Statistic] = frozenset({"ttest"})
"""Those made of sums alone, which negative weights leave their meaning: ranks, tables and models lose it."""


def answer_fitted(layers: Layers, lacking: BoolArray, data: Table, statement: Statement, split: Partition) -> Answered:
    """Fit the statistic of a statement in every domain; `lacking` marks the domains with missing values."""
    rows: list[tuple[Outcome, EstimateRow]] = []
    for index, labels in enumerate(split.named()):
        rows += [
            (outcome, _row(statement, layers, index, labels, outcome))
            for outcome in map(finite, _outcomes(layers, index, data, statement, lacking=bool(lacking[index])))
        ]
    return Answered(tuple(_in_order(rows)), split)


def _outcomes(layers: Layers, index: int, data: Table, statement: Statement, *, lacking: bool) -> Iterator[Outcome]:
    view = layers.view(index)
    reason = None
    if lacking:
        reason = "estimate.missing_values"
    elif not (view.weights != 0).any():
        reason = "estimate.empty_domain"
    elif layers.steps.negative[index] and statement.statistic not in LINEAR:
        reason = "estimate.negative_weights"
    elif reference_df(statement, view.df) <= 0:
        reason = "estimate.no_degrees_of_freedom"
    if reason is None:
        yield from FITTINGS[statement.statistic](view, data, statement)
    else:
        yield Outcome(label(statement), reason=reason)


def _row(statement: Statement, layers: Layers, index: int, labels: dict[str, str], outcome: Outcome) -> EstimateRow:
    flags = (("given_first_stage_unit",) if layers.conditional[index] else ()) + outcome.flags
    if layers.certainty_clusters[index]:
        flags = ("certainty_clusters", *flags)
    if layers.steps.negative[index]:
        flags = (*flags, "negative_weights")
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
        df_numerator=outcome.df_numerator,
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
