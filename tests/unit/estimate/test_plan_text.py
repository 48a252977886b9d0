"""Texts that are no YAML: the sign, tab or key that is at fault is named with its line and column."""

from __future__ import annotations

import pytest

from sampling.estimate import load_plan

REST = "design: {weights: w}\nestimates:\n  - {id: a, statistic: mean, variables: [y]}\n"


def _found(text: str) -> list[tuple[str, object, object]]:
    return [(each.code, each.details.get("line"), each.details.get("column")) for each in load_plan(text).complaints]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("version：1\n" + REST, [("plan.full_width", 1, 8)]),
        ("version: 1\ndesign：\n  weights: w\n" + REST[21:], [("plan.full_width", 2, 7)]),
        (
            "version: 1\ndesign: {weights: w}\nestimates:\n  - {id: a, variables：【y】, by: [县}\n",
            [("plan.full_width", 4, column) for column in (22, 23, 25)],
        ),
        ("version：1\ndesign：x\n", [("plan.full_width", 1, 8), ("plan.full_width", 2, 7)]),
        ('version: 1 # 注：说明\nid: "甲：乙"\n design: [\n', [("plan.not_yaml", 3, 2)]),
        ("version: 1\nversion: 1\n" + REST, [("plan.key_twice", 2, 1)]),
        ("version: 1\ndesign:\n\tweights: w\n", [("plan.tab", 3, 1)]),
    ],
)
def test_the_sign_at_fault_is_named_where_it_stands(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert _found(text) == expected


def test_each_sign_is_named_with_the_one_that_is_meant() -> None:
    (complaint,) = load_plan("version: 1\ndesign: {weights: w}\nestimates：\n  - {id: a}\n").complaints
    assert (complaint.details["sign"], complaint.details["meant"]) == ("：", ":")


def test_a_key_that_stands_twice_is_told_with_its_first_line() -> None:
    (complaint,) = load_plan("version: 1\ndesign:\n  weights: w\n  nested: true\n  weights: v\n").complaints
    assert (complaint.details["key"], complaint.details["first"], complaint.details["line"]) == ("weights", 3, 5)
