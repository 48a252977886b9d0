"""The known name that was meant by one that is not known."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

NONE = "—"


def name_meant(written: str, known: Collection[str], likeness: float = 0.75) -> str:
    """Give the known name that is spelt most like one that is not known."""
    close = get_close_matches(written, sorted(known), n=1, cutoff=likeness)
    return close[0] if close else NONE
