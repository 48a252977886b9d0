"""A table of eight rows in four villages, and what refuses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sampling.estimate import DataRefusedError, EstimateRow, load_plan, run_plan

Estimate = Callable[..., list[EstimateRow]]
TABLE: dict[str, list[Any]] = {
    "w": ["1", "2", "1", "2", "1", "2", "1", "2"],
    "village": ["a", "a", "b", "b", "c", "c", "d", "d"],
    "town": ["2", "2", "2", "2", "10", "10", "10", "10"],
    "kind": ["甲", "乙", "甲", "", "乙", "乙", "甲", "乙"],
    "x": ["1", "0", "1", "1", "0", "1", "", "0"],
    "y": ["3", "4", "5", "9", "2", "6", "5", "3"],
    "code": ["1", "2", "3", "1", "2", "3", "1", "2"],
}
VILLAGES = {"stages": [{"cluster": "village"}], "weights": "w"}
MEAN: dict[str, Any] = {"id": "a", "statistic": "mean", "variables": ["y"]}


def refusal(table: dict[str, Any], design: dict[str, Any], *statements: dict[str, Any]) -> list[tuple[str, Any]]:
    reading = load_plan({"version": 1, "design": design, "estimates": statements or [MEAN]})
    assert reading.plan is not None, reading.complaints
    with pytest.raises(DataRefusedError) as caught:
        run_plan(reading.plan, table)
    return [(each.code, each.details.get("row")) for each in caught.value.complaints]
