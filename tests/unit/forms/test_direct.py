"""Expressions computed directly give what libxml2 gives for them, whatever the answers are."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import FormDefinition, parse_instance
from forms.answers import Answers
from forms.compiled import compiled
from forms.expression import Expression
from forms.scope import CURRENT, Scope
from forms.translation import NUMERIC_TYPES, Context
from forms.values import Value, to_boolean, to_string
from tests.unit.forms.conftest import NOW, sent

SURVEY = """type ; name ; label ; choice_filter
text ; word ; W ;
integer ; whole ; N ;
decimal ; part ; D ;
date ; day ; D ;
select_multiple abc ; some ; S ;
begin_group ; inner ; G ;
text ; deep ; D ;
end_group ;  ;  ;
begin_repeat ; row ; R ;
text ; r_word ; W ;
integer ; r_whole ; N ;
begin_group ; r_group ; G ;
text ; r_deep ; D ;
end_group ;  ;  ;
begin_repeat ; sub ; S ;
integer ; s_whole ; N ;
end_repeat ;  ;  ;
end_repeat ;  ;  ;
text ; filtered ; F ;"""
CHOICES = "list_name ; name ; label\nabc ; a ; A\nabc ; b ; B"
PLACES = {
    "/data/filtered": ((), ("/data/word", "/data/whole", "/data/part", "/data/day", "/data/some", "/data/inner/deep",
                            "../whole", "/data/nowhere")),
    "/data/row/r_group/r_deep": (("/data/row",), (".", "../../r_word", "/data/row/r_whole", "../../r_whole",
                                                  "/data/word", "../../../part", "current()/../../r_whole")),
    "/data/row/sub/s_whole": (("/data/row", "/data/row/sub"), (".", "../../r_whole", "/data/row/r_word", "/data/part")),
}  # fmt: skip
MANY = (
    "/data/row", "/data/row[r_whole > 2]", "/data/row[r_word = 'b' or r_whole = /data/whole]", "/data/row/r_whole",
    "/data/row[r_word != '']/r_whole",
)  # fmt: skip
ANSWER = st.sampled_from([
    "", "a", "b", "a b", "0", "1", "2", "3", "03", "2.50", "-4", " 7 ", "1e2", "+3", ".", "2026-03-02", "x3", "Ja 中文",
])  # fmt: skip
LITERAL = st.sampled_from(["'a'", "'b'", "''", "'2'", "'2026-03-01'", "'a b'", "0", "1", "2", "2.5", "100"])


def expressions(references: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Write expressions of all shapes that are compiled directly, and some that are not."""
    leaves = st.one_of(st.sampled_from(references), LITERAL)
    many = st.sampled_from(MANY)
    rows = st.one_of(many.map("count({})".format), st.sampled_from(MANY[3:]).map("sum({})".format))

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        two = st.tuples(inner, inner)
        operator = st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "and", "or", "+", "-", "*", "div", "mod"])
        names = ["selected", "contains", "starts-with", "concat", "coalesce", "round", "max", "min", "substring-after"]
        single = ["not", "string-length", "number", "int", "count-selected", "boolean", "normalize-space", "floor",
                  "string", "date", "boolean-from-string"]  # fmt: skip
        return st.one_of(
            st.tuples(inner, operator, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            st.tuples(st.sampled_from(names), two).map(lambda t: f"{t[0]}({t[1][0]}, {t[1][1]})"),
            st.tuples(st.sampled_from(single), inner).map(lambda t: f"{t[0]}({t[1]})"),
            st.tuples(inner, inner, inner).map(lambda t: f"if({t[0]}, {t[1]}, {t[2]})"),
            inner.map("-({})".format),
            inner.map("once({})".format),
            st.tuples(inner, st.sampled_from(("/data/some", "/data/nowhere", "../some", "../../../some", "."))).map(
                lambda t: f"jr:choice-name({t[0]}, '{t[1]}')"
            ),
        )

    return st.recursive(st.one_of(leaves, rows), larger, max_leaves=8)


@pytest.fixture(scope="module")
def definition(form) -> FormDefinition:
    return form(SURVEY, CHOICES)


@contextmanager
def running(definition: FormDefinition, texts: list[str]) -> Iterator[Answers]:
    """Lay answers beside the form: three rows, two of them with rows inside; the second one is not relevant."""
    word, whole, part, day, some, deep, *rows = texts
    inside = "".join(
        f"<row><r_word>{a}</r_word><r_whole>{b}</r_whole><r_group><r_deep>{c}</r_deep></r_group>{sub}</row>"
        for (a, b, c), sub in zip(
            zip(rows[:3], rows[3:6], rows[6:9], strict=True),
            ("<sub><s_whole>1</s_whole></sub>", "", "<sub><s_whole/></sub><sub><s_whole>3</s_whole></sub>"),
            strict=True,
        )
    )
    answers = (
        f"<word>{word}</word><whole>{whole}</whole><part>{part}</part><day>{day}</day><some>{some}</some>"
        f"<inner><deep>{deep}</deep></inner>{inside}"
    )
    form = compiled(definition)
    laid = Answers(form, parse_instance(sent(answers, definition.form_id)).root)
    laid.drop(laid.at["/data/row"][1])
    token = CURRENT.set(Scope(laid.root, laid.root, form.tables, NOW, "en"))
    try:
        yield laid
    finally:
        CURRENT.reset(token)


def alike(one: Value, other: Value) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return (math.isnan(one) and math.isnan(other)) or math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    return to_string(one) == to_string(other) and to_boolean(one) == to_boolean(other)


@settings(max_examples=250, deadline=None)
@given(data=st.data())
def test_both_routes_give_the_same(definition: FormDefinition, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(PLACES)))
    repeats, references = PLACES[path]
    source = data.draw(expressions(references))
    numeric = frozenset(node.path for node in definition.nodes if node.type in NUMERIC_TYPES)
    expression = Expression(source, Context(path, repeats, definition.by_path, numeric))
    if expression.direct is None:
        return
    with running(definition, data.draw(st.lists(ANSWER, min_size=15, max_size=15))) as answers:
        for index, element in enumerate(answers.at[path]):
            if element not in answers.dropped:
                expected = expression.value(element)
                assert alike(expression.direct(answers, index, None), expected), (source, expected)


USUAL = (
    "/data/word = 'a'", "selected(/data/some, 'b')", ". >= 0 and . <= 30", "not(selected(., 'none') and 1 > 0)",
    "string-length(.) >= 4", "count(/data/row[r_whole >= 60 and r_word = 'yes'])", "sum(/data/row/r_whole)",
    "if(/data/word = '', 0, 1) + coalesce(/data/whole, 0) * 0.4", "regex(., '^[^ ]{1,64}$')", "number('7') - ../whole",
    "starts-with(/data/word, 'in')", "round(/data/part div /data/whole, 2)", "concat(/data/word, ' ', /data/day)",
    "once(/data/word)", "jr:choice-name(/data/some, '/data/some')",
    "max(/data/whole, /data/part)", "today()", "/data/day <= today()", "join(', ', /data/row/r_word)",
)  # fmt: skip


@pytest.mark.parametrize("source", USUAL)
def test_the_usual_shapes_are_computed_directly(definition: FormDefinition, source: str) -> None:
    context = Context("/data/filtered", (), definition.by_path, frozenset({"/data/whole", "/data/row/r_whole"}))
    expression = Expression(source, context)
    assert expression.complaints == ()
    assert expression.direct is not None


@pytest.mark.parametrize(("own", "expected"), [("", "b"), ("kept", "kept")])
def test_once_keeps_what_stands_there(definition: FormDefinition, own: str, expected: str) -> None:
    expression = Expression("once(/data/word)", Context("/data/filtered", (), definition.by_path, frozenset()))
    assert expression.direct is not None
    with running(definition, ["b", *["1"] * 14]) as answers:
        element = answers.at["/data/filtered"][0]
        element.text = own
        assert expression.direct(answers, 0, None) == expression.value(element) == expected


@pytest.mark.parametrize(("chosen", "expected"), [("a", "A"), ("b", "B"), ("c", ""), ("a b", ""), ("", "")])
@pytest.mark.parametrize("question", ["/data/some", "../some"])
def test_the_label_of_a_choice_is_the_same_by_both_routes(
    definition: FormDefinition, question: str, chosen: str, expected: str
) -> None:
    source = f"jr:choice-name(/data/word, '{question}')"
    expression = Expression(source, Context("/data/filtered", (), definition.by_path, frozenset()))
    assert expression.direct is not None and expression.spoken
    with running(definition, [chosen, *["1"] * 14]) as answers:
        assert expression.direct(answers, 0, None) == expression.value(answers.at["/data/filtered"][0]) == expected


def test_a_date_where_a_number_was_asked_for_is_the_same_number_in_both(definition: FormDefinition) -> None:
    context = Context("/data/filtered", (), definition.by_path, frozenset({"/data/whole"}))
    expression = Expression("round(/data/whole)", context)
    assert expression.direct is not None
    with running(definition, ["a", "2026-03-02", *["1"] * 13]) as answers:
        assert expression.direct(answers, 0, None) == expression.value(answers.at["/data/filtered"][0]) == 20514.0


def test_the_place_of_a_row_is_found_without_looking_at_the_others(definition: FormDefinition) -> None:
    context = Context("/data/row/r_word", ("/data/row",), definition.by_path, frozenset())
    position = Expression("position(..)", context)
    assert position.direct is not None
    with running(definition, ["a"] * 15) as answers:
        places = [position.direct(answers, index, None) for index in (0, 2)]
        assert places == [1.0, 2.0] == [position.value(answers.at["/data/row/r_word"][index]) for index in (0, 2)]


LOOKUPS = (
    "instance('abc')/root/item[name = /data/word]/label", "instance('abc')/root/item['b' = name]/label",
    "instance('abc')/root/item[name = /data/word and label = 'A']/label",
    "instance('abc')/root/item[name = concat(/data/word, '')]/nothing",
    "instance('abc')/root/item[name = current()/../word]/label != ''",
)  # fmt: skip


@pytest.mark.parametrize("source", LOOKUPS)
@pytest.mark.parametrize("word", ["a", "b", "c", ""])
def test_tables_are_looked_up_by_an_index(definition: FormDefinition, source: str, word: str) -> None:
    expression = Expression(source, Context("/data/filtered", (), definition.by_path, frozenset()))
    assert expression.direct is not None
    with running(definition, [word, *["1"] * 14]) as answers:
        expected = expression.value(answers.at["/data/filtered"][0])
        assert alike(expression.direct(answers, 0, None), expected), source


def test_a_number_is_no_key(definition: FormDefinition) -> None:
    source = "instance('abc')/root/item[name = /data/whole]/label"
    numeric = frozenset({"/data/whole"})
    assert Expression(source, Context("/data/filtered", (), definition.by_path, numeric)).direct is None


LONG = " + ".join(["/data/whole"] * 800), " or ".join(["/data/word = 'x'"] * 800)


@pytest.mark.parametrize("source", LONG)
def test_long_chains_are_computed_without_nesting(definition: FormDefinition, source: str) -> None:
    context = Context("/data/filtered", (), definition.by_path, frozenset({"/data/whole"}))
    expression = Expression(source, context)
    with running(definition, ["a", "2"] + ["1"] * 13) as answers:
        assert expression.direct is not None
        value = expression.direct(answers, 0, None)
        assert value == expression.value(answers.root) == (1600.0 if "+" in source else False)
