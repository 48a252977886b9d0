"""Importing a client's file: formats and encodings give the same frame, every problem is listed once with its row."""

import unicodedata
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sampling.errors import SamplingError
from sampling.frame import FrameReading, load_mapping, open_frame, read_frame, write_frame
from sampling.frame_hash import hash_frame
from sampling.frame_text import LISTED_PROBLEMS
from tests.unit.sampling.frame_reading import HEADER, LEVELS, Say, table_of, told

Read = Callable[..., FrameReading]


def test_a_good_file(read_csv: Read, good_rows: tuple[str, ...]) -> None:
    reading = read_csv(*good_rows)
    assert reading.complaints == ()
    assert reading.frame is not None
    assert reading.profile is not None
    assert reading.profile.counts == {"county": 2, "village": 3, "household": 4}
    assert reading.profile.totals == {"remaining": 12, "area": Decimal("15.50"), "persons": 10}
    assert reading.encoding == "utf-8"
    assert reading.frame.table["area"].to_pylist() == [Decimal("3.50"), Decimal("3.50"), Decimal("12.00"), None]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "gbk"])
def test_encodings_of_excel_give_the_same_frame(read_csv: Read, good_rows: tuple[str, ...], encoding: str) -> None:
    first, second = read_csv(*good_rows), read_csv(*good_rows, encoding=encoding)
    assert first.frame is not None
    assert second.frame is not None
    assert hash_frame(first.frame) == hash_frame(second.frame)
    assert second.encoding == ("utf-8" if encoding == "utf-8-sig" else "gb18030")


def test_workbook_and_parquet_give_the_same_frame(read_csv: Read, good_rows: tuple[str, ...], tmp_path: Path) -> None:
    names, rows = table_of(good_rows, HEADER)
    first = read_csv(*good_rows).frame
    assert first is not None
    mapping = load_mapping(LEVELS).mapping
    assert mapping is not None
    book = openpyxl.Workbook()
    note = book.active
    assert note is not None
    note.append(["填表说明"])
    sheet = book.create_sheet("名册")
    sheet.append(names)
    for row in rows:
        cells: list[Any] = [int(cell) if cell.isdigit() else cell or None for cell in row]
        sheet.append(cells)  # codes typed as numbers
    book.save(tmp_path / "a.xlsx")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    typed = {
        "county_code": pa.array([int(code) for code in columns["county_code"]]),
        "persons": pa.array([float(number) for number in columns["persons"]]),
        "area": pa.array([float(area) if area else None for area in columns["area"]]),
        "village_kind": pa.array(columns["village_kind"]).dictionary_encode(),
    }
    pq.write_table(pa.table({name: typed.get(name, pa.array(columns[name])) for name in names}), tmp_path / "a.parquet")
    for name in ("a.xlsx", "a.parquet"):
        reading = read_frame(tmp_path / name, mapping)
        assert reading.complaints == (), name
        assert reading.frame is not None
        assert hash_frame(reading.frame) == hash_frame(first)


def test_written_frame_opens_and_hashes_alike(read_csv: Read, good_rows: tuple[str, ...], tmp_path: Path) -> None:
    frame = read_csv(*good_rows).frame
    assert frame is not None
    write_frame(frame, tmp_path / "frame.parquet")
    opened = open_frame(tmp_path / "frame.parquet")
    assert opened.table is None
    assert opened.levels == frame.levels
    assert hash_frame(opened) == hash_frame(frame)
    with pytest.raises(SamplingError) as refused:
        write_frame(opened, tmp_path / "again.parquet")
    assert refused.value.code == "frame.not_in_memory"


@pytest.mark.parametrize("content", [b"county_code\n1\n", b"PAR1 nothing PAR1"])
def test_other_files_are_no_frames(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "frame.parquet"
    path.write_bytes(content)
    with pytest.raises(SamplingError) as refused:
        open_frame(path)
    assert refused.value.code == "frame.not_a_frame"
    pq.write_table(pa.table({"county_code": ["1"]}), path)
    with pytest.raises(SamplingError) as refused:
        open_frame(path)
    assert refused.value.code == "frame.foreign_parquet"


def test_spaces_and_decomposed_text_are_tidied(read_csv: Read, good_rows: tuple[str, ...]) -> None:
    name = "Café村"
    plain = [row.replace("东村", name) for row in good_rows]
    spaced = [
        row.replace(",东村,", f",\u3000{unicodedata.normalize('NFD', name)} ,").replace("H1", " H1\u00a0")
        for row in good_rows
    ]
    first, second = read_csv(*plain).frame, read_csv(*spaced).frame
    assert first is not None
    assert second is not None
    assert hash_frame(first) == hash_frame(second)


def test_empty_lines_and_unused_columns_do_no_harm(read_csv: Read, good_rows: tuple[str, ...]) -> None:
    rows = [f"{row},13800000000" for row in good_rows]
    reading = read_csv(rows[0], "", *rows[1:], ",,,,,,,,,,", header=f"{HEADER},电话")
    assert reading.complaints == ()
    assert reading.unused_columns == ("电话",)
    assert reading.frame is not None
    assert "电话" not in reading.frame.table.column_names


def test_a_unit_without_children_stands_in_its_own_row(read_csv: Read, good_rows: tuple[str, ...]) -> None:
    reading = read_csv(*good_rows, "350128,平潭县,0,350128002,空村,其他村,1,,,", "350130,柘荣县,5,,,,,,,")
    assert reading.complaints == ()
    assert reading.profile is not None
    assert reading.profile.counts == {"county": 3, "village": 4, "household": 4}


BAD_ROWS = [
    pytest.param(
        ["350125,永泰县,12,350125001,东村,脱贫村,3.50,H1,脱贫户,4"],
        [("frame.duplicate_unit", 6, "household_id")],
        id="a household twice",
    ),
    pytest.param(
        ["350125,永泰县,12,350125001,东村,脱贫村,3.50,,脱贫户,4"],
        [("frame.empty_id", 6, "household_id")],
        id="no household id",
    ),
    pytest.param(
        ["350125,永泰县,12,,东村,脱贫村,3.50,H5,脱贫户,4"],
        [("frame.empty_id", 6, "village_code")],
        id="no village id",
    ),
    pytest.param(
        [",,,350125003,北村,脱贫村,3.50,H5,脱贫户,4"],
        [("frame.parent_missing", 6, "county_code")],
        id="a village without county",
    ),
    pytest.param(
        ["350125,永泰县,12,350125001,东村,脱贫村,3.50,H5,脱贫户,-4"],
        [("frame.negative_number", 6, "persons")],
        id="a negative size",
    ),
    pytest.param(
        ["350125,永泰县,12,350125001,东村,脱贫村,3.50,H5,脱贫户,"],
        [("frame.missing_number", 6, "persons")],
        id="a missing size",
    ),
    pytest.param(
        ["350125,永泰县,12,350125001,东村,脱贫村,3.50,H5,脱贫户,4.5"],
        [("frame.not_an_integer", 6, "persons")],
        id="half a person",
    ),
    pytest.param(
        ["350125,永泰县,12,350125001,东村,脱贫村,3.50,H5,脱贫户,四"],
        [("frame.not_an_integer", 6, "persons")],
        id="a number in words",
    ),
    pytest.param(
        ["350125,永泰县,12,350125003,北村,脱贫村,大,H5,脱贫户,4"],
        [("frame.not_a_number", 6, "area")],
        id="no decimal",
    ),
    pytest.param(
        ["350125,永泰县,12,350125003,北村,脱贫村,3.505,H5,脱贫户,4"],
        [("frame.too_many_decimals", 6, "area")],
        id="three places",
    ),
    pytest.param(
        ["350125,永泰县,12,350125001,东村,脱贫村,3.50,H5,脱贫户,350125001001001"],
        [("frame.number_too_large", 6, "persons")],
        id="a code in a size",
    ),
    pytest.param(
        ["350125,永泰县,12,350125001,东村,脱贫村,3.50,H5,脱贫户\u0007,4"],
        [("frame.control_character", 6, "household_class")],
        id="a control character",
    ),
    pytest.param(
        ["350125,永泰县,12,350125001,东村,脱贫村,3.50,3.50125E+17,脱贫户,4"],
        [("frame.digits_lost", 6, "household_id")],
        id="an id that a spreadsheet shortened",
    ),
    pytest.param(
        ["350125,永泰,12,350125001,东村,脱贫村,3.50,H5,脱贫户,4"],
        [("frame.value_differs", 6, "county")],
        id="a county by two names",
    ),
    pytest.param(
        ["350125,永泰县,,350125001,东村,脱贫村,3.50,H5,脱贫户,4"],
        [("frame.missing_number", 6, "remaining")],
        id="a county's number missing once",
    ),
    pytest.param(
        ["350128,平潭县,0,350125001,东村,脱贫村,3.50,H5,脱贫户,4"],
        [("frame.parent_differs", 6, "county_code")],
        id="a village in two counties",
    ),
    pytest.param(
        ["350125,永泰县,12,350125003,北村,脱贫村,3.50,350125001,脱贫户,4"],
        [("frame.id_on_two_levels", 6, "household_id")],
        id="a household with a village's id",
    ),
    pytest.param(
        ["350125,永泰县,12,350125001,东村,脱贫村,3.50,,,"],
        [("frame.duplicate_unit", 6, "village_code")],
        id="a village with and without households",
    ),
    pytest.param(
        ["350125,永泰县,12,350125001,东村,脱贫村,3.50,H5,脱贫户,4,多"],
        [("frame.ragged_row", 6, None)],
        id="a cell too many",
    ),
]


@pytest.mark.parametrize(("rows", "expected"), BAD_ROWS)
def test_bad_rows(
    read_csv: Read, good_rows: tuple[str, ...], say: Say, rows: list[str], expected: list[tuple[str, int, str]]
) -> None:
    assert told(read_csv(*good_rows, *rows), say) == expected


def test_every_problem_is_listed_once_with_its_row(read_csv: Read, good_rows: tuple[str, ...], say: Say) -> None:
    bad = [
        "350125,永泰,12,350125001,东村,脱贫村,3.50,H1,脱贫户,-4",  # another name, a repeated id, a negative size
        "350125,永泰,12,350125001,东村,脱贫村,3.50,H5,脱贫户,4",  # the other name again: told once
        "",
        "350125,永泰县,12,350125001,东村,脱贫村,3.50,,一般农户,x",  # no id, and no number
        "350125,永泰县,12,350125001,东村,脱贫村,3.50,H1,脱贫户,4",
    ]
    reading = read_csv(*good_rows, *bad)
    assert told(reading, say) == [
        ("frame.value_differs", 6, "county"),
        ("frame.duplicate_unit", 6, "household_id"),
        ("frame.negative_number", 6, "persons"),
        ("frame.empty_id", 9, "household_id"),
        ("frame.not_an_integer", 9, "persons"),
        ("frame.duplicate_unit", 10, "household_id"),
    ]
    assert reading.complaints[1].details["first_row"] == 2
    assert reading.complaints[0].details["first_value"] == "永泰县"


def test_many_problems_of_one_kind_are_counted(read_csv: Read, say: Say) -> None:
    rows = [f"350125,永泰县,12,350125001,东村,脱贫村,3.50,H{i},脱贫户,-1" for i in range(LISTED_PROBLEMS + 5)]
    reading = read_csv(*rows)
    found = told(reading, say)
    assert len(found) == LISTED_PROBLEMS + 1
    more = next(one for one in reading.complaints if one.code == "frame.more_of_the_same")
    assert more.details["count"] == 5
    assert more.column == "persons"


def test_renamed_columns_are_called_as_in_the_file(read_csv: Read, good_rows: tuple[str, ...], say: Say) -> None:
    header = HEADER.replace("county_code", "县代码").replace("household_id", "户编号")
    assert read_csv(*good_rows, header=header).complaints == ()
    assert told(read_csv(*good_rows, good_rows[0], header=header), say) == [("frame.duplicate_unit", 6, "户编号")]


def test_a_wrong_column_name_is_offered_the_nearest(read_csv: Read, good_rows: tuple[str, ...], say: Say) -> None:
    header = HEADER.replace("village_kind", "vilage_kind").replace("persons", "人口")
    reading = read_csv(*good_rows, header=header)
    assert told(reading, say) == [
        ("frame.missing_column_near", 1, "village_kind"),
        ("frame.missing_column", 1, "persons"),
    ]
    assert reading.complaints[0].details["line"] == "rename: {vilage_kind: village_kind}"
    assert "人口" in str(reading.complaints[1].details["columns"])


def test_a_column_that_the_mapping_names_and_the_file_lacks(
    read_csv: Read, good_rows: tuple[str, ...], say: Say
) -> None:
    rows = tuple(row.rpartition(",")[0] for row in good_rows)
    assert [code for code, _, _ in told(read_csv(*rows, header=HEADER.rpartition(",")[0]), say)] == [
        "frame.missing_source"
    ]


def test_headers_that_stand_twice(read_csv: Read, good_rows: tuple[str, ...], say: Say) -> None:
    twice = [f"{row},x" for row in good_rows]
    assert told(read_csv(*twice, header=f"{HEADER},county"), say) == [("frame.duplicate_header", 1, "county")]
    assert told(read_csv(*twice, header=f"{HEADER},县代码"), say) == [("frame.column_twice", 1, "county_code")]


def test_undecodable_rows_are_named(read_csv: Read, good_rows: tuple[str, ...], tmp_path: Path, say: Say) -> None:
    mapping = load_mapping(LEVELS).mapping
    assert mapping is not None
    lines = [HEADER.encode(), *(row.encode() for row in good_rows)]
    lines[2] = lines[2].replace("东村".encode(), b"\xff\xfe")
    lines[4] = lines[4].replace("南村".encode(), b"\x81\xff")
    path = tmp_path / "a.csv"
    path.write_bytes(b"\r\n".join(lines))
    assert told(read_frame(path, mapping), say) == [("frame.undecodable", 3, None), ("frame.undecodable", 5, None)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "frame.no_header"),
        (b"\n1,2\n", "frame.no_header"),
        (HEADER.encode() + b"\n", "frame.no_units"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "frame.old_workbook"),
        (b"PK\x03\x04 broken", "frame.file_unreadable"),
        (b"PAR1 broken", "frame.file_unreadable"),
        (b"%PDF-1.7\n" + b"\xb5\xff\n" * 300, "frame.not_a_table"),
        (b"\x89PNG\r\n\x1a\n", "frame.not_a_table"),
        ("县代码,县\n1,2\n".encode("utf-16"), "frame.not_a_table"),
        (b"a,b\n" + b"\x81\xff,1\n" * 300, "frame.not_a_table"),
    ],
)
def test_files_that_hold_no_table(tmp_path: Path, say: Say, content: bytes, code: str) -> None:
    mapping = load_mapping(LEVELS).mapping
    assert mapping is not None
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert [one[0] for one in told(read_frame(path, mapping), say)] == [code]


def test_a_missing_file(tmp_path: Path, say: Say) -> None:
    mapping = load_mapping(LEVELS).mapping
    assert mapping is not None
    assert [one[0] for one in told(read_frame(tmp_path / "none.csv", mapping), say)] == ["frame.file_unreadable"]
