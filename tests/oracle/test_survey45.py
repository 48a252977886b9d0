"""Every number of R survey 4.5, through the plan a user would write."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sampling.estimate import EstimateRow
from tests.oracle.survey_cases.compare import pairs
from tests.oracle.survey_cases.designs import written_design
from tests.oracle.survey_cases.statements import written_statements
from tests.oracle.survey_cases.weights import weight_pairs

Run = Callable[..., list[EstimateRow]]

ORACLE = json.loads((Path(__file__).parent / "survey45.json").read_text(encoding="utf-8"))


def _cases(*, weights: bool) -> list[Any]:
    return [
        pytest.param(case, id=case["id"]) for case in ORACLE["cases"] if (case["extractor"] == "weights") == weights
    ]


@pytest.mark.parametrize("case", _cases(weights=True))
def test_adjusts_weights_as_survey_does(case: dict[str, Any]) -> None:
    stated = ORACLE["designs"][case["design"]]
    found = list(weight_pairs(case, stated["dataset"] + ".csv", written_design(case["design"], ORACLE["designs"])))
    assert max(pair.difference() for pair in found) <= case["tol"], case["r_call"]


@pytest.mark.parametrize("case", _cases(weights=False))
def test_agrees_with_survey(run: Run, case: dict[str, Any]) -> None:
    stated = ORACLE["designs"][case["design"]]
    rows = run(stated["dataset"] + ".csv", written_design(case["design"], ORACLE["designs"]), written_statements(case))
    found = list(pairs(case, rows))
    assert found
    for pair in found:
        if pair.without_width:
            # R writes an interval without width around an exact estimate; here it has a reason instead.
            assert pair.ours is None
            assert pair.reason == "estimate.no_variance"
            continue
        assert pair.ours == pytest.approx(pair.theirs, rel=case["tol"], abs=1e-10), (pair, case["r_call"])


def test_says_where_the_numbers_come_from() -> None:
    assert ORACLE["meta"]["survey_version"] == "4.5"
    assert all(case["r_call"] for case in ORACLE["cases"])
