"""A design against a frame: what it asks for must exist; the complaint holds the numbers."""

from collections.abc import Callable

import pyarrow as pa
import pytest

from sampling.design import Design, load_design
from sampling.design_check import check_design
from sampling.errors import Complaint, SamplingError
from sampling.explain import StratumExplanation, explain
from sampling.frame import Frame, FrameMapping, read_frame
from sampling.levels import Column, Level, find_column, level_depth, levels_from_json
from sampling.methods.group import GroupList, take
from sampling.methods.randomness import Stream

Say = Callable[[Complaint], tuple[str, str]]

HEAD = """
version: 1
evaluation: test
draw: 1
frame:
  levels:
    - {name: village, id: village_code, columns: {kind: text, land: decimal(1)}}
    - {name: household, id: household_id, columns: {household_class: text, persons: integer}}
"""

LEVELS = levels_from_json(
    [
        {"name": "village", "id": "village_code", "columns": {"kind": "text", "land": "decimal(1)"}},
        {"name": "household", "id": "household_id", "columns": {"household_class": "text", "persons": "integer"}},
    ]
)

# Villages A: 3 + 1 households, B: 1 + 0, C: no household at all, D: another kind, 2 households.
ROWS = """village_code,kind,land,household_id,household_class,persons
A,脱贫村,1.5,A1,脱贫户,4
A,脱贫村,1.5,A2,脱贫户,2
A,脱贫村,1.5,A3,脱贫户,3
A,脱贫村,1.5,A4,一般农户,3
B,脱贫村,-2,B1,脱贫户,5
C,脱贫村,,,,
D,其他/村,2,D1,一般农户,1
D,其他/村,2,D2,,1
"""


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Frame:
    path = tmp_path_factory.mktemp("frame") / "frame.csv"
    path.write_text(ROWS, encoding="utf-8")
    frame = read_frame(path, FrameMapping(LEVELS)).frame
    assert frame is not None
    return frame


def design_of(rest: str) -> Design:
    design = load_design(HEAD + rest).design
    assert design is not None
    return design


@pytest.mark.parametrize(
    ("rest", "code", "numbers"),
    [
        (
            "stages: [{name: village, method: equal, take: {each: 5}}]",
            "design.too_few_units_at_top",
            {"asked": 5, "available": 4, "groups": 1},
        ),
        (
            # A village without households has size zero and cannot be taken.
            "stages: [{name: village, method: pps_systematic, size: {count: household}, take: {each: 4}}]",
            "design.too_few_units_at_top",
            {"asked": 4, "available": 3, "groups": 1},
        ),
        (
            "stages: [{name: village, method: equal, take: {each: 2}}, "
            "{name: household, method: equal, take: {each: 2}, reserves: 1}]",
            "design.too_few_units",
            # A has 4, B 1, D 2 of the 2 + 1 asked for.
            {"asked": 3, "available": 1, "groups": 2, "parent": "B"},
        ),
        (
            "stages: [{name: household, method: equal, strata: [household_class], take: {each: 1}}]",
            "design.stratum_value_missing",
            {"count": 1, "name": "household_class"},
        ),
        (
            "stages: [{name: village, method: equal, strata: [kind], take: {each: 1}}]",
            "design.stratum_value_slash",
            {"count": 1, "name": "kind"},
        ),
        (
            "only: [{level: village, column: kind, values: [重点村]}]\n"
            "stages: [{name: village, method: equal, take: {each: 1}}]",
            "design.unknown_value",
            {"value": "重点村", "count": 2},
        ),
        (
            "exclude: [{level: village, column: village_code, values: [A, B], reason: 试点}]\n"
            "stages: [{name: household, method: equal, strata: [household_class], when_short: take_all, "
            "take: {each: 1, by: [{when: {household_class: 脱贫户}, take: 2}]}}]",
            "design.empty_stratum",
            {"asked": 2, "available": 0, "stratum": "household_class=脱贫户"},
        ),
        (
            "exclude: [{level: village, column: kind, values: [脱贫村, 其他/村], reason: 无}]\n"
            "stages: [{name: village, method: equal, take: {each: 1}}]",
            "design.no_units",
            {"stage": "village"},
        ),
        (
            "stages: [{name: village, method: pps_systematic, size: {column: land}, take: {each: 1}}]",
            "design.negative_size",
            {"count": 2, "name": "land"},
        ),
        (
            "stages: [{name: household, method: equal, strata: [village_code], take: {total: 2, minimum: 1}}]",
            "design.minimum_too_large_at_top",
            {"asked": 3, "available": 2},
        ),
        (
            "stages: [{name: village, method: equal, take: {each: 2}}, "
            "{name: household, method: equal, strata: [household_id], take: {total: 1, minimum: 1}}]",
            "design.minimum_too_large",
            {"available": 1},
        ),
        (
            "stages: [{name: household, method: equal, strata: [village_code], take: {total: 9, minimum: 1}}]",
            "design.too_few_units_at_top",
            {"asked": 9, "available": 7},
        ),
        (
            "stages: [{name: village, method: balanced, balance: [land], take: {each: 2}}]",
            "design.number_missing",
            {"count": 1, "name": "land"},
        ),
        (
            f"first_phase: {{manifest_sha256: {'a' * 64}, weight: household_class}}\n"
            "stages: [{name: household, method: equal, take: {each: 2}}]",
            "design.weight_unreadable",
            {"count": 7, "name": "household_class"},
        ),
        (
            "stages: [{name: household, method: equal, strata: [village_code], take: {total: 4, allocation: neyman, "
            "deviation: {by: [{when: {village_code: A}, value: '0.2'}]}}}]",
            "design.planned_missing_for",
            {"count": 2, "name": "deviation", "stratum": "B"},
        ),
    ],
)
def test_what_the_frame_does_not_hold(frame: Frame, say: Say, rest: str, code: str, numbers: dict[str, object]) -> None:
    complaints = check_design(design_of(rest), frame)
    found = [one for one in complaints if one.code == code]
    assert found, [one.code for one in complaints]
    assert numbers.items() <= found[0].details.items()
    for one in complaints:
        say(one)


LIST = """
version: 1
evaluation: test
draw: 1
frame: {levels: [{name: village, id: village_code, columns: {size: integer}}]}
stages: [{name: village, method: maximum_entropy, size: {column: size}, take: 1}]
"""


def listed(sizes: list[int]) -> Frame:
    level = Level("village", "village_code", (Column("size", "integer"),))
    return Frame((level,), table=pa.table({"village_code": [f"v{i}" for i in range(len(sizes))], "size": sizes}))


def test_what_a_textbook_method_cannot_do_is_said_before_anything_is_bound(say: Say) -> None:
    design = load_design(LIST).design
    assert design is not None
    uneven = [11, 4, 1, 85963501846]
    for sizes, code in (([1] * 2001, "design.group_too_large"), (uneven, "design.odds_not_found")):
        complaints = check_design(design, listed(sizes))
        assert [one.code for one in complaints] == [code]
        say(complaints[0])
    assert check_design(design, listed([3] * 2000)) == []
    group = GroupList([f"v{i}" for i in range(4)], ["0"] * 4, [0] * 4, uneven)
    with pytest.raises(SamplingError) as refused:
        take("maximum_entropy", group, 1, start=0, stream=Stream("seed"))
    assert refused.value.code == "draw.method_failed"
    say(Complaint(refused.value.code, details=refused.value.details))


@pytest.mark.parametrize(
    ("east", "north", "found"),
    [
        ([119, -180], [26, 90], []),
        ([26, 25], [119, 118], ["design.no_latitude"]),
        ([350, 119], [26, 900], ["design.no_longitude", "design.no_latitude"]),
    ],
)
def test_degrees_that_no_place_has(east: list[int], north: list[int], found: list[str], say: Say) -> None:
    level = Level("village", "village_code", (Column("east", "integer"), Column("north", "integer")))
    frame = Frame((level,), table=pa.table({"village_code": ["v1", "v2"], "east": east, "north": north}))
    design = load_design(
        "version: 1\nevaluation: x\ndraw: 1\nframe: {levels: [{name: village, id: village_code,"
        " columns: {east: integer, north: integer}}]}\nstages: [{name: village, method: spread,"
        " coordinates: {degrees: [east, north]}, take: {each: 1}}]\n"
    ).design
    assert design is not None
    complaints = check_design(design, frame)
    assert [one.code for one in complaints] == found
    for one in complaints:
        say(one)


def test_another_frame(frame: Frame, say: Say) -> None:
    design = design_of("stages: [{name: village, method: equal, take: {each: 1}}]")
    other = Frame((design.levels[0],), table=frame.table)
    complaints = check_design(design, other)
    assert [one.code for one in complaints] == ["design.frame_differs"]
    details = complaints[0].details
    assert details["extra"].startswith("household.household_id text, household.household_class text")
    assert details["lacking"] == "–"
    say(complaints[0])


def test_names_the_frame_does_not_have(say: Say) -> None:
    with pytest.raises(SamplingError) as refused:
        level_depth(LEVELS, "town")
    assert refused.value.code == "frame.unknown_level"
    say(Complaint(refused.value.code, details=refused.value.details))
    with pytest.raises(SamplingError) as refused:
        find_column(LEVELS, "town")
    assert refused.value.code == "frame.unknown_column"
    say(Complaint(refused.value.code, details=refused.value.details))


def test_take_all_asks_nothing_that_lacks(frame: Frame) -> None:
    design = design_of(
        "stages: [{name: household, method: equal, strata: [village_code], take: {each: 9}, reserves: 3, "
        "when_short: take_all}]"
    )
    assert check_design(design, frame) == []


def test_a_parent_with_too_few_reserves_is_not_short_of_households(frame: Frame) -> None:
    design = design_of(
        "stages: [{name: household, method: equal, strata: [village_code], take: {each: 1}, reserves: 9, "
        "when_short: take_all}]"
    )
    (stage,) = explain(design, frame).stages
    assert all((each.short, each.short_of_reserves) == (0, 1) for each in stage.strata)


def test_a_column_that_is_not_there_is_not_offered_as_one(frame: Frame) -> None:
    loaded = load_design(
        "version: 1\nevaluation: x\ndraw: 1\n"
        "frame: {levels: [{name: household, id: id, columns: {kind: text}}]}\n"
        "stages: [{name: household, method: equal, strata: [nowhere], "
        "take: {each: 1, by: [{when: {kind: a}, take: 2}]}}]",
        "x.yaml",
    )
    assert all("nowhere" not in str(each.details.get("columns", "")) for each in loaded.complaints)


def test_explain_counts_what_is_expected(frame: Frame) -> None:
    design = design_of(
        "exclude: [{level: household, column: household_class, values: [一般农户], reason: 不评}]\n"
        "stages: [{name: village, method: pps_systematic, size: {count: household}, take: {each: 2}}, "
        "{name: household, method: equal, take: {each: 2}, reserves: 1, when_short: take_all}]"
    )
    assert check_design(design, frame) == []
    told = explain(design, frame)
    assert told.counts == (("village", 4, 4), ("household", 7, 5))
    village, household = told.stages
    # Sizes A 3, B 1, C 0, D 1 of 5: A is a certainty; B and D share the other place.
    assert (village.strata[0].population, village.strata[0].total_size, village.strata[0].certainties) == (4, 5, 1)
    assert village.expected == 2
    stratum = household.strata[0]
    assert (stratum.groups, stratum.population, stratum.short, stratum.certainties) == (3, 5, 2, 2)
    assert (stratum.take_least, stratum.take_most, stratum.reserves_most) == (1, 2, 1)
    assert stratum.expected == 1 * 2 + 0.5 * 1 + 0.5 * 1
    assert stratum.expected_reserves == 1


def explained(text: str, sizes: list[int]) -> StratumExplanation:
    design = load_design(LIST[: LIST.index("stages")] + text).design
    assert design is not None
    return explain(design, listed(sizes)).stages[0].strata[0]


def test_what_is_expected_is_what_the_method_gives() -> None:
    few = explained("stages: [{name: village, method: bernoulli, take: 1%}]", [1] * 49)
    assert (few.take_most, few.expected) == (0, pytest.approx(0.49))  # not rounded away
    again = explained(
        "stages: [{name: village, method: with_replacement, size: {column: size}, take: 4}]", [1] * 10 + [10]
    )
    different = 10 * (1 - (1 - 1 / 20) ** 4) + 1 - (1 - 10 / 20) ** 4
    assert again.expected == pytest.approx(different)  # some are drawn again
    rounded = explained("stages: [{name: village, method: equal, take: 25%}]", [1] * 10)
    assert (rounded.expected, rounded.least) == (3.0, 0.3)
    alone = explained("stages: [{name: village, method: equal, take: 1}]", [1] * 10)
    assert (alone.lone, rounded.lone) == (1, 0)


def test_what_is_drawn_inside_chosen_units_is_told_beside(frame: Frame) -> None:
    rule = "purposive: [{level: village, column: village_code, values: [A], reason: 偏远}]\n"
    told = explain(
        design_of(
            rule + "fieldwork: {minutes: {household: 10}}\nstages: [{name: village, method: equal, take: 2}, "
            "{name: household, method: equal, take: 3, when_short: take_all}]"
        ),
        frame,
    )
    household = told.stages[1]
    assert household.inside_purposive == 3
    assert household.population == 3  # B has one household, D two; A's four stand for themselves
    assert told.workload is not None and told.workload.minutes == pytest.approx(10 * (household.expected + 3))


def test_a_class_taken_whole_lacks_no_reserves(frame: Frame) -> None:
    design = design_of(
        "exclude: [{level: household, column: household_id, values: [D2], reason: 无类别}]\n"
        "stages: [{name: household, method: equal, strata: [household_class], reserves: 1, "
        "take: {each: 1, by: [{when: {household_class: 脱贫户}, take: all}]}}]"
    )
    assert check_design(design, frame) == []
