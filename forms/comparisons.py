"""What the answers to a question are compared with in an expression."""

from __future__ import annotations

from collections.abc import Iterator

from forms.paths import canonical
from forms.xpath import Binary, Call, Expr, Negation, Path, Step

_SELECTED = frozenset({"selected", "is-selected"})


def comparisons(tree: Expr, own: str) -> Iterator[tuple[str, Expr]]:
    """Give the path of every node that is compared (=, !=, selected) and what with; `own` is the expression's node."""
    for part, in_rows in _parts(tree, in_rows=False):
        for asked, other in _pairs(part):
            path = node_path(asked, own, in_rows=in_rows)
            if path is not None:
                yield path, other


def _pairs(part: Expr) -> tuple[tuple[Expr, Expr], ...]:
    match part:
        case Binary(operator="=" | "!=", left=left, right=right):
            return (left, right), (right, left)
        case Call(name=name, arguments=(left, right)) if name in _SELECTED:
            return ((left, right),)
    return ()


def node_path(tree: Expr, own: str, *, in_rows: bool = False) -> str | None:
    """Give the path that a plain path leads to; from the rows of a table (`in_rows`) relative ones lead to no node."""
    if not isinstance(tree, Path) or tree.predicates or not all(map(_is_plain, tree.steps)):
        return None
    names = "/".join({"self": ".", "parent": ".."}.get(step.axis, step.test) for step in tree.steps)
    match tree.start:
        case "/":
            return canonical(f"/{names}", own)
        case Call(name="current", arguments=()):
            return canonical(f"./{names}", own)
        case "" if not in_rows:
            return canonical(f"./{names}", own)
    return None


def _parts(tree: Expr, *, in_rows: bool) -> Iterator[tuple[Expr, bool]]:
    """Give everything inside an expression, and whether it stands in the conditions of a path's rows."""
    yield tree, in_rows
    match tree:
        case Binary(left=left, right=right):
            inside = [(left, in_rows), (right, in_rows)]
        case Negation(operand=operand):
            inside = [(operand, in_rows)]
        case Call(arguments=arguments):
            inside = [(each, in_rows) for each in arguments]
        case Path(start=start, steps=steps, predicates=predicates):
            conditions = (*predicates, *(each for step in steps for each in step.predicates))
            starts = [] if isinstance(start, str) else [(start, in_rows)]
            inside = [*starts, *((each, True) for each in conditions)]
        case _:
            inside = []
    for part, within in inside:
        yield from _parts(part, in_rows=within)


def _is_plain(step: Step) -> bool:
    return not step.predicates and (step.axis in ("", "child") or (step.test == "node()" and step.axis != "attribute"))
