"""`evalsvc form check` on broken forms: never a traceback, every fault at once, each with its place and its remedy."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from evalsvc.cli import main
from evalsvc.instruments.complaints import placed
from evalsvc.instruments.reading import read_form
from evalsvc.words import sentence
from forms.filling import fill
from tests.service.form_workbooks import A_NUMBER, HEAD, LISTS, NINE_MISTAKES, SAMPLE, workbook


def repacked(change):
    """Pack a good workbook anew, each part changed."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([]))) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            content = change(part.filename, old.read(part))
            if content is not None:
                new.writestr(part.filename, content)
    return buffer.getvalue()


def bitten():
    """Turn bytes inside of the packed survey sheet over."""
    data = bytearray(workbook([]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    start = part.header_offset + 30 + len(part.filename) + 20
    data[start : start + 30] = bytes(byte ^ 255 for byte in data[start : start + 30])
    return bytes(data)


def sheet1(content):
    return repacked(lambda name, old: content(old) if name == "xl/worksheets/sheet1.xml" else old)


DECLARED = b'<?xml version="1.0"?>' + b" " * 5000 + b'<!DOCTYPE a [<!ENTITY x "y">]>'
BROKEN = {
    "cut in half": (workbook([])[:2000], [("workbook.damaged", None, None, None)]),
    "turned bytes": (bitten(), [("workbook.damaged", None, None, None)]),
    "half a sheet": (sheet1(lambda old: old[:300]), [("workbook.damaged", None, None, None)]),
    "another archive": (
        repacked(lambda name, old: None if "workbook" in name else old),
        [("workbook.not_a_form", None, None, None)],
    ),
    "entities": (
        sheet1(lambda old: DECLARED + old[old.find(b"<worksheet") :]),
        [("workbook.document_type", None, None, None)],
    ),
    "no survey": (
        workbook([], survey=None),
        [("workbook.no_survey", "survey", None, None)],
    ),
    "no choices": (
        workbook([], choices=None),
        [("workbook.no_choices", "choices", None, None)],
    ),
    "names twice": (
        workbook([A_NUMBER, A_NUMBER, ["begin_group", "g", "组"], A_NUMBER, ["end_group"], ["text", "g", "组"]]),
        [("workbook.name_twice", "survey", 5, "name"), ("workbook.name_twice", "survey", 9, "name")],
    ),
    "unknown types": (
        workbook([["integr", "a", "甲"], ["select_on yn", "b", "乙"]]),
        [("workbook.unknown_type", "survey", 4, "type"), ("workbook.unknown_type", "survey", 5, "type")],
    ),
    "circle": (
        workbook([["calculate", "a", None, None, None, "${b} + 1"], ["calculate", "b", None, None, None, "${a} + 1"]]),
        [("form.circle", "survey", 4, "calculation")],
    ),
    "circle of one": (
        workbook([["integer", "a", "甲", "${a} > 1"]]),
        [("form.circle", "survey", 4, "relevant")],
    ),
    "expressions": (
        workbook(
            [
                [*A_NUMBER, None, ". > (1"],
                ["integer", "b", "乙", "${a} = = 1"],
                ["calculate", "c", None, None, None, "no(${a})"],
                ["select_one yn", "d", "丁", None, None, None, "name = ("],
                ["text", "e", "戊", None, "regex(., '[')"],
            ]
        ),
        [
            ("form.expression_unfinished", "survey", 4, "constraint"),
            ("form.expression_syntax", "survey", 5, "relevant"),
            ("form.unknown_function", "survey", 6, "calculation"),
            ("form.expression_unfinished", "survey", 7, "choice_filter"),
            ("form.pattern", "survey", 8, "constraint"),
        ],
    ),
    "deep expression": (
        workbook([[*A_NUMBER, None, "(" * 500 + "1" + ")" * 500]]),
        [("form.expression_deep", "survey", 4, "constraint")],
    ),
    "deep groups": (
        workbook([*(["begin_group", f"g{n}", "组"] for n in range(300)), A_NUMBER, *[["end_group"]] * 300]),
        [("xml.too_deep", None, None, None)],
    ),
    "unknown lists": (
        workbook(
            [["select_one nn", "a", "甲"], ["select_multiple mm", "b", "乙"], ["text", "c", "丙", "${nobody} = 1"]]
        ),
        [
            ("workbook.list_missing", "survey", 4, "type"),
            ("workbook.list_missing", "survey", 5, "type"),
            ("workbook.reference_unknown", "survey", 6, "relevant"),
        ],
    ),
    "group without end": (
        workbook([["begin_group", "g", "组"], A_NUMBER]),
        [("workbook.begin_without_end", "survey", 4, "type")],
    ),
    "end without group": (workbook([A_NUMBER, ["end_repeat"]]), [("workbook.end_without_begin", "survey", 5, "type")]),
    "crossed": (
        workbook([["begin_group", "g", "组"], ["begin_repeat", "r", "组"], A_NUMBER, ["end_group"], ["end_repeat"]]),
        [("workbook.end_without_begin", "survey", 7, "type")],
    ),
    "names with spaces": (
        workbook([["integer", "a b", "甲"], ["integer", "1a", "乙"], ["integer", None, "丙"]]),
        [
            ("workbook.bad_name", "survey", 4, "name"),
            ("workbook.bad_name", "survey", 5, "name"),
            ("workbook.no_name", "survey", 6, "name"),
        ],
    ),
    "empty list": (
        workbook([["select_one zz", "a", "甲"]], choices=[*LISTS, ["zz", None, None]]),
        [("workbook.choice_without_name", "choices", 5, "name")],
    ),
    "choices without rows": (
        workbook([], choices=LISTS[:1]),
        [("workbook.no_choices", "choices", None, None)],
    ),
    "no label": (workbook([["integer", "a"]]), [("workbook.no_label", "survey", 4, "label")]),
    "header twice": (workbook([], head=[*HEAD, "label"]), [("workbook.header_twice", "survey", 1, "label")]),
    "no type": (workbook([], head=["kind", *HEAD[1:]]), [("workbook.column_missing", "survey", 1, "type")]),
    "prefix": (
        workbook(
            [], head=[*HEAD, "bind::my:mark"], survey=[[*HEAD, "bind::my:mark"], *SAMPLE, [*A_NUMBER, *[None] * 5, "x"]]
        ),
        [("xml.prefix_unknown", "settings", 1, "namespaces")],
    ),
    "old excel": (b"\xd0\xcf\x11\xe0" + b"0" * 600, [("workbook.damaged", None, None, None)]),
    "nothing": (b"", [("workbook.not_a_form", None, None, None)]),
    "half a table": (b"| survey |\n| type | name |\n| choices |\n", [("workbook.damaged", None, None, None)]),
}


@pytest.mark.parametrize(("data", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_broken_form_is_told_what_is_wrong_and_where(tmp_path: Path, data: bytes, expected) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(data)
    told = CliRunner().invoke(main, ["form", "check", str(path), "--json"])
    assert told.exit_code == 1, told.output
    complaints = json.loads(told.stdout)["complaints"]
    found = [(c["code"], c["sheet"], c["row"], c["column"]) for c in complaints if c["severity"] == "error"]
    assert found == expected
    for each in placed(read_form(data, path.name).complaints, path.name):
        chinese, english = (sentence(each.code, each.details, language) for language in ("zh", "en"))
        assert chinese != english and each.code not in (chinese, english)
        assert "请" in chinese
        assert len(chinese) < 500


UNFIT = {
    "no settings": (workbook([], settings=None), ("instrument.version_missing", "settings", None, "version")),
    "no sample": (workbook([], survey=[HEAD, A_NUMBER]), ("instrument.question_missing", "survey", None, "name")),
    "no table": (
        workbook([["select_one_from_file places.csv", "a", "甲"]]),
        ("form.file_missing", "survey", 4, "type"),
    ),
}


@pytest.mark.parametrize(("data", "expected"), UNFIT.values(), ids=UNFIT)
def test_a_valid_form_passes_though_no_evaluation_could_publish_it(tmp_path: Path, data: bytes, expected) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(data)
    told = CliRunner().invoke(main, ["form", "check", str(path), "--json"])
    report = json.loads(told.stdout)
    assert told.exit_code == 0 and not [each for each in report["complaints"] if each["severity"] == "error"]
    found = [(c["code"], c["sheet"], c["row"], c["column"]) for c in report["not_publishable"]]
    assert found == [expected]
    printed = CliRunner().invoke(main, ["form", "check", str(path)])
    assert printed.exit_code == 1 and "不能发布到评估项目" in printed.stderr
    assert "必须改正的 1 处，提示 0 处" in printed.stdout


@pytest.mark.parametrize("place", [".", "表-media", "elsewhere"])
def test_tables_beside_a_form_are_read(tmp_path: Path, place: str) -> None:
    path, folder = tmp_path / "表.xlsx", tmp_path / place
    path.write_bytes(workbook([["select_one_from_file places.csv", "a", "甲"]]))
    folder.mkdir(exist_ok=True)
    (folder / "places.csv").write_text("name,label\nx,甲村\n", encoding="utf-8")
    data = ["--data", str(folder)] if place == "elsewhere" else []
    definition = read_form(path.read_bytes(), path.name).definition
    answers = {"unit_id": "1", "disposition": "completed"}
    sent = {value: tmp_path / f"{value}.xml" for value in ("x", "nowhere")}
    for value, file in sent.items():
        tables = {"places.csv": (folder / "places.csv").read_bytes()}
        file.write_bytes(fill(definition, {**answers, "a": value}, instance_id=f"uuid:{value}", data=tables))
    given = [each for file in sent.values() for each in ("--instance", str(file))]
    told = CliRunner().invoke(main, ["form", "check", str(path), "--json", *data, *given])
    report = json.loads(told.stdout)
    assert report["not_publishable"] == []
    assert [[each["kind"] for each in one["complaints"]] for one in report["instances"]] == [[], ["choice"]]


def test_a_form_with_too_many_rows_is_refused_before_it_is_converted(tmp_path: Path) -> None:
    rows = "".join(f"| | note | n{number} | x |\n" for number in range(10_001))
    data = f"| survey |\n| | type | name | label |\n{rows}".encode()
    test_a_broken_form_is_told_what_is_wrong_and_where(
        tmp_path, data, [("workbook.too_many_rows", "survey", None, None)]
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (workbook([], head=[*HEAD[:3], "relevnt", *HEAD[4:]]), ("workbook.header_unknown", "survey", 1, "relevnt")),
        (
            workbook([], settings=[["form_id", "version", "titel"], ["t", "1", "x"]]),
            ("workbook.header_unknown", "settings", 1, "titel"),
        ),
        (
            workbook([["select_one yn", "a", "甲", None, None, None, "region = 'x'"]]),
            ("form.filter_column", "survey", 4, "choice_filter"),
        ),
        (
            workbook([["calculate", "a", None, None, None, "/data/nowhere + 1"]]),
            ("form.unknown_reference", "survey", 4, "calculation"),
        ),
    ],
)
def test_what_has_no_effect_is_a_warning(tmp_path: Path, data: bytes, expected) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(data)
    told = CliRunner().invoke(main, ["form", "check", str(path), "--json"])
    assert told.exit_code == 0, told.output
    (complaint,) = json.loads(told.stdout)["complaints"]
    assert (complaint["code"], complaint["sheet"], complaint["row"], complaint["column"]) == expected


def test_expressions_are_shown_as_they_stand_in_the_cell() -> None:
    rows = [
        A_NUMBER,
        ["begin_repeat", "r", "组"],
        A_NUMBER,
        ["integer", "b", "乙", "${unit_id} = 'x' and ${disposition} = = 1"],
        ["end_repeat"],
    ]
    data = workbook(rows[1:], head=["type", "name", "label", "relevance"])
    (complaint,) = read_form(data, "f.xlsx").errors
    assert complaint.column == "relevance"
    assert complaint.details["expression"] == "${unit_id} = 'x' and ${disposition} = = 1"
    assert complaint.details["position"] == 39


def test_the_table_on_a_terminal_names_the_sheet_and_keeps_brackets(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    path.write_bytes(workbook([["text", "a", "甲", None, "regex(., '[a')"], ["integer", "b", "乙", "${a}[1 > ["]]))
    told = CliRunner().invoke(main, ["form", "check", str(path)])
    assert told.exit_code == 1
    assert "工作表" in told.output and "survey" in told.output
    assert "[a" in told.output and "[1" in told.output


def test_the_table_tells_errors_from_hints_and_ends_with_their_counts(tmp_path: Path) -> None:
    path = tmp_path / "九题的问卷.xlsx"
    path.write_bytes(NINE_MISTAKES)
    told = CliRunner().invoke(main, ["form", "check", str(path)], env={"COLUMNS": "80"})
    lines = told.stderr.splitlines()
    grades = [line.split("│")[1].strip() for line in lines if line.startswith("│")]
    grades = [grade for grade in grades if grade]
    assert grades == sorted(grades, key=["错误", "提示"].index) and set(grades) == {"错误", "提示"}
    assert "九题的问卷" not in told.stderr and max(map(len, lines)) <= 80
    errors, hints = grades.count("错误"), grades.count("提示")
    assert told.stdout.endswith(f"九题的问卷.xlsx：没有读成问卷；必须改正的 {errors} 处，提示 {hints} 处。\n")


def test_a_form_of_hundreds_of_terms_is_read(tmp_path: Path) -> None:
    names = [f"q{n}" for n in range(400)]
    rows = [["integer", name, "题"] for name in names]
    any_ = ["note", "any", "有", " or ".join(f"${{{name}}} > 1" for name in names)]
    reading = read_form(workbook([*rows, any_]), "f.xlsx")
    assert reading.complaints == ()
