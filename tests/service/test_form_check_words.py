"""`evalsvc form check` in one look: every mistake once, in words that say what was probably meant."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from evalsvc.cli import main
from evalsvc.instruments.questions import at_question
from evalsvc.instruments.reading import read_form
from evalsvc.words import sentence
from forms.check import check
from forms.filling import fill
from forms.instance import parse_instance
from tests.service.form_workbooks import A_NUMBER, HEAD, LISTS, NINE_MISTAKES, SETTINGS, workbook


def test_one_look_shows_all_mistakes_and_none_that_follows_from_another(tmp_path: Path) -> None:
    path = tmp_path / "九.xlsx"
    path.write_bytes(NINE_MISTAKES)
    told = CliRunner().invoke(main, ["form", "check", str(path), "--json"])
    assert told.exit_code == 1, told.output
    report = json.loads(told.stdout)
    errors = [(c["code"], c["sheet"], c["row"], c["column"]) for c in report["complaints"] if c["severity"] == "error"]
    assert errors == [
        ("workbook.wide_blank", "survey", 4, "type"),
        ("workbook.unknown_type", "survey", 5, "type"),
        ("workbook.list_missing", "survey", 6, "type"),
        ("workbook.no_name", "survey", 7, "name"),
        ("workbook.reference_lost", "survey", 7, "name"),
        ("workbook.full_width", "survey", 8, "label"),
        ("workbook.full_width", "survey", 8, "constraint"),
        ("workbook.reference_unknown", "survey", 9, "relevant"),
        ("workbook.full_width", "survey", 14, "calculation"),
        ("workbook.choice_name_twice", "choices", len(LISTS) + 1, "name"),
    ]
    warnings = [(c["code"], c["row"]) for c in report["complaints"] if c["severity"] == "warning"]
    assert ("form.filter_column", 10) in warnings
    assert [(c["code"], c["row"]) for c in report["not_publishable"]] == [
        ("instrument.version_missing", None), ("instrument.question_twice", 2), ("instrument.question_twice", 12),
    ]  # fmt: skip
    messages = {(c["code"], c["row"]): c["message"] for c in report["complaints"]}
    assert "U+3000" in messages["workbook.wide_blank", 4]
    assert "（ ）" in messages["workbook.full_width", 14] and "( )" in messages["workbook.full_width", 14]
    assert "integer" in messages["workbook.unknown_type", 5]
    assert "${resident}" in messages["workbook.reference_lost", 7]


def test_a_reference_that_is_like_a_name_is_told_of_in_its_row_with_that_name(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    rows = [["integer", "has_pig", "猪"], ["integer", "b", "乙", "${has_pigs} = 1 and ${unit_od} = '1'"]]
    path.write_bytes(workbook([*rows, ["integer", "第一名字", "丙"], ["integer", None, "丁"]]))
    report = json.loads(CliRunner().invoke(main, ["form", "check", str(path), "--json"]).stdout)
    told = [(c["code"], c["row"]) for c in report["complaints"] if c["severity"] == "error"]
    assert told == [
        ("workbook.reference_unknown", 5), ("workbook.reference_unknown", 5), ("workbook.no_name", 7),
    ]  # fmt: skip
    messages = [c["message"] for c in report["complaints"] if c["row"] == 5]
    assert "has_pig）" in messages[0] and "unit_id）" in messages[1]


WORDS = {
    "near": ("${disposition} = 'complete'", "form.no_such_choice", "completed）"),
    "turned": ("selected(${a}, 'yse')", "form.no_such_choice", "yes）"),
    "label": ("'否' != ${a}", "form.no_such_choice", "no）"),
    "number": ("${a} = 1", "form.no_such_choice", "—"),
    "no quotes": ("${disposition} = completed", "form.quotes_missing", "'completed'"),
    "no quotes elsewhere": ("if(${unit_id} = '1', yes, 'no') = 'yes'", "form.quotes_missing", "'yes'"),
    "no signs": ("disposition = 'completed'", "form.reference_bare", "${disposition}"),
    "neither": ("nobody = '1'", "form.unknown_reference", "nobody"),
}


@pytest.mark.parametrize(("written", "code", "words"), WORDS.values(), ids=WORDS)
def test_words_that_are_no_choice_are_told_with_what_may_be_meant(written, code, words) -> None:
    rows = [["select_one yn", "a", "甲"], ["begin_group", "g", "组", written], ["text", "b", "乙"], ["end_group"]]
    (told,) = read_form(workbook(rows), "f.xlsx").complaints
    assert (told.code, told.severity, told.row, told.column) == (code, "warning", 5, "relevant")
    assert words in sentence(told.code, told.details, "zh")


def test_words_that_are_choices_are_not_complained_of() -> None:
    rows = [
        ["select_multiple yn", "a", "甲", "${disposition} = 'completed'", "not(selected(., 'yes') and . != '')"],
        ["select_one n", "c", "丙", "${a} = 'yes no' or ${a} = ''"],
        ["text", "d", "丁", "${c} = 1 or ${c} = '01'"],
        ["select_one yn", "e", "戊", None, None, None, "name = 'maybe' or ${disposition} = 'completed'"],
    ]
    assert read_form(workbook(rows, choices=[*LISTS, ["n", "01", "一"]]), "f.xlsx").complaints == ()
    filtered = [["select_one yn", "e", "戊", None, None, None, "name = 'yes' or ${disposition} = 'done'"]]
    (told,) = read_form(workbook(filtered), "f.xlsx").complaints
    assert (told.code, told.column) == ("form.no_such_choice", "choice_filter")


def test_expressions_are_read_in_workbooks_that_are_not_converted_too() -> None:
    rows = [
        ["整数", "a", "甲", None, ". > 0 and (. < 20"],
        [*A_NUMBER[:1], "b", "乙", "${a} = = 1 or ${unit_id} = “x”"],
    ]
    fine = ["integer", "c", "丙", "${last-saved#b} > 1", "selected(‘1 2’, .)", None, "name != ${b}"]
    errors = read_form(workbook([*rows, fine]), "f.xlsx").errors
    assert [(c.code, c.row, c.column) for c in errors] == [
        ("workbook.unknown_type", 4, "type"),
        ("form.expression_unfinished", 4, "constraint"),
        ("form.expression_syntax", 5, "relevant"),
    ]
    assert (errors[2].details["position"], errors[2].details["expression"]) == (8, rows[1][3])


def test_a_sheet_with_a_name_of_ones_own_is_one_mistake(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(workbook([["select_one yn", "a", "甲"]], choices=None, 选项=LISTS))
    report = json.loads(CliRunner().invoke(main, ["form", "check", str(path), "--json"]).stdout)
    errors = [(c["code"], c["sheet"]) for c in report["complaints"] if c["severity"] == "error"]
    assert errors == [("workbook.sheet_misspelt", "选项")]
    path.write_bytes(workbook([], settings=None, 设置=SETTINGS))
    report = json.loads(CliRunner().invoke(main, ["form", "check", str(path), "--json"]).stdout)
    assert [(c["code"], c["sheet"], c["severity"]) for c in report["complaints"]] == [
        ("workbook.sheet_misspelt", "设置", "warning")
    ]


TWO = ["type", "name", "label::中文 (zh)", "label::English (en)"]
SILENT = {
    "lost choice": (workbook([], choices=[*LISTS, [None, "x2", "二"]]), ("choices", 5, "list_name"), "x2"),
    "blank id": (
        workbook([], settings=[["form_id", "version"], ["my form", "1"]]),
        ("settings", 2, "form_id"),
        "my_form",
    ),
    "language": (
        workbook(
            [],
            head=["type", "name", "label::中文 (zh)"],
            choices=[["list_name", "name", "label::中文 (zh)"], *LISTS[1:]],
            settings=[["form_id", "version", "default_language"], ["t", "1", "zh"]],
        ),
        ("settings", 2, "default_language"),
        "（可能是：中文 (zh)）",
    ),
    "curly": (workbook([[*A_NUMBER, "${disposition} = ‘completed’"]]), ("survey", 4, "relevant"), "‘ ’"),
    "or_other": (
        workbook(
            [],
            survey=[TWO, ["text", "unit_id", "户", "U"], ["select_one l or_other", "a", "甲", "A"]],
            choices=[["list_name", "name", *TWO[2:]], ["l", "x", "一", "One"]],
        ),
        ("survey", 3, "type"),
        "or_other",
    ),
}


@pytest.mark.parametrize(("data", "place", "words"), SILENT.values(), ids=SILENT)
def test_what_the_conversion_passes_over_is_told(data, place, words) -> None:
    reading = read_form(data, "f.xlsx")
    (told,) = reading.complaints
    assert reading.definition is not None and told.severity == "warning"
    assert (told.sheet, told.row, told.column) == place
    assert words in sentence(told.code, told.details, "zh") and "请" in sentence(told.code, told.details, "zh")


CHINESE = {"type": "类型", "name": "题名", "label": "标签", "list_name": "列表"}


@pytest.mark.parametrize("lacking", [["type", "name", "label"], ["type"], ["name"], ["label"]], ids="-".join)
def test_headers_in_chinese_are_one_mistake_each(lacking: list[str]) -> None:
    rows = [["select_one yn", "a", "甲", "${disposition} = 'completed'"]]
    head = [CHINESE[each] if each in lacking else each for each in HEAD]
    found = read_form(workbook(rows, head=head), "f.xlsx")
    told = [(c.code, c.sheet, c.row, c.column) for c in (*found.complaints, *found.unfit)]
    assert told == [("workbook.header_translated", "survey", 1, CHINESE[each]) for each in lacking]
    assert [c.details["meant"] for c in found.errors] == lacking


def test_headers_in_chinese_are_told_on_every_sheet() -> None:
    lists = [["列表", "选项值", "标签::中文 (zh)"], *LISTS[1:]]
    found = read_form(workbook([], choices=lists, settings=[["form_id", "版本"], ["t", "1"]]), "f.xlsx").complaints
    assert [(c.severity, c.column, c.details["meant"]) for c in found] == [
        ("error", "列表", "list_name"), ("error", "选项值", "name"), ("warning", "标签::中文 (zh)", "label::中文 (zh)"),
        ("warning", "版本", "version"),
    ]  # fmt: skip


def test_words_for_yes_are_told_apart_from_references(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    rows = [[*A_NUMBER, *[None] * (len(HEAD) - len(A_NUMBER)), "是"]]
    path.write_bytes(workbook(rows, head=[*HEAD, "required"]))
    report = json.loads(CliRunner().invoke(main, ["form", "check", str(path), "--json"]).stdout)
    (told,) = report["complaints"]
    assert (told["code"], told["row"], told["column"]) == ("workbook.yes_or_no", 4, "required")
    assert "yes" in told["message"]


def test_units_in_two_groups_are_named_with_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(workbook([["begin_group", "g", "组"], ["text", "unit_id", "又"], ["end_group"]]))
    report = json.loads(CliRunner().invoke(main, ["form", "check", str(path), "--json"]).stdout)
    assert [(c["code"], c["row"]) for c in report["not_publishable"]] == [
        ("instrument.question_twice", 2), ("instrument.question_twice", 5),
    ]  # fmt: skip


def test_types_of_answers_are_named_in_words() -> None:
    details = {"value": "four", "type": "int"}
    assert sentence("check.wrong_type", details) == "答案“four”不是整数。请核对后更正。"
    assert "whole number" in sentence("check.wrong_type", details, "en")


def test_complaints_about_answers_name_the_question_and_its_row(tmp_path: Path) -> None:
    rows = [["begin_repeat", "member", "成员"], ["integer", "age", "年龄"], ["end_repeat"]]
    form, answers = tmp_path / "表.xlsx", tmp_path / "答.xml"
    form.write_bytes(workbook(rows))
    definition = read_form(form.read_bytes(), form.name).definition
    given = {"unit_id": "1", "disposition": "completed", "member": [{"age": 3}, {"age": 4}]}
    sent = fill(definition, given, instance_id="uuid:1")
    answers.write_bytes(sent.replace(b"<age>4</age>", b"<age>four</age>"))
    told = CliRunner().invoke(main, ["form", "check", str(form), "--instance", str(answers)])
    assert told.exit_code == 1
    assert "年龄" in told.output and "不是整数" in "".join(told.output.split()).replace("│", "")
    (found,) = check(definition, parse_instance(answers.read_bytes()))
    assert at_question(found, definition, "zh").column == "年龄 (member[2]/age)"
