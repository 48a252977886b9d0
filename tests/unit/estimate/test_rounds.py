"""Changes between rounds that share villages and households: by enumeration, by hand, and at both ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from sampling.estimate import EstimateRow, load_plan, run_plan

Estimate = Callable[..., list[EstimateRow]]
Refuse = Callable[..., list[tuple[str, str]]]

TOTAL = {"id": "t", "statistic": "total", "variables": ["y"], "by": ["round"]}
CHANGE = {"id": "c", "statistic": "contrast", "expression": "t[round=2] - t[round=1]"}


def overlapping(units: int, first: int, second: int, both: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Give every two samples of `first` and `second` units that share `both` of them."""
    for shared in combinations(range(units), both):
        left = [unit for unit in range(units) if unit not in shared]
        for old in combinations(left, first - both):
            for new in combinations([unit for unit in left if unit not in old], second - both):
                yield shared + old, shared + new


def expected(design: dict[str, Any], tables: Iterator[dict[str, Any]]) -> tuple[float, float]:
    """Run the change over all samples: the variance of its estimates, and the mean of the estimated variances."""
    plan = load_plan({"version": 1, "design": design, "estimates": [TOTAL, CHANGE]}).plan
    assert plan is not None
    changes, variances = [], []
    for table in tables:
        row = run_plan(plan, table).rows[-1]
        assert row.se is not None
        changes.append(row.estimate)
        variances.append(row.se**2)
    return float(np.var(np.array(changes, dtype=np.float64))), float(np.mean(variances))


def test_villages_that_rotate_are_unbiased_over_all_samples() -> None:
    before, after = np.array([3.0, 8.0, 5.0, 12.0, 6.0, 1.0]), np.array([4.0, 9.0, 3.0, 15.0, 6.5, 2.0])

    def tables() -> Iterator[dict[str, Any]]:
        for old, new in overlapping(6, 4, 3, 2):
            yield {
                "village": [*old, *new],
                "round": [1] * 4 + [2] * 3,
                "N": [6] * 7,
                "y": [*before[list(old)], *after[list(new)]],
            }

    true, found = expected({"stages": [{"cluster": "village", "population": "N"}], "rounds": "round"}, tables())
    assert found == pytest.approx(true, rel=1e-9)


def test_households_that_rotate_in_villages_that_stay_are_unbiased_over_all_samples() -> None:
    rng = np.random.default_rng(5)
    before = rng.normal(size=(3, 1)) + rng.normal(size=(3, 4))
    after = before + rng.normal(size=(3, 4)) / 2.0
    households = list(overlapping(4, 3, 3, 2))

    def tables() -> Iterator[dict[str, Any]]:
        for villages in combinations(range(3), 2):
            for chosen in product(households, repeat=2):
                rows = [
                    (village, household, number, (before, after)[number - 1][village, household])
                    for village, pair in zip(villages, chosen, strict=True)
                    for number, taken in enumerate(pair, start=1)
                    for household in taken
                ]
                village, household, number, y = zip(*rows, strict=True)
                yield {
                    "village": village,
                    "household": household,
                    "round": number,
                    "y": y,
                    "N": [3] * 12,
                    "M": [4] * 12,
                }

    stages = [{"cluster": "village", "population": "N"}, {"cluster": "household", "population": "M"}]
    true, found = expected({"stages": stages, "rounds": "round"}, tables())
    assert found == pytest.approx(true, rel=1e-9)


def survey(shared: int, seed: int = 2) -> dict[str, Any]:
    """Make two rounds of eight villages in each of two strata, of which `shared` stay; fifteen households a village."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[str, int, int, float, float]] = []
    for stratum, number, village in product("ab", (1, 2), range(8)):
        name = 100 * "ab".index(stratum) + village + (8 if number == 2 and village >= shared else 0)
        level = np.random.default_rng(name).normal()
        rows += [(stratum, name, number, level + rng.normal() + number / 5.0, rng.uniform(1, 3)) for _ in range(15)]
    columns = dict(zip(("stratum", "village", "round", "y", "w"), zip(*rows, strict=True), strict=True))
    return {**columns, "N": [40] * len(rows)}


MEAN = {"id": "t", "statistic": "mean", "variables": ["y"], "by": ["round"]}
VILLAGES = {"stages": [{"cluster": "village", "strata": "stratum", "population": "N"}], "weights": "w"}
ROUNDS = {**VILLAGES, "rounds": "round"}


def test_villages_that_all_stay_are_one_sample(estimate: Estimate) -> None:
    *_, change = estimate(survey(8), MEAN, CHANGE, design=ROUNDS)
    *_, plain = estimate(survey(8), MEAN, CHANGE, design=VILLAGES)
    assert change.se == pytest.approx(plain.se, rel=1e-9)
    assert change.df == plain.df == 14.0


def test_villages_that_all_change_are_two_samples(estimate: Estimate) -> None:
    first, second, change = estimate(survey(0), MEAN, CHANGE, design=ROUNDS)
    assert change.se == pytest.approx(np.hypot(first.se or 0.0, second.se or 0.0))
    assert (first.df, second.df, change.df) == (14.0, 14.0, 28.0)


def test_a_partial_overlap_is_the_formula_by_hand(estimate: Estimate) -> None:
    table = survey(5)
    first, second, change = estimate(table, MEAN, CHANGE, design=ROUNDS)
    w, y, number = (np.array(table[name], dtype=np.float64) for name in ("w", "y", "round"))
    village, stratum = np.array(table["village"]), np.array(table["stratum"])
    score = np.zeros(y.size)
    for each in (1, 2):
        mine = number == each
        score[mine] = (w * (y - np.average(y[mine], weights=w[mine])))[mine] / w[mine].sum()
    covariance = 0.0
    for half in "ab":
        totals = [
            {name: score[(village == name) & (number == each)].sum() for name in village[(stratum == half)]}
            for each in (1, 2)
        ]
        both = sorted(set(village[(stratum == half) & (number == 1)]) & set(village[(stratum == half) & (number == 2)]))
        assert len(both) == 5
        one, other = (np.array([part[name] for name in both]) for part in totals)
        covariance += (1 - 8 * 8 / (40 * 5)) * 5 * np.cov(one, other)[0, 1]
    assert first.se is not None
    assert second.se is not None
    assert change.se is not None
    assert change.se**2 == pytest.approx(first.se**2 + second.se**2 - 2 * covariance)
    assert covariance > 0
    assert change.df == 20.0  # eleven villages in each stratum, whose rounds hang together


def test_every_route_sees_the_shared_villages(estimate: Estimate) -> None:
    *_, change = estimate(survey(5), MEAN, CHANGE, design=ROUNDS)
    *_, slope = estimate(survey(5), {"id": "g", "statistic": "glm", "formula": "y ~ round"}, design=ROUNDS)
    assert slope.estimate == pytest.approx(change.estimate)
    assert slope.se == pytest.approx(change.se, rel=1e-6)


def test_calibrated_weights_see_the_shared_villages(estimate: Estimate) -> None:
    table = survey(8)
    table["kind"] = ["xy"[row % 2] for row in range(len(table["y"]))]
    margins = {"kind": {kind: 300.0 + 60.0 * (kind == "x") for kind in "xy"}}
    more = {"calibration": {"method": "poststratify", "margins": margins}}
    median = {"id": "q", "statistic": "quantile", "variables": ["y"], "p": 0.5, "by": ["round"]}
    gap = {"id": "e", "statistic": "contrast", "expression": "q[round=2] - q[round=1]"}
    rows = estimate(table, MEAN, CHANGE, median, gap, design={**ROUNDS, **more})
    twins = estimate(table, MEAN, CHANGE, median, gap, design={**VILLAGES, **more})
    assert [row.se for row in rows] == pytest.approx([row.se for row in twins], rel=1e-9)


def test_a_county_that_was_drawn_is_compared_with_itself(estimate: Estimate) -> None:
    table = survey(5)
    inside = {"stages": [{"cluster": "stratum"}, {"cluster": "village", "population": "N"}], "weights": "w"}
    means = {**MEAN, "by": ["stratum", "round"]}
    change = {**CHANGE, "by": ["stratum"]}
    rows = estimate(table, means, change, design={**inside, "rounds": "round"})[-2:]
    twins = estimate(table, means, change, design=ROUNDS)[-2:]
    for row, twin in zip(rows, twins, strict=True):
        assert row.flags == ("given_first_stage_unit",)
        assert row.se == pytest.approx(twin.se)
        assert row.df == twin.df


def test_three_rounds_keep_every_pair(estimate: Estimate) -> None:
    table = survey(5)
    third = [row for row in range(len(table["y"])) if table["round"][row] == 2]
    more = {name: [*values, *(values[row] for row in third)] for name, values in table.items()}
    more["round"] = [*table["round"], *(3 for _ in third)]
    more["y"] = [*table["y"], *(table["y"][row] * 0.9 + row % 7 / 10.0 for row in third)]
    last = {**CHANGE, "id": "d", "expression": "t[round=3] - t[round=2]"}
    *_, early, late = estimate(more, MEAN, CHANGE, last, design=ROUNDS)
    *_, alone = estimate(table, MEAN, CHANGE, design=ROUNDS)
    panel = {
        name: [value for value, number in zip(values, more["round"], strict=True) if number > 1]
        for name, values in more.items()
    }
    *_, kept = estimate(panel, MEAN, last, design=ROUNDS)
    assert early.se == pytest.approx(alone.se)
    assert late.se == pytest.approx(kept.se)


@pytest.mark.parametrize(
    "more",
    [
        {"replicates": {"method": "jk1"}},
        {"lonely_psu": "adjust"},
        {"stages": [{"cluster": "v", "draws": "k"}]},
        {"stages": [{"cluster": "v", "probability": "p"}], "unequal": {"method": "poisson"}},
        {"stages": [{"cluster": "v", "probability": "p"}], "unequal": {"method": "successive-differences"}},
    ],
)
def test_refuses_rounds_where_their_covariance_is_not_known(refuse: Refuse, more: dict[str, Any]) -> None:
    assert ("plan.key_not_for", "design.rounds") in refuse(rounds="round", **more)


def test_refuses_rows_without_a_round(estimate: Estimate) -> None:
    table = survey(5)
    table["round"] = [None, *table["round"][1:]]
    with pytest.raises(Exception, match="empty_label"):
        estimate(table, MEAN, design=ROUNDS)
