"""How the values of expressions turn into one another, as the clients of OpenRosa do it."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from lxml import etree

from forms.dates import days_since_epoch

Value = str | float | bool | list[etree._Element]
_NUMBER = re.compile(r"^\s*-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?\s*$", re.ASCII)


def text_of(element: etree._Element) -> str:
    """Give the text value of a node."""
    return (element.text or "") if not len(element) else "".join(str(part) for part in element.itertext())


def to_string(value: object) -> str:
    """Give a value as text; a node set is its first node."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | int):
        return number_text(float(value))
    if isinstance(value, list):
        return _first(value)
    return str(value)


def _first(nodes: list[object]) -> str:
    if not nodes:
        return ""
    first = nodes[0]
    return text_of(first) if isinstance(first, etree._Element) else str(first)


def number_text(value: float) -> str:
    """Give a number as the clients write it: whole numbers without a point, nothing for what is no number."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    # XPath knows no exponents.
    return format(Decimal(repr(value)), "f").removesuffix(".0")


def to_number(value: object) -> float:
    """Give a value as a number; a date is the days since 1970."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float | int):
        return float(value)
    text = to_string(value)
    if _NUMBER.match(text):
        return float(text)
    days = days_since_epoch(text)
    return math.nan if days is None else days


def to_boolean(value: object) -> bool:
    """Give a value as true or false; a text is true unless it is empty."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float | int):
        return not math.isnan(value) and value != 0
    return to_string(value) != ""


def texts_of(value: object) -> list[str]:
    """Give the texts of all nodes of a set, or the one text of any other value."""
    if isinstance(value, list):
        return [text_of(v) if isinstance(v, etree._Element) else str(v) for v in value]
    return [to_string(value)]
