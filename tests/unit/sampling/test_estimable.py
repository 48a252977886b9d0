"""A design says before it is committed whether its estimates can have an interval."""

from collections.abc import Callable

import pytest

from sampling.design import load_design
from sampling.errors import Complaint
from sampling.estimable import UNEQUAL, estimability
from sampling.methods.catalogue import METHODS

HEAD = """
version: 1
evaluation: test
draw: 1
frame:
  levels:
    - {name: county, id: county_code}
    - {name: village, id: village_code}
    - {name: household, id: household_id, columns: {household_class: text}}
"""

SIZES = "method: pps_systematic, size: {count: household}"
DIFFERENCES = "order: frame, joint_method: successive-differences"
EXACT = "method: sampford, size: {count: household}, joint_method: exact"
LONE, VARIANCE, MIXED = "design.lone_unit", "design.variance_not_computed", "design.joint_methods_mixed"


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ([f"name: village, {SIZES}, take: {{each: 2}}", "name: household, method: equal, take: {each: 2}"], []),
        (
            [f"name: village, {EXACT}, take: {{each: 2}}"],
            [(VARIANCE, "stages[0].joint_method")],
        ),
        ([f"name: village, {SIZES}, take: {{each: 2}}, {DIFFERENCES}"], []),
        ([f"name: village, {SIZES}, take: {{each: 2}}, order: frame"], []),
        (
            [
                f"name: county, {SIZES}, take: {{each: 2}}, joint_method: brewer",
                f"name: village, {SIZES}, take: {{each: 2}}",
            ],
            [(MIXED, "stages")],
        ),
        (
            [
                f"name: county, {SIZES}, take: {{each: 2}}",
                f"name: village, {EXACT}, take: {{each: 2}}",
            ],
            [(VARIANCE, "stages[1].joint_method")],
        ),
        (
            ["name: village, method: equal, take: {each: 1}", "name: household, method: equal, take: {total: 1}"],
            [(LONE, "stages[0].take.each"), (LONE, "stages[1].take.total")],
        ),
        (
            [
                "name: household, strata: [household_class], method: equal, "
                "take: {each: 3, by: [{when: {household_class: a}, take: 2}, {when: {household_class: b}, take: 1}]}"
            ],
            [(LONE, "stages[0].take.by[1]")],
        ),
        (["name: household, method: equal, take: {total: 30}, reserves: 1"], []),
        (
            ["name: village, method: poisson, size: {count: household}, take: {each: 1}"],
            [(LONE, "stages[0].take.each")],
        ),
        (
            [
                "name: county, method: with_replacement, size: {count: household}, take: {each: 2}",
                f"name: village, {SIZES}, take: {{each: 2}}",
            ],
            [],
        ),
        (
            [
                f"name: county, {SIZES}, order: frame, take: {{each: 2}}",
                f"name: village, {SIZES}, take: {{each: 2}}",
            ],
            [(MIXED, "stages")],
        ),
        (
            [
                "name: county, method: bernoulli, take: {each: 2}",
                f"name: village, {SIZES}, take: {{each: 2}}",
            ],
            [(MIXED, "stages")],
        ),
    ],
)
def test_what_stands_against_an_interval(
    say: Callable[[Complaint], tuple[str, str]], stages: list[str], expected: list[tuple[str, str]]
) -> None:
    reading = load_design(HEAD + "stages:\n" + "".join(f"  - {{{stage}}}\n" for stage in stages))
    assert reading.design is not None, reading.complaints
    found = estimability(reading.design)
    assert [(one.code, one.column) for one in found] == expected
    for one in found:
        say(one)


def test_the_joint_methods_that_are_not_computed_are_known() -> None:
    known = {name for traits in METHODS.values() for names in traits.joint_methods.values() for name in names}
    assert known - set(UNEQUAL) == {"exact"}
