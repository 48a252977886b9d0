"""Estimate means, totals and ratios with their linear scores, domain by domain.

The score of a unit is the derivative of the estimate by the unit's weight, times the weight (Deville 1999, influence
values; Sarndal, Swensson, Wretman (1992), section 5.5). It is kept as columns with one coefficient per domain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.estimate.ladder import Ladder
from sampling.estimate.table import BoolArray, FloatArray
from sampling.estimate.variance import Term


@dataclass(frozen=True)
class Estimated:
    """Hold the estimates of all domains, NaN where the denominator is 0, and the terms of their scores.

    `replicated` (domains, R) are the same estimates under every replicate's weights, None for a design without.
    """

    value: FloatArray
    terms: tuple[Term, ...]
    replicated: FloatArray | None = None

    @property
    def thinned(self) -> BoolArray:
        """Mark the domains of which some replicate has no estimate: it left nobody in them."""
        if self.replicated is None:
            return np.zeros(self.value.size, dtype=np.bool_)
        lost = ~np.isfinite(self.replicated)
        return np.asarray(lost.any(axis=1) & ~lost.all(axis=1), dtype=np.bool_)


def _divided(top: FloatArray, bottom: FloatArray) -> FloatArray:
    return np.asarray(np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom != 0), dtype=np.float64)


def total(steps: Ladder, y: FloatArray) -> Estimated:
    """Estimate sum(w y); score w y."""
    totals = steps.totals(y)
    terms = (Term(y, np.ones(steps.domains), totals),)
    return Estimated(steps.weighted_sums(y, totals), terms, steps.replicate_sums(y))


def spread(steps: Ladder, y: FloatArray) -> Estimated:
    """Estimate the variance of y in the population: sum(w (y - m)^2) / sum(w) n / (n - 1), m the mean, n the rows.

    The factor n / (n - 1) is R survey's svyvar; the score is that of a mean, for the derivative by m is 0.
    """
    n = steps.counts
    factor = np.divide(n, n - 1.0, out=np.full_like(n, np.nan), where=n > 1)
    left = y - _divided(steps.domain_sums(steps.weights * y), steps.domain_sums(steps.weights))[steps.row_domain]
    found = ratio(steps, left * left * np.nan_to_num(factor)[steps.row_domain], None)
    replicated = found.replicated
    firsts, weights = steps.replicate_sums(left), steps.replicate_sums(None)
    if replicated is not None and firsts is not None and weights is not None:
        replicated = replicated - factor[:, None] * _divided(firsts, weights) ** 2
    return Estimated(np.where(n > 1, found.value, np.nan), found.terms, replicated)


def ratio(steps: Ladder, numerator: FloatArray, denominator: FloatArray | None) -> Estimated:
    """Estimate R = sum(w a) / sum(w b); score w (a - R b) / sum(w b). Without denominator b = 1: the mean."""
    above, below = steps.totals(numerator), steps.totals(denominator)
    bottom = steps.weighted_sums(denominator, below)
    value = _divided(steps.weighted_sums(numerator, above), bottom)
    scale = np.nan_to_num(_divided(np.ones_like(bottom), bottom))
    slope = np.nan_to_num(value)
    terms = (Term(numerator, scale, above), Term(denominator, -slope * scale, below))
    tops, bottoms = steps.replicate_sums(numerator), steps.replicate_sums(denominator)
    return Estimated(value, terms, None if tops is None or bottoms is None else _divided(tops, bottoms))
