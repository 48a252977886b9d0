"""Numbers made with Debian's r-cran-survey: unequal probabilities, stages, lone PSUs, replicates, a field's answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sampling.estimate import EstimateRow
from tests.oracle.survey_cases.made_here import WITHOUT_PEERS, pairs_made_here, read_sets, tolerance

Run = Callable[..., list[EstimateRow]]
DESIGNS, CASES = read_sets("survey41.json", "field41.json", "replicates41.json")


@pytest.mark.parametrize("case", CASES, ids=[f"{case['design']}-{case['r_call']}" for case in CASES])
def test_agrees_with_survey(run: Run, case: dict[str, Any]) -> None:
    stated = DESIGNS[case["design"]]
    rows = run(stated["dataset"], stated["plan"], case["estimates"])
    if "error" in case["expected"]:
        assert "has only one PSU" in case["expected"]["error"]
        assert {row.reason for row in rows} == {"estimate.lonely_psu"}
        return
    found = list(pairs_made_here(case, rows))
    assert found or {row.reason for row in rows} == {WITHOUT_PEERS}
    for pair in found:
        assert pair.ours == pytest.approx(pair.theirs, rel=tolerance(case["r_call"]), abs=1e-10), pair
