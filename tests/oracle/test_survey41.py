"""Numbers made with Debian's r-cran-survey: unequal probabilities, three stages, lone PSUs, a field's answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sampling.estimate import EstimateRow

Run = Callable[..., list[EstimateRow]]
FILES = ("survey41.json", "field41.json")
ORACLES = [json.loads((Path(__file__).parent / name).read_text(encoding="utf-8")) for name in FILES]
DESIGNS = {name: design for oracle in ORACLES for name, design in oracle["designs"].items()}
CASES = [case for oracle in ORACLES for case in oracle["cases"]]
FIELDS = {"estimate": "estimate", "se": "se", "deff": "deff", "lower": "low", "upper": "high", "df": "df"}
WITHOUT_PEERS = "estimate.lonely_psu_without_peers"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _tolerance(call: str) -> float:
    # R interpolates the likelihood's profile with a spline, and fits the logit's intercept by iteration.
    return 1e-5 if "likelihood" in call else 1e-7 if "logit" in call else 1e-9


@pytest.mark.parametrize("case", CASES, ids=[f"{case['design']}-{case['r_call']}" for case in CASES])
def test_agrees_with_survey(run: Run, case: dict[str, Any]) -> None:
    stated, expected, call = DESIGNS[case["design"]], case["expected"], case["r_call"]
    rows = run(stated["dataset"], stated["plan"], case["estimates"])
    if "error" in expected:
        assert "has only one PSU" in expected["error"]
        assert {row.reason for row in rows} == {"estimate.lonely_psu"}
        return
    for field, name in FIELDS.items():
        # R counts the degrees of freedom of the whole design, here the domain's are taken.
        if field not in expected or (field == "df" and any(word in call for word in ("subset", "svyby", "na.rm"))):
            continue
        values = _listed(expected[field]) * (len(rows) if field == "df" else 1)
        assert len(values) == len(rows)
        for row, value in zip(rows, values, strict=True):
            if row.reason == WITHOUT_PEERS:
                # R gives NaN or NA here for the error.
                assert _listed(expected["se"])[rows.index(row)] in ("NaN", "NA")
                continue
            assert getattr(row, name) == pytest.approx(value, rel=_tolerance(call), abs=1e-10), field
