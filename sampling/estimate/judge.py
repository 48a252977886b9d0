"""Turn arrays of figures into rows: intervals, one-sided bounds, verdicts, and a reason wherever a figure does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sampling.estimate import interval as limits
from sampling.estimate.interval import Limits, Rates
from sampling.estimate.result import EstimateRow, ThresholdRow, Verdict
from sampling.estimate.statement import IntervalSpec, Statement, ThresholdSpec
from sampling.estimate.table import BoolArray, FloatArray, IntArray

PASSES: Verdict = "达标"
FAILS: Verdict = "不达标"
UNDECIDED: Verdict = "不能判定"


@dataclass(frozen=True)
class Judged:
    """Hold what one variable (or level, or contrast) shows in all domains, ready for its rows.

    Attributes
    ----------
    kish : count behind a rate's interval; None where the statistic is no rate
    scale, shift : the rate's estimate is value = shift + scale * rate (1 and 0 but for composites of rates)
    reasons : code or None for each domain: why there are no figures at all
    rate : which domains show a rate between 0 and 1 in every row
    """

    value: FloatArray
    variance: FloatArray
    n: IntArray
    df: FloatArray
    deff: FloatArray
    reasons: Sequence[str | None]
    kish: FloatArray | None = None
    rate: BoolArray | None = None
    scale: float = 1.0
    shift: float = 0.0


def rows_of(
    statement: Statement,
    judged: Judged,
    domains: Sequence[dict[str, str]],
    variable: str | None,
    level: str | None,
) -> list[EstimateRow]:
    """Make the rows of one variable, one a domain."""
    df = interval_df(statement.interval, judged.df)
    two = _limits(statement, judged, df)
    bound = None if statement.threshold is None else _bound(statement.interval, statement.threshold, judged, df)
    return [_row(statement, judged, labels, variable, level, index, two, bound) for index, labels in enumerate(domains)]


def interval_df(spec: IntervalSpec, df: FloatArray) -> FloatArray:
    """Give the degrees of freedom of the limits: the design's, infinite or the plan's number."""
    if spec.df == "design":
        return df
    return np.full_like(df, np.inf if spec.df == "infinite" else float(spec.df))


def blank_reasons(
    spec: IntervalSpec, value: FloatArray, variance: FloatArray, n: IntArray, df: FloatArray, lonely: BoolArray
) -> list[str | None]:
    """Say for each domain why it has no figures, None where it has."""
    no_df = interval_df(spec, df) <= 0
    tests: list[tuple[BoolArray, str]] = [
        (n == 0, "estimate.empty_domain"),
        (lonely, "estimate.lonely_psu"),
        (no_df, "estimate.no_degrees_of_freedom"),
        (~np.isfinite(value), "estimate.undefined"),
        (np.isnan(variance), "estimate.lonely_psu_without_peers"),
        (variance < 0, "estimate.negative_variance"),
    ]
    return [next((code for mask, code in tests if mask[index]), None) for index in range(value.size)]


def _rates(judged: Judged, kish: FloatArray, df: FloatArray, design_effect: float) -> Rates:
    value = (judged.value - judged.shift) / judged.scale
    usable = np.array([reason is None for reason in judged.reasons])
    if judged.rate is not None:
        usable &= judged.rate
    variance = np.where(usable, judged.variance, 0.0) / judged.scale**2
    return Rates(
        np.where(usable, value, np.nan),
        variance,
        np.where(usable, kish, 1.0),
        df,
        np.full(value.size, max(design_effect, 1.0)),
    )


def planned_design_effect(statement: Statement) -> float | None:
    """Give the design effect that a rate of 0 or 1 takes: the interval's, else the threshold's, else none."""
    if statement.interval.planned_deff is not None:
        return statement.interval.planned_deff
    return None if statement.threshold is None else statement.threshold.planned_deff


def _limits(statement: Statement, judged: Judged, df: FloatArray) -> Limits:
    spec = statement.interval
    error = np.sqrt(np.maximum(judged.variance, 0.0))
    if judged.kish is None or (judged.rate is None and spec.method == "wald"):
        low, high = limits.wald_limits(judged.value, error, df, spec.level, spec.side)
        n = judged.n.astype(np.float64)
        effective = np.divide(n, judged.deff, out=np.full_like(n, np.nan), where=judged.deff > 0)
        return Limits(low, high, effective)
    rates = _rates(judged, judged.kish, df, planned_design_effect(statement) or 1.0)
    return _back(limits.rate_limits(spec.method, rates, spec.level, spec.side, truncate=spec.truncate), judged)


def _back(found: Limits, judged: Judged) -> Limits:
    return Limits(judged.shift + judged.scale * found.low, judged.shift + judged.scale * found.high, found.effective)


def _bound(spec: IntervalSpec, threshold: ThresholdSpec, judged: Judged, df: FloatArray) -> Limits:
    """Give the one-sided limits on both sides at 1 - alpha, with the larger of the own and the planned design effect."""
    level = 1.0 - threshold.alpha
    if judged.kish is None:
        error = np.sqrt(np.maximum(judged.variance, 0.0))
        low, _ = limits.wald_limits(judged.value, error, df, level, "lower")
        _, high = limits.wald_limits(judged.value, error, df, level, "upper")
        return Limits(low, high, np.full_like(low, np.nan))
    rates = _rates(judged, judged.kish, df, threshold.planned_deff or 1.0)
    under = limits.rate_limits(spec.method, rates, level, "lower", at_least=True)
    over = limits.rate_limits(spec.method, rates, level, "upper", at_least=True)
    return _back(Limits(under.low, over.high, under.effective), judged)


def verdict(threshold: ThresholdSpec, low: float | None, high: float | None) -> Verdict:
    """Compare the one-sided limits with the threshold.

    upper: passes when the upper limit is below the value, fails when the lower limit reaches it.
    lower: passes when the lower limit reaches the value, fails when the upper limit is below it.
    """
    if low is None or high is None:
        return UNDECIDED
    below, reaches = high < threshold.value, low >= threshold.value
    if threshold.side == "upper":
        return PASSES if below else FAILS if reaches else UNDECIDED
    return PASSES if reaches else FAILS if below else UNDECIDED


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _row(  # noqa: PLR0913, PLR0917 - the parts of one row
    statement: Statement,
    judged: Judged,
    labels: dict[str, str],
    variable: str | None,
    level: str | None,
    index: int,
    two: Limits,
    bound: Limits | None,
) -> EstimateRow:
    threshold = statement.threshold
    printed = None
    if threshold is not None:
        printed = ThresholdRow(threshold.value, threshold.side, threshold.alpha, threshold.planned_deff)
    blank = judged.reasons[index]
    if blank is not None:
        return EstimateRow(
            statement.id,
            variable,
            level,
            labels,
            df=_number(judged.df[index]),
            n=int(judged.n[index]),
            threshold=printed,
            verdict=None if threshold is None else UNDECIDED,
            reason=blank,
        )
    low, high = _sided(statement.interval, _number(two.low[index]), _number(two.high[index]))
    none = low is None and high is None
    estimate = float(judged.value[index])
    below = above = None
    if bound is not None:
        below, above = _number(bound.low[index]), _number(bound.high[index])
    return EstimateRow(
        id=statement.id,
        variable=variable,
        level=level,
        domain=labels,
        estimate=estimate,
        se=float(np.sqrt(max(judged.variance[index], 0.0))),
        low=low,
        high=high,
        df=_number(judged.df[index]),
        n=int(judged.n[index]),
        n_effective=_number(two.effective[index]),
        deff=_number(judged.deff[index]),
        threshold=printed,
        bound=None if threshold is None else above if threshold.side == "upper" else below,
        verdict=None if threshold is None else verdict(threshold, below, above),
        flags=_flags(statement, judged, index, estimate),
        reason=_interval_reason(judged, index) if none else None,
    )


def _sided(spec: IntervalSpec, low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """Leave out the side that a one-sided Wald interval does not have."""
    if spec.method != "wald" or spec.side == "two":
        return low, high
    return (low, None) if spec.side == "lower" else (None, high)


def _interval_reason(judged: Judged, index: int) -> str:
    if judged.rate is not None and not judged.rate[index]:
        return "estimate.not_a_rate"
    return "estimate.no_variance"


def _flags(statement: Statement, judged: Judged, index: int, estimate: float) -> tuple[str, ...]:
    flags = []
    if judged.rate is not None and judged.rate[index]:
        rate = (estimate - judged.shift) / judged.scale
        if rate < limits.EDGE or rate > 1.0 - limits.EDGE:
            flags.append("all_or_none")
            if planned_design_effect(statement) is None:
                flags.append("design_effect_taken_as_1")
    threshold = statement.threshold
    if threshold is not None:
        passes = estimate < threshold.value if threshold.side == "upper" else estimate >= threshold.value
        flags.append("point_estimate_passes" if passes else "point_estimate_fails")
    return tuple(flags)
