"""Every function of the table, on values whose results are known from the specification or by hand."""

import base64
import contextlib
import math
from datetime import datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from lxml import etree

from forms.expression import Expression
from forms.functions.registry import FUNCTIONS
from forms.scope import CURRENT, EvaluationError, Scope, Tables
from forms.structure import Choice, Node
from forms.translation import Context

NOW = datetime(2026, 3, 2, 10, 30, 15, 250000, timezone(timedelta(hours=8)))
ANSWERS = """<data><self>old</self><a>3</a><b>4.5</b><blank/><many>x y z</many><day>2026-03-02</day>
<stamp>2026-03-02T10:30:15.250+08:00</stamp><word>入户问卷</word><one>c2</one>
<r><n>1</n><m>10</m><s><k>a</k></s><s><k>b</k></s></r><r><n>2</n><m/><s><k>c</k></s></r><r><n>3</n><m>30</m></r>
<line>0 0 0 0;0 1 0 0</line><shape>0 0;0 1;1 1;1 0;0 0</shape><bow>0 0;1 1;0 1;1 0</bow></data>"""
SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNED = base64.b64encode(SECRET.sign("入户".encode()) + "入户".encode()).decode()
KEY = base64.b64encode(SECRET.public_key().public_bytes_raw()).decode()
TABLE = (
    "<instance><root><item><id>1</id><name>甲村</name></item><item><id>2</id><name>乙村</name></item></root></instance>"
)


def node(path: str, kind: str = "question", kind_of_value: str = "string", repeats: tuple[str, ...] = ()) -> Node:
    return Node(path, path.rpartition("/")[2], kind, path.rpartition("/")[0], repeats, kind_of_value)  # type: ignore[arg-type]


R, S = "/data/r", "/data/r/s"
NODES = {
    n.path: n
    for n in [
        node("/data/self"), node("/data/a", kind_of_value="int"), node("/data/b", kind_of_value="decimal"),
        node("/data/blank"), node("/data/many"), node("/data/day", kind_of_value="date"),
        node("/data/stamp", kind_of_value="dateTime"), node("/data/word"), node("/data/one"), node(R, "repeat"),
        node("/data/r/n", kind_of_value="int", repeats=(R,)), node("/data/r/m", kind_of_value="int", repeats=(R,)),
        node(S, "repeat", repeats=(R,)), node("/data/r/s/k", repeats=(R, S)), node("/data/line"), node("/data/shape"),
        node("/data/bow"),
    ]
}  # fmt: skip
NUMERIC = frozenset(p for p, n in NODES.items() if n.type in ("int", "decimal"))
CHOICES = (Choice("c1", {"zh": "是", "en": "Yes"}), Choice("c2", {"zh": "否", "en": "No"}))


def evaluate(source: str, *, at: str = "/data/self", language: str = "zh", now: datetime | None = NOW) -> object:
    root = etree.fromstring(ANSWERS)
    tables = Tables(
        {"places": etree.fromstring(TABLE)},
        {"absent": "absent.csv"},
        {"/data/one": CHOICES},
        {"t1": {"zh": "文", "en": "text"}},
    )
    here = root.xpath(at)[0]
    path = "/" + "/".join(step.partition("[")[0] for step in at.strip("/").split("/"))
    repeats = tuple(r for r in (R, S) if path == r or path.startswith(r + "/"))
    expression = Expression(source, Context(path, repeats, NODES, NUMERIC))
    assert expression.complaints == ()
    token = CURRENT.set(Scope(root, here, tables, now, language))
    try:
        value = expression.value(here)
        return [element.text for element in value] if isinstance(value, list) else value
    finally:
        CURRENT.reset(token)


CASES: list[tuple[str, object]] = [
    # choosing
    ("if(/data/a > 2, 'yes', 'no')", "yes"),
    ("if(/data/blank, 'yes', 'no')", "no"),
    ("if(/data/a, 1, 2)", 1.0),
    ("coalesce(/data/blank, /data/a)", "3"),
    ("coalesce('', /data/blank)", ""),
    ("once('new')", "old"),
    ("depend(/data/a + 1, /data/b)", 4.0),
    ("boolean-from-string('true')", True),
    ("boolean-from-string('1')", True),
    ("boolean-from-string('yes')", False),
    ("boolean(/data/blank)", False),
    ("boolean('x')", True),
    ("not(/data/blank)", True),
    ("not(false())", True),
    ("true() and not(false())", True),
    ("checklist(1, 2, true(), false(), /data/a = 3)", True),
    ("checklist(-1, 1, true(), true())", False),
    ("checklist(1, -1, true(), true(), true())", True),
    ("weighted-checklist(3, 5, true(), 2, false(), 9, true(), 2)", True),
    ("weighted-checklist(5, -1, true(), 2, true(), 2)", False),
    # selections
    ("selected(/data/many, 'y')", True),
    ("selected(/data/many, 'xy')", False),
    ("selected(/data/blank, '')", False),
    ("is-selected(/data/many, 'y')", True),
    ("selected-at(/data/many, 0)", "x"),
    ("selected-at(/data/many, 3)", ""),
    ("selected-at(/data/many, -1)", ""),
    ("count-selected(/data/many)", 3.0),
    ("count-selected(/data/blank)", 0.0),
    ("jr:choice-name(/data/one, '/data/one')", "否"),
    ("jr:choice-name('c9', '/data/one')", ""),
    ("jr:itext('t1')", "文"),
    # nodes
    ("count(/data/r)", 3.0),
    ("count(/data/r[m > 5])", 2.0),
    ("count-non-empty(/data/r/m)", 2.0),
    ("sum(/data/r/n)", 6.0),
    ("max(/data/r/m)", 30.0),
    ("min(/data/r/m, 7)", 7.0),
    ("max(1, /data/a, /data/b)", 4.5),
    ("position(/data/r[2])", 2.0),
    ("position()", 1.0),
    ("/data/r[position() = 2]/n", ["2"]),
    ("/data/r[last()]/n", ["3"]),
    ("indexed-repeat(/data/r/m, /data/r, 3)", ["30"]),
    ("indexed-repeat(/data/r/m, /data/r, 9)", []),
    ("indexed-repeat(/data/r/s/k, /data/r, 1, /data/r/s, 2)", ["b"]),
    ("indexed-repeat(/data/r/s/k, /data/r, 2, /data/r/s, 1)", ["c"]),
    ("name(/data/a)", "a"),
    ("local-name(/data/*[2])", "a"),
    ("count(/data/a | /data/b)", 2.0),
    ("instance('places')/root/item[id = /data/a - 1]/name", ["乙村"]),
    ("instance('places')/root/item[id = current()/../r[1]/n]/name", ["甲村"]),
    ("count(randomize(instance('places')/root/item, 42))", 2.0),
    ("pulldata('places', 'name', 'id', '2')", "乙村"),
    ("pulldata('places', 'name', 'id', '7')", ""),
    ("current()/../a", ["3"]),
    # numbers
    ("number('3.5')", 3.5),
    ("number(/data/blank) = number(/data/blank)", False),
    ("number(true())", 1.0),
    ("number('1970-01-03')", 2.0),
    ("int(3.9)", 3.0),
    ("int(-3.9)", -3.0),
    ("round(2.5)", 3.0),
    ("round(-2.5)", -2.0),
    ("round(1.2345, 2)", 1.23),
    ("round(1.005, 2)", 1.01),
    ("round(-1.005, 2)", -1.0),
    ("round(18669.975, 2)", 18669.98),
    ("round(-0.5)", 0.0),
    ("round(12345678901234567890, 2)", 12345678901234567890.0),
    ("round(1250, -2)", 1300.0),
    ("floor(-1.5)", -2.0),
    ("ceiling(1.2)", 2.0),
    ("abs(-4)", 4.0),
    ("pow(2, 10)", 1024.0),
    ("sqrt(/data/a * 3)", 3.0),
    ("exp(0)", 1.0),
    ("exp10(2)", 100.0),
    ("log(1)", 0.0),
    ("log10(1000)", 3.0),
    ("sin(0)", 0.0),
    ("cos(0)", 1.0),
    ("tan(0)", 0.0),
    ("asin(0)", 0.0),
    ("acos(1)", 0.0),
    ("atan(0)", 0.0),
    ("atan2(0, 1)", 0.0),
    ("pi() > 3.14 and pi() < 3.15", True),
    ("7 mod 3 + 6 div 4", 2.5),
    ("-/data/a + 1", -2.0),
    ("random() >= 0 and random() < 1", True),
    # words
    ("string(/data/a)", "3"),
    ("string(12345678901234567890123)", "12345678901234568000000"),
    ("string(13800000000.25)", "13800000000.25"),
    ("concat('', 0.0000012)", "0.0000012"),
    ("string(1 div 0)", "Infinity"),
    ("string(number('x'))", "NaN"),
    ("1.5e3 + 1", 1501.0),
    ("concat('a', /data/r/n, 1.5)", "a1231.5"),
    ("join(', ', /data/r/n)", "1, 2, 3"),
    ("substr('hello', 1, 3)", "el"),
    ("substr('hello', -3)", "llo"),
    ("substr('hello', 3, 1)", ""),
    ("substring('hello', 2, 3)", "ell"),
    ("substring-before('a-b', '-')", "a"),
    ("substring-after('a-b', '-')", "b"),
    ("string-length(/data/word)", 4.0),
    ("normalize-space('  a   b ')", "a b"),
    ("translate('abc', 'abc', 'xyz')", "xyz"),
    ("upper-case('ab')", "AB"),
    ("lower-case('AB')", "ab"),
    ("starts-with(/data/word, '入户')", True),
    ("ends-with(/data/word, '问卷')", True),
    ("contains(/data/word, '户问')", True),
    ("regex(/data/word, '.{4}')", True),
    ("regex(/data/word, '入户')", False),
    ("regex('Ab1', '^\\p{L}+\\d$')", True),
    ("digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72"),
    ("digest('abc', 'SHA-256')", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
    ("base64-decode('5YWl5oi3')", "入户"),
    ("base64-decode('?')", ""),
    ("base64-decode('AGEAYgBj')", "abc"),
    (f"extract-signed('{SIGNED}', '{KEY}')", "入户"),
    (f"extract-signed('{SIGNED}', '{KEY[::-1]}')", ""),
    ("extract-signed('', '?')", ""),
    ("string-length(uuid())", 36.0),
    ("property('deviceid')", ""),
    ("version()", ""),
    # dates
    ("today()", "2026-03-02"),
    ("now()", "2026-03-02T10:30:15.250+08:00"),
    ("today() > '2026-03-01'", True),
    ("/data/day >= today()", True),
    ("/data/day < '2026-03-02'", False),
    ("today() - /data/day", 0.0),
    ("date(0)", "1970-01-01"),
    ("date('2026-03-02T23:00:00.000Z')", "2026-03-02"),
    ("date(/data/day + 30)", "2026-04-01"),
    ("date('nonsense')", ""),
    ("date-time('2026-03-02T08:00:00Z')", "2026-03-02T08:00:00.000+00:00"),
    ("decimal-date-time('1970-01-02')", 1.0),
    ("decimal-date-time('1970-01-01T12:00:00.000Z')", 0.5),
    ("decimal-time('06:00:00.000+08:00')", 0.25),
    ("decimal-time(/data/stamp) > 0.4375", True),
    ("format-date(/data/day, '%Y年%n月%e日 %a')", "2026年3月2日 周一"),
    ("format-date('', '%Y')", ""),
    ("format-date-time(/data/stamp, '%H:%M:%S.%3')", "10:30:15.250"),
    ("format-date(/data/day, '%y-%m-%d %B %b %A %w %u %W %h%%')", "26-03-02 3月 3月 星期一 1 1 10 0%"),
    # places
    ("distance('0 0;0 1') > 111300 and distance('0 0;0 1') < 111330", True),
    ("distance(/data/line) = distance('0 0', '0 1')", True),
    ("area(/data/shape) > 12380000000 and area(/data/shape) < 12400000000", True),
    ("area('0 0;0 1')", 0.0),
    ("enclosed-area(/data/shape) = area(/data/shape)", True),
    ("geofence('0.5 0.5', /data/shape)", True),
    ("geofence('1.5 0.5', /data/shape)", False),
    ("intersects(/data/bow)", True),
    ("intersects(/data/shape)", False),
    # comparisons of answers
    ("/data/blank = ''", True),
    ("/data/missing = ''", False),
    ("/data/a = /data/blank", False),
    ("/data/a != /data/blank", True),
    ("/data/a = '3'", True),
    ("/data/a = 3.0", True),
    ("/data/blank = true()", False),
    ("/data/r/n = 2", True),
    ("/data/blank or /data/many", True),
]


@pytest.mark.parametrize(("source", "expected"), CASES, ids=[source for source, _ in CASES])
def test_a_function_gives_what_it_should(source: str, expected: object) -> None:
    found = evaluate(source)
    if isinstance(expected, float):
        assert isinstance(found, float)
        assert math.isclose(found, expected, abs_tol=1e-9)
    else:
        assert found == expected


def test_every_function_of_the_table_is_tested() -> None:
    tried = " ".join(source for source, _ in CASES)
    untried = {name for name in FUNCTIONS if f"{name}(" not in tried} - {"primary", "lang", "namespace-uri"}
    assert untried == set()


def test_inside_a_repeat_an_absolute_path_means_the_own_row() -> None:
    assert evaluate("/data/r/n + 1", at="/data/r[2]/n") == 3.0
    assert evaluate("../n", at="/data/r[3]/m") == ["3"]
    assert evaluate("position(..)", at="/data/r[3]/m") == 3.0
    assert evaluate("position() > 2", at="/data/r[3]") is True
    assert evaluate("count(/data/r)", at="/data/r[2]/n") == 3.0
    assert evaluate("sum(/data/r/n)", at="/data/r[2]/m") == 2.0
    assert evaluate("count(/data/r/s)", at="/data/r[1]/n") == 2.0
    assert evaluate("indexed-repeat(/data/r/n, /data/r, position(..) - 1)", at="/data/r[3]/m") == ["2"]
    assert evaluate("count(/data/r[n < /data/r/n])", at="/data/r[3]/m") == 2.0
    assert evaluate("count(/data/r[n < current()/../n])", at="/data/r[3]/m") == 2.0
    assert evaluate("/data/r/s/k", at="/data/r[1]/s[2]/k") == ["b"]


def test_words_follow_the_language() -> None:
    assert evaluate("jr:choice-name(/data/one, '/data/one')", language="en") == "No"
    assert evaluate("format-date(/data/day, '%a %b %A %B')", language="en") == "Mon Mar Monday March"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("today()", "check.time_missing"),
        ("pulldata('absent', 'a', 'b', 'c')", "check.data_missing"),
        ("instance('absent')/root/item", "check.data_missing"),
        ("digest('a', 'CRC')", "check.digest_unknown"),
        ("regex(/data/word, concat('(', ''))", "form.pattern"),
    ],
)
def test_what_cannot_be_computed_says_why(source: str, code: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        evaluate(source, now=None)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("nope(1)", "form.unknown_function"),
        ("if(1, 2)", "form.wrong_arguments"),
        ("selected(a)", "form.wrong_arguments"),
        ("$x + 1", "form.variable"),
        ("1 +", "form.expression_unfinished"),
        ("(1", "form.expression_unfinished"),
        ("'open", "form.expression_syntax"),
        ("a b", "form.expression_syntax"),
        ("a[1", "form.expression_unfinished"),
        ("primary()", "form.unknown_function"),
        ("weighted-checklist(1, 2, true())", "form.wrong_arguments"),
        ("indexed-repeat(/data/r/n, /data/r, 1, /data/r/s)", "form.wrong_arguments"),
        ("count('x')", "form.path_wanted"),
        ("position(3)", "form.path_wanted"),
        ("regex(., '[')", "form.pattern"),
        ("following::", "form.expression_unfinished"),
        ("label::English", "form.expression_syntax"),
        ("(" * 500 + "1" + ")" * 500, "form.expression_deep"),
        ("=".join("1" * 5000), "form.expression_deep"),
    ],
)
def test_faulty_expressions_are_complaints_and_cannot_be_evaluated(source: str, code: str) -> None:
    expression = Expression(source, Context("/data/self", (), NODES, NUMERIC), "constraint")
    assert [c.code for c in expression.complaints] == [code]
    assert expression.complaints[0].column == "constraint"
    with pytest.raises(EvaluationError):
        expression.value(etree.Element("x"))


ODD = (
    "''", "1e400", "0 div 0", "-5", "'2024-02-30'", "'9999-12-31'", "'0001-01-01T00:00:00+14:00'", "1e20", "'1 2;a b'",
    "'181 500'", "'nan nan;1 2;3 4;inf 1'", "/data/missing", "/data/r", "true()", "'%Q'", "'(('", "/", "'²'",
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"primary"}))
def test_no_function_breaks_on_odd_values(name: str) -> None:
    root = etree.fromstring(ANSWERS)
    fewest = FUNCTIONS[name].minimum
    sources = [
        f"{name}({', '.join(ODD[(shift + place * step) % len(ODD)] for place in range(fewest))})"
        for shift in range(len(ODD))
        for step in (0, 1, 5, 7)
    ]
    token = CURRENT.set(Scope(root, root[0], Tables(), NOW, "zh"))
    try:
        for source in sources:
            expression = Expression(source, Context("/data/self", (), NODES, NUMERIC))
            with contextlib.suppress(EvaluationError):
                assert isinstance(expression.value(root[0]), str | float | bool | list), source
    finally:
        CURRENT.reset(token)


def test_constants_are_not_evaluated_again() -> None:
    assert Expression("true()", Context("/data/self", (), NODES, NUMERIC)).constant is True
    assert Expression("'x'", Context("/data/self", (), NODES, NUMERIC)).constant == "x"
    assert Expression("today()", Context("/data/self", (), NODES, NUMERIC)).constant is None
