"""Give the distances of calibration: how far a weight may move for what it is pulled with.

Deville, Sarndal (1992), Calibration estimators in survey sampling, JASA 87, table 1; Deville, Sarndal, Sautory (1993),
Generalized raking procedures, JASA 88. g = w / d is F(u), u = x' lambda: 1 + u (linear, case 1), exp(u) (raking,
case 2), and with bounds L < 1 < U the truncated forms (case 7 and its like) and the logit form (case 6).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sampling.estimate.adjustment import CalibrationMethod
from sampling.estimate.table import FloatArray

UNBOUNDED = (-np.inf, np.inf)
MOST = 700.0  # exp beyond this is no number


@dataclass(frozen=True)
class Distance:
    """Hold F and its derivative."""

    g: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]


def distance(method: CalibrationMethod, bounds: tuple[float, float] = UNBOUNDED) -> Distance:
    """Give the distance of a method; `bounds` are on g."""
    if method == "logit":
        return _logit(*bounds)
    return _truncated(_LINEAR if method == "linear" else _RAKING, *bounds)


def _exp(u: FloatArray) -> FloatArray:
    return np.asarray(np.exp(np.minimum(u, MOST)), dtype=np.float64)


_LINEAR = Distance(lambda u: 1.0 + u, np.ones_like)
_RAKING = Distance(_exp, _exp)


def _truncated(free: Distance, low: float, high: float) -> Distance:
    if (low, high) == UNBOUNDED:
        return free

    def g(u: FloatArray) -> FloatArray:
        return np.clip(free.g(u), low, high)

    def slope(u: FloatArray) -> FloatArray:
        value = free.g(u)
        return np.where((value >= low) & (value <= high), free.slope(u), 0.0)

    return Distance(g, slope)


def _logit(low: float, high: float) -> Distance:
    """Give F(u) = (L (U-1) + U (1-L) e^(Au)) / (U-1 + (1-L) e^(Au)), A = (U-L) / ((1-L) (U-1))."""
    steepness = (high - low) / ((1.0 - low) * (high - 1.0))

    def share(u: FloatArray) -> FloatArray:
        """Give how much of the way from L to U is gone."""
        rise = np.exp(np.clip(steepness * u, -MOST, MOST))
        return np.asarray((1.0 - low) * rise / (high - 1.0 + (1.0 - low) * rise), dtype=np.float64)

    def g(u: FloatArray) -> FloatArray:
        return low + (high - low) * share(u)

    def slope(u: FloatArray) -> FloatArray:
        gone = share(u)
        return (high - low) * steepness * gone * (1.0 - gone)

    return Distance(g, slope)
