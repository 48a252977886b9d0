"""Estimate many samples of one setting at once with the library's own routines, and count what its limits do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from benchmarks.coverage_settings import Samples, Setting, draw_samples
from sampling.estimate.design import DesignSpec
from sampling.estimate.domain import partition
from sampling.estimate.interval import Cap, Limits, RateMethod, Rates, rate_limits
from sampling.estimate.layers import Layers, Sample
from sampling.estimate.pooling import pool
from sampling.estimate.stages.stage_spec import StageSpec
from sampling.estimate.statement import IntervalSpec, Statement, ThresholdSpec
from sampling.estimate.statistics import Figures, figures
from sampling.estimate.table import FloatArray, Table
from sampling.estimate.verdicts import failing, passing, rate_bounds

LEVEL, ALPHA = 0.95, 0.05
DEFAULT, TRUNCATED = "default", "truncated"
METHODS: Mapping[str, tuple[RateMethod, Cap | None]] = {
    "wald": ("wald", None),
    "logit": ("logit", None),
    TRUNCATED: ("korn-graubard", "sas"),
    "wilson": ("wilson", "before"),
    DEFAULT: ("korn-graubard", None),
}
"""Two-sided methods: the name on the page, the library's name, where the effective count is capped."""
PLAIN, OWN = "plain", "own"
RULES = (PLAIN, OWN, "none", "planned 2", "planned right", "pooled")
"""Rules of a verdict, see `limits_by_rule`; the last four are the library's with what a plan may state."""
Counts = dict[str, float]

STATEMENT = Statement(
    id="rate",
    statistic="ratio",
    interval=IntervalSpec("korn-graubard"),
    numerator="wrong",
    denominator="size",
    by=("draw",),
)


@lru_cache(maxsize=4)
def layers(setting: Setting, draws: int) -> Layers:
    """Compile the design of so many samples of a setting, every sample a domain; the draws have it in common."""
    each = setting.households if setting.rows_by_household else 1
    village = np.arange(draws * setting.units)
    draw, place = np.divmod(village, setting.units)
    stratum = place // setting.villages
    columns = {
        "draw": draw,
        "village": village,
        "stratum": draw * setting.strata + stratum,
        "weight": setting.stratum_shares[stratum],
    }
    table = Table({name: np.repeat(values, each) for name, values in columns.items()})
    spec = DesignSpec(stages=(StageSpec(cluster="village", strata="stratum"),), weights="weight")
    return Sample(spec, table).layers(partition(table, ("draw",), np.ones(table.rows, dtype=np.bool_)))


def measure(setting: Setting, fraction: float, draws: int, seed: int) -> Counts:
    """Count, over samples whose true rate is `fraction` of the setting's, what intervals cover and verdicts say."""
    random = np.random.default_rng(seed)
    true = setting.rate * fraction
    samples = draw_samples(setting, true, draws, random)
    design = layers(setting, draws)
    found = figures(design, STATEMENT, samples.wrong.ravel(), samples.size.ravel())
    rates = _rates(setting, found, found.kish if setting.rows_by_household else None)
    counts: Counts = {"draws": draws, "none found": float((rates.value == 0).sum())}
    stated = replace(rates, design_effect=_lent(setting, samples, design))
    if fraction == 1.0:
        counts |= _coverage(stated, true)
    return counts | _verdicts(setting, samples, rates, stated)


def _rates(setting: Setting, found: Figures, kish: FloatArray | None) -> Rates:
    """Take the library's figures; where rows are whole villages, the count is that of their households."""
    n = np.full(found.df.size, float(setting.units * setting.households)) if kish is None else kish
    return Rates(found.estimated.value, found.variance.value, n, found.df, np.ones(found.df.size))


def _lent(setting: Setting, samples: Samples, design: Layers) -> FloatArray:
    """Give the design effect that a sister indicator lends to each sample, 1 where there is no sister."""
    draws = samples.wrong.shape[0]
    if samples.sister is None:
        return np.ones(draws)
    found = figures(design, STATEMENT, samples.sister.ravel(), samples.size.ravel())
    sister = _rates(setting, found, None)
    lent = pool(sister.value, sister.variance, sister.n, found.rate).design_effect
    return np.where(np.isfinite(lent), lent, 1.0)


def _coverage(rates: Rates, true: float) -> Counts:
    counts: Counts = {}
    for name, (method, cap) in METHODS.items():
        limits = rate_limits(method, rates, LEVEL, cap=cap)
        counts[f"{name}: covers"] = float(((limits.low <= true) & (true <= limits.high)).sum())
        counts[f"{name}: width"] = float(np.nansum(limits.high - limits.low))
    return counts


def _verdicts(setting: Setting, samples: Samples, rates: Rates, lent: Rates) -> Counts:
    threshold = ThresholdSpec(setting.rate, "upper", ALPHA)
    counts: Counts = {}
    for rule, limits in limits_by_rule(setting, samples, rates, lent).items():
        counts[f"{rule}: passes"] = float(passing(threshold, limits).sum())
        counts[f"{rule}: fails"] = float(failing(threshold, limits).sum())
    return counts


def limits_by_rule(setting: Setting, samples: Samples, rates: Rates, lent: Rates) -> Mapping[str, Limits]:
    """Give the one-sided limits of every rule that RULES names.

    `plain` counts persons and believes the sample's own design effect; `own` counts households as Kish does. The others
    are the library's.
    """
    persons = samples.size.reshape(rates.n.size, -1).sum(axis=1) if setting.rows_by_household else rates.n
    stated = np.ones(rates.n.size, dtype=np.bool_)

    def planned(design_effect: float) -> Limits:
        given = replace(rates, design_effect=np.full(rates.n.size, design_effect))
        return rate_bounds("korn-graubard", given, "upper", ALPHA, stated)

    found = {
        PLAIN: _believing(replace(rates, n=persons)),
        OWN: _believing(rates),
        "none": rate_bounds("korn-graubard", rates, "upper", ALPHA, ~stated),
        "planned 2": planned(2.0),
        "planned right": planned(setting.design_effect),
    }
    if samples.sister is not None:
        found["pooled"] = rate_bounds("korn-graubard", lent, "upper", ALPHA, stated)
    return found


def _believing(rates: Rates) -> Limits:
    """Give one-sided limits that believe the sample's own design effect, where it is above the stated one."""
    under = rate_limits("korn-graubard", rates, 1.0 - ALPHA, "lower", at_least=True)
    over = rate_limits("korn-graubard", rates, 1.0 - ALPHA, "upper", at_least=True)
    return Limits(under.low, over.high, over.effective)
