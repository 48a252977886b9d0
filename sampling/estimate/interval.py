"""Compute confidence limits of rates and of other estimates, for whole arrays of domains at once.

A rate here is a number in [0, 1]: a proportion, or a ratio whose numerator is part of its denominator. `n` is the count
behind it (rows; for ratios the Kish count (sum s)^2 / sum s^2 of the denominators s), `variance` its design variance.
Inside this module NaN marks a limit that does not exist; rows of results carry None and a reason instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import special

from sampling.estimate.table import BoolArray, FloatArray

RateMethod = Literal[
    "korn-graubard",
    "beta",
    "wilson",
    "logit",
    "xlogit",
    "arcsine",
    "likelihood",
    "clopper-pearson",
    "jeffreys",
    "wald",
]
RATE_METHODS: tuple[RateMethod, ...] = get_args(RateMethod)
Side = Literal["two", "lower", "upper"]
# Where the effective n is held at n: before the t-adjustment; after it, as SAS's and the NCHS's routines do; or never,
# as R's svyciprop.
Cap = Literal["before", "sas", "r"]
CAPS: tuple[Cap, ...] = get_args(Cap)
# Methods capped "before" unless the plan says otherwise; the others are R survey's and stay as R has them.
CAPPED: frozenset[RateMethod] = frozenset({"korn-graubard", "clopper-pearson", "jeffreys"})
# Methods whose effective n is multiplied by (t at n - 1 / t at df)^2; the others use t in place of z.
ADJUSTED: frozenset[RateMethod] = frozenset({"korn-graubard", "beta", "jeffreys"})
EDGE = 1e-12  # rates nearer to 0 or 1 than this are 0 or 1


@dataclass(frozen=True)
class Rates:
    """Hold rates and what their limits need, one element a domain.

    Attributes
    ----------
    value, variance, n, df : (domains,) floats; df may be infinite
    design_effect : (domains,) floats, at least 1
        Taken where the rate is 0 or 1 and gives no variance of its own; the least design effect when `at_least` is set.
    """

    value: FloatArray
    variance: FloatArray
    n: FloatArray
    df: FloatArray
    design_effect: FloatArray


@dataclass(frozen=True)
class Limits:
    """Hold limits and the effective n behind them (before the t-adjustment)."""

    low: FloatArray
    high: FloatArray
    effective: FloatArray


def t_quantile(probability: float, df: FloatArray) -> FloatArray:
    """Give the t quantile, the normal one where df is infinite, NaN where df <= 0."""
    finite = np.where(np.isfinite(df) & (df > 0), df, 1.0)
    value = np.where(np.isinf(df), special.ndtri(probability), special.stdtrit(finite, probability))
    return np.asarray(np.where(df > 0, value, np.nan), dtype=np.float64)


def at_edge(rates: Rates) -> BoolArray:
    """Mark rates of 0 or 1."""
    return (rates.value < EDGE) | (rates.value > 1.0 - EDGE)


def effective_size(rates: Rates, *, capped: bool, at_least: bool = False) -> FloatArray:
    """Give p (1 - p) / V, at 0 or 1 n / design effect.

    `capped` holds it at n; `at_least` holds it at n / design effect. A variance of 0 inside (0, 1) counts as n.
    """
    edge = at_edge(rates)
    spread = rates.value * (1.0 - rates.value)
    still = rates.variance <= spread * EDGE
    own = np.where(edge | still, np.inf, spread / np.where(edge | still, 1.0, rates.variance))
    reduced = rates.n / rates.design_effect
    own = np.where(edge, reduced, np.where(still, rates.n, own))
    if at_least:
        own = np.minimum(own, reduced)
    return np.minimum(own, rates.n) if capped else own


def rate_limits(
    method: RateMethod,
    rates: Rates,
    level: float,
    side: Side = "two",
    *,
    cap: Cap | None = None,
    at_least: bool = False,
) -> Limits:
    """Give the limits of rates at a confidence level.

    Parameters
    ----------
    level : 0.95 for 95 %; a one-sided limit leaves 1 - level on one side, two-sided limits half of it on each
    side : "lower" and "upper" compute that limit only; the other one is 0 or 1
    cap : hold the effective n at n before the t-adjustment, after it ("sas"), or not at all ("r"); None takes the
        method's own way, "before" for korn-graubard, clopper-pearson and jeffreys, "r" for the others
    at_least : hold the design effect at `rates.design_effect` or more, as verdicts do

    References
    ----------
    korn-graubard: Korn and Graubard (1998), Survey Methodology 24, 193-201. clopper-pearson, jeffreys: on the effective
    n, as in Franco, Little, Louis, Slud (2019), JSSAM 7, 334-364. The others are R survey's svyciprop: beta, wilson,
    logit, xlogit, arcsine ("asin"), likelihood and wald ("mean", p -+ t se).
    """
    cap = cap or ("before" if method in CAPPED else "r")
    capped = at_least or cap == "before"
    size = effective_size(rates, capped=capped, at_least=at_least)
    tail = (1.0 - level) / 2.0 if side == "two" else 1.0 - level
    t = t_quantile(1.0 - tail, rates.df)
    adjusted = size
    if method in ADJUSTED:
        # A count of 1 has no t quantile of its own, an ever larger one as it is neared: the ratio is 1 there.
        ratio = np.where(rates.n > 1.0, t_quantile(1.0 - tail, rates.n - 1.0) / t, 1.0)
        adjusted = size * np.minimum(ratio, 1.0) ** 2
    if cap == "sas":
        size, adjusted = np.minimum(size, rates.n), np.minimum(adjusted, rates.n)
    p = np.where(rates.value < EDGE, 0.0, np.where(rates.value > 1.0 - EDGE, 1.0, rates.value))
    low, high = LIMITS[method](_Basis(p, size, adjusted, rates.n, t, tail))
    known = (rates.df > 0) & np.isfinite(rates.value)
    low = np.where(known, np.clip(low, 0.0, 1.0) if method != "wald" else low, np.nan)
    high = np.where(known, np.clip(high, 0.0, 1.0) if method != "wald" else high, np.nan)
    if side == "lower":
        high = np.where(np.isnan(low), np.nan, 1.0)
    if side == "upper":
        low = np.where(np.isnan(high), np.nan, 0.0)
    return Limits(low, high, size)


@dataclass(frozen=True)
class _Basis:
    """Hold what every method starts from: p, effective n before and after the t-adjustment, n, t and the tail."""

    p: FloatArray
    size: FloatArray
    adjusted: FloatArray
    n: FloatArray
    t: FloatArray
    tail: float


def _basis_exact(basis: _Basis) -> tuple[FloatArray, FloatArray]:
    return exact(basis.p, basis.adjusted, basis.tail)


def _jeffreys(basis: _Basis) -> tuple[FloatArray, FloatArray]:
    """Give quantiles of Beta(n p + 1/2, n (1 - p) + 1/2), 0 and 1 kept at the edges (Brown, Cai, DasGupta 2001)."""
    p, n = basis.p, basis.adjusted
    low = special.betaincinv(n * p + 0.5, n * (1.0 - p) + 0.5, basis.tail)
    high = special.betaincinv(n * p + 0.5, n * (1.0 - p) + 0.5, 1.0 - basis.tail)
    return np.where(p <= 0.0, 0.0, low), np.where(p >= 1.0, 1.0, high)


def _wilson(basis: _Basis) -> tuple[FloatArray, FloatArray]:
    return wilson(basis.p, basis.size, basis.t)


def _arcsine(basis: _Basis) -> tuple[FloatArray, FloatArray]:
    """Give sin^2(asin sqrt p -+ t / (2 sqrt n)); none at 0 and 1, where it is a quarter of the exact limits' width."""
    inside = (basis.p > 0.0) & (basis.p < 1.0)
    centre = np.arcsin(np.sqrt(np.where(inside, basis.p, np.nan)))
    half = basis.t / (2.0 * np.sqrt(basis.size))
    low = np.sin(np.clip(centre - half, 0.0, np.pi / 2)) ** 2
    return low, np.sin(np.clip(centre + half, 0.0, np.pi / 2)) ** 2


def _error(basis: _Basis) -> FloatArray:
    """Give the standard error, NaN at 0 and 1, where the variance of the sample says nothing."""
    inside = (basis.p > 0.0) & (basis.p < 1.0)
    return np.where(inside, np.sqrt(basis.p * (1.0 - basis.p) / basis.size), np.nan)


def _wald(basis: _Basis) -> tuple[FloatArray, FloatArray]:
    half = basis.t * _error(basis)
    return basis.p - half, basis.p + half


def _logit(basis: _Basis) -> tuple[FloatArray, FloatArray]:
    inside = np.where((basis.p > 0.0) & (basis.p < 1.0), basis.p, 0.5)
    centre, half = special.logit(inside), basis.t * _error(basis) / (inside * (1.0 - inside))
    return special.expit(centre - half), special.expit(centre + half)


def _likelihood(basis: _Basis) -> tuple[FloatArray, FloatArray]:
    """Solve 2 KL(p, m) = t^2 n / ((n - 1) size): the profile of R's quasi-binomial intercept."""
    allowed = basis.t**2 * basis.n / (np.maximum(basis.n - 1.0, EDGE) * basis.size) / 2.0
    return _bisect(basis.p, allowed, np.zeros_like(basis.p)), _bisect(basis.p, allowed, np.ones_like(basis.p))


LIMITS: dict[RateMethod, Callable[[_Basis], tuple[FloatArray, FloatArray]]] = {
    "korn-graubard": _basis_exact,
    "beta": _basis_exact,
    "clopper-pearson": _basis_exact,
    "jeffreys": _jeffreys,
    "wilson": _wilson,
    "logit": _logit,
    "xlogit": _logit,
    "arcsine": _arcsine,
    "likelihood": _likelihood,
    "wald": _wald,
}


def exact(p: FloatArray, n: FloatArray, tail: float) -> tuple[FloatArray, FloatArray]:
    """Give the limits of Clopper and Pearson (1934) for n p events among n; neither need be whole."""
    events, others = n * p, n * (1.0 - p)
    with np.errstate(invalid="ignore", divide="ignore"):
        low = np.where(p <= 0.0, 0.0, special.betaincinv(np.where(events > 0, events, 1.0), others + 1.0, tail))
        high = np.where(p >= 1.0, 1.0, special.betaincinv(events + 1.0, np.where(others > 0, others, 1.0), 1.0 - tail))
    known = np.isfinite(n)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def wilson(p: FloatArray, n: FloatArray, z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the score limits of Wilson (1927); z may be a t quantile."""
    square = z * z
    centre = (p + square / (2.0 * n)) / (1.0 + square / n)
    half = z / (1.0 + square / n) * np.sqrt(p * (1.0 - p) / n + square / (4.0 * n * n))
    return np.where(p <= 0.0, 0.0, centre - half), np.where(p >= 1.0, 1.0, centre + half)


def _bisect(p: FloatArray, allowed: FloatArray, end: FloatArray) -> FloatArray:
    """Find m between p and `end` whose divergence from p is `allowed`; `end` itself where even it is nearer."""
    near, far = p.copy(), end.copy()
    for _ in range(80):
        middle = (near + far) / 2.0
        within = special.rel_entr(p, middle) + special.rel_entr(1.0 - p, 1.0 - middle) <= allowed
        near, far = np.where(within, middle, near), np.where(within, far, middle)
    return np.where(np.isfinite(allowed), near, np.nan)


def wald_limits(
    value: FloatArray, error: FloatArray, df: FloatArray, level: float, side: Side
) -> tuple[FloatArray, FloatArray]:
    """Give value -+ t error; NaN on a side not asked for and where the error is 0: no width would be a lie."""
    tail = (1.0 - level) / 2.0 if side == "two" else 1.0 - level
    half = np.where(error > 0, t_quantile(1.0 - tail, df) * error, np.nan)
    absent = np.full_like(half, np.nan)
    low = absent if side == "upper" else value - half
    return low, absent if side == "lower" else value + half
