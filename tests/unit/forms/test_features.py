"""One small form for each feature: it loads, is filled and served, right answers pass and wrong ones do not."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from forms import InstanceError, check, parse_instance, publishing_complaints
from forms.files import named_files

LIST = "list_name ; name ; label ; town\nyn ; yes ; 是 ; a\nyn ; no ; 否 ; b"
TOWNS = {"towns.csv": "name,label,size\nx,甲镇,10\ny,乙镇,20\n".encode()}
XML_TOWNS = {"towns.xml": b"<root><item><name>x</name><label>X</label></item></root>"}
PLACES = {
    "towns.geojson": b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "x"},'
    b'"id": "x", "geometry": {"type": "Point", "coordinates": [118.5, 25.8]}},'
    b'{"type": "Feature", "properties": null, "id": "y", "geometry": null}]}'
}
ITEMSETS = {"itemsets.csv": b"list_name,name,label::English (en),town\nl,x,X,a\nl,y,Y,b\n"}


@dataclass(frozen=True)
class Feature:
    """A form as tables, answers that fit, and answers with the codes of the complaints that they deserve."""

    survey: str
    good: str
    wrong: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: str = ""
    settings: str = ""
    data: Mapping[str, bytes] = field(default_factory=dict)
    further: Mapping[str, str] = field(default_factory=dict)


FEATURES = {
    "select from csv": Feature(
        "type ; name ; label\nselect_one_from_file towns.csv ; a ; A", "<a>x</a>",
        {"<a>z</a>": ("check.choice_unknown",)}, data=TOWNS,
    ),
    "filter of a csv": Feature(
        "type ; name ; label ; choice_filter\nselect_multiple_from_file towns.csv ; a ; A ; size > 15", "<a>y</a>",
        {"<a>x</a>": ("check.choice_not_open",), "<a>z</a>": ("check.choice_unknown",),
         "<a>y y</a>": ("check.choice_twice",)}, data=TOWNS,
    ),
    "select from xml": Feature(
        "type ; name ; label\nselect_one_from_file towns.xml ; a ; A", "<a>x</a>",
        {"<a>y</a>": ("check.choice_unknown",)}, data=XML_TOWNS,
    ),
    "select from geojson": Feature(
        "type ; name ; label ; parameters ; calculation\nselect_one_from_file towns.geojson ; a ; A ; value=id ;\n"
        "calculate ; g ; ; ; instance('towns')/root/item[id = ${a}]/geometry",
        "<a>x</a><g>25.8 118.5 0 0</g>", {"<a>x</a><g>1 1 0 0</g>": ("check.other_value",)}, data=PLACES,
    ),
    "choices from an external list": Feature(
        "type ; name ; label ; choice_filter\ntext ; t ; T ;\nselect_one_external l ; a ; A ; town=${t}",
        "<t>a</t><a>x</a>", data=ITEMSETS,
        further={"external_choices": "list_name ; name ; label ; town\nl ; x ; X ; a\nl ; y ; Y ; b"},
    ),
    "randomized choices": Feature(
        "type ; name ; label ; parameters\nselect_one yn ; a ; A ; randomize=true, seed=5", "<a>no</a>",
        {"<a>maybe</a>": ("check.choice_unknown",)}, LIST,
    ),
    "choices of a repeat": Feature(
        "type ; name ; label\nbegin_repeat ; r ; R\ntext ; n ; N\nend_repeat ; ;\nselect_one ${n} ; a ; A",
        "<r><n>p</n></r><r><n>q</n></r><a>q</a>", {"<r><n>p</n></r><a>q</a>": ("check.choice_unknown",)},
    ),
    "search": Feature(
        "type ; name ; label ; appearance\nselect_one l ; a ; A ; search('towns')", "<a>x</a>",
        {"<a>q</a>": ("check.choice_unknown",)}, "list_name ; name ; label\nl ; name ; label", data=TOWNS,
    ),
    "pulldata": Feature(
        "type ; name ; label ; calculation\ntext ; t ; T ;\ncalculate ; a ; ; pulldata('towns', 'size', 'name', ${t})",
        "<t>y</t><a>20</a>", {"<t>y</t><a>10</a>": ("check.other_value",)}, data=TOWNS,
    ),
    "rank": Feature(
        "type ; name ; label\nrank yn ; a ; A", "<a>no yes</a>", {"<a>no</a>": ("check.rank_incomplete",)}, LIST
    ),
    "range": Feature(
        "type ; name ; label ; parameters\nrange ; a ; A ; start=0 end=5 step=0.5", "<a>2.5</a>",
        {"<a>many</a>": ("check.wrong_type",)},
    ),
    "barcode and free texts": Feature("type ; name ; label\nbarcode ; a ; A\ntext ; b ; B", "<a>+0 &lt;</a><b>\n</b>"),
    "places": Feature(
        "type ; name ; label\ngeopoint ; p ; P\ngeotrace ; t ; T\ngeoshape ; s ; S",
        "<p>25 118 0 5</p><t>1 1 0 0; 2 2 0 0</t><s>0 0 0 0; 0 1 0 0; 1 1 0 0; 0 0 0 0</s>",
        {"<p>95 118</p><t>1 1</t><s>0 0;0 1;1 1</s>": ("check.wrong_type",) * 3},
    ),
    "osm": Feature("type ; name ; label\nosm ; a ; A", "<a>way.osm</a>"),
    "files": Feature(
        "type ; name ; label ; parameters\nimage ; a ; A ; max-pixels=1000\naudio ; b ; B ; quality=low\n"
        "video ; c ; C ;\nfile ; d ; D ;",
        "<a>门前.jpg</a><b>b.m4a</b><c>c.mp4</c><d>d.pdf</d>",
        {"<a>../a.jpg</a><b/><c/><d/>": ("check.wrong_type",)},
    ),
    "nested repeats": Feature(
        "type ; name ; label ; calculation\nbegin_repeat ; r ; R ;\nbegin_repeat ; s ; S ;\ninteger ; n ; N ;\n"
        "end_repeat ; ; ;\ncalculate ; t ; ; sum(${n})\nend_repeat ; ; ;",
        "<r><s><n>1</n></s><s><n>2</n></s><t>3</t></r><r><s><n>5</n></s><t>5</t></r>",
        {"<r><s><n>1</n></s><t>3</t></r>": ("check.other_value",)},
    ),
    "counted repeat": Feature(
        "type ; name ; label ; repeat_count\ninteger ; k ; K ;\nbegin_repeat ; r ; R ; ${k} + 1\ntext ; n ; N ;\n"
        "end_repeat",
        "<k>1</k><r_count>2</r_count><r><n>a</n></r><r><n>b</n></r>",
        {"<k>1</k><r_count>2</r_count><r><n>a</n></r>": ("check.rows",)},
    ),
    "indexed-repeat": Feature(
        "type ; name ; label ; calculation\nbegin_repeat ; r ; R ;\ntext ; n ; N ;\nend_repeat ; ; ;\n"
        "calculate ; a ; ; indexed-repeat(${n}, ${r}, 2)",
        "<r><n>p</n></r><r><n>q</n></r><a>q</a>", {"<r><n>p</n></r><r><n>q</n></r><a>p</a>": ("check.other_value",)},
    ),
    "last-saved": Feature(
        "type ; name ; label ; default\ntext ; a ; A ; ${last-saved#a}", "<a>whatever</a>"
    ),
    "trigger": Feature(
        "type ; name ; label ; trigger ; calculation\ntext ; a ; A ; ;\ndateTime ; t ; T ; ${a} ; now()",
        "<a>x</a><t>2026-03-02T10:00:00.000+08:00</t>", {"<a>x</a><t>yesterday</t>": ("check.wrong_type",)},
    ),
    "position at an event": Feature(
        "type ; name ; label ; trigger\ntext ; a ; A ;\nbackground-geopoint ; p ; ; ${a}", "<a>x</a><p>1 2 0 0</p>"
    ),
    "start of position": Feature("type ; name ; label\nstart-geopoint ; p ;\ntext ; a ; A", "<p>1 2 0 0</p><a/>"),
    "background audio": Feature(
        "type ; name ; label ; parameters\nbackground-audio ; b ; ; quality=voice-only\ntext ; a ; A ;",
        "<b>b.m4a</b><a/>",
    ),
    "audit": Feature(
        "type ; name ; label ; parameters\naudit ; audit ; ; track-changes=true\ntext ; a ; A ;",
        "<a/><meta><audit>audit.csv</audit></meta>",
    ),
    "device": Feature(
        "type ; name ; label\nstart ; s ;\nend ; e ;\ntoday ; t ;\ndeviceid ; d ;\nphonenumber ; p ;\nusername ; u ;",
        "<s>2026-03-02T10:00:00.000+08:00</s><e/><t>2026-03-02</t><d>collect:1</d><p/><u>张三</u>",
    ),
    "languages and media": Feature(
        "type ; name ; label::中文 (zh) ; label::English (en) ; media::image::中文 (zh) ; guidance_hint::English (en)\n"
        "select_one yn ; a ; 是否 ; Whether ; a.jpg ; Ask gently",
        "<a>yes</a>", {}, "list_name ; name ; label::中文 (zh) ; label::English (en)\nyn ; yes ; 是 ; Yes",
    ),
    "entities": Feature(
        "type ; name ; label ; save_to\ntext ; a ; A ; full_name",
        "<a>x</a><meta><entity dataset=\"people\" id=\"uuid:2\" create=\"1\"><label>x</label></entity></meta>",
        {"<a>x</a>": ("check.other_value",)}, further={"entities": "list_name ; label\npeople ; ${a}"},
    ),
    "or_other": Feature(
        "type ; name ; label\nselect_one yn or_other ; a ; A", "<a>other</a><a_other>z</a_other>",
        {"<a>yes</a><a_other>z</a_other>": ("check.not_relevant",)}, LIST,
    ),
    "own column of choices": Feature(
        "type ; name ; label ; calculation\nselect_one yn ; a ; A ;\n"
        "calculate ; t ; ; instance('yn')/root/item[name = ${a}]/town",
        "<a>no</a><t>b</t>", {"<a>no</a><t>a</t>": ("check.other_value",)}, LIST,
    ),
    "label of a choice": Feature(
        "type ; name ; label ; calculation\nselect_one yn ; a ; A ;\ncalculate ; t ; ; jr:choice-name(${a}, '${a}')",
        "<a>no</a><t>否</t>", {"<a>no</a><t>是</t>": ("check.other_value",)}, LIST,
    ),
    "once": Feature(
        "type ; name ; label ; calculation\ncalculate ; a ; ; once(random())\ntext ; b ; B ;", "<a>0.5</a><b/>"
    ),
}  # fmt: skip


def submission(answers: str) -> bytes:
    """Put answers into a submission; some come with metadata of their own."""
    whole = answers if "<meta>" in answers else f"{answers}<meta></meta>"
    identified = whole.replace("<meta>", "<meta><instanceID>uuid:1</instanceID>")
    return f'<data id="t" version="1">{identified}</data>'.encode()


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_loads_serves_and_checks(form, filled, name: str) -> None:
    feature = FEATURES[name]
    definition = form(feature.survey, feature.choices, feature.settings, **feature.further)
    assert [c for c in publishing_complaints(definition, feature.data) if c.severity == "error"] == []
    told = check(definition, parse_instance(filled(definition, {}, data=feature.data)), data=feature.data)
    assert {c.code for c in told} <= {"check.choice_unknown"}
    for answers, codes in {feature.good: (), **feature.wrong}.items():
        instance = parse_instance(submission(answers))
        found = check(definition, instance, data=feature.data)
        assert tuple(c.code for c in found) == codes, (answers, found)
        assert all("/" not in file.filename or codes for file in named_files(definition, instance))


BODY = '<group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/a"/></repeat></group>'
RAW = {
    "relative references": (
        "<g><a/><b/></g>", '<bind nodeset="/data/g/b" calculate="../a + 1"/>',
        '<group ref="/data/g"><input ref="a"/></group>', "<g><a>1</a><b>2</b></g>",
    ),
    "current and axes": (
        "<r><a/><b/></r>", '<bind nodeset="/data/r/b" calculate="current()/../preceding-sibling::r[1]/a"/>', BODY,
        "<r><a>x</a><b/></r><r><a/><b>x</b></r>",
    ),
    "attributes": (
        '<a k="7"/><b/>', '<bind nodeset="/data/b" calculate="/data/a/@k"/>', '<input ref="/data/a"/>',
        '<a k="7"/><b>7</b>',
    ),
    "template of a repeat": (
        '<r jr:template=""><a>1</a></r><r><a>1</a></r>', '<bind nodeset="/data/r/a" type="int"/>', BODY,
        "<r><a>3</a></r>",
    ),
    "prefixes on nodes": (
        "<orx:meta><orx:instanceID/></orx:meta><a/>", '<bind nodeset="/data/orx:meta/orx:instanceID"/>',
        '<input ref="/data/a"/>', "<a>x</a>",
    ),
    "actions": (
        "<a/><b/>", '<setvalue event="odk-instance-first-load" ref="/data/b" value="1 + 1"/>',
        '<input ref="/data/a"><setvalue event="xforms-value-changed" ref="/data/b">5</setvalue></input>',
        "<a>x</a><b>5</b>",
    ),
    "recorded position": (
        "<a/><p/>", '<bind nodeset="/data/p" type="geopoint"/><odk:setgeopoint xmlns:odk="http://www.opendatakit.org/'
        'xforms" event="odk-instance-first-load" ref="/data/p"/>', '<input ref="/data/a"/>', "<a/><p>1 2 0 0</p>",
    ),
    "own items": (
        "<a/>", '<bind nodeset="/data/a" type="select"/>',
        '<select1 ref="/data/a"><item><label>X</label><value>x</value></item></select1>', "<a>x</a>",
    ),
    "text of a table": (
        "<a/>", "", "<select1 ref=\"/data/a\"><itemset nodeset=\"randomize(instance('t')/root/item[n != 'q'], 3)\">"
        '<value ref="n"/><label ref="jr:itext(k)"/></itemset></select1>', "<a>x</a>",
    ),
    "generated parts": (
        "<a/><c/>", '<bind nodeset="/data/c" odk:generated="true" xmlns:odk="http://www.opendatakit.org/xforms" '
        "calculate=\"string-length(/data/a)\"/>", '<input ref="/data/a"/>', "<a>xy</a><c>2</c>",
    ),
}  # fmt: skip
TABLE = (
    '<itext><translation lang="zh" default="true()"><text id="k1"><value>甲</value><value form="short">短</value>'
    '<value form="big-image">jr://images/a.jpg</value></text></translation></itext>'
    '<instance id="t"><root><item><n>x</n><k>k1</k></item><item><n>q</n><k>k1</k></item></root></instance>'
)


@pytest.mark.parametrize("name", RAW)
def test_what_xforms_alone_can_say(xform, verdict, filled, name: str) -> None:
    instance, model, body, answers = RAW[name]
    definition = xform(instance, model, body, TABLE)
    assert [c.code for c in publishing_complaints(definition) if c.severity == "error"] == []
    assert check(definition, parse_instance(filled(definition, {}))) == ()
    assert verdict(definition, answers) == []


def test_an_encrypted_form_loads_and_its_submissions_are_refused(form) -> None:
    definition = form("type ; name ; label\ntext ; a ; A", settings="form_id ; version ; public_key\nt ; 1 ; MIIB")
    assert definition.public_key == "MIIB"
    assert [c.code for c in publishing_complaints(definition) if c.severity == "error"] == []
    sent = b'<data xmlns="http://opendatakit.org/submissions" id="t" version="1" encrypted="yes"/>'
    with pytest.raises(InstanceError) as refused:
        parse_instance(sent)
    assert refused.value.code == "instance.encrypted"
