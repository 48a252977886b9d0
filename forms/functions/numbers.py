"""Arithmetic."""

from __future__ import annotations

import math
import random as chance
from collections.abc import Callable
from decimal import ROUND_FLOOR, Decimal

from forms.functions.registry import function
from forms.values import Value, texts_of, to_number

MAX_PLACES = 30
HALF = Decimal("0.5")


@function("number", "number", (0, 1), "any")
def number(context: object, *values: Value) -> float:
    """Give a value as a number; a date is the days since 1970."""
    return to_number(values[0] if values else [context.context_node])  # type: ignore[attr-defined]


@function("int", "number", (1, 1), "number")
def integer(_: object, value: Value) -> float:
    """Cut a number off at its point."""
    result = to_number(value)
    return float(math.trunc(result)) if math.isfinite(result) else result


@function("round", "number", (1, 2), "number")
def rounded(_: object, value: Value, places: Value = 0.0) -> float:
    """Round half up to a number of places, in decimal arithmetic as Collect does it; others break ties in binary."""
    result, digits = to_number(value), to_number(places)
    if not math.isfinite(result) or not abs(digits) <= MAX_PLACES:
        return result
    shifted = Decimal(repr(result)).scaleb(int(digits))
    if shifted.adjusted() > MAX_PLACES:
        return result
    return float((shifted + HALF).to_integral_value(ROUND_FLOOR).scaleb(-int(digits)))


@function("abs", "number", (1, 1), "number")
def absolute(_: object, value: Value) -> float:
    """Drop the sign."""
    return abs(to_number(value))


@function("pow", "number", (2, 2), "number")
def power(_: object, base: Value, exponent: Value) -> float:
    """Raise to a power."""
    try:
        result = to_number(base) ** to_number(exponent)
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return result if isinstance(result, float) else math.nan


@function("max", "number", (1, None), "any")
def largest(_: object, *values: Value) -> float:
    """Give the largest of all values; what is no number is left out."""
    return max(_numbers(values), default=math.nan)


@function("min", "number", (1, None), "any")
def smallest(_: object, *values: Value) -> float:
    """Give the smallest of all values; what is no number is left out."""
    return min(_numbers(values), default=math.nan)


def _numbers(values: tuple[Value, ...]) -> list[float]:
    numbers = [
        to_number(text) for value in values for text in (texts_of(value) if isinstance(value, list) else [value])
    ]
    return [n for n in numbers if not math.isnan(n)]


@function("pi", "number", (0, 0))
def pi(_: object) -> float:
    """Give pi."""
    return math.pi


@function("atan2", "number", (2, 2), "number")
def atan2(_: object, y: Value, x: Value) -> float:
    """Give the angle of a point."""
    return math.atan2(to_number(y), to_number(x))


@function("random", "number", (0, 0), volatile=True)
def random(_: object) -> float:
    """Give a number between 0 and 1 that nobody can foresee; no draw is ever made with it."""
    return chance.random()  # noqa: S311


def _enter(name: str, compute: Callable[[float], float]) -> None:
    def call(_: object, value: Value) -> float:
        try:
            return compute(to_number(value))
        except (ValueError, OverflowError):
            return math.nan

    function(name, "number", (1, 1), "number")(call)


for _name, _compute in {
    "sqrt": math.sqrt, "exp": math.exp, "exp10": lambda x: 10.0**x, "log": math.log, "log10": math.log10,
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "asin": math.asin, "acos": math.acos, "atan": math.atan,
}.items():  # fmt: skip
    _enter(_name, _compute)
