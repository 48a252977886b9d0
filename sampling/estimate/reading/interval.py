"""Read the `interval` and `threshold` parts of a statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sampling.estimate.interval import CAPS, RATE_METHODS, Cap, RateMethod, Side
from sampling.estimate.reading.reader import Reader
from sampling.estimate.statement import ADJUSTMENTS, RATES, Adjust, IntervalSpec, Statement, ThresholdSpec

SATTERTHWAITE = "satterthwaite"
SCORE = "score"


def read_interval(keys: Reader | None, default: RateMethod) -> IntervalSpec:
    """Read an interval; left out, it is the default method at 95 %."""
    if keys is None:
        return IntervalSpec(default)
    method = keys.choice("method", (*RATE_METHODS, SCORE), default)
    level = keys.number("level", above=0.0, below=1.0)
    side = keys.choice("side", ("two", "lower", "upper"), "two")
    cap = _cap(keys)
    planned = keys.number("planned_deff", least=1.0)
    pooled = keys.texts("pooled_deff")
    strata = keys.column("pooled_strata")
    given = keys.values.get("df")
    df: Any = "design"
    if given == SATTERTHWAITE:
        keys.take("df")
        keys.complain("plan.no_satterthwaite", "df")
    elif isinstance(given, str):
        df = keys.choice("df", ("design", "infinite"), "design")
    else:
        df = keys.number("df", above=0.0) or "design"
    keys.close()
    level = 0.95 if level is None else level
    by_score = method == SCORE
    method = default if by_score else method
    return IntervalSpec(
        method=cast("RateMethod", method),
        level=level,
        side=cast("Side", side),
        df=df,
        cap=cap,
        planned_deff=planned,
        pooled_deff=pooled,
        pooled_strata=strata,
        by_score=by_score,
    )


def _cap(keys: Reader) -> Cap | None:
    """Read where the effective count is capped; `truncate: false` is the older way to say nowhere, as in R."""
    cap = None if keys.values.get("cap") is None else keys.choice("cap", CAPS, "before")
    if keys.flag("truncate", default=True):
        return cast("Cap | None", cap)
    if cap not in (None, "r"):
        keys.complain("plan.cap_without_truncation", "truncate", value=cap)
    return "r"


def read_threshold(keys: Reader | None) -> ThresholdSpec | None:
    """Read a threshold; value and side are needed."""
    if keys is None:
        return None
    for key in ("value", "side"):
        if keys.values.get(key) is None:
            keys.complain("plan.missing_key", key)
    value = keys.number("value")
    side = keys.choice("side", ("upper", "lower"), "upper")
    alpha = keys.number("alpha", above=0.0, below=0.5)
    planned = keys.number("planned_deff", least=1.0)
    adjust = None if keys.values.get("adjust") is None else keys.choice("adjust", ADJUSTMENTS, "none")
    keys.close()
    alpha = 0.05 if alpha is None else alpha
    given = cast("Adjust | None", adjust)
    return ThresholdSpec(value or 0.0, "lower" if side == "lower" else "upper", alpha, planned, given)


def default_method(statistic: str, *, judged: bool, composite: bool) -> RateMethod:
    """Take a proportion, and a ratio or composite of rates that is held against a threshold, for a rate."""
    is_rate = statistic == "proportion" or (judged and (statistic == "ratio" or composite))
    return "korn-graubard" if is_rate else "wald"


def check_interval(
    keys: Reader,
    interval: IntervalSpec,
    threshold: ThresholdSpec | None,
    statistic: str,
    ends: tuple[float, float] | None,
) -> None:
    """Complain about a method, a design effect or a threshold that the statistic cannot use.

    `ends` are those between which a rate, or a composite of rates, lies; None where the statistic is no rate.
    """
    allowed = RATE_METHODS if ends is not None or statistic == "quantile" else ("wald",)
    if interval.by_score and statistic != "quantile":
        keys.complain("plan.method_not_for", "interval.method", method=SCORE, statistic=statistic)
    elif interval.method not in allowed:
        keys.complain("plan.method_not_for", "interval.method", method=interval.method, statistic=statistic)
    if interval.pooled_strata is not None and statistic not in RATES:
        keys.complain("plan.key_not_for", "interval", other=statistic, name="pooled_strata")
    if ends is not None and (interval.method != "wald" or statistic == "proportion"):
        # Known counts alone may put a composite of rates on one side of a sound threshold: then its verdict is plain.
        least, most = min(ends[0], 0.0), max(ends[1], 1.0)
        if threshold is not None and not least <= threshold.value <= most:
            details = {"value": threshold.value, "least": least, "most": most}
            keys.complain("plan.threshold_not_a_rate", "threshold.value", **details)
        return
    # Without a rate there is no n for a design effect to divide or a cap to hold: the keys would be ignored.
    if interval.planned_deff is not None or interval.pooled_deff:
        keys.complain("plan.key_not_for", "interval", other=statistic, name="planned_deff, pooled_deff")
    if interval.cap is not None:
        keys.complain("plan.key_not_for", "interval", other=statistic, name="cap, truncate")
    if threshold is not None and threshold.planned_deff is not None:
        keys.complain("plan.key_not_for", "threshold", other=statistic, name="planned_deff")


def check_pooled(keys: Reader, interval: IntervalSpec, by: tuple[str, ...], earlier: Mapping[str, Statement]) -> None:
    """Complain about sister indicators that are unknown, no rates, or over other domains."""
    for name in interval.pooled_deff:
        part = earlier.get(name)
        if part is None:
            keys.complain("plan.unknown_estimate", "interval.pooled_deff", name=name)
        elif part.statistic not in RATES or len(part.variables) > 1:
            keys.complain("plan.no_rate", "interval.pooled_deff", name=name)
        elif part.by != by:
            other = ", ".join(part.by)
            keys.complain("plan.other_domains", "interval.pooled_deff", name=name, by=", ".join(by), other=other)
