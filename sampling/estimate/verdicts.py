"""Compare one-sided limits with a threshold: verdicts, Holm's adjustment, and how many may be wrong by chance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from sampling.estimate.interval import Limits, RateMethod, Rates, rate_limits
from sampling.estimate.result import EstimateRow, Verdict, VerdictFamily
from sampling.estimate.statement import Statement, ThresholdSide, ThresholdSpec
from sampling.estimate.table import BoolArray, FloatArray

PASSES: Verdict = "达标"
FAILS: Verdict = "不达标"
UNDECIDED: Verdict = "不能判定"

BoundsAt = Callable[[float], Limits]
"""The one-sided limits of a variable's rows at an alpha."""


@dataclass(frozen=True)
class Decided:
    """Hold the verdicts of a variable's rows and the limit behind each, NaN where there is none."""

    bound: FloatArray
    verdicts: tuple[Verdict, ...]


def rate_bounds(method: RateMethod, rates: Rates, side: ThresholdSide, alpha: float, stated: BoolArray) -> Limits:
    """Give both one-sided limits of rates at 1 - alpha, with the design effect that a verdict takes.

    It is the larger of the sample's own and the stated one (`rates.design_effect`, planned or pooled). Where none is
    `stated` (domains,), the limit that decides on passing takes the own one at its upper confidence limit at 1 - alpha,
    as Browne (1995), Statistics in Medicine 14, 1933-1940, takes the variance of a small sample: errors that sit
    together in few units are often missed as a whole, and a sample that missed them shows too low a rate and too low a
    design effect at once.
    """
    level = 1.0 - alpha
    factor = np.where(stated, 1.0, variance_factor(level, rates.df))
    careful = replace(rates, variance=rates.variance * factor)
    below, above = (careful, rates) if side == "lower" else (rates, careful)
    under = rate_limits(method, below, level, "lower", at_least=True)
    over = rate_limits(method, above, level, "upper", at_least=True)
    return Limits(under.low, over.high, over.effective if side == "upper" else under.effective)


def variance_factor(confidence: float, df: FloatArray) -> FloatArray:
    """Give df / chi2, by which a variance of normal scores is multiplied for its upper confidence limit.

    chi2 is the quantile at 1 - confidence with df degrees of freedom; with infinite ones the factor is 1.
    """
    known = np.isfinite(df) & (df > 0)
    finite = np.where(known, df, 1.0)
    return np.asarray(np.where(known, finite / special.chdtri(finite, confidence), 1.0), dtype=np.float64)


def passing(threshold: ThresholdSpec, limits: Limits) -> BoolArray:
    """Mark what passes: the upper limit is below the value (upper), or the lower limit reaches it (lower)."""
    upper = threshold.side == "upper"
    return np.asarray(limits.high < threshold.value if upper else limits.low >= threshold.value, dtype=np.bool_)


def failing(threshold: ThresholdSpec, limits: Limits) -> BoolArray:
    """Mark what fails: the lower limit reaches the value (upper), or the upper limit is below it (lower)."""
    upper = threshold.side == "upper"
    return np.asarray(limits.low >= threshold.value if upper else limits.high < threshold.value, dtype=np.bool_)


def decide(threshold: ThresholdSpec, variables: Sequence[BoundsAt]) -> list[Decided]:
    """Judge the rows of all variables of a statement, each at alpha or all of them together by Holm's method."""
    at_pass = at_fail = threshold.alpha
    if threshold.adjust == "holm":
        at_pass = holm_level(threshold, variables, passing)
        at_fail = holm_level(threshold, variables, failing)
    return [_decided(threshold, bounds_at(at_pass), bounds_at(at_fail)) for bounds_at in variables]


def holm_level(
    threshold: ThresholdSpec, variables: Sequence[BoundsAt], decides: Callable[[ThresholdSpec, Limits], BoolArray]
) -> float:
    """Give the alpha at which Holm's procedure (1979) judges: alpha / (k - r) when r of k rows are decided at it.

    Holm holds the i-th smallest p-value against alpha / (k - i + 1) until one is above. The same rows are found without
    p-values: judge at alpha / k; if r rows are decided, judge again at alpha / (k - r), until no row is added.
    """
    known = sum(int(_known(bounds_at(threshold.alpha)).sum()) for bounds_at in variables)
    decided = -1
    level = threshold.alpha / max(known, 1)
    while True:
        found = sum(int(decides(threshold, bounds_at(level)).sum()) for bounds_at in variables)
        if found <= decided:
            return level
        decided = found
        level = threshold.alpha / max(known - found, 1)


def _known(limits: Limits) -> BoolArray:
    return np.isfinite(limits.low) & np.isfinite(limits.high)


def _decided(threshold: ThresholdSpec, to_pass: Limits, to_fail: Limits) -> Decided:
    known = _known(to_pass)
    passes, fails = known & passing(threshold, to_pass), known & failing(threshold, to_fail)
    verdicts = np.where(passes, PASSES, np.where(fails, FAILS, UNDECIDED)).tolist()
    return Decided(to_pass.high if threshold.side == "upper" else to_pass.low, tuple(verdicts))


def families(statements: Iterable[Statement], rows: Sequence[EstimateRow]) -> tuple[VerdictFamily, ...]:
    """Count the verdicts of every statement with a threshold, and how many of them may be wrong by chance."""
    found = []
    for statement in statements:
        if statement.threshold is not None:
            verdicts = [row.verdict for row in rows if row.id == statement.id and row.bound is not None]
            found.append(_family(statement.id, statement.threshold, verdicts))
    return tuple(found)


def _family(name: str, threshold: ThresholdSpec, verdicts: Sequence[Verdict | None]) -> VerdictFamily:
    count = len(verdicts)
    adjusted = threshold.adjust == "holm"
    return VerdictFamily(
        id=name,
        verdicts=count,
        passed=verdicts.count(PASSES),
        failed=verdicts.count(FAILS),
        undecided=verdicts.count(UNDECIDED),
        alpha=threshold.alpha,
        adjust=threshold.adjust or "none",
        expected_wrong=None if adjusted else count * threshold.alpha,
        any_wrong=threshold.alpha if adjusted else min(1.0, count * threshold.alpha),
        asked=threshold.adjust is not None,
    )
