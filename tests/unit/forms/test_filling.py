"""Filling forms as a phone does; what is filled has no complaints that a phone could not cause."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from forms import FillingError, check, flatten, parse_definition, parse_instance, rows


def tree(data: bytes) -> etree._Element:
    return etree.fromstring(data)


def test_answers_of_all_types_are_written(form, filled) -> None:
    types = form("type ; name ; label\ninteger ; a ; A\ndecimal ; b ; B\ndate ; c ; C\n"
                 "select_multiple l ; d ; D\ntext ; e ; E",
                 "list_name ; name ; label\nl ; x ; X\nl ; y ; Y")  # fmt: skip
    data = filled(types, {"a": 3, "b": Decimal("2.50"), "c": date(2026, 3, 2), "d": ["x", "y"], "e": "<入户>"})
    found = flatten(types, parse_instance(data))
    assert found == {"a": "3", "b": "2.50", "c": "2026-03-02", "d": "x y", "e": "<入户>"}


def test_ids_and_presets(form, filled) -> None:
    timed = form("type ; name ; label\nstart ; began ;\nend ; ended ;\ntoday ; day ;\ntext ; a ; A")
    root = tree(filled(timed, {"began": "2026-03-02T09:00:00.000+08:00"}, deprecated_id="uuid:0"))
    assert root.attrib == {"id": "t", "version": "1"}
    assert root.findtext("began") == "2026-03-02T09:00:00.000+08:00"
    assert root.findtext("ended") == "2026-03-02T10:30:00.000+08:00"
    assert root.findtext("day") == "2026-03-02"
    assert [(e.tag, e.text) for e in root.find("meta")] == [("instanceID", "uuid:1"), ("deprecatedID", "uuid:0")]


def test_what_is_not_relevant_is_left_out_and_what_hangs_on_it_is_empty(form, filled) -> None:
    chain = form(
        "type ; name ; label ; relevant ; calculation\ntext ; a ; A ; ;\nbegin_group ; g ; G ; ${a} = 'x' ;\n"
        "text ; b ; B ; ;\nend_group ; ; ; ;\ntext ; c ; C ; ${b} != '' ;\ncalculate ; d ; ; ; concat('<', ${b}, '>')"
    )
    hidden = tree(filled(chain, {"a": "y", "b": "1", "c": "2"}))
    assert (hidden.find("g"), hidden.find("c"), hidden.findtext("d")) == (None, None, "<>")
    shown = tree(filled(chain, {"a": "x", "b": "1", "c": "2"}))
    assert (shown.findtext("g/b"), shown.findtext("c"), shown.findtext("d")) == ("1", "2", "<1>")


def test_rows_by_answers_by_count_and_by_template(form, xform, filled) -> None:
    free = form("type ; name ; label\nbegin_repeat ; r ; R\ntext ; a ; A\nend_repeat ; ;\ntext ; z ; Z")
    root = tree(filled(free, {"r": [{"a": "1"}, {"a": "2"}], "z": "3"}))
    assert [e.tag for e in root] == ["r", "r", "z", "meta"]
    assert tree(filled(free, {"r": []})).find("r") is None
    counted = form(
        "type ; name ; label ; repeat_count\ninteger ; n ; N ;\n"
        "begin_repeat ; r ; R ; ${n}\ntext ; a ; A ;\nend_repeat ; ; ;"
    )
    assert len(tree(filled(counted, {"n": 3})).findall("r")) == 3
    assert len(tree(filled(counted, {"n": 0})).findall("r")) == 0
    body = '<group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/a"/></repeat></group>'
    initial = xform('<r jr:template=""><a>new</a></r><r><a>first</a></r>', "", body)
    assert [e.findtext("a") for e in tree(filled(initial, {})).findall("r")] == ["first"]
    assert [e.findtext("a") for e in tree(filled(initial, {"r": [{}, {"a": "x"}]})).findall("r")] == ["new", "x"]


def test_rows_inside_rows(form, filled) -> None:
    nested = form(
        "type ; name ; label\nbegin_repeat ; h ; H\ntext ; a ; A\n"
        "begin_repeat ; m ; M\ntext ; b ; B\nend_repeat ; ;\nend_repeat ; ;"
    )
    data = filled(nested, {"h": [{"a": "1", "m": [{"b": "x"}, {"b": "y"}]}, {"a": "2", "m": [{"b": "z"}]}]})
    tables = rows(nested, parse_instance(data))
    assert [(r["_row"], r["_parent"], r["a"]) for r in tables["/data/h"]] == [("1", None, "1"), ("2", None, "2")]
    assert [(r["_row"], r["_parent"], r["b"]) for r in tables["/data/h/m"]] == [
        ("1", "1", "x"), ("2", "1", "y"), ("3", "2", "z"),
    ]  # fmt: skip


def test_defaults_that_are_computed_when_the_form_opens(form, filled) -> None:
    opened = form(
        "type ; name ; label ; default\ntext ; a ; A ; kept\ntext ; b ; B ; concat('n', 1 + 1)\ndate ; c ; C ; today()"
    )
    found = flatten(opened, parse_instance(filled(opened, {})))
    assert found == {"a": "kept", "b": "n2", "c": "2026-03-02"}
    assert flatten(opened, parse_instance(filled(opened, {"b": "mine"})))["b"] == "mine"


def test_answers_without_a_place_are_refused_all_at_once(form, filled) -> None:
    double = form(
        "type ; name ; label\nbegin_group ; g ; G\ntext ; a ; A\nend_group ; ;\n"
        "begin_group ; h ; H\ntext ; a ; A\nend_group ; ;\n"
        "begin_repeat ; r ; R\ntext ; b ; B\nend_repeat ; ;"
    )
    with pytest.raises(FillingError) as caught:
        filled(double, {"a": "1", "zz": "2", "b": "3", "r": "4"})
    assert [c.code for c in caught.value.complaints] == [
        "fill.ambiguous_question", "fill.unknown_question", "fill.unknown_question", "fill.rows_wanted",
    ]  # fmt: skip
    assert flatten(double, parse_instance(filled(double, {"g/a": "1", "h/a": "2"}))) == {"g-a": "1", "h-a": "2"}


def test_a_form_with_a_namespace_of_its_own_keeps_it(filled) -> None:
    old = parse_definition(
        b"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>t</h:title>
        <model><instance><d xmlns="http://example.org/f"><a/></d></instance><bind nodeset="/d/a"/></model></h:head>
        <h:body><input ref="/d/a"><label>A</label></input></h:body></h:html>"""
    )
    data = filled(old, {"a": "1"})
    assert tree(data).tag == "{http://example.org/f}d"
    assert parse_instance(data).form_id == old.form_id == "http://example.org/f"
    assert check(old, parse_instance(data)) == ()


PHONE_CANNOT = {"relevant", "calculate", "structure", "readonly", "repeat", "form"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_answered_a_filled_form_is_consistent(household, completed, filled, data) -> None:
    asked = [q for q in household.questions if q.control and not q.repeats and not q.is_note]
    changes: dict[str, object] = {}
    for place in data.draw(st.lists(st.integers(0, len(asked) - 1), max_size=6)):
        values = [c.value for c in asked[place].choices] or ["", "0", "7", "2026-01-01", "一二三"]
        changes[asked[place].name] = data.draw(st.sampled_from(values))
    found = check(household, parse_instance(filled(household, {**completed, **changes})))
    assert {c.kind for c in found} & PHONE_CANNOT == set()


def test_an_answer_sets_off_what_hangs_on_it_in_its_own_row(xform, filled) -> None:
    body = (
        '<group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/a">'
        '<setvalue event="xforms-value-changed" ref="/data/r/b" value="concat(../a, \'!\')"/>'
        '<setvalue event="xforms-value-changed" ref="/data/last">seen</setvalue></input></repeat></group>'
    )
    definition = xform("<r><a/><b>none</b></r><last/>", "", body)
    assert b"<last/>" in filled(definition, {})
    data = filled(definition, {"r": [{"a": "x"}, {}]})
    assert b"<r><a>x</a><b>x!</b></r><r><a/><b>none</b></r><last>seen</last>" in data
