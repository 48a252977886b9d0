"""Misspelt keys, words and signs of a plan are told with what was probably meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from sampling.estimate import load_plan
from sampling.estimate.reading.meant import nearest

MEAN: Mapping[str, Any] = {"id": "a", "statistic": "mean", "variables": ["x"]}
DESIGN: Mapping[str, Any] = {"weights": "w"}


def _meant(
    statement: Mapping[str, Any] | None = None, design: Mapping[str, Any] | None = None
) -> list[tuple[str, str, object]]:
    plan = {"version": 1, "design": {**DESIGN, **(design or {})}, "estimates": [{**MEAN, **(statement or {})}]}
    found = load_plan(plan).complaints
    return [(each.code, str(each.details["place"]), each.details.get("meant")) for each in found]


@pytest.mark.parametrize(
    ("key", "meant"), [("filter", "where"), ("variable", "variables"), ("Where", "where"), ("stat", "statistic")]
)
def test_keys(key: str, meant: str) -> None:
    assert _meant({key: "x"}) == [("plan.misspelt_key", f"estimates[0].{key}", meant)]


def test_keys_of_the_design() -> None:
    assert _meant(design={"weight": "w"}) == [("plan.misspelt_key", "design.weight", "weights")]


def test_keys_with_full_width_signs() -> None:
    assert _meant({"by：县": None}) == [("plan.full_width_key", "estimates[0].by：县", ":")]


@pytest.mark.parametrize(("word", "meant"), [("median", "quantile"), ("frequency", "proportion"), ("Mean", "mean")])
def test_statistics(word: str, meant: str) -> None:
    assert _meant({"statistic": word})[0] == ("plan.misspelt_word", "estimates[0].statistic", meant)


@pytest.mark.parametrize(
    ("design", "place", "meant"),
    [
        ({"replicates": {"method": "JK1"}}, "design.replicates.method", "jk1"),
        ({"calibration": {"method": "rake", "margins": {"k": {"a": 3}}}}, "design.calibration.method", "raking"),
        ({"stages": [{"probability": "p"}], "unequal": {"method": "Brewer"}}, "design.unequal.method", "brewer"),
    ],
)
def test_methods(design: Mapping[str, Any], place: str, meant: str) -> None:
    assert _meant(design=design) == [("plan.misspelt_word", place, meant)]


@pytest.mark.parametrize(
    ("condition", "meant"),
    [
        ("x == 1 & y == 2", "and"),
        ("x == 1 AND y == 2", "and"),
        ("x == 1 且 y == 2", "and"),
        ("x == 1 | y == 2", "or"),
        ("x = 1", "=="),
        ("x ≥ 1", ">="),
        ("x == ‘a’", "'"),
        ("x in ['a'，'b']", ","),
    ],
)
def test_words_and_signs_of_conditions(condition: str, meant: str) -> None:
    assert _meant({"where": condition}) == [("plan.misspelt_sign", "estimates[0].where", meant)]


def test_signs_of_expressions_and_formulas() -> None:
    contrast = {"id": "c", "statistic": "contrast", "expression": "a × 2"}
    plan = {"version": 1, "design": DESIGN, "estimates": [MEAN, contrast]}
    (complaint,) = load_plan(plan).complaints
    assert (complaint.code, complaint.details["position"], complaint.details["meant"]) == ("plan.misspelt_sign", 3, "*")
    model = {"id": "g", "statistic": "glm", "formula": "y ～ x"}
    (complaint,) = load_plan({"version": 1, "design": DESIGN, "estimates": [model]}).complaints
    assert (complaint.code, complaint.details["meant"]) == ("plan.misspelt_sign", "~")


@pytest.mark.parametrize(("word", "known"), [("jk2", ["jk1", "jkn"]), ("seed", ["nested", "weights"]), ("", ["a"])])
def test_no_guess_where_nothing_or_several_are_near(word: str, known: list[str]) -> None:
    assert nearest(word, known) is None
