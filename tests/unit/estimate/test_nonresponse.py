"""Non-response: weights by a second route, and errors against what repeated samples show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from sampling.estimate import DataRefusedError, EstimateRow, load_plan, run_plan
from sampling.estimate.layers import Sample
from sampling.estimate.table import Table
from sampling.weight import adjust_in_steps, adjust_nonresponse

Estimate = Callable[..., list[EstimateRow]]
Refuse = Callable[..., list[tuple[str, str]]]
Floats = NDArray[np.float64]
MEAN = [{"id": "y", "statistic": "mean", "variables": ["y"], "where": "responded == 1"}]


def _sample(random: np.random.Generator, rows: int = 400) -> dict[str, Any]:
    """Draw households: those of kind 2 have more of y and answer less often; a tenth is not eligible."""
    kind = random.integers(1, 3, rows)
    x = random.normal(0.0, 1.0, rows)
    eligible = (random.random(rows) < 0.9).astype(int)
    answers = random.random(rows) < expit(0.8 - 0.9 * (kind == 2) + 0.7 * x)
    responded = eligible * answers.astype(int)
    y = 10.0 + 4.0 * (kind == 2) + 2.0 * x + random.normal(0, 1, rows)
    return {
        "kind": kind.astype(str),
        "x": x,
        "eligible": eligible,
        "responded": responded,
        "y": np.where(responded == 1, y, np.nan),
        "w": random.choice([8.0, 12.0], rows),
    }


def _design(**nonresponse: Any) -> dict[str, Any]:
    adjusted = {"responded": "responded", "eligible": "eligible", **nonresponse}
    return {"stages": [{}], "weights": "w", "nonresponse": adjusted}


def _weights(table: Mapping[str, Any], design: Mapping[str, Any]) -> Floats:
    reading = load_plan({"version": 1, "design": design, "estimates": MEAN})
    assert reading.plan is not None, reading.complaints
    return Sample(reading.plan.design, Table(table)).design.weights


def _refused(table: Mapping[str, Any], design: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    with pytest.raises(DataRefusedError) as refusal:
        _weights(table, design)
    return [(each.code, each.details) for each in refusal.value.complaints]


def test_classes_give_the_weights_that_the_service_gives() -> None:
    table = _sample(np.random.default_rng(1))
    eligible, responded = table["eligible"] == 1, table["responded"] == 1
    expected = adjust_nonresponse(table["w"].tolist(), eligible.tolist(), responded.tolist(), table["kind"].tolist())
    assert _weights(table, _design(classes=["kind"])) == pytest.approx(expected.adjusted, rel=1e-14)


def test_a_class_without_respondents_passes_its_weight_to_a_coarser_one(estimate: Estimate) -> None:
    table = _sample(np.random.default_rng(4))
    table["place"] = np.where(np.arange(table["w"].size) < 12, "远", "近")
    table["responded"] = np.where((table["place"] == "远") & (table["kind"] == "2"), 0, table["responded"])
    table["y"] = np.where(table["responded"] == 1, table["y"], np.nan)
    fine = [f"{place}{kind}" for place, kind in zip(table["place"], table["kind"], strict=True)]
    eligible, responded = (table["eligible"] == 1).tolist(), (table["responded"] == 1).tolist()
    expected = adjust_in_steps(table["w"].tolist(), eligible, responded, [fine, table["kind"].tolist()])
    design = _design(classes=[["kind", "place"], ["kind"]])
    assert _weights(table, design) == pytest.approx(expected.adjusted, rel=1e-14)
    ((code, details),) = _refused(table, _design(classes=["kind", "place"]))
    assert (code, details["name"]) == ("estimate.class_without_respondents", "2 / 远")
    (row,) = estimate(table, *MEAN, design=design)
    (jackknifed,) = estimate(table, *MEAN, design={**design, "replicates": {"method": "jk1"}})
    assert row.se == pytest.approx(jackknifed.se, rel=0.03)


@pytest.mark.parametrize("method", ["quintiles", "inverse"])
def test_a_propensity_keeps_ineligible_weights_and_about_the_sum(method: str) -> None:
    table = _sample(np.random.default_rng(2), 4000)
    weights = _weights(table, _design(propensity="kind + x", method=method))
    apart = table["eligible"] == 0
    assert (weights[apart] == table["w"][apart]).all()
    assert (weights[(table["responded"] == 0) & ~apart] == 0).all()
    assert weights.sum() == pytest.approx(table["w"].sum(), rel=0.02)


def test_inverse_propensity_balances_what_the_model_holds() -> None:
    table = _sample(np.random.default_rng(3), 3000)
    weights = _weights(table, _design(propensity="kind + x", method="inverse"))
    asked = table["eligible"] == 1
    before = np.average(table["x"][asked], weights=table["w"][asked])
    naive = np.average(table["x"][asked], weights=(table["w"] * table["responded"])[asked])
    after = np.average(table["x"][asked], weights=weights[asked])
    assert abs(after - before) < 0.25 * abs(naive - before)


@pytest.mark.parametrize(
    "nonresponse", [{"classes": ["kind"]}, {"propensity": "kind + x", "method": "inverse"}], ids=["classes", "inverse"]
)
def test_errors_are_those_of_repeated_samples(estimate: Estimate, nonresponse: Mapping[str, Any]) -> None:
    found = []
    for seed in range(500):
        (row,) = estimate(_sample(np.random.default_rng(seed)), *MEAN, design=_design(**nonresponse))
        assert row.estimate is not None
        assert row.se is not None
        found.append((row.estimate, row.se**2))
    estimates, variances = np.array(found).T
    # The variance of 500 values is known to 6 %, one standard error.
    assert variances.mean() == pytest.approx(estimates.var(ddof=1), rel=0.2)


def test_classes_are_post_stratification_to_the_eligible_of_the_sample(estimate: Estimate) -> None:
    table = _sample(np.random.default_rng(5))
    (row,) = estimate(table, *MEAN, design=_design(classes=["kind"]))
    weights, kinds = table["w"] * table["eligible"], table["kind"]
    parts = {kind: weights[kinds == kind].sum() / weights.sum() for kind in ("1", "2")}
    answered = table["responded"] == 1
    means = {
        kind: np.average(table["y"][answered & (kinds == kind)], weights=table["w"][answered & (kinds == kind)])
        for kind in parts
    }
    assert row.estimate == pytest.approx(sum(parts[kind] * means[kind] for kind in parts), rel=1e-12)


def test_refuses_a_class_in_which_nobody_answered() -> None:
    table = _sample(np.random.default_rng(6))
    table["responded"] = np.where(table["kind"] == "2", 0, table["responded"])
    ((code, details),) = _refused(table, _design(classes=["kind"]))
    assert code == "estimate.class_without_respondents"
    assert (details["name"], details["eligible"]) == (
        "2",
        int(((table["kind"] == "2") & (table["eligible"] == 1)).sum()),
    )
    ((code, details),) = _refused(table, _design(propensity="kind"))
    assert (code, details["reason"]) == ("estimate.no_propensity", "separation")


@pytest.mark.parametrize("method", ["quintiles", "inverse"])
def test_no_weight_changes_where_everybody_responded(estimate: Estimate, method: str) -> None:
    table = _sample(np.random.default_rng(8))
    table |= {"responded": table["eligible"], "y": table["x"]}
    design = _design(propensity="kind + x", method=method)
    assert (_weights(table, design) == table["w"]).all()
    (plain,) = estimate(table, *MEAN)
    (row,) = estimate(table, *MEAN, design=design)
    (jackknifed,) = estimate(table, *MEAN, design={**design, "replicates": {"method": "jk1"}})
    assert (row.estimate, row.se) == pytest.approx((plain.estimate, plain.se), rel=1e-12)
    assert jackknifed.se == pytest.approx(plain.se, rel=0.01)


@pytest.mark.parametrize("full", ["1", "2"])
def test_a_kind_that_responded_as_a_whole_keeps_its_weights_and_the_others_have_their_own_model(full: str) -> None:
    """Also where it is the kind that the others are coded against."""
    table = _sample(np.random.default_rng(9))
    whole = table["kind"] == full
    table["responded"] = np.where(whole, table["eligible"], table["responded"])
    weights = _weights(table, _design(propensity="kind + x", method="inverse"))
    assert (weights[whole] == table["w"][whole]).all()
    others = {name: column[~whole] for name, column in table.items()}
    alone = _weights(others, _design(propensity="1 + x", method="inverse"))
    assert weights[~whole] == pytest.approx(alone, rel=1e-8)


def test_errors_with_a_kind_that_responded_as_a_whole_are_those_of_repeated_samples(estimate: Estimate) -> None:
    found = []
    for seed in range(200):
        table = _sample(np.random.default_rng(seed), 200)
        whole = table["kind"] == "2"
        told = 14.0 + 2.0 * table["x"] + np.random.default_rng([seed, 1]).normal(0, 1, whole.size)
        table["y"] = np.where(whole & (table["eligible"] == 1), told, table["y"])
        table["responded"] = np.where(whole, table["eligible"], table["responded"])
        (row,) = estimate(table, *MEAN, design=_design(propensity="kind + x", method="inverse"))
        assert row.se is not None
        found.append((row.estimate, row.se**2))
    estimates, variances = np.array(found, dtype=np.float64).T
    # The variance of 200 values is known to 10 %, one standard error.
    assert variances.mean() == pytest.approx(estimates.var(ddof=1), rel=0.3)


@pytest.mark.parametrize("method", ["quintiles", "inverse"])
def test_says_that_nobody_responded(method: str) -> None:
    table = _sample(np.random.default_rng(8))
    table["responded"] = np.zeros_like(table["eligible"])
    ((code, details),) = _refused(table, _design(propensity="kind + x", method=method))
    assert (code, details["eligible"]) == ("estimate.nobody_responded", int(table["eligible"].sum()))


def test_refuses_answers_of_those_who_were_not_eligible_and_other_values() -> None:
    table = _sample(np.random.default_rng(7))
    table["responded"] = np.ones(table["w"].size, dtype=int)
    ((code, details),) = _refused(table, _design(classes=["kind"]))
    assert (code, details["count"]) == ("estimate.responded_not_eligible", int((table["eligible"] == 0).sum()))
    table["responded"] = np.full(table["w"].size, 2)
    assert [code for code, _ in _refused(table, _design(classes=["kind"]))] == ["estimate.not_yes_or_no"]


def test_unknown_auxiliary_values_of_those_who_did_not_answer_do_not_stop_a_calibration(estimate: Estimate) -> None:
    table = _sample(np.random.default_rng(8))
    counts = {"1": 2200.0, "2": 1800.0}
    kept = table["responded"] == 1
    known = {**table, "kind": [kind if keep else None for kind, keep in zip(table["kind"], kept, strict=True)]}
    known["all"] = ["1"] * len(kept)
    known["eligible"] = table["responded"]
    design = {
        **_design(classes=["all"], eligible="asked"),
        "calibration": {"method": "raking", "margins": {"kind": counts}},
    }
    known["asked"] = np.ones(len(kept), dtype=int)
    (row,) = estimate(known, *MEAN, design=design)
    assert row.estimate is not None
    asked = [{"id": "n", "statistic": "total", "variables": ["asked"], "by": ["kind"]}]
    assert [row.estimate for row in estimate(known, *asked, design=design)] == pytest.approx(list(counts.values()))


@pytest.mark.parametrize(
    ("nonresponse", "code"),
    [
        ({"responded": "r", "classes": [["a"], ["a", "b"]]}, "plan.classes_not_coarser"),
        ({"responded": "r", "classes": [["a"], 3]}, "plan.wrong_type"),
        ({"responded": "r"}, "plan.classes_or_propensity"),
        ({"responded": "r", "classes": ["a"], "propensity": "x"}, "plan.classes_or_propensity"),
        ({"responded": "r", "classes": ["a"], "method": "inverse"}, "plan.key_not_for"),
        ({"classes": ["a"]}, "plan.missing_key"),
        ({"responded": "r", "classes": ["a"], "weights": "w"}, "plan.unknown_key"),
    ],
)
def test_refuses_what_no_adjustment_can_be(refuse: Refuse, nonresponse: Mapping[str, Any], code: str) -> None:
    assert code in [found for found, _ in refuse(nonresponse=nonresponse)]


def test_names_a_column_that_the_data_lack() -> None:
    reading = load_plan({"version": 1, "design": _design(classes=["nowhere"]), "estimates": MEAN})
    assert reading.plan is not None
    with pytest.raises(DataRefusedError) as refusal:
        run_plan(reading.plan, _sample(np.random.default_rng(9)))
    ((code, place),) = [(each.code, each.details["place"]) for each in refusal.value.complaints]
    assert (code, place) == ("estimate.no_column", "design.nonresponse")
