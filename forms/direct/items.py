"""Choices that are looked up in a table: only the items of the chosen value are put to the filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from forms.direct.compile import item_test
from forms.direct.lookups import Item, items_in
from forms.direct.places import Run
from forms.translation import Context, result_type
from forms.xpath import Call, Expr, Literal, Path, XPathSyntaxError, parse

if TYPE_CHECKING:
    from forms.answers import Answers

Values = Mapping[str, list[Item]]


@dataclass(frozen=True, eq=False)
class Items:
    """The items of a table by their value, and the filters that stand for a question."""

    values: Values
    tests: tuple[Run, ...]

    def is_open(self, value: str, answers: Answers, index: int) -> bool:
        """Tell whether a value is open at a place."""
        return any(all(test(answers, index, item) for test in self.tests) for item in self.values.get(value, ()))

    def open_values(self, answers: Answers, index: int) -> frozenset[str]:
        """Give all values that are open at a place."""
        return frozenset(value for value in self.values if self.is_open(value, answers, index))


def items_of(
    nodeset: str,
    value: str,
    context: Context,
    instances: Mapping[str, etree._Element],
    read: dict[tuple[str, ...], Values],
) -> Items | None:
    """Compile the choices of a question; None where the table is not there, or the node set is of another shape."""
    try:
        tree = parse(nodeset)
    except XPathSyntaxError:
        return None
    if isinstance(tree, Call) and tree.name == "randomize" and tree.arguments:
        # The order in which choices are shown does not matter.
        tree = tree.arguments[0]
    found = _table_path(tree)
    if found is None or found[0] not in instances or found[0] in context.fleeting or "/" in value:
        return None
    name, path, predicates = found
    tests = [None if result_type(each) == "number" else item_test(each, context) for each in predicates]
    key = (name, path, value)
    if key not in read:
        read[key] = _values(instances[name], path, value)
    return None if None in tests else Items(read[key], tuple(test for test in tests if test is not None))


def _table_path(tree: Expr) -> tuple[str, str, tuple[Expr, ...]] | None:
    match tree:
        case Path(start=Call(name="instance", arguments=(Literal(text=name),)), steps=steps, predicates=()) if steps:
            plain = all(step.axis in ("", "child") and step.test.isidentifier() for step in steps)
            if plain and not any(step.predicates for step in steps[:-1]):
                return name, "/".join(step.test for step in steps), steps[-1].predicates
    return None


def _values(instance: etree._Element, path: str, value: str) -> Values:
    values: dict[str, list[Item]] = {}
    for item in items_in(instance, path):
        values.setdefault(item.get(value, "").strip(), []).append(item)
    return values
