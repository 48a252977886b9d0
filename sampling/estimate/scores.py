"""Estimate means, totals and ratios with their linear scores, domain by domain.

The score of a unit is the derivative of the estimate by the unit's weight, times the weight (Deville 1999, influence
values; Sarndal, Swensson, Wretman (1992), section 5.5). It is kept as columns with one coefficient per domain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.estimate.domain import Ladder
from sampling.estimate.table import FloatArray
from sampling.estimate.variance import Term


@dataclass(frozen=True)
class Estimated:
    """Hold the estimates of all domains and the terms of their scores.

    Attributes
    ----------
    value : (domains,) floats, NaN where the denominator is 0 or nothing was observed
    residual : (used rows,) what a simple random sample's variance is computed from
    """

    value: FloatArray
    terms: tuple[Term, ...]
    residual: FloatArray


def _divided(top: FloatArray, bottom: FloatArray) -> FloatArray:
    return np.asarray(np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom != 0), dtype=np.float64)


def _coefficient(values: FloatArray) -> FloatArray:
    return np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)


def total(steps: Ladder, y: FloatArray) -> Estimated:
    """Estimate sum(w y); score w y."""
    value = steps.domain_sums(steps.weights * y)
    return Estimated(value, (Term(y, np.ones(steps.domains)),), y)


def mean(steps: Ladder, y: FloatArray) -> Estimated:
    """Estimate sum(w y) / sum(w); score w (y - mean) / sum(w)."""
    return ratio(steps, y, np.ones_like(y))


def ratio(steps: Ladder, numerator: FloatArray, denominator: FloatArray) -> Estimated:
    """Estimate R = sum(w a) / sum(w b); score w (a - R b) / sum(w b)."""
    bottom = steps.domain_sums(steps.weights * denominator)
    value = _divided(steps.domain_sums(steps.weights * numerator), bottom)
    scale = _coefficient(_divided(np.ones_like(bottom), bottom))
    slope = _coefficient(value)
    terms = (Term(numerator, scale), Term(denominator, -slope * scale))
    return Estimated(value, terms, numerator - slope[steps.row_domain] * denominator)
