"""Read a formula (`y ~ a + b`, `~ a * b`, `1 + a`, `I(y - 650) ~ 0`) as R does: for models and for calibration.

Grammar: a response (column, arithmetic or comparison) and `~` may stand first. Terms are joined by `+`, taken out by
`-`, crossed by `:`, and `a * b` stands for `a + b + a:b`; `1` is the intercept, which `0` and `-1` take out. A term is
a column (in backticks where it is no plain word), `factor(column)`, arithmetic in `I(..)`, `log(..)`, `exp(..)`,
`sqrt(..)`, or a comparison in brackets or in `I(..)`. Arithmetic is read by the module of expressions, comparisons by
that of conditions; nothing is run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sampling.estimate.errors import GrammarError
from sampling.estimate.reading.expression import FUNCTIONS, Expression, read_expression
from sampling.estimate.reading.name import NAME, bare, spelled
from sampling.estimate.reading.where import RESERVED, Condition, Token, read_condition, tokens

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    rf"|(?P<name>{NAME})|(?P<sign>\*\*|[=!<>]=|[-~+*/:^()\[\]<>,]))"
)
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", *RESERVED)
POWER = re.compile(r"\^(?=[^`]*(?:`[^`]*`[^`]*)*$)")  # not between backticks
MOST_DEPTH = 50  # brackets within brackets
MOST_TERMS = 2000
FACTOR = ("factor", "(", "column", ")")
SPACED = ("+", "-", "*", *COMPARISONS)

Term = frozenset[int]
"""The variables that a term crosses, by their number; the empty term is the intercept."""
INTERCEPT: Term = frozenset()


@dataclass(frozen=True)
class Variable:
    """Hold what a term is made of: a column (also as a factor), arithmetic, or a comparison.

    Attributes
    ----------
    label : as R writes it: `ell`, `I(api00 - 650)`, `I(sch.wide == "Yes")`
    columns : the names it uses
    """

    label: str
    columns: tuple[str, ...]
    expression: Expression | None = None
    condition: Condition | None = None
    factor: bool = False


@dataclass(frozen=True)
class Formula:
    """Hold a read formula.

    Attributes
    ----------
    variables : what the terms cross, in order of appearance
    terms : main effects first, then crossings of two, of three, each in order of appearance; without the intercept
    """

    text: str
    response: Variable | None
    intercept: bool
    variables: tuple[Variable, ...]
    terms: tuple[Term, ...]

    @property
    def parts(self) -> tuple[Variable, ...]:
        """Give response and variables."""
        return self.variables if self.response is None else (self.response, *self.variables)

    @property
    def columns(self) -> tuple[str, ...]:
        """Name every column that the formula uses, in order of appearance."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.columns))

    @property
    def numeric(self) -> frozenset[str]:
        """Name the columns that are calculated with or compared with numbers, so that texts cannot stand in them."""
        calculated = {name for part in self.parts if part.expression is not None for name in part.columns}
        return frozenset(calculated.union(*(part.condition.numeric for part in self.parts if part.condition)))


def read_formula(text: str) -> Formula:
    """Read a formula.

    Raises
    ------
    GrammarError
        With the position of the first word that does not fit.
    """
    words = [*tokens(text, TOKEN), Token("end", "", len(text))]
    _check_depth(words)
    tildes = [index for index, word in enumerate(words) if word.text == "~"]
    if len(tildes) > 1:
        raise _unexpected(words[tildes[1]])
    reader = _Reader(text, words)
    response = None
    if tildes and tildes[0] > 0:
        response = reader.response(tildes[0])
    if tildes:
        reader.at = tildes[0] + 1
    terms = reader.sum([INTERCEPT])
    if reader.words[reader.at].kind != "end":
        raise _unexpected(reader.words[reader.at])
    used = sorted((term for term in terms if term), key=len)
    return Formula(text, response, INTERCEPT in terms, tuple(reader.variables.values()), tuple(used))


def _check_depth(words: list[Token]) -> None:
    depth = 0
    for word in words:
        depth += {"(": 1, ")": -1}.get(word.text, 0)
        if depth > MOST_DEPTH:
            raise _unexpected(word)


def _unexpected(word: Token) -> GrammarError:
    return GrammarError("ended" if word.kind == "end" else "unexpected", word.position, word.text)


class _Reader:
    """Read terms by recursive descent; the variables are gathered on the way."""

    def __init__(self, text: str, words: list[Token]) -> None:
        self.text, self.words, self.at = text, words, 0
        self.variables: dict[str, Variable] = {}

    def response(self, end: int) -> Variable:
        words = self.words[:end]
        if [word.text for word in words[:2]] == ["I", "("] and self._closing(1) == end - 1:
            return self._derived(words, words[2:-1])
        if words[0].text == "(" and self._closing(0) == end - 1:
            return self._derived(words[1:-1], words[1:-1])
        if len(words) == 1 and words[0].kind == "name":
            return _column(words[0])
        return self._derived(words, words)

    def sum(self, terms: list[Term]) -> list[Term]:
        """Read terms joined by + and -; `terms` are those that stand before the first sign."""
        sign = "+"
        if self._take("-"):
            sign = "-"
        while True:
            zero = self.words[self.at].text == "0"
            found = [INTERCEPT] if zero else self._crossed()
            self.at += zero
            if (sign == "-") != zero:
                terms = [term for term in terms if term not in found]
            else:
                terms = list(dict.fromkeys([*terms, *found]))
            if not (self._take("+") or self.words[self.at].text == "-"):
                return terms
            sign = "-" if self._take("-") else "+"

    def _crossed(self) -> list[Term]:
        left = self._interaction()
        while self._take("*"):
            right = self._interaction()
            left = self._multiplied(left, right, [*left, *right])
        return left

    def _interaction(self) -> list[Term]:
        left = self._atom()
        while self._take(":"):
            left = self._multiplied(left, self._atom(), [])
        return left

    def _multiplied(self, left: list[Term], right: list[Term], before: list[Term]) -> list[Term]:
        if len(left) * len(right) > MOST_TERMS:
            raise _unexpected(self.words[self.at - 1])
        return list(dict.fromkeys([*before, *(a | b for a in left for b in right)]))

    def _atom(self) -> list[Term]:
        word, after = self.words[self.at], self.words[self.at + 1 : self.at + 2]
        if word.text == "1":
            self.at += 1
            return [INTERCEPT]
        if word.text == "(":
            return self._bracket()
        if word.kind != "name":
            raise _unexpected(word)
        if after[0].text == "(":
            return self._call(word)
        self.at += 1
        return self._registered(_column(word))

    def _bracket(self) -> list[Term]:
        closing = self._closing(self.at)
        if any(word.text in COMPARISONS for word in self.words[self.at : closing]):
            inner = self.words[self.at + 1 : closing]
            return self._span(closing, inner, inner)
        self.at += 1
        found = self.sum([])
        if not self._take(")"):
            raise _unexpected(self.words[self.at])
        return found

    def _call(self, name: Token) -> list[Term]:
        closing = self._closing(self.at + 1)
        words = self.words[self.at : closing + 1]
        if name.text == "I":
            return self._span(closing, words, words[2:-1])
        if name.text in FUNCTIONS:
            return self._span(closing, words, words)
        if name.text != "factor":
            raise _unexpected(name)
        if len(words) != len(FACTOR) or words[2].kind != "name":
            raise _unexpected(words[2])
        self.at = closing + 1
        column = _column(words[2])
        return self._registered(replace(column, label=f"factor({column.label})", factor=True))

    def _span(self, closing: int, words: list[Token], inner: list[Token]) -> list[Term]:
        """Take the words up to a closing bracket for one variable."""
        self.at = closing + 1
        return self._registered(self._derived(words, inner))

    def _registered(self, variable: Variable) -> list[Term]:
        self.variables.setdefault(variable.label, variable)
        return [frozenset({list(self.variables).index(variable.label)})]

    def _derived(self, words: list[Token], inner: list[Token]) -> Variable:
        """Read arithmetic or a comparison; `words` are the whole of it as it is called, `inner` what is computed."""
        if not inner:
            raise _unexpected(self.words[self.at - 1])
        start, end = inner[0].position, inner[-1].position + len(inner[-1].text)
        part = self.text[start:end]
        label = _spelled(words)
        try:
            if any(word.text in COMPARISONS for word in inner):
                condition = read_condition(part)
                return Variable(label, tuple(sorted(condition.columns)), condition=condition)
            expression = read_expression(POWER.sub("**", part))
        except GrammarError as error:
            raise GrammarError(error.reason, min(start + error.position, end), error.word) from None
        if not expression.names:
            raise _unexpected(inner[0])
        return Variable(label, expression.names, expression=expression)

    def _closing(self, opening: int) -> int:
        depth = 0
        for index in range(opening, len(self.words)):
            depth += {"(": 1, ")": -1}.get(self.words[index].text, 0)
            if depth == 0:
                return index
        raise _unexpected(self.words[-1])

    def _take(self, text: str) -> bool:
        if self.words[self.at].text != text:
            return False
        self.at += 1
        return True


def _column(word: Token) -> Variable:
    name = bare(word.text)
    return Variable(spelled(name), (name,))


def _spelled(words: list[Token]) -> str:
    """Write words as R writes an expression: spaces around + - * and comparisons, none around / and ^."""
    written = ""
    before = "("
    for word in words:
        text = spelled(bare(word.text)) if word.kind == "name" else {"**": "^"}.get(word.text, word.text)
        if word.kind == "text":
            text = '"' + text[1:-1] + '"'
        signed = word.text in ("+", "-") and before in ("(", "[", ",", "*", "/", "^", "**", *SPACED)
        spaced = word.text in SPACED and not signed
        written += f" {text} " if spaced and before != "(" else f"{text} " if spaced or text == "," else text
        before = word.text
    return written
