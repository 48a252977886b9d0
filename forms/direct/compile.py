"""Expressions compiled to plain Python, with the types and casts that `forms.translate` writes for libxml2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import add, eq, ge, gt, le, lt, mul, ne, not_, sub
from typing import TYPE_CHECKING, Any

from forms.dates import days_since_epoch
from forms.direct.casts import divided, remainder, xpath_boolean, xpath_number, xpath_text
from forms.direct.combine import Constant, all_or_any, both, called, entered, equals, folded, gives_nodes, then
from forms.direct.natives import NATIVES
from forms.direct.paths import PathReading
from forms.direct.places import ITEM, Run, UnsuitedError
from forms.functions.lookup import label_of
from forms.functions.registry import FUNCTIONS, Function
from forms.paths import canonical
from forms.translate import chain
from forms.translation import Context, result_type
from forms.values import Value, to_number, to_string
from forms.xpath import Binary, Call, Expr, Literal, Negation, Number, Path, parse

if TYPE_CHECKING:
    from forms.answers import Answers

_COMPUTED: Mapping[str, Callable[[float, float], float | bool]] = {
    "+": add, "-": sub, "*": mul, "div": divided, "mod": remainder, "<": lt, "<=": le, ">": gt, ">=": ge
}  # fmt: skip
_OWN = parse(".")
_ORDER = frozenset({"<", "<=", ">", ">="})
_SAME: Mapping[str, Callable[[object, object], bool]] = {"=": eq, "!=": ne}
# Functions of ours that look at their arguments alone, and at the time of the run and its tables.
_OF_VALUES = frozenset({
    "abs", "acos", "area", "asin", "atan", "atan2", "boolean-from-string", "checklist", "coalesce", "concat", "cos",
    "count-non-empty", "count-selected", "date", "date-time", "decimal-date-time", "decimal-time", "digest", "distance",
    "enclosed-area", "ends-with", "exp", "exp10", "format-date", "format-date-time", "geofence", "int", "intersects",
    "join", "log",
    "log10", "lower-case", "max", "min", "now", "number", "pi", "pow", "pulldata", "regex", "round", "selected",
    "selected-at", "sin", "sqrt", "string", "substr", "tan", "today", "upper-case", "weighted-checklist",
})  # fmt: skip


def _kept(own: str, value: Value) -> str:
    return own or to_string(value)


def direct(tree: Expr, context: Context) -> Run | None:
    """Compile an expression; None where its shape is not one of those that are known here."""
    try:
        return _Direct(context).plain(tree, None)
    except UnsuitedError:
        return None


def item_test(predicate: Expr, context: Context) -> Run | None:
    """Compile the filter of the items of a table; its row is an item as texts by column."""
    try:
        return _Direct(context).truth(predicate, ITEM)
    except UnsuitedError:
        return None


class _Direct(PathReading):
    def plain(self, tree: Expr, base: str | None) -> Run:
        """Give the value as it comes: a text, a number, true or false, or the texts of several rows."""
        match tree:
            case Number(text=text):
                return Constant(float(text))
            case Literal(text=text):
                return Constant(text)
            case Negation(operand=operand):
                number = self.number(operand, base)
                return lambda answers, index, row: -number(answers, index, row)
            case Binary():
                return self._binary(tree, base)
            case Call():
                return self._call(tree, base)
            case Path():
                return self._path(tree, base)
        raise UnsuitedError

    # ---- what is wanted

    def number(self, tree: Expr, base: str | None) -> Run:
        """Give the value as a number."""
        kind = result_type(tree)
        if isinstance(tree, Literal):
            days = days_since_epoch(tree.text)
            return Constant(xpath_number(tree.text) if days is None else days)
        if kind == "number":
            return self.plain(tree, base)
        if kind == "nodeset":
            node, read = self._answer(tree, base)
            return then(xpath_number if self._is_numeric(node) else to_number, read)
        return then(float if kind == "boolean" else to_number, self.plain(tree, base))

    def truth(self, tree: Expr, base: str | None) -> Run:
        """Give the value as true or false."""
        kind = result_type(tree)
        if kind == "boolean":
            return self.plain(tree, base)
        if kind == "nodeset":
            node, read = self._answer(tree, base)
            if not self._is_numeric(node):
                return lambda answers, index, row: read(answers, index, row) != ""
            return lambda answers, index, row: xpath_boolean(xpath_number(read(answers, index, row)))
        if kind == "any" and gives_nodes(tree):
            raise UnsuitedError
        return then(xpath_boolean, self.plain(tree, base))

    def text(self, tree: Expr, base: str | None) -> Run:
        """Give the value as a text."""
        kind = result_type(tree)
        if kind == "nodeset":
            return self._answer(tree, base)[1]
        value = self.plain(tree, base)
        return value if kind == "string" else then(xpath_text, value)

    # ---- operators

    def _binary(self, tree: Binary, base: str | None) -> Run:
        operator = tree.operator
        if operator in _SAME:
            return self._equality(tree, base)
        if operator == "|":
            raise UnsuitedError
        first, others = chain(tree)
        if operator in ("and", "or"):
            return all_or_any([self.truth(each, base) for each in (first, *(other for _, other in others))], operator)
        if operator in _ORDER and {result_type(tree.left), result_type(tree.right)} == {"boolean", "nodeset"}:
            # XPath then asks whether there is a node, whatever it holds.
            raise UnsuitedError
        value = self.number(first, base)
        if len(others) == 1:
            return both(_COMPUTED[operator], value, self.number(others[0][1], base))
        return folded(value, [(_COMPUTED[each], self.number(other, base)) for each, other in others])

    def _equality(self, tree: Binary, base: str | None) -> Run:
        same = _SAME[tree.operator]
        kinds = {result_type(tree.left), result_type(tree.right)}
        if "boolean" in kinds:
            return both(same, self.truth(tree.left, base), self.truth(tree.right, base))
        if "number" in kinds:
            return both(same, self._comparable(tree.left, base), self._comparable(tree.right, base))
        if kinds == {"nodeset"}:
            return self._equal_answers(tree, base)
        if isinstance(tree.right, Literal):
            return equals(self.text(tree.left, base), tree.right.text, tree.operator == "=")
        return both(same, self.text(tree.left, base), self.text(tree.right, base))

    def _comparable(self, tree: Expr, base: str | None) -> Run:
        if result_type(tree) == "string":
            return then(xpath_number, self.plain(tree, base))
        return self.number(tree, base)

    def _equal_answers(self, tree: Binary, base: str | None) -> Run:
        (left_node, left), (right_node, right) = self._answer(tree.left, base), self._answer(tree.right, base)
        if not (self._is_numeric(left_node) or self._is_numeric(right_node)):
            return both(_SAME[tree.operator], left, right)
        wanted = tree.operator == "="

        def compare(a: str, b: str) -> bool:
            return (a == b or xpath_number(a) == xpath_number(b)) is wanted

        return both(compare, left, right)

    # ---- functions

    def _call(self, call: Call, base: str | None) -> Run:
        written = {
            "if": self._if, "not": self._not, "boolean": self._boolean, "position": self._position,
            "count": self._count, "sum": self._sum, "indexed-repeat": self._indexed, "once": self._once,
            "jr:choice-name": self._choice_name,
        }.get(call.name)  # fmt: skip
        if written is not None:
            return written(call, base)
        if call.name in ("true", "false"):
            return Constant(call.name == "true")
        known = FUNCTIONS.get(call.name)
        if known is None or (known.maximum != 0 and not call.arguments):
            raise UnsuitedError
        if known.call is None:
            return self._native(known, call, base)
        if call.name not in _OF_VALUES:
            raise UnsuitedError
        arguments = [self._argument(known, each, place, base) for place, each in enumerate(call.arguments)]
        return entered(call.name, arguments)

    def _native(self, known: Function, call: Call, base: str | None) -> Run:
        compute = NATIVES.get(call.name)
        if compute is None:
            raise UnsuitedError
        numeric = known.parameter(0) == "number"
        return called(compute, [self.number(a, base) if numeric else self.text(a, base) for a in call.arguments])

    def _argument(self, known: Function, tree: Expr, place: int, base: str | None) -> Run:
        kind = known.parameter(place)
        if kind == "number" and result_type(tree) == "nodeset":
            # Functions of ours read a date as a number wherever it stands, even where a number was asked for.
            return then(to_number, self._answer(tree, base)[1])
        if kind == "number":
            return self.number(tree, base)
        return self.truth(tree, base) if kind == "boolean" else self.plain(tree, base)

    def _if(self, call: Call, base: str | None) -> Run:
        condition, then, otherwise = call.arguments
        test, first, second = self.truth(condition, base), self.plain(then, base), self.plain(otherwise, base)

        def choose(answers: Answers, index: int, row: Any) -> Any:
            return first(answers, index, row) if test(answers, index, row) else second(answers, index, row)

        return choose

    def _once(self, call: Call, base: str | None) -> Run:
        if base is not None:
            raise UnsuitedError
        own = self._answer(_OWN, base)[1]
        return both(_kept, own, self.plain(call.arguments[0], base))

    def _choice_name(self, call: Call, base: str | None) -> Run:
        value, question = call.arguments
        if not isinstance(question, Literal):
            raise UnsuitedError
        path, chosen = canonical(question.text, self._context.path), self.plain(value, base)
        # Never ahead of time, even of a fixed choice: labels hang on the language.
        return lambda answers, index, row: label_of(chosen(answers, index, row), path)

    def _not(self, call: Call, base: str | None) -> Run:
        return then(not_, self.truth(call.arguments[0], base))

    def _boolean(self, call: Call, base: str | None) -> Run:
        return self.truth(call.arguments[0], base)
