"""Administrative codes of a list: checked against the year's codes, changed ones mapped, committees told apart."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsvc.demonstration.villages import read_villages
from sampling.code_changes import Changes, CodeChange, check_changes
from sampling.codes import COMMITTEES, UNITS, committee_of, in_force, significant, unit_of, validities
from sampling.frame import FrameReading, load_mapping, open_frame, read_frame, write_frame
from tests.unit.sampling.frame_reading import Say, told

LEVELS = """
levels:
  - {name: county, id: county_code, columns: {former_county: text}}
  - {name: village, id: village_code, columns: {committee: text, former: text, town_code: text}}
"""
CODES = """
codes:
  county_code: {standard: GB/T 2260, vintage: 2023, old: former_county}
  village_code: {standard: GB/T 2260, vintage: 2023, old: former, committee: committee}
  town_code: {standard: GB/T 2260, vintage: 2023, unit: town}
"""
HEADER = "county_code,village_code,committee,town_code"
GOOD = (
    "350125,350125101201,村委会,350125101000",
    "350125,350125101001,清凉社区居民委员会,350125101",
    "350128,350128400500,,350128400",
)
Read = Callable[..., FrameReading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(*rows: str, codes: str = CODES, header: str = HEADER, changes: str = "") -> FrameReading:
        mapping = load_mapping(LEVELS + codes)
        assert mapping.mapping is not None, mapping.complaints
        path = tmp_path / "名册.csv"
        path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        paths = [path]
        if changes:
            paths.append(tmp_path / "changes.csv")
            paths[1].write_text(changes, encoding="gbk")
        return read_frame(paths, mapping.mapping)

    return reading


def test_good_codes(read: Read, tmp_path: Path) -> None:
    frame = read(*GOOD).frame
    assert frame is not None
    assert [(note.column, note.vintage, note.changed) for note in frame.notes.codes] == [
        ("county_code", 2023, 0),
        ("village_code", 2023, 0),
        ("town_code", 2023, 0),
    ]
    write_frame(frame, tmp_path / "frame.parquet")
    assert open_frame(tmp_path / "frame.parquet").notes == frame.notes


BAD = [
    ("350125,35012510120,村委会,350125101", [("frame.code_form", "village_code")]),
    ("350125,350125000201,,", [("frame.code_gap", "village_code")]),
    ("350125,350125701201,,", [("frame.code_town", "village_code")]),
    ("350125,350125101701,,350125101", [("frame.code_village", "village_code")]),
    ("351234,351234101201,,351234101", [("frame.code_unknown", "county_code")] * 1),
    ("350125,350125101000,,350125101", [("frame.code_unit", "village_code")]),
    ("350125,350125102203,,350125101", [("frame.code_not_nested", "village_code")]),
    ("350125,350125101203,居委会,350125101", [("frame.code_committee", "committee")]),
    ("350125,350125101003,村民委员会,350125101", [("frame.code_committee", "committee")]),
    ("350125,350125101403,行政村,350125101", [("frame.code_committee", "committee")]),
    ("350125,350125101503,居民委员会,350125101", [("frame.code_committee", "committee")]),
]


@pytest.mark.parametrize(("row", "expected"), BAD)
def test_bad_codes(read: Read, say: Say, row: str, expected: list[tuple[str, str]]) -> None:
    found = told(read(*GOOD, row), say)
    assert {row for _, row, _ in found} == {5}
    places = [(code, column) for code, _, column in found]
    assert set(expected) <= set(places)
    if expected[0][0] != "frame.code_unknown":
        assert places == expected


def test_codes_of_another_year_are_told_with_their_years(read: Read, say: Say) -> None:
    reading = read("350182,350182101201,,350182101")
    found = told(reading, say)
    assert {code for code, _, _ in found} == {"frame.code_not_in_force"}
    assert reading.complaints[0].details["years"] == "长乐市 1995–2017"
    assert read("350182,350182101201,,350182101", codes=CODES.replace("2023", "2016")).complaints == ()


def test_a_list_without_a_committee_column_gets_one(read: Read) -> None:
    rows = [f"350125,3501251010{n:02},350125101" for n in (1, 99)]
    rows += [f"350125,350125101{n},350125101" for n in (200, 399, 400, 599)]
    frame = read(*rows, header="county_code,village_code,town_code").frame
    assert frame is not None
    words = frame.table["committee"].to_pylist()
    assert words == ["居委会", "居委会", "村委会", "村委会", "类似居委会", "类似村委会"]


INLINE = """
codes:
  county_code: {standard: GB/T 2260, vintage: 2023, old: former_county, changes: {"350182": "350112"}}
  village_code: {standard: GB/T 2260, vintage: 2023, old: former, changes: changes.csv}
  town_code: {standard: GB/T 2260, vintage: 2023, changes: {"350182": "350112"}, old: committee}
"""


def test_changed_codes_are_mapped_and_the_old_ones_kept(read: Read) -> None:
    rows = ("350182,350182101201,350182101000", "350182,350182101202,350182101", "350125,350125101201,350125101")
    changes = "old,new,year\n350182,350112,2017\n350112101202,350112101299,2020\n350125,350199,2030\n"
    frame = read(*rows, codes=INLINE, header="county_code,village_code,town_code", changes=changes).frame
    assert frame is not None
    table = frame.table.select(["county_code", "former_county", "village_code", "former"]).to_pylist()
    assert [tuple(row.values()) for row in table] == [
        ("350112", "350182", "350112101201", "350182101201"),
        ("350112", "350182", "350112101299", "350182101202"),
        ("350125", None, "350125101201", None),
    ]
    assert [note.changed for note in frame.notes.codes] == [1, 2, 2]


def test_lists_of_levels_meet_by_the_codes_that_changed(tmp_path: Path, say: Say) -> None:
    codes = """
codes:
  county_code: {standard: GB/T 2260, vintage: 2023, old: former_county, changes: {"350182": "350112"}}
  village_code: {standard: GB/T 2260, vintage: 2023, old: former, changes: {"350182": "350112"}}
files: {county: {file: county.csv}, village: {file: village.csv}}
"""
    mapping = load_mapping(LEVELS + codes).mapping
    assert mapping is not None
    paths = [tmp_path / "county.csv", tmp_path / "village.csv"]
    paths[0].write_text("county_code\n350112\n350125\n", encoding="utf-8")
    rows = ["350182,350182101201,", "350112,350112101202,", "350125,350125101201,"]
    header = "county_code,village_code,town_code,committee"
    paths[1].write_text("\n".join([header, *(f"{row}," for row in rows)]), encoding="utf-8")
    frame = read_frame(paths, mapping).frame
    assert frame is not None
    assert frame.table["county_code"].to_pylist() == ["350112", "350112", "350125"]
    assert frame.table["former"].to_pylist() == ["350182101201", None, None]
    assert frame.table["former_county"].null_count == 3
    paths[1].write_text("\n".join([header, f"{rows[2].replace('350125,', '350112,')},"]), encoding="utf-8")
    assert told(read_frame(paths, mapping), say) == [("frame.code_not_nested", 2, "village_code")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ("", "frame.changes_missing"),
        ("old,new,year\n350182,350112,soon\n", "frame.change_year"),
        ("old,new\n350182,3501\n", "frame.change_form"),
        ("old,new\n350182,350182\n", "frame.change_form"),
        ("old,new\n350182,350112\n350182,350111\n", "frame.change_twice"),
        ("old,new\n350182,350112\n350112,350182\n", "frame.change_circle"),
        ("alt,neu\n350182,350112\n", "frame.missing_column"),
    ],
)
def test_tables_of_changes_that_cannot_be_followed(read: Read, say: Say, changes: str, code: str) -> None:
    found = told(read(*GOOD, codes=INLINE, changes=changes), say)
    assert [each for each, _, _ in found][:1] == [code]


def test_a_table_of_changes_is_no_list(tmp_path: Path, say: Say) -> None:
    mapping = load_mapping(LEVELS + INLINE).mapping
    assert mapping is not None
    (tmp_path / "changes.csv").write_text("old,new\n", encoding="utf-8")
    assert [code for code, _, _ in told(read_frame(tmp_path / "changes.csv", mapping), say)] == ["frame.no_list"]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ("codes: {x: {standard: GB/T 2260, vintage: 2023}}", ["frame.code_column"]),
        ("codes: {county_code: {standard: GB/T 2260, vintage: 2023, old: former}}", ["frame.code_beside"]),
        ("codes: {county_code: {standard: GB/T 2260, vintage: 2023, changes: a.csv}}", ["frame.code_old_needed"]),
        (
            "codes: {county_code: {standard: GB/T 2260, vintage: 2023, old: former_county, changes: {'1': '2'}}}",
            ["frame.change_form"],
        ),
        ("codes: {county_code: {standard: GB/T 2260, vintage: 1979}}", ["document.too_small"]),
        ("codes: {county_code: {standard: ISO, vintage: 2000}}", ["document.not_allowed"]),
        (
            "codes: {county_code: {standard: GB/T 2260, vintage: 2000, old: former_county, changes: 3}}",
            ["document.type_object_or_string"],
        ),
    ],
)
def test_mappings_whose_codes_are_told_wrongly(codes: str, expected: list[str], say: Say) -> None:
    found = load_mapping(LEVELS + codes).complaints
    assert [each.code for each in found] == expected
    assert all("%(" not in text for each in found for text in say(each))


def test_the_shipped_codes() -> None:
    assert len(validities()) > 6000
    assert in_force("350182", 2017) and not in_force("350182", 2018) and in_force("350112", 2017)
    assert in_force("110103", 2010) and not in_force("110103", 2011)
    assert in_force("330113", 2023) and not in_force("330113", 2015)
    assert {len(code) for code in validities()} == {6}


def test_a_real_list_follows_the_rules() -> None:
    places = read_villages()
    for place in places:
        assert in_force(place.county_code, 2023)
        assert (unit_of(place.town_code), unit_of(place.village_code)) == ("town", "village")
        assert place.village_code.startswith(significant(place.town_code))
    for name, word in (("居民委员会", "居委会"), ("村委会", "村委会")):
        words = [str(committee_of(place.village_code)) for place in places if place.village.endswith(name)]
        assert words and all(each.endswith(word) for each in words)


@given(st.from_regex(r"\A[0-9]{6}([0-9]{3}([0-9]{3})?)?\Z"))
def test_a_code_begins_with_its_significant_digits(code: str) -> None:
    assert code.startswith(significant(code)) or not significant(code)
    assert unit_of(code) in UNITS
    assert committee_of(code) in (None, *COMMITTEES)
    assert (committee_of(code) is None) == (len(code) < 12 or not "001" <= code[9:] <= "599")


CODE = st.sampled_from(["350182", "350112", "350182101", "350112101", "350112101201", "350182101201", "350113"])


@given(st.lists(st.tuples(CODE, CODE), max_size=6), CODE)
def test_changes_without_fault_end(pairs: list[tuple[str, str]], code: str) -> None:
    changes = [CodeChange(old, new) for old, new in pairs]
    if check_changes(changes, "a", "b"):
        return
    known = Changes(changes, 2023)
    assert len(known.changed(code)) == len(code)
    assert {old: known.changed(old) for old, _ in pairs}.keys() == {old for old, _ in pairs}
