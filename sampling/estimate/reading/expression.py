"""Read an expression over earlier estimates, with its exact derivatives.

Numbers, names of estimates (dots allowed, others in backticks) with picks of their rows, + - * / **, brackets, and
log, exp, sqrt. Python's own parser reads the text, and only these parts of its tree are accepted; nothing is ever
executed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sampling.estimate.errors import GrammarError
from sampling.estimate.reading.name import NAME, bare
from sampling.estimate.reading.reference import PICKS, Reference, read_reference
from sampling.estimate.table import FloatArray

FUNCTIONS = ("log", "exp", "sqrt")


@dataclass(frozen=True)
class Affine:
    """Hold an expression of the form constant + sum(coefficient * name)."""

    constant: float
    coefficients: Mapping[str, float]


@dataclass(frozen=True)
class Dual:
    """Hold values and their derivatives by every name: forward differentiation, exact to rounding."""

    value: FloatArray
    slopes: Mapping[str, FloatArray]


@dataclass(frozen=True)
class Expression:
    """Hold a read expression; `references` are the estimates it uses, in order of first use."""

    text: str
    references: tuple[Reference, ...]
    tree: ast.expr
    dotted: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """Give the keys of the references, by which values are handed in and slopes come back."""
        return tuple(reference.key for reference in self.references)

    def evaluate(self, values: Mapping[str, FloatArray]) -> Dual:
        """Give the value and the derivatives for arrays of estimates; what does not exist (log of -1) is NaN."""
        with np.errstate(all="ignore"):
            return _dual(self.tree, values, self.dotted)

    @property
    def affine(self) -> Affine | None:
        """Give constant and coefficients when the expression is a straight line in every name, else None."""
        return _affine(self.tree, self.dotted)


def read_expression(text: str) -> Expression:
    """Read an expression.

    Raises
    ------
    GrammarError
        With the position of the first part that is not allowed.
    """
    dotted: dict[str, str] = {}
    references: dict[str, Reference] = {}

    def stand_in(match: re.Match[str]) -> str:
        word = match.group("name")
        if word in FUNCTIONS:
            return match.group()
        reference = read_reference(bare(word), match.group("picks"))
        if reference is None:
            raise GrammarError("unexpected", match.start("picks"), text)
        references[reference.key] = reference
        plain = next((key for key, name in dotted.items() if name == reference.key), f"name_{len(dotted)}")
        dotted[plain] = reference.key
        return plain

    # Python would read a.b as an attribute and refuse a name that is a keyword: every name gets a stand-in.
    plain, places = _outside_numbers(text, stand_in)
    begin = len(plain) - len(plain.lstrip())
    try:
        tree = ast.parse(plain.strip(), mode="eval").body
        _check(tree, text)
    except SyntaxError as error:
        # Python says 0 where the text ends too early.
        at = begin + error.offset - 1 if error.offset else len(plain)
        raise GrammarError("unexpected", places[min(at, len(plain))], text) from None
    except GrammarError as error:
        raise GrammarError(error.reason, places[begin + error.position], text) from None
    return Expression(text, tuple(references.values()), tree, dotted)


def _outside_numbers(text: str, stand_in: Callable[[re.Match[str]], str]) -> tuple[str, list[int]]:
    """Put stand-ins for names; give the text and where each of its characters, and its end, stood before."""
    number = r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    words = re.compile(rf"{number}|(?P<name>{NAME})(?:\s*(?P<picks>{PICKS}))?")
    plain, places, last = "", list[int](), 0
    for match in words.finditer(text):
        plain += text[last : match.start()]
        places += range(last, match.start())
        word = match.group() if match.group("number") is not None else stand_in(match)
        plain += word
        places += [match.start()] * len(word)
        last = match.end()
    return plain + text[last:], [*places, *range(last, len(text) + 1)]


def _check(node: ast.expr, text: str) -> None:
    refused = GrammarError("unexpected", getattr(node, "col_offset", 0), text)
    if isinstance(node, ast.Name):
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise refused
        return
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        _check(node.operand, text)
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.Pow):
        _check(node.left, text)
        _check(node.right, text)
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        if len(node.args) != 1 or node.keywords:
            raise refused
        _check(node.args[0], text)
        return
    raise refused


def _scaled(dual: Dual, factor: FloatArray) -> dict[str, FloatArray]:
    return {name: slope * factor for name, slope in dual.slopes.items()}


def _added(left: Mapping[str, FloatArray], right: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    total = dict(left)
    for name, slope in right.items():
        total[name] = total[name] + slope if name in total else slope
    return total


def _dual(node: ast.expr, values: Mapping[str, FloatArray], dotted: Mapping[str, str]) -> Dual:
    if isinstance(node, ast.Constant):
        return Dual(np.asarray(float(str(node.value))), {})
    if isinstance(node, ast.Name):
        value = values[dotted[node.id]]
        return Dual(value, {dotted[node.id]: np.ones_like(value)})
    if isinstance(node, ast.UnaryOp):
        inner = _dual(node.operand, values, dotted)
        sign = np.asarray(-1.0 if isinstance(node.op, ast.USub) else 1.0)
        return Dual(sign * inner.value, _scaled(inner, sign))
    if isinstance(node, ast.Call):
        return _function(node, _dual(node.args[0], values, dotted))
    if not isinstance(node, ast.BinOp):
        raise TypeError(f"the reader let {ast.dump(node)} pass")
    return _operation(node.op, _dual(node.left, values, dotted), _dual(node.right, values, dotted))


def _function(node: ast.Call, inner: Dual) -> Dual:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name == "log":
        return Dual(np.log(inner.value), _scaled(inner, 1.0 / inner.value))
    if name == "exp":
        value = np.exp(inner.value)
        return Dual(value, _scaled(inner, value))
    root = np.sqrt(inner.value)
    return Dual(root, _scaled(inner, 0.5 / root))


def _operation(operator: ast.operator, left: Dual, right: Dual) -> Dual:
    a, b = left.value, right.value
    if isinstance(operator, ast.Add):
        return Dual(a + b, _added(left.slopes, right.slopes))
    if isinstance(operator, ast.Sub):
        return Dual(a - b, _added(left.slopes, _scaled(right, np.asarray(-1.0))))
    if isinstance(operator, ast.Mult):
        return Dual(a * b, _added(_scaled(left, b), _scaled(right, a)))
    if isinstance(operator, ast.Div):
        return Dual(a / b, _added(_scaled(left, 1.0 / b), _scaled(right, -a / (b * b))))
    value = np.power(a, b)
    slopes = _scaled(left, b * np.power(a, b - 1.0))
    return Dual(value, _added(slopes, _scaled(right, value * np.log(a))) if right.slopes else slopes)


def _affine(node: ast.expr, dotted: Mapping[str, str]) -> Affine | None:
    if isinstance(node, ast.Constant):
        return Affine(float(str(node.value)), {})
    if isinstance(node, ast.Name):
        return Affine(0.0, {dotted[node.id]: 1.0})
    if isinstance(node, ast.UnaryOp):
        inner = _affine(node.operand, dotted)
        return inner if inner is None or isinstance(node.op, ast.UAdd) else _times(inner, -1.0)
    if isinstance(node, ast.BinOp):
        left, right = _affine(node.left, dotted), _affine(node.right, dotted)
        return None if left is None or right is None else _affine_operation(node.op, left, right)
    return None


def _affine_operation(operator: ast.operator, left: Affine, right: Affine) -> Affine | None:
    if isinstance(operator, ast.Add | ast.Sub):
        other = right if isinstance(operator, ast.Add) else _times(right, -1.0)
        names = {**left.coefficients}
        for name, value in other.coefficients.items():
            names[name] = names.get(name, 0.0) + value
        return Affine(left.constant + other.constant, names)
    if isinstance(operator, ast.Mult) and not right.coefficients:
        return _times(left, right.constant)
    if isinstance(operator, ast.Mult) and not left.coefficients:
        return _times(right, left.constant)
    if isinstance(operator, ast.Div) and not right.coefficients and right.constant != 0:
        return _times(left, 1.0 / right.constant)
    return None


def _times(line: Affine, factor: float) -> Affine:
    return Affine(line.constant * factor, {name: value * factor for name, value in line.coefficients.items()})
