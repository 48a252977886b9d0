"""The demonstration, carried out once for the tests that look at what it leaves."""

import fcntl
import io
import pickle
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from evalsvc.demonstration.run import Outcome, run
from evalsvc.demonstration.scenario import SMALL
from evalsvc.demonstration.show import Show
from evalsvc.demonstration.summary import print_summary

DATABASE = "evalsvc.sqlite3"
"""The database's file in the folder of the service, where none was given."""
WIDTH = 110


@dataclass(frozen=True)
class Demonstrated:
    """What a run of the demonstration left."""

    out: Path
    outcome: Outcome
    shown: str
    """What it printed."""


def demonstrate(folder: Path, database_url: str | None = None) -> Demonstrated:
    """Carry the small demonstration out in a folder."""
    out = folder / "out"
    out.mkdir()
    screen = io.StringIO()
    outcome = run(out, SMALL, Show(Console(file=screen, width=WIDTH)), database_url)
    print_summary(Console(file=screen, width=WIDTH), outcome, out)
    return Demonstrated(out, outcome, screen.getvalue())


def demonstrate_once(folder: Path) -> Demonstrated:
    """Carry it out in a folder that all workers of a session share; who comes later gets what the first one left."""
    folder.mkdir(exist_ok=True)
    kept = folder / "demonstrated.pickle"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            made = demonstrate(folder)
            # The phone of the last visit holds a connection, which no other worker could use.
            made.outcome.fieldwork.tally.last = None
            kept.write_bytes(pickle.dumps(made))
        found = pickle.loads(kept.read_bytes())
    assert isinstance(found, Demonstrated)
    return found
