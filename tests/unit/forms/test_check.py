"""Every kind of complaint, on small forms."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from forms import check, check_by, compile_form, parse_instance

SURVEY = """type ; name ; label ; required ; relevant ; constraint ; calculation ; readonly
text ; who ; Who ; yes ;  ;  ;  ;
integer ; age ; Age ;  ;  ; . >= 0 and . < 120 ;  ;
decimal ; weight ; Weight ;  ; ${age} < 6 ;  ;  ;
date ; day ; Day ;  ;  ; . <= today() ;  ;
time ; hour ; Hour ;  ;  ;  ;  ;
datetime ; stamp ; Stamp ;  ;  ;  ;  ;
geopoint ; place ; Place ;  ;  ;  ;  ;
geotrace ; way ; Way ;  ;  ;  ;  ;
geoshape ; field ; Field ;  ;  ;  ;  ;
image ; photo ; Photo ;  ;  ;  ;  ;
select_one yn ; ok ; Ok ;  ;  ;  ;  ;
select_multiple abc ; some ; Some ;  ;  ;  ;  ;
rank abc ; order ; Order ;  ;  ;  ;  ;
calculate ; twice ;  ;  ;  ;  ; ${age} * 2 ;
calculate ; good ;  ;  ;  ;  ; ${ok} = 'yes' ;
calculate ; when ;  ;  ;  ;  ; now() ;
text ; fixed ; Fixed ;  ;  ;  ;  ; yes
begin_group ; more ; More ;  ; ${ok} = 'yes' ;  ;  ;
text ; why ; Why ; yes ;  ;  ;  ;
integer ; sum ; Sum ;  ;  ; . = ${twice} ;  ;
end_group ;  ;  ;  ;  ;  ;  ;"""
CHOICES = """list_name ; name ; label
yn ; yes ; Yes
yn ; no ; No
abc ; a ; A
abc ; b ; B
abc ; c ; C"""


@pytest.fixture(scope="module")
def small(form):
    return form(SURVEY, CHOICES)


CASES = [
    ("<who>x</who>", []),
    ("", [("required", "check.required", "/data/who")]),
    ("<who>   </who>", [("required", "check.required", "/data/who")]),
    ("<who>x</who><age>seven</age>", [("type", "check.wrong_type", "/data/age")]),
    ("<who>x</who><age>7.5</age>", [("type", "check.wrong_type", "/data/age")]),
    ("<who>x</who><age>７</age><twice>14</twice>", [("type", "check.wrong_type", "/data/age")]),
    ("<who>x</who><age>130</age><twice>260</twice>", [("constraint", "check.constraint", "/data/age")]),
    ("<who>x</who><age>7</age><twice>14.0</twice>", []),
    ("<who>x</who><age>7</age><twice>15</twice>", [("calculate", "check.other_value", "/data/twice")]),
    ("<who>x</who><age>7</age>", [("calculate", "check.other_value", "/data/twice")]),
    ("<who>x</who><twice>NaN</twice>", []),
    ("<who>x</who><ok>yes</ok><good>1</good><more><why>b</why></more>", []),
    ("<who>x</who><ok>yes</ok><good>true</good><more><why>b</why></more>", []),
    ("<who>x</who><ok>no</ok><good>true</good>", [("calculate", "check.other_value", "/data/good")]),
    ("<who>x</who><ok>maybe</ok>", [("choice", "check.choice_unknown", "/data/ok")]),
    ("<who>x</who><some>a c</some>", []),
    ("<who>x</who><some>a d</some>", [("choice", "check.choice_unknown", "/data/some")]),
    ("<who>x</who><some>a a</some>", [("choice", "check.choice_twice", "/data/some")]),
    ("<who>x</who><order>c a b</order>", []),
    ("<who>x</who><order>c a</order>", [("choice", "check.rank_incomplete", "/data/order")]),
    (
        "<who>x</who><age>7</age><twice>14</twice><weight>20</weight>",
        [("relevant", "check.not_relevant", "/data/weight")],
    ),
    ("<who>x</who><age>3</age><twice>6</twice><weight>14.5</weight>", []),
    ("<who>x</who><more><why>b</why></more>", [("relevant", "check.not_relevant", "/data/more/why")]),
    ("<who>x</who><ok>yes</ok><good>1</good>", [("required", "check.required", "/data/more/why")]),
    ("<who>x</who><day>2026-03-02</day>", []),
    ("<who>x</who><day>2026-03-03</day>", [("constraint", "check.constraint", "/data/day")]),
    ("<who>x</who><day>2026-02-30</day>", [("type", "check.wrong_type", "/data/day")]),
    ("<who>x</who><hour>25:00</hour>", [("type", "check.wrong_type", "/data/hour")]),
    ("<who>x</who><hour>10:30:00.000+08:00</hour><stamp>2026-03-02T10:30:00.000+08:00</stamp>", []),
    ("<who>x</who><stamp>yesterday</stamp>", [("type", "check.wrong_type", "/data/stamp")]),
    ("<who>x</who><place>26.1 119.3 12 4</place><way>0 0;1 1</way><field>0 0;0 1;1 1;0 0</field>", []),
    ("<who>x</who><place>91 0</place>", [("type", "check.wrong_type", "/data/place")]),
    ("<who>x</who><way>0 0</way>", [("type", "check.wrong_type", "/data/way")]),
    ("<who>x</who><field>0 0;0 1;1 1;1 0</field>", [("type", "check.wrong_type", "/data/field")]),
    ("<who>x</who><photo>门前 1.jpg</photo>", []),
    ("<who>x</who><photo>../../etc/passwd</photo>", [("type", "check.wrong_type", "/data/photo")]),
    ("<who>x</who><fixed>changed</fixed>", [("readonly", "check.readonly", "/data/fixed")]),
    ("<who>x</who><when>1999-01-01T00:00:00.000Z</when>", []),
    ("<who>x</who><extra>1</extra>", [("structure", "check.unknown_node", "/data/extra")]),
    ("<who>x</who><who>y</who>", [("structure", "check.node_twice", "/data/who")]),
    ("<who>x</who><more>text</more>", [("structure", "check.text_in_group", "/data/more")]),
    ("<who>x<b>y</b></who>", [("structure", "check.nodes_in_answer", "/data/who")]),
    (
        "<who>x</who><age>7</age><twice>14</twice><ok>yes</ok><good>1</good><more><why>b</why><sum>15</sum></more>",
        [("constraint", "check.constraint", "/data/more/sum")],
    ),
]


@pytest.mark.parametrize(("answers", "expected"), CASES, ids=[answers or "nothing" for answers, _ in CASES])
def test_a_complaint_names_kind_code_and_place(small, verdict, answers, expected) -> None:
    found = verdict(small, answers)
    # Where twice and good are not what is asked about, they are left as the device left them.
    quiet = [f for f in found if f in expected or f[2] not in ("/data/twice", "/data/good")]
    assert quiet == expected


def test_what_hangs_on_a_tampered_value_is_judged_by_the_true_one(small, verdict) -> None:
    answers = (
        "<who>x</who><age>7</age><twice>99</twice><ok>yes</ok><good>1</good><more><why>b</why><sum>99</sum></more>"
    )
    assert [code for _, code, _ in verdict(small, answers)] == ["check.other_value", "check.constraint"]


def test_another_form_or_version_is_not_checked(small) -> None:
    def codes(text: str) -> list[str]:
        meta = "<meta><instanceID>uuid:1</instanceID></meta>"
        return [c.code for c in check(small, parse_instance(text.replace("/>", f">{meta}</data>").encode()))]

    assert codes('<data id="u" version="1"/>') == ["check.other_form"]
    assert codes('<data id="t" version="2"/>') == ["check.other_version"]
    other = '<other id="t" version="1"><meta><instanceID>u</instanceID></meta></other>'
    assert [c.code for c in check(small, parse_instance(other.encode()))] == ["check.other_root"]


def test_without_any_time_a_clock_is_asked_for(form) -> None:
    timeless = form("type ; name ; label ; constraint\ndate ; day ; Day ; . <= today()")
    data = b'<data id="t" version="1"><day>2026-03-02</day><meta><instanceID>u</instanceID></meta></data>'
    assert [c.code for c in check(timeless, parse_instance(data))] == ["check.time_missing"]
    timed = form("type ; name ; label ; constraint\nend ; ended ;  ;\ndate ; day ; Day ; . <= today()")
    data = data.replace(b"<day>", b"<ended>2026-03-02T09:00:00.000+08:00</ended><day>")
    assert check(timed, parse_instance(data)) == ()


REPEAT = """type ; name ; label ; calculation ; relevant ; repeat_count ; constraint
integer ; size ; Size ;  ;  ;  ;
begin_repeat ; member ; Member ;  ; ${size} > 0 ; ${size} ;
integer ; age ; Age ;  ;  ;  ; . >= 0
calculate ; number ;  ; position(..) ;  ;  ;
text ; school ; School ;  ; ${age} < 16 ;  ;
end_repeat ;  ;  ;  ;  ;  ;
calculate ; children ;  ; count(${member}[age < 16]) ;  ;  ;
calculate ; total ;  ; sum(${age}) ;  ;  ;"""


def test_rows_are_counted_and_judged_one_by_one(form, verdict) -> None:
    family = form(REPEAT)
    rows = (
        "<member><age>40</age><number>1</number></member>"
        "<member><age>9</age><number>2</number><school>x</school></member>"
    )
    tail = "<children>1</children><total>49</total>"
    assert verdict(family, f"<size>2</size>{rows}{tail}") == []
    assert verdict(family, f"<size>3</size>{rows}{tail}") == [("repeat", "check.rows", "/data")]
    swapped = rows.replace("<number>2<", "<number>1<").replace("<age>40</age>", "<age>40</age><school>y</school>")
    assert verdict(family, f"<size>2</size>{swapped}{tail}") == [
        ("calculate", "check.other_value", "/data/member[2]/number"),
        ("relevant", "check.not_relevant", "/data/member[1]/school"),
    ]
    assert ("constraint", "check.constraint", "/data/member[1]/age") in verdict(
        family, f"<size>2</size>{rows.replace('40', '-4')}{tail}"
    )


def test_rows_of_a_repeat_that_is_not_asked_are_found(form, verdict) -> None:
    family = form(REPEAT)
    none = "<children>0</children><total>0</total>"
    assert verdict(family, f"<size>0</size>{none}") == []
    found = verdict(family, f"<size>0</size><member><age>4</age></member>{none}")
    assert found == [("relevant", "check.not_relevant", "/data/member[1]/age")]


def test_a_running_total_over_rows_settles(xform, verdict) -> None:
    binds = """<bind nodeset="/data/r/x" type="int"/><bind nodeset="/data/r/t" type="int"
      calculate="../x + coalesce(indexed-repeat(/data/r/t, /data/r, position(..) - 1), 0)"/>"""
    ledger = xform(
        "<r><x/><t/></r>",
        binds,
        '<group ref="/data/r"><repeat nodeset="/data/r"><input ref="/data/r/x"/></repeat></group>',
    )
    rows = "<r><x>1</x><t>1</t></r><r><x>2</x><t>3</t></r><r><x>3</x><t>6</t></r>"
    assert verdict(ledger, rows) == []
    assert verdict(ledger, rows.replace("<t>6<", "<t>7<")) == [("calculate", "check.other_value", "/data/r[3]/t")]


def test_choices_that_depend_on_answers(form, verdict) -> None:
    cascade = form(
        "type ; name ; label ; choice_filter\nselect_one town ; town ; Town ;\n"
        "select_one village ; village ; Village ; town = ${town}",
        "list_name ; name ; label ; town\ntown ; t1 ; T1 ;\ntown ; t2 ; T2 ;\n"
        "village ; v1 ; V1 ; t1\nvillage ; v2 ; V2 ; t2",
    )
    assert verdict(cascade, "<town>t1</town><village>v1</village>") == []
    assert verdict(cascade, "<town>t1</town><village>v2</village>") == [
        ("choice", "check.choice_not_open", "/data/village")
    ]
    assert verdict(cascade, "<town>t1</town><village>v9</village>") == [
        ("choice", "check.choice_unknown", "/data/village")
    ]


def test_choices_and_values_from_files(form, verdict) -> None:
    lookup = form(
        "type ; name ; label ; calculation\nselect_one_from_file places.csv ; place ; Place ;\n"
        "calculate ; price ;  ; pulldata('prices', 'yuan', 'crop', 'rice')"
    )
    assert [a.filename for a in lookup.attachments] == ["places.csv", "prices.csv"]
    answers = "<place>p2</place><price>2.6</price>"
    missing = verdict(lookup, answers)
    assert [(kind, code) for kind, code, _ in missing] == [
        ("choice", "check.data_missing"),
        ("calculate", "check.data_missing"),
    ]
    data = {"places.csv": "name,label\np1,甲\np2,乙\n".encode(), "prices.csv": b"\xef\xbb\xbfcrop,yuan\nrice,2.60\n"}
    assert verdict(lookup, answers, data=data) == []
    assert verdict(lookup, answers.replace("p2", "p3"), data=data) == [
        ("choice", "check.choice_unknown", "/data/place")
    ]


def test_labels_may_be_in_any_language_of_the_form(form, verdict) -> None:
    spoken = form(
        "type ; name ; label::中文 (zh) ; label::English (en) ; calculation\nselect_one yn ; ok ; 好 ; Ok ;\n"
        "calculate ; said ;  ;  ; jr:choice-name(${ok}, '${ok}')",
        "list_name ; name ; label::中文 (zh) ; label::English (en)\nyn ; y ; 是 ; Yes\nyn ; n ; 否 ; No",
    )
    for word in ("是", "Yes"):
        assert verdict(spoken, f"<ok>y</ok><said>{word}</said>") == []
    assert verdict(spoken, "<ok>y</ok><said>No</said>") == [("calculate", "check.other_value", "/data/said")]


def test_a_long_text_is_not_given_to_a_pattern(form, verdict) -> None:
    evil = form("type ; name ; label ; constraint\ntext ; t ; T ; regex(., '^[ab]+$')")
    assert verdict(evil, f"<t>{'a' * 10_001}</t>") == [("constraint", "check.text_too_long", "/data/t")]


def test_many_threads_check_with_one_form(household, completed, filled) -> None:
    good = parse_instance(filled(household, completed))
    bad = parse_instance(filled(household, {**completed, "respondent_age": 3}))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: len(check(household, bad if n % 2 else good)), range(80)))
    assert found == [0, 1] * 40
    rules = compile_form(household)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda n: len(check_by(rules, bad if n % 2 else good)), range(80))) == found


@pytest.mark.parametrize(
    ("sent", "fits"), [("0.67", True), ("0.66", True), ("0.68", True), ("0.69", False), ("1.67", False)]
)
def test_a_value_may_be_one_unit_of_its_rounding_away(form, verdict, sent: str, fits: bool) -> None:
    share = form(
        "type ; name ; label ; calculation\ninteger ; a ; A ;\ncalculate ; b ;; if(${a} > 0, round(${a} div 3, 2), '')"
    )
    found = verdict(share, f"<a>2</a><b>{sent}</b>")
    assert found == ([] if fits else [("calculate", "check.other_value", "/data/b")])


@pytest.mark.parametrize(("count", "found"), [("", []), ("1", []), ("2", ["check.rows"]), ("0", ["check.rows"])])
def test_a_blank_count_asks_for_no_number_of_rows(form, verdict, count: str, found: list[str]) -> None:
    counted = form("""type ; name ; label ; repeat_count
integer ; n ; N ;
begin_repeat ; row ; R ; ${n}
text ; a ; A ;
end_repeat ;  ;  ;""")
    answers = f"<n>{count}</n><row><a>x</a></row>"
    assert [code for _, code, _ in verdict(counted, answers)] == found
