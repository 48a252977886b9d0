"""XPath 1.0 as a tree: enough to know what an expression calls and refers to before it is compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


class XPathSyntaxError(ValueError):
    """An expression that is not XPath; `position` counts its characters from 1."""

    def __init__(self, position: int, found: str) -> None:
        self.position = position
        self.found = found
        super().__init__(f"{position}: {found}")


class XPathDepthError(XPathSyntaxError):
    """An expression that is too long, or whose brackets are nested too deeply."""


MAX_LENGTH = 100_000


@dataclass(frozen=True)
class Number:
    """A number as it is written."""

    text: str


@dataclass(frozen=True)
class Literal:
    """A text in quotes, without them."""

    text: str


@dataclass(frozen=True)
class Variable:
    """A reference to a variable; forms have none."""

    name: str


@dataclass(frozen=True)
class Call:
    """A call of a function by its name with prefix."""

    name: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True)
class Binary:
    """Two operands and what stands between them."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Negation:
    """A minus before an operand."""

    operand: Expr


@dataclass(frozen=True)
class Step:
    """One step of a path: axis (empty = child), name or node test, predicates."""

    axis: str
    test: str
    predicates: tuple[Expr, ...]


@dataclass(frozen=True)
class Path:
    """A location path; `start` is '/' (document), '' (context node) or the expression it starts from."""

    start: str | Expr
    steps: tuple[Step, ...]
    predicates: tuple[Expr, ...] = ()


Expr = Number | Literal | Variable | Call | Binary | Negation | Path


def walk(tree: Expr) -> Iterator[Expr]:
    """Give an expression and everything inside of it, predicates included."""
    yield tree
    inside: tuple[Expr, ...] = ()
    match tree:
        case Binary(left=left, right=right):
            inside = (left, right)
        case Negation(operand=operand):
            inside = (operand,)
        case Call(arguments=arguments):
            inside = arguments
        case Path(start=start, steps=steps, predicates=predicates):
            within = tuple(predicate for step in steps for predicate in step.predicates)
            inside = (*(() if isinstance(start, str) else (start,)), *predicates, *within)
    for part in inside:
        yield from walk(part)


_NAME = r"[^\W\d][\w.\-·]*"
_TOKEN = re.compile(
    rf"""\s*(?:
    (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<literal>"[^"]*"|'[^']*')
    |(?P<name>{_NAME}(?::(?!:)(?:{_NAME}|\*))?)
    |(?P<symbol>::|//|\.\.|!=|<=|>=|[()\[\].@,/|+\-=<>*$])
    )""",
    re.VERBOSE,
)
_OPERATOR_NAMES = frozenset({"and", "or", "div", "mod"})
_AXES = frozenset({
    "ancestor", "ancestor-or-self", "attribute", "child", "descendant", "descendant-or-self", "following",
    "following-sibling", "namespace", "parent", "preceding", "preceding-sibling", "self",
})  # fmt: skip
_NODE_TYPES = frozenset({"comment", "text", "processing-instruction", "node"})
# After one of these, or at the start, a name is no operator and * is no multiplication.
_OPENING = frozenset({"@", "::", "(", "[", ",", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">=", "$"})
_BINDING = {
    "or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, ">": 4, "<=": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "div": 6, "mod": 6,
}  # fmt: skip


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise XPathSyntaxError(position + 1, text[position : position + 20].strip())
        kind = match.lastgroup or ""
        value = match.group(kind)
        start = match.start(kind) + 1
        if (value in _OPERATOR_NAMES or value == "*") and _may_be_operator(tokens):
            kind = "operator"
        tokens.append(_Token(kind, value, start))
        position = match.end()
    tokens.append(_Token("end", "", len(text) + 1))
    return tokens


def _may_be_operator(before: list[_Token]) -> bool:
    return bool(before) and before[-1].kind != "operator" and before[-1].text not in _OPENING


def parse(text: str) -> Expr:
    """Read an expression; raise XPathSyntaxError where it ends to make sense."""
    if len(text) > MAX_LENGTH:
        raise XPathDepthError(MAX_LENGTH, text[MAX_LENGTH : MAX_LENGTH + 20])
    parser = _Parser(_tokens(text))
    tree = parser.binary(1)
    parser.expect_end()
    return tree


class _Parser:
    MAX_DEPTH = 120

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def _now(self) -> _Token:
        return self._tokens[self._at]

    def _peek(self, ahead: int = 1) -> _Token:
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def _take(self) -> _Token:
        token = self._now
        if token.kind != "end":
            self._at += 1
        return token

    def _accept(self, *texts: str) -> str | None:
        if self._now.kind in ("symbol", "operator") and self._now.text in texts:
            return self._take().text
        return None

    def _expect(self, text: str) -> None:
        if self._accept(text) is None:
            self._fail()

    def _fail(self) -> None:
        raise XPathSyntaxError(self._now.position, self._now.text)

    def expect_end(self) -> None:
        """Refuse anything that is left over."""
        if self._now.kind != "end":
            self._fail()

    def binary(self, weakest: int) -> Expr:
        """Read an operand and all operators behind it that bind at least as tightly as `weakest`."""
        left = self._unary()
        while self._now.kind in ("symbol", "operator") and _BINDING.get(self._now.text, 0) >= weakest:
            operator = self._take().text
            left = Binary(operator, left, self.binary(_BINDING[operator] + 1))
        return left

    def _unary(self) -> Expr:
        signs = 0
        while self._accept("-") is not None:
            signs += 1
        left = self._path()
        while self._accept("|") is not None:
            left = Binary("|", left, self._path())
        if signs:
            left = Negation(left if signs % 2 else Negation(left))
        return left

    def _path(self) -> Expr:
        if not self._starts_primary():
            return self._location_path()
        primary = self._primary()
        predicates = self._predicates()
        if self._now.text in ("/", "//") and self._now.kind == "symbol":
            return Path(primary, self._more_steps(), predicates)
        return Path(primary, (), predicates) if predicates else primary

    def _starts_primary(self) -> bool:
        token = self._now
        if token.kind in ("number", "literal"):
            return True
        if token.kind == "name":
            return self._peek().text == "(" and token.text not in _NODE_TYPES
        return token.kind == "symbol" and token.text in ("(", "$")

    def _primary(self) -> Expr:
        token = self._take()
        if token.kind == "number":
            return Number(token.text)
        if token.kind == "literal":
            return Literal(token.text[1:-1])
        if token.kind == "name":
            return Call(token.text, self._arguments())
        if token.text == "$":
            if self._now.kind != "name":
                self._fail()
            return Variable(self._take().text)
        inner = self._nested()
        self._expect(")")
        return inner

    def _nested(self) -> Expr:
        self._depth += 1
        if self._depth > self.MAX_DEPTH:
            raise XPathDepthError(self._now.position, self._now.text)
        tree = self.binary(1)
        self._depth -= 1
        return tree

    def _arguments(self) -> tuple[Expr, ...]:
        self._expect("(")
        if self._accept(")") is not None:
            return ()
        arguments = [self._nested()]
        while self._accept(",") is not None:
            arguments.append(self._nested())
        self._expect(")")
        return tuple(arguments)

    def _predicates(self) -> tuple[Expr, ...]:
        predicates = []
        while self._accept("[") is not None:
            predicates.append(self._nested())
            self._expect("]")
        return tuple(predicates)

    def _location_path(self) -> Path:
        if self._now.kind == "symbol" and self._now.text in ("/", "//"):
            if self._now.text == "/" and not self._peek_is_step():
                self._take()
                return Path("/", ())
            return Path("/", self._more_steps())
        first = self._step()
        return Path("", (first, *self._more_steps()))

    def _peek_is_step(self) -> bool:
        token = self._peek()
        return token.kind == "name" or (token.kind == "symbol" and token.text in (".", "..", "@", "*"))

    def _more_steps(self) -> tuple[Step, ...]:
        steps: list[Step] = []
        while (separator := self._accept("/", "//")) is not None:
            if separator == "//":
                steps.append(Step("descendant-or-self", "node()", ()))
            steps.append(self._step())
        return tuple(steps)

    def _step(self) -> Step:
        if (dots := self._accept(".", "..")) is not None:
            # XPath allows no predicate here, but the engines of forms do.
            axis = "self" if dots == "." else "parent"
            return Step(axis, "node()", self._predicates())
        axis = "attribute" if self._accept("@") is not None else ""
        if self._now.kind == "name" and self._peek().text == "::":
            if self._now.text not in _AXES:
                self._fail()
            axis = self._take().text
            self._take()
        return Step(axis, self._node_test(), self._predicates())

    def _node_test(self) -> str:
        if self._accept("*") is not None:
            return "*"
        if self._now.kind != "name":
            self._fail()
        name = self._take().text
        if name in _NODE_TYPES and self._now.text == "(":
            arguments = self._arguments()
            quoted = f"'{arguments[0].text}'" if arguments and isinstance(arguments[0], Literal) else ""
            return f"{name}({quoted})"
        return name.rpartition(":")[2]
