"""Read a condition (`type == 'exited' and age >= 60`) and turn it into a mask of rows.

Grammar: or < and < not < comparison; comparisons are == != < <= > >= and in / not in a bracketed list; operands are
column names (letters, digits, underscore and dots, also Chinese; others in backticks), numbers and quoted texts. A
comparison with a missing field is neither true nor false, and rows that are not surely true stay outside, as in R's
subset.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from sampling.estimate.errors import GrammarError
from sampling.estimate.reading.name import NAME, bare
from sampling.estimate.table import BoolArray, FloatArray, Table

TOKEN = re.compile(
    r"\s*(?:(?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    rf"|(?P<sign>==|!=|<=|>=|<|>|\(|\)|\[|\]|,)|(?P<name>{NAME}))"
)
RESERVED = ("and", "or", "not", "in")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True)
class Token:
    """Hold one word of a condition or formula."""

    kind: str
    text: str
    position: int


@dataclass(frozen=True)
class Known:
    """Hold a three-valued mask: rows surely true, and rows whose answer is known."""

    true: BoolArray
    known: BoolArray


Literal = float | str


@dataclass(frozen=True)
class Condition:
    """Hold a read condition and its evaluation.

    Attributes
    ----------
    columns : the columns it names; numeric : those compared with numbers
    texts : columns with the quoted texts that they are asked to be
    """

    text: str
    columns: frozenset[str]
    numeric: frozenset[str]
    texts: frozenset[tuple[str, str]]
    evaluate: Callable[[Table], Known]

    def mask(self, table: Table) -> BoolArray:
        """Mark the rows for which the condition is surely true."""
        return self.evaluate(table).true


def read_condition(text: str) -> Condition:
    """Read a condition.

    Raises
    ------
    GrammarError
        With the position of the first word that does not fit.
    """
    reader = _Reader(text)
    evaluate = reader.alternatives()
    reader.expect_end()
    return Condition(text, frozenset(reader.columns), frozenset(reader.numeric), frozenset(reader.texts), evaluate)


def tokens(text: str, pattern: re.Pattern[str]) -> Iterator[Token]:
    """Cut a text into words, whose kinds are the names of the pattern's groups.

    Raises
    ------
    GrammarError
        At the first character that begins none.
    """
    position = 0
    while text[position:].strip():
        match = pattern.match(text, position)
        if match is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            raise GrammarError("unexpected", start, text[start : start + 1])
        kind = str(match.lastgroup)
        yield Token(kind, match.group(kind), match.start(kind))
        position = match.end()


def _reserved(found: Token) -> Token:
    return replace(found, kind="word") if found.kind == "name" and found.text in RESERVED else found


Evaluation = Callable[[Table], Known]


class _Reader:
    """Read by recursive descent; names and numeric uses are gathered on the way."""

    def __init__(self, text: str) -> None:
        self.words = [*map(_reserved, tokens(text, TOKEN)), Token("end", "", len(text))]
        self.at = 0
        self.columns: set[str] = set()
        self.numeric: set[str] = set()
        self.texts: set[tuple[str, str]] = set()

    def alternatives(self) -> Evaluation:
        found = self.conjunction()
        while self.take("word", "or"):
            found = _either(found, self.conjunction())
        return found

    def conjunction(self) -> Evaluation:
        found = self.negation()
        while self.take("word", "and"):
            found = _both(found, self.negation())
        return found

    def negation(self) -> Evaluation:
        if self.take("word", "not"):
            return _negated(self.negation())
        if self.take("sign", "("):
            found = self.alternatives()
            self.need("sign", ")")
            return found
        return self.comparison()

    def comparison(self) -> Evaluation:
        left = self.operand()
        if isinstance(left, _Name):
            if self.take("word", "not"):
                self.need("word", "in")
                return _negated(self.membership(left.column))
            if self.take("word", "in"):
                return self.membership(left.column)
        sign = self.words[self.at]
        if sign.kind != "sign" or sign.text not in COMPARISONS:
            raise self.unexpected()
        self.at += 1
        right = self.operand()
        if isinstance(left, _Name) and isinstance(right, _Name):
            return _two_columns(left.column, sign.text, right.column)
        if isinstance(left, _Name) and not isinstance(right, _Name):
            return self.against(left.column, sign.text, right)
        if isinstance(right, _Name) and not isinstance(left, _Name):
            return self.against(right.column, _mirrored(sign.text), left)
        raise GrammarError("no_column", sign.position, sign.text)

    def against(self, column: str, sign: str, value: Literal) -> Evaluation:
        if isinstance(value, float):
            self.numeric.add(column)
        elif sign == "==":
            self.texts.add((column, value))
        return _compared(column, sign, value)

    def membership(self, column: str) -> Evaluation:
        closing = {"(": ")", "[": "]"}.get(self.words[self.at].text)
        if closing is None:
            raise self.unexpected()
        self.at += 1
        found: Evaluation | None = None
        while not self.take("sign", closing):
            if found is not None:
                self.need("sign", ",")
            value = self.operand()
            if isinstance(value, _Name):
                self.at -= 1
                raise self.unexpected()
            one = self.against(column, "==", value)
            found = one if found is None else _either(found, one)
        if found is None:
            self.at -= 1
            raise self.unexpected()
        return found

    def operand(self) -> _Name | Literal:
        word = self.words[self.at]
        self.at += 1
        if word.kind == "number":
            return float(word.text)
        if word.kind == "text":
            return re.sub(r"\\(.)", r"\1", word.text[1:-1])
        if word.kind == "name":
            column = bare(word.text)
            self.columns.add(column)
            return _Name(column)
        self.at -= 1
        raise self.unexpected()

    def take(self, kind: str, text: str) -> bool:
        word = self.words[self.at]
        if (word.kind, word.text) != (kind, text):
            return False
        self.at += 1
        return True

    def need(self, kind: str, text: str) -> None:
        if not self.take(kind, text):
            raise self.unexpected()

    def expect_end(self) -> None:
        if self.words[self.at].kind != "end":
            raise self.unexpected()

    def unexpected(self) -> GrammarError:
        word = self.words[self.at]
        return GrammarError("ended" if word.kind == "end" else "unexpected", word.position, word.text)


@dataclass(frozen=True)
class _Name:
    column: str


def _mirrored(sign: str) -> str:
    return {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)


def _either(left: Evaluation, right: Evaluation) -> Evaluation:
    def evaluate(table: Table) -> Known:
        a, b = left(table), right(table)
        return Known(a.true | b.true, (a.known & b.known) | a.true | b.true)

    return evaluate


def _both(left: Evaluation, right: Evaluation) -> Evaluation:
    def evaluate(table: Table) -> Known:
        a, b = left(table), right(table)
        false = (a.known & ~a.true) | (b.known & ~b.true)
        return Known(a.true & b.true, (a.known & b.known) | false)

    return evaluate


def _negated(inner: Evaluation) -> Evaluation:
    def evaluate(table: Table) -> Known:
        a = inner(table)
        return Known(a.known & ~a.true, a.known)

    return evaluate


def _compared(column: str, sign: str, value: Literal) -> Evaluation:
    """Compare a column with a number as numbers, with a quoted text as texts (equality or code-point order)."""

    def evaluate(table: Table) -> Known:
        found = table[column]
        known = ~found.missing
        if isinstance(value, float):
            numbers = found.numbers
            if numbers is None:
                return Known(np.zeros_like(known), np.zeros_like(known))
            return Known(known & _order(sign, np.sign(np.nan_to_num(numbers) - value)), known)
        codes, levels = found.coded
        by_level = np.array([(level > value) - (level < value) for level in levels] or [0], dtype=np.float64)
        return Known(known & _order(sign, by_level[np.maximum(codes, 0)]), known)

    return evaluate


def _two_columns(left: str, sign: str, right: str) -> Evaluation:
    """Compare two columns: as numbers when both are, else as texts."""

    def evaluate(table: Table) -> Known:
        a, b = table[left], table[right]
        known = ~a.missing & ~b.missing
        if a.numbers is not None and b.numbers is not None:
            return Known(known & _order(sign, np.sign(np.nan_to_num(a.numbers) - np.nan_to_num(b.numbers))), known)
        pairs = zip(a.texts.to_pylist(), b.texts.to_pylist(), strict=True)
        order = [0 if x is None or y is None else (x > y) - (x < y) for x, y in pairs]
        return Known(known & _order(sign, np.array(order, dtype=np.float64)), known)

    return evaluate


def _order(sign: str, order: FloatArray) -> BoolArray:
    holds = {
        "==": order == 0,
        "!=": order != 0,
        "<": order < 0,
        "<=": order <= 0,
        ">": order > 0,
        ">=": order >= 0,
    }[sign]
    return np.asarray(holds, dtype=np.bool_)
