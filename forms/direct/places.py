"""Where the paths of an expression lead: to one answer, to the same question in all rows, or to what is not known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from forms.paths import parent_of
from forms.structure import Node
from forms.translation import Context
from forms.xpath import Call, Expr, Path, Step

if TYPE_CHECKING:
    from forms.answers import Answers

Run = Callable[["Answers", int, Any], Any]
"""Evaluate on answers, at the n-th place of the expression's node; the third is the row that a predicate tests."""
ITEM = "item"
"""The base of predicates on the items of a table; rows of a repeat have the repeat's path."""


class UnsuitedError(Exception):
    """A shape that is left to libxml2."""


@dataclass(frozen=True)
class Walked:
    """A path's end: its node, the repeats whose row is known, the repeat whose rows it means and which of them.

    `of_predicate` where the row is that of the predicate and not that of the expression.
    """

    path: str
    known: tuple[str, ...]
    rows: str | None = None
    predicates: tuple[Expr, ...] = ()
    of_predicate: bool = False


def walked(path: Path, context: Context, base: str | None) -> Walked:
    """Follow a path; inside a predicate (`base`) relative ones start at its row."""
    steps = path.steps
    if path.predicates:
        raise UnsuitedError
    if path.start == "/":
        return _down("", steps, context.repeats, context)
    current = isinstance(path.start, Call) and path.start.name == "current"
    if not current and path.start != "":
        raise UnsuitedError
    if base is None or current:
        return _from_here(steps, context)
    if base == ITEM:
        raise UnsuitedError
    known = (*_node(base, context).repeats, base)
    return replace(_down(base, steps, known, context), of_predicate=True)


def _from_here(steps: tuple[Step, ...], context: Context) -> Walked:
    here, known = context.path, context.repeats
    for place, step in enumerate(steps):
        if step.predicates:
            return _down(here, steps[place:], known, context)
        if step.axis == "parent" and step.test == "node()":
            known = tuple(repeat for repeat in known if repeat != here)
            here = parent_of(here)
        elif not (step.axis == "self" and step.test == "node()"):
            return _down(here, steps[place:], known, context)
    return Walked(here, known)


def _down(here: str, steps: tuple[Step, ...], known: tuple[str, ...], context: Context) -> Walked:
    rows: str | None = None
    predicates: tuple[Expr, ...] = ()
    for place, step in enumerate(steps, start=1):
        if step.axis not in ("", "child") or step.test == "*" or "(" in step.test:
            raise UnsuitedError
        here = f"{here}/{step.test}"
        node = context.nodes.get(here)
        # A path that ends at a repeat, or chooses among its rows, means all of them, even from inside of one.
        chooses = place == len(steps) or bool(step.predicates)
        if node is not None and node.kind == "repeat" and (chooses or here not in known):
            if rows is not None or not set(node.repeats) <= set(known):
                raise UnsuitedError
            rows, predicates = here, step.predicates
        elif step.predicates:
            raise UnsuitedError
    return Walked(here, known, rows, predicates)


def _node(path: str, context: Context) -> Node:
    node = context.nodes.get(path)
    if node is None:
        raise UnsuitedError
    return node


def single(end: Walked, context: Context) -> Node:
    """Give the question that a path leads to when it is one answer."""
    node = _node(end.path, context)
    if end.rows is not None or node.kind != "question" or not set(node.repeats) <= set(end.known):
        raise UnsuitedError
    return node
