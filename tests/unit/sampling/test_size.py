"""Sample sizes: the numbers a planner is shown, and identities with scipy's own binomial."""

from collections.abc import Callable
from math import ceil, inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sampling.errors import SamplingError
from sampling.size import (
    demonstration_size,
    effective_size,
    errors_allowed,
    interviews_needed,
    operating_curve,
    pass_probability,
    power_interviews,
    power_size,
    precision_size,
    upper_bound,
)


@pytest.mark.parametrize(("p", "d", "n"), [(0.9, 0.03, 385), (0.5, 0.05, 385), (0.02, 0.01, 753), (0.02, 0.005, 3012)])
def test_precision(p: float, d: float, n: int) -> None:
    assert precision_size(p, d).size == precision_size(p, d).simple == n


def test_precision_with_design_effect_population_and_t() -> None:
    assert precision_size(0.5, 0.05, deff=2).size == 769  # 2 * 384.146
    assert precision_size(0.5, 0.05, population=1000).size == 278  # 384.146 / 1.384146
    wide = precision_size(0.5, 0.05, df=4)
    assert wide.quantile == pytest.approx(2.7764451, abs=1e-7)
    assert wide.size == 771  # (2.7764 / 1.95996)**2 * 384.146
    assert wide.simple == 385


def test_demonstration() -> None:
    assert demonstration_size(0.02) == 149
    allowed = {300: 1, 500: 4, 700: 7, 1000: 12, 1300: 17, 1500: 20, 2000: 29}
    assert {n: errors_allowed(n, 0.02) for n in allowed} == allowed
    assert errors_allowed(148, 0.02) is None
    assert {rate: power_size(rate, 0.02) for rate in (0.0025, 0.005, 0.01, 0.0125)} == {
        0.0025: 236,
        0.005: 386,
        0.01: 969,
        0.0125: 1799,
    }


def test_the_point_estimate_rule_errs() -> None:
    at = {n: operating_curve(n, 0.02, [0.025, 0.02]) for n in (300, 500, 1000, 1500)}
    assert [round(100 * curve.points[0].point_estimate) for curve in at.values()] == [24, 20, 13, 9]
    assert all(0.44 <= curve.points[1].point_estimate <= 0.48 for curve in at.values())
    # The demonstration passes a county at the threshold in at most five of a hundred.
    assert all(curve.points[1].demonstrated < 0.05 for curve in at.values())


def test_planned_design_effect_and_few_clusters_shrink_a_sample() -> None:
    assert effective_size(1000, deff=2.5) == 400
    assert effective_size(1000, df=4, level=0.975) == pytest.approx(498.3, abs=0.1)
    curve = operating_curve(1000, 0.02, [0.005], deff=2)
    assert curve.n_effective == 500
    assert curve.errors_allowed == 4
    assert curve.points[0].demonstrated == pytest.approx(float(stats.binom.cdf(4, 500, 0.005)))
    assert operating_curve(1000, 0.02, [0.005], deff=8).errors_allowed is None
    assert operating_curve(1000, 0.02, [0.005], deff=8).points[0].demonstrated == 0


@given(st.integers(1, 400), st.data())
def test_the_exact_bound_is_that_of_scipy(n: int, data: st.DataObject) -> None:
    errors = data.draw(st.integers(0, n))
    interval = stats.binomtest(errors, n).proportion_ci(confidence_level=0.9, method="exact")
    assert upper_bound(errors, n) == pytest.approx(interval.high, abs=1e-12)


@given(st.integers(1, 3000), st.floats(0.001, 0.2), st.floats(0.0005, 0.3))
def test_the_errors_allowed_are_the_most(n: int, threshold: float, rate: float) -> None:
    errors = errors_allowed(n, threshold)
    if errors is None:
        assert upper_bound(0, n) >= threshold
    else:
        assert upper_bound(errors, n) < threshold <= upper_bound(errors + 1, n)
        assert pass_probability(n, errors, rate) == pytest.approx(float(stats.binom.cdf(errors, n, rate)), abs=1e-9)
        assert demonstration_size(threshold, errors=errors) <= n


def code_of(plan: Callable[[], object]) -> str:
    with pytest.raises(SamplingError) as refused:
        plan()
    return refused.value.code


@pytest.mark.parametrize(
    ("p", "d", "deff"), [(0, 0.1, 1), (0.5, 1, 1), (0.5, 0.1, 0), (0.5, 0.1, inf), (nan, 0.1, 1), (0.5, nan, 1)]
)
def test_impossible_plans_are_refused(p: float, d: float, deff: float) -> None:
    assert code_of(lambda: precision_size(p, d, deff=deff)) == "size.out_of_range"


def test_a_rate_that_is_not_below_its_threshold_is_refused() -> None:
    assert code_of(lambda: power_size(0.03, 0.02)) == "size.not_below"
    assert code_of(lambda: power_size(0.01, 0.02, power=nan)) == "size.out_of_range"


def test_sizes_beyond_every_survey_are_refused_at_once() -> None:
    assert code_of(lambda: power_size(0.01999, 0.02)) == "size.rates_too_near"
    assert code_of(lambda: demonstration_size(1e-7)) == "size.threshold_too_low"
    for width in (1e-6, 1e-200, 5e-324):
        assert code_of(lambda width=width: precision_size(0.5, width)) == "size.beyond_all"
    for df in (0.01, 1e-300):
        assert code_of(lambda df=df: interviews_needed(149, df=df)) == "size.beyond_all"


def test_interviews_are_rounded_up() -> None:
    assert interviews_needed(149) == 149
    assert interviews_needed(149, deff=3) == 447
    assert interviews_needed(149, deff=1.001) == 150
    assert interviews_needed(100, df=5) > 100


@pytest.mark.parametrize(
    ("n", "deff", "df", "rate"), [(600, 2, 4, 0.005), (600, 2, 4, 0.02), (600, 2, 10, 0.005), (900, 1.5, 6, 0.005)]
)
def test_few_degrees_of_freedom_widen_the_bound_and_not_the_estimate(n: int, deff: float, df: int, rate: float) -> None:
    """By enumeration: errors among n / deff, each bound by Korn and Graubard's effective size."""
    simple = int(n / deff)
    worth = effective_size(n, deff=deff, df=df)
    each = worth / simple
    bounds = [stats.beta.ppf(0.95, x * each + 1, worth - x * each) for x in range(simple)]
    passing = [x for x, bound in enumerate(bounds) if bound < 0.02]
    chance = float(sum(stats.binom.pmf(x, simple, rate) for x in passing))
    assert operating_curve(n, 0.02, [rate], deff=deff, df=df).points[0].demonstrated == pytest.approx(chance, abs=1e-9)


def test_interviews_that_demonstrate_reach_their_chance_and_no_fewer_do() -> None:
    for deff, df in ((1.0, None), (3.0, None), (1.0, 4.0), (2.0, 10.0)):
        found = power_interviews(0.005, 0.02, deff=deff, df=df)
        chances = [
            operating_curve(n, 0.02, [0.005], deff=deff, df=df).points[0].demonstrated
            for n in (found.interviews, found.interviews - ceil(2 * deff))
        ]
        assert chances[0] >= 0.8 - 1e-9
        assert chances[1] < chances[0]
    assert power_interviews(0.005, 0.02).interviews == power_size(0.005, 0.02)
