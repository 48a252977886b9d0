"""Rates of persons and households as the field reports them: worked examples, verdicts, composites, pooled designs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sampling.estimate import EstimateRow
from sampling.estimate.interval import Limits
from sampling.estimate.statement import ThresholdSpec
from sampling.estimate.verdicts import FAILS, PASSES, UNDECIDED, decide

Estimate = Callable[..., list[EstimateRow]]


def _jinggangshan() -> dict[str, list[int]]:
    """2 076 households with 6 829 persons, 10 of them wrongly exited with 28 persons: 0.41 % of persons."""
    sizes = [2, 3, 3, 4, 4, 3, 3] * 296 + [4, 3, 3, 4]
    for place in range(6829 - sum(sizes)):
        sizes[5 * place + 1] += 1
    wrong = [0] * 2076
    for place, size in zip(range(100, 1100, 100), (2, 3, 3, 4, 4, 3, 3, 2, 3, 1), strict=True):
        sizes[place + 1] += sizes[place] - size
        sizes[place] = wrong[place] = size
    return {"w": [1] * 2076, "size": sizes, "wrong": wrong, "any": [int(x > 0) for x in wrong]}


def test_jinggangshan_persons(estimate: Estimate) -> None:
    table = _jinggangshan()
    assert (sum(table["size"]), sum(table["wrong"]), sum(table["any"])) == (6829, 28, 10)
    limit = {"value": 0.02, "side": "upper"}
    persons, households = estimate(
        table,
        {"id": "persons", "statistic": "ratio", "numerator": "wrong", "denominator": "size", "threshold": limit},
        {"id": "households", "statistic": "proportion", "variables": ["any"], "threshold": limit},
    )
    assert persons.estimate is not None
    assert round(persons.estimate * 100, 2) == 0.41
    assert persons.se is not None
    assert 0.0013 <= persons.se <= 0.0014
    assert persons.low is not None
    assert persons.high is not None
    # Skewed, unlike the Wald interval of 0.14 to 0.69 %, and far wider than 6 829 independent persons would have.
    assert 0.0015 <= persons.low <= 0.0021
    assert 0.0069 <= persons.high <= 0.0082
    assert persons.verdict == PASSES
    assert households.estimate is not None
    assert round(households.estimate * 100, 2) == 0.48
    assert households.verdict == PASSES


def test_jinggangshan_persons_by_wald(estimate: Estimate) -> None:
    (row,) = estimate(
        _jinggangshan(),
        {"id": "a", "statistic": "ratio", "numerator": "wrong", "denominator": "size"},
    )
    assert row.low is not None
    assert row.high is not None
    assert (100 * row.low, 100 * row.high) == pytest.approx((0.14, 0.69), abs=0.015)


def test_persons_are_capped_by_the_kish_count_of_households(estimate: Estimate) -> None:
    """Every household half wrong: no variance between households, and still no more than the households' worth."""
    sizes = [2, 4, 6, 8] * 10
    table = {"w": [1] * 40, "size": sizes, "wrong": [size // 2 for size in sizes]}
    (row,) = estimate(
        table,
        {
            "id": "a",
            "statistic": "ratio",
            "numerator": "wrong",
            "denominator": "size",
            "interval": {"method": "korn-graubard"},
        },
    )
    kish = sum(sizes) ** 2 / sum(size**2 for size in sizes)
    assert row.n == 40
    assert row.n_effective == pytest.approx(kish)
    assert row.low is not None
    assert row.high is not None
    assert row.high - row.low > 0.2


@pytest.mark.parametrize(("n", "expected"), [(148, UNDECIDED), (149, PASSES)])
def test_no_error_among_148_and_149(estimate: Estimate, n: int, expected: str) -> None:
    limit = {"value": 0.02, "side": "upper", "alpha": 0.05, "planned_deff": 1}
    (row,) = estimate(
        {"w": [1] * n, "x": [0] * n}, {"id": "a", "statistic": "proportion", "variables": ["x"], "threshold": limit}
    )
    assert row.verdict == expected
    assert row.bound == pytest.approx(1 - 0.05 ** (1 / n))
    assert row.flags == ("all_or_none", "point_estimate_passes")


@pytest.mark.parametrize("stated", [{}, {"planned_deff": 1}])
@pytest.mark.parametrize(("n", "most"), [(300, 1), (500, 4), (700, 7), (1000, 12), (1300, 17), (1500, 20), (2000, 29)])
def test_the_most_errors_that_still_show_less_than_two_percent(
    estimate: Estimate, n: int, most: int, stated: dict[str, float]
) -> None:
    """Simple random samples: the exact one-sided limits at 95 %, whether or not the plan says that the deff is 1."""
    limit = {"value": 0.02, "side": "upper", **stated}
    for errors, expected in ((most, PASSES), (most + 1, UNDECIDED)):
        (row,) = estimate(
            {"w": [1] * n, "x": [1] * errors + [0] * (n - errors)},
            {"id": "a", "statistic": "proportion", "variables": ["x"], "threshold": limit},
        )
        assert row.verdict == expected


@pytest.mark.parametrize(("events", "n"), [(27, 30), (900, 1000)])
def test_ninety_percent_approval_is_undecided(estimate: Estimate, events: int, n: int) -> None:
    limit = {"value": 0.9, "side": "lower"}
    (row,) = estimate(
        {"w": [1] * n, "x": [1] * events + [0] * (n - events)},
        {
            "id": "a",
            "statistic": "proportion",
            "variables": ["x"],
            "interval": {"method": "wilson"},
            "threshold": limit,
        },
    )
    assert row.verdict == UNDECIDED
    assert row.flags[-1] == "point_estimate_passes"
    assert row.low is not None
    assert row.high is not None
    assert row.low < 0.9 < row.high


def _two_rates(k: int, n: int, m: int, missed: int) -> dict[str, list[Any]]:
    """One row a person, so that the rates are exactly k / n of the exited and missed / m of the others."""
    return {
        "w": [1] * (n + m),
        "class": ["exited"] * n + ["other"] * m,
        "wrong": [1] * k + [0] * (n - k) + [0] * m,
        "missed": [0] * n + [1] * missed + [0] * (m - missed),
        "village": [index % 10 for index in range(n + m)],
    }


COMPOSITE = (
    {"id": "rate.exited", "statistic": "proportion", "variables": ["wrong"], "where": "class == 'exited'"},
    {"id": "rate.other", "statistic": "proportion", "variables": ["missed"], "where": "class == 'other'"},
)


def test_composite_rate_of_the_worked_example(estimate: Estimate) -> None:
    """County of 300 000: 2 400 unexited, 48 000 exited at 28 / 6 829, 249 600 others at 0.12 %: 0.9654 %."""
    table = _two_rates(28, 6829, 5000, 6)
    row = estimate(
        table,
        *COMPOSITE,
        {
            "id": "composite",
            "statistic": "contrast",
            "expression": "(2400 + 48000 * rate.exited + 249600 * rate.other) / 300000",
            "threshold": {"value": 0.02, "side": "upper", "planned_deff": 3},
        },
    )[-1]
    assert row.estimate is not None
    assert round(row.estimate * 100, 4) == 0.9654
    # Design effect 3 gives a standard error of about 0.074 points; one row a person has design effect 1.
    assert row.se is not None
    assert row.se * np.sqrt(3) * 100 == pytest.approx(0.074, abs=0.001)
    assert row.verdict == PASSES
    assert row.low is not None
    assert row.high is not None
    assert row.bound is not None
    assert 2400 / 300000 < row.low < row.estimate < row.high
    assert row.estimate < row.bound < 0.02
    # The planned design effect widens the one-sided bound beyond the two-sided limit of the sample's own.
    assert row.bound > row.high


def test_composite_keeps_the_covariance_of_its_parts(estimate: Estimate) -> None:
    """Parts from the same villages: the score of the sum, not the sum of the variances."""
    random = np.random.default_rng(4)
    village = np.repeat(np.arange(12), 10)
    shared = random.normal(0, 1, 12)[village]
    chance = 1 / (1 + np.exp(-(shared - 1)))
    table = {
        "w": [1] * 120,
        "village": village,
        "class": ["exited", "other"] * 60,
        "wrong": (random.random(120) < chance).astype(int),
        "missed": (random.random(120) < chance).astype(int),
    }
    design = {"stages": [{"cluster": "village"}], "weights": "w"}
    first, second, both = estimate(
        table, *COMPOSITE, {"id": "c", "statistic": "contrast", "expression": "rate.exited + rate.other"}, design=design
    )
    scores = np.zeros(120)
    for name, column, row in (("exited", "wrong", first), ("other", "missed", second)):
        inside = np.array(table["class"]) == name
        scores += np.where(inside, (np.asarray(table[column]) - row.estimate) / inside.sum(), 0.0)
    totals = np.bincount(village, weights=scores)
    expected = 12 / 11 * np.sum((totals - totals.mean()) ** 2)
    assert both.se == pytest.approx(np.sqrt(expected), rel=1e-10)
    assert first.se is not None
    assert second.se is not None
    assert both.se != pytest.approx(np.hypot(first.se, second.se), rel=1e-3)


def test_composite_without_any_case_keeps_its_fixed_part_and_a_width(estimate: Estimate) -> None:
    row = estimate(
        _two_rates(0, 200, 150, 0),
        *COMPOSITE,
        {
            "id": "c",
            "statistic": "contrast",
            "expression": "(2400 + 48000 * rate.exited + 249600 * rate.other) / 300000",
            "threshold": {"value": 0.02, "side": "upper", "planned_deff": 2},
        },
    )[-1]
    assert row.estimate == pytest.approx(0.008)
    assert row.low == pytest.approx(0.008)
    share = 48000 / 297600
    kish = 1 / (share**2 / 200 + (1 - share) ** 2 / 150)
    size = kish / 2 * min((stats.t.ppf(0.95, kish - 1) / stats.t.ppf(0.95, 349)) ** 2, 1.0)
    assert row.bound == pytest.approx(0.008 + 297600 / 300000 * (1 - 0.05 ** (1 / size)), rel=1e-9)
    assert row.verdict == UNDECIDED
    assert "all_or_none" in row.flags


def test_differences_take_wald_limits(estimate: Estimate) -> None:
    row = estimate(
        _two_rates(20, 100, 100, 10),
        *COMPOSITE,
        {"id": "d", "statistic": "contrast", "expression": "rate.exited - rate.other"},
    )[-1]
    assert row.estimate == pytest.approx(0.1)
    assert row.se is not None
    half = stats.t.ppf(0.975, 199) * row.se
    assert (row.low, row.high) == pytest.approx((0.1 - half, 0.1 + half))


def test_contrasts_go_domain_by_domain(estimate: Estimate) -> None:
    table = _two_rates(20, 100, 100, 10)
    by = {"by": ["village"]}
    contrast = {"id": "d", "statistic": "contrast", "expression": "rate.exited - rate.other", **by}
    rows = estimate(table, *({**part, **by} for part in COMPOSITE), contrast)
    parts = {(row.id, row.domain["village"]): row.estimate for row in rows}
    found = [row for row in rows if row.id == "d"]
    assert len(found) == 10
    for row in found:
        first, second = (parts[name, row.domain["village"]] for name in ("rate.exited", "rate.other"))
        assert first is not None
        assert second is not None
        assert row.estimate == pytest.approx(first - second)


def test_sister_indicators_lend_their_design_effect(estimate: Estimate) -> None:
    """Nothing found: the interval takes the design effect of what was found in the same villages."""
    random = np.random.default_rng(11)
    village = np.repeat(np.arange(15), 20)
    common = (random.random(15) < 0.3)[village] & (random.random(300) < 0.7)
    table = {"w": [1] * 300, "village": village, "rare": [0] * 300, "common": common.astype(int)}
    design = {"stages": [{"cluster": "village"}], "weights": "w"}
    common_row, own, pooled = estimate(
        table,
        {"id": "common", "statistic": "proportion", "variables": ["common"]},
        {"id": "own", "statistic": "proportion", "variables": ["rare"]},
        {"id": "pooled", "statistic": "proportion", "variables": ["rare"], "interval": {"pooled_deff": ["common"]}},
        design=design,
    )
    assert common_row.n_effective is not None
    assert common_row.n_effective < 100
    assert own.n_effective == 300
    assert "design_effect_taken_as_1" in own.flags
    assert pooled.n_effective == pytest.approx(common_row.n_effective)
    assert "design_effect_taken_as_1" not in pooled.flags
    assert own.high is not None
    assert pooled.high is not None
    assert pooled.high > 2 * own.high


def _verdict(threshold: ThresholdSpec, low: float, high: float) -> str:
    limits = Limits(np.array([low]), np.array([high]), np.array([np.nan]))
    (decided,) = decide(threshold, [lambda _: limits])
    return decided.verdicts[0]


@given(low=st.floats(0, 1), width=st.floats(0, 1), value=st.floats(0, 1))
@settings(deadline=None)
def test_verdicts_follow_the_bounds(low: float, width: float, value: float) -> None:
    high = min(low + width, 1.0)
    upper = _verdict(ThresholdSpec(value, "upper"), low, high)
    lower = _verdict(ThresholdSpec(value, "lower"), low, high)
    assert upper == (PASSES if high < value else FAILS if low >= value else UNDECIDED)
    mirror = {PASSES: FAILS, FAILS: PASSES, UNDECIDED: UNDECIDED}
    assert lower == mirror[upper]


def test_without_a_bound_there_is_no_verdict() -> None:
    assert _verdict(ThresholdSpec(0.02, "upper"), np.nan, 0.01) == UNDECIDED


def test_a_certain_miss_fails(estimate: Estimate) -> None:
    limit = {"value": 0.02, "side": "upper", "planned_deff": 2}
    (row,) = estimate(
        {"w": [1] * 500, "x": [1] * 60 + [0] * 440},
        {"id": "a", "statistic": "proportion", "variables": ["x"], "threshold": limit},
    )
    assert row.verdict == FAILS
    assert row.flags == ("point_estimate_fails",)
    assert row.bound is not None
    assert row.estimate is not None
    assert row.bound > row.estimate


@pytest.mark.parametrize("wrong", [0, 3, 40])
def test_a_rate_and_its_complement_have_one_interval_and_one_verdict(estimate: Estimate, wrong: int) -> None:
    rng = np.random.default_rng(wrong)
    sizes = rng.integers(1, 6, 400)
    table = {"village": [str(k // 20) for k in range(400)], "size": sizes.tolist(), "wrong": [0] * 400, "w": [1] * 400}
    for household in rng.permutation(400)[:wrong]:
        table["wrong"][household] = int(sizes[household])
    ratio = {"id": "r", "statistic": "ratio", "numerator": "wrong", "denominator": "size"}
    upper = {"value": 0.03, "side": "upper", "planned_deff": 1.5}
    rows = estimate(
        table,
        {**ratio, "threshold": upper},
        {
            "id": "c",
            "statistic": "contrast",
            "expression": "1 - r",
            "threshold": {**upper, "value": 0.97, "side": "lower"},
        },
        {
            "id": "d",
            "statistic": "contrast",
            "expression": "1 - r",
            "interval": {"method": "korn-graubard", "side": "lower"},
        },
        design={"stages": [{"cluster": "village"}], "weights": "w"},
    )
    rate, complement, lower = rows
    assert complement.verdict == rate.verdict
    for own, other in (("low", "high"), ("high", "low"), ("bound", "bound"), ("estimate", "estimate")):
        assert getattr(complement, own) == pytest.approx(1.0 - getattr(rate, other), rel=1e-12)
    assert lower.high == 1.0
    assert lower.low is not None
    assert complement.low is not None
    assert complement.low < lower.low
