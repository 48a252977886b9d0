"""Villages taken each by itself with households inside, against R's survey, stage by stage."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sampling.estimate import EstimateRow

Run = Callable[..., list[EstimateRow]]
ORACLE = json.loads((Path(__file__).parent / "poisson41.json").read_text(encoding="utf-8"))
DESIGN: dict[str, Any] = {
    "stages": [{"cluster": "village", "strata": "stratum", "probability": "p"}, {"population": "N"}],
    "weights": "w",
    "unequal": {"method": "poisson"},
}
STATISTICS: dict[str, dict[str, Any]] = {
    "total": {"statistic": "total", "variables": ["cases"]},
    "ratio": {"statistic": "ratio", "numerator": "cases", "denominator": "persons"},
}


@pytest.mark.parametrize("case", ORACLE["cases"], ids=[case["id"] for case in ORACLE["cases"]])
def test_agrees_stage_by_stage(run: Run, case: dict[str, Any]) -> None:
    statistic, _, kind = case["id"].partition("_")
    domain = {"by": ["kind"]} if kind else {}
    rows = run("poisson.csv", DESIGN, [{"id": "asked", **STATISTICS[statistic], **domain}])
    (row,) = [row for row in rows if row.domain.get("kind", "") == kind]
    assert row.estimate == pytest.approx(case["estimate"], rel=1e-9)
    assert row.se == pytest.approx(case["se"], rel=1e-9)
