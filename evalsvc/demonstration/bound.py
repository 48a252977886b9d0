"""`evalsvc` in a process that does not outlive the one that started it, even if that one is killed."""

import ctypes
import signal
import sys

from evalsvc import cli

SET_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2), which Linux alone has."""


def main() -> None:
    """Ask the system for a signal at the parent's end, then be `evalsvc`."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    cli.main()
