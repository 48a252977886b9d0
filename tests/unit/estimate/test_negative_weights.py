"""Weights below 0, as a linear calibration without bounds makes them, lead to no verdict and to no distribution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sampling.estimate import EstimateRow

Estimate = Callable[..., list[EstimateRow]]
ROWS = 40
TABLE: dict[str, Any] = {
    "village": [f"v{row % 10}" for row in range(ROWS)],
    "w": [1.0] * ROWS,
    "one": [1.0] * ROWS,
    "x": [float(row % 10) for row in range(ROWS)],
    "wrong": [float(row % 10 == 0) for row in range(ROWS)],
    "right": [float(row % 10 != 0) for row in range(ROWS)],
    "kind": [f"k{row % 3}" for row in range(ROWS)],
}
"""Asking for a sum of x of 330 where the sample has 180 turns the weights of the rows with small x negative."""
DESIGN: dict[str, Any] = {
    "stages": [{"cluster": "village"}],
    "weights": "w",
    "calibration": {"method": "linear", "formula": "1 + x", "totals": {"(Intercept)": 40, "x": 330}},
}
LIMIT = {"value": 0.3, "side": "upper"}


@pytest.mark.parametrize(
    "statement",
    [
        {"statistic": "proportion", "variables": ["wrong"]},
        {"statistic": "proportion", "variables": ["right"]},
        {"statistic": "ratio", "numerator": "wrong", "denominator": "one"},
    ],
)
def test_a_share_beyond_0_and_1_is_undecided(estimate: Estimate, statement: dict[str, Any]) -> None:
    (row,) = estimate(TABLE, {"id": "a", **statement, "threshold": LIMIT}, design=DESIGN)
    assert row.estimate is not None
    assert not 0.0 <= row.estimate <= 1.0
    assert (row.low, row.high, row.bound, row.verdict) == (None, None, None, "不能判定")
    assert row.reason == "estimate.not_a_rate"
    assert "negative_weights" in row.flags
    assert "all_or_none" not in row.flags


def test_sums_stand_with_a_remark(estimate: Estimate) -> None:
    statements = [
        {"id": "t", "statistic": "total", "variables": ["wrong"]},
        {"id": "d", "statistic": "ttest", "variables": ["x", "right"]},
        {"id": "c", "statistic": "contrast", "expression": "t * 2"},
    ]
    for row in estimate(TABLE, *statements, design=DESIGN):
        assert row.estimate is not None
        assert "negative_weights" in row.flags


@pytest.mark.parametrize(
    "statement",
    [
        {"statistic": "quantile", "variables": ["x"], "p": 0.5},
        {"statistic": "variance", "variables": ["x"]},
        {"statistic": "ranktest", "variables": ["x", "kind"]},
        {"statistic": "chisq", "variables": ["wrong", "kind"]},
        {"statistic": "glm", "formula": "x ~ wrong"},
    ],
)
def test_what_needs_a_distribution_has_none(estimate: Estimate, statement: dict[str, Any]) -> None:
    (row,) = estimate(TABLE, {"id": "a", **statement}, design=DESIGN)
    assert (row.estimate, row.statistic, row.reason) == (None, None, "estimate.negative_weights")


def test_bounds_leave_no_remark(estimate: Estimate) -> None:
    bounded = {**DESIGN, "calibration": {**DESIGN["calibration"], "bounds": [0.01, 9]}}
    (row,) = estimate(TABLE, {"id": "a", "statistic": "proportion", "variables": ["wrong"]}, design=bounded)
    assert row.low is not None
    assert "negative_weights" not in row.flags
