"""Variables, their names, the joining of versions, and the reading of answers."""

import json
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.dataset.metadata import Envelope
from forms.dataset.names import LONGEST, LONGEST_IN_STATA, Names
from forms.dataset.reading import Reader
from forms.dataset.schema import schema_of
from forms.dataset.variables import Missing, Schema
from forms.definition import FormDefinition, parse_definition
from tests.unit.forms.dataset.village_form import FULL, SPARSE, form, second_version, sent

Tables = dict[str, list[list[object]]]


def named(schema: Schema, rows: Tables, table: str = "interviews") -> list[dict[str, object]]:
    names = [variable.name for variable in next(each for each in schema.tables if each.name == table).variables]
    return [dict(zip(names, row, strict=True)) for row in rows[table]]


def read(definitions: list[FormDefinition], body: str, version: str = "1") -> tuple[Schema, Tables]:
    schema = schema_of(definitions)
    definition = next(each for each in definitions if each.version == version)
    rows = Reader(schema, definition).rows(sent(body, version), Envelope("uuid:1", version))
    return schema, rows  # type: ignore[return-value]


def test_answers_become_values_of_their_kind() -> None:
    schema, rows = read([form()], FULL)
    (row,) = named(schema, rows)
    assert row | {
        "ev_instance": "uuid:1", "ev_started_at": datetime(2026, 11, 20, 1, 30, tzinfo=UTC), "unit_id": "350125-1",
        "name": "=周某甲", "age": 47, "income": 13482.5, "class": "no", "water": "well tap", "water_tap": 1,
        "water_well": 1, "place_latitude": 25.912, "place_longitude": 118.254, "place_altitude": 30.5,
        "place_accuracy": 12.0, "photo": "照片 1.jpg", "met_on": date(2026, 11, 20), "met_at": time(9, 31, 5),
        "why": "搬迁，未登记", "total": 1123.54, "ev_unfit": None, "ev_form_version": "1",
    } == row  # fmt: skip
    assert named(schema, rows, "member") == [
        {"ev_instance": "uuid:1", "ev_row": 1, "ev_parent_row": None, "sex": "2", "born": 1987, "ev_unfit": None},
        {"ev_instance": "uuid:1", "ev_row": 2, "ev_parent_row": None, "sex": "1", "born": Missing.NOT_ANSWERED,
         "ev_unfit": None},
    ]  # fmt: skip


def test_an_absence_keeps_its_reason_and_what_does_not_fit_its_text() -> None:
    schema, rows = read([form()], SPARSE)
    (row,) = named(schema, rows)
    assert (row["why"], row["income"], row["water_tap"]) == (
        Missing.NOT_ASKED, Missing.NOT_ANSWERED, Missing.NOT_ANSWERED,
    )  # fmt: skip
    assert row["age"] is Missing.UNFIT
    assert json.loads(str(row["ev_unfit"])) == {"age": "五十"}
    assert rows["member"] == []


def test_texts_without_a_place_in_the_form_are_kept() -> None:
    body = "<age>40</age><age>41</age><nick>阿福</nick><class>maybe</class><water>tap pond</water>"
    schema, rows = read([form()], body)
    (row,) = named(schema, rows)
    kept = json.loads(str(row["ev_unfit"]))
    assert kept == {"/data/age": "41", "/data/nick": "阿福", "class": "maybe"}
    assert (row["age"], row["class"], row["water"], row["water_well"]) == (40, Missing.UNFIT, "tap pond", 0)


def test_numbers_that_programs_would_round_stay_texts() -> None:
    schema, rows = read([form()], "<age>9007199254740993</age><income>1e400</income>")
    (row,) = named(schema, rows)
    assert json.loads(str(row["ev_unfit"])) == {"age": "9007199254740993", "income": "1e400"}


def test_versions_join_into_one_set_of_columns() -> None:
    schema, rows = read([form(), second_version()], "<age>40</age><roof>2</roof><class>moved</class>", "2")
    (row,) = named(schema, rows)
    by_name = {variable.name: variable for variable in schema.tables[0].variables}
    assert (row["age"], row["roof"], row["class"], row["why"]) == ("40", 2, "moved", Missing.NOT_IN_VERSION)
    assert by_name["age"].kind == "text"
    assert by_name["age"].conflict is not None
    assert by_name["age"].conflict.versions == {"1": "int", "2": "string"}
    assert [(each.value, each.code) for each in by_name["class"].values] == [
        ("yes", 1), ("no", 2), ("not_known", 3), ("moved", 4),
    ]  # fmt: skip
    assert [each.value for each in by_name["class"].values if each.no_answer] == ["not_known"]


def test_a_later_version_leaves_names_and_codes_as_they_were() -> None:
    first, both = schema_of([form()]), schema_of([form(), second_version()])
    later = {(each.table, each.path, each.part): each for each in both.variables}
    for each in first.variables:
        again = later[each.table, each.path, each.part] if each.path else each
        assert again.name == each.name
        assert set(each.code_of.items()) <= set(again.code_of.items())


def test_a_question_that_moved_to_a_group_is_the_same_variable() -> None:
    text = (
        second_version()
        .xform.decode()
        .replace("<roof/>", "<house><roof/></house>")
        .replace("/data/roof", "/data/house/roof")
    )
    moved = parse_definition(text.replace('version="2"', 'version="3"').encode())
    versions = [form(), second_version(), moved]
    for body, version in (("<roof>2</roof>", "2"), ("<house><roof>3</roof></house>", "3")):
        schema, rows = read(versions, body, version)
        (row,) = named(schema, rows)
        assert (row["roof"], row["ev_unfit"]) == (int(version), None)
    assert [each.name for each in schema.variables if each.name.startswith("roof")] == ["roof"]


def test_codes_stay_when_a_later_version_adds_values_that_are_no_numbers() -> None:
    item = "<item><label>男</label><value>1</value></item>"
    later = form("2", controls=(item, item + "<item><label>其他</label><value>other</value></item>"))
    last = form("3", controls=(item, item + "<item><label>未说明</label><value>3</value></item>"))
    (sex,) = (each for each in schema_of([form(), later, last]).variables if each.name == "sex")
    assert sex.code_of == {"1": 1, "2": 2, "other": 3, "3": 4}


def test_labels_and_conditions_are_those_of_the_form() -> None:
    by_name = {each.name: each for each in schema_of([form()]).variables}
    assert by_name["age"].labels == {"zh": "年龄", "en": "Age"}
    assert by_name["class"].values[0].labels == {"zh": "是", "en": "Yes"}
    assert by_name["why"].relevant == "${class} = 'no'"
    assert by_name["income"].indicators == ("income",)
    assert (by_name["sex"].code_of, by_name["total"].kind) == ({"1": 1, "2": 2}, "decimal")


@given(st.lists(st.text(max_size=80), max_size=60), st.sampled_from([LONGEST, LONGEST_IN_STATA]))
def test_names_are_valid_and_each_stands_once(wishes: list[str], longest: int) -> None:
    names = Names(longest=longest)
    given_names = [names.give(wish) for wish in wishes] + [names.give_part(wish, "其他") for wish in wishes]
    assert len({name.lower() for name in given_names}) == len(given_names)
    for name in given_names:
        assert len(name) <= longest
        assert name[0].isascii() and name[0].isalpha()
        assert all(sign.isascii() and (sign.isalnum() or sign == "_") for sign in name)


def test_names_that_differ_in_capitals_or_collide_with_parts_stay_apart() -> None:
    definition = form(nodes=("<name/>", "<name/><Name/><water_tap/><姓名/><ev_unit/><with/>"))
    names = [each.name for each in schema_of([definition]).tables[0].variables]
    assert len({name.lower() for name in names}) == len(names)
    assert {"Name_2", "water_tap", "water_tap_2", "ev_unit_2", "q_with"} <= set(names)


def test_names_are_whole_and_cut_for_stata_alone() -> None:
    wide = "income_per_resident_without"
    definition = form(nodes=("<name/>", f"<name/><{wide}_dibao/><{wide}_one_off/>"))
    given_names = {each.name: each.name_in_stata for each in schema_of([definition]).variables if wide in each.name}
    assert given_names == {f"{wide}_dibao": wide, f"{wide}_one_off": f"{wide[:25]}_2"}


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("全家纯收入（元）", "元"),
        ("毛收入（毛的，元）", "元"),
        ("取水往返一次用多少分钟", "分钟"),
        ("公示了几天（按公示栏）", "天"),
        ("Distance in metres", "metres"),
        ("务工", ""),
        ("户数（含已脱贫）", ""),
        ("年龄", ""),
    ],
)
def test_a_unit_is_what_the_words_of_a_number_end_in(words: str, unit: str) -> None:
    definition = form(controls=("<label>收入</label>", f"<label>{words}</label>"))
    assert next(each.unit for each in schema_of([definition]).variables if each.name == "income") == unit


def test_a_mark_names_the_unit_and_texts_have_none() -> None:
    marked = form(
        binds=('type="decimal" evalsvc:personal="finance"', 'type="decimal" evalsvc:unit="元"'),
        controls=("<label>姓名</label>", "<label>姓名（元）</label>"),
    )
    units = {each.name: each.unit for each in schema_of([marked]).variables}
    assert (units["income"], units["name"]) == ("元", "")


def test_a_form_of_two_thousand_questions_and_ten_thousand_rows_of_a_repeat() -> None:
    many = "".join(f"<q{number}/>" for number in range(2000))
    binds = "".join(f'<bind nodeset="/data/q{number}" type="int"/>' for number in range(2000))
    text = form().xform.decode().replace("<started/>", many + "<started/>", 1).replace("</model>", binds + "</model>")
    definition = parse_definition(text.encode())
    schema = schema_of([definition])
    assert len(schema.tables[0].variables) > 2000
    members = "<member><sex>1</sex><born>1980</born></member>" * 10_000
    rows = Reader(schema, definition).rows(sent("<q1999>7</q1999>" + members), Envelope("uuid:1", "1"))
    assert (len(rows["member"]), rows["member"][-1][1]) == (10_000, 10_000)
    assert named(schema, rows)[0]["q1999"] == 7  # type: ignore[arg-type]
