"""The planner's questions: every number that planners are shown, both directions, R's power, few clusters, counties."""

import json
from collections.abc import Callable
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sampling.errors import SamplingError
from sampling.size import (
    ComparisonTest,
    beta_rates,
    cluster_effect,
    compare_power,
    compare_size,
    county_verdicts,
    demonstration_size,
    detectable_rates,
    effective_size,
    errors_allowed,
    errors_failing,
    interviews_needed,
    lower_bound,
    operating_curve,
    optimum_clusters,
    pass_probability,
    power_size,
    precision_reached,
    precision_size,
    upper_bound,
    villages_needed,
)

ORACLE = json.loads((Path(__file__).parents[2] / "oracle" / "power.json").read_text(encoding="utf-8"))


def test_four_degrees_of_freedom_about_halve_a_sample() -> None:
    assert effective_size(1000, df=4) == pytest.approx(595, abs=1)  # one-sided 95 %
    assert effective_size(1000, df=4, level=0.975) == pytest.approx(498, abs=1)  # two-sided 95 %
    assert interviews_needed(149, df=4) == 251
    assert interviews_needed(149, deff=2, df=4) == 501


def test_0_of_148_cannot_show_less_than_2_percent_and_0_of_149_can() -> None:
    assert upper_bound(0, 148) >= 0.02 > upper_bound(0, 149)
    assert (errors_allowed(148, 0.02), errors_allowed(149, 0.02)) == (None, 0)
    assert demonstration_size(0.02) == 149


@pytest.mark.parametrize(("count", "n", "low", "high"), [(27, 30, 74.4, 96.5), (900, 1000, 88.0, 91.7)])
def test_recognition_near_90_percent_is_undecided(count: int, n: int, low: float, high: float) -> None:
    # Two-sided 95 % limits of Wilson are one-sided ones at 97.5 %.
    assert 100 * lower_bound(count, n, level=0.975, method="wilson") == pytest.approx(low, abs=0.05)
    assert 100 * upper_bound(count, n, level=0.975, method="wilson") == pytest.approx(high, abs=0.05)
    allowed = errors_allowed(n, 0.1, method="wilson", reached=True)
    failing = errors_failing(n, 0.1, method="wilson", reached=True)
    assert allowed is not None
    assert failing is not None
    assert allowed < n - count < failing


@pytest.mark.parametrize(("count", "n"), [(95, 100), (279, 300), (462, 500), (916, 1000), (1370, 1500)])
def test_recognition_that_shows_90_percent(count: int, n: int) -> None:
    """A one-sided 95 % lower bound of Wilson at 90 % or more needs so many, and one less is too few."""
    assert lower_bound(count, n, method="wilson") >= 0.9 > lower_bound(count - 1, n, method="wilson")
    assert errors_allowed(n, 0.1, method="wilson", reached=True) == n - count
    curve = operating_curve(n, 0.9, [0.9, 0.97], side="lower", method="wilson")
    assert curve.errors_allowed == n - count
    assert curve.points[0].demonstrated < 0.06  # Wilson's bound keeps its level on the average, not at every rate
    assert curve.points[1].demonstrated > curve.points[0].demonstrated


def test_the_design_effect_of_clusters() -> None:
    shown = {(35, 0.02): 1.68, (35, 0.05): 2.70, (60, 0.02): 2.18, (60, 0.05): 3.95}
    assert {key: round(cluster_effect(*key), 2) for key in shown} == shown


def test_persons_of_a_judged_household_count_as_one() -> None:
    # Households of 1 to 7 persons as in a register of exited households: all members are judged together, icc = 1.
    for shares, mean in (((14, 34, 30, 14, 6, 2, 0), 2.70), ((16, 30, 28, 15, 8, 2, 1), 2.79)):
        sizes = np.repeat(np.arange(1, 8), shares)
        assert sizes.mean() == pytest.approx(mean, abs=0.01)
        effect = cluster_effect(float(sizes.mean()), 1.0, variation=float(sizes.std() / sizes.mean()))
        assert effect == pytest.approx((sizes**2).sum() / sizes.sum())  # the share of persons, household by household
        assert 2.9 <= effect <= 3.42
    assert cluster_effect(1, 0.3) == 1


def test_precision_both_ways() -> None:
    assert precision_reached(0.9, 385).half_width == pytest.approx(0.03, abs=1e-4)
    all_of_them = precision_reached(0.5, 200, population=200)
    assert (all_of_them.half_width, all_of_them.standard_error) == (None, None)
    assert code_of(lambda: precision_reached(0.5, 201, population=200)) == "size.beyond_population"


@given(
    st.floats(0.01, 0.99), st.floats(0.01, 0.2), st.floats(1, 5),
    st.one_of(st.none(), st.integers(50, 10**6)), st.one_of(st.none(), st.integers(2, 60)),
)  # fmt: skip
def test_a_size_reaches_the_half_width_it_was_sized_for(
    p: float, width: float, deff: float, population: int | None, df: int | None
) -> None:
    n = precision_size(p, width, deff=deff, population=population, df=df).size
    if population is None or n < population:
        reached = precision_reached(p, n, deff=deff, population=population, df=df)
        assert reached.half_width is not None
        assert reached.half_width <= width * (1 + 1e-6)
    if n > 1:
        before = precision_reached(p, n - 1, deff=deff, population=population, df=df)
        assert before.half_width is not None
        assert before.half_width > width * (1 - 1e-6)


def test_a_threshold_that_must_be_reached_mirrors_one_that_must_not() -> None:
    curve = operating_curve(600, 0.9, [0.9, 0.93, 0.85], side="lower", deff=2)
    mirror = operating_curve(600, 0.1, [0.1, 0.07, 0.15], deff=2)
    assert curve.errors_allowed == mirror.errors_allowed == errors_allowed(300, 0.1)
    for one, other in zip(curve.points, mirror.points, strict=True):
        assert one.demonstrated == pytest.approx(other.demonstrated)
        assert one.failed == pytest.approx(other.failed)
    # 270 of 300 reach 90 %, 30 of 300 do not lie below 10 %: the point estimates differ by that one count.
    assert curve.points[0].point_estimate == pytest.approx(float(stats.binom.cdf(30, 300, 0.1)))
    assert mirror.points[0].point_estimate == pytest.approx(float(stats.binom.cdf(29, 300, 0.1)))


@given(st.integers(30, 3000), st.floats(0.005, 0.3), st.sampled_from(["exact", "wilson"]))
def test_verdicts_exclude_each_other_and_keep_their_risks(n: int, threshold: float, method: Any) -> None:
    curve = operating_curve(n, threshold, [threshold, threshold / 3, min(0.99, 3 * threshold)], method=method)
    at, below, above = curve.points
    assert min(point.undecided for point in curve.points) >= 0
    assert below.demonstrated >= at.demonstrated >= above.demonstrated
    assert below.failed <= at.failed <= above.failed
    if method == "exact":
        assert at.demonstrated < 0.05
        assert at.failed <= 0.05 + 1e-9
    if curve.errors_failing is not None:
        fewest = curve.errors_failing
        assert lower_bound(fewest, n, method=method) >= threshold
        assert lower_bound(fewest - 1, n, method=method) < threshold


def test_the_chance_of_passing_at_lower_rates() -> None:
    curve = operating_curve(1000, 0.02, [0.02, 0.01, 0.005, 0.0025])
    assert curve.errors_allowed == 12
    assert [point.demonstrated for point in curve.points] == pytest.approx(
        [float(stats.binom.cdf(12, 1000, rate)) for rate in (0.02, 0.01, 0.005, 0.0025)]
    )
    assert curve.points[0].demonstrated < 0.05
    assert curve.points[1].demonstrated > 0.75


@pytest.mark.parametrize("case", ORACLE["cases"])
def test_power_of_two_samples_is_that_of_r(case: dict[str, Any]) -> None:
    how = ComparisonTest(deff=case["deff"], df=case["df"], sides=case["sides"])
    planned = compare_power((case["p1"], case["p2"]), (case["n"], case["n"]), how)
    assert planned.power == pytest.approx(case["power"], abs=1e-8)


def test_overlap_saves_interviews() -> None:
    apart = compare_size((0.05, 0.02))
    shared = compare_size((0.05, 0.02), ComparisonTest(overlap=0.8, correlation=0.5))
    spread, other = 0.05 * 0.95, 0.02 * 0.98
    assert apart == int((1.959964 + 0.841621) ** 2 * (spread + other) / 0.03**2) + 1 == 586
    assert shared == int((1.959964 + 0.841621) ** 2 * (spread + other - 0.8 * sqrt(spread * other)) / 0.03**2) + 1
    assert compare_power((0.05, 0.02), (apart, apart)).power >= 0.8 > compare_power((0.05, 0.02), (585, 585)).power
    few = compare_size((0.05, 0.02), ComparisonTest(df=6))
    assert few > apart * 1.3
    unequal = compare_power((0.3, 0.4), (400, 100), ComparisonTest(overlap=1.0, correlation=0.6))
    v1, v2 = 0.21 / 400, 0.24 / 100
    assert unequal.standard_error == pytest.approx(sqrt(v1 + v2 - 2 * 0.6 * 100 / 200 * sqrt(v1 * v2)))


def test_rates_that_can_be_told_apart() -> None:
    below, above = detectable_rates(0.05, (586, 586))
    assert below is not None
    assert above is not None
    assert below == pytest.approx(0.02, abs=1e-4)
    assert compare_power((0.05, above), (586, 586)).power == pytest.approx(0.8, abs=1e-6)
    assert detectable_rates(0.01, (60, 60))[0] is None


def test_the_optimum_size_of_clusters() -> None:
    # Cochran (1977), chapter 10: sqrt(c1 / c2 * (1 - icc) / icc).
    best, plans = optimum_clusters(800, 50, 0.05, 60_000, sizes=(5, 35))
    assert best == pytest.approx(sqrt(16 * 19))  # 17.4
    chosen = next(plan for plan in plans if plan.optimum)
    assert chosen.size in {17, 18}
    assert chosen.clusters == int(60_000 / (800 + 50 * chosen.size))
    assert chosen.effective == pytest.approx(chosen.interviews / cluster_effect(chosen.size, 0.05))
    assert all(plan.effective <= chosen.effective * 1.03 for plan in plans)  # whole villages, so nearly
    assert all(plan.cost <= 60_000 for plan in plans)
    assert code_of(lambda: optimum_clusters(800, 50, 0.05, 900)) == "size.budget_too_small"


def test_few_villages_cost_twice() -> None:
    plan = villages_needed(386, 20, 0.03, strata=2)
    assert plan.deff == pytest.approx(1.57)
    assert plan.effective >= 386
    assert plan.df == plan.villages - 2
    one_less = effective_size((plan.villages - 1) * 20, deff=1.57, df=plan.villages - 3)
    assert one_less < 386
    without_t = 386 * 1.57 / 20
    assert plan.villages > without_t
    assert villages_needed(2, 100, 0.0, strata=1).villages >= 2


def test_wrong_verdicts_over_many_counties() -> None:
    rates = (0.005, 0.01, 0.03)
    curve = operating_curve(1000, 0.02, rates)
    found = county_verdicts(40, curve, (0.5, 0.25, 0.25))
    passed = [float(stats.binom.cdf(12, 1000, rate)) for rate in rates]
    assert found.truly_meeting == pytest.approx(30)
    assert found.wrongly_passed == pytest.approx(10 * passed[2])
    assert found.rightly_passed == pytest.approx(20 * passed[0] + 10 * passed[1])
    assert found.passed_by_point_wrongly == pytest.approx(10 * float(stats.binom.cdf(19, 1000, 0.03)))
    everything = (
        found.wrongly_passed + found.wrongly_failed + found.rightly_passed + found.rightly_failed
        + found.undecided_meeting + found.undecided_missing
    )  # fmt: skip
    assert everything == pytest.approx(40)
    assert found.wrong_among_passed == pytest.approx(
        found.wrongly_passed / (found.wrongly_passed + found.rightly_passed)
    )
    assert county_verdicts(40, operating_curve(50, 0.02, rates)).wrong_among_passed is None
    with pytest.raises(ValueError, match="share"):
        county_verdicts(40, curve, (1.0,))


def test_rates_of_a_beta_distribution() -> None:
    rates = beta_rates(0.012, 0.008)
    assert np.mean(rates) == pytest.approx(0.012, rel=1e-3)
    assert np.std(rates) == pytest.approx(0.008, rel=1e-2)
    at_threshold = sum(rate >= 0.02 for rate in rates) / len(rates)
    strength = 0.012 * 0.988 / 0.008**2 - 1
    assert at_threshold == pytest.approx(float(stats.beta.sf(0.02, 0.012 * strength, 0.988 * strength)), abs=1e-3)
    assert code_of(lambda: beta_rates(0.01, 0.2)) == "size.out_of_range"


@given(st.floats(2, 2000), st.integers(0, 100), st.floats(0.0001, 0.5))
def test_the_effective_binomial_is_a_distribution(n: float, errors: int, rate: float) -> None:
    chance = pass_probability(n, errors, rate)
    assert 0 <= chance <= 1
    assert chance <= pass_probability(n, errors + 1, rate) + 1e-12


def code_of(plan: Callable[[], object]) -> str:
    with pytest.raises(SamplingError) as refused:
        plan()
    return refused.value.code


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (lambda: compare_size((0.05, 0.05)), "size.rates_equal"),
        (lambda: compare_power((0.05, 0.0), (9, 9)), "size.out_of_range"),
        (lambda: compare_power((0.05, 0.1), (9, 9), ComparisonTest(overlap=1.5)), "size.out_of_range"),
        (lambda: compare_power((0.1, 0.1), (9, 9), ComparisonTest(overlap=1, correlation=1)), "size.no_error_left"),
        (lambda: compare_size((0.5, 0.5000001), ComparisonTest(df=1e-9)), "size.beyond_all"),
        (lambda: compare_size((0.5, 0.5000001)), "size.beyond_all"),
        (lambda: cluster_effect(0.5, 0.1), "size.out_of_range"),
        (lambda: cluster_effect(20, 1.1), "size.out_of_range"),
        (lambda: villages_needed(1e7, 1, 0.9), "size.beyond_all"),
        (lambda: power_size(0.019999, 0.02, method="wilson"), "size.rates_too_near"),
        (lambda: effective_size(float("nan")), "size.out_of_range"),
    ],
)
def test_plans_that_cannot_be_are_refused(plan: Callable[[], object], code: str) -> None:
    assert code_of(plan) == code
