"""Which answers a computed value may repeat: what is computed from a name tells the name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forms.structure import Node
from forms.xpath import Binary, Call, Expr, Literal, Number, Path, XPathSyntaxError, parse, walk

YES_OR_NO = frozenset({
    "selected", "contains", "starts-with", "ends-with", "regex", "not", "boolean", "boolean-from-string", "true",
    "false",
})  # fmt: skip
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">=", "and", "or"})
_NAMES = re.compile(r"[^\W\d][\w.\-]*")


def takes_from(node: Node) -> frozenset[str]:
    """Name the questions that a value is made of, by its calculation or by an event that sets it.

    A formula that only chooses among values of its own, as `if(${name} = '', 'no', 'yes')`, repeats nothing.
    """
    sources = [node.calculate, *(action.expression for action in node.actions)]
    return frozenset(name for source in sources if source for name in _names_in(source))


def _names_in(source: str) -> Iterator[str]:
    try:
        tree = parse(source)
    except (XPathSyntaxError, RecursionError):
        # A formula that cannot be read may repeat anything that it mentions.
        yield from _NAMES.findall(source)
        return
    if not _chooses(tree):
        for part in walk(tree):
            if isinstance(part, Path):
                yield from (step.test for step in part.steps)


def _chooses(tree: Expr) -> bool:
    """Tell whether an expression can only give values that stand in it, or yes and no."""
    match tree:
        case Literal() | Number():
            return True
        case Binary(operator=operator):
            return operator in COMPARISONS
        case Call(name="if", arguments=(_, *branches)):
            return all(map(_chooses, branches))
        case Call(name=name):
            return name in YES_OR_NO
    return False
