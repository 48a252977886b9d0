"""Filters of choices: which columns of their list they look at."""

from __future__ import annotations

from collections.abc import Iterator

from forms.xpath import Binary, Call, Expr, Negation, Path, XPathSyntaxError, parse


def filter_columns(nodeset: str) -> frozenset[str]:
    """Give the names in the predicates of a node set that are children of the rows themselves."""
    try:
        tree = parse(nodeset)
    except XPathSyntaxError:
        return frozenset()
    return frozenset(name for predicate in _predicates(tree) for name in _names(predicate))


def _predicates(tree: Expr) -> Iterator[Expr]:
    if isinstance(tree, Call):
        for argument in tree.arguments:
            yield from _predicates(argument)
    elif isinstance(tree, Path):
        for step in tree.steps:
            yield from step.predicates


def _names(tree: Expr) -> Iterator[str]:
    match tree:
        case Binary(left=left, right=right):
            yield from _names(left)
            yield from _names(right)
        case Negation(operand=operand):
            yield from _names(operand)
        case Call(arguments=arguments):
            for argument in arguments:
                yield from _names(argument)
        case Path(start="", steps=(first, *_)) if first.axis in ("", "child") and first.test.isidentifier():
            yield first.test
