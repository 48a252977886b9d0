"""Quantiles: rules by a second route, Woodruff's limits by hand, and what a rewriting of the data leaves alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sampling.estimate import EstimateRow
from sampling.estimate.quantile_rule import QUANTILE_RULES, QuantileRule, ordered

Estimate = Callable[..., list[EstimateRow]]

NUMPY: Mapping[QuantileRule, Any] = {
    "hf1": "inverted_cdf",
    "hf2": "averaged_inverted_cdf",
    "hf4": "interpolated_inverted_cdf",
    "hf5": "hazen",
    "hf6": "weibull",
    "hf7": "linear",
    "hf8": "median_unbiased",
    "hf9": "normal_unbiased",
}
DISCRETE: tuple[QuantileRule, ...] = ("math", "school", "hf1", "hf2", "hf3")
SHARES = (0.0217, 0.1234, 0.25, 0.5, 0.6181, 0.9, 0.9871)
NUMBERS = st.lists(st.integers(-30, 30), min_size=1, max_size=40)
WEIGHED = st.lists(st.tuples(st.integers(-30, 30), st.integers(1, 6)), min_size=1, max_size=25)


def at(rule: QuantileRule, y: Any, w: Any, p: float) -> float:
    """Read one quantile of one domain."""
    values, weights = np.asarray(y, dtype=np.float64), np.asarray(w, dtype=np.float64)
    found = ordered(np.zeros(values.size, dtype=np.int64), 1, values, weights)
    return float(found.at(rule, np.array([p]))[0])


@settings(deadline=None, max_examples=60)
@given(NUMBERS)
@pytest.mark.parametrize("rule", NUMPY)
def test_equal_weights_give_the_rules_of_hyndman_and_fan(rule: QuantileRule, y: list[int]) -> None:
    for p in (*SHARES, len(y) // 2 / len(y) or 0.5):
        assert at(rule, y, np.full(len(y), 3.7), p) == pytest.approx(np.quantile(y, p, method=NUMPY[rule]), abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(WEIGHED)
@pytest.mark.parametrize("rule", DISCRETE)
def test_a_row_of_weight_k_is_k_rows(rule: QuantileRule, rows: list[tuple[int, int]]) -> None:
    y, w = np.array(rows).T
    repeated = np.repeat(y, w)
    for p in SHARES:
        assert at(rule, y, w, p) == at(rule, repeated, np.ones(repeated.size), p)


@settings(deadline=None, max_examples=40)
@given(WEIGHED, st.randoms(use_true_random=False))
@pytest.mark.parametrize("rule", QUANTILE_RULES)
def test_neither_order_nor_scale_matters(rule: QuantileRule, rows: list[tuple[int, int]], chance: Any) -> None:
    if rule not in DISCRETE:
        rows = list({y: (y, w) for y, w in rows}.values())  # ties of unlike weights stand in the table's order
    y, w = np.array(rows, dtype=np.float64).T
    order = chance.sample(range(len(rows)), len(rows))
    scale = 1.0 if rule == "shahvaish" else 41.3
    for p in SHARES:
        plain = at(rule, y, w, p)
        assert at(rule, y[order], w[order] * scale, p) == pytest.approx(plain, abs=1e-9)
        assert at(rule, 2.0 * y + 5.0, w, p) == pytest.approx(2.0 * plain + 5.0, abs=1e-9)
        assert y.min() <= plain <= y.max()


@settings(deadline=None, max_examples=40)
@given(WEIGHED)
@pytest.mark.parametrize("rule", QUANTILE_RULES)
def test_quantiles_rise_with_their_share(rule: QuantileRule, rows: list[tuple[int, int]]) -> None:
    y, w = np.array(rows, dtype=np.float64).T
    if rule == "shahvaish":
        w = w / w.mean()
        y = y[np.argsort(y)] if np.ptp(w) == 0 else np.full(y.size, 7.0)  # unscaled halves keep no order
    found = [at(rule, y, w, p) for p in np.linspace(0.01, 0.99, 23)]
    assert (np.diff(found) >= -1e-9).all()


def sample(seed: int, rows: int = 120) -> dict[str, Any]:
    """Make villages of unequal size with unequal weights."""
    rng = np.random.default_rng(seed)
    village = rng.integers(0, 12, rows)
    income = np.round(rng.lognormal(8.0, 0.6, rows) + 300.0 * village)
    weight = rng.uniform(1.0, 9.0, rows)
    return {"village": village, "income": income, "w": weight, "class": rng.integers(0, 2, rows) + 0.0 * weight}


VILLAGES = {"stages": [{"cluster": "village"}], "weights": "w"}


@pytest.mark.parametrize(("method", "twin"), [("wald", "wald"), ("xlogit", "logit"), ("beta", "beta")])
def test_limits_are_those_of_the_share_read_back(estimate: Estimate, method: str, twin: str) -> None:
    table = sample(1)
    quantile = {"id": "q", "statistic": "quantile", "variables": ["income"], "p": 0.3, "interval": {"method": method}}
    (row,) = estimate(table, quantile, design=VILLAGES)
    y, w = table["income"], table["w"]
    order = np.argsort(y)
    upto = np.cumsum(w[order]) / w.sum()
    assert row.estimate is not None
    assert row.low is not None
    assert row.high is not None
    assert row.estimate == y[order][np.flatnonzero(upto >= 0.3)[0]]
    share = {"id": "s", "statistic": "proportion", "variables": ["low"], "interval": {"method": twin}}
    (rate,) = estimate(table | {"low": (y <= row.estimate) * 1.0}, share, design=VILLAGES)
    assert rate.low is not None
    assert rate.high is not None
    assert row.low == y[order][np.flatnonzero(upto >= rate.low)[0]]
    assert row.high == y[order][np.flatnonzero(upto >= rate.high)[0]]
    assert row.se == pytest.approx((row.high - row.low) / (2 * stats.t.ppf(0.975, 11)))


def test_the_score_limits_are_the_values_nearest_to_t(estimate: Estimate) -> None:
    table = sample(2)
    quantile = {"id": "q", "statistic": "quantile", "variables": ["income"], "p": 0.4, "interval": {"method": "score"}}
    (row,) = estimate(table, quantile, design=VILLAGES)
    values, statistics = np.unique(table["income"])[:-1], []
    for value in values:
        share = {"id": "s", "statistic": "mean", "variables": ["low"]}
        (rate,) = estimate(table | {"low": (table["income"] <= value) * 1.0}, share, design=VILLAGES)
        assert rate.estimate is not None
        assert rate.se is not None
        statistics.append((0.4 - rate.estimate) / rate.se)
    t = stats.t.ppf(0.975, 11)
    assert row.low == values[np.argmin(np.abs(np.array(statistics) - t))]
    assert row.high == values[np.argmin(np.abs(np.array(statistics) + t))]


def test_domains_together_are_domains_one_by_one(estimate: Estimate) -> None:
    table = sample(3)
    asked = {"id": "q", "statistic": "quantile", "variables": ["income", "w"], "p": [0.5, 0.2], "rule": "hf7"}
    together = estimate(table, {**asked, "by": ["class"]}, design=VILLAGES)
    assert [(row.variable, row.domain["class"], row.p) for row in together] == [
        (variable, level, p) for variable in ("income", "w") for level in ("0", "1") for p in (0.5, 0.2)
    ]
    alone = [estimate(table, {**asked, "where": f"class == {level}"}, design=VILLAGES) for level in (0, 1)]
    for row in together:
        (twin,) = [one for one in alone[int(row.domain["class"])] if (one.variable, one.p) == (row.variable, row.p)]
        assert (row.estimate, row.low, row.high, row.n, row.df) == (
            twin.estimate,
            twin.low,
            twin.high,
            twin.n,
            twin.df,
        )


@pytest.mark.parametrize(
    ("p", "side", "low", "high", "se", "reason"),
    [
        (0.01, "two", False, True, False, "estimate.limit_beyond_data"),
        (0.995, "two", False, False, False, "estimate.limit_beyond_data"),
        (0.01, "upper", False, True, False, "estimate.limit_beyond_data"),
        (0.5, "lower", True, False, True, None),
        (0.5, "two", True, True, True, None),
    ],
)
def test_limits_beyond_the_data_are_none(
    estimate: Estimate, p: float, side: str, low: bool, high: bool, se: bool, reason: str | None
) -> None:
    asked = {"id": "q", "statistic": "quantile", "variables": ["income"], "p": p, "interval": {"side": side}}
    (row,) = estimate(sample(4), asked, design=VILLAGES)
    assert row.estimate is not None
    assert [row.low is not None, row.high is not None, row.se is not None] == [low, high, se]
    assert row.reason == reason


def test_equal_values_leave_no_interval_without_width(estimate: Estimate) -> None:
    table = sample(5) | {"size": np.full(120, 3.0)}
    asked = {"id": "q", "statistic": "quantile", "variables": ["size"], "p": 0.5}
    (row,) = estimate(table, asked, design=VILLAGES)
    assert (row.estimate, row.low, row.high, row.se) == (3.0, None, None, None)
    assert row.reason == "estimate.limit_beyond_data"
    json.dumps(row.as_json(), allow_nan=False)
    table["size"][:24] = 4.0
    (row,) = estimate(table, asked, design=VILLAGES)
    assert (row.estimate, row.low, row.high, row.reason) == (3.0, 3.0, 4.0, None)


@pytest.mark.parametrize("rule", QUANTILE_RULES)
@pytest.mark.parametrize("method", ["wald", "score"])
def test_domains_without_values_have_reasons(estimate: Estimate, rule: str, method: str) -> None:
    few: dict[str, Any] = {"village": [1, 1, 2, 2, 3], "class": list("aabbc"), "w": [1, 1, 1, 1, 0]}
    every = {"variables": ["income"], "by": ["class"], "missing": "drop"}
    quantile = {"id": "q", "statistic": "quantile", "p": 0.5, "rule": rule, "interval": {"method": method}, **every}
    for income in ([None, None, 4.0, 5.0, None], [None] * 5):
        rows = estimate(
            {**few, "income": income}, quantile, {"id": "v", "statistic": "variance", **every}, design=VILLAGES
        )
        for row in rows:
            assert row.reason in ("estimate.empty_domain", "estimate.no_degrees_of_freedom")


def test_a_threshold_is_judged_by_the_quantile_s_own_bound(estimate: Estimate) -> None:
    table = sample(6)
    asked = {"id": "q", "statistic": "quantile", "variables": ["income"], "p": 0.5}
    (bound,) = estimate(table, {**asked, "interval": {"side": "lower", "level": 0.95}}, design=VILLAGES)
    assert bound.low is not None
    for value, verdict in ((bound.low, "达标"), (bound.low + 1.0, "不能判定")):
        threshold = {"value": value, "side": "lower", "alpha": 0.05}
        (row,) = estimate(table, {**asked, "threshold": threshold}, design=VILLAGES)
        assert (row.bound, row.verdict) == (bound.low, verdict)


def test_replicates_of_equal_clusters_give_the_linear_error(estimate: Estimate) -> None:
    rng = np.random.default_rng(7)
    table = {"village": np.repeat(np.arange(10), 8), "income": rng.normal(size=80), "w": np.ones(80)}
    asked = {"id": "q", "statistic": "quantile", "variables": ["income"], "p": [0.3, 0.5], "rule": "hf5"}
    gap = {"id": "d", "statistic": "contrast", "expression": "q[p=0.5] - q[p=0.3]"}
    linear = estimate(table, asked, gap, design=VILLAGES)
    jackknife = estimate(table, asked, gap, design={**VILLAGES, "replicates": {"method": "jk1"}})
    for one, other in zip(linear, jackknife, strict=True):
        assert one.estimate == other.estimate
        assert one.se == pytest.approx(other.se, rel=1e-9)


def test_says_that_the_unscaled_rule_depends_on_the_weights(estimate: Estimate) -> None:
    for rule, w, flags in (
        ("shahvaish", 2.0, ("rule_depends_on_weights",)),
        ("shahvaish", 1.0, ()),
        ("shahvaish-scaled", 2.0, ()),
    ):
        table = {**sample(8), "w": np.full(120, w)}
        asked = {"id": "q", "statistic": "quantile", "variables": ["income"], "p": 0.5, "rule": rule}
        (row,) = estimate(table, asked, design=VILLAGES)
        assert row.flags == flags
