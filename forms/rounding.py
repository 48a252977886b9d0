"""Rounding in expressions: clients break ties differently, each within one unit of the last place."""

from __future__ import annotations

from functools import lru_cache

from forms.values import to_number
from forms.xpath import Call, Expr, Negation, Number, XPathSyntaxError, parse, walk


@lru_cache(maxsize=1024)
def rounding_step(source: str) -> float:
    """Give the coarsest unit that an expression rounds to, 0 where it rounds nothing."""
    try:
        calls = [part for part in walk(parse(source)) if isinstance(part, Call) and part.name == "round"]
    except (XPathSyntaxError, RecursionError):
        return 0.0
    return max((10.0 ** -_places(call) for call in calls), default=0.0)


def _places(call: Call) -> float:
    wanted: Expr = call.arguments[1] if len(call.arguments) > 1 else Number("0")
    if isinstance(wanted, Negation) and isinstance(wanted.operand, Number):
        return -to_number(wanted.operand.text)
    return to_number(wanted.text) if isinstance(wanted, Number) else 0.0
