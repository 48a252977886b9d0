"""Data that do not fit a plan are refused, everything at once and with its row."""

from __future__ import annotations

from typing import Any

import pytest

from sampling.estimate import DataRefusedError, load_plan, run_plan
from tests.unit.estimate.small_table import MEAN, TABLE, VILLAGES, refusal


@pytest.mark.parametrize(
    ("column", "values", "design", "expected"),
    [
        (
            "w",
            ["1", "", "x", "1", "-1", "1", "1", "1"],
            VILLAGES,
            [("estimate.not_numeric", 4), ("estimate.bad_weights", 3)],
        ),
        ("w", ["1", "", "1", "-1", "1", "1", "1", "1"], VILLAGES, [("estimate.bad_weights", 3)]),
        ("village", ["a", "", "b", "b", "c", "c", "d", "d"], VILLAGES, [("estimate.empty_label", 3)]),
        (
            "s",
            ["1", "2", "1", "1", "1", "1", "1", "1"],
            {"stages": [{"cluster": "village", "strata": "s"}], "weights": "w"},
            [("estimate.cluster_in_two_strata", None)],
        ),
        (
            "N",
            ["3"] * 8,
            {"stages": [{"cluster": "village", "population": "N"}]},
            [("estimate.population_too_small", 2)],
        ),
        (
            "N",
            ["9", "9", "9", "9", "9", "9", "8", "8"],
            {"stages": [{"cluster": "village", "population": "N"}]},
            [("estimate.population_varies", 8)],
        ),
        (
            "N",
            ["9", "8", "9", "9", "9", "9", "9", "9"],
            {"stages": [{"cluster": "village", "population": "N"}]},
            [("estimate.varies_within_unit", 3)],
        ),
        ("N", ["0"] * 8, {"stages": [{"cluster": "village", "population": "N"}]}, [("estimate.bad_population", 2)]),
        (
            "pi",
            ["1.5"] * 8,
            {"stages": [{"cluster": "village", "probability": "pi"}]},
            [("estimate.bad_probability", 2)],
        ),
        (
            "pi",
            ["0.5"] * 6 + ["0.4"] * 2,
            {"stages": [{"cluster": "village", "probability": "pi"}]},
            [("estimate.probability_varies", 8)],
        ),
        ("v", [1] * 8, {"stages": [{"cluster": "V"}], "weights": "w"}, [("estimate.no_column", None)]),
        ("v", [1] * 8, {"stages": [{"cluster": "v，town"}], "weights": "w"}, [("estimate.names_joined", None)]),
    ],
)
def test_refuses_data_that_do_not_fit(
    column: str, values: list[Any], design: dict[str, Any], expected: list[tuple[str, Any]]
) -> None:
    assert refusal({**TABLE, column: values}, design) == expected


def test_refuses_columns_that_are_not_there_all_at_once() -> None:
    statement = {**MEAN, "variables": ["z"], "by": ["q"], "where": "kind > 3 and u == 1"}
    codes = [code for code, _ in refusal(TABLE, {"stages": [{}], "weights": "nix"}, statement)]
    assert codes == ["estimate.no_column"] * 4 + ["estimate.text_against_number"]


def test_refuses_weights_that_are_all_zero() -> None:
    assert refusal({**TABLE, "w": [0] * 8}, VILLAGES) == [("estimate.no_weight", None)]


def test_an_absent_column_is_told_with_those_that_there_are() -> None:
    reading = load_plan({"version": 1, "design": VILLAGES, "estimates": [{**MEAN, "variables": ["kinds"]}]})
    assert reading.plan is not None
    with pytest.raises(DataRefusedError) as caught:
        run_plan(reading.plan, TABLE)
    (told,) = caught.value.complaints
    assert str(told.details["known"]).startswith("“kind”")
    assert str(told.details["known"]).count("“") == len(TABLE)


def test_refuses_uneven_columns_and_empty_tables() -> None:
    assert refusal({**TABLE, "y": ["1"]}, VILLAGES) == [("estimate.uneven_column", None)]
    assert refusal({name: [] for name in TABLE}, VILLAGES) == [("estimate.no_rows", None)]
