"""How XPath 1.0 turns values into one another, where it differs from the clients' ways in `forms.values`."""

from __future__ import annotations

import math
import re

from lxml import etree

from forms.values import Value, number_text, text_of

_NUMBER = re.compile(r"[ \t\r\n]*(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)[ \t\r\n]*")


def xpath_number(text: str) -> float:
    """Give a text as a number; a date is none here."""
    if text.isdigit() and text.isascii():
        return float(text)
    found = _NUMBER.fullmatch(text)
    return float(found[1]) if found else math.nan


def xpath_boolean(value: Value) -> bool:
    """Give a value as true or false; a set of nodes is true unless it is empty."""
    if isinstance(value, float):
        return not math.isnan(value) and value != 0
    return bool(value)


def xpath_text(value: Value) -> str:
    """Give a value as a text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return (text_of(value[0]) if isinstance(value[0], etree._Element) else str(value[0])) if value else ""
    return "NaN" if math.isnan(value) else number_text(value)


def divided(dividend: float, divisor: float) -> float:
    """Divide; by 0 too, as computers do it."""
    if divisor:
        return dividend / divisor
    if not dividend or math.isnan(dividend) or math.isnan(divisor):
        return math.nan
    return math.copysign(math.inf, dividend) * math.copysign(1.0, divisor)


def remainder(dividend: float, divisor: float) -> float:
    """Give what a division leaves, with the sign of the dividend."""
    if not divisor or math.isinf(dividend) or math.isnan(dividend) or math.isnan(divisor):
        return math.nan
    return math.fmod(dividend, divisor)
