"""The moves of a review: from which state to which, and what each has to say; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from evalsvc.interviews.values import APPROVED, CORRECTED, HAS_ISSUES, RECEIVED, REJECTED, RETURNED

RETURN, APPROVE, REJECT, REOPEN = "return", "approve", "reject", "reopen"
ACTIONS = (RETURN, APPROVE, REJECT, REOPEN)
REASONS = ("fabricated", "wrong_household", "duplicate", "unreadable", "no_consent", "other")
"""Codes of why an interview is rejected."""

UNDECIDED = frozenset({RECEIVED, HAS_ISSUES, RETURNED, CORRECTED})
MOVES: Mapping[str, frozenset[str]] = MappingProxyType(
    {RETURN: UNDECIDED, APPROVE: UNDECIDED, REJECT: UNDECIDED, REOPEN: frozenset({APPROVED, REJECTED})}
)
"""Each move with the states from which it is made."""
AFTER: Mapping[str, str] = MappingProxyType({RETURN: RETURNED, APPROVE: APPROVED, REJECT: REJECTED})
"""Where a move leads; what is opened again stands where it stood when it came (`state_at_arrival`)."""


@dataclass(frozen=True)
class Comment:
    """What is said at one question; its path counts the rows of repeats from 1, as complaints do."""

    path: str
    words: str


@dataclass(frozen=True)
class Wish:
    """One move as somebody asks for it; `state` is the one that they saw."""

    action: str
    state: str
    reason: str = ""
    words: str = ""
    comments: tuple[Comment, ...] = ()


def has_errors(complaints: list[Any]) -> bool:
    """Tell whether the checks found an error, not only hints."""
    return any(each.get("severity") == "error" for each in complaints)


def state_at_arrival(complaints: list[Any], *, is_correction: bool) -> str:
    """Return the state that an interview has when it comes, and when it is opened again."""
    if is_correction:
        return CORRECTED
    return HAS_ISSUES if has_errors(complaints) else RECEIVED
