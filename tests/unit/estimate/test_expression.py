"""Expressions: values, exact derivatives, straight lines, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.estimate.errors import GrammarError
from sampling.estimate.reading.expression import read_expression


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a", 2.0),
        ("a.b + 2 * a", 7.0),
        ("-(a - a.b) / 4", 0.25),
        ("a ** 3", 8.0),
        ("log(a) + exp(0) + sqrt(4)", np.log(2) + 3),
        ("1.5e1 + a", 17.0),
        ("错退率 * 10", 5.0),
        ("in.x + 1", 5.0),
        ("`a b-c` * `a` - `log`", 9.0),
    ],
)
def test_computes(text: str, value: float) -> None:
    names = {"a": 2.0, "a.b": 3.0, "错退率": 0.5, "in.x": 4.0, "a b-c": 5.0, "log": 1.0}
    dual = read_expression(text).evaluate({name: np.array([number]) for name, number in names.items()})
    assert dual.value == pytest.approx(value)


@given(a=st.floats(0.1, 5), b=st.floats(0.1, 5))
@settings(deadline=None)
@pytest.mark.parametrize(
    "text", ["a * b - a / b", "log(a / b)", "a ** b", "sqrt(a) * exp(-b)", "(3 + 2 * a) / (1 + b)", "a ** 2 / b ** 2"]
)
def test_derivatives_agree_with_differences(text: str, a: float, b: float) -> None:
    expression = read_expression(text)

    def at(x: float, y: float) -> float:
        return float(expression.evaluate({"a": np.array(x), "b": np.array(y)}).value)

    slopes = expression.evaluate({"a": np.array(a), "b": np.array(b)}).slopes
    step = 1e-6
    assert float(slopes["a"]) == pytest.approx((at(a + step, b) - at(a - step, b)) / (2 * step), rel=1e-4, abs=1e-4)
    assert float(slopes["b"]) == pytest.approx((at(a, b + step) - at(a, b - step)) / (2 * step), rel=1e-4, abs=1e-4)


def test_knows_straight_lines() -> None:
    line = read_expression("(100 + 48000 * a + b * 2) / 200 - a / 4").affine
    assert line is not None
    assert line.constant == pytest.approx(0.5)
    assert line.coefficients == pytest.approx({"a": 239.75, "b": 0.01})


@pytest.mark.parametrize("text", ["a * b", "log(a)", "1 / a", "a ** 2"])
def test_knows_what_is_no_straight_line(text: str) -> None:
    assert read_expression(text).affine is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a +",
        "__import__('os')",
        "a if b else c",
        "a[0]",
        "abs(a)",
        "log(a, b)",
        "a == b",
        "'x'",
        "a; b",
        "f(a=1)",
    ],
)
def test_refuses_everything_else(text: str) -> None:
    with pytest.raises(GrammarError):
        read_expression(text).evaluate({})


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("income.of.household +", 21),
        ("income.of.household + 3 3", 24),
        ("a.b.c.d.e * max(b)", 12),
        (" 2 * income.rate % 3", 1),
        ("a + (income.rate", 4),
    ],
)
def test_says_where_an_expression_goes_wrong(text: str, position: int) -> None:
    with pytest.raises(GrammarError) as caught:
        read_expression(text)
    assert caught.value.position == position
