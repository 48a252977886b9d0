"""Complain of a column that a table does not have, with those that it has."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from sampling.estimate.errors import Complaint

NAMES_IN_A_MESSAGE = 10
SEPARATORS = "，、；"
"""Full-width signs, which keep two names of a list together as one."""


def absent_column(name: str, place: str, known: Collection[str]) -> Complaint:
    """Name the columns that there are, up to ten, those that are spelled most alike first."""
    details = {"column": name, "place": place, "known": listed_names(name, known)}
    joined = next((sign for sign in SEPARATORS if sign in name), None)
    if joined is None:
        return Complaint("estimate.no_column", details)
    return Complaint("estimate.names_joined", {**details, "sign": joined})


def listed_names(name: str, known: Collection[str]) -> str:
    """List up to ten names in quotes, so that blanks show; those that are spelled like `name` come first."""
    alike = get_close_matches(name, known, n=3)
    names = list(dict.fromkeys([*alike, *known]))
    return "".join(f"“{each}”" for each in names[:NAMES_IN_A_MESSAGE]) + (
        " …" if len(names) > NAMES_IN_A_MESSAGE else ""
    )
