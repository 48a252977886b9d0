"""Submissions made to do harm: bounded in time and memory, and told of in words that fit on a page."""

import pytest

from forms import FormDefinition, InstanceError, check, parse_instance
from forms.answer_types import CHECKS
from forms.check import MAX_COMPLAINTS
from tests.unit.forms.conftest import NOW, sent

SURVEY = """type ; name ; label ; required ; relevant ; constraint ; calculation
integer ; whole ; W ;  ;  ; . > 3 ;
text ; word ; W ;  ;  ; number(.) != 6 and string-length(.) < 10 ;
date ; day ; D ;  ;  ; . < today() ;
geotrace ; way ; L ;  ;  ;  ;
image ; photo ; P ;  ;  ;  ;
select_one ab ; one ; O ;  ;  ;  ;
select_multiple ab ; some ; S ;  ;  ;  ;
rank ab ; rank ; R ;  ;  ;  ;
calculate ; copied ;  ;  ;  ;  ; concat(${word}, 'x')
calculate ; more ;  ;  ;  ;  ; ${word} + 1"""
CHOICES = "list_name ; name ; label\nab ; a ; A\nab ; b ; B"
ROSTER = """type ; name ; label ; required ; relevant ; constraint ; calculation
begin_repeat ; row ; Row ;  ;  ;  ;
calculate ; number ;  ;  ;  ;  ; position(..)
text ; who ; Who ; yes ;  ; string-length(.) < 40 ;
integer ; age ; Age ;  ;  ; . < 120 ;
integer ; class ; Class ;  ; ${age} < 16 ; . < 13 ;
end_repeat ;  ;  ;  ;  ;  ;
calculate ; rows ;  ;  ;  ;  ; count(${row})"""
AGAINST_ALL = ROSTER.replace(
    "end_repeat",
    "calculate ; twins ; ; ; ; ; count(../../row[who = current()/../who and position() > 0])\nend_repeat",
)
LONG = 200_000
SPOILT = {
    "digits": "9" * LONG,
    "a date that never ends": f"2026-01-01T{' ' * LONG}x",
    "many choices": "a " * (LONG // 2),
    "points": ";".join(f"{place % 80}.5 {place % 170}.5" for place in range(LONG // 12)),
    "signs": "\t\u0085\u202e\ufeff" * (LONG // 8),
}


@pytest.fixture(scope="module")
def asked(form) -> FormDefinition:
    return form(SURVEY, CHOICES)


@pytest.fixture(scope="module")
def roster(form) -> FormDefinition:
    return form(ROSTER)


@pytest.mark.parametrize("question", ["whole", "word", "day", "way", "photo", "one", "some", "rank", "copied", "more"])
@pytest.mark.parametrize("text", SPOILT.values(), ids=SPOILT)
def test_endless_answers_are_judged_in_linear_time_and_told_shortly(
    asked: FormDefinition, question: str, text: str
) -> None:
    found = check(asked, parse_instance(sent(f"<{question}>{text}</{question}>", asked.form_id)), NOW)
    assert all(len(str(value)) <= 80 for each in found for value in each.details.values())


@pytest.mark.parametrize("kind", CHECKS)
@pytest.mark.parametrize("text", SPOILT.values(), ids=SPOILT)
def test_no_type_takes_forever_to_be_told(kind: str, text: str) -> None:
    assert CHECKS[kind](text) in (True, False)


def rows(number: int, age: int = 30, more: str = "") -> str:
    every = "".join(
        f"<row><number>{at}</number><who>w{at}</who><age>{age}</age>{more}</row>" for at in range(1, number + 1)
    )
    return f"{every}<rows>{number}</rows>"


def test_ten_thousand_rows_are_checked(roster: FormDefinition, verdict) -> None:
    assert verdict(roster, rows(10_000)) == []


def test_of_thousands_of_complaints_the_first_are_listed_and_all_are_counted(roster: FormDefinition) -> None:
    found = check(roster, parse_instance(sent(rows(3_000, age=130), roster.form_id)), NOW)
    assert len(found) == MAX_COMPLAINTS + 1
    assert {each.code for each in found[:-1]} == {"check.constraint"}
    assert found[-1].code == "check.more_complaints"
    assert found[-1].details == {"count": 3_000, "limit": MAX_COMPLAINTS}


def test_looking_at_all_rows_in_every_row_ends_with_one_complaint(form, verdict) -> None:
    judged = form(AGAINST_ALL)
    assert verdict(judged, rows(100, more="<twins>1</twins>")) == []
    found = verdict(judged, rows(1_050, more="<twins>1</twins>"))
    assert [(kind, code) for kind, code, _ in found] == [("calculate", "check.too_much_work")]


def test_texts_that_double_in_a_chain_end_with_a_complaint(form, verdict) -> None:
    chain = "\n".join(f"calculate ; c{at} ;  ;  ;  ;  ; concat(${{c{at - 1}}}, ${{c{at - 1}}})" for at in range(1, 60))
    doubling = form(
        f"type ; name ; label ; required ; relevant ; constraint ; calculation\ntext ; c0 ; C ;  ;  ;  ;\n{chain}"
    )
    assert ("calculate", "check.value_too_long", "/data/c20") in verdict(doubling, "<c0>x</c0>")


def test_misplaced_nodes_by_the_thousand_are_told_in_bounds(asked: FormDefinition) -> None:
    found = check(asked, parse_instance(sent("<stranger/>" * 20_000, asked.form_id)), NOW)
    assert found[-1].details["count"] == 20_000 + 1


def test_thousands_of_attributes_and_prefixes_are_read_or_refused_at_once() -> None:
    attributes = " ".join(f'a{at}="1"' for at in range(50_000))
    prefixes = " ".join(f'xmlns:a{at}="u{at}"' for at in range(20_000))
    for more in (attributes, prefixes):
        with pytest.raises(InstanceError) as caught:
            parse_instance(f'<data id="t" {more}/>'.encode())
        assert caught.value.code in ("instance.id_missing", "xml.malformed")


def test_a_file_beyond_the_limit_is_refused_by_its_length() -> None:
    with pytest.raises(InstanceError) as caught:
        parse_instance(bytes(1) * 11_000_000)
    assert caught.value.code == "xml.too_large"
