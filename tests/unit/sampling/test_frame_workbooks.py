"""Workbooks that are damaged, or made to cost hours and memory: refused with a complaint, before or while reading."""

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from sampling import workbook_limits
from sampling.errors import Complaint
from sampling.frame import load_mapping, read_frame

MAPPING = "levels:\n  - {name: county, id: county_code, columns: {county: text}}\n"
ROW = b'<row><c t="inlineStr"><is><t>x</t></is></c><c><v>1</v></c></row>'
SHEET = "xl/worksheets/sheet1.xml"
Change = Callable[[str, bytes], bytes | None]


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("county_code", "county"), ("350125", "永泰县"), ("350424", "宁化县")):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def changed(path: Path, change: Change, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(io.BytesIO(workbook())) as given, zipfile.ZipFile(path, "w", method) as made:
        for name in given.namelist():
            data = change(name, given.read(name))
            if data is not None:
                made.writestr(name, data)
    return path


def in_sheet(old: bytes, new: bytes) -> Change:
    return lambda name, data: data.replace(old, new, 1) if name == SHEET else data


def complaints(path: Path) -> list[Complaint]:
    mapping = load_mapping(MAPPING).mapping
    assert mapping is not None
    reading = read_frame(path, mapping)
    assert (reading.frame is None) == bool(reading.complaints)
    return list(reading.complaints)


def codes(path: Path) -> list[str]:
    return [each.code for each in complaints(path)]


def test_a_good_workbook_is_read(tmp_path: Path) -> None:
    assert codes(changed(tmp_path / "a.xlsx", lambda _name, data: data)) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda name, data: data[: len(data) // 2] if name == SHEET else data,
        lambda name, data: b"<broken" if name == "[Content_Types].xml" else data,
        lambda name, data: b"<broken" if name == "xl/styles.xml" else data,
        lambda name, data: None if name == "xl/workbook.xml" else data,
        lambda name, data: None if name == SHEET else data,
        in_sheet(b't="inlineStr"', b't="s"'),
        in_sheet(b't="inlineStr"><is><t>county_code</t></is>', b't="s"><v>99</v>'),
        in_sheet(b'r="B1"', b'r="ZZZZZZ1"'),
        in_sheet(b'r="A1"', b'r="1A"'),
    ],
)
def test_a_damaged_workbook_is_named_and_no_fault_of_the_program(tmp_path: Path, change: Change) -> None:
    found = complaints(changed(tmp_path / "名册.xlsx", change))
    assert found and {each.file for each in found} == {"名册.xlsx"}
    assert {each.code for each in found} <= {"frame.file_unreadable", "frame.missing_source", "frame.no_header"}


def test_flipped_bytes_end_in_complaints(tmp_path: Path) -> None:
    data, generator = workbook(), random.Random(20260322)
    for _ in range(150):
        place = generator.randrange(4, len(data))
        path = tmp_path / "a.xlsx"
        path.write_bytes(data[:place] + bytes([data[place] ^ (1 << generator.randrange(8))]) + data[place + 1 :])
        complaints(path)


def test_a_small_file_that_unpacks_to_hours_of_work_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_given, **_options: pytest.fail("was read"))
    path = changed(tmp_path / "a.xlsx", in_sheet(b"</sheetData>", ROW * 400_000 + b"</sheetData>"))
    assert path.stat().st_size < 1_000_000
    assert codes(path) == ["frame.workbook_packed"]
    monkeypatch.setattr(workbook_limits, "MOST_TIMES", 10_000)
    monkeypatch.setattr(workbook_limits, "MOST_CELLS", 1_199_999)
    assert codes(path) == ["frame.too_many_cells"]
    monkeypatch.setattr(workbook_limits, "MOST_BYTES", 20_000_000)
    assert codes(path) == ["frame.workbook_too_large"]


def test_cells_are_counted_once_wherever_blocks_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = changed(tmp_path / "a.xlsx", in_sheet(b"</sheetData>", ROW * 50 + b"</sheetData>"))
    for block in (7, 64, 65, 97, 128, 1000):
        monkeypatch.setattr(workbook_limits, "_BLOCK", block)
        monkeypatch.setattr(workbook_limits, "MOST_CELLS", 159)
        assert codes(path)[:1] != ["frame.too_many_cells"], block
        monkeypatch.setattr(workbook_limits, "MOST_CELLS", 158)
        assert codes(path) == ["frame.too_many_cells"], block


def test_rows_and_columns_that_are_only_numbered_cost_nothing(tmp_path: Path) -> None:
    far = changed(tmp_path / "far.xlsx", in_sheet(b"</row>", b'<c r="ZZZ1"><v>1</v></c></row>'))
    assert codes(far) == []
    deep = b'<row r="2000000000"><c r="A2000000000"><v>1</v></c></row></sheetData>'
    assert codes(changed(tmp_path / "deep.xlsx", in_sheet(b"</sheetData>", deep))) == ["frame.too_many_rows"]


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE worksheet [<!ENTITY a "aaaa">]><worksheet'
    assert codes(changed(tmp_path / "a.xlsx", in_sheet(b"<worksheet", bomb))) == ["frame.workbook_entities"]


def test_a_header_that_is_one_endless_cell_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a" * 300_000)
    assert codes(path) == ["frame.file_unreadable"]
