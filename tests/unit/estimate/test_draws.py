"""Units drawn several times with replacement: each draw is a PSU, and what the draws of a unit share is added."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
import pytest

from sampling.estimate import EstimateRow, load_plan, run_plan
from sampling.estimate.errors import DataRefusedError

TOTAL = {"statistic": "total", "variables": ["y"]}
UNITS, DRAWS, TAKE, SAMPLES = 30, 10, 3, 2000


def computed(table: dict[str, Any], stages: list[dict[str, str]], statement: dict[str, Any]) -> tuple[EstimateRow, ...]:
    design = {"stages": stages, "weights": "w", "nested": True}
    reading = load_plan({"version": 1, "design": design, "estimates": [{"id": "asked", **statement}]})
    assert reading.plan is not None, reading.complaints
    return run_plan(reading.plan, table).rows


def samples(seed: int) -> tuple[dict[str, Any], float, float]:
    """Draw 10 of 30 unequal units with replacement and three of their elements for each draw, 2,000 times.

    Beside the samples stand the population's total and the variance that its estimate has (Cochran 1977, 11.9).
    """
    numbers = np.random.default_rng(seed)
    elements = numbers.integers(4, 40, UNITS)
    values = [numbers.normal(5, 0.5) + numbers.normal(0, 6, count) for count in elements]
    chance = elements / elements.sum()
    columns: dict[str, list[Any]] = {name: [] for name in ("sample", "unit", "k", "N", "w", "y")}
    for sample in range(SAMPLES):
        times = numbers.multinomial(DRAWS, chance)
        for unit in np.flatnonzero(times).tolist():
            k, count = int(times[unit]), int(elements[unit])
            taken = min(k * TAKE, count)
            columns["y"] += numbers.choice(values[unit], taken, replace=False).tolist()
            columns["sample"] += [f"{sample:04}"] * taken
            columns["unit"] += [f"{unit:02}"] * taken
            columns["k"] += [k] * taken
            columns["N"] += [count] * taken
            columns["w"] += [k / (DRAWS * chance[unit]) * count / taken] * taken
    totals = np.array([own.sum() for own in values])
    variance = (chance * (totals / chance - totals.sum()) ** 2).sum() / DRAWS
    for own, p in zip(values, chance, strict=True):
        for k in range(1, DRAWS + 1):
            often = comb(DRAWS, k) * p**k * (1 - p) ** (DRAWS - k)
            taken = min(k * TAKE, own.size)
            within = own.size**2 * (1 - taken / own.size) * own.var(ddof=1) / taken
            variance += often * (k / (DRAWS * p)) ** 2 * within
    return dict(columns), float(totals.sum()), float(variance)


def test_the_mean_of_the_variance_is_the_variance_of_2000_samples() -> None:
    table, truth, variance = samples(7)
    stages = [{"cluster": "unit", "strata": "sample", "draws": "k"}, {"population": "N"}]
    rows = computed(table, stages, {**TOTAL, "by": ["sample"]})
    totals = np.array([row.estimate for row in rows], dtype=float)
    variances = np.array([row.se for row in rows], dtype=float) ** 2
    assert len(rows) == SAMPLES
    assert {row.df for row in rows} == {DRAWS - 1}
    assert abs(totals.mean() - truth) < 4 * totals.std() / SAMPLES**0.5
    squares = (totals - truth) ** 2
    assert abs(variances.mean() - squares.mean()) < 4 * ((squares.var() + variances.var()) / SAMPLES) ** 0.5
    allowed = 4 * (variances.var() / SAMPLES) ** 0.5
    assert abs(variances.mean() - variance) < allowed
    # The test can see what it is about: the draws of a unit share its sample, so their spread alone falls short.
    alone = computed(table, stages[:1], {**TOTAL, "by": ["sample"]})
    assert variance - np.mean([(row.se or 0.0) ** 2 for row in alone]) > 2 * allowed


def by_hand(table: dict[str, Any], inside: np.ndarray[Any, Any]) -> float:
    """The formula of docs/estimate-plan.md for the total of y in one stratum."""
    y, w = np.array(table["y"]) * inside, np.array(table["w"])
    units = sorted(set(table["unit"]))
    of = [np.array(table["unit"]) == unit for unit in units]
    k = np.array([np.array(table["k"])[own][0] for own in of], dtype=float)
    n, z = k.sum(), np.array([(w * y)[own].sum() for own in of])
    value = n / (n - 1) * (k * (z / k - z.sum() / n) ** 2).sum()
    for own, times in zip(of, k, strict=True):
        m, population = own.sum(), np.array(table["N"])[own][0]
        if times > 1:
            within = (1 - m / population) * m * np.var((w * y)[own], ddof=1)
            value += (times - 1) * n / (times * (n - 1)) * within
    return float(value)


@pytest.fixture
def table() -> dict[str, Any]:
    numbers = np.random.default_rng(3)
    units = {"a": (3, 9, 6), "b": (1, 5, 2), "c": (2, 4, 4), "d": (1, 8, 2)}
    columns: dict[str, list[Any]] = {name: [] for name in ("unit", "k", "N", "w", "y", "kind")}
    for unit, (k, population, taken) in units.items():
        columns["unit"] += [unit] * taken
        columns["k"] += [k] * taken
        columns["N"] += [population] * taken
        columns["w"] += [k * 2.5 * population / taken] * taken
        columns["y"] += numbers.normal(3, 1, taken).tolist()
        columns["kind"] += [("x", "y")[i % 2] for i in range(taken)]
    return dict(columns)


TWO_STAGES = [{"cluster": "unit", "draws": "k"}, {"population": "N"}]


def test_the_formula_by_hand_for_all_and_for_domains(table: dict[str, Any]) -> None:
    (row,) = computed(table, TWO_STAGES, TOTAL)
    assert (row.se or 0) ** 2 == pytest.approx(by_hand(table, np.ones(14)), rel=1e-12)
    assert (row.df, row.n) == (7 - 1, 14)
    for row in computed(table, TWO_STAGES, {**TOTAL, "by": ["kind"]}):
        inside = np.array(table["kind"]) == row.domain["kind"]
        assert (row.se or 0) ** 2 == pytest.approx(by_hand(table, inside), rel=1e-12)


@pytest.mark.parametrize("statement", [TOTAL, {"statistic": "mean", "variables": ["y"], "by": ["kind"]}])
def test_units_drawn_once_are_as_without_the_column(table: dict[str, Any], statement: dict[str, Any]) -> None:
    once = {**table, "k": [1] * 14}
    plain = [{"cluster": "unit"}, {"population": "N"}]
    assert computed(once, TWO_STAGES, statement) == computed(once, plain, statement)


def test_a_domain_of_one_unit_drawn_often_is_estimated_given_it_or_has_no_figures(table: dict[str, Any]) -> None:
    mean = {"statistic": "mean", "variables": ["y"]}
    given = {row.domain["unit"]: row for row in computed(table, TWO_STAGES, {**mean, "by": ["unit"]})}
    alone = {
        name: [value for value, unit in zip(column, table["unit"], strict=True) if unit == "a"]
        for name, column in table.items()
    }
    (right,) = computed(alone, [{"population": "N"}], mean)
    assert given["a"].flags == ("given_first_stage_unit",)
    assert (given["a"].se, given["a"].df) == (pytest.approx(right.se, rel=1e-12), right.df)
    rare = {**table, "rare": [int(unit == "a") for unit in table["unit"]]}
    (row,) = computed(rare, TWO_STAGES, {**mean, "where": "rare == 1"})
    assert (row.estimate, row.df, row.reason) == (None, 0, "estimate.no_degrees_of_freedom")


def test_a_lone_element_in_a_unit_drawn_once_lacks_nothing(table: dict[str, Any]) -> None:
    lone = {
        name: [*column, last] for (name, column), last in zip(table.items(), ("e", 1, 7, 17.5, 2.0, "x"), strict=True)
    }
    (row,) = computed(lone, TWO_STAGES, TOTAL)
    assert (row.df, row.reason, row.flags) == (8 - 1, None, ())
    often = {**lone, "k": [*table["k"], 2]}
    (row,) = computed(often, TWO_STAGES, TOTAL)
    assert row.reason == "estimate.lonely_psu"


def test_bad_draws_and_draws_without_replacement_are_refused(table: dict[str, Any]) -> None:
    for bad in (0, 1.5, None, -1):
        with pytest.raises(DataRefusedError) as refused:
            computed({**table, "k": [bad, *table["k"][1:]]}, TWO_STAGES, TOTAL)
        assert [each.code for each in refused.value.complaints] == ["estimate.bad_draws"]
    with pytest.raises(DataRefusedError) as refused:
        computed({**table, "k": [*table["k"][:-1], 5]}, TWO_STAGES, TOTAL)
    assert [each.code for each in refused.value.complaints] == ["estimate.varies_within_unit"]
    for other in ("population", "probability"):
        stages = [{"draws": "k", other: "N"}]
        reading = load_plan(
            {"version": 1, "design": {"stages": stages, "weights": "w"}, "estimates": [{"id": "t", **TOTAL}]}
        )
        assert [each.code for each in reading.complaints] == ["plan.draws_without_replacement"]
