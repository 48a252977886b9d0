"""What is said of a document that leaves its form: one sentence for each kind of fault, with its line."""

from collections.abc import Callable

import pytest
from jsonschema import Draft202012Validator

from evalsvc.words import sentence
from sampling.design import load_design
from sampling.document_rows import document_rows, with_rows
from sampling.documents import check_schema, described, parse_document
from sampling.errors import complain

Say = Callable[..., str]


@pytest.mark.parametrize(
    ("schema", "value", "code", "words"),
    [
        ({"type": "object"}, 3, "document.not_entries", "不是“名称: 值”这样的各项"),
        ({"type": ["integer", "boolean"]}, "x", "document.wrong_type", "integer"),
        ({"properties": {"a": {"type": "object"}}}, {"a": 3}, "document.type_object", "应为若干“名称: 值”"),
        ({"properties": {"a": {"type": "array"}}}, {"a": 3}, "document.type_array", "应为列表"),
        ({"properties": {"a": {"type": "string"}}}, {"a": 3}, "document.type_string", "应为文字"),
        ({"properties": {"a": {"type": "integer"}}}, {"a": "3"}, "document.type_integer", "应为整数"),
        ({"properties": {"a": {"type": "number"}}}, {"a": "3"}, "document.type_number", "应为数字"),
        ({"properties": {"a": {"type": "null"}}}, {"a": "3"}, "document.type_null", "应为null"),
        ({"properties": {"a": {"type": ["object", "null"]}}}, {"a": 1}, "document.type_object_or_null", "或 null"),
        ({"properties": {"a": {"type": ["string", "null"]}}}, {"a": 1}, "document.type_string_or_null", "或 null"),
        ({"properties": {"a": {"type": ["string", "number"]}}}, {"a": []}, "document.type_string_or_number", "或数字"),
        ({"properties": {"a": {"minimum": 1}}}, {"a": 0}, "document.too_small", "不能小于 1"),
        ({"properties": {"a": {"exclusiveMinimum": 0}}}, {"a": 0}, "document.not_above", "须大于 0"),
        ({"properties": {"a": {"maximum": 1}}}, {"a": 2}, "document.too_large", "不能大于 1"),
        ({"properties": {"a": {"exclusiveMaximum": 1}}}, {"a": 1}, "document.not_below", "须小于 1"),
        ({"properties": {"a": {"pattern": "^x$"}}}, {"a": "y"}, "document.pattern", "写法不合规定"),
        ({"properties": {"a": {"minItems": 1}}}, {"a": []}, "document.too_few", "至少要有 1 项"),
        ({"properties": {"a": {"minProperties": 1}}}, {"a": {}}, "document.too_few", "至少要有 1 项"),
        ({"properties": {"a": {"maxItems": 1}}}, {"a": [1, 2]}, "document.too_many", "至多 1 项"),
        ({"properties": {"a": {"minLength": 1}}}, {"a": ""}, "document.too_short", "至少要有 1 个字"),
        ({"properties": {"a": {"uniqueItems": True}}}, {"a": [1, 1]}, "document.repeated", "有重复的项"),
        ({"properties": {"a": {"multipleOf": 2}}}, {"a": 3}, "document.out_of_range", "multipleOf 2"),
        ({"required": ["a"]}, {}, "document.missing_key_at_top", "x.yaml 缺少“a”"),
        ({"properties": {"b": {"required": ["a"]}}}, {"b": {}}, "document.missing_key", "的 b 处缺少“a”"),
        ({"additionalProperties": False}, {"a": 1}, "document.unknown_key_at_top", "有未知项“a”"),
    ],
)
def test_each_fault_has_its_sentence(schema: dict[str, object], value: object, code: str, words: str) -> None:
    (found,) = described(Draft202012Validator(schema).iter_errors(value), "x.yaml")
    assert found.code == code
    told = sentence(found.code, found.details)
    assert words in told
    assert "is not" not in told and "required" not in told


def test_an_empty_document_and_a_tab_are_said_plainly() -> None:
    (empty,) = check_schema(parse_document("", "x.yaml").value, "design.schema.json", "x.yaml")
    assert (empty.code, "是空的" in sentence(empty.code, empty.details)) == ("document.empty", True)
    (tab,) = parse_document("a:\n\tb: 1\n", "x.yaml").complaints
    assert (tab.code, tab.row) == ("document.tab", 2)
    (garbled,) = parse_document("a: [1\nb: 2\n", "x.yaml").complaints
    assert "expected" not in sentence(garbled.code, garbled.details)


TEXT = """version: 1
evaluation: e
draw: one
frame:
  levels:
    - {name: county, id: county_code, columns: {kind: text}}
    - {name: village, id: village_code}
stages:
  - name: village
    strata: [county_code, kinds]
    method: pps
    take: {each: -3}
titel: x
"""


def test_every_fault_of_a_design_has_its_line_and_all_come_at_once() -> None:
    found = load_design(TEXT).complaints
    assert {(each.column, each.row) for each in found} == {
        ("", 13),
        ("draw", 3),
        ("stages[0].method", 11),
        ("stages[0].take.each", 12),
        ("stages[0].strata", 10),
    }
    assert all(each.details["row"] == each.row for each in found)
    # What is missing is the affair of the entry that lacks it, and of nobody else.
    (missing,) = load_design(
        TEXT.replace("draw: one", "draw: 1")
        .replace("method: pps", "method: equal")
        .replace("-3", "3")
        .replace("titel", "title")
        .replace("    method: equal\n", "")
        .replace(", kinds", "")
    ).complaints
    assert (missing.code, missing.row) == ("document.missing_key", 9)


def test_lines_are_those_of_the_nearest_place_that_is_there() -> None:
    rows = document_rows('{"a": {"b": [1,\n 2]}}')
    assert rows == {"a": 1, "a.b": 1, "a.b[0]": 1, "a.b[1]": 2}
    assert document_rows("a: [") == {} and document_rows("") == {}
    text = "a:\n  b:\n    - 1\n"
    placed = with_rows([complain("x.y", column="a.b[4].c"), complain("x.y", column="z"), complain("x.y")], text)
    assert [each.row for each in placed] == [2, None, None]
    known = complain("x.y", column="a", row=9)
    assert with_rows([known], text) == (known,)


@pytest.mark.parametrize("text", ["a: &a [*a]\n", "x: &x [1]\ny: [*x, *x, *x]\n"])
def test_aliases_are_refused_before_they_grow(text: str) -> None:
    (found,) = load_design(text, "x.yaml").complaints
    assert found.code == "document.alias"
    assert "写出来" in sentence(found.code, found.details)
    assert document_rows(text) == {}


@pytest.mark.parametrize(
    "entries", ['columns: {"a.b": 7}', 'columns: {"户[1]": 7}', 'stages: [{take: {each: 1, by: [{when: {"a.b": 1}}]}}]']
)
def test_keys_with_dots_and_brackets_are_complained_about_like_others(entries: str) -> None:
    assert load_design(f"version: 1\nframe: {{levels: [{{name: a, id: b, {entries}}}]}}\n", "x.yaml").complaints
    assert load_design(f"version: 1\n{entries}\n", "x.yaml").complaints
