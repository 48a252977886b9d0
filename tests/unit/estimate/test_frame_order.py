"""Draws in a fixed order count as made with replacement, and their certainties as strata, the next stage their PSUs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sampling.estimate import EstimateRow, load_plan, run_plan

SIZES = {"a": 800, "b": 600, "c": 40, "d": 40, "e": 40, "f": 40, "g": 40, "h": 40}
"""What n = 8 drew of villages of 800, 600 and thirty times 40 households: the two large ones are certain."""
CHANCES = {"a": 1.0, "b": 1.0} | dict.fromkeys("cdefgh", 6 * 40 / 1200)
TAKE = 5
STAGES = [{"cluster": "village", "probability": "pi"}, {"population": "N"}]
AS_REPLACED = {"unequal": {"method": "with-replacement"}}


@pytest.fixture
def table() -> dict[str, Any]:
    numbers = np.random.default_rng(8)
    columns: dict[str, list[Any]] = {name: [] for name in ("village", "pi", "N", "w", "y")}
    for village, size in SIZES.items():
        columns["village"] += [village] * TAKE
        columns["pi"] += [CHANCES[village]] * TAKE
        columns["N"] += [size] * TAKE
        columns["w"] += [size / TAKE / CHANCES[village]] * TAKE
        columns["y"] += numbers.normal(5 + size / 100, 2, TAKE).tolist()
    return columns | {"one": [1] * len(columns["y"])}


def total(table: dict[str, Any], variable: str, stages: list[dict[str, str]], **design: Any) -> EstimateRow:
    stated = {"stages": stages, "weights": "w", "nested": True, **design}
    asked = {"id": "t", "statistic": "total", "variables": [variable]}
    reading = load_plan({"version": 1, "design": stated, "estimates": [asked]})
    assert reading.plan is not None, reading.complaints
    return run_plan(reading.plan, table).rows[0]


def test_a_total_that_every_sample_knows_has_no_error(table: dict[str, Any]) -> None:
    found = total(table, "one", STAGES, **AS_REPLACED)
    assert found.estimate == pytest.approx(2600)
    assert found.se == pytest.approx(0, abs=1e-9)
    # The test can see what it is about: certainties among the draws with replacement would feign an error.
    assert (total(table, "one", [{"cluster": "village"}]).se or 0) > 600


def test_certainties_add_what_varies_inside_them_alone(table: dict[str, Any]) -> None:
    found = total(table, "y", STAGES, **AS_REPLACED)
    weighted = np.array(table["w"]) * np.array(table["y"])
    of = {name: weighted[np.array(table["village"]) == name] for name in SIZES}
    drawn = np.array([of[name].sum() for name in "cdefgh"])
    inside = sum((1 - TAKE / SIZES[name]) * TAKE * of[name].var(ddof=1) for name in "ab")
    assert (found.se or 0) ** 2 == pytest.approx(6 * drawn.var(ddof=1) + inside, rel=1e-12)
    assert found.df == (6 - 1) + 2 * (TAKE - 1)


@pytest.mark.parametrize("lonely_psu", ["fail", "adjust"])
def test_without_certainties_it_is_the_draw_with_replacement(table: dict[str, Any], lonely_psu: str) -> None:
    open_rows = [i for i, chance in enumerate(table["pi"]) if chance < 1]
    rest = {name: [column[i] for i in open_rows] for name, column in table.items()}
    rest["pi"] = [0.1 + 0.02 * (i // TAKE) for i in range(len(open_rows))]
    if lonely_psu == "adjust":
        rest["stratum"] = ["x"] * TAKE + ["y"] * (len(open_rows) - TAKE)
    strata = {"strata": "stratum"} if lonely_psu == "adjust" else {}
    stated, plain = [{**STAGES[0], **strata}, STAGES[1]], [{"cluster": "village", **strata}, STAGES[1]]
    found = total(rest, "y", stated, lonely_psu=lonely_psu, **AS_REPLACED)
    assert found == total(rest, "y", plain, lonely_psu=lonely_psu)
    assert found.se


def test_a_certainty_of_the_last_stage_adds_nothing(table: dict[str, Any]) -> None:
    sure = {name: [*column, column[0]] for name, column in table.items()}
    sure["pi"][-1] = sure["w"][-1] = 1.0
    sure["chance"] = [*[0.25] * len(table["y"]), 1.0]
    found = total(sure, "y", [{"strata": "village", "probability": "chance"}], **AS_REPLACED)
    right = total(table, "y", [{"strata": "village"}])
    assert (found.se, found.df) == (pytest.approx(right.se, rel=1e-12), right.df)
