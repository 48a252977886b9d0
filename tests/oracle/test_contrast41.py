"""Contrasts of domains and levels, with the covariances between them, against R survey 4.1."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sampling.estimate import EstimateRow

Run = Callable[..., list[EstimateRow]]

ORACLE = json.loads((Path(__file__).parent / "contrast41.json").read_text(encoding="utf-8"))
DESIGNS: dict[str, dict[str, Any]] = {
    "clus1": {"stages": [{"cluster": "dnum", "population": "fpc"}], "weights": "pw"},
    "clus2": {"stages": [{"cluster": "dnum", "population": "fpc1"}, {"cluster": "snum", "population": "fpc2"}]},
    "jackknife": {"stages": [{"cluster": "dnum"}], "weights": "pw", "replicates": {"method": "jk1"}},
}


@pytest.mark.parametrize("case", ORACLE["cases"], ids=lambda case: f"{case['design']}-{case['expression']}")
def test_agrees_with_survey(run: Run, case: dict[str, Any]) -> None:
    contrast = {"id": "asked", "statistic": "contrast", "expression": case["expression"]}
    dataset = ORACLE["designs"][case["design"]]["dataset"]
    (row,) = run(dataset, DESIGNS[case["design"]], [{"id": "x", **case["statement"]}, contrast])
    assert row.estimate == pytest.approx(case["estimate"], rel=1e-9)
    assert row.se == pytest.approx(case["se"], rel=1e-8), case["r_call"]


def test_says_where_the_numbers_come_from() -> None:
    assert (ORACLE["survey"], ORACLE["made_by"]) == ("4.1.1", "Rscript make_contrast41.R")
