"""The variance by a second route: the textbook sums written out as loops over units, stage by stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.estimate import EstimateRow

Estimate = Callable[..., list[EstimateRow]]
Row = dict[str, Any]
THREE_STAGES = {
    "stages": [
        {"cluster": "county", "strata": "region", "population": "N1"},
        {"cluster": "village", "population": "N2"},
        {"strata": "kind", "population": "N3"},
    ],
    "weights": "w",
    "nested": True,
}


def _sample(seed: int, *, counties: int = 3) -> list[Row]:
    """Invent a three-stage sample: regions, counties in them, villages, two kinds of household."""
    random = np.random.default_rng(seed)
    rows = []
    for region, population in (("东", 9), ("西", 6)):
        for county in range(counties):
            villages, of_villages = int(random.integers(2, 4)), int(random.integers(4, 9))
            for village in range(villages):
                for kind in ("脱贫户", "一般户"):
                    households, of_households = int(random.integers(2, 4)), int(random.integers(3, 12))
                    households = min(households, of_households)
                    for _ in range(households):
                        rows.append(
                            {
                                "region": region,
                                "county": f"县{county}",
                                "village": f"村{village}",
                                "kind": kind,
                                "N1": population,
                                "N2": of_villages,
                                "N3": of_households,
                                "w": population / counties * of_villages / villages * of_households / households,
                                "y": float(random.normal(10, 3)),
                                "size": int(random.integers(1, 6)),
                            }
                        )
    return rows


def _columns(rows: list[Row]) -> dict[str, list[str]]:
    return {
        name: [repr(row[name]) if isinstance(row[name], float) else str(row[name]) for row in rows] for name in rows[0]
    }


def _groups(rows: list[Row], *names: str) -> Iterator[list[Row]]:
    keys = sorted({tuple(row[name] for name in names) for row in rows})
    for key in keys:
        yield [row for row in rows if tuple(row[name] for name in names) == key]


def _between(units: list[list[Row]], population: float) -> float:
    """Give N^2 (1 - f) s^2 / n of the weighted unit totals, which carry N / n already."""
    totals = [sum(row["u"] for row in unit) for unit in units]
    n = len(totals)
    mean = sum(totals) / n
    return (1 - n / population) * n / (n - 1) * sum((total - mean) ** 2 for total in totals)


def _three_stages(rows: list[Row]) -> float:
    """Add up the stages; each stage's variance counts with the sampling fractions of the stages above."""
    total = 0.0
    for region in _groups(rows, "region"):
        counties = list(_groups(region, "county"))
        f1 = len(counties) / region[0]["N1"]
        total += _between(counties, region[0]["N1"])
        for county in counties:
            villages = list(_groups(county, "village"))
            f2 = len(villages) / county[0]["N2"]
            total += f1 * _between(villages, county[0]["N2"])
            for village in villages:
                for kind in _groups(village, "kind"):
                    total += f1 * f2 * _between([[row] for row in kind], kind[0]["N3"])
    return total


def _scored(rows: list[Row], score: Callable[[Row], float]) -> list[Row]:
    return [{**row, "u": score(row)} for row in rows]


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_three_stages_against_loops(estimate: Estimate, seed: int) -> None:
    rows = _sample(seed)
    weight = sum(row["w"] for row in rows)
    mean = sum(row["w"] * row["y"] for row in rows) / weight
    size = sum(row["w"] * row["size"] for row in rows)
    ratio = sum(row["w"] * row["y"] for row in rows) / size
    found = estimate(
        _columns(rows),
        {"id": "t", "statistic": "total", "variables": ["y"]},
        {"id": "m", "statistic": "mean", "variables": ["y"]},
        {"id": "r", "statistic": "ratio", "numerator": "y", "denominator": "size"},
        design=THREE_STAGES,
    )
    expected = [
        _three_stages(_scored(rows, lambda row: row["w"] * row["y"])),
        _three_stages(_scored(rows, lambda row: row["w"] * (row["y"] - mean) / weight)),
        _three_stages(_scored(rows, lambda row: row["w"] * (row["y"] - ratio * row["size"]) / size)),
    ]
    assert [row.se for row in found] == pytest.approx(list(np.sqrt(expected)), rel=1e-9)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_a_domain_is_a_mask_on_the_full_design(estimate: Estimate, seed: int) -> None:
    """Rows outside a domain score 0 and keep their units: the same as a loop over the full sample."""
    rows = _sample(seed)
    inside = [row for row in rows if row["size"] >= 3]
    weight = sum(row["w"] for row in inside)
    mean = sum(row["w"] * row["y"] for row in inside) / weight
    expected = _three_stages(
        _scored(rows, lambda row: row["w"] * (row["y"] - mean) / weight if row["size"] >= 3 else 0.0)
    )
    (found,) = estimate(
        _columns(rows),
        {"id": "m", "statistic": "mean", "variables": ["y"], "where": "size >= 3"},
        design=THREE_STAGES,
    )
    assert found.se == pytest.approx(np.sqrt(expected), rel=1e-9)
    # A total over a domain equals the total of a variable that is 0 outside it.
    masked = [{**row, "y": row["y"] if row["size"] >= 3 else 0.0} for row in rows]
    total = {"id": "t", "statistic": "total", "variables": ["y"]}
    (over_domain,) = estimate(_columns(rows), {**total, "where": "size >= 3"}, design=THREE_STAGES)
    (over_all,) = estimate(_columns(masked), total, design=THREE_STAGES)
    assert (over_domain.estimate, over_domain.se) == pytest.approx((over_all.estimate, over_all.se), rel=1e-9)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_does_not_matter(estimate: Estimate, seed: int) -> None:
    rows = _sample(seed)
    shuffled = [rows[index] for index in np.random.default_rng(seed).permutation(len(rows))]
    statements = (
        {"id": "m", "statistic": "mean", "variables": ["y"], "by": ["kind", "region"]},
        {"id": "p", "statistic": "proportion", "variables": ["kind"], "design_effect": True},
    )
    one = estimate(_columns(rows), *statements, design=THREE_STAGES)
    other = estimate(_columns(shuffled), *statements, design=THREE_STAGES)
    for left, right in zip(one, other, strict=True):
        assert (left.id, left.level, left.domain, left.n, left.df) == (
            right.id,
            right.level,
            right.domain,
            right.n,
            right.df,
        )
        for name in ("estimate", "se", "low", "high", "deff"):
            one_value, other_value = getattr(left, name), getattr(right, name)
            assert one_value == (None if other_value is None else pytest.approx(other_value, rel=1e-9))


def _unequal(seed: int) -> tuple[dict[str, list[str]], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    random = np.random.default_rng(seed)
    pi, y = random.uniform(0.05, 0.9, 8).round(6), random.normal(20, 5, 8).round(6)
    return {"pi": [repr(float(x)) for x in pi], "y": [repr(float(x)) for x in y]}, pi, y / pi


PAIRS: dict[str, Callable[[float, float, int, float], float]] = {
    "hartley-rao": lambda a, b, n, psum: (n - a - b + psum) / (n - 1),
    "overton": lambda a, b, n, _: (n - (a + b) / 2) / (n - 1),
}


@given(seed=st.integers(0, 10_000), form=st.sampled_from(["ht", "yg"]), psum=st.sampled_from([None, 0.3]))
@settings(max_examples=30, deadline=None)
@pytest.mark.parametrize("method", PAIRS)
def test_unequal_probabilities_against_all_pairs(
    estimate: Estimate, method: str, seed: int, form: str, psum: float | None
) -> None:
    """The sums over units equal the double sum over pairs with pi_i pi_j / pi_ij written out."""
    table, pi, z = _unequal(seed)
    n = len(pi)
    used = float(np.mean(pi)) if psum is None else psum
    variance = 0.0 if form == "yg" else float(np.sum((1 - pi) * z**2))
    for i, j in combinations(range(n), 2):
        quotient = PAIRS[method](pi[i], pi[j], n, used)
        variance += (quotient - 1) * (z[i] - z[j]) ** 2 if form == "yg" else 2 * (1 - quotient) * z[i] * z[j]
    unequal: dict[str, Any] = {"method": method, "variance": form}
    if method == "hartley-rao" and psum is not None:
        unequal["psum"] = psum
    (row,) = estimate(
        table,
        {"id": "t", "statistic": "total", "variables": ["y"]},
        design={"stages": [{"probability": "pi"}], "unequal": unequal},
    )
    if variance < 0:
        assert (row.se, row.reason) == (None, "estimate.negative_variance")
    else:
        assert row.se == pytest.approx(np.sqrt(variance), rel=1e-8, abs=1e-6)


def test_certainty_clusters_become_strata_and_the_next_stage_their_psus(estimate: Estimate) -> None:
    """Villages of probability 1 leave their stratum's mean and count; their households carry the variance."""
    random = np.random.default_rng(5)
    rows: list[Row] = []
    for village, pi in (("甲", 1.0), ("乙", 0.4), ("丙", 0.5), ("丁", 0.25)):
        for _ in range(4):
            rows.append({"village": village, "pi": pi, "N": 10, "y": float(random.normal(10, 2))})
    for row in rows:
        row["w"] = 10 / 4 / row["pi"]
        row["u"] = row["w"] * row["y"]
    drawn = [group for group in _groups(rows, "village") if group[0]["pi"] < 1]
    totals = np.array([sum(row["u"] for row in group) for group in drawn])
    pi = np.array([group[0]["pi"] for group in drawn])
    n = len(totals)
    expected = float(np.sum((1 - pi) * n / (n - 1) * (totals - totals.mean()) ** 2))
    for group in _groups(rows, "village"):
        expected += group[0]["pi"] * _between([[row] for row in group], 10)
    (row,) = estimate(
        _columns(rows),
        {"id": "t", "statistic": "total", "variables": ["y"]},
        design={
            "stages": [{"cluster": "village", "probability": "pi"}, {"population": "N"}],
            "weights": "w",
            "unequal": {"method": "brewer"},
        },
    )
    assert row.se == pytest.approx(np.sqrt(expected), rel=1e-10)
    assert row.df == (3 - 1) + (4 - 1)


def test_brewer_is_hartley_rao_with_the_sample_mean_of_pi(estimate: Estimate) -> None:
    table, _, _ = _unequal(3)
    statement = {"id": "t", "statistic": "total", "variables": ["y"]}
    errors = [
        estimate(table, statement, design={"stages": [{"probability": "pi"}], "unequal": unequal})[0].se
        for unequal in ({"method": "brewer"}, {"method": "hartley-rao", "variance": "yg"})
    ]
    assert errors[0] == pytest.approx(errors[1], rel=1e-12)


def test_adjust_centres_a_lone_unit_at_the_mean_over_all_units(estimate: Estimate) -> None:
    """One county in its stratum: its total is compared with the mean of all county totals (survey 4.2 and later)."""
    rows = [row for row in _sample(8) if row["region"] == "东" or row["county"] == "县0"]
    for row in rows:
        row["u"] = row["w"] * row["y"]
    expected = 0.0
    strata = [list(_groups(region, "county")) for region in _groups(rows, "region")]
    everything = sum(row["u"] for row in rows) / sum(len(counties) for counties in strata)
    for counties in strata:
        totals = [sum(row["u"] for row in county) for county in counties]
        if len(totals) == 1:
            expected += (totals[0] - everything) ** 2
        else:
            expected += len(totals) / (len(totals) - 1) * sum((x - np.mean(totals)) ** 2 for x in totals)
    (row,) = estimate(
        _columns(rows),
        {"id": "t", "statistic": "total", "variables": ["y"]},
        design={
            "stages": [{"cluster": "county", "strata": "region"}],
            "weights": "w",
            "nested": True,
            "lonely_psu": "adjust",
        },
    )
    assert row.se == pytest.approx(np.sqrt(expected), rel=1e-9)


def test_weights_follow_from_populations_and_probabilities(estimate: Estimate) -> None:
    rows = _sample(2)
    stages = THREE_STAGES["stages"]
    statement = {"id": "t", "statistic": "total", "variables": ["y"]}
    (given_weights,) = estimate(_columns(rows), statement, design=THREE_STAGES)
    (own_weights,) = estimate(_columns(rows), statement, design={"stages": stages, "nested": True})
    assert own_weights.estimate == pytest.approx(given_weights.estimate, rel=1e-9)
    assert own_weights.se == pytest.approx(given_weights.se, rel=1e-9)
