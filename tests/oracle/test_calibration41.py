"""Numbers made with Debian's r-cran-survey: calibrated designs, as a whole and in domains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sampling.estimate import EstimateRow
from tests.oracle.survey_cases.made_here import pairs_made_here, read_sets, tolerance

Run = Callable[..., list[EstimateRow]]
DESIGNS, CASES = read_sets("calibration41.json")


@pytest.mark.parametrize("case", CASES, ids=[f"{case['design']}-{case['r_call']}" for case in CASES])
def test_agrees_with_survey(run: Run, case: dict[str, Any]) -> None:
    stated = DESIGNS[case["design"]]
    rows = run(stated["dataset"], stated["plan"], case["estimates"])
    found = list(pairs_made_here(case, rows))
    assert found
    for pair in found:
        assert pair.ours == pytest.approx(pair.theirs, rel=tolerance(case["r_call"])), (pair, stated["r"])
