"""Limits of rates: published and hand-checked numbers, the edges, and properties of every method."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sampling.estimate.interval import CAPS, RATE_METHODS, Cap, RateMethod, Rates, rate_limits, wald_limits, wilson

NEEDS_SPREAD = {"logit", "xlogit", "wald", "arcsine"}


def _rates(p: float, variance: float, n: float, df: float = np.inf, design_effect: float = 1.0) -> Rates:
    return Rates(*(np.array([value], dtype=float) for value in (p, variance, n, df, design_effect)))


def _simple(events: int, n: int) -> Rates:
    p = events / n
    return _rates(p, p * (1 - p) / n, n)


@pytest.mark.parametrize(
    ("events", "n", "low", "high"), [(27, 30, 0.744, 0.965), (900, 1000, 0.880, 0.917), (28, 6829, 0.00284, 0.00592)]
)
def test_wilson_of_simple_samples(events: int, n: int, low: float, high: float) -> None:
    found = rate_limits("wilson", _simple(events, n), 0.95)
    digits = 5 if high < 0.01 else 3
    assert (round(float(found.low[0]), digits), round(float(found.high[0]), digits)) == (low, high)


def test_exact_limits_of_the_jinggangshan_persons() -> None:
    found = rate_limits("clopper-pearson", _simple(28, 6829), 0.95)
    assert (round(float(found.low[0]), 5), round(float(found.high[0]), 5)) == (0.00273, 0.00592)


@pytest.mark.parametrize(
    ("n", "errors"), [(149, 0), (300, 1), (500, 4), (700, 7), (1000, 12), (1300, 17), (1500, 20), (2000, 29)]
)
def test_errors_allowed_to_show_less_than_two_percent(n: int, errors: int) -> None:
    def upper(events: int, size: int) -> float:
        return float(rate_limits("korn-graubard", _simple(events, size), 0.95, "upper").high[0])

    assert upper(errors, n) < 0.02 <= upper(errors + 1, n)


def test_no_error_in_148_does_not_show_less_than_two_percent() -> None:
    assert rate_limits("korn-graubard", _simple(0, 148), 0.95, "upper").high[0] >= 0.02


@pytest.mark.parametrize(("events", "n"), [(95, 100), (279, 300), (462, 500), (916, 1000), (1370, 1500)])
def test_approval_that_shows_ninety_percent(events: int, n: int) -> None:
    def lower(count: int) -> float:
        return float(rate_limits("wilson", _simple(count, n), 0.95, "lower").low[0])

    assert lower(events) >= 0.9 > lower(events - 1)


def test_korn_graubard_by_hand() -> None:
    """n = 200, V = 0.0009, p = 0.1, 11 df: effective 100, times (t_199 / t_11)^2, then the exact limits."""
    size = 100.0 * (stats.t.ppf(0.975, 199) / stats.t.ppf(0.975, 11)) ** 2
    found = rate_limits("korn-graubard", _rates(0.1, 0.0009, 200, 11), 0.95)
    assert found.effective[0] == pytest.approx(100.0)
    assert found.low[0] == pytest.approx(stats.beta.ppf(0.025, size * 0.1, size * 0.9 + 1), rel=1e-12)
    assert found.high[0] == pytest.approx(stats.beta.ppf(0.975, size * 0.1 + 1, size * 0.9), rel=1e-12)


def test_cap_comes_before_the_adjustment() -> None:
    """An effective n above n counts as n; only then is it adjusted, so that it ends below n."""
    rates = _rates(0.3, 0.0005, 200, 8)
    capped = rate_limits("korn-graubard", rates, 0.95)
    free = rate_limits("korn-graubard", rates, 0.95, cap="r")
    size = 200 * (stats.t.ppf(0.975, 199) / stats.t.ppf(0.975, 8)) ** 2
    assert capped.effective[0] == 200
    assert capped.high[0] == pytest.approx(stats.beta.ppf(0.975, size * 0.3 + 1, size * 0.7), rel=1e-12)
    assert free.effective[0] == pytest.approx(420.0)
    assert free.high[0] < capped.high[0]


def test_the_cap_of_sas_comes_after_the_adjustment() -> None:
    """The NCHS's R routine is the same: min(n, m (t'/t)^2)."""
    ratio = (stats.t.ppf(0.975, 199) / stats.t.ppf(0.975, 8)) ** 2
    rates = _rates(0.3, 0.0005, 200, 8)
    found = rate_limits("korn-graubard", rates, 0.95, cap="sas")
    assert 420 * ratio > 200  # the design effect below 1 makes up for the missing degrees of freedom
    assert found.effective[0] == 200
    assert found.high[0] == pytest.approx(stats.beta.ppf(0.975, 61, 140), rel=1e-12)
    wide = _rates(0.3, 0.002, 200, 8)  # an effective count of 105: no cap
    orders = [rate_limits("korn-graubard", wide, 0.95, cap=cap).high[0] for cap in CAPS]
    assert orders == [orders[0]] * 3


def test_r_has_no_cap() -> None:
    """R survey 4.1.1, 2026-11-22: 2 strata of 50 with rates 0.2 and 0.8, svyciprop(~x, des, method = "beta")."""
    variance = (0.5**2) * 2 * 0.2 * 0.8 / 49
    ways: tuple[tuple[RateMethod, Cap | None], ...] = (("beta", None), ("korn-graubard", "r"))
    for method, cap in ways:
        found = rate_limits(method, _rates(0.5, variance, 100, 98), 0.95, cap=cap)
        assert (found.low[0], found.high[0]) == pytest.approx((0.418213518023, 0.581786481977), rel=1e-11)


def test_any_method_can_have_a_cap() -> None:
    capped = rate_limits("wilson", _rates(0.3, 0.0005, 200, 8), 0.95, cap="before")
    free = rate_limits("wilson", _rates(0.3, 0.0005, 200, 8), 0.95)
    assert (capped.effective[0], free.effective[0]) == pytest.approx((200, 420))
    assert capped.low[0] < free.low[0] < free.high[0] < capped.high[0]


def test_nothing_found_is_divided_by_the_design_effect_and_adjusted() -> None:
    found = rate_limits("korn-graubard", _rates(0.0, 0.0, 300, 5, design_effect=2.0), 0.95, "upper")
    size = 150 * (stats.t.ppf(0.95, 299) / stats.t.ppf(0.95, 5)) ** 2
    assert found.high[0] == pytest.approx(1 - 0.05 ** (1 / size), rel=1e-10)
    assert found.low[0] == 0


@pytest.mark.parametrize("method", RATE_METHODS)
@pytest.mark.parametrize("p", [0.0, 1.0])
def test_edges_have_width_or_no_limits(method: RateMethod, p: float) -> None:
    found = rate_limits(method, _rates(p, 0.0, 120, 9, design_effect=1.5), 0.95)
    if method in NEEDS_SPREAD:
        assert np.isnan(found.low[0])
        assert np.isnan(found.high[0])
    else:
        assert found.low[0] <= p <= found.high[0]
        assert found.high[0] - found.low[0] > 0.005


@given(
    p=st.floats(0.001, 0.999),
    deff=st.floats(0.3, 8),
    n=st.integers(5, 5000),
    df=st.one_of(st.integers(1, 200), st.just(np.inf)),
    level=st.sampled_from([0.8, 0.9, 0.95, 0.99]),
)
@settings(deadline=None)
@pytest.mark.parametrize("method", RATE_METHODS)
def test_limits_hold_the_estimate(method: RateMethod, p: float, deff: float, n: int, df: float, level: float) -> None:
    rates = _rates(p, p * (1 - p) / n * deff, n, df)
    two = rate_limits(method, rates, level)
    low, high = float(two.low[0]), float(two.high[0])
    # Jeffreys' limits are quantiles of a posterior, whose centre is not p when next to nothing was observed.
    if method != "jeffreys" or min(p, 1 - p) * n / deff > 30:
        assert low - 1e-9 <= p <= high + 1e-9
    assert high > low
    if method != "wald":
        assert low >= 0
        assert high <= 1
    wider = rate_limits(method, rates, level + (1 - level) / 2)
    assert wider.low[0] <= low + 1e-12
    assert wider.high[0] >= high - 1e-12
    one = rate_limits(method, rates, 1 - (1 - level) / 2, "upper")
    assert one.high[0] == pytest.approx(high, rel=1e-9, abs=1e-12)


@given(p=st.floats(0.01, 0.99), n=st.integers(20, 2000), own=st.floats(0.5, 4), planned=st.floats(1, 4))
@settings(deadline=None)
def test_a_planned_design_effect_never_narrows(p: float, n: int, own: float, planned: float) -> None:
    variance = p * (1 - p) / n * own
    free = rate_limits("korn-graubard", _rates(p, variance, n, 20), 0.95, "upper", at_least=True)
    held = rate_limits("korn-graubard", _rates(p, variance, n, 20, planned), 0.95, "upper", at_least=True)
    assert held.high[0] >= free.high[0] - 1e-12
    assert held.effective[0] <= n / planned * (1 + 1e-12)


def test_no_degrees_of_freedom_no_limits() -> None:
    found = rate_limits("korn-graubard", _rates(0.2, 0.01, 20, 0), 0.95)
    assert np.isnan(found.low[0])
    assert np.isnan(found.high[0])


def test_wald_limits_have_width_or_are_none() -> None:
    value, error, df = np.array([1.0, 1.0]), np.array([0.5, 0.0]), np.array([10.0, 10.0])
    low, high = wald_limits(value, error, df, 0.95, "two")
    half = 0.5 * stats.t.ppf(0.975, 10)
    assert (low[0], high[0]) == pytest.approx((1 - half, 1 + half))
    assert np.isnan(low[1])
    assert np.isnan(high[1])
    low, high = wald_limits(value, error, df, 0.95, "upper")
    assert np.isnan(low[0])
    assert high[0] == pytest.approx(1 + 0.5 * stats.t.ppf(0.95, 10))


def test_wilson_takes_a_t_quantile() -> None:
    low, high = wilson(np.array([0.25]), np.array([40.0]), np.array([stats.t.ppf(0.975, 6)]))
    assert 0 < low[0] < 0.25 < high[0] < 1
