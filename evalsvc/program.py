"""How this program was called, for printed command lines: they must run when they are pasted into the same terminal."""

import shlex
import shutil
import sys
from pathlib import Path

NAME = "evalsvc"


def program() -> str:
    """Return the program as one types it here: its name where the shell finds it, else its path."""
    called = Path(sys.argv[0])
    if called.name != NAME or not called.is_file():
        # Called as a module or by another program: the command beside this Python is the same program.
        called = Path(sys.executable).with_name(NAME)
    found = shutil.which(NAME)
    if found is not None and Path(found).absolute() == called.absolute():
        return NAME
    return shlex.quote(str(called)) if called.is_file() else f"{shlex.quote(sys.executable)} -m {NAME}"
