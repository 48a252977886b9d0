"""Values that are looked up in a table by an equality: found in an index, not by a walk through the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from forms.direct.places import UnsuitedError
from forms.functions.registry import FUNCTIONS
from forms.scope import CURRENT
from forms.translate import chain
from forms.translation import result_type
from forms.values import text_of
from forms.xpath import Binary, Call, Expr, Literal, Path, Step, walk

Item = Mapping[str, str]


@dataclass(frozen=True)
class Lookup:
    """What is looked up: a column of the items whose key column holds a key and that pass the other tests."""

    table: str
    path: str
    key_column: str
    key: Expr
    tests: tuple[Expr, ...]
    column: str


def lookup_in(tree: Path) -> Lookup:
    """Take `instance('table')/root/item[key = …]/column` apart; raise UnsuitedError where a path is no such one."""
    match tree:
        case Path(
            start=Call(name="instance", arguments=(Literal(text=table),)),
            steps=(*before, Step(predicates=(predicate,)) as item, Step(predicates=()) as column),
            predicates=(),
        ) if all(_is_plain(step) for step in (*before, item, column)) and not any(step.predicates for step in before):
            first, *others = _conjuncts(predicate)
            key_column, key = _key(first)
            return Lookup(table, "/".join(s.test for s in (*before, item)), key_column, key, tuple(others), column.test)
    raise UnsuitedError


def _is_plain(step: Step) -> bool:
    return step.axis in ("", "child") and step.test != "*" and "(" not in step.test


def _conjuncts(predicate: Expr) -> list[Expr]:
    if isinstance(predicate, Binary) and predicate.operator == "and":
        first, others = chain(predicate)
        return [first, *(other for _, other in others)]
    return [predicate]


def _key(test: Expr) -> tuple[str, Expr]:
    if not isinstance(test, Binary) or test.operator != "=":
        raise UnsuitedError
    for column, key in ((test.left, test.right), (test.right, test.left)):
        if _is_column(column) and _stands_outside(key):
            assert isinstance(column, Path)  # noqa: S101  (that is what a column is)
            return column.steps[0].test, key
    raise UnsuitedError


def _is_column(tree: Expr) -> bool:
    return isinstance(tree, Path) and tree.start == "" and len(tree.steps) == 1 and _is_plain(tree.steps[0])


def _stands_outside(tree: Expr) -> bool:
    """Tell whether a key is a text that does not hang on the item: texts alone are equal in one way only."""
    absolute = all(
        part.start == "/" or (isinstance(part.start, Call) and part.start.name == "current")
        for part in walk(tree)
        if isinstance(part, Path)
    )
    return absolute and result_type(tree) in ("string", "nodeset")


def found(lookup: Lookup, key: str) -> list[Item]:
    """Give the items of a table with a key, in their order; the index is made when it is first asked for."""
    tables = CURRENT.get().tables
    place = (lookup.table, lookup.path, lookup.key_column)
    index = tables.indexes.get(place)
    if index is None:
        call = FUNCTIONS["instance"].call
        assert call is not None  # noqa: S101  (a function of ours)
        index = {}
        for item in items_in(call(None, lookup.table)[0], lookup.path):
            index.setdefault(item.get(lookup.key_column, ""), []).append(item)
        tables.indexes[place] = index
    return index.get(key, [])


def items_in(instance: etree._Element, path: str) -> list[Item]:
    """Give the items of a table as texts by column; of columns of one name the first counts."""
    items: list[Item] = []
    for element in instance.iterfind(path):
        item: dict[str, str] = {}
        for child in element:
            item.setdefault(str(child.tag), text_of(child))
        items.append(item)
    return items
