"""Running plans: rows and their order, missing values, domains, the results file."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sampling.estimate import load_plan, run_plan
from tests.unit.estimate.small_table import MEAN, TABLE, VILLAGES, Estimate

KEYS = [
    *("id", "variable", "level", "domain", "p", "estimate", "se", "low", "high", "df", "n", "n_effective", "deff"),
    *("statistic", "p_value", "threshold", "bound", "verdict", "flags", "reason"),
]


def test_rows_stand_in_the_order_of_variables_levels_and_domains(estimate: Estimate) -> None:
    rows = estimate(
        TABLE,
        {"id": "p", "statistic": "proportion", "variables": ["kind", "x"], "by": ["town"], "missing": "drop"},
        {"id": "c", "statistic": "mean", "variables": ["code"], "categorical": ["code"]},
        design=VILLAGES,
    )
    assert [(row.id, row.variable, row.level, row.domain) for row in rows] == [
        ("p", "kind", "乙", {"town": "2"}),
        ("p", "kind", "乙", {"town": "10"}),
        ("p", "kind", "甲", {"town": "2"}),
        ("p", "kind", "甲", {"town": "10"}),
        ("p", "x", None, {"town": "2"}),
        ("p", "x", None, {"town": "10"}),
        ("c", "code", "1", {}),
        ("c", "code", "2", {}),
        ("c", "code", "3", {}),
    ]


def test_missing_values_fail_where_they_are(estimate: Estimate) -> None:
    by = {"id": "p", "statistic": "proportion", "variables": ["x"], "by": ["town"]}
    first, second = estimate(TABLE, by, design=VILLAGES)
    assert first.estimate == pytest.approx(4 / 6)
    assert (second.estimate, second.se, second.low, second.reason) == (None, None, None, "estimate.missing_values")
    first, second = estimate(TABLE, {**by, "missing": "drop"}, design=VILLAGES)
    assert (second.estimate, second.n) == (pytest.approx(2 / 5), 3)


def test_a_statement_drops_rows_that_miss_any_of_its_variables(estimate: Estimate) -> None:
    rows = estimate(
        TABLE,
        {"id": "p", "statistic": "mean", "variables": ["x", "y"], "missing": "drop"},
        {"id": "q", "statistic": "mean", "variables": ["y"]},
        design=VILLAGES,
    )
    assert [row.n for row in rows] == [7, 7, 8]


def test_rows_without_a_domain_label_belong_to_none(estimate: Estimate) -> None:
    rows = estimate(TABLE, {**MEAN, "by": ["kind"]}, design=VILLAGES)
    assert [(row.domain["kind"], row.n) for row in rows] == [("乙", 4), ("甲", 3)]


def test_crossed_domains(estimate: Estimate) -> None:
    rows = estimate(TABLE, {**MEAN, "by": ["town", "kind"], "where": "y > 2"}, design=VILLAGES)
    assert [(row.domain["town"], row.domain["kind"], row.n) for row in rows] == [
        ("2", "乙", 1),
        ("2", "甲", 2),
        ("10", "乙", 2),
        ("10", "甲", 1),
    ]


def test_nothing_meets_the_condition(estimate: Estimate) -> None:
    for by in ([], ["town"]):
        (row,) = estimate(TABLE, {**MEAN, "where": "y > 100", "by": by}, design=VILLAGES)
        assert (row.estimate, row.n, row.reason) == (None, 0, "estimate.empty_domain")


def test_no_degrees_of_freedom_has_a_reason_and_the_others_go_on(estimate: Estimate) -> None:
    lone, others = estimate(
        TABLE, {**MEAN, "where": "village == 'a'"}, {**MEAN, "id": "b", "where": "village != 'a'"}, design=VILLAGES
    )
    assert (lone.estimate, lone.df, lone.reason) == (None, 0, "estimate.no_degrees_of_freedom")
    assert others.reason is None
    (row,) = estimate(TABLE, {**MEAN, "where": "village == 'a'", "interval": {"df": "infinite"}}, design=VILLAGES)
    assert row.estimate is not None


def test_a_lone_psu_has_a_reason_and_the_others_go_on(estimate: Estimate) -> None:
    design = {"stages": [{"cluster": "village", "strata": "s"}], "weights": "w"}
    table = {**TABLE, "s": ["1", "1", "2", "2", "2", "2", "2", "2"]}
    lone, others = estimate(table, MEAN, {**MEAN, "id": "b", "where": "s == 2"}, design=design)
    assert (lone.estimate, lone.reason) == (None, "estimate.lonely_psu")
    assert others.se is not None


def test_a_domain_inside_one_cluster_is_estimated_given_that_cluster(estimate: Estimate) -> None:
    """Given the village its rows are the units: the variance of a simple random sample."""
    random = np.random.default_rng(1)
    table = {
        "village": ["a"] * 6 + ["b"] * 5 + ["c"] * 4,
        "N": [20] * 6 + [30] * 5 + [10] * 4,
        "M": [9] * 15,
        "w": [1.0] * 15,
        "y": random.normal(10, 2, 15).round(3).tolist(),
    }
    stages = [{"cluster": "village", "population": "M"}, {"population": "N"}]
    design = {"stages": stages, "weights": "w"}
    rows = estimate(
        table, {**MEAN, "by": ["village"]}, {**MEAN, "id": "t", "statistic": "total", "by": ["village"]}, design=design
    )
    for row, place, population in zip(rows, (slice(0, 6), slice(6, 11), slice(11, 15)), (20, 30, 10), strict=False):
        values = np.array(table["y"][place])
        n = len(values)
        assert row.flags == ("given_first_stage_unit",)
        assert row.df == n - 1
        assert row.se == pytest.approx(np.sqrt((1 - n / population) * values.var(ddof=1) / n), rel=1e-10)
    assert {row.reason for row in rows[3:]} == {"estimate.no_degrees_of_freedom"}


def test_a_class_met_in_one_drawn_cluster_only_says_nothing_of_the_others(estimate: Estimate) -> None:
    """Only the clusters' own column in `by` makes a cluster the thing asked about."""
    table = {
        "village": ["a"] * 6 + ["b"] * 5 + ["c"] * 4,
        "class": ["rare"] * 3 + ["other"] * 12,
        "N": [20] * 6 + [30] * 5 + [10] * 4,
        "M": [9] * 15,
        "w": [1.0] * 15,
        "y": np.random.default_rng(1).normal(10, 2, 15).round(3).tolist(),
    }
    design = {"stages": [{"cluster": "village", "population": "M"}, {"population": "N"}], "weights": "w"}
    others, rare = estimate(table, {**MEAN, "by": ["class"]}, design=design)
    assert (others.df, others.reason) == (2, None)
    assert (rare.estimate, rare.flags, rare.reason) == (None, (), "estimate.no_degrees_of_freedom")
    by_village = estimate(table, {**MEAN, "by": ["village", "class"]}, design=design)
    assert {row.flags for row in by_village} == {("given_first_stage_unit",)}
    assert {row.reason for row in by_village} == {None}


def test_a_county_of_which_chance_took_one_village_is_not_that_village(estimate: Estimate) -> None:
    """Counties and drawn villages stand for one another by chance; how villages differ is not known all the same."""
    table = {
        "county": ["1"] * 6 + ["2"] * 5 + ["3"] * 4,
        "village": ["a"] * 6 + ["b"] * 5 + ["c"] * 4,
        "pi": [0.3] * 15,
        "N": [20] * 6 + [30] * 5 + [10] * 4,
        "w": [1.0] * 15,
        "y": np.random.default_rng(1).normal(10, 2, 15).round(3).tolist(),
    }
    stages = [{"cluster": "village", "strata": "county", "probability": "pi"}, {"population": "N"}]
    design = {"stages": stages, "weights": "w", "nested": True, "unequal": {"method": "poisson"}}
    for row in estimate(table, {**MEAN, "by": ["county"]}, design=design):
        assert (row.estimate, row.flags, row.reason) == (None, (), "estimate.no_degrees_of_freedom")


def test_texts_that_are_no_numbers(estimate: Estimate) -> None:
    statement = {"id": "a", "statistic": "mean", "variables": ["kind"], "missing": "drop"}
    (row,) = estimate(TABLE, statement, design=VILLAGES)
    assert (row.estimate, row.reason) == (None, "estimate.text_column")
    (row,) = estimate(TABLE, {"id": "a", "statistic": "proportion", "variables": ["y"]}, design=VILLAGES)
    assert (row.estimate, row.reason) == (None, "estimate.not_zero_one")
    ratio = {"id": "a", "statistic": "ratio", "numerator": "kind", "denominator": "y", "missing": "drop"}
    (row,) = estimate(TABLE, ratio, design=VILLAGES)
    assert row.reason == "estimate.text_column"


def test_a_ratio_above_one_is_no_rate(estimate: Estimate) -> None:
    ratio = {"id": "a", "statistic": "ratio", "numerator": "y", "denominator": "code"}
    (row,) = estimate(TABLE, {**ratio, "interval": {"method": "wilson"}}, design=VILLAGES)
    assert row.estimate is not None
    assert (row.low, row.high, row.reason) == (None, None, "estimate.not_a_rate")
    (row,) = estimate(TABLE, ratio, design=VILLAGES)
    assert row.low is not None


def test_a_zero_denominator_is_undefined(estimate: Estimate) -> None:
    table = {**TABLE, "none": [0] * 8}
    (row,) = estimate(
        table, {"id": "a", "statistic": "ratio", "numerator": "y", "denominator": "none"}, design=VILLAGES
    )
    assert (row.estimate, row.reason) == (None, "estimate.undefined")


def test_a_constant_has_no_interval(estimate: Estimate) -> None:
    (row,) = estimate({**TABLE, "y": [0.1] * 8}, MEAN, design=VILLAGES)
    assert row.estimate == pytest.approx(0.1)
    assert (row.se, row.low, row.high, row.reason) == (0.0, None, None, "estimate.no_variance")


def test_a_part_without_figures_leaves_the_contrast_without(estimate: Estimate) -> None:
    rows = estimate(
        TABLE,
        {"id": "x", "statistic": "mean", "variables": ["x"]},
        MEAN,
        {"id": "kinds", "statistic": "proportion", "variables": ["kind"], "missing": "drop"},
        {"id": "c", "statistic": "contrast", "expression": "a - x"},
        {"id": "d", "statistic": "contrast", "expression": "a - kinds"},
        design=VILLAGES,
    )
    reasons = {row.id: row.reason for row in rows}
    assert reasons["c"] == "estimate.part_without_figures"
    assert reasons["d"] == "estimate.part_without_figures"


def test_results_file_has_the_keys_of_the_format(estimate: Estimate) -> None:
    reading = load_plan(
        {"version": 1, "design": VILLAGES, "estimates": [{**MEAN, "threshold": {"value": 5, "side": "lower"}}]}
    )
    assert reading.plan is not None
    steps: list[tuple[str, int, int]] = []
    results = run_plan(reading.plan, TABLE, lambda activity, done, all_: steps.append((activity, done, all_)))
    written = json.loads(results.to_json())
    assert list(written) == ["version", "estimates"]
    assert [list(row) for row in written["estimates"]] == [KEYS]
    assert written["estimates"][0]["threshold"] == {"value": 5.0, "side": "lower", "alpha": 0.05, "planned_deff": None}
    assert steps == [("statements", 1, 1)]
