"""Samples drawn in two phases, against R survey: exactly its method "full", nearly the approximation of "simple"."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sampling.estimate import EstimateRow

Run = Callable[..., list[EstimateRow]]
ORACLE = json.loads((Path(__file__).parent / "two_phase41.json").read_text(encoding="utf-8"))
OF_KIND = {"subset": "few", "stages": [{"strata": "kind"}]}
TWO_STAGES = [{"cluster": "village", "strata": "region", "population": "N1"}, {"population": "N2"}]
DESIGNS: dict[str, dict[str, Any]] = {
    "elements": {"stages": [{"strata": "region", "population": "NE"}], "two_phase": OF_KIND},
    "villages_then_households": {"stages": TWO_STAGES, "two_phase": OF_KIND},
    "half_of_the_villages": {
        "stages": TWO_STAGES,
        "two_phase": {"subset": "half", "stages": [{"cluster": "village", "strata": "region"}]},
    },
}
STATISTICS: dict[str, dict[str, Any]] = {
    "total": {"statistic": "total", "variables": ["income"]},
    "mean": {"statistic": "mean", "variables": ["income"]},
    "ratio": {"statistic": "ratio", "numerator": "income", "denominator": "persons"},
}
DOMAINS = {"f": "head", "m": "head", "a": "kind"}


@pytest.mark.parametrize("case", ORACLE["cases"], ids=[case["id"] for case in ORACLE["cases"]])
def test_agrees_with_twophase(run: Run, case: dict[str, Any]) -> None:
    statistic, _, level = case["asked"].partition("_")
    domain = {"by": [DOMAINS[level]]} if level else {}
    rows = run("two_phase.csv", DESIGNS[case["design"]], [{"id": "asked", **STATISTICS[statistic], **domain}])
    (row,) = [row for row in rows if not level or level in row.domain.values()]
    assert row.estimate == pytest.approx(case["estimate"], rel=1e-9)
    if case["method"] == "full":
        assert row.se == pytest.approx(case["se"], rel=1e-9)
    elif statistic != "total":  # "simple" takes the sum of a stratum for known, and so the errors of totals for small
        assert row.se == pytest.approx(case["se"], rel=0.08)


def test_cases_are_of_every_design_and_method() -> None:
    assert {(case["design"], case["method"]) for case in ORACLE["cases"]} == {
        (design, method) for design in DESIGNS for method in ("full", "simple")
    }
