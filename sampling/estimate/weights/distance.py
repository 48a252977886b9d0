"""Give the distances of calibration: how far a weight may move for what it is pulled with.

Deville, Sarndal (1992), Calibration estimators in survey sampling, JASA 87, table 1; Deville, Sarndal, Sautory (1993),
Generalized raking procedures, JASA 88. g = w / d is F(u), u = x' lambda: 1 + u (linear, case 1), exp(u) (raking,
case 2), and with bounds L < 1 < U the truncated forms (case 7 and its like) and the logit form (case 6).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sampling.estimate.table import FloatArray
from sampling.estimate.weights.adjustment import CalibrationMethod

UNBOUNDED = (-np.inf, np.inf)
MOST = 700.0  # exp beyond this is no number


@dataclass(frozen=True)
class Distance:
    """Hold F, its derivative and its integral."""

    g: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]
    integral: Callable[[FloatArray], FloatArray]


def distance(method: CalibrationMethod, bounds: tuple[float, float] = UNBOUNDED) -> Distance:
    """Give the distance of a method; `bounds` are on g."""
    if method == "logit":
        return _logit(*bounds)
    if bounds == UNBOUNDED:
        return _LINEAR if method == "linear" else _RAKING
    if method == "linear":
        return _truncated(_LINEAR, bounds, (bounds[0] - 1.0, bounds[1] - 1.0))
    return _truncated(
        _RAKING, bounds, (float(np.log(bounds[0])) if bounds[0] > 0 else -np.inf, float(np.log(bounds[1])))
    )


def _exp(u: FloatArray) -> FloatArray:
    return np.asarray(np.exp(np.minimum(u, MOST)), dtype=np.float64)


_LINEAR = Distance(lambda u: 1.0 + u, np.ones_like, lambda u: u + u * u / 2.0)
_RAKING = Distance(_exp, _exp, _exp)


def _truncated(free: Distance, bounds: tuple[float, float], ends: tuple[float, float]) -> Distance:
    """Hold g within bounds, which are F at the ends."""

    def g(u: FloatArray) -> FloatArray:
        return np.clip(free.g(u), *bounds)

    def slope(u: FloatArray) -> FloatArray:
        return np.where((u >= ends[0]) & (u <= ends[1]), free.slope(u), 0.0)

    def integral(u: FloatArray) -> FloatArray:
        inside = np.clip(u, *ends)
        return np.asarray(free.integral(inside) + g(u) * (u - inside), dtype=np.float64)

    return Distance(g, slope, integral)


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

    def integral(u: FloatArray) -> FloatArray:
        rise = np.logaddexp(np.log(high - 1.0), np.log(1.0 - low) + steepness * u)
        return np.asarray(low * u + (high - low) / steepness * rise, dtype=np.float64)

    return Distance(g, slope, integral)
