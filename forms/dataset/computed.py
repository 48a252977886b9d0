"""Whether what a form computes is a number: XForms declare computed values as texts, whatever they are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from forms.columns import columns_of
from forms.definition import FormDefinition
from forms.structure import Node
from forms.xpath import Binary, Call, Expr, Literal, Negation, Number, Path, XPathSyntaxError, parse

WHOLE = frozenset({"count", "count-selected", "count-non-empty", "int", "string-length", "position"})
ANY_NUMBER = frozenset({
    "number", "sum", "round", "floor", "ceiling", "abs", "pow", "sqrt", "exp", "exp10", "log", "log10", "sin", "cos",
    "tan", "asin", "acos", "atan", "atan2", "pi", "random", "distance", "area", "decimal-date-time", "decimal-time",
    "checklist", "weighted-checklist",
})  # fmt: skip
OPERATORS = frozenset({"+", "-", "*", "div", "mod"})
INTEGER, DECIMAL = "integer", "decimal"
_TYPES = {"int": INTEGER, "integer": INTEGER, "long": INTEGER, "short": INTEGER, "decimal": DECIMAL, "double": DECIMAL}
_DEEPEST = 40
"""Computed values that refer to computed values are followed so far."""


class Computed:
    """The kinds of the computed values of one form."""

    def __init__(self, definition: FormDefinition) -> None:
        self._definition = definition
        self._known: dict[str, str | None] = {}

    @cached_property
    def _by_name(self) -> Mapping[str, Node]:
        return {column.name: self._definition.by_path[column.path] for column in columns_of(self._definition)}

    def kind_of(self, node: Node, depth: int = 0) -> str | None:
        """Give `integer` or `decimal` where the value is a number or empty whatever the answers are, else None."""
        if node.type in _TYPES:
            return _TYPES[node.type]
        if not node.calculate or node.control is not None or depth > _DEEPEST:
            return None
        if node.path not in self._known:
            self._known[node.path] = None  # a form may refer in a circle
            self._known[node.path] = self._of_source(node.calculate, depth)
        return self._known[node.path]

    def _of_source(self, source: str, depth: int) -> str | None:
        try:
            return self._of(parse(source), depth)
        except (XPathSyntaxError, RecursionError):
            return None

    def _of(self, tree: Expr, depth: int) -> str | None:
        if isinstance(tree, Number):
            return DECIMAL if "." in tree.text else INTEGER
        if isinstance(tree, Negation):
            return self._of(tree.operand, depth)
        if isinstance(tree, Binary):
            return self._of_operation(tree, depth)
        if isinstance(tree, Call):
            return self._of_call(tree, depth)
        if isinstance(tree, Path):
            return self._of_path(tree, depth)
        return None

    def _of_operation(self, tree: Binary, depth: int) -> str | None:
        if tree.operator not in OPERATORS:
            return None
        whole = tree.operator != "div" and self._of_all((tree.left, tree.right), depth) == INTEGER
        return INTEGER if whole else DECIMAL

    def _of_call(self, call: Call, depth: int) -> str | None:
        if call.name in WHOLE:
            return INTEGER
        if call.name in ANY_NUMBER:
            return DECIMAL
        if call.name == "if" and len(call.arguments) == 3:
            return self._of_all(call.arguments[1:], depth)
        if call.name in ("coalesce", "once", "min", "max"):
            return self._of_all(call.arguments, depth)
        return None

    def _of_all(self, branches: tuple[Expr, ...], depth: int) -> str | None:
        """Join what the branches give; an empty text is the absence of a number, not a text."""
        kinds = {self._of(each, depth) for each in branches if not (isinstance(each, Literal) and each.text == "")}
        if None in kinds or not kinds:
            return None
        return DECIMAL if DECIMAL in kinds else INTEGER

    def _of_path(self, path: Path, depth: int) -> str | None:
        """Follow a plain reference to another answer."""
        if not path.steps or any(step.predicates for step in path.steps):
            return None
        name = path.steps[-1].test
        node = self._by_name.get(name)
        return None if node is None else self.kind_of(node, depth + 1)
