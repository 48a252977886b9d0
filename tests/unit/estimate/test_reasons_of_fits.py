"""Tests and models without figures: the reason, and what is remarked on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from sampling.estimate import Results, Table, load_plan, run_plan
from tests.unit.estimate.sample_of_villages import DESIGN, STATEMENTS, UNITS, Estimate, glm, sample


@pytest.mark.parametrize(
    ("changed", "statement", "reason"),
    [
        ({"poor": "south"}, glm("poor ~ group", family="binomial"), "estimate.separation"),
        ({}, glm("income ~ persons + I(2 * persons)"), "estimate.collinear"),
        ({}, glm("income ~ kind", where="kind == 'a'"), "estimate.one_group"),
        ({}, glm("income ~ factor(village)"), "estimate.too_many_coefficients"),
        ({}, glm("kind ~ income"), "estimate.text_response"),
        ({}, glm("kind ~ income", family="binomial"), "estimate.text_response"),
        ({}, glm("income ~ persons", family="binomial"), "estimate.response_outside_zero_one"),
        ({}, glm("I(-persons) ~ income", family="poisson"), "estimate.negative_count"),
        ({}, glm("log(income - 10) ~ persons"), "estimate.undefined"),
        ({}, glm("I(1e200 * income) ~ persons"), "estimate.undefined"),
        ({}, glm("income ~ I(1e200 * persons)"), "estimate.undefined"),
        ({}, {"id": "a", "statistic": "ttest", "formula": "I(1e200 * income) ~ 0"}, "estimate.undefined"),
        ({}, glm("income ~ persons", where="income < 0"), "estimate.empty_domain"),
        ({}, {"id": "a", "statistic": "ttest", "variables": ["kind"]}, "estimate.text_response"),
        ({}, {"id": "a", "statistic": "ttest", "variables": ["income", "kind"]}, "estimate.more_than_two_groups"),
        (
            {},
            {"id": "a", "statistic": "ttest", "variables": ["income", "kind"], "where": "kind == 'b'"},
            "estimate.one_group",
        ),
        (
            {},
            {"id": "a", "statistic": "ranktest", "variables": ["income", "group"], "where": "group == 'north'"},
            "estimate.one_group",
        ),
        (
            {},
            {"id": "a", "statistic": "chisq", "variables": ["kind", "group"], "where": "group == 'north'"},
            "estimate.one_group",
        ),
        (
            {},
            {"id": "a", "statistic": "chisq", "variables": ["village", "kind"], "test": "Wald"},
            "estimate.singular_covariance",
        ),
        ({}, {"id": "a", "statistic": "ranktest", "variables": ["income", "village"]}, "estimate.singular_covariance"),
        ({}, {"id": "a", "statistic": "chisq", "variables": ["income", "kind"]}, "estimate.too_many_cells"),
        ({}, {"id": "a", "statistic": "ttest", "variables": ["income"], "where": "village == 3"}, None),
    ],
)
def test_says_why_there_are_no_figures(
    estimate: Estimate, changed: dict[str, str], statement: dict[str, Any], reason: str | None
) -> None:
    table = sample()
    if changed:
        table["poor"] = [int(name == changed["poor"]) for name in table["group"]]
    rows = estimate(table, statement, design=DESIGN)
    assert {row.reason for row in rows} == {reason or "estimate.no_degrees_of_freedom"}
    for row in rows:
        assert (row.estimate, row.se, row.statistic, row.p_value) == (None,) * 4


def test_an_exact_fit_has_no_interval(estimate: Estimate) -> None:
    rows = estimate({**sample(), "exact": np.full(UNITS * 12, 3.0)}, glm("exact ~ persons"), design=DESIGN)
    for row, value in zip(rows, (3.0, 0.0), strict=True):
        assert row.estimate == pytest.approx(value, abs=1e-9)
        assert (row.se, row.low, row.high, row.p_value) == (0.0, None, None, None)
        assert row.reason == "estimate.no_variance"


def test_missing_values_leave_or_stop_a_domain(estimate: Estimate) -> None:
    table = sample()
    table["persons"] = [None, *table["persons"].tolist()[1:]]
    stopped = estimate(table, glm("income ~ persons"), design=DESIGN)
    assert [row.reason for row in stopped] == ["estimate.missing_values"]
    left = estimate(table, glm("income ~ persons", missing="drop"), design=DESIGN)
    assert [row.n for row in left] == [UNITS * 12 - 1] * 2


def test_a_lone_unit_stops_or_is_remarked_on(estimate: Estimate) -> None:
    table = sample()
    table["stratum"] = [9 if village == 0 else stratum for village, stratum in zip(table["village"], table["stratum"])]  # noqa: B905
    for statement in STATEMENTS[1:5]:
        stopped = estimate(table, {**statement, "by": []}, design=DESIGN)
        assert {row.reason for row in stopped} == {"estimate.lonely_psu"}
        kept = estimate(table, {**statement, "by": []}, design={**DESIGN, "lonely_psu": "adjust"})
        assert all(row.flags == ("lonely_psu",) for row in kept)


def test_the_interval_and_its_degrees_of_freedom_are_the_plans(estimate: Estimate) -> None:
    asked = {"id": "a", "statistic": "ttest", "variables": ["income"], "null": 9.0}
    plain, wide, normal, upper = (
        estimate(sample(), {**asked, "interval": interval}, design=DESIGN)[0]
        for interval in ({}, {"level": 0.99}, {"df": "infinite"}, {"side": "upper"})
    )
    assert plain.df == UNITS - 4 - 1
    for row, level, df in ((plain, 0.95, plain.df), (wide, 0.99, plain.df), (normal, 0.95, np.inf)):
        assert row.high - row.estimate == pytest.approx(stats.t.ppf(0.5 + level / 2, df) * row.se, rel=1e-9)
        assert row.p_value == pytest.approx(2 * stats.t.sf(abs(row.statistic), df), rel=1e-9)
    assert upper.low is None
    assert upper.high < plain.high


@pytest.mark.parametrize("test", ["wilcoxon", "KruskalWallis", "vanderWaerden", "median"])
@pytest.mark.parametrize("groups", [2, 3, 4])
def test_ranks_of_a_constant_variable_do_not_vary(estimate: Estimate, groups: int, test: str) -> None:
    """Weights that are no whole numbers leave rounding in every mean, which is no difference between groups."""
    random = np.random.default_rng(groups)
    n = 60
    data = {
        "village": [f"v{row % 10}" for row in range(n)],
        "w": random.uniform(1.0, 9.0, n),
        "same": np.full(n, 5.0),
        "g": random.choice(list("abcd"[:groups]), n),
    }
    statement = {"id": "r", "statistic": "ranktest", "variables": ["same", "g"], "test": test}
    (row,) = estimate(data, statement, design={"stages": [{"cluster": "village"}], "weights": "w"})
    assert (row.statistic, row.p_value, row.reason) == (None, None, "estimate.no_variance")


def test_tables_alike_in_every_village_do_not_vary(estimate: Estimate) -> None:
    weights = np.repeat(np.random.default_rng(3).uniform(1.0, 9.0, 8), 4) / 3.0
    data = {
        "village": np.repeat(np.arange(8), 4),
        "w": weights,
        "a": ["x", "x", "y", "y"] * 8,
        "b": ["p", "q", "p", "q"] * 8,
    }
    for test in ("Wald", "adjWald", "F", "Chisq", "lincom"):
        statement = {"id": "r", "statistic": "chisq", "variables": ["a", "b"], "test": test}
        (row,) = estimate(data, statement, design={"stages": [{"cluster": "village"}], "weights": "w"})
        assert (row.statistic, row.p_value, row.reason) == (None, None, "estimate.no_variance"), test


def test_a_county_that_was_drawn_is_compared_given_itself(estimate: Estimate) -> None:
    table = {**sample(), "N": np.full(UNITS * 12, 9.0)}
    design = {"stages": [{"cluster": "stratum"}, {"cluster": "village", "population": "N"}], "weights": "w"}
    rows = estimate(
        table,
        glm("income ~ 1", by=["stratum"]),
        {"id": "m", "statistic": "mean", "variables": ["income"], "by": ["stratum"]},
        {"id": "t", "statistic": "ttest", "variables": ["income", "group"], "by": ["stratum"]},
        glm("income ~ group", by=["stratum"]) | {"id": "g"},
        design=design,
    )
    for model, mean in zip(rows[:4], rows[4:8], strict=True):
        assert (model.estimate, model.se, model.df) == (
            pytest.approx(mean.estimate, rel=1e-9),
            pytest.approx(mean.se, rel=1e-9),
            mean.df,
        )
    slopes = [row for row in rows if row.variable == "groupsouth"]
    for test, slope in zip(rows[8:12], slopes, strict=True):
        assert (test.se, test.df) == (pytest.approx(slope.se, rel=1e-9), slope.df)
    assert all("given_first_stage_unit" in row.flags for row in rows)


def test_replicates_that_empty_a_group_count_for_none_and_are_remarked_on(estimate: Estimate) -> None:
    table = sample()
    table["group"] = ["south" if village == 2 else "north" for village in table["village"]]
    rows = estimate(
        table,
        {"id": "t", "statistic": "ttest", "variables": ["income", "group"]},
        glm("income ~ group"),
        glm("income ~ persons") | {"id": "p"},
        design={**DESIGN, "replicates": {"method": "jkn"}},
    )
    left, alone = "replicates_left_out", "group_in_one_unit"
    assert [row.flags for row in rows] == [(left, alone), (left,), (left, alone), (), ()]
    assert all(row.se is not None and row.se > 0 for row in rows)


@pytest.mark.parametrize("size", [1e300, 1e-300, 1e154, 1e-160])
@pytest.mark.parametrize(
    "statement",
    [
        {"statistic": "chisq", "variables": ["y", "g"]},
        {"statistic": "chisq", "variables": ["y", "g"], "test": "Wald"},
        {"statistic": "ranktest", "variables": ["x", "g"]},
        {"statistic": "ttest", "variables": ["x", "y"]},
        {"statistic": "glm", "formula": "y ~ x", "family": "binomial"},
        {"statistic": "total", "variables": ["x"]},
        {"statistic": "variance", "variables": ["x"]},
        {"statistic": "quantile", "variables": ["x"], "p": 0.5, "rule": "hf7"},
    ],
    ids=lambda each: f"{each['statistic']}-{each.get('test')}",
)
def test_numbers_beyond_floating_point_end_in_a_reason(
    estimate: Estimate, statement: dict[str, Any], size: float
) -> None:
    random = np.random.default_rng(1)
    n = 60
    data = {
        "village": np.arange(n) % 6,
        "w": random.uniform(1.0, 9.0, n) * size,
        "x": random.normal(size=n),
        "y": (random.random(n) < 0.3).astype(float),
        "g": random.choice(["a", "b", "c"], n),
    }
    rows = estimate(data, {"id": "a", **statement}, design={"stages": [{"cluster": "village"}], "weights": "w"})
    assert Results(tuple(rows)).to_json()  # which takes no NaN
    for row in rows:
        assert row.reason or np.isfinite([row.estimate or row.statistic]).all()


@pytest.mark.parametrize("formula", ["income ~ kind", "rich ~ 1"])
def test_a_replicate_without_any_weight_is_left_out_of_models(formula: str) -> None:
    data = sample() | {"rich": (np.arange(UNITS * 12) % 3 == 0).astype(float)}
    whole = np.column_stack([np.where(data["village"] == unit, 0.0, data["w"] * 16 / 15) for unit in range(UNITS)])
    rows = {}
    for name, columns in (("all", whole[:, 1:]), ("with none", np.column_stack([whole[:, 1:], np.zeros(UNITS * 12)]))):
        stated = {"weights": "w", "replicates": {"method": "other", "scale": 1.0, "file": "r"}}
        statement = {"id": "m", "statistic": "glm", "formula": formula}
        reading = load_plan({"version": 1, "design": stated, "estimates": [statement]})
        assert reading.plan is not None
        file = Table({f"r{number}": column for number, column in enumerate(columns.T)})
        rows[name] = run_plan(reading.plan, data, files={"r": file}).rows
    for one, other in zip(*rows.values(), strict=True):
        assert (one.estimate, one.se) == pytest.approx((other.estimate, other.se), rel=1e-12)
        assert "replicates_left_out" in other.flags


@pytest.mark.parametrize(
    "statement",
    [
        {"statistic": "ttest", "variables": ["income", "one"]},
        {"statistic": "ttest", "formula": "income ~ one"},
        {"statistic": "ranktest", "variables": ["income", "one"]},
        {"statistic": "chisq", "variables": ["kind", "one"]},
        {"statistic": "glm", "formula": "income ~ one + kind", "categorical": ["kind"]},
    ],
    ids=lambda each: each["statistic"],
)
@pytest.mark.parametrize("replicates", [{}, {"replicates": {"method": "jkn"}}])
def test_says_where_a_group_lies_in_one_unit(
    estimate: Estimate, statement: dict[str, Any], replicates: dict[str, Any]
) -> None:
    """Its mean has no degrees of freedom; that a difference from it has some is due to the others alone."""
    data = sample()
    alone = {**data, "one": np.where(data["village"] == 3, "A", "B")}
    spread = {**data, "one": np.where(data["village"] % 3 == 0, "A", "B")}
    for table, expected in ((alone, True), (spread, False)):
        rows = estimate(table, {"id": "a", **statement}, design=DESIGN | replicates)
        flagged = {row.variable for row in rows if "group_in_one_unit" in row.flags}
        assert bool(flagged) == expected
        assert flagged <= {"oneB", *(row.variable for row in rows if len(rows) == 1)}
