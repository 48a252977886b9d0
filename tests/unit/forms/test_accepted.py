"""What public clients accept, form by form: each loads without an error, fills, and its own answers pass."""

import pytest

from forms import check, parse_definition, parse_instance, publishing_complaints
from forms.tables import column_name


def codes(definition) -> list[tuple[str, str]]:
    return [(c.code, c.severity) for c in publishing_complaints(definition)]


def test_a_form_without_id_is_named_by_its_root(xform, filled) -> None:
    definition = xform("<a/>", body='<input ref="/data/a"/>')
    bare = definition.xform.replace(b' id="t" version="1"', b"")
    nameless = parse_definition(bare)
    assert (nameless.form_id, nameless.version) == ("data", "")
    assert codes(nameless) == [("form.id_missing", "warning")]
    assert check(nameless, parse_instance(filled(nameless, {"a": "x"}))) == ()


@pytest.mark.parametrize(
    ("calculate", "expected"),
    [
        ("coalesce(/data/a, /data/b)", [("form.own_value", "warning")]),
        ("coalesce(., 3)", [("form.own_value", "warning")]),
        ("if(/data/b = '', ../a, /data/b)", [("form.own_value", "warning")]),
        ("/data/a + 1", [("form.circle", "error")]),
        ("coalesce(/data/a + 1, 3)", [("form.circle", "error")]),
    ],
)
def test_a_calculation_may_keep_its_own_value_but_not_change_it(xform, calculate, expected) -> None:
    definition = xform("<a/><b/>", f'<bind nodeset="/data/a" calculate="{calculate}"/>', '<input ref="/data/b"/>')
    assert codes(definition) == expected


def test_a_kept_value_is_no_complaint_whatever_it_is(xform, verdict) -> None:
    bind = '<bind nodeset="/data/a" calculate="coalesce(/data/a, /data/b)"/>'
    definition = xform("<a/><b/>", bind, '<input ref="/data/b"/>')
    assert verdict(definition, "<a>5</a><b>4</b>") == []
    assert verdict(definition, "<a>4</a><b>4</b>") == []
    assert verdict(definition, "<a/><b>4</b>") == [("calculate", "check.other_value", "/data/a")]


def test_circles_inside_rows_are_found_and_other_rows_are_no_circle(xform) -> None:
    body = '<group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/a"/></repeat></group>'

    def made(calculate: str) -> list[tuple[str, str]]:
        return codes(xform("<r><a/></r>", f'<bind nodeset="/data/r/a" calculate="{calculate}"/>', body))

    assert made("../a + 1") == [("form.circle", "error")]
    assert made("position(current()/..) + position(..)") == []
    assert made("/data/r[position() = position(current()/..) - 1]/a + 1") == []
    assert made("indexed-repeat(/data/r/a, /data/r, position(..) - 1) + 1") == []


def test_what_is_computed_for_a_whole_number_is_cut_as_clients_do(xform, verdict, filled) -> None:
    definition = xform(
        "<a/><n/>", '<bind nodeset="/data/n" type="int" calculate="/data/a div 2"/>', '<input ref="/data/a"/>'
    )
    assert b"<n>2</n>" in filled(definition, {"a": 5})
    assert b"<n>-2</n>" in filled(definition, {"a": -5})
    assert verdict(definition, "<a>5</a><n>2</n>") == []
    assert verdict(definition, "<a>5</a><n>3</n>") == [("calculate", "check.other_value", "/data/n")]


def test_a_default_picture_of_the_form_is_no_wrong_file_name(xform, verdict) -> None:
    bind = '<bind nodeset="/data/p" type="binary"/>'
    definition = xform("<p>jr://images/a.jpg</p>", bind, '<upload ref="/data/p" mediatype="image/*"/>')
    assert verdict(definition, "<p>jr://images/a.jpg</p>") == []
    assert verdict(definition, "<p>jr://images/../a.jpg</p>") == [("type", "check.wrong_type", "/data/p")]


@pytest.mark.parametrize("place", ["position()", "position(.)", "position(current())"])
def test_a_row_may_be_asked_for_by_its_own_place(xform, verdict, place) -> None:
    body = '<group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/a"/></repeat></group>'
    definition = xform("<r><a/></r>", f'<bind nodeset="/data/r" relevant="{place} &lt; 3"/>', body)
    assert codes(definition) == []
    assert verdict(definition, "<r><a>1</a></r><r><a>2</a></r>") == []
    late = verdict(definition, "<r><a>1</a></r><r><a>2</a></r><r><a>3</a></r>")
    assert late == [("relevant", "check.not_relevant", "/data/r[3]/a")]


def test_an_answer_may_depend_on_the_id_of_the_submission(xform, filled) -> None:
    definition = xform("<a/><meta><instanceID/></meta>", '<bind nodeset="/data/a" calculate="/data/meta/instanceID"/>')
    assert b"<a>uuid:1</a>" in filled(definition, {})


@pytest.mark.parametrize(
    ("header", "name"),
    [("label::English (EN)", "label__English__EN_"), (" a b ", "a_b"), ("2020", "_2020"), ("名称", "名称")],
)
def test_columns_of_tables_have_names_that_expressions_can_write(header: str, name: str) -> None:
    assert column_name(header) == name


def test_tables_with_any_header_are_read(xform, filled) -> None:
    bind = "<bind nodeset=\"/data/a\" calculate=\"pulldata('t', 'label::English (EN)', 'name key', 'k')\"/>"
    definition = xform("<a/>", bind)
    table = {"t.csv": b"name key,label::English (EN)\nk,Village\n"}
    assert b"<a>Village</a>" in filled(definition, {}, data=table)
    assert [c.code for c in publishing_complaints(definition, table) if c.severity == "error"] == []
