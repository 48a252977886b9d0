"""Verdicts: the bound behind one, many of them together by Holm's method, and how many may be wrong by chance."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sampling.estimate import EstimateRow, load_plan, run_plan
from sampling.estimate.interval import Limits, Rates, rate_limits
from sampling.estimate.statement import ThresholdSpec
from sampling.estimate.verdicts import (
    FAILS,
    PASSES,
    UNDECIDED,
    decide,
    holm_level,
    passing,
    rate_bounds,
    variance_factor,
)

Estimate = Callable[..., list[EstimateRow]]
STATED = np.array([True])
VILLAGES: dict[str, Any] = {"stages": [{"cluster": "village"}], "weights": "w"}


def _rates(value: float, variance: float, n: float, df: float, design_effect: float = 1.0) -> Rates:
    return Rates(*(np.array([each]) for each in (value, variance, n, df, design_effect)))


def test_without_a_stated_one_the_deciding_limit_takes_the_upper_limit_of_the_own_design_effect() -> None:
    p, n, df = 0.008, 1000.0, 24.0
    rates = _rates(p, 2.0 * p * (1 - p) / n, n, df)
    found = rate_bounds("korn-graubard", rates, "upper", 0.05, ~STATED)
    factor = df / stats.chi2.ppf(0.05, df)
    adjusted = n / (2.0 * factor) * (stats.t.ppf(0.95, n - 1) / stats.t.ppf(0.95, df)) ** 2
    assert found.effective[0] == pytest.approx(n / (2.0 * factor), rel=1e-12)
    assert found.high[0] == pytest.approx(stats.beta.ppf(0.95, adjusted * p + 1, adjusted * (1 - p)), rel=1e-10)
    # The other limit takes the own design effect as it is.
    plain = rate_limits("korn-graubard", rates, 0.95, "lower")
    assert found.low[0] == plain.low[0]
    mirrored = rate_bounds("korn-graubard", _rates(1 - p, 2.0 * p * (1 - p) / n, n, df), "lower", 0.05, ~STATED)
    assert mirrored.low[0] == pytest.approx(1 - found.high[0], rel=1e-10)


def test_a_stated_design_effect_that_is_larger_is_taken() -> None:
    p, n = 0.008, 1000.0
    rates = _rates(p, 2.0 * p * (1 - p) / n, n, 24.0, design_effect=5.0)
    assert rate_bounds("korn-graubard", rates, "upper", 0.05, STATED).effective[0] == pytest.approx(n / 5.0)


def test_a_stated_design_effect_that_is_smaller_leaves_the_own_one_as_it_is() -> None:
    p, n, df = 0.008, 1000.0, 24.0
    rates = _rates(p, 2.0 * p * (1 - p) / n, n, df, design_effect=1.5)
    found = rate_bounds("korn-graubard", rates, "upper", 0.05, STATED)
    assert found.effective[0] == pytest.approx(n / 2.0)
    assert found.high[0] == rate_limits("korn-graubard", rates, 0.95, "upper").high[0]


def test_nothing_found_takes_the_stated_design_effect_only() -> None:
    found = rate_bounds("korn-graubard", _rates(0.0, 0.0, 300.0, 20.0, design_effect=2.0), "upper", 0.05, STATED)
    assert found.effective[0] == 150.0


def test_the_factor_of_a_variance_is_1_with_infinite_degrees_of_freedom() -> None:
    found = variance_factor(0.95, np.array([np.inf, 0.0, 5.0]))
    assert found.tolist() == pytest.approx([1.0, 1.0, 5.0 / stats.chi2.ppf(0.05, 5)])


def _by_p_values(p: np.ndarray[Any, Any]) -> Callable[[float], Limits]:
    """Make limits that pass (side upper, value 0.5) exactly where a p-value is at most alpha, and never fail."""

    def at(alpha: float) -> Limits:
        return Limits(np.zeros(p.size), np.where(p <= alpha, 0.4, 0.6), np.full(p.size, np.nan))

    return at


def _holm(p: np.ndarray[Any, Any], alpha: float) -> np.ndarray[Any, Any]:
    """Step down by the book: the i-th smallest p-value against alpha / (k - i + 1), until one is above."""
    rejected = np.zeros(p.size, dtype=bool)
    for place, index in enumerate(np.argsort(p, kind="stable")):
        if p[index] > alpha / (p.size - place):
            break
        rejected[index] = True
    return rejected


@given(p=st.lists(st.floats(1e-9, 0.2), min_size=1, max_size=30), alpha=st.sampled_from([0.01, 0.05, 0.1]))
@settings(deadline=None)
def test_holm_by_levels_is_holm_by_p_values(p: list[float], alpha: float) -> None:
    values = np.array(p)
    threshold = ThresholdSpec(0.5, "upper", alpha, adjust="holm")
    (found,) = decide(threshold, [_by_p_values(values)])
    assert [each == PASSES for each in found.verdicts] == _holm(values, alpha).tolist()
    level = holm_level(threshold, [_by_p_values(values)], passing)
    assert alpha / values.size <= level <= alpha


def test_the_variables_of_a_statement_are_one_family() -> None:
    threshold = ThresholdSpec(0.5, "upper", 0.05, adjust="holm")
    parts = [np.array([0.02]), np.array([0.03, np.nan])]  # NaN never passes, and is counted as a verdict here
    both = decide(threshold, [_by_p_values(each) for each in parts])
    assert [each.verdicts for each in both] == [(UNDECIDED,), (UNDECIDED, UNDECIDED)]
    alone = decide(threshold, [_by_p_values(parts[0])])
    assert alone[0].verdicts == (PASSES,)


def _counties() -> dict[str, Any]:
    """Twelve counties of 200 people each; the first nine have from none to eight errors, the last three 60."""
    wrong = [0, 1, 2, 3, 4, 5, 6, 7, 8, 60, 60, 60]
    table: dict[str, list[int]] = {"w": [1] * 2400, "county": [], "x": []}
    for county, errors in enumerate(wrong):
        table["county"] += [county] * 200
        table["x"] += [1] * errors + [0] * (200 - errors)
    return table


def _statement(**threshold: Any) -> dict[str, Any]:
    limit = {"value": 0.05, "side": "upper", "planned_deff": 1, **threshold}
    return {"id": "a", "statistic": "proportion", "variables": ["x"], "by": ["county"], "threshold": limit}


def test_holm_in_a_plan(estimate: Estimate) -> None:
    each = estimate(_counties(), _statement())
    together = estimate(_counties(), _statement(adjust="holm"))
    assert all(row.bound is not None for row in together)
    passed = [row.verdict for row in each].count(PASSES)
    passed_together = [row.verdict for row in together].count(PASSES)
    assert 0 < passed_together < passed
    assert [row.verdict for row in together].count(FAILS) == 3
    for row in together:
        assert row.bound is not None
        assert (row.bound < 0.05) == (row.verdict == PASSES)
        assert "holm_adjusted" in row.flags
    # All rows are judged at alpha / (k - r): the bound of a plan that states this alpha.
    level = 0.05 / (12 - passed_together)
    same = estimate(_counties(), _statement(alpha=level))
    assert [row.bound for row in same] == pytest.approx([row.bound for row in together], rel=1e-12)
    assert [row.threshold.alpha for row in together if row.threshold] == [0.05] * 12


def test_the_family_says_how_many_may_be_wrong() -> None:
    def run(**threshold: Any) -> Any:
        plan = {"version": 1, "design": {"stages": [{}], "weights": "w"}, "estimates": [_statement(**threshold)]}
        reading = load_plan(plan)
        assert reading.plan is not None, reading.complaints
        return run_plan(reading.plan, _counties())

    (family,) = run().families
    assert (family.verdicts, family.failed, family.adjust) == (12, 3, "none")
    assert family.passed + family.failed + family.undecided == 12
    assert family.expected_wrong == pytest.approx(0.6)
    assert family.any_wrong == pytest.approx(0.6)
    assert "families" not in json.loads(run().to_json())
    (shown,) = json.loads(run(adjust="none").to_json())["families"]
    assert shown["expected_wrong"] == pytest.approx(0.6)
    (adjusted,) = json.loads(run(adjust="holm").to_json())["families"]
    assert (adjusted["id"], adjusted["adjust"], adjusted["expected_wrong"], adjusted["any_wrong"]) == (
        "a",
        "holm",
        None,
        0.05,
    )


def test_a_threshold_without_a_design_effect_is_told(estimate: Estimate) -> None:
    random = np.random.default_rng(3)
    village = np.repeat(np.arange(20), 30)
    table = {"w": [1] * 600, "village": village, "x": (random.random(600) < 0.05).astype(int)}
    limit = {"value": 0.1, "side": "upper"}
    rate = {"id": "a", "statistic": "proportion", "variables": ["x"]}
    (bare,) = estimate(table, {**rate, "threshold": limit}, design=VILLAGES)
    (planned,) = estimate(table, {**rate, "threshold": {**limit, "planned_deff": 1.5}}, design=VILLAGES)
    (unjudged,) = estimate(table, rate, design=VILLAGES)
    assert "no_planned_design_effect" in bare.flags
    assert "no_planned_design_effect" not in planned.flags + unjudged.flags
