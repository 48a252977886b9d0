"""What a plan may ask of replicates, and designs that a method cannot follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sampling.estimate import DataRefusedError, load_plan, run_plan

Refuse = Callable[..., list[tuple[str, str]]]
PLACE = "design.replicates"


@pytest.mark.parametrize(
    ("replicates", "complaint"),
    [
        ({}, ("plan.missing_key", f"{PLACE}.method")),
        ({"method": "brr", "files": "r.csv"}, ("plan.misspelt_key", f"{PLACE}.files")),
        ({"method": "jk2"}, ("plan.not_one_of", f"{PLACE}.method")),
        ({"method": "other"}, ("plan.missing_key", f"{PLACE}.file")),
        ({"method": "other", "file": "r.csv"}, ("plan.missing_key", f"{PLACE}.scale")),
        ({"method": "fay"}, ("plan.missing_key", f"{PLACE}.rho")),
        ({"method": "fay", "rho": 1.0}, ("plan.out_of_range", f"{PLACE}.rho")),
        ({"method": "brr", "rho": 0.5}, ("plan.key_not_for", f"{PLACE}.rho")),
        ({"method": "jkn", "replicates": 50}, ("plan.key_not_for", f"{PLACE}.replicates")),
        ({"method": "bootstrap", "file": "r.csv", "seed": 5}, ("plan.key_not_for", f"{PLACE}.seed")),
        ({"method": "bootstrap", "scale": 0.1}, ("plan.key_not_for", f"{PLACE}.scale")),
        ({"method": "bootstrap", "replicates": 1}, ("plan.out_of_range", f"{PLACE}.replicates")),
        ({"method": "bootstrap", "replicates": 50.5}, ("plan.wrong_type", f"{PLACE}.replicates")),
        ({"method": "brr", "file": "r.csv", "join": "psu"}, ("plan.key_not_for", f"{PLACE}.join")),
        ({"method": "brr", "file": "r.csv", "rscales": ["a"]}, ("plan.wrong_type", f"{PLACE}.rscales")),
        ({"method": "brr", "file": "r.csv", "rscales": [0, 0.0]}, ("plan.wrong_type", f"{PLACE}.rscales")),
        ({"method": "brr", "file": "r.csv", "rscales": []}, ("plan.wrong_type", f"{PLACE}.rscales")),
        ({"method": "brr", "file": "r.csv", "fpc": 1}, ("plan.unknown_key", f"{PLACE}.fpc")),
    ],
    ids=str,
)
def test_names_what_is_wrong(refuse: Refuse, replicates: dict[str, Any], complaint: tuple[str, str]) -> None:
    assert refuse(replicates=replicates) == [complaint]


def test_a_misspelt_method_hides_no_other_fault(refuse: Refuse) -> None:
    found = refuse(replicates={"method": "JK1", "file": "r.csv", "fpc": 1})
    assert found == [("plan.misspelt_word", f"{PLACE}.method"), ("plan.unknown_key", f"{PLACE}.fpc")]


def test_rules_for_lone_units_that_no_replicate_follows_are_refused(refuse: Refuse) -> None:
    bootstrap = {"method": "bootstrap"}
    assert refuse(replicates=bootstrap, lonely_psu="adjust") == [("plan.key_not_for", "design.lonely_psu")]
    assert refuse(replicates={"method": "jkn"}, lonely_psu="average", lonely_domain=True) == [
        ("plan.key_not_for", "design.lonely_domain")
    ]
    given = {"method": "bootstrap", "file": "r.csv"}
    assert refuse(replicates=given, lonely_psu="adjust") == []


ROWS = 12
DATA = {
    "psu": np.repeat(["a", "b", "c", "d"], 3),
    "house": [f"h{row}" for row in range(ROWS)],
    "h": np.repeat(["u", "v"], 6),
    "w": np.ones(ROWS),
    "y": np.arange(ROWS, dtype=float),
    "N": np.full(ROWS, 10),
    "M": np.full(ROWS, 9),
    "k": np.repeat([1, 2, 1, 1], 3),
    "pi": np.repeat([0.2, 0.3, 0.4, 0.5], 3),
}
PSUS: dict[str, Any] = {"cluster": "psu", "strata": "h"}


@pytest.mark.parametrize(
    ("method", "design", "code"),
    [
        ("jk1", {"stages": [PSUS]}, "estimate.replicates_stratified"),
        ("brr", {"stages": [{"cluster": "psu"}]}, "estimate.replicates_unpaired_whole"),
        ("jkn", {"stages": [{**PSUS, "population": "N"}, {"population": "M"}]}, "estimate.replicates_below"),
        ("mrbbootstrap", {"stages": [{**PSUS, "draws": "k"}]}, "estimate.replicates_repeated"),
        (
            "subbootstrap",
            {"stages": [{**PSUS, "probability": "pi"}], "unequal": {"method": "brewer"}},
            "estimate.replicates_unequal",
        ),
        (
            "mrbbootstrap",
            {"stages": [{**PSUS, "probability": "pi"}], "unequal": {"method": "brewer"}},
            "estimate.replicates_unequal",
        ),
        (
            "jkn",
            {"stages": [{**PSUS, "probability": "pi"}], "unequal": {"method": "hartley-rao"}},
            "estimate.replicates_unequal",
        ),
        (
            "jkn",
            {"stages": [{**PSUS, "probability": "pi"}], "unequal": {"method": "successive-differences"}},
            "estimate.replicates_unequal",
        ),
        (
            "jkn",
            {"stages": [{**PSUS, "probability": "pi"}], "unequal": {"method": "poisson"}},
            "estimate.replicates_unequal",
        ),
    ],
    ids=str,
)
def test_designs_that_a_method_cannot_follow_are_refused(method: str, design: dict[str, Any], code: str) -> None:
    stated = {"weights": "w", **design, "replicates": {"method": method}}
    statement = {"id": "m", "statistic": "mean", "variables": ["y"]}
    reading = load_plan({"version": 1, "design": stated, "estimates": [statement]})
    assert reading.plan is not None, reading.complaints
    with pytest.raises(DataRefusedError) as caught:
        run_plan(reading.plan, DATA)
    assert [each.code for each in caught.value.complaints] == [code]


@pytest.mark.parametrize("method", ["jk1", "jkn", "brr", "bootstrap", "subbootstrap", "mrbbootstrap"])
@pytest.mark.parametrize(
    ("design", "reason"),
    [
        ({"stages": [{"cluster": "w"}], "lonely_psu": "certainty"}, "estimate.no_degrees_of_freedom"),
        ({"stages": [{"cluster": "w"}]}, "estimate.lonely_psu"),
        (
            {"stages": [{"cluster": "psu", "probability": "w"}], "unequal": {"method": "brewer"}},
            "estimate.no_degrees_of_freedom",
        ),
    ],
    ids=["one unit", "a lone unit", "all certain"],
)
def test_where_nothing_varies_there_is_a_reason(method: str, design: dict[str, Any], reason: str) -> None:
    stated = {"weights": "w", **design, "replicates": {"method": method}}
    statements = [
        {"id": "m", "statistic": "mean", "variables": ["y"]},
        {"id": "q", "statistic": "quantile", "variables": ["y"], "p": 0.5},
    ]
    reading = load_plan({"version": 1, "design": stated, "estimates": statements})
    assert reading.plan is not None, reading.complaints
    assert [row.reason for row in run_plan(reading.plan, DATA).rows] == [reason] * 2


def test_more_factors_than_are_held_are_refused() -> None:
    stated = {"weights": "w", "stages": [PSUS], "replicates": {"method": "bootstrap", "replicates": 100_000_000}}
    reading = load_plan(
        {"version": 1, "design": stated, "estimates": [{"id": "m", "statistic": "mean", "variables": ["y"]}]}
    )
    assert reading.plan is not None
    with pytest.raises(DataRefusedError) as caught:
        run_plan(reading.plan, DATA)
    assert [each.code for each in caught.value.complaints] == ["estimate.replicates_too_many"]
