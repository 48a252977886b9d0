"""Say what a name is in conditions, formulas and expressions: a plain word, or any text in backticks."""

from __future__ import annotations

import re

PLAIN = r"[^\W\d][\w.]*"
NAME = rf"{PLAIN}|`[^`]+`"
"""A name as a regular expression: letters, also Chinese, digits, underscore and dots, else in backticks as in R."""


def bare(word: str) -> str:
    """Give what a word names, without backticks."""
    return word[1:-1] if word.startswith("`") else word


def spelled(name: str) -> str:
    """Write a name as R does: in backticks where it is no plain word."""
    return name if re.fullmatch(PLAIN, name) else f"`{name}`"
