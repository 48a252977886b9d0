"""Quantiles by every rule and interval, and variances, against R survey 4.1."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sampling.estimate import EstimateRow

Run = Callable[..., list[EstimateRow]]

ORACLE = json.loads((Path(__file__).parent / "quantile41.json").read_text(encoding="utf-8"))
METHODS = {"mean": "wald", "asin": "arcsine"}
DESIGNS: dict[str, dict[str, Any]] = {
    "strat": {"stages": [{"strata": "stype", "population": "fpc"}], "weights": "pw"},
    "clus1": {"stages": [{"cluster": "dnum", "population": "fpc"}], "weights": "pw"},
    "clus2": {"stages": [{"cluster": "dnum"}, {"cluster": "snum"}], "weights": "pw"},
    "poststrata": {
        "stages": [{"cluster": "dnum", "population": "fpc"}],
        "weights": "pw",
        "calibration": {"method": "poststratify", "margins": {"stype": {"E": 4421, "H": 755, "M": 1018}}},
    },
    "jackknife": {"stages": [{"cluster": "dnum"}], "weights": "pw", "replicates": {"method": "jk1"}},
}


def _rows(run: Run, case: dict[str, Any]) -> list[EstimateRow]:
    statement: dict[str, Any] = {"id": "asked", "statistic": case["statistic"], "variables": [case["variable"]]}
    if case["statistic"] == "quantile":
        interval = {
            "method": METHODS.get(case["type"], case["type"]),
            "level": case["level"],
            "df": "infinite" if case["df"] == "Inf" else "design",
        }
        statement |= {"p": case["p"], "rule": case["rule"], "interval": interval}
    if case["stype"]:
        statement["where"] = f"stype == '{case['stype']}'"
    return run(ORACLE["designs"][case["design"]]["dataset"], DESIGNS[case["design"]], [statement])


def _named(case: dict[str, Any]) -> str:
    parts = (case["design"], case["statistic"], case["variable"], case.get("rule"), case.get("type"), case["stype"])
    return "-".join(str(part) for part in parts if part)


@pytest.mark.parametrize("case", ORACLE["cases"], ids=_named)
def test_agrees_with_survey(run: Run, case: dict[str, Any]) -> None:
    rows = _rows(run, case)
    assert [row.p for row in rows] == case.get("p", [None])
    assert [row.estimate for row in rows] == pytest.approx(case["estimate"], rel=1e-9)
    for index, row in enumerate(rows):
        for name, ours in (("lower", row.low), ("upper", row.high), ("se", row.se)):
            if name not in case:
                continue
            theirs = case[name][index]
            if theirs is None or (case.get("upper") and case["upper"][index] == case["lower"][index]):
                # R writes NaN beyond the data, and an interval without width where both limits are one value.
                assert ours is None
                assert row.reason in ("estimate.limit_beyond_data", "estimate.no_variance")
            else:
                assert ours == pytest.approx(theirs, rel=1e-8), (name, case["r_call"])


def test_holds_every_rule_and_says_where_the_numbers_come_from() -> None:
    assert (ORACLE["survey"], ORACLE["made_by"]) == ("4.1.1", "Rscript make_quantile41.R")
    rules = {case["rule"] for case in ORACLE["cases"] if case["statistic"] == "quantile"}
    assert rules == {"math", "school", "shahvaish", *(f"hf{number}" for number in range(1, 10))}
