"""Turn arrays of figures into rows: intervals, one-sided bounds, verdicts, and a reason for each figure that is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np

from sampling.estimate import interval as limits
from sampling.estimate.interval import Limits, Rates, Side
from sampling.estimate.reliability import reliability, varies_much
from sampling.estimate.result import EstimateRow, ThresholdRow
from sampling.estimate.statement import IntervalSpec, Statement, ThresholdSide, ThresholdSpec
from sampling.estimate.table import BoolArray, FloatArray, IntArray
from sampling.estimate.variance import Variance
from sampling.estimate.verdicts import UNDECIDED, Decided, decide, rate_bounds

FLAGS = (
    "given_first_stage_unit",
    "certainty_clusters",
    "lonely_psu",
    "replicates_left_out",
    "negative_weights",
    "no_variance_seen",
    "all_or_none",
    "design_effect_taken_as_1",
    "unreliable_rate",
    "unreliable_complement",
    "few_degrees_of_freedom",
    "large_variation",
    "no_planned_design_effect",
    "rule_depends_on_weights",
    "group_in_one_unit",
    "depends_on_row_order",
    "holm_adjusted",
    "point_estimate_passes",
    "point_estimate_fails",
)


Mark = tuple[str, BoolArray]
"""A remark and the domains that it is about."""


class OwnLimits(Protocol):
    """Make the limits of a statistic that has its own, such as a quantile's."""

    def limits(self, level: float, side: Side) -> Limits:
        """Give the limits at a level, NaN where there are none."""

    @property
    def reasons(self) -> Sequence[str | None]:
        """Say for each domain why its standard error or a limit is missing."""

    @property
    def marks(self) -> Sequence[Mark]:
        """Give remarks on the figures."""


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
    scale, shift : value = shift + scale * rate (1 and 0 but for composites of rates; scale < 0 for 1 - rate)
    thinned : which domains some replicate leaves without an estimate
    negative : which domains have rows of negative weight
    refitted : what limits on the logit's scale take for a rate's variance under replicates, NaN where one has no logit
    own : makes the limits, and says why one is missing, where neither rates' nor Wald's are meant
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
    thinned: BoolArray | None = None
    negative: BoolArray | None = None
    refitted: FloatArray | None = None
    own: OwnLimits | None = None


@dataclass(frozen=True)
class _Drawn:
    """Hold what the rows of a variable print beside their figures: interval, verdicts, remarks."""

    interval: Limits
    decided: Decided | None
    threshold: ThresholdRow | None
    flags: Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Subjected:
    """Name the variable and level that a Judged is about."""

    judged: Judged
    variable: str | None = None
    level: str | None = None


def rows_of(statement: Statement, judged: Judged, domains: Sequence[dict[str, str]]) -> list[EstimateRow]:
    """Make the rows of a statement without variables, one a domain."""
    return rows_of_all(statement, [Subjected(judged)], domains)


def rows_of_all(
    statement: Statement, subjects: Sequence[Subjected], domains: Sequence[dict[str, str]]
) -> list[EstimateRow]:
    """Make the rows of a statement: for each variable and level one a domain; their verdicts are one family."""
    threshold = statement.threshold
    decided: Sequence[Decided | None] = [None] * len(subjects)
    if threshold is not None:
        decided = decide(threshold, [partial(_bounds, statement, threshold, each.judged) for each in subjects])
    rows: list[EstimateRow] = []
    for subject, verdicts in zip(subjects, decided, strict=True):
        judged = subject.judged
        interval = _interval(statement, judged)
        flags = _flags(_marks(statement, judged, interval), len(domains))
        drawn = _Drawn(interval, verdicts, _printed(threshold), flags)
        place = (statement.id, subject.variable, subject.level)
        rows += [_row(judged, drawn, index, (*place, labels)) for index, labels in enumerate(domains)]
    return rows


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


def _refitted(judged: Judged, rates: Rates) -> Rates:
    """Give rates the variance that their limits take."""
    return rates if judged.refitted is None else replace(rates, variance=judged.refitted)


def _reduced(statement: Statement, judged: Judged) -> FloatArray:
    """Give the design effect that rates of 0 and 1 take: the pooled one, else the planned one, else 1."""
    planned = np.full(judged.value.size, _planned(statement) or 1.0)
    return planned if judged.pooled is None else np.where(np.isfinite(judged.pooled), judged.pooled, planned)


def _interval(statement: Statement, judged: Judged) -> Limits:
    spec = statement.interval
    df = interval_df(spec, judged.df)
    if judged.own is not None:
        return judged.own.limits(spec.level, spec.side)
    if judged.kish is None:
        low, high = limits.wald_limits(judged.value, _error(judged), df, spec.level, spec.side)
        n = judged.n.astype(np.float64)
        return Limits(low, high, np.divide(n, judged.deff, out=np.full_like(n, np.nan), where=judged.deff > 0))
    rates = _refitted(judged, _rates(judged, judged.kish, df, _reduced(statement, judged)))
    side: Side = "two" if spec.side == "two" else _of_rate(spec.side, judged)
    return _back(limits.rate_limits(spec.method, rates, spec.level, side, cap=spec.cap), judged)


def _bounds(statement: Statement, threshold: ThresholdSpec, judged: Judged, alpha: float) -> Limits:
    """Give the one-sided limits at 1 - alpha; a rate's design effect is the largest of own, planned and pooled."""
    df = interval_df(statement.interval, judged.df)
    if judged.own is not None:
        below, above = judged.own.limits(1.0 - alpha, "lower"), judged.own.limits(1.0 - alpha, "upper")
        return Limits(below.low, above.high, below.effective)
    if judged.kish is None:
        low, _ = limits.wald_limits(judged.value, _error(judged), df, 1.0 - alpha, "lower")
        _, high = limits.wald_limits(judged.value, _error(judged), df, 1.0 - alpha, "upper")
        return Limits(low, high, np.full_like(low, np.nan))
    planned = np.full(judged.value.size, threshold.planned_deff or _planned(statement) or 1.0)
    if judged.pooled is not None:
        planned = np.fmax(planned, judged.pooled)
    rates = _refitted(judged, _rates(judged, judged.kish, df, planned))
    stated = ~_unplanned(statement, judged)
    side = _of_rate(threshold.side, judged)
    return _back(rate_bounds(statement.interval.method, rates, side, alpha, stated), judged)


def _unplanned(statement: Statement, judged: Judged) -> BoolArray:
    """Mark the domains for which neither the plan nor sister rates give a design effect."""
    unplanned = np.full(judged.value.size, _planned(statement) is None)
    return unplanned if judged.pooled is None else unplanned & ~np.isfinite(judged.pooled)


def _error(judged: Judged) -> FloatArray:
    return np.sqrt(np.maximum(judged.variance, 0.0))


def _of_rate(side: ThresholdSide, judged: Judged) -> ThresholdSide:
    """Give the side of the rate that is a side of the estimate: of 1 - r the other one."""
    if judged.scale > 0:
        return side
    return "lower" if side == "upper" else "upper"


def _back(found: Limits, judged: Judged) -> Limits:
    low, high = judged.shift + judged.scale * found.low, judged.shift + judged.scale * found.high
    return Limits(low, high, found.effective) if judged.scale > 0 else Limits(high, low, found.effective)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _printed(threshold: ThresholdSpec | None) -> ThresholdRow | None:
    if threshold is None:
        return None
    return ThresholdRow(threshold.value, threshold.side, threshold.alpha, threshold.planned_deff)


def _row(
    judged: Judged, drawn: _Drawn, index: int, place: tuple[str, str | None, str | None, dict[str, str]]
) -> EstimateRow:
    n, df = int(judged.n[index]), _number(judged.df[index])
    reason = judged.reasons[index]
    if reason is not None:
        undecided = None if drawn.threshold is None else UNDECIDED
        return EstimateRow(*place, n=n, df=df, threshold=drawn.threshold, verdict=undecided, flags=(), reason=reason)
    low, high = _number(drawn.interval.low[index]), _number(drawn.interval.high[index])
    without = low is None and high is None
    return EstimateRow(
        *place,
        estimate=float(judged.value[index]),
        se=_number(np.sqrt(judged.variance[index])),
        low=low,
        high=high,
        df=df,
        n=n,
        n_effective=None if without and judged.kish is not None else _number(drawn.interval.effective[index]),
        deff=_number(judged.deff[index]),
        threshold=drawn.threshold,
        bound=None if drawn.decided is None else _number(drawn.decided.bound[index]),
        verdict=None if drawn.decided is None else drawn.decided.verdicts[index],
        flags=drawn.flags[index],
        reason=_why_no_interval(judged, index, without=without),
    )


def _why_no_interval(judged: Judged, index: int, *, without: bool) -> str | None:
    if judged.own is not None:
        return judged.own.reasons[index]
    if not without:
        return None
    if judged.kish is not None and judged.rate is not None and not judged.rate[index]:
        return "estimate.not_a_rate"
    if judged.refitted is not None and np.isnan(judged.refitted[index]):
        return "estimate.replicate_without_logit"
    return "estimate.no_variance"


def _flags(marks: Sequence[Mark], domains: int) -> list[tuple[str, ...]]:
    """Gather the remarks of every domain, in their order."""
    flags: list[tuple[str, ...]] = [()] * domains
    for code, mask in marks:
        for index in np.flatnonzero(mask).tolist():
            flags[index] += (code,)
    return flags


def _marks(statement: Statement, judged: Judged, interval: Limits) -> list[Mark]:
    """List the remarks on rows in the order of FLAGS; those on how an interval was made only where there is one."""
    found = [
        ("given_first_stage_unit", judged.conditional),
        ("certainty_clusters", judged.certainty_clusters),
        ("lonely_psu", judged.alone),
    ]
    if judged.thinned is not None:
        found.append(("replicates_left_out", judged.thinned))
    if judged.negative is not None:
        found.append(("negative_weights", judged.negative))
    if judged.kish is not None:
        found += _rate_marks(statement, judged, judged.kish, interval)
    elif statement.statistic in ("mean", "total"):
        found.append(("large_variation", varies_much(judged.value, _error(judged))))
    if judged.own is not None:
        found += judged.own.marks
    threshold = statement.threshold
    if threshold is None:
        return found
    upper = threshold.side == "upper"
    passes = judged.value < threshold.value if upper else judged.value >= threshold.value
    found.append(("holm_adjusted", np.full(passes.size, threshold.adjust == "holm")))
    return [*found, ("point_estimate_passes", passes), ("point_estimate_fails", ~passes)]


def _rate_marks(statement: Statement, judged: Judged, kish: FloatArray, interval: Limits) -> list[Mark]:
    without = np.isnan(interval.low) & np.isnan(interval.high)
    rates = _rates(judged, kish, judged.df, _reduced(statement, judged))
    edge = limits.at_edge(rates)
    still = ~edge & (rates.variance <= rates.value * (1.0 - rates.value) * limits.EDGE)
    unplanned = _unplanned(statement, judged)
    # A default interval of a plain rate is the one that the standards look at: it is not made twice.
    same = statement.interval == IntervalSpec("korn-graubard") and (judged.scale, judged.shift) == (1.0, 0.0)
    sure = reliability(rates, judged.n.astype(np.float64), interval if same else None)
    return [
        ("no_variance_seen", still & ~without),
        ("all_or_none", edge),
        ("design_effect_taken_as_1", edge & unplanned & ~without),
        ("unreliable_rate", sure.unreliable),
        ("unreliable_complement", sure.complement),
        ("few_degrees_of_freedom", sure.few_degrees),
        ("no_planned_design_effect", unplanned & (statement.threshold is not None)),
    ]
