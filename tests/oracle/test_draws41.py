"""Units drawn several times with replacement, against R's survey with every row repeated for each draw."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sampling.estimate import EstimateRow

Run = Callable[..., list[EstimateRow]]
ORACLE = json.loads((Path(__file__).parent / "draws41.json").read_text(encoding="utf-8"))
VILLAGES = {"cluster": "village", "strata": "stratum", "draws": "k"}
DESIGNS: dict[str, dict[str, Any]] = {
    "in_full": {"stages": [VILLAGES, {"population": "taken"}], "weights": "w"},
    "subsampled": {"stages": [VILLAGES, {"population": "N"}], "weights": "w"},
    "households": {"stages": [{"strata": "stratum", "draws": "often"}], "weights": "wo"},
}
STATISTICS: dict[str, dict[str, Any]] = {
    "total": {"statistic": "total", "variables": ["cases"]},
    "ratio": {"statistic": "ratio", "numerator": "cases", "denominator": "persons"},
}


@pytest.mark.parametrize("case", ORACLE["cases"], ids=[f"{case['design']}-{case['id']}" for case in ORACLE["cases"]])
def test_agrees_with_rows_repeated_for_each_draw(run: Run, case: dict[str, Any]) -> None:
    statistic, _, kind = case["id"].partition("_")
    domain = {"by": ["kind"]} if kind else {}
    rows = run("draws.csv", DESIGNS[case["design"]], [{"id": "asked", **STATISTICS[statistic], **domain}])
    (row,) = [row for row in rows if row.domain.get("kind", "") == kind]
    assert row.estimate == pytest.approx(case["estimate"], rel=1e-9)
    assert row.se == pytest.approx(case["se"], rel=1e-9)
    assert row.df == case["df"]


@pytest.mark.parametrize("statistic", STATISTICS)
def test_the_subsample_of_a_repeated_unit_adds_what_its_draws_share(statistic: str) -> None:
    found = {(case["design"], case["id"]): case["se"] for case in ORACLE["cases"]}
    assert found["subsampled", statistic] > 1.01 * found["in_full", statistic]
