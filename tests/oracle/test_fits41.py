"""Tests and models against R's survey, over designs, domains, replicates and calibrated weights."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sampling.estimate import EstimateRow
from tests.oracle.survey_cases.designs import written_design
from tests.oracle.survey_cases.fitted import figures_made_here, fit_tolerance

Run = Callable[..., list[EstimateRow]]
FOLDER = Path(__file__).parent
ORACLE = json.loads((FOLDER / "fits41.json").read_text(encoding="utf-8"))
DESIGNS = json.loads((FOLDER / "survey45.json").read_text(encoding="utf-8"))["designs"]


@pytest.mark.parametrize("case", ORACLE["cases"], ids=lambda case: case["id"])
def test_agrees_with_survey(run: Run, case: dict[str, Any]) -> None:
    design = written_design(case["design"], DESIGNS)
    rows = run(DESIGNS[case["design"]]["dataset"] + ".csv", design, [{"id": "asked", **case["statement"]}])
    tolerance = fit_tolerance(case["statement"])
    for name, row, ours, theirs in figures_made_here(case["rows"], rows):
        assert ours == pytest.approx(theirs, rel=tolerance, abs=1e-15), (name, row.reason, case["r_call"])
