"""Paths to the nodes of a form, written without prefixes."""

from __future__ import annotations

import re

_PREFIX = re.compile(r"(?<=/)[^/:\[\]]+:(?=[^/:])")


def canonical(reference: str, base: str) -> str:
    """Give the absolute path of a reference; a relative one starts at `base`."""
    reference = reference.strip().removeprefix("current()/")
    text = _PREFIX.sub("", "/" + reference.strip().lstrip("/")) if reference.strip().startswith("/") else ""
    if not text:
        text = base + _PREFIX.sub("", "/" + reference.strip())
    steps: list[str] = []
    for step in text.split("/"):
        if step in ("", "."):
            continue
        if step == "..":
            del steps[-1:]
        else:
            steps.append(step)
    return "/" + "/".join(steps)


def parent_of(path: str) -> str:
    """Give the path of the node above."""
    return path.rpartition("/")[0]


def is_within(path: str, ancestor: str) -> bool:
    """Tell whether a path is `ancestor` or lies below it."""
    return path == ancestor or path.startswith(ancestor + "/")
