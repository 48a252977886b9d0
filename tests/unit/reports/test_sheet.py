"""A document's tables as a workbook: real numbers, shown as printed; no text is a formula; always the same bytes."""

import io
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from reports.document import Chapter, Column, Printed, Row, Table
from reports.sheet import FORMULA, format_of, number_of, write_sheets
from tests.unit.reports import sample

HASH = "5e" * 32
ROOT = Path(__file__).parents[3]


def made(document, numbers=None):
    return openpyxl.load_workbook(io.BytesIO(write_sheets(document, HASH, numbers)))


def with_table(*rows, columns=2):
    table = Table("示例", tuple(Column(f"列{place}") for place in range(columns)), tuple(Row(row) for row in rows))
    return replace(sample.document(), chapters=(Chapter("章", (table,)),), annexes=(), summary=())


def test_the_first_sheet_says_what_the_workbook_is_and_lists_its_tables():
    book = made(sample.document())
    first = book.worksheets[0]
    told = [row[0] for row in first.iter_rows(values_only=True) if row[0]]
    assert told[0] == sample.document().cover.title
    assert any(HASH in each for each in told)
    listed = [each for each in told if each in book.sheetnames]
    assert listed == book.sheetnames[1:]
    links = [row[0].hyperlink.location for row in first.iter_rows() if row[0].hyperlink is not None]
    assert links == [f"'{name}'!A1" for name in listed]


def test_cells_hold_full_numbers_and_show_them_as_printed():
    document = with_table(
        ("甲县", Printed("a/estimate", "1.87%")),
        ("乙县", Printed("b/n", "1,846")),
        ("丙县", Printed("c/deff", "2.31")),
        ("丁县", Printed("d/interval", "1.02%～2.31%")),
        ("戊县", Printed("e/verdict", "达标")),
        ("己县", Printed("f/estimate", "—")),
    )
    sheet = made(document, {"a/estimate": 0.018712345678, "f/estimate": 0.5}).worksheets[1]
    cells = [sheet.cell(row, 2) for row in range(3, 9)]
    assert [cell.value for cell in cells] == [0.018712345678, 1846, 2.31, "1.02%～2.31%", "达标", "—"]
    assert [cell.number_format for cell in cells[:3]] == ["0.00%", "#,##0", "#,##0.00"]
    assert [sheet.cell(row, 3).value for row in (3, 4)] == ["a/estimate", "b/n"]


def test_heads_stay_in_sight_groups_are_merged_and_columns_wide_enough():
    sheet = made(sample.document()).worksheets[1]
    assert sheet.freeze_panes == "B4"
    assert sheet.print_title_rows == "$3:$3"
    assert {str(each) for each in sheet.merged_cells.ranges} == {"B2:C2", "D2:F2"}
    assert sheet.column_dimensions["A"].width >= 8


@pytest.mark.parametrize("sign", FORMULA)
def test_text_that_looks_like_a_formula_stays_text(sign):
    text = f"{sign}HYPERLINK(1)"
    data = write_sheets(with_table((text, Printed("k", text))), HASH)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[1]
    for column in (1, 2):
        cell = sheet.cell(3, column)
        assert (cell.data_type, cell.quotePrefix) == ("s", True)
    parts = zipfile.ZipFile(io.BytesIO(data))
    assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_names_of_sheets_are_such_as_a_workbook_takes():
    table = Table("[很长的]：名/称?" * 9, (Column("列"),), (Row(("1",)),))
    document = replace(with_table(), chapters=(Chapter("章", (table, table)),))
    names = made(document).sheetnames
    assert len({name.casefold() for name in names}) == 3
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


def test_signs_that_no_workbook_holds_are_shown_as_lost():
    assert made(with_table(("a\x0bb", "c"))).worksheets[1].cell(3, 1).value == "a\ufffdb"


MAKE = """
import hashlib
from reports.sheet import write_sheets
from reports.word import write_word
from tests.unit.reports import sample
for data in (write_sheets(sample.document(), "5e"), write_word(sample.document())):
    print(hashlib.sha256(data).hexdigest())
"""


def test_the_same_document_gives_the_same_bytes_in_every_process():
    def in_process(seed):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run(
            [sys.executable, "-c", MAKE], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        ).stdout

    first = in_process("1")
    assert len(first.split()) == 2
    assert in_process("2") == first


@pytest.mark.parametrize(
    ("text", "number", "form"),
    [("0.00%", 0.0, "0.00%"), ("12,345", 12345, "#,##0"), ("-1.5", -1.5, "#,##0.0"), ("100%", 1.0, "0%")],
)
def test_printed_numbers_are_read_back(text, number, form):
    assert (number_of(text), format_of(text)) == (number, form)
