"""Contrasts of domains, levels, variables and quantiles, by second routes; variances of a column likewise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sampling.estimate import EstimateRow
from sampling.estimate.table import FloatArray

Estimate = Callable[..., list[EstimateRow]]
Refuse = Callable[..., list[tuple[str, str]]]

VILLAGES = {"stages": [{"cluster": "village", "strata": "half"}], "weights": "w"}


def sample(seed: int = 1, rows: int = 160) -> dict[str, Any]:
    """Make villages in two halves of the country, households of two classes in them."""
    rng = np.random.default_rng(seed)
    village = rng.integers(0, 16, rows)
    kind = np.array(["poor", "not poor"])[rng.integers(0, 2, rows)]
    income: FloatArray = rng.normal(10.0, 2.0, rows) + village / 4.0 + (kind == "poor") * -2.0
    return {
        "village": village,
        "half": np.where(village < 8, "north", "south").tolist(),
        "class": kind.tolist(),
        "poor": (kind == "poor") * 1.0,
        "income": income,
        "size": rng.integers(1, 7, rows) * 1.0,
        "w": rng.uniform(1.0, 5.0, rows),
    }


MEAN = {"id": "m", "statistic": "mean", "variables": ["income"], "by": ["class"]}
GAP = {"id": "c", "statistic": "contrast", "expression": "m[class=poor] - m['class'='not poor']"}


def test_the_difference_of_domains_is_the_slope_of_a_dummy(estimate: Estimate) -> None:
    gap = estimate(sample(), MEAN, GAP, design=VILLAGES)[-1]
    model = estimate(sample(), {"id": "g", "statistic": "glm", "formula": "income ~ poor"}, design=VILLAGES)
    slope = model[-1]
    assert gap.estimate == pytest.approx(slope.estimate, rel=1e-9)
    assert gap.se == pytest.approx(slope.se, rel=1e-7)


def test_columns_and_estimates_of_any_name_stand_in_backticks(estimate: Estimate) -> None:
    plain = estimate(sample(), MEAN, GAP, design=VILLAGES)[-1]
    renamed = {"level": sample()["class"], "a-b": sample()["income"], **sample()}
    mean = {"id": "m-1", "statistic": "mean", "variables": ["a-b"], "by": ["level"], "where": "`a-b` > -99"}
    for other in ("`level`=not poor", "'level'=`not poor`"):
        gap = {**GAP, "expression": f"`m-1`[`level`=poor] - `m-1`[{other}]"}
        row = estimate(renamed, mean, gap, design=VILLAGES)[-1]
        assert (row.estimate, row.se) == pytest.approx((plain.estimate, plain.se), rel=1e-12)


def test_domains_that_share_villages_keep_their_covariance(estimate: Estimate) -> None:
    poor, other, gap = (row for row in estimate(sample(), MEAN, GAP, design=VILLAGES)[-3:])
    total = {"id": "s", "statistic": "contrast", "expression": "m[class=poor] + m['class'='not poor']"}
    both = estimate(sample(), MEAN, total, design=VILLAGES)[-1]
    assert gap.se is not None
    assert both.se is not None
    assert poor.se is not None
    assert other.se is not None
    assert gap.se**2 + both.se**2 == pytest.approx(2 * (poor.se**2 + other.se**2))
    assert gap.se < both.se  # villages differ, and their classes with them


def test_domains_of_different_strata_have_none(estimate: Estimate) -> None:
    mean = {**MEAN, "by": ["half"]}
    gap = {**GAP, "expression": "m[half=north] - m[half=south]"}
    north, south, both = estimate(sample(), mean, gap, design=VILLAGES)
    assert both.se == pytest.approx(np.hypot(north.se or 0.0, south.se or 0.0))
    assert (both.df, both.n) == (14.0, 160)


def test_columns_that_are_not_picked_stay_the_contrast_s_own(estimate: Estimate) -> None:
    mean = {**MEAN, "by": ["half", "class"]}
    gap = {**GAP, "by": ["half"]}
    rows = [row for row in estimate(sample(), mean, gap, design=VILLAGES) if row.id == "c"]
    assert [row.domain for row in rows] == [{"half": "north"}, {"half": "south"}]
    for row in rows:
        twin = estimate(sample(), {**MEAN, "where": f"half == '{row.domain['half']}'"}, GAP, design=VILLAGES)[-1]
        assert [row.estimate, row.se] == pytest.approx([twin.estimate, twin.se])
        assert (row.df, row.n) == (twin.df, twin.n)


def test_levels_and_variables_are_picked(estimate: Estimate) -> None:
    share = {"id": "s", "statistic": "proportion", "variables": ["class"]}
    level = {"id": "c", "statistic": "contrast", "expression": "s[level=poor]"}
    (_, poor, again) = estimate(sample(), share, level, design=VILLAGES)
    assert poor.level == "poor"
    assert [poor.estimate, poor.se] == pytest.approx([again.estimate, again.se])
    means = {"id": "m", "statistic": "mean", "variables": ["income", "size"]}
    ratio = {"id": "c", "statistic": "contrast", "expression": "m[variable=income] / m[variable=size]"}
    direct = {"id": "r", "statistic": "ratio", "numerator": "income", "denominator": "size"}
    *_, by_means, by_ratio = estimate(sample(), means, ratio, direct, design=VILLAGES)
    assert by_means.estimate == pytest.approx(by_ratio.estimate)
    assert by_means.se == pytest.approx(by_ratio.se)


def test_a_quantile_alone_keeps_its_error_in_a_contrast(estimate: Estimate) -> None:
    median = {"id": "q", "statistic": "quantile", "variables": ["income"], "p": [0.25, 0.5], "by": ["class"]}
    alone = {"id": "c", "statistic": "contrast", "expression": "q[p=0.5]", "by": ["class"]}
    rows = estimate(sample(), median, alone, design=VILLAGES)
    medians = [row for row in rows if row.p == 0.5]
    assert [row.se for row in rows if row.id == "c"] == pytest.approx([row.se for row in medians])


def test_the_difference_of_quantiles_agrees_with_its_resampled_error(estimate: Estimate) -> None:
    rng = np.random.default_rng(11)
    income = rng.lognormal(0.0, 0.7, 4000)
    table = {"income": income, "w": np.ones(4000)}
    quantile = {"id": "q", "statistic": "quantile", "variables": ["income"], "p": [0.25, 0.75], "rule": "hf7"}
    gap = {"id": "c", "statistic": "contrast", "expression": "q[p=0.75] - q[p=0.25]"}
    row = estimate(table, quantile, gap)[-1]
    again = [np.subtract(*np.quantile(rng.choice(income, 4000), [0.75, 0.25])) for _ in range(400)]
    assert row.se == pytest.approx(np.std(again), rel=0.12)


def test_a_variance_is_a_ratio_of_totals(estimate: Estimate) -> None:
    table = sample()
    centre = np.average(table["income"], weights=table["w"])
    squares = table | {"squared": (table["income"] - centre) ** 2, "one": np.ones(160)}
    variance = {"id": "v", "statistic": "variance", "variables": ["income"]}
    ratio = {"id": "r", "statistic": "ratio", "numerator": "squared", "denominator": "one"}
    (found, twin) = estimate(squares, variance, ratio, design=VILLAGES)
    assert twin.estimate is not None
    assert twin.se is not None
    assert found.estimate == pytest.approx(twin.estimate * 160 / 159)
    assert found.se == pytest.approx(twin.se * 160 / 159)


def test_a_variance_is_replicated_as_a_whole(estimate: Estimate) -> None:
    table = sample()
    plain = {"stages": [{"cluster": "village"}], "weights": "w"}
    variance = {"id": "v", "statistic": "variance", "variables": ["income"]}
    (row,) = estimate(table, variance, design={**plain, "replicates": {"method": "jk1"}})
    found = []
    for left_out in range(16):
        w = np.where(table["village"] == left_out, 0.0, table["w"] * 16 / 15)
        centre = np.average(table["income"], weights=w)
        found.append(np.average((table["income"] - centre) ** 2, weights=w) * 160 / 159)
    assert row.se == pytest.approx(np.sqrt(15 / 16 * np.sum((found - np.mean(found)) ** 2)))


def test_counties_that_were_drawn_are_compared_given_both(estimate: Estimate) -> None:
    rng = np.random.default_rng(3)
    table = {
        "county": np.repeat(["a", "b", "c"], 40).tolist(),
        "village": np.repeat(np.arange(24), 5),
        "x": rng.normal(size=120),
        "w": np.ones(120),
    }
    design = {"stages": [{"cluster": "county"}, {"cluster": "village"}], "weights": "w"}
    mean = {"id": "m", "statistic": "mean", "variables": ["x"], "by": ["county"]}
    whole = {"id": "all", "statistic": "mean", "variables": ["x"]}
    gap = {"id": "c", "statistic": "contrast", "expression": "m[county=a] - m[county=b]"}
    mixed = {"id": "d", "statistic": "contrast", "expression": "m[county=a] - all"}
    a, b, _, _, difference, nothing = estimate(table, mean, whole, gap, mixed, design=design)
    assert difference.se == pytest.approx(np.hypot(a.se or 0.0, b.se or 0.0))
    assert (difference.df, difference.flags) == (14.0, ("given_first_stage_unit",))
    assert (nothing.estimate, nothing.reason) == (None, "estimate.parts_of_two_designs")


def test_rates_of_two_domains_mixed_are_a_rate(estimate: Estimate) -> None:
    share = {"id": "s", "statistic": "proportion", "variables": ["poor"], "by": ["half"]}
    mix = {
        "id": "c",
        "statistic": "contrast",
        "expression": "0.4 * s[half=north] + 0.6 * s[half=south]",
        "threshold": {"value": 0.7, "side": "upper"},
    }
    row = estimate(sample(), share, mix, design=VILLAGES)[-1]
    assert row.n_effective is not None
    assert row.verdict == "达标"


@pytest.mark.parametrize("pick", ["m[class=rich]", "m[class=poor] - m[class=rich]"])
def test_what_is_not_in_the_data_has_no_figure(estimate: Estimate, pick: str) -> None:
    row = estimate(sample(), MEAN, {**GAP, "expression": pick}, design=VILLAGES)[-1]
    assert (row.estimate, row.reason) == (None, "estimate.part_without_figures")


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("m", "plan.other_domains"),
        ("m[half=north]", "plan.unknown_pick"),
        ("m[class=poor, variable=size]", "plan.unknown_pick"),
        ("m[class=poor, p=0.5]", "plan.unknown_pick"),
        ("q[level=a]", "plan.unknown_pick"),
        ("q", "plan.several_shares"),
        ("q[p=0.3]", "plan.unknown_pick"),
        ("two", "plan.several_variables"),
        ("t", "plan.no_part"),
        ("m[class]", "plan.bad_expression"),
        ("m[class=poor, class=rich]", "plan.bad_expression"),
        ("m[class=poor][class=poor]", "plan.bad_expression"),
        ("m[p=half]", "plan.bad_expression"),
    ],
)
def test_refuses_picks_that_mean_nothing(refuse: Refuse, expression: str, code: str) -> None:
    earlier: list[dict[str, Any]] = [
        MEAN,
        {"id": "q", "statistic": "quantile", "variables": ["income"], "p": [0.25, 0.5]},
        {"id": "two", "statistic": "mean", "variables": ["income", "size"]},
        {"id": "t", "statistic": "ttest", "variables": ["income", "class"]},
    ]
    found = refuse(*earlier, {**GAP, "expression": expression})
    assert (code, "estimates[4].expression") in found
