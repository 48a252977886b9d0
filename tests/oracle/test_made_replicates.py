"""Replicates that are made here and leave nothing to chance: R's numbers without R's weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.survey_cases.compare import pairs
from tests.oracle.survey_cases.designs import written_design
from tests.oracle.survey_cases.running import last_rows
from tests.oracle.survey_cases.statements import written_statements

ORACLE = json.loads((Path(__file__).parent / "survey45.json").read_text(encoding="utf-8"))
GIVEN_ONLY = ("file", "content", "scale", "rscales")
DETERMINISTIC = {
    name for name, stated in ORACLE["designs"].items() if stated.get("replicate", {}).get("deterministic") is True
}


def _made(name: str) -> dict[str, Any]:
    design = written_design(name, ORACLE["designs"])
    return {
        **design,
        "replicates": {key: design["replicates"][key] for key in design["replicates"] if key not in GIVEN_ONLY},
    }


@pytest.mark.parametrize(
    "case", [c for c in ORACLE["cases"] if c["design"] in DETERMINISTIC], ids=lambda case: case["id"]
)
def test_made_replicates_agree_with_survey(case: dict[str, Any]) -> None:
    dataset = ORACLE["designs"][case["design"]]["dataset"] + ".csv"
    rows = last_rows(dataset, _made(case["design"]), written_statements(case))
    found = list(pairs(case, rows))
    assert found
    for pair in found:
        assert pair.ours == pytest.approx(pair.theirs, rel=case["tol"], abs=1e-10), (pair, case["r_call"])


@pytest.mark.parametrize("name", [name for name, stated in ORACLE["designs"].items() if "replicate" in stated])
def test_degrees_of_freedom_are_those_of_survey(name: str) -> None:
    stated = ORACLE["designs"][name]
    column = "arrests" if stated["dataset"] == "scd" else "api00"
    statement = {"id": "a", "statistic": "mean", "variables": [column]}
    (row,) = last_rows(stated["dataset"] + ".csv", written_design(name, ORACLE["designs"]), [statement])
    assert row.df == stated["degf"]
