"""Variances of samples along a list, balanced on totals, or spread over an area: against the sums written out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sampling.estimate import DataRefusedError, EstimateRow, load_plan, run_plan

Floats = NDArray[np.float64]
TOTAL = {"id": "t", "statistic": "total", "variables": ["y"]}


def total(data: dict[str, Any], stage: dict[str, Any], method: str, **design: Any) -> EstimateRow:
    stated = {"stages": [{"probability": "pi", **stage}], "unequal": {"method": method}, **design}
    reading = load_plan({"version": 1, "design": stated, "estimates": [TOTAL]})
    assert reading.plan is not None, reading.complaints
    return run_plan(reading.plan, data).rows[0]


@pytest.fixture
def data() -> dict[str, Any]:
    random = np.random.default_rng(11)
    n = 12
    return {
        "pi": random.uniform(0.1, 0.6, n),
        "y": random.normal(50, 10, n),
        "place": random.permutation(n).astype(float),
        "stratum": ["a"] * 5 + ["b"] * 7,
        "x1": random.uniform(1, 9, n),
        "x2": random.uniform(1, 9, n),
    }


def along(z: Floats, pi: Floats) -> float:
    n = z.size
    return float(np.mean(1 - pi) * n / (2 * (n - 1)) * np.sum(np.diff(z) ** 2))


def test_successive_differences_in_the_order_of_a_column_within_strata(data: dict[str, Any]) -> None:
    z = data["y"] / data["pi"]
    expected = 0.0
    for stratum in "ab":
        here = np.array([i for i, name in enumerate(data["stratum"]) if name == stratum])
        here = here[np.argsort(data["place"][here])]
        expected += along(z[here], data["pi"][here])
    found = total(data, {"strata": "stratum", "order": "place"}, "successive-differences")
    assert (found.se or 0) ** 2 == pytest.approx(expected, rel=1e-10)
    assert found.df == 12 - 2
    by_rows = total(data, {"strata": "stratum"}, "successive-differences")
    expected = along(z[:5], data["pi"][:5]) + along(z[5:], data["pi"][5:])
    assert (by_rows.se or 0) ** 2 == pytest.approx(expected, rel=1e-10)


def test_texts_stand_in_the_order_of_their_code_points(data: dict[str, Any]) -> None:
    names = [f"v{number}" for number in (9, 10, 8, 100, 7, 11, 1, 12, 3, 13, 2, 4)]
    order = sorted(range(12), key=names.__getitem__)
    found = total(data | {"name": names}, {"cluster": "name", "order": "name"}, "successive-differences")
    assert (found.se or 0) ** 2 == pytest.approx(along((data["y"] / data["pi"])[order], data["pi"][order]), rel=1e-10)


def test_certainties_stand_outside_of_the_list(data: dict[str, Any]) -> None:
    rest = {name: np.array(column)[1:] for name, column in data.items()}
    data["pi"][0] = 1.0
    with_one = total(data, {"order": "place"}, "successive-differences")
    without = total(rest, {"order": "place"}, "successive-differences")
    assert with_one.se == pytest.approx(without.se, rel=1e-12)
    assert with_one.df == without.df


def test_a_linear_trend_adds_the_square_of_its_steps() -> None:
    """Every tenth of 400 numbers that grow by 3: N^2 (1 - f) (3 * 10)^2 / (2 n), Wolter (2007), 8.2."""
    found = total({"pi": [0.1] * 40, "y": 3.0 * np.arange(7, 400, 10)}, {}, "successive-differences")
    assert (found.se or 0) ** 2 == pytest.approx(400**2 * 0.9 * 30**2 / (2 * 40), rel=1e-12)


def test_levels_that_change_along_the_list_are_hardly_an_error_of_a_systematic_sample() -> None:
    """Five levels of eighty units each: what every start sees alike is left out, other than by brewer."""
    random, mean, truth = np.random.default_rng(2), dict.fromkeys(("successive-differences", "brewer"), 0.0), 0.0
    for _ in range(8):
        population = np.repeat(random.normal(0, 8, 5), 80) + random.normal(0, 5, 400)
        starts = [population[start::10] for start in range(10)]
        truth += float(np.mean([(10 * each.sum() - population.sum()) ** 2 for each in starts])) / 8
        for method in mean:
            rows = [total({"pi": [0.1] * 40, "y": each}, {}, method) for each in starts]
            mean[method] += float(np.mean([(row.se or 0) ** 2 for row in rows])) / 8
    assert 0.7 * truth < mean["successive-differences"] < 1.3 * truth
    assert mean["brewer"] > 1.5 * mean["successive-differences"]


def residual(data: dict[str, Any], here: list[int], columns: list[str]) -> float:
    """Fit the expanded values on the balancing variables by ordinary least squares of the weighted rows."""
    pi, z = data["pi"][here], (data["y"] / data["pi"])[here]
    x = np.column_stack([np.ones(len(here)), *(data[name][here] / pi for name in columns)])
    root = np.sqrt(1 - pi)
    slope = np.linalg.lstsq(root[:, None] * x, root * z, rcond=None)[0]
    n, p = x.shape
    return float(n / (n - p) * np.sum((1 - pi) * (z - x @ slope) ** 2))


@pytest.mark.parametrize("columns", [[], ["x1"], ["x1", "x2"]])
def test_balanced_samples_have_the_variance_of_residuals(data: dict[str, Any], columns: list[str]) -> None:
    stage = {"strata": "stratum", **({"balance": columns} if columns else {})}
    found = total(data, stage, "balanced" if columns else "hajek")
    expected = residual(data, list(range(5)), columns) + residual(data, list(range(5, 12)), columns)
    assert (found.se or 0) ** 2 == pytest.approx(expected, rel=1e-9)


def test_a_balancing_variable_that_says_nothing_new_counts_for_nothing(data: dict[str, Any]) -> None:
    data["twice"] = 2 * data["x1"] + 3 * data["pi"]
    one = total(data, {"balance": ["x1"]}, "balanced")
    both = total(data, {"balance": ["x1", "twice"]}, "balanced")
    assert both.se == pytest.approx(one.se, rel=1e-8)


def test_a_total_that_was_balanced_has_no_error(data: dict[str, Any]) -> None:
    data["y"] = data["x1"]
    assert total(data, {"balance": ["x1", "x2"]}, "balanced").se == pytest.approx(0, abs=1e-6)


def test_too_many_balancing_variables_for_a_stratum_are_named(data: dict[str, Any]) -> None:
    few = {name: column[:2] for name, column in data.items()}
    with pytest.raises(DataRefusedError) as caught:
        total(few, {"balance": ["x1"]}, "balanced")
    assert [each.code for each in caught.value.complaints] == ["estimate.balance_too_many"]


def near(data: dict[str, Any], distance: Floats) -> float:
    z = data["y"] / data["pi"]
    expected = 0.0
    for unit in range(z.size):
        others = np.delete(distance[unit], unit)
        group = [k for k in range(z.size) if k == unit or distance[unit, k] <= others.min() * (1 + 1e-9)]
        m = len(group)
        expected += m / (m - 1) * (z[unit] - z[group].mean()) ** 2
    return float(expected)


def test_spread_samples_have_the_variance_of_their_neighbourhoods(data: dict[str, Any]) -> None:
    data["x1"], data["x2"] = np.repeat([0.0, 1, 2, 3], 3), np.tile([0.0, 1, 2], 4)  # a grid: many as near as each other
    data["x1"][-1] = 7.5
    at = np.column_stack([data["x1"], data["x2"]])
    distance = np.linalg.norm(at[:, None] - at[None], axis=2)
    found = total(data, {"coordinates": {"plane": ["x1", "x2"]}}, "spread")
    assert (found.se or 0) ** 2 == pytest.approx(near(data, distance), rel=1e-9)


def test_degrees_are_distances_on_the_ground(data: dict[str, Any]) -> None:
    random = np.random.default_rng(5)
    longitude, latitude = random.uniform(-180, 180, 12), random.uniform(60, 89, 12)
    east, north = np.radians(longitude), np.radians(latitude)
    cosine = np.sin(north)[:, None] * np.sin(north) + np.cos(north)[:, None] * np.cos(north) * np.cos(
        east[:, None] - east
    )
    distance = np.arccos(np.clip(cosine, -1, 1))
    found = total(data | {"lon": longitude, "lat": latitude}, {"coordinates": {"degrees": ["lon", "lat"]}}, "spread")
    assert (found.se or 0) ** 2 == pytest.approx(near(data, distance), rel=1e-9)


@pytest.mark.parametrize(
    ("stage", "method", "code"),
    [
        ({"cluster": "stratum", "order": "place"}, "successive-differences", "varies_within_unit"),
        ({"cluster": "stratum", "balance": ["x1"]}, "balanced", "varies_within_unit"),
        ({"order": "gap"}, "successive-differences", "empty_order"),
        ({"balance": ["gap"]}, "balanced", "missing_number"),
        ({"coordinates": {"degrees": ["x1", "far"]}}, "spread", "bad_degrees"),
        ({"coordinates": {"plane": ["stratum", "x1"]}}, "spread", "not_numeric"),
    ],
)
def test_names_what_is_wrong_with_the_data(data: dict[str, Any], stage: dict[str, Any], method: str, code: str) -> None:
    data["gap"], data["far"] = ["", *["1"] * 11], [100.0] * 12
    data["pi"] = np.repeat([0.4, 0.3], [5, 7])
    with pytest.raises(DataRefusedError) as caught:
        total(data, stage, method)
    assert {each.code for each in caught.value.complaints} == {f"estimate.{code}"}


@pytest.mark.parametrize(
    ("stage", "method", "codes"),
    [
        ({"order": "a"}, "brewer", ["plan.key_without_method"]),
        ({"balance": ["a"]}, "hajek", ["plan.key_without_method"]),
        ({"coordinates": {"plane": ["a", "b"]}}, "balanced", ["plan.key_without_method", "plan.missing_key"]),
        ({}, "spread", ["plan.missing_key"]),
        ({"coordinates": {"plane": ["a"]}}, "spread", ["plan.wrong_type", "plan.missing_key"]),
    ],
)
def test_names_what_is_wrong_with_a_stage(stage: dict[str, Any], method: str, codes: list[str]) -> None:
    design = {"stages": [{"probability": "pi", **stage}], "unequal": {"method": method}}
    reading = load_plan({"version": 1, "design": design, "estimates": [TOTAL]})
    assert sorted(each.code for each in reading.complaints) == sorted(codes)
