"""Replicates of adjusted designs: each adjusted as the sample was, near the linearised errors, lines kept together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from sampling.estimate import DataRefusedError, EstimateRow, load_plan
from sampling.estimate.layers import Sample
from sampling.estimate.replicates import units as replicate_units
from sampling.estimate.table import Table
from sampling.estimate.weights import steps as weight_steps

Estimate = Callable[..., list[EstimateRow]]
MEANS = {"id": "y", "statistic": "mean", "variables": ["y"], "where": "responded == 1"}
TOTAL = {"id": "t", "statistic": "total", "variables": ["y"], "where": "responded == 1"}
KINDS = ("一般户", "脱贫户")


def _table(seed: int = 1, villages: int = 60) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    village = np.repeat(np.arange(villages), 12)
    n = village.size
    kind = random.choice(KINDS, n)
    x = random.gamma(3.0, 1.0, n)
    return {
        "region": np.where(village % 2, "东", "西"),
        "village": village,
        "kind": kind,
        "size": random.choice(["1", "2"], n),
        "x": x,
        "responded": (random.random(n) < np.where(kind == KINDS[0], 0.6, 0.9)).astype(int),
        "y": 2.0 * x + (kind == KINDS[1]) + random.normal(0, 1, n) + random.normal(0, 0.5, villages)[village],
        "w": random.uniform(5.0, 10.0, n),
    }


def _adjustments(table: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    whole = float(table["w"].sum())
    kinds = dict(zip(KINDS, (0.45 * whole, 0.55 * whole), strict=True))
    sizes = {"1": 0.5 * whole, "2": 0.5 * whole}
    amounts = {"(Intercept)": whole, "x": 3.05 * whole}
    return {
        "raking": {"calibration": {"method": "raking", "margins": {"kind": kinds, "size": sizes}}},
        "classes": {"nonresponse": {"responded": "responded", "classes": ["kind"]}},
        "inverse": {"nonresponse": {"responded": "responded", "propensity": "kind", "method": "inverse"}},
        "linear": {"calibration": {"method": "linear", "formula": "x", "totals": amounts}},
        "all": {
            "nonresponse": {"responded": "responded", "classes": ["kind"]},
            "calibration": [
                {"method": "poststratify", "margins": {"size": sizes}},
                {"method": "linear", "formula": "kind + x", "totals": {**amounts, "kind脱贫户": kinds[KINDS[1]]}},
            ],
        },
    }


def _design(**more: Any) -> dict[str, Any]:
    return {"stages": [{"cluster": "village", "strata": "region"}], "weights": "w", **more}


def _compiled(table: Mapping[str, Any], design: Mapping[str, Any]) -> Any:
    reading = load_plan({"version": 1, "design": design, "estimates": [MEANS]})
    assert reading.plan is not None, reading.complaints
    return Sample(reading.plan.design, Table(table)).design


@pytest.mark.parametrize("name", ["raking", "classes", "inverse", "linear", "all"])
def test_the_jackknife_is_near_the_linearised_errors(estimate: Estimate, name: str) -> None:
    table = _table()
    more = _adjustments(table)[name]
    linear = estimate(table, MEANS, TOTAL, design=_design(**more))
    replicated = estimate(table, MEANS, TOTAL, design=_design(**more, replicates={"method": "jkn"}))
    for one, other in zip(linear, replicated, strict=True):
        assert one.estimate == pytest.approx(other.estimate, rel=1e-12)
        assert one.se == pytest.approx(other.se, rel=0.04)


@pytest.mark.parametrize("name", ["raking", "classes"])
def test_rows_that_share_a_line_have_the_weights_they_have_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table = _table()
    design = _design(**_adjustments(table)[name], replicates={"method": "jkn"})
    together = _compiled(table, design).replicates
    rows = np.arange(table["w"].size, dtype=np.int64)
    alone = together.unit.size
    assert together.factors.shape[0] < alone
    step = type(_steps(table, design)[0])
    monkeypatch.setattr(step, "shared", property(lambda _: None))
    apart = _compiled(table, design).replicates
    assert apart.factors.shape[0] == alone
    for number in range(0, together.count, 7):
        assert together.weights(number, rows) == pytest.approx(apart.weights(number, rows), rel=1e-10)


def _steps(table: Mapping[str, Any], design: Mapping[str, Any]) -> list[Any]:
    reading = load_plan({"version": 1, "design": design, "estimates": [MEANS]})
    assert reading.plan is not None
    spec = reading.plan.design
    return [weight_steps.compiled(each, spec, Table(table), table["w"]) for each in spec.adjustments]


def test_every_replicate_reaches_the_totals() -> None:
    table = _table()
    more = _adjustments(table)["raking"]
    replicates = _compiled(table, _design(**more, replicates={"method": "jkn"})).replicates
    rows = np.arange(table["w"].size, dtype=np.int64)
    for number in range(replicates.count):
        weights = replicates.weights(number, rows)
        for column, counts in more["calibration"]["margins"].items():
            for level, count in counts.items():
                assert weights[table[column] == level].sum() == pytest.approx(count, rel=1e-7)


def test_names_the_replicate_that_cannot_be_adjusted() -> None:
    table = _table()
    table["kind"] = np.where(table["village"] == 3, "五保户", KINDS[0])
    whole = float(table["w"].sum())
    margins = {"kind": {"五保户": 0.02 * whole, KINDS[0]: 0.98 * whole}}
    design = _design(calibration={"method": "poststratify", "margins": margins}, replicates={"method": "jkn"})
    with pytest.raises(DataRefusedError) as refusal:
        _compiled(table, design)
    (complaint,) = refusal.value.complaints
    assert complaint.code == "estimate.replicate_not_adjusted"
    assert complaint.details["cell"] == "kind 五保户"


def test_refuses_more_lines_than_memory_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    table = _table()
    monkeypatch.setattr(replicate_units, "MOST_FACTORS", 1000)
    design = _design(**_adjustments(table)["linear"], replicates={"method": "jkn"})
    with pytest.raises(DataRefusedError) as refusal:
        _compiled(table, design)
    assert [each.code for each in refusal.value.complaints] == ["estimate.replicates_too_many"]


@pytest.mark.parametrize("name", ["raking", "classes", "linear"])
@pytest.mark.parametrize("method", ["jkn", "bootstrap"])
def test_a_domain_of_one_unit_has_no_degrees_of_freedom(estimate: Estimate, method: str, name: str) -> None:
    table = _table(villages=20)
    replicates = {"method": method, **({"replicates": 60} if method == "bootstrap" else {})}
    design = _design(replicates=replicates, **_adjustments(table)[name])
    plain = _design(replicates=replicates)
    rows = estimate(table, {**MEANS, "by": ["village"]}, MEANS | {"id": "all"}, design=design)
    whole = estimate(table, MEANS, design=plain)[0]
    assert {(row.df, row.reason) for row in rows[:-1]} == {(0.0, "estimate.no_degrees_of_freedom")}
    assert rows[-1].df == whole.df == 18.0
