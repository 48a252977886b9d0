"""Tests and models against R's survey, over designs, domains, replicates and calibrated weights."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sampling.estimate import EstimateRow
from tests.oracle.survey_cases.designs import written_design

Run = Callable[..., list[EstimateRow]]
FOLDER = Path(__file__).parent
ORACLE = json.loads((FOLDER / "fits41.json").read_text(encoding="utf-8"))
DESIGNS = json.loads((FOLDER / "survey45.json").read_text(encoding="utf-8"))["designs"]


def _tolerance(case: dict[str, Any]) -> float:
    """Give what R is exact to: it stops its steps, and those of each replicate, where the deviance hardly moves."""
    if case["statement"].get("test") == "lincom":
        return 1e-5
    if case["statement"].get("family", "gaussian") != "gaussian":
        return 1e-6
    return 1e-8


@pytest.mark.parametrize("case", ORACLE["cases"], ids=lambda case: case["id"])
def test_agrees_with_survey(run: Run, case: dict[str, Any]) -> None:
    design = written_design(case["design"], DESIGNS)
    rows = run(DESIGNS[case["design"]]["dataset"] + ".csv", design, [{"id": "asked", **case["statement"]}])
    tolerance = _tolerance(case)
    for row, expected in zip(rows, case["rows"], strict=True):
        for name, value in expected.items():
            # A limit next to 0 is as exact as what it is the difference of.
            size = abs(expected["estimate"]) if name in ("low", "high") else 0.0
            wanted = (
                value if isinstance(value, str) else pytest.approx(value, rel=tolerance, abs=tolerance * size + 1e-15)
            )
            assert getattr(row, name) == wanted, (name, row.reason, case["r_call"])
