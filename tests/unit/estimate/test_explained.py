"""Variances of adjusted designs for all domains at once, against residuals of every row, for every kind of stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from sampling.estimate import EstimateRow, load_plan
from sampling.estimate.covariance import variances
from sampling.estimate.layers import Sample
from sampling.estimate.stages.stage_form import applied
from sampling.estimate.table import Table, sums
from sampling.estimate.weights import explained as at_once

Estimate = Callable[..., list[EstimateRow]]
POPULATIONS = [
    {"cluster": "village", "strata": "region", "population": "N1"},
    {"strata": "kind", "population": "N2"},
]
DESIGNS: Mapping[str, Mapping[str, Any]] = {
    "with replacement": {"stages": [{"cluster": "village", "strata": "region"}]},
    "rows": {"stages": [{"strata": "kind"}]},
    "drawn twice": {"stages": [{"cluster": "village", "strata": "region", "draws": "k"}]},
    "two stages": {"stages": POPULATIONS},
    "three stages": {
        "stages": [
            {"cluster": "county", "population": "N1"},
            {"cluster": "village", "population": "N2"},
            {"population": "N2"},
        ]
    },
    "rounds": {"stages": [{"cluster": "village", "strata": "region"}], "rounds": "round"},
    "hartley-rao": {
        "stages": [{"cluster": "village", "strata": "region", "probability": "pi"}, POPULATIONS[1]],
        "unequal": {"method": "hartley-rao"},
    },
    "overton": {
        "stages": [{"cluster": "village", "probability": "pi"}, POPULATIONS[1]],
        "unequal": {"method": "overton", "variance": "yg"},
    },
    "poisson": {"stages": [{"cluster": "village", "probability": "pi"}], "unequal": {"method": "poisson"}},
    "successive": {
        "stages": [{"cluster": "village", "strata": "region", "probability": "pi"}],
        "unequal": {"method": "successive-differences"},
    },
}


def _table(seed: int = 3, villages: int = 24, rows: int = 10) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    village = np.repeat(np.arange(villages), rows)
    n = village.size
    kind = random.choice(["一般户", "脱贫户"], n)
    x = random.gamma(3.0, 1.0, n)
    return {
        "region": np.array(["东", "西", "北"])[(village // 8).astype(int)],
        "village": village,
        "kind": kind,
        "class": random.choice(["1", "2", "3"], n),
        "county": village // 4,
        "round": np.arange(n) % 2,
        "N1": np.full(n, 40),
        "N2": np.full(n, 60),
        "k": 1 + village % 2,
        "pi": (0.2 + 0.02 * (np.arange(villages) % 10))[village],
        "w": random.uniform(5.0, 15.0, n),
        "x": x,
        "y": 1.0 + x + (kind == "脱贫户") + random.normal(0, 1, n),
        "z": (random.random(n) < 0.3).astype(float),
        "responded": (random.random(n) < 0.8).astype(int),
    }


def _adjusted(table: Mapping[str, Any]) -> dict[str, Any]:
    whole = float(table["w"].sum())
    kinds = {level: whole * share for level, share in (("一般户", 0.45), ("脱贫户", 0.55))}
    classes = {level: whole * share for level, share in (("1", 0.3), ("2", 0.3), ("3", 0.4))}
    return {
        "weights": "w",
        "nested": True,
        "lonely_psu": "certainty",
        "nonresponse": {"responded": "responded", "classes": ["kind"]},
        "calibration": [
            {"method": "raking", "margins": {"kind": kinds, "class": classes}},
            {"method": "linear", "formula": "x", "totals": {"(Intercept)": whole, "x": 3.3 * whole}},
        ],
    }


@pytest.mark.parametrize("name", DESIGNS)
def test_agrees_with_the_residuals_of_every_row(estimate: Estimate, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    table = _table()
    design = {**DESIGNS[name], **_adjusted(table)}
    asked = [
        {"id": "a", "statistic": "mean", "variables": ["y", "z"], "by": ["county"]},
        {"id": "b", "statistic": "ratio", "numerator": "y", "denominator": "x", "by": ["kind"]},
        {"id": "c", "statistic": "total", "variables": ["y"], "where": "region == '东'"},
        {"id": "d", "statistic": "glm", "formula": "y ~ x + kind", "by": ["county"]},
        {"id": "e", "statistic": "ttest", "formula": "y ~ kind"},
    ]
    short = estimate(table, *asked, design=design)
    monkeypatch.setattr(at_once, "MOST_KEPT", 0)
    long = estimate(table, *asked, design=design)
    assert [row.se for row in short] == pytest.approx([row.se for row in long], rel=1e-9)
    monkeypatch.setattr(at_once, "CANCELLED", np.inf)
    longest = estimate(table, *asked, design=design)
    assert [row.se for row in short] == pytest.approx([row.se for row in longest], rel=1e-9)
    assert all(row.se for row in short)


@pytest.mark.parametrize("rule", ["adjust", "average", "remove", "certainty"])
def test_follows_the_rule_for_lone_units(estimate: Estimate, monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    table = _table()
    table["region"] = np.where(table["village"] == 0, "南", table["region"])
    design = {**DESIGNS["with replacement"], **_adjusted(table), "lonely_psu": rule}
    asked = {"id": "a", "statistic": "mean", "variables": ["y"], "by": ["kind"]}
    short = estimate(table, asked, design=design)
    monkeypatch.setattr(at_once, "MOST_KEPT", 0)
    monkeypatch.setattr(at_once, "CANCELLED", np.inf)
    assert [row.se for row in short] == pytest.approx([r.se for r in estimate(table, asked, design=design)], rel=1e-9)
    assert all("lonely_psu" in row.flags for row in short)


@pytest.mark.parametrize("name", DESIGNS)
def test_the_form_applied_is_the_quadratic_form(name: str) -> None:
    table = _table()
    asked = [{"id": "a", "statistic": "mean", "variables": ["y"]}]
    design = {**DESIGNS[name], "weights": "w", "nested": True}
    reading = load_plan({"version": 1, "design": design, "estimates": asked})
    assert reading.plan is not None, reading.complaints
    compiled = Sample(reading.plan.design, Table(table)).design
    scores = np.column_stack([table["y"], table["x"]])
    value = 0.0
    for stage in compiled.stages:
        totals = np.column_stack([sums(stage.unit, column, stage.alpha.size) for column in scores.T])
        value = value + (totals * applied(stage, totals)).sum(axis=0)
    every = np.arange(scores.shape[0], dtype=np.int64)
    assert value == pytest.approx(variances(compiled, every, scores).value, rel=1e-10)


def test_a_domain_inside_one_first_stage_unit_takes_the_units_below_it(estimate: Estimate) -> None:
    table = _table()
    stages = [{"cluster": "county", "strata": "region"}, {"cluster": "village", "population": "N2"}, {}]
    table["region"] = np.where(table["county"] % 2, "东", "西")
    stages[0]["population"], stages[2] = "N1", {"population": "N2"}
    asked = {"id": "a", "statistic": "mean", "variables": ["y"], "by": ["county"]}
    rows = estimate(table, asked, design={"stages": stages, **_adjusted(table)})
    assert len(rows) == 6
    for row in rows:
        assert "given_first_stage_unit" in row.flags
        assert row.df == 3
        assert row.se is not None
        assert row.se > 0


def test_a_sample_that_is_the_population_varies_by_nobody(estimate: Estimate) -> None:
    table = _table()
    table["N"] = np.full(table["w"].size, table["w"].size)
    (row,) = estimate(
        table,
        {"id": "a", "statistic": "mean", "variables": ["y"]},
        design={**_adjusted(table), "stages": [{"population": "N"}], "nonresponse": None},
    )
    assert row.estimate is not None
    assert (row.se, row.reason) == (0.0, "estimate.no_variance")
