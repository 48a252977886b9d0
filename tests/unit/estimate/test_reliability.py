"""Remarks on figures that are too unsure to stand alone, after the presentation standards of the NCHS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sampling.estimate import EstimateRow
from sampling.estimate.interval import Rates, rate_limits
from sampling.estimate.reliability import reliability

Estimate = Callable[..., list[EstimateRow]]


def _rates(p: float, effective: float, n: float = 5000.0, df: float = 5000.0) -> Rates:
    values = (p, p * (1 - p) / effective, n, df, 1.0)
    return Rates(*(np.array([each]) for each in values))


@pytest.mark.parametrize(
    ("p", "effective", "n", "expected"),
    [
        (0.5, 29.0, 5000.0, "unreliable"),  # fewer than 30 effective units
        (0.01, 5000.0, 29.0, "unreliable"),  # fewer than 30 units
        (0.5, 43.0, 5000.0, "unreliable"),  # 30 points wide or more
        (0.5, 60.0, 5000.0, ""),  # 26 points, 0.53 of the rate
        (0.04, 200.0, 5000.0, "unreliable"),  # above 5 points, 1.6 times the rate
        (0.1, 200.0, 5000.0, ""),  # above 5 points, 0.9 times the rate
        (0.002, 1000.0, 5000.0, ""),  # below 5 points: shown whatever the relative width
        (0.96, 200.0, 5000.0, "complement"),  # 6 points: 0.07 of the rate, 1.6 times the complement
    ],
)
def test_the_standards_for_proportions(p: float, effective: float, n: float, expected: str) -> None:
    rates = _rates(p, effective)
    found = reliability(rates, np.array([n]))
    assert (bool(found.unreliable[0]), bool(found.complement[0])) == (
        expected == "unreliable",
        expected == "complement",
    )
    assert reliability(rates, np.array([n]), rate_limits("korn-graubard", rates, 0.95)) == found


@pytest.mark.parametrize(("df", "few"), [(7.0, True), (8.0, False)])
def test_few_degrees_of_freedom(df: float, few: bool) -> None:
    assert bool(reliability(_rates(0.3, 500.0, df=df), np.array([500.0])).few_degrees[0]) is few


def test_the_remarks_stand_in_the_rows_whatever_interval_is_asked_for(estimate: Estimate) -> None:
    table = {"w": [1] * 220, "g": [0] * 20 + [1] * 200, "x": [1] * 4 + [0] * 16 + [1] * 20 + [0] * 180}
    for interval in ({}, {"method": "logit"}, {"method": "wald", "level": 0.5}):
        rate: dict[str, Any] = {"id": "a", "statistic": "proportion", "variables": ["x"], "by": ["g"]}
        small, large = estimate(table, {**rate, "interval": interval})
        assert "unreliable_rate" in small.flags
        assert "unreliable_rate" not in large.flags


def test_means_and_totals_have_a_coefficient_of_variation(estimate: Estimate) -> None:
    table = {"w": [1] * 50, "steady": list(range(100, 150)), "wild": [0] * 48 + [100, 300]}
    rows = estimate(
        table,
        {"id": "m", "statistic": "mean", "variables": ["steady", "wild"]},
        {"id": "t", "statistic": "total", "variables": ["wild"]},
        {"id": "r", "statistic": "proportion", "variables": ["wild"], "where": "wild in [0, 1]"},
    )
    steady, wild, total, nothing = rows
    assert steady.cv is not None
    assert steady.se is not None
    assert steady.estimate is not None
    assert steady.cv == pytest.approx(steady.se / steady.estimate)
    assert ["large_variation" in row.flags for row in (steady, wild, total)] == [False, True, True]
    assert nothing.estimate == 0
    assert nothing.cv is None
