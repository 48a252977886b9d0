"""Patterns of forms mean what clients mean by them, and take bounded time whatever they and the answers are."""

from time import process_time

import pytest
from lxml import etree

from forms import publishing_complaints
from forms.pattern import compiled_pattern, matches
from forms.scope import CURRENT, EvaluationError, Scope, Tables

BOUND = 4.0
"""Seconds of the processor for a whole submission; what is left unbounded here takes years."""


@pytest.fixture(autouse=True)
def scope():
    node = etree.Element("data")
    token = CURRENT.set(Scope(node, node, Tables(), None, "zh"))
    yield CURRENT.get()
    CURRENT.reset(token)


MATCHING = [
    (r"[0-9]{17}[0-9Xx]", "35012519700101001X", True), (r"^\d{3}$", "123", True), (r"\d{3}", "１２３", False),
    (r"[\u4e00-\u9fa5]{2,4}", "阿木", True), (r"[一-龥]{2,4}(·[一-龥]+)?", "阿依·古丽", True),
    (r"\u{4e2d}", "中", True),
    (r"\p{L}+\d", "中a1", True), (r"[\p{L} ']+", "O'Neil 李", True), (r"\p{IsHan}+", "中文", True),
    (r"\p{Script=Han}+", "中文", True), (r"[\p{Alpha}-]+", "ab-c", True), (r"\P{Alpha}", "a", False),
    (r"[\p{Punct}]", "]", True), (r"\p{Punct}+", "!?\\", True), (r"\w+", "ab_1", True),
    (r"[\w.]+@[\w.]+", "a.b@c.cn", True),
    (r"[^\s]+", "a b", False), (r"\S+", "中", True), (r"a\-b\/c\_", "a-b/c_", True), (r"\中", "中", True),
    (r"[[:alpha:]]+", "ab", True), (r"\u002e", "x", False), (r"\u002e", ".", True), (r"(?i)ab", "AB", True),
    # Beyond RE2.
    (r"(?=.*\d)(?=.*[a-z]).{6,}", "abc123", True), (r"(?=.*\d)(?=.*[a-z]).{6,}", "abcdef", False),
    (r"(\d)\1{3}", "7777", True), (r"(\d)\1{3}", "7778", False), (r"(?!0)\d{2}", "07", False),
    (r"x{1,1500}", "xx", True),
    (r"[a-z&&[^b]]+", "acd", True), (r"[a-z&&[^b]]+", "abd", False), (r"(?<!a)b", "b", True), (r"a++b", "aab", True),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "text", "expected"), MATCHING)
def test_patterns_mean_what_clients_mean(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


HOSTILE = [
    "(a+)+$",
    "(a|a)*$",
    "(a|aa)+$",
    "(.*a){20}",
    "([a-z]+)*b",
    "(?=a)(x+x+)+y|(?!b)(.*a){20}!",
    r"(a)(?:.*\1){20}!",
]


@pytest.mark.parametrize("pattern", HOSTILE)
@pytest.mark.parametrize("answer", ["a" * 200 + "!!", "a" * 9000 + "?"])
def test_a_hostile_pattern_is_answered_in_bounded_time(xform, verdict, pattern: str, answer: str) -> None:
    bind = f"""<bind nodeset="/data/t" type="string" constraint="regex(., '{pattern}')"/>"""
    definition = xform("<t/>", bind, '<input ref="/data/t"><label>T</label></input>')
    assert [c for c in publishing_complaints(definition) if c.severity == "error"] == []
    started = process_time()
    found = verdict(definition, f"<t>{answer}</t>")
    assert process_time() - started < BOUND
    assert [code for _, code, _ in found] in (["check.constraint"], ["check.pattern_slow"])


def test_rows_share_the_time_for_patterns(form, verdict) -> None:
    definition = form(
        "type ; name ; label ; constraint\nbegin_repeat ; row ; R ;\n"
        "text ; t ; T ; regex(., '(?!b)(.*a){20}!')\nend_repeat ; ; ;"
    )
    rows = "".join(f"<row><t>{'a' * 5000}{number}?</t></row>" for number in range(100))
    started = process_time()
    found = verdict(definition, rows)
    assert process_time() - started < BOUND
    assert {code for _, code, _ in found} == {"check.pattern_slow"}


def test_a_pattern_that_is_an_answer_is_bounded_too(form, verdict) -> None:
    definition = form("type ; name ; label ; constraint\ntext ; p ; P ;\ntext ; t ; T ; regex(., ${p})")
    assert verdict(definition, f"<p>(a+)+$</p><t>{'a' * 200}!</t>") == [("constraint", "check.constraint", "/data/t")]
    for pattern in ("(?=a)((a{1000}){9}b{1000})", "(?=a)" + "(" * 4000 + ")" * 4000, "a" * 20_000):
        found = verdict(definition, f"<p>{pattern}</p><t>aa</t>")
        assert [code for _, code, _ in found if code.startswith("form.pattern")], pattern[:40]


def test_patterns_of_rows_that_are_all_different_share_the_time(form, verdict) -> None:
    definition = form(
        "type ; name ; label ; constraint\nbegin_repeat ; row ; R ;\ntext ; p ; P ;\n"
        "text ; t ; T ; regex(., ${p})\nend_repeat ; ; ;"
    )
    wide = "(?=a)" + "[ab]c?" * 1000
    rows = "".join(f"<row><p>{wide}{number}</p><t>aaaa</t></row>" for number in range(300))
    started = process_time()
    found = verdict(definition, rows)
    assert process_time() - started < BOUND
    # How many rows are tried before the time is used up is the machine's; on a busy one not even the first may be.
    assert "check.pattern_slow" in (codes := {code for _, code, _ in found})
    assert codes <= {"check.constraint", "check.pattern_slow"}


def test_counts_that_multiply_are_refused_before_they_are_written_out() -> None:
    with pytest.raises(EvaluationError, match=r"form\.pattern_large"):
        compiled_pattern("(?=x)((a{999}){999}){999}b")


def test_a_pattern_that_must_be_tried_is_told_of_when_the_form_is_checked(form) -> None:
    definition = form(
        "type ; name ; label ; constraint\ntext ; a ; A ; regex(., '(?=.*[0-9]).*')\ntext ; b ; B ; regex(., '[0-9]+')"
    )
    told = [(c.code, c.path, c.severity) for c in publishing_complaints(definition)]
    assert told == [("form.pattern_searching", "/data/a", "warning")]
