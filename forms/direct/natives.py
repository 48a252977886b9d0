"""The functions of XPath 1.0 itself, on texts and numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

_SPACE = " \t\r\n"


def _before(text: str, mark: str) -> str:
    head, found, _ = text.partition(mark) if mark else ("", "", "")
    return head if found else ""


def _after(text: str, mark: str) -> str:
    return text.partition(mark)[2] if mark else text


def _normalized(text: str) -> str:
    for space in _SPACE[1:]:
        text = text.replace(space, " ")
    return " ".join(part for part in text.split(" ") if part)


def _translated(text: str, old: str, new: str) -> str:
    table: dict[int, str] = {}
    for place, letter in enumerate(old):
        table.setdefault(ord(letter), new[place : place + 1])
    return text.translate(table)


def _floor(value: float) -> float:
    return float(math.floor(value)) if math.isfinite(value) else value


def _ceiling(value: float) -> float:
    return float(math.ceil(value)) if math.isfinite(value) else value


NATIVES: Mapping[str, Callable[..., Any]] = {
    "starts-with": str.startswith,
    "contains": lambda text, part: part in text,
    "substring-before": _before,
    "substring-after": _after,
    "string-length": lambda text: float(len(text)),
    "normalize-space": _normalized,
    "translate": _translated,
    "floor": _floor,
    "ceiling": _ceiling,
}
"""Those whose arguments are all given and are texts or numbers; the others are written where they are called."""
