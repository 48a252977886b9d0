"""A process that does not outlive the one that started it, even if that one is killed."""

import ctypes
import signal
import sys

SET_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2), which Linux alone has."""


def end_with_parent(number: signal.Signals) -> None:
    """Ask the system for a signal at the parent's end; does nothing where the system is not Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, number)
