"""The program's start: the commands load inside, so that Ctrl-C is quiet even while they load."""

import sys


def run() -> None:
    """Run the command line."""
    try:
        from evalsvc.cli import main  # noqa: PLC0415  (loading takes a second in which people press Ctrl-C)
    except KeyboardInterrupt:
        sys.exit(130)
    main()


if __name__ == "__main__":
    run()
