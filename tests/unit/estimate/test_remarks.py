"""Rows say what was done where the sample alone gives no answer: lone units, no variation, counts of one, no rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sampling.estimate import EstimateRow, load_plan, read_table, run_plan, unanswered, unplaced
from sampling.estimate.verdicts import UNDECIDED

Estimate = Callable[..., list[EstimateRow]]
Refuse = Callable[..., list[tuple[str, str]]]
TABLE: dict[str, Any] = {
    "w": [1.0] * 8,
    "village": list("aabbccdd"),
    "stratum": [1, 1, 1, 1, 2, 2, 1, 1],
    "town": ["t1"] * 4 + ["t2"] * 4,
    "class": list("pqpqpqpp"),
    "yes": [0, 1, 1, 1, 0, 1, 0, 0],
    "same": [0, 1] * 4,
    "all": [1] * 8,
    "y": [1, 2, 3, 4, 5, 6, 7, 8],
}
VILLAGES: dict[str, Any] = {"stages": [{"cluster": "village"}], "weights": "w"}
LIMIT = {"value": 0.5, "side": "lower"}
FEW = ("unreliable_rate", "few_degrees_of_freedom")  # eight rows in a handful of villages


def proportion(variable: str, **keys: Any) -> dict[str, Any]:
    return {"id": "a", "statistic": "proportion", "variables": [variable], **keys}


@pytest.mark.parametrize("rule", ["remove", "certainty", "adjust", "average"])
def test_a_row_tells_of_a_lone_unit_that_a_rule_was_applied_to(estimate: Estimate, rule: str) -> None:
    design = {"stages": [{"cluster": "village", "strata": "stratum"}], "weights": "w", "lonely_psu": rule}
    whole, other = estimate(TABLE, proportion("yes"), proportion("yes", id="b", where="stratum == 1"), design=design)
    assert "lonely_psu" in whole.flags
    assert "lonely_psu" not in other.flags


def test_a_rate_without_variation_says_on_what_its_interval_rests(estimate: Estimate) -> None:
    (row,) = estimate(TABLE, proportion("same"), design=VILLAGES)
    assert (row.se, row.n_effective, row.flags) == (0.0, 8.0, ("no_variance_seen", *FEW))
    assert row.low is not None
    assert row.high is not None
    assert row.high - row.low > 0.5


def test_no_remark_speaks_of_an_interval_that_is_not_there(estimate: Estimate) -> None:
    """The logit of 1 does not exist: no effective count stands behind it, and no design effect was taken."""
    (row,) = estimate(TABLE, proportion("all", interval={"method": "logit"}), design=VILLAGES)
    assert (row.estimate, row.low, row.n_effective, row.reason) == (1.0, None, None, "estimate.no_variance")
    assert row.flags == ("all_or_none", *FEW)


@pytest.mark.parametrize("method", ["korn-graubard", "jeffreys", "wilson"])
def test_a_single_household_has_the_interval_of_one(estimate: Estimate, method: str) -> None:
    keys = {"where": "y == 2", "interval": {"method": method, "df": "infinite"}, "threshold": LIMIT}
    (row,) = estimate(TABLE, proportion("yes", **keys), design=VILLAGES)
    assert (row.n, row.n_effective, row.reason, row.verdict) == (1, 1.0, None, UNDECIDED)
    assert row.low is not None
    assert 0 < row.low < 0.5
    assert row.high == 1.0
    if method == "korn-graubard":
        assert row.low == pytest.approx(0.025)


def test_a_count_of_one_equal_household_has_an_interval_too(estimate: Estimate) -> None:
    """All persons live in one household of eight: Kish's count is 1, which has no t quantile."""
    table = {**TABLE, "wrong": [0] * 8, "size": [0] * 7 + [5]}
    ratio = {"id": "a", "statistic": "ratio", "numerator": "wrong", "denominator": "size"}
    (row,) = estimate(table, {**ratio, "interval": {"method": "korn-graubard"}}, design=VILLAGES)
    assert (row.n_effective, row.low, row.high) == (1.0, 0.0, pytest.approx(0.975))


@pytest.mark.parametrize("by", [[], ["town"]])
def test_a_threshold_stays_undecided_where_no_row_is_met(estimate: Estimate, by: list[str]) -> None:
    rows = estimate(
        TABLE,
        proportion("yes", where="y > 100", by=by, threshold=LIMIT),
        {"id": "c", "statistic": "contrast", "expression": "a * 2", "by": by, "threshold": LIMIT},
        design=VILLAGES,
    )
    assert [(row.id, row.verdict) for row in rows] == [("a", UNDECIDED), ("c", UNDECIDED)]
    assert all(row.threshold is not None and row.threshold.value == 0.5 for row in rows)


def test_numbers_beyond_all_bounds_are_no_lone_unit(estimate: Estimate) -> None:
    table = {**TABLE, "w": [1e200] * 8}
    (row,) = estimate(table, {"id": "t", "statistic": "total", "variables": ["y"]}, design=VILLAGES)
    assert (row.estimate, row.reason) == (None, "estimate.undefined")


def test_degrees_of_freedom_by_satterthwaite_are_refused_by_name(refuse: Refuse) -> None:
    assert refuse(proportion("yes", interval={"df": "satterthwaite"})) == [
        ("plan.no_satterthwaite", "estimates[0].interval.df")
    ]


def test_domains_that_a_condition_empties_are_named() -> None:
    by_town = {"by": ["town"], "where": "class == 'q' and y < 5"}
    plan = load_plan(
        {
            "version": 1,
            "design": VILLAGES,
            "estimates": [
                proportion("yes", **by_town),
                proportion("yes", id="b", by=["town", "class"], where="y > 4"),
                proportion("yes", id="chosen", by=["town"], where="town == 't1'"),
                proportion("yes", id="nobody", by=["town"], where="y > 100"),
                proportion("yes", id="whole", where="y > 4"),
                proportion("yes", id="all", by=["town"]),
            ],
        }
    ).plan
    assert plan is not None
    lost = {each.id: each.domains for each in unanswered(plan, TABLE)}
    assert lost == {
        "a": ({"town": "t2"},),
        "b": ({"town": "t1", "class": "p"}, {"town": "t1", "class": "q"}),
    }
    answered = {(row.id, *row.domain.values()) for row in run_plan(plan, TABLE).rows}
    assert ("a", "t1") in answered
    assert ("a", "t2") not in answered


def test_rows_that_miss_a_column_of_the_domains_are_counted() -> None:
    gaps = {"town": ["t1"] * 4 + ["t2", "t2", "", ""], "class": ["", *"qpqpqpp"], "w": [1.0] * 7 + [0.0]}
    statements = [
        proportion("yes", by=["town"]),
        proportion("yes", id="both", by=["town", "class"]),
        proportion("yes", id="met", by=["class"], where="y > 1"),
        proportion("yes", id="some", by=["town", "class"], where="y > 1"),
        proportion("yes", id="whole"),
        {"id": "c", "statistic": "contrast", "expression": "a * 2", "by": ["town"]},
    ]
    plan = load_plan({"version": 1, "design": VILLAGES, "estimates": statements}).plan
    assert plan is not None
    found = [(each.id, each.columns, each.rows) for each in unplaced(plan, {**TABLE, **gaps})]
    assert found == [("a", ("town",), 1), ("both", ("town", "class"), 2), ("some", ("town",), 1)]
    assert unplaced(plan, TABLE) == []


def test_a_plan_without_weights_or_with_a_gap_in_them_is_refused(tmp_path: Any, refuse: Refuse) -> None:
    assert refuse(proportion("yes"), weights=None) == [("plan.weights_needed", "design.weights")]
    (tmp_path / "t.csv").write_text("w,yes\n1,0\n,1\n2,1\n", encoding="utf-8")
    plan = load_plan({"version": 1, "design": {"stages": [{}], "weights": "w"}, "estimates": [proportion("yes")]}).plan
    assert plan is not None
    with pytest.raises(Exception, match="bad_weights") as caught:
        run_plan(plan, read_table(tmp_path / "t.csv"))
    assert [(each.code, each.details["row"]) for each in caught.value.complaints] == [("estimate.bad_weights", 3)]
