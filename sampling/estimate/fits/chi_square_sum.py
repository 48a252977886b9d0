"""Give tail probabilities of quotients and sums of chi-square variables, which tests compare their statistics with."""

from __future__ import annotations

import numpy as np
from scipy import special

from sampling.estimate.table import FloatArray

ROUNDING = 1e-9  # degrees of freedom this far below a whole number are it
AT_THE_MEAN = 1e-5  # saddlepoints nearer to 0 than this lose the formula's digits


def f_tail(value: float, above: float, below: float) -> float:
    """Give P(F > value) for degrees of freedom above and below the line; without end below it, F is a chi-square."""
    value = max(value, 0.0)
    if np.isinf(below):
        return float(special.chdtrc(above, above * value))
    return float(special.fdtrc(above, below, value))


def f_sum_tail(value: float, factors: FloatArray, df: float) -> float:
    """Give P(sum factors_i X_i > value Y / df) for chi-squares X_i of 1 and Y of `df` degrees of freedom.

    The saddlepoint approximation of Kuonen (1999), with the ratio written as a sum: the probability that
    sum factors_i X_i - (value / df) Y is above 0. Y has the whole part of `df` degrees of freedom, as in R, which makes
    the probability somewhat larger than it would be.
    """
    scale = float(factors.max())
    weights = np.append(factors / scale, -value / scale / df)
    degrees = np.append(np.ones(factors.size), max(np.floor(df + ROUNDING), 1.0))

    def slope(point: float) -> float:
        """Give the first derivative of the cumulant generating function K(z) = -1/2 sum df log(1 - 2 z weight)."""
        return float((degrees * weights / (1.0 - 2.0 * point * weights)).sum())

    if value <= 0:
        return 1.0
    low, high = 0.5 / weights.min() * (1.0 - 1e-12), 0.5 * (1.0 - 1e-12)
    from scipy.optimize import brentq  # noqa: PLC0415 (20 MB and a tenth of a second, for one kind of test)

    point = float(brentq(slope, low, high, xtol=1e-15, rtol=1e-14))
    inner = 1.0 - 2.0 * point * weights
    bend = float((2.0 * degrees * (weights / inner) ** 2).sum())
    if abs(point) * np.sqrt(bend) < AT_THE_MEAN:
        skew = float((8.0 * degrees * (weights / inner) ** 3).sum())
        return float(0.5 - skew / (6.0 * np.sqrt(2.0 * np.pi) * bend**1.5))
    cumulant = float(-0.5 * (degrees * np.log(inner)).sum())
    root = np.sign(point) * np.sqrt(-2.0 * cumulant)
    return float(special.ndtr(-root - np.log(point * np.sqrt(bend) / root) / root))
