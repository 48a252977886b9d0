"""Whether an expression looks at more than one row of a repeat each time it is computed."""

from __future__ import annotations

from forms.direct.places import UnsuitedError, walked
from forms.translation import Context
from forms.xpath import Expr, Path, walk


def is_wide(tree: Expr, context: Context) -> bool:
    """Tell whether some path of an expression leads to several rows, or where it leads is not known."""
    if not any(node.kind == "repeat" for node in context.nodes.values()):
        return False
    return any(_leads_wide(part, context) for part in walk(tree) if isinstance(part, Path))


def _leads_wide(path: Path, context: Context) -> bool:
    try:
        return walked(path, context, None).rows is not None
    except UnsuitedError:
        return True
