"""Calculations that look at the value they compute: `coalesce(${a}, 1)` of `a` keeps it, and is no circle."""

from __future__ import annotations

from forms.comparisons import node_path
from forms.xpath import Call, Expr, XPathSyntaxError, parse

_CHOICES = {"coalesce": slice(0, None), "if": slice(1, None)}
"""Functions that give one of their arguments as it is, and which of them that can be."""


def keeps_own_value(calculate: str, path: str) -> bool:
    """Tell whether a calculation gives the value of its own node back unchanged, as far as it looks at it."""
    try:
        return _gives(parse(calculate), path)
    except XPathSyntaxError:
        return False


def _gives(tree: Expr, path: str) -> bool:
    if isinstance(tree, Call) and tree.name in _CHOICES:
        return any(_gives(argument, path) for argument in tree.arguments[_CHOICES[tree.name]])
    return node_path(tree, path) == path
