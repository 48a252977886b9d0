"""Turn arrays of figures into rows: intervals, one-sided bounds, verdicts, and a reason for each figure that is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sampling.estimate import interval as limits
from sampling.estimate.interval import Limits, Rates
from sampling.estimate.result import EstimateRow, ThresholdRow, Verdict
from sampling.estimate.statement import IntervalSpec, Statement, ThresholdSpec
from sampling.estimate.table import BoolArray, FloatArray, IntArray
from sampling.estimate.variance import Variance

PASSES: Verdict = "达标"
FAILS: Verdict = "不达标"
UNDECIDED: Verdict = "不能判定"
FLAGS = (
    "given_first_stage_unit",
    "certainty_clusters",
    "lonely_psu",
    "no_variance_seen",
    "all_or_none",
    "design_effect_taken_as_1",
    "point_estimate_passes",
    "point_estimate_fails",
)


@dataclass(frozen=True)
class Judged:
    """Hold what one variable (or level, or contrast) shows in all domains, ready for its rows.

    Attributes
    ----------
    conditional : which domains were estimated given their first-stage unit
    certainty_clusters : which domains have units below certainty clusters among their degrees of freedom
    alone : which domains meet a lone PSU, whatever the rule made of it
    reasons : code or None for each domain: why there are no figures at all
    kish : count behind a rate's interval; None where the statistic is judged as no rate
    rate : which domains show a rate between 0 and 1 in every row
    pooled : design effect of sister indicators, NaN where they show none
    scale, shift : value = shift + scale * rate (1 and 0 but for composites of rates)
    """

    value: FloatArray
    variance: FloatArray
    n: IntArray
    df: FloatArray
    deff: FloatArray
    conditional: BoolArray
    certainty_clusters: BoolArray
    alone: BoolArray
    reasons: Sequence[str | None]
    kish: FloatArray | None = None
    rate: BoolArray | None = None
    pooled: FloatArray | None = None
    scale: float = 1.0
    shift: float = 0.0


@dataclass(frozen=True)
class _Drawn:
    """Hold the limits of all domains: the interval's and, with a threshold, the one-sided bounds'."""

    interval: Limits
    bounds: Limits | None
    threshold: ThresholdRow | None


def rows_of(
    statement: Statement, judged: Judged, domains: Sequence[dict[str, str]], variable: str | None, level: str | None
) -> list[EstimateRow]:
    """Make the rows of one variable, one a domain."""
    df = interval_df(statement.interval, judged.df)
    bounds = None if statement.threshold is None else _bounds(statement, statement.threshold, judged, df)
    drawn = _Drawn(_interval(statement, judged, df), bounds, _printed(statement.threshold))
    fixed = (statement.id, variable, level)
    return [_row(statement, judged, drawn, index, (*fixed, labels)) for index, labels in enumerate(domains)]


def row_without_domains(statement: Statement, reason: str, n: int | None = None) -> EstimateRow:
    """Make the one row of a statement without any domain; a threshold is undecided in it, as in every blank row."""
    threshold = _printed(statement.threshold)
    verdict = None if threshold is None else UNDECIDED
    return EstimateRow(statement.id, n=n, threshold=threshold, verdict=verdict, reason=reason)


def interval_df(spec: IntervalSpec, df: FloatArray) -> FloatArray:
    """Give the degrees of freedom of the limits: the design's (for R's beta always), infinite or the plan's number."""
    if spec.df == "design" or spec.method == "beta":
        return df
    return np.full_like(df, np.inf if spec.df == "infinite" else float(spec.df))


def blank_reasons(
    spec: IntervalSpec, value: FloatArray, spread: Variance, n: IntArray, df: FloatArray
) -> list[str | None]:
    """Say for each domain why it has no figures, None where it has."""
    tests: list[tuple[BoolArray, str]] = [
        (n == 0, "estimate.empty_domain"),
        (spread.refused, "estimate.lonely_psu"),
        (interval_df(spec, df) <= 0, "estimate.no_degrees_of_freedom"),
        (np.isnan(spread.value) & spread.lonely, "estimate.lonely_psu_without_peers"),
        (~np.isfinite(value) | ~np.isfinite(spread.value), "estimate.undefined"),
        (spread.value < 0, "estimate.negative_variance"),
    ]
    reasons: list[str | None] = [None] * value.size
    for mask, code in reversed(tests):
        for index in np.flatnonzero(mask):
            reasons[index] = code
    return reasons


def _planned(statement: Statement) -> float | None:
    """Give the design effect that a rate of 0 or 1 takes: the interval's, else the threshold's, else none."""
    if statement.interval.planned_deff is not None:
        return statement.interval.planned_deff
    return None if statement.threshold is None else statement.threshold.planned_deff


def _rates(judged: Judged, kish: FloatArray, df: FloatArray, design_effect: FloatArray) -> Rates:
    """Bring estimates to the scale of rates; domains that are none become NaN, and their limits with them."""
    usable = np.array([reason is None for reason in judged.reasons], dtype=np.bool_)
    if judged.rate is not None:
        usable &= judged.rate
    return Rates(
        value=np.where(usable, (judged.value - judged.shift) / judged.scale, np.nan),
        variance=np.where(usable, judged.variance, 0.0) / judged.scale**2,
        n=np.where(usable, kish, 1.0),
        df=df,
        design_effect=np.maximum(design_effect, 1.0),
    )


def _interval(statement: Statement, judged: Judged, df: FloatArray) -> Limits:
    spec = statement.interval
    if judged.kish is None:
        low, high = limits.wald_limits(judged.value, _error(judged), df, spec.level, spec.side)
        n = judged.n.astype(np.float64)
        return Limits(low, high, np.divide(n, judged.deff, out=np.full_like(n, np.nan), where=judged.deff > 0))
    planned = np.full(judged.value.size, _planned(statement) or 1.0)
    if judged.pooled is not None:
        planned = np.where(np.isfinite(judged.pooled), judged.pooled, planned)
    rates = _rates(judged, judged.kish, df, planned)
    return _back(limits.rate_limits(spec.method, rates, spec.level, spec.side, truncate=spec.truncate), judged)


def _bounds(statement: Statement, threshold: ThresholdSpec, judged: Judged, df: FloatArray) -> Limits:
    """Give the one-sided limits at 1 - alpha; a rate's design effect is the largest of own, planned and pooled."""
    level = 1.0 - threshold.alpha
    if judged.kish is None:
        low, _ = limits.wald_limits(judged.value, _error(judged), df, level, "lower")
        _, high = limits.wald_limits(judged.value, _error(judged), df, level, "upper")
        return Limits(low, high, np.full_like(low, np.nan))
    planned = np.full(judged.value.size, threshold.planned_deff or _planned(statement) or 1.0)
    if judged.pooled is not None:
        planned = np.fmax(planned, judged.pooled)
    rates = _rates(judged, judged.kish, df, planned)
    method = statement.interval.method
    under = limits.rate_limits(method, rates, level, "lower", at_least=True)
    over = limits.rate_limits(method, rates, level, "upper", at_least=True)
    return _back(Limits(under.low, over.high, under.effective), judged)


def _error(judged: Judged) -> FloatArray:
    return np.sqrt(np.maximum(judged.variance, 0.0))


def _back(found: Limits, judged: Judged) -> Limits:
    return Limits(judged.shift + judged.scale * found.low, judged.shift + judged.scale * found.high, found.effective)


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


def _printed(threshold: ThresholdSpec | None) -> ThresholdRow | None:
    if threshold is None:
        return None
    return ThresholdRow(threshold.value, threshold.side, threshold.alpha, threshold.planned_deff)


def _row(
    statement: Statement,
    judged: Judged,
    drawn: _Drawn,
    index: int,
    place: tuple[str, str | None, str | None, dict[str, str]],
) -> EstimateRow:
    n, df = int(judged.n[index]), _number(judged.df[index])
    reason = judged.reasons[index]
    if reason is not None:
        undecided = None if drawn.threshold is None else UNDECIDED
        return EstimateRow(*place, n=n, df=df, threshold=drawn.threshold, verdict=undecided, flags=(), reason=reason)
    low, high = _number(drawn.interval.low[index]), _number(drawn.interval.high[index])
    without = low is None and high is None
    bound, decided = _decided(statement.threshold, drawn.bounds, index)
    return EstimateRow(
        *place,
        estimate=float(judged.value[index]),
        se=float(np.sqrt(judged.variance[index])),
        low=low,
        high=high,
        df=df,
        n=n,
        n_effective=None if without and judged.kish is not None else _number(drawn.interval.effective[index]),
        deff=_number(judged.deff[index]),
        threshold=drawn.threshold,
        bound=bound,
        verdict=decided,
        flags=_flags(statement, judged, index, without=without),
        reason=_why_no_interval(judged, index) if without else None,
    )


def _decided(threshold: ThresholdSpec | None, bounds: Limits | None, index: int) -> tuple[float | None, Verdict | None]:
    if threshold is None or bounds is None:
        return None, None
    below, above = _number(bounds.low[index]), _number(bounds.high[index])
    return above if threshold.side == "upper" else below, verdict(threshold, below, above)


def _why_no_interval(judged: Judged, index: int) -> str:
    if judged.kish is not None and judged.rate is not None and not judged.rate[index]:
        return "estimate.not_a_rate"
    return "estimate.no_variance"


def _flags(statement: Statement, judged: Judged, index: int, *, without: bool) -> tuple[str, ...]:
    """List the remarks on a row; those on how its interval was made only where it has one."""
    flags = []
    estimate = judged.value[index]
    if judged.conditional[index]:
        flags.append("given_first_stage_unit")
    if judged.certainty_clusters[index]:
        flags.append("certainty_clusters")
    if judged.alone[index]:
        flags.append("lonely_psu")
    if judged.kish is not None:
        rate = (estimate - judged.shift) / judged.scale
        pooled = judged.pooled is not None and np.isfinite(judged.pooled[index])
        if rate < limits.EDGE or rate > 1.0 - limits.EDGE:
            flags.append("all_or_none")
            if _planned(statement) is None and not pooled and not without:
                flags.append("design_effect_taken_as_1")
        elif judged.variance[index] / judged.scale**2 <= rate * (1.0 - rate) * limits.EDGE and not without:
            flags.append("no_variance_seen")
    threshold = statement.threshold
    if threshold is not None:
        passes = estimate < threshold.value if threshold.side == "upper" else estimate >= threshold.value
        flags.append("point_estimate_passes" if passes else "point_estimate_fails")
    return tuple(flags)
