"""`evalsvc` in a process that does not outlive the one that started it, even if that one is killed."""

import signal

from evalsvc import cli
from evalsvc.bound import end_with_parent


def main() -> None:
    """Ask the system for a signal at the parent's end, then be `evalsvc`."""
    end_with_parent(signal.SIGTERM)
    cli.main()
