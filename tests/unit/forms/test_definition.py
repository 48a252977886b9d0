"""XForms as values, and what stands against publishing them."""

import pytest

from forms import DefinitionError, columns_of, convert, parse_definition, publishing_complaints
from forms.compiled import compiled


def test_questions_groups_repeats_and_their_words(form) -> None:
    definition = form(
        "type ; name ; label::中文 (zh) ; label::English (en) ; hint::中文 (zh) ; hint::English (en) ; required"
        " ; appearance\nbegin_group ; g ; 组 ; Group ; ; ; ;\n"
        "select_one yn ; a ; 问 ${b} ; Ask ${b} ; 提示 ; Hint ; yes ; minimal\nend_group ; ; ; ; ; ; ;\n"
        "begin_repeat ; r ; 行 ; Rows ; ; ; ;\ninteger ; b ; 数 ; Number ; ; ; ;\nend_repeat ; ; ; ; ; ; ;",
        "list_name ; name ; label::中文 (zh) ; label::English (en)\nyn ; y ; 是 ; Yes\nyn ; n ; 否 ; No",
        "form_id ; version ; form_title\nt ; 2 ; 题",
    )
    a, b = definition.by_path["/data/g/a"], definition.by_path["/data/r/b"]
    assert (definition.title, definition.version) == ("题", "2")
    assert (a.kind, a.control, a.type, a.required, a.appearance) == (
        "question",
        "select1",
        "string",
        "true()",
        "minimal",
    )
    assert a.labels == {"zh": "问 ${b}", "en": "Ask ${b}"}
    assert a.hints == {"zh": "提示", "en": "Hint"}
    assert [(c.value, c.labels["zh"]) for c in a.choices] == [("y", "是"), ("n", "否")]
    assert (b.repeats, b.type) == (("/data/r",), "int")
    assert definition.by_path["/data/r"].labels["zh"] == "行"
    assert [(n.path, n.kind) for n in definition.nodes if n.kind != "question"] == [
        ("/data/g", "group"), ("/data/r", "repeat"), ("/data/meta", "group"),
    ]  # fmt: skip


def test_marks_of_ours_are_read_from_the_bind(household) -> None:
    node = household.by_path["/data/interview/income/wages/income_wage_local"]
    assert (node.indicators, node.personal) == (("income",), "finance")
    assert household.by_path["/data/interview/suspicion/suspicion_kind"].indicators == (
        "wrong_exit",
        "missed",
        "wrong_entry",
    )


def test_the_same_bytes_are_the_same_form(household) -> None:
    again = parse_definition(bytes(bytearray(household.xform)))
    assert again == household and hash(again) == hash(household)
    assert again != object()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<x/>", "form.model_missing"),
        (
            b'<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model/></h:head></h:html>',
            "form.primary_instance_missing",
        ),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "xml.document_type"),
        (b"PK\x03\x04", "xml.malformed"),
        (b"", "xml.empty"),
    ],
)
def test_what_is_no_form_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_definition(data)
    assert caught.value.code == code


def codes(definition, **options) -> list[tuple[str, str, str]]:
    return [(c.code, c.path, c.severity) for c in publishing_complaints(definition, **options)]


def test_faults_of_expressions_are_found_when_publishing(xform) -> None:
    binds = """<bind nodeset="/data/a" relevant="nope(/data/b)"/><bind nodeset="/data/b" constraint=". &gt;"/>
      <bind nodeset="/data/c" calculate="/data/missing + 1"/><bind nodeset="/data/ghost" required="true()"/>"""
    faulty = xform("<a/><b/><c/>", binds, '<input ref="/data/a"/><select1 ref="/data/b"/>')
    assert codes(faulty) == [
        ("form.unknown_node", "/data/ghost", "warning"),
        ("form.unknown_function", "/data/a", "error"),
        ("form.expression_unfinished", "/data/b", "error"),
        ("form.unknown_reference", "/data/c", "warning"),
        ("form.no_choices", "/data/b", "warning"),
    ]


def test_circles_are_found(xform) -> None:
    binds = """<bind nodeset="/data/a" calculate="/data/b + 1"/><bind nodeset="/data/b" calculate="/data/c + 1"/>
      <bind nodeset="/data/c" relevant="/data/a &gt; 1"/>"""
    (complaint,) = publishing_complaints(xform("<a/><b/><c/>", binds))
    assert (complaint.code, complaint.details["path"]) == ("form.circle", "/data/a → /data/b → /data/c → /data/a")
    alone = xform("<a/><b/>", '<bind nodeset="/data/a" calculate="/data/a + 1"/>')
    assert codes(alone) == [("form.circle", "/data/a", "error")]
    running = """<bind nodeset="/data/r/x" calculate="indexed-repeat(/data/r/x, /data/r, position(..) - 1) + 1"/>"""
    assert codes(xform("<r><x/></r>", running, '<group ref="/data/r"><repeat nodeset="/data/r"/></group>')) == []
    itself = xform("<a/>", '<bind nodeset="/data/a" calculate="once(random())" constraint=". &gt; 0"/>')
    assert codes(itself) == []


def test_files_are_missed_until_they_are_there(form) -> None:
    lookup = form("type ; name ; label\nselect_one_from_file places.csv ; a ; A")
    assert codes(lookup) == [("form.file_missing", "", "warning")]
    assert codes(lookup, files={"places.csv": b"name,label\n1,A\n"}) == []
    assert codes(lookup, files={"places.csv": b"\xff\xfe"}) == [("form.table_unreadable", "", "error")]


def test_geojson_is_a_table_too(form, verdict) -> None:
    lookup = form("type ; name ; label\nselect_one_from_file wells.geojson ; a ; A")
    wells = b"""{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "w1", "properties": {"title": "A"},
      "geometry": {"type": "Point", "coordinates": [119.3, 26.1]}}]}"""
    assert verdict(lookup, "<a>w1</a>", data={"wells.geojson": wells}) == []
    assert verdict(lookup, "<a>w2</a>", data={"wells.geojson": wells}) == [
        ("choice", "check.choice_unknown", "/data/a")
    ]


def test_names_used_twice_get_columns_of_their_own(form) -> None:
    double = form("type ; name ; label\nbegin_group ; g ; G\ntext ; a ; A\nend_group ; ;\ntext ; a ; A\nnote ; n ; N")
    assert [c.name for c in columns_of(double)] == ["g-a", "a"]
    assert codes(double) == []


def test_a_chain_of_two_thousand_values_is_computed(xform, verdict) -> None:
    nodes = "".join(f"<q{i}/>" for i in range(2000))
    binds = "".join(f'<bind nodeset="/data/q{i}" calculate="/data/q{i + 1} + 1"/>' for i in range(1999))
    chain = xform(nodes, binds)
    assert compiled(chain).complaints == ()
    answers = "".join(f"<q{i}>{1999 - i}</q{i}>" for i in range(2000))
    assert verdict(chain, answers) == []
    assert len(verdict(chain, answers.replace("<q1999>0<", "<q1999>1<"))) == 1999


def test_a_computed_value_has_the_words_of_its_row() -> None:
    survey = (
        "| survey |\n| | type | name | label::中文 (zh) | label::English (en) | calculation |\n"
        "| | integer | wages | 工资 | Wages | |\n| | calculate | twice | 两倍（元） | Twice ${wages} | ${wages} * 2 |\n"
        "| settings |\n| | form_id | version |\n| | words | 1 |\n"
    )
    conversion = convert(survey.encode(), "words.md")
    assert conversion.xform is not None
    node = parse_definition(conversion.xform).by_path["/data/twice"]
    assert (node.labels, node.control) == ({"zh": "两倍（元）", "en": "Twice ${wages}"}, None)
