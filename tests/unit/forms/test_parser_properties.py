"""Properties of the reader of expressions: what was written from a tree is read back as it, other texts are refused."""

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as some
from lxml import etree

from forms.expression import Expression
from forms.scope import CURRENT, Scope, Tables
from forms.translation import Context
from forms.xpath import Binary, Call, Expr, Literal, Negation, Number, Path, Step, XPathSyntaxError, parse, walk

NAMES = some.sampled_from(["a", "b1", "名称", "x.y", "div", "and-so"])
AXES = some.sampled_from(["", "", "", "ancestor", "preceding-sibling", "attribute"])


def steps(inner: some.SearchStrategy[Expr]) -> some.SearchStrategy[Step]:
    predicates = some.lists(inner, max_size=1).map(tuple)
    return some.builds(Step, AXES, NAMES, predicates)


def trees() -> some.SearchStrategy[Expr]:
    simple = some.integers(0, 999).map(lambda n: Number(str(n))) | some.text("abc d'", max_size=5).map(Literal)

    def larger(inner: some.SearchStrategy[Expr]) -> some.SearchStrategy[Expr]:
        operators = some.sampled_from(["or", "and", "=", "!=", "<", ">=", "+", "-", "*", "div", "mod"])
        paths = some.builds(
            Path, some.sampled_from(["", "/"]), some.lists(steps(inner), min_size=1, max_size=3).map(tuple)
        )
        arguments = some.lists(inner, max_size=3).map(tuple)
        return (
            some.builds(Binary, operators, inner, inner)
            | some.builds(Negation, inner)
            | some.builds(Call, some.sampled_from(["concat", "jr:choice-name", "count-selected"]), arguments)
            | paths
        )

    return some.recursive(simple, larger, max_leaves=12)


def written(tree: Expr) -> str:
    match tree:
        case Number(text=text):
            return text
        case Literal(text=text):
            return f'"{text}"'
        case Negation(operand=operand):
            return f"-({written(operand)})"
        case Binary(operator=operator, left=left, right=right):
            return f"({written(left)}) {operator} ({written(right)})"
        case Call(name=name, arguments=arguments):
            return f"{name}({', '.join(map(written, arguments))})"
        case Path(start=str(start), steps=parts):
            return start + "/".join(map(written_step, parts))
    raise AssertionError(tree)


def written_step(step: Step) -> str:
    axis = f"{step.axis}::" if step.axis else ""
    return f"{axis}{step.test}" + "".join(f"[{written(each)}]" for each in step.predicates)


@given(trees())
def test_a_written_tree_is_read_back(tree: Expr) -> None:
    again = parse(written(tree))
    assert again == tree
    assert len(list(walk(again))) == len(list(walk(tree)))


@given(some.text(max_size=40) | some.text("()[]/.@:,'\"$*+-<>= ab1|", max_size=40))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        parse(text)
    except XPathSyntaxError as refused:
        assert 1 <= refused.position <= len(text) + 1


@given(some.text("()[]/.@:,'\"*+-<>= ab1|", max_size=30))
def test_what_is_read_is_also_compiled_or_complained_of(text: str) -> None:
    expression = Expression(text, Context("/data/a", (), {}, frozenset()))
    with contextlib.suppress(XPathSyntaxError):
        parse(text)
        assert expression.complaints or expression.constant is not None or expression.references is not None


@pytest.fixture(autouse=True)
def scope():
    token = CURRENT.set(Scope(etree.Element("a"), etree.Element("a"), Tables(), None, ""))
    yield
    CURRENT.reset(token)


@given(some.integers(0, 10**6), some.integers(1, 10**6), some.sampled_from(["+", "-", "*", "div", "mod"]))
def test_arithmetic_is_that_of_libxml2(left: int, right: int, operator: str) -> None:
    expression = Expression(f"{left} {operator} {right}", Context("/data/a", (), {}, frozenset()))
    value = expression.value(etree.Element("a"))
    direct = expression.direct(None, 0, None)  # type: ignore[misc, arg-type]
    assert isinstance(value, float) and math.isclose(value, direct)
    assert math.isclose(value, etree.XPath(f"{left} {operator} {right}")(etree.Element("a")))
