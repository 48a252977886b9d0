"""Every number of R survey 4.5 for what is built, through the plan a user would write."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from sampling.estimate import EstimateRow

Run = Callable[..., list[EstimateRow]]

ORACLE = json.loads((Path(__file__).parent / "survey45.json").read_text(encoding="utf-8"))
METHODS = {"asin": "arcsine", "mean": "wald"}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _design(stated: Mapping[str, Any]) -> dict[str, Any]:
    ids, fpc = _listed(stated["ids"]), _listed(stated["fpc"])
    stages: list[dict[str, Any]] = [{"cluster": name} for name in ids] or [{}]
    for stage, population in zip(stages, fpc, strict=False):
        stage["population"] = population
    if stated.get("strata"):
        stages[0]["strata"] = stated["strata"]
    weights = {"weights": stated["weights"]} if stated["weights"] else {}
    return {"stages": stages, "nested": bool(stated.get("nest")), **weights}


def _estimates(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write a case as statements; the last one is compared."""
    asked = case["estimator"]
    common: dict[str, Any] = {
        "id": "last",
        "by": asked.get("by", []),
        "missing": "drop" if asked.get("na_rm") else "fail",
    }
    if asked.get("deff"):
        common["design_effect"] = asked["deff"]
    if asked.get("subset"):
        common["where"] = "{var} {op} '{value}'".format(**asked["subset"])
    if asked["fn"] in ("mean", "total", "degf"):
        names = asked["vars"] or ["api00"]
        statistic = "mean" if asked["fn"] == "degf" else asked["fn"]
        df = case["expected"].get("ci_t", {}).get("df", "design")
        levels = {"categorical": names} if asked.get("factor") else {}
        return [{**common, "statistic": statistic, "variables": names, "interval": {"df": df}, **levels}]
    if asked["fn"] == "ratio":
        return [{**common, "statistic": "ratio", "numerator": asked["num"][0], "denominator": asked["den"][0]}]
    if asked["fn"] == "ciprop":
        method = METHODS.get(asked["method"], asked["method"])
        df = "infinite" if asked["df"] == "Inf" else "design"
        interval = {"method": method, "level": asked["level"], "df": df}
        return [{**common, "statistic": "proportion", "variables": asked["vars"], "interval": interval}]
    return _contrast(asked)


def _contrast(asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = list(asked.get("coefs", asked["vars"]))
    parts: list[dict[str, Any]] = [{"id": name, "statistic": "mean", "variables": [name]} for name in names]
    if asked.get("by"):
        column = asked["by"][0]
        parts = [
            {"id": name, "statistic": "mean", "variables": asked["vars"], "where": f"{column} == '{name}'"}
            for name in names
        ]
    expression = asked.get("expr") or " + ".join(f"{factor} * {name}" for name, factor in asked["coefs"].items())
    return [*parts, {"id": "last", "statistic": "contrast", "expression": expression}]


def _order(case: Mapping[str, Any], rows: list[EstimateRow]) -> list[int]:
    by = case["estimator"].get("by", [])
    if len(by) < 2:
        return list(range(len(rows)))
    names = case["expected"]["names"]
    return [names.index(".".join(row.domain[column] for column in by)) for row in rows]


@pytest.mark.parametrize("case", ORACLE["cases"], ids=lambda case: case["id"])
def test_agrees_with_survey(run: Run, case: dict[str, Any]) -> None:
    stated = ORACLE["designs"][case["design"]]
    rows = run(stated["dataset"] + ".csv", _design(stated), _estimates(case))
    expected = case["expected"]
    if case["extractor"] == "number":
        assert [row.df for row in rows] == [expected["value"]]
        return
    limits = expected.get("ci_t", expected)
    wanted = {
        "estimate": expected["estimate"],
        "se": expected.get("se"),
        "deff": expected.get("deff"),
        "low": limits.get("lower"),
        "high": limits.get("upper"),
    }
    order = _order(case, rows)
    assert len(rows) == len(_listed(expected["estimate"]))
    for name, values in wanted.items():
        if values is None:
            continue
        for row, place in zip(rows, order, strict=True):
            target = _listed(values)[place]
            if name in ("low", "high") and row.se == 0:
                # R writes an interval without width around an exact estimate; here it has a reason instead.
                assert getattr(row, name) is None
                assert row.reason == "estimate.no_variance"
                continue
            assert getattr(row, name) == pytest.approx(target, rel=case["tol"], abs=1e-10), (name, case["r_call"])


def test_says_where_the_numbers_come_from() -> None:
    assert ORACLE["meta"]["survey_version"] == "4.5"
    assert all(case["r_call"] for case in ORACLE["cases"])
