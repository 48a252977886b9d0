"""Tell a caller how far long work has come: a function that is called, with neither clock nor terminal here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

Activity = Literal["replicates", "weights", "statements", "refits"]
"""Making or reading replicates, adjusting each one's weights, answering statements, fitting one again per replicate."""
Progress = Callable[[Activity, int, int], None]
"""Called with the activity, how much of it is done, and how much there is in all."""


def silent(activity: Activity, done: int, total: int) -> None:
    """Tell nobody."""
