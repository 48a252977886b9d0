"""Compare groups by the ranks of a variable, with estimated ranks in the population (R: svyranktest).

Lumley, Scott (2013): a row's rank is what the weights say of its place in the population, its score a function of
rank / N. The scores' means are compared as if the scores were known; that is right under the hypothesis of no
difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from sampling.estimate.covariance import Covariance
from sampling.estimate.errors import NoFitError
from sampling.estimate.fits.chi_square_sum import f_tail
from sampling.estimate.fits.group_means import Compared, compared, differences
from sampling.estimate.fits.outcome import Outcome, Tested, label, reference_df, tested
from sampling.estimate.fits.view import Fit, View
from sampling.estimate.fits.wald import wald
from sampling.estimate.quantile_rule import unlike
from sampling.estimate.statement import Statement
from sampling.estimate.statistics import ROUNDING
from sampling.estimate.table import FloatArray, Table, sums

TWO = 2
SCORES: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    "wilcoxon": lambda rank: rank,
    "KruskalWallis": lambda rank: rank,
    "vanderWaerden": special.ndtri,
    "median": lambda rank: (rank > 0.5).astype(np.float64),
}
"""Score of each rank, as a share of the population."""


def rank_test(view: View, data: Table, statement: Statement) -> Iterator[Outcome]:
    """Give the difference of the mean scores of two groups with its t, or for more groups their Wald statistic."""
    try:
        found = compared(view, data, statement)
        if found.groups > max(view.df, 1.0) + 1:
            raise NoFitError("estimate.singular_covariance")
        ranks = population_ranks(found.values, view.weights)
        scores = SCORES[statement.test or "wilcoxon"](ranks.ranks)
        fit = _as_linear(differences(Compared(scores, found.group, found.groups), view.weights), view.weights)
        spread = view.covariance(fit)
        if spread.fault is not None:
            raise NoFitError(spread.fault)
        made = _two(view, statement, fit, spread) if found.groups == TWO else _several(view, statement, fit, spread)
        order = ("depends_on_row_order",) if ranks.hang_on_order else ()
        yield replace(made, flags=made.flags + view.group_flags(found.group) + order)
    except NoFitError as error:
        yield Outcome(label(statement), reason=error.code)


def _as_linear(fit: Fit, weights: FloatArray) -> Fit:
    """Let replicates weigh each row's influence, as R does: neither ranks nor means are made anew."""
    used = weights[:, None] != 0
    each = np.divide(fit.influence, weights[:, None], out=np.zeros_like(fit.influence), where=used)
    return Fit(fit.value, fit.influence, lambda other: fit.value + other @ each)


@dataclass(frozen=True)
class Ranks:
    """Hold ranks (n,) as shares of the population, and whether the order of tied rows in the file enters them."""

    ranks: FloatArray
    hang_on_order: bool


def population_ranks(values: FloatArray, weights: FloatArray) -> Ranks:
    """Give the estimated rank of each row (n,) as a share of the population.

    Each row stands in the middle of its own weight. Tied rows take the plain mean of their places, as R does; where
    tied rows differ in weight it depends on their order in the file.
    """
    used = weights != 0
    values, weights = values[used], weights[used]
    order = np.argsort(values, kind="stable")
    place = np.cumsum(weights[order]) - weights[order] / 2.0
    new = np.append(False, np.diff(values[order]) != 0)
    block = np.cumsum(new)
    open_order = ~new[1:] & unlike(weights[order][1:], weights[order][:-1])
    tied = sums(block, place, block[-1] + 1) / np.bincount(block)
    ranks = np.full(used.size, 0.5)  # rows of weight 0 have none, and need a number only
    ranks[np.flatnonzero(used)[order]] = tied[block] / weights.sum()
    return Ranks(ranks, bool(open_order.any()))


def _two(view: View, statement: Statement, fit: Fit, spread: Covariance) -> Outcome:
    variance = float(spread.matrix[0, 0])
    if abs(variance) <= ROUNDING**2:  # scores are of the size of 1
        variance = 0.0
    return tested(statement, label(statement), Tested(float(fit.value[0]), variance, view.df - 1, spread.flags))


def _several(view: View, statement: Statement, fit: Fit, spread: Covariance) -> Outcome:
    """Give b' V^-1 b, which over the number of differences is held against F."""
    count = fit.value.size
    own = view.df - count
    df = reference_df(statement, own)
    if df <= 0:
        raise NoFitError("estimate.no_degrees_of_freedom")
    statistic = wald(fit.value, spread.matrix, size=1.0)  # scores are of the size of 1
    return Outcome(
        label(statement),
        statistic=statistic,
        p_value=f_tail(statistic / count, count, df),
        df=own,
        df_numerator=float(count),
        flags=spread.flags,
    )
