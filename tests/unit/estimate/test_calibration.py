"""Calibration by a second route: the regression estimator, one method by another, bounds and margins kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sampling.estimate import DataRefusedError, EstimateRow, load_plan, run_plan
from sampling.estimate.layers import Sample
from sampling.estimate.table import Table

Estimate = Callable[..., list[EstimateRow]]
Refuse = Callable[..., list[tuple[str, str]]]
Floats = NDArray[np.float64]
STAGES = [{"cluster": "village", "strata": "region"}]
TOTALS = [{"id": "y", "statistic": "total", "variables": ["y"]}]


def _people(seed: int = 1, rows: int = 240) -> dict[str, Any]:
    """Invent households in villages: a kind, a class of size, a known amount x and a wanted one y."""
    random = np.random.default_rng(seed)
    village = np.arange(rows) // 10
    kind = random.choice(["一般户", "监测户", "脱贫户"], rows, p=[0.5, 0.2, 0.3])
    x = random.gamma(4.0, 2.0, rows)
    return {
        "region": np.array(["东", "西"])[(village % 2).astype(int)],
        "village": village,
        "kind": kind,
        "size": random.choice(["1", "2", "3"], rows),
        "x": x,
        "y": 3.0
        + 2.0 * x
        + 4.0 * (kind == "脱贫户")
        + random.normal(0.0, 3.0, rows)
        + random.normal(0, 2, 24)[village],
        "w": random.uniform(5.0, 15.0, rows),
    }


def _design(*calibration: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    stated = list(calibration) if len(calibration) > 1 else dict(calibration[0])
    return {"stages": STAGES, "weights": "w", "nested": True, "calibration": stated, **more}


def _weights(table: Mapping[str, Any], design: Mapping[str, Any]) -> Floats:
    reading = load_plan({"version": 1, "design": design, "estimates": TOTALS})
    assert reading.plan is not None, reading.complaints
    return Sample(reading.plan.design, Table(table)).design.weights


def _refused(table: Mapping[str, Any], design: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    reading = load_plan({"version": 1, "design": design, "estimates": TOTALS})
    assert reading.plan is not None, reading.complaints
    with pytest.raises(DataRefusedError) as refusal:
        run_plan(reading.plan, table)
    return [(each.code, each.details) for each in refusal.value.complaints]


def _counts(table: Mapping[str, Any], column: str, factor: float = 1.0) -> dict[str, float]:
    levels = sorted(set(np.asarray(table[column]).astype(str).tolist()))
    own = {level: float(table["w"][np.asarray(table[column]).astype(str) == level].sum()) for level in levels}
    moved = {level: count * (1.0 + 0.1 * place) for place, (level, count) in enumerate(own.items())}
    whole = float(table["w"].sum()) * factor / sum(moved.values())
    return {level: count * whole for level, count in moved.items()}


def _formula(table: Mapping[str, Any], factor: float = 1.05) -> dict[str, Any]:
    kinds = _counts(table, "kind", factor)
    totals = {
        "(Intercept)": sum(kinds.values()),
        "kind监测户": kinds["监测户"],
        "kind脱贫户": kinds["脱贫户"],
        "x": float((table["w"] * table["x"]).sum()) * factor,
    }
    return {"formula": "1 + kind + x", "totals": totals}


def _matrix(table: Mapping[str, Any]) -> Floats:
    kind = table["kind"]
    return np.column_stack([np.ones(kind.size), kind == "监测户", kind == "脱贫户", table["x"]]).astype(np.float64)


def _spread(table: Mapping[str, Any], score: Floats) -> float:
    """Give the standard error of a total of scores over villages drawn with replacement in two regions."""
    value = 0.0
    for region in ("东", "西"):
        here = table["region"] == region
        totals = np.array([score[here & (table["village"] == v)].sum() for v in np.unique(table["village"][here])])
        value += totals.size * totals.var(ddof=1)
    return float(np.sqrt(value))


def test_linear_calibration_is_the_regression_estimator(estimate: Estimate) -> None:
    table = _people()
    known = _formula(table)
    matrix, weights = _matrix(table), table["w"]
    slope = np.linalg.solve(matrix.T @ (matrix * weights[:, None]), matrix.T @ (weights * table["y"]))
    missing = np.array(list(known["totals"].values())) - matrix.T @ weights
    total = weights @ table["y"] + missing @ slope
    g = 1.0 + matrix @ np.linalg.solve(matrix.T @ (matrix * weights[:, None]), missing)
    (row,) = estimate(table, *TOTALS, design=_design({"method": "linear", **known}))
    assert row.estimate == pytest.approx(total, rel=1e-12)
    assert row.se == pytest.approx(_spread(table, g * weights * (table["y"] - matrix @ slope)), rel=1e-10)


@pytest.mark.parametrize("statistic", ["mean", "total"])
def test_post_stratification_is_linear_calibration_on_indicators_and_raking_of_one_margin(
    estimate: Estimate, statistic: str
) -> None:
    table = _people()
    counts = {"kind": _counts(table, "kind")}
    indicators = {f"kind{level}": count for level, count in counts["kind"].items()}
    designs = [
        _design({"method": "poststratify", "margins": counts}),
        _design({"method": "raking", "margins": counts}),
        _design({"method": "linear", "margins": counts}),
        _design({"method": "linear", "formula": "0 + kind", "totals": indicators}),
    ]
    asked = {"id": "a", "statistic": statistic, "variables": ["y"], "by": ["size"]}
    found = [[(row.estimate, row.se) for row in estimate(table, asked, design=design)] for design in designs]
    for other in found[1:]:
        for pair, first in zip(other, found[0], strict=True):
            assert pair == pytest.approx(first, rel=1e-9)


def test_raking_to_margins_gives_the_weights_of_the_raking_distance() -> None:
    table = _people()
    margins = {"kind": _counts(table, "kind"), "size": _counts(table, "size")}
    whole = sum(margins["kind"].values())
    totals = {"(Intercept)": whole} | {
        f"{column}{level}": count for column, levels in margins.items() for level, count in list(levels.items())[1:]
    }
    fitted = _weights(table, _design({"method": "raking", "margins": margins}))
    solved = _weights(table, _design({"method": "raking", "formula": "kind + factor(size)", "totals": _named(totals)}))
    bounded = _weights(table, _design({"method": "raking", "margins": margins, "bounds": [0.01, 100]}))
    assert fitted == pytest.approx(solved, rel=1e-9)
    assert bounded == pytest.approx(solved, rel=1e-9)


def _named(totals: Mapping[str, float]) -> dict[str, float]:
    return {name.replace("size", "factor(size)"): total for name, total in totals.items()}


@pytest.mark.parametrize("method", ["linear", "raking", "logit"])
def test_a_known_total_has_no_error_and_says_so(estimate: Estimate, method: str) -> None:
    table = _people()
    known = _formula(table)
    bounds = {"bounds": [0.3, 3]} if method == "logit" else {}
    design = _design({"method": method, **known, **bounds})
    asked = [{"id": "x", "statistic": "total", "variables": ["x"]}]
    counted = {"id": "kind", "statistic": "total", "variables": ["kind"], "categorical": ["kind"]}
    rows = estimate(table, *asked, counted, design=design)
    assert rows[0].estimate == pytest.approx(known["totals"]["x"], rel=1e-9)
    for row in rows:
        assert (row.se, row.low, row.high, row.reason) == (0.0, None, None, "estimate.no_variance")


def test_a_raked_margin_has_no_error_and_says_so(estimate: Estimate) -> None:
    table = _people()
    margins = {"kind": _counts(table, "kind"), "size": _counts(table, "size")}
    design = _design({"method": "raking", "margins": margins})
    for column, counts in margins.items():
        asked = {"id": "a", "statistic": "total", "variables": [column], "categorical": [column]}
        for row in estimate(table, asked, design=design):
            assert row.estimate == pytest.approx(counts[str(row.level)], rel=1e-9)
            assert (row.se, row.reason) == (0.0, "estimate.no_variance")


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    method=st.sampled_from(["linear", "raking", "logit"]),
    width=st.floats(1.6, 4.0),
    factor=st.floats(0.85, 1.15),
)
def test_bounds_hold_and_totals_are_reached(seed: int, method: str, width: float, factor: float) -> None:
    table = _people(seed)
    known = _formula(table, factor)
    bounds = [1 / width, width]
    weights = _weights(table, _design({"method": method, **known, "bounds": bounds}))
    g = weights / table["w"]
    assert g.min() >= bounds[0] * (1 - 1e-12)
    assert g.max() <= bounds[1] * (1 + 1e-12)
    assert _matrix(table).T @ weights == pytest.approx(list(known["totals"].values()), rel=1e-7)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.floats(0.01, 1000.0))
def test_margins_on_another_scale_scale_the_weights(seed: int, scale: float) -> None:
    table = _people(seed)
    margins = {"kind": _counts(table, "kind"), "size": _counts(table, "size")}
    larger = {name: {level: count * scale for level, count in levels.items()} for name, levels in margins.items()}
    weights = _weights(table, _design({"method": "raking", "margins": margins}))
    scaled = _weights(table, _design({"method": "raking", "margins": larger}))
    assert scaled == pytest.approx(weights * scale, rel=1e-9)


def test_whole_clusters_share_one_factor_and_reach_the_totals() -> None:
    table = _people()
    known = _formula(table)
    weights = _weights(table, _design({"method": "linear", **known, "aggregate_stage": 1}))
    g = weights / table["w"]
    for village in np.unique(table["village"]):
        assert np.ptp(g[table["village"] == village]) < 1e-12
    assert _matrix(table).T @ weights == pytest.approx(list(known["totals"].values()), rel=1e-9)


def test_rows_that_are_the_units_of_a_stage_keep_a_factor_of_their_own() -> None:
    table = _people()
    known = _formula(table)
    two = {"stages": [*STAGES, {}], "weights": "w", "nested": True}
    rows = _weights(table, {**two, "calibration": {"method": "linear", **known, "aggregate_stage": 2}})
    assert rows == pytest.approx(_weights(table, _design({"method": "linear", **known})), rel=1e-12)


def test_trimming_keeps_the_sum_and_the_bounds() -> None:
    table = _people()
    margins = {"kind": _counts(table, "kind"), "size": _counts(table, "size")}
    raked = {"method": "raking", "margins": margins}
    strict = _weights(table, _design({**raked, "trim": {"lower": 7, "upper": 13, "strict": True}}))
    alone = _weights(table, {"stages": STAGES, "weights": "w", "trim": {"upper": 13, "strict": True}})
    assert strict.min() >= 7 - 1e-9
    assert strict.max() <= 13 + 1e-9
    assert strict.sum() == pytest.approx(table["w"].sum(), rel=1e-12)
    assert alone.max() <= 13 + 1e-9
    assert alone.sum() == pytest.approx(table["w"].sum(), rel=1e-12)
    ((code, _),) = _refused(table, {"stages": STAGES, "weights": "w", "trim": {"upper": 9, "strict": True}})
    assert code == "estimate.trim_impossible"


def test_the_last_of_several_calibrations_is_reached_and_the_variance_goes_back_through_all(estimate: Estimate) -> None:
    table = _people()
    counts = _counts(table, "kind")
    amount = {"(Intercept)": sum(counts.values()), "x": float((table["w"] * table["x"]).sum()) * 1.1}
    design = _design(
        {"method": "poststratify", "margins": {"kind": counts}}, {"method": "linear", "formula": "x", "totals": amount}
    )
    first = table["w"] * np.array([counts[k] / table["w"][table["kind"] == k].sum() for k in table["kind"]])
    x = np.column_stack([np.ones(first.size), table["x"]])
    missing = np.array(list(amount.values())) - x.T @ first
    second = first * (1.0 + x @ np.linalg.solve(x.T @ (x * first[:, None]), missing))
    left = table["y"] - x @ np.linalg.solve(x.T @ (x * first[:, None]), x.T @ (first * table["y"]))
    score = second * left
    for kind in counts:  # by the first calibration only what differs within a kind counts
        here = table["kind"] == kind
        mean = (score * table["w"] / first)[here].sum() / table["w"][here].sum()
        score[here] -= first[here] * mean
    (row,) = estimate(table, *TOTALS, design=design)
    assert row.estimate == pytest.approx(second @ table["y"], rel=1e-10)
    assert row.se == pytest.approx(_spread(table, score), rel=1e-9)


def test_names_the_total_that_bounds_do_not_let_be_reached() -> None:
    table = _people()
    known = _formula(table)
    known["totals"]["x"] *= 1.8
    ((code, details),) = _refused(table, _design({"method": "linear", **known, "bounds": [0.9, 1.2]}))
    assert code == "estimate.total_not_reached"
    assert details["name"] == "x"
    assert details["off"] == pytest.approx(details["reached"] - details["wanted"])
    margins = {"kind": {"一般户": 10.0, "监测户": 5.0, "脱贫户": 5000.0}}
    ((code, details),) = _refused(table, _design({"method": "logit", "margins": margins, "bounds": [0.5, 2]}))
    assert code == "estimate.margin_not_reached"
    assert details["name"] == "kind"


@pytest.mark.parametrize("method", ["raking", "linear"])
def test_shares_in_the_place_of_counts_are_refused(method: str) -> None:
    shares = {"kind": {"一般户": 0.5, "监测户": 0.3, "脱贫户": 0.2}}
    ((code, details),) = _refused(_people(), _design({"method": method, "margins": shares}))
    assert (code, details["place"], details["sum"]) == ("estimate.shares_not_counts", "design.calibration", 1.0)
    assert details["weights"] > 100


def test_names_margins_that_contradict_the_cells() -> None:
    table = _people()
    table["size"] = np.where(table["kind"] == "一般户", "1", "2")
    kinds = {"一般户": 1000.0, "监测户": 500.0, "脱贫户": 500.0}
    design = _design({"method": "raking", "margins": {"kind": kinds, "size": {"1": 1200.0, "2": 800.0}}})
    ((code, details),) = _refused(table, design)
    assert code == "estimate.margin_not_reached"
    assert abs(details["off"]) > 1


def test_names_every_level_that_does_not_fit() -> None:
    table = _people()
    sizes = _counts(table, "size")
    del sizes["3"]
    sizes["4"] = 100.0
    margins = {"kind": _counts(table, "kind"), "size": sizes}
    found = _refused(table, _design({"method": "raking", "margins": margins}))
    assert {code for code, _ in found} == {
        "estimate.margin_sums_differ",
        "estimate.level_without_count",
        "estimate.count_without_rows",
    }
    assert {details.get("level") for _, details in found} == {None, "3", "4"}


def test_names_totals_and_columns_that_do_not_meet() -> None:
    table = _people()
    known = _formula(table)
    known["totals"]["kind其他"] = known["totals"].pop("kind监测户")
    found = _refused(table, _design({"method": "linear", **known}))
    assert [code for code, _ in found] == ["estimate.column_without_total", "estimate.total_without_column"]
    assert [details["name"] for _, details in found] == ["kind监测户", "kind其他"]
    table["x"] = table["x"].copy()
    table["x"][7] = np.nan
    ((code, details),) = _refused(table, _design({"method": "linear", **_formula(_people())}))
    assert (code, details["row"], details["count"]) == ("estimate.missing_in_formula", 9, 1)


@pytest.mark.parametrize(
    ("calibration", "code"),
    [
        ({"method": "raking"}, "plan.calibration_without_totals"),
        ({"method": "raking", "margins": {"kind": {True: 3}}}, "plan.level_not_text"),
        ({"method": "logit", "margins": {"kind": {"a": 3}}}, "plan.missing_key"),
        ({"method": "linear", "margins": {"kind": {"a": 3}}, "bounds": [1.2, 3]}, "plan.bounds_without_1"),
        ({"method": "poststratify", "margins": {"kind": {"a": 3}, "size": {"1": 3}}}, "plan.poststratify_one_column"),
        ({"method": "linear", "formula": "x"}, "plan.missing_key"),
        ({"method": "linear", "formula": "x +", "totals": {"x": 1}}, "plan.bad_formula"),
        ({"method": "greg", "margins": {"kind": {"a": 3}}}, "plan.not_one_of"),
        ({"method": "linear", "margins": {"kind": {"a": 3}}, "aggregate_stage": 2}, "plan.out_of_range"),
        ({"method": "raking", "margins": {"kind": {"a": -3}}}, "plan.out_of_range"),
        ({"method": "linear", "margins": {"kind": {"a": 3}}, "epsilon": 1}, "plan.key_not_for"),
        ({"method": "raking", "margins": {"kind": {"a": 3}}, "trim": {"strict": True}}, "plan.missing_key"),
        ({"method": "raking", "margins": {"kind": {"a": 3}}, "weights": "w"}, "plan.unknown_key"),
    ],
)
def test_refuses_what_no_calibration_can_be(refuse: Refuse, calibration: Mapping[str, Any], code: str) -> None:
    assert code in [found for found, _ in refuse(calibration=calibration)]
