"""Workbooks that convert, and those that do not: every complaint has a place and a code."""

import io
import zipfile

import openpyxl
import pytest

from forms import convert, publishing_complaints
from forms.complaint import Complaint
from forms.definition import parse_definition
from tests.unit.forms.old_excel import old_workbook


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


HEAD: list[object] = [
    "type", "name", "label", "relevant", "constraint", "calculation", "parameters", "trigger", "choice_filter",
]  # fmt: skip
LISTS: list[list[object]] = [["list_name", "name", "label"], ["yn", "yes", "是"], ["yn", "no", "否"]]


def only(data: bytes) -> Complaint:
    conversion = convert(data, "f.xlsx")
    assert conversion.xform is None
    (complaint,) = [c for c in conversion.complaints if c.severity == "error"]
    return complaint


def test_a_workbook_becomes_a_form_named_by_its_file() -> None:
    conversion = convert(workbook(survey=[HEAD, ["text", "a", "甲"]]), "village_2026.xlsx")
    assert conversion.complaints == ()
    assert conversion.xform is not None
    definition = parse_definition(conversion.xform)
    assert (definition.form_id, [q.name for q in definition.questions]) == ("village_2026", ["a"])


def test_csv_and_markdown_are_read_too() -> None:
    csv = b'"survey"\n,"type","name","label"\n,"text","a","A"\n"settings"\n,"form_id","version"\n,"f","7"\n'
    markdown = (
        b"| survey |\n| | type | name | label |\n| | text | a | A |\n| settings |\n| | form_id | version |\n| | f | 7 |"
    )
    for data in (csv, markdown):
        xform = convert(data, "x").xform
        assert xform is not None
        assert (parse_definition(xform).form_id, parse_definition(xform).version) == ("f", "7")


BAD = [
    ([["text", None, "甲"]], "workbook.no_name", "survey", 2, "name"),
    ([["text", "a", "甲"], [None, "b", "乙"]], "workbook.no_type", "survey", 3, "type"),
    ([["text", "a b", "甲"]], "workbook.bad_name", "survey", 2, "name"),
    ([["text", "a", "甲"], ["text", "a", "乙"]], "workbook.name_twice", "survey", 3, "name"),
    ([["text", "a", "甲"], ["text", "b", "乙", "${c} = 1"]], "workbook.reference_unknown", "survey", 3, "relevant"),
    ([["text", "a", "甲", "${a = 1"]], "workbook.reference_syntax", "survey", 2, "relevant"),
    ([["text", "a", "甲"], ["wort", "b", "乙"]], "workbook.unknown_type", "survey", 3, "type"),
    ([["select_one nn", "a", "甲"]], "workbook.list_missing", "survey", 2, "type"),
    ([["calculate", "a"]], "workbook.no_calculation", "survey", 2, "calculation"),
    ([["begin_group", "g", "组"], ["text", "a", "甲"]], "workbook.begin_without_end", "survey", 2, "type"),
    ([["text", "a", "甲"], ["end_group"]], "workbook.end_without_begin", "survey", 3, "type"),
    (
        [["begin_repeat", "data", "组"], ["text", "a", "甲"], ["end_repeat"]],
        "workbook.repeat_name",
        "survey",
        2,
        "name",
    ),
    ([["range", "a", "甲", None, None, None, "start=1 end=x"]], "workbook.range_number", "survey", 2, "parameters"),
    ([["image", "a", "甲", None, None, None, "nonsense"]], "workbook.parameters_form", "survey", 2, "parameters"),
    (
        [["text", "b", "乙"], ["image", "a", "甲", None, None, None, "max-pixels=x"]],
        "workbook.parameter_whole",
        "survey",
        3,
        "parameters",
    ),
    (
        [["text", "b", "乙"], ["audit", "audit", None, None, None, None, "location-priority=x"]],
        "workbook.audit_location",
        "survey",
        3,
        "parameters",
    ),
    ([["audit", "log"]], "workbook.audit_name", "survey", 2, "name"),
    ([["background-geopoint", "a", "甲"]], "workbook.cell_empty", "survey", 2, "trigger"),
    ([["select_one_from_file yn.exe", "a", "甲"]], "workbook.file_ending", "survey", 2, "type"),
    (
        [["text", "a", "甲"], ["csv-external", "t"], ["xml-external", "t"]],
        "workbook.name_twice",
        "survey",
        4,
        "name",
    ),
    ([["text", "a", "甲"], ["include", "b", "乙"]], "workbook.include", "survey", 3, "type"),
    (
        [["select_one yn or_other", "a", "甲", None, None, None, None, None, "a=1"]],
        "workbook.or_other_filter",
        "survey",
        2,
        "choice_filter",
    ),
]


@pytest.mark.parametrize(("rows", "code", "sheet", "row", "column"), BAD, ids=[b[1] for b in BAD])
def test_a_complaint_has_its_place(rows, code, sheet, row, column) -> None:
    complaint = only(workbook(survey=[HEAD, *rows], choices=LISTS))
    assert (complaint.code, complaint.row) == (code, row)
    assert complaint.sheet in (sheet, None) if column is None else complaint.sheet == sheet
    assert complaint.column == column
    assert complaint.details["reason"]


def test_several_complaints_of_one_error_stand_apart() -> None:
    rows = [*LISTS, ["yn", "yes", "又是"], ["yn", "no", "又否"]]
    conversion = convert(workbook(survey=[HEAD, ["select_one yn", "a", "甲"]], choices=rows), "f.xlsx")
    errors = [(c.code, c.sheet, c.row) for c in conversion.complaints if c.severity == "error"]
    assert errors == [("workbook.choice_name_twice", "choices", 4), ("workbook.choice_name_twice", "choices", 5)]


def test_choices_with_spaces_are_found_in_their_row() -> None:
    rows = [*LISTS, ["l", "a b", "甲"]]
    complaint = only(workbook(survey=[HEAD, ["select_multiple l", "a", "甲"]], choices=rows))
    assert (complaint.code, complaint.sheet, complaint.row) == ("workbook.choice_with_space", "choices", 4)


def test_warnings_do_not_stop_the_conversion() -> None:
    conversion = convert(workbook(survey=[HEAD, ["image", "a", "甲"]]), "f.xlsx")
    assert conversion.xform is not None
    assert [(c.code, c.severity, c.row, c.column) for c in conversion.complaints] == [
        ("workbook.no_max_pixels", "warning", 2, "parameters")
    ]


def test_complaints_about_the_form_find_their_row_again() -> None:
    rows = [HEAD, ["begin_group", "g", "组"], ["integer", "a", "甲", None, "nope(.) > 1"], ["end_group"]]
    conversion = convert(workbook(survey=rows), "f.xlsx")
    assert conversion.xform is not None and conversion.rows is not None
    (complaint,) = map(conversion.rows.locate, publishing_complaints(parse_definition(conversion.xform)))
    assert (complaint.code, complaint.sheet, complaint.row, complaint.column) == (
        "form.unknown_function", "survey", 3, "constraint",
    )  # fmt: skip


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "workbook.not_a_form"),
        (b"hello", "workbook.not_a_form"),
        (b"version: 1\nstages:\n  - {name: a, strata: [b, c]}\n", "workbook.not_a_form"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 100, "workbook.damaged"),
        ("| survey |\n| | type | name | label |\n| | text | a | 中 |".encode("gbk"), "workbook.encoding"),
        (b"PK\x03\x04" + b"0" * 100, "workbook.damaged"),
        (packed({"xl/workbook.xml": b"<!DOCTYPE x><workbook/>"}), "workbook.document_type"),
        (packed({"xl/a.xml": b"0" * 250_000_000}), "workbook.unpacks_too_large"),
        (packed({f"{n}": b"" for n in range(2001)}), "workbook.too_many_parts"),
        (b" " * 20_000_001, "workbook.too_large"),
    ],
    ids=["empty", "text", "yaml", "old excel", "gbk", "damaged", "doctype", "bomb", "many parts", "large"],
)
def test_files_that_are_no_workbook(data: bytes, code: str) -> None:
    assert only(data).code == code


def test_a_large_file_is_told_by_the_size_and_the_limit_of_the_file() -> None:
    complaint = only(b"PK\x03\x04" + b"0" * 20_000_000)
    assert complaint.code == "workbook.too_large"
    assert dict(complaint.details) == {"size": 20_000_004, "limit": 20_000_000}


def test_an_empty_archive_or_sheet_is_a_complaint() -> None:
    assert convert(packed({"a": b""}), "f.xlsx").xform is None
    empty = convert(workbook(survey=[HEAD]), "f.xlsx").xform
    assert empty is not None
    assert [c.code for c in publishing_complaints(parse_definition(empty))] == ["form.no_questions"]
    assert convert(workbook(sheet1=[["x"]], sheet2=[["y"]]), "f.xlsx").xform is None


def test_old_excel_is_read_like_new() -> None:
    rows: list[list[str | float | None]] = [
        ["type", "name", "label"],
        ["select_one yn", "a", "甲"],
        ["integer", "b", 7.0],
    ]
    choices: list[list[str | float | None]] = [["list_name", "name", "label"], ["yn", 1.0, "是"], ["yn", 2.5, "否"]]
    conversion = convert(old_workbook(survey=rows, choices=choices), "old.xls")
    assert [c.code for c in conversion.complaints] == []
    assert conversion.xform is not None
    definition = parse_definition(conversion.xform)
    assert [(q.name, q.labels) for q in definition.questions] == [("a", {"": "甲"}), ("b", {"": "7"})]
    assert [choice.value for choice in definition.questions[0].choices] == ["1", "2.5"]


def test_complaints_about_old_excel_have_their_place() -> None:
    complaint = only(old_workbook(survey=[["type", "name", "label"], ["text", "a", "甲"], ["wort", "b", "乙"]]))
    assert (complaint.code, complaint.sheet, complaint.row) == ("workbook.unknown_type", "survey", 3)
    twice = only(old_workbook(survey=[["type", "name", "name"]]))
    assert (twice.code, twice.sheet, twice.row, twice.column) == ("workbook.header_twice", "survey", 1, "name")


def test_columns_without_a_header_are_no_matter_of_spelling() -> None:
    text = "| survey |\n| | type | name | label | |\n| | text | a | A | |\n"
    assert [c.code for c in convert(text.encode(), "f.md").complaints] == []


def test_quotation_marks_stay_as_they_are_printed_in_words_and_are_straight_in_expressions() -> None:
    text = """
| survey |
| | type | name | label::中文 (zh) | hint | constraint | constraint_message | relevant |
| | select_one yn | agreed | 选了“没有”的 | ‘说不清’ | . != “no” | 请返回“到访情况” |  |
| | text | why | 为什么不“认可” |  |  |  | ${agreed} = ‘yes’ |
| choices |
| | list_name | name | label::中文 (zh) |
| | yn | yes | “是” |
| | yn | no | 否 |
| settings |
| | form_id | version |
| | t | 1 |
"""
    conversion = convert(text.encode(), "t.md")
    assert conversion.xform is not None
    xform = conversion.xform.decode()
    for words in ("选了“没有”的", "‘说不清’", "请返回“到访情况”", "为什么不“认可”", "“是”"):
        assert words in xform
    assert "'yes'" in xform
    assert "“no”" not in xform


def test_words_that_one_language_lacks_are_named_with_their_cell() -> None:
    text = """
| survey |
| | type | name | label::English (en) | label::中文 (zh) | hint::English (en) | hint::中文 (zh) | image::English (en) |
| | text | a | | 甲 | | | |
| | select_one l | b | B | | | 提示 | |
| | text | c | | 丙 | | | c.png |
| | note | d | D | 丁 | D | 丁 | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | l | x | 一 | One |
| | l | y | 二 | |
"""
    found = [c for c in convert(text.encode(), "t.md").complaints if c.code == "workbook.words_missing"]
    assert [(c.sheet, c.row, c.column, c.details["language"]) for c in found] == [
        ("survey", 2, "label::English (en)", "English (en)"),
        ("survey", 3, "label::中文 (zh)", "中文 (zh)"),
        ("survey", 3, "hint::English (en)", "English (en)"),
        ("choices", 3, "label::English (en)", "English (en)"),
    ]
    assert {c.severity for c in found} == {"warning"}


def test_a_language_that_a_sheet_lacks_is_named_once() -> None:
    text = """
| survey |
| | type | name | label::English (en) | label::中文 (zh) | hint::中文 (zh) |
| | select_one l | a | A | 甲 | |
| choices |
| | list_name | name | label::中文 (zh) |
| | l | x | 一 |
| | l | y | 二 |
"""
    conversion = convert(text.encode(), "t.md")
    told = [(c.code, c.sheet, c.row, c.column) for c in conversion.complaints]
    assert conversion.xform is not None
    assert told == [
        ("workbook.language_column", "survey", 1, "hint"),
        ("workbook.language_column", "choices", 1, "label::English (en)"),
    ]


def test_the_default_language_may_stand_without_its_name() -> None:
    text = """
| settings |
| | form_id | default_language |
| | t | 中文 (zh) |
| survey |
| | type | name | label | label::English (en) |
| | text | a | 甲 | A |
| | text | b | 乙 | |
"""
    told = [(c.code, c.row, c.column) for c in convert(text.encode(), "t.md").complaints]
    assert told == [("workbook.words_missing", 3, "label::English (en)")]
