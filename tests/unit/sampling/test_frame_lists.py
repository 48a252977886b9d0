"""Several files: parts of one list, or a list for each level, give the frame that one flat list gives."""

import random
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sampling.errors import Complaint
from sampling.frame import FrameReading, load_mapping, read_frame
from sampling.frame_hash import hash_frame
from tests.unit.sampling.frame_reading import HEADER, LEVELS, Say, table_of, told

FILES = """
files:
  county: {file: 县.csv}
  village: {file: village.xlsx, parent: 所在县}
  household: {file: household.parquet, rename: {人口: persons}}
"""
Rows = list[list[str]]


def reading_of(paths: list[Path], files: str = FILES) -> FrameReading:
    mapping = load_mapping(LEVELS + files)
    assert mapping.mapping is not None, mapping.complaints
    return read_frame(paths, mapping.mapping)


def unique(rows: Rows, *columns: int) -> Rows:
    found = dict.fromkeys(tuple(row[column] for column in columns) for row in rows)
    chosen = [list(row) for row in found if row[0]]
    random.Random(1).shuffle(chosen)
    return chosen


@pytest.fixture
def write(tmp_path: Path, good_rows: tuple[str, ...]) -> Callable[..., list[Path]]:
    """Write the good rows, and some more, as one file for each level."""

    def written(*more: str) -> list[Path]:
        _, rows = table_of((*good_rows, *more), HEADER)
        paths = [tmp_path / "县.csv", tmp_path / "village.xlsx", tmp_path / "household.parquet"]
        counties = [["county_code", "county", "remaining"], *unique(rows, 0, 1, 2)]
        paths[0].write_text("\n".join(",".join(row) for row in counties), encoding="gbk")
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["village_code", "所在县", "village", "village_kind", "area"])
        for row in unique(rows, 3, 0, 4, 5, 6):
            sheet.append(list(row))
        book.save(paths[1])
        names = ["household_id", "village_code", "household_class", "人口"]
        columns = zip(*unique(rows, 7, 3, 8, 9), strict=True)
        pq.write_table(pa.table(dict(zip(names, map(list, columns), strict=True))), paths[2])
        return paths

    return written


def test_one_file_for_each_level_gives_the_frame_of_the_flat_list(
    write: Callable[..., list[Path]], read_csv: Callable[..., FrameReading], good_rows: tuple[str, ...]
) -> None:
    empty = ("350128,平潭县,0,350128002,空村,其他村,1,,,", "350130,柘荣县,5,,,,,,,")
    paths = write(*empty)
    linked = reading_of(paths[::-1])
    flat = read_csv(*good_rows, *empty).frame
    assert linked.complaints == ()
    assert linked.frame is not None and flat is not None
    assert linked.frame.table == flat.table
    assert hash_frame(linked.frame) == hash_frame(flat)
    assert linked.profile is not None and linked.profile.counts == {"county": 3, "village": 4, "household": 4}


def test_upper_levels_may_share_a_file(
    write: Callable[..., list[Path]], good_rows: tuple[str, ...], tmp_path: Path
) -> None:
    paths = write()
    upper = tmp_path / "上级.csv"
    lines = dict.fromkeys(",".join(row.split(",")[:7]) for row in (HEADER, *good_rows))
    upper.write_text("\n".join(lines), encoding="utf-8")
    files = "files:\n  village: {file: 上级.csv}\n  household: {file: household.parquet, rename: {人口: persons}}\n"
    shared, apart = reading_of([upper, paths[2]], files).frame, reading_of(paths).frame
    assert shared is not None and apart is not None
    assert shared.table == apart.table


def test_parts_of_a_list_give_the_frame_of_the_whole(
    read_csv: Callable[..., FrameReading], good_rows: tuple[str, ...], tmp_path: Path, say: Say
) -> None:
    whole = read_csv(*good_rows).frame
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("\n".join([HEADER, *good_rows[2:]]), encoding="utf-8")
    order = HEADER.split(",")[::-1]
    lines = [",".join(row.split(",")[::-1]) for row in good_rows[:2]]
    second.write_text("\n".join([",".join(order), *lines]), encoding="gb18030")
    parts = reading_of([first, second], "").frame
    assert whole is not None and parts is not None
    assert parts.table == whole.table
    second.write_text("\n".join([HEADER, "", good_rows[2], good_rows[0]]), encoding="utf-8")
    refused = reading_of([first, second], "")
    assert told(refused, say) == [("frame.duplicate_unit", 3, "household_id")]
    assert (refused.complaints[0].file, refused.complaints[0].details["first_row"]) == ("b.csv", "2 (a.csv)")


BAD = [
    pytest.param(
        ["350125,永泰县,12,350125009,某村,其他村,1,H5,脱贫户,4"],
        (2, "350125009", "village_code"),
        [("frame.unknown_parent", "household.parquet", "village_code")],
        id="a village that is on no list",
    ),
    pytest.param(
        ["350129,某县,12,350129009,某村,其他村,1,H5,脱贫户,4"],
        (0, "350129", "county_code"),
        [("frame.unknown_parent", "village.xlsx", "所在县")],
        id="a county that is on no list",
    ),
]


@pytest.mark.parametrize(("more", "gone", "expected"), BAD)
def test_units_of_which_the_parent_is_on_no_list(
    write: Callable[..., list[Path]],
    say: Say,
    more: list[str],
    gone: tuple[int, str, str],
    expected: list[tuple[str, str, str]],
) -> None:
    paths = write(*more)
    if gone[0] == 0:
        text = paths[0].read_text(encoding="gbk")
        paths[0].write_text("\n".join(line for line in text.split("\n") if gone[1] not in line), encoding="gbk")
    else:
        book = openpyxl.load_workbook(paths[1])
        sheet = book.worksheets[0]
        row = next(
            number for number, (cell,) in enumerate(sheet.iter_rows(max_col=1, values_only=True), 1) if cell == gone[1]
        )
        sheet.delete_rows(row)
        book.save(paths[1])
    refused = reading_of(paths)
    told(refused, say)
    assert [(one.code, one.file, one.column) for one in refused.complaints] == expected
    assert all(one.row is not None and one.row > 1 for one in refused.complaints)


def places(complaints: tuple[Complaint, ...]) -> list[tuple[str, str | None]]:
    return [(one.code, one.file) for one in complaints]


def test_a_unit_twice_and_ids_on_two_lists(write: Callable[..., list[Path]], say: Say) -> None:
    paths = write()
    with paths[0].open("a", encoding="gbk") as file:
        file.write("\n350125,永泰,12\n350125001,东县,1\n,无名县,2")
    found = reading_of(paths)
    told(found, say)
    assert sorted(places(found.complaints)) == [
        ("frame.duplicate_unit", "县.csv"),
        ("frame.empty_id", "县.csv"),
        ("frame.id_on_two_levels", "village.xlsx"),
    ]


def test_files_that_are_missing_or_not_asked_for(write: Callable[..., list[Path]], tmp_path: Path, say: Say) -> None:
    paths = write()
    other = tmp_path / "other.csv"
    other.write_text(HEADER, encoding="utf-8")
    found = reading_of([paths[0], paths[2], other])
    told(found, say)
    assert places(found.complaints) == [
        ("frame.level_file_missing", "village.xlsx"),
        ("frame.file_not_asked_for", "other.csv"),
    ]


def test_two_files_of_one_name_are_refused(tmp_path: Path, good_rows: tuple[str, ...], say: Say) -> None:
    paths = [tmp_path / "a" / "名册.csv", tmp_path / "b" / "名册.csv"]
    for path, rows in zip(paths, (good_rows[:2], good_rows[2:]), strict=True):
        path.parent.mkdir()
        path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    assert told(reading_of(paths, ""), say) == [("frame.file_name_twice", None, None)]


def test_every_file_that_cannot_be_read_is_told(write: Callable[..., list[Path]], say: Say) -> None:
    paths = write()
    paths[0].write_text("county_code,name\n1,2\n", encoding="utf-8")
    paths[1].write_bytes(b"PK\x03\x04 broken")
    found = reading_of(paths)
    told(found, say)
    assert {one.file for one in found.complaints} == {"县.csv", "village.xlsx"}


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ("files: {village: {file: a.csv}}", "frame.file_of_lowest_level"),
        ("files: {town: {file: a.csv}, household: {file: b.csv}}", "frame.file_of_no_level"),
        ("files: {village: {file: a.csv}, household: {file: a.csv}}", "frame.file_of_two_levels"),
        ("files: {household: {file: a.csv, parent: x}}", "frame.file_without_parent"),
        ("files: {household: {file: a.csv, rename: {x: y}}}", "frame.rename_unknown"),
        ("files: {household: {file: ../a.csv}}", "document.pattern"),
    ],
)
def test_mappings_that_name_files_wrongly(files: str, code: str, say: Say) -> None:
    found = load_mapping(f"{LEVELS}{files}\n")
    assert [one.code for one in found.complaints] == [code]
    assert all("%(" not in text for text in say(found.complaints[0]))
