"""Measure the intake of submissions over HTTP, with bare commits of the same disk timed in the same rounds.

    .venv/bin/python -m benchmarks.intake [--interviews 1000] [--connections 16] [--rounds 3] [--enumerators 1000]
                                          [--processes 2] [--short]

Every round starts fresh servers on loopback with folders of their own, on SQLite (synchronous=FULL) and on a PostgreSQL
of its own (fsync and synchronous_commit on), and posts one interview of sixty questions for each household, without and
with a photograph of 300 KB. After the rounds so many enumerators send their day at once, and what was acknowledged is
compared with what is there.
"""

import argparse
import itertools
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psycopg
from sqlalchemy import func, make_url, select

from benchmarks.evidence import Study, parser, publish, table, tell
from benchmarks.intake_client import Parcel, post_all
from benchmarks.intake_fieldwork import PHOTO_BYTES, PHOTOGRAPH, Prepared, prepare
from benchmarks.memory import Watch, megabytes, processor_seconds
from benchmarks.postgresql import Postgresql, running
from evalsvc import audit
from evalsvc.config import read_config
from evalsvc.demonstration.server import free_port, settings_of, started
from evalsvc.interviews.models import Interview
from evalsvc.service import running as running_service

STUDY = Study(
    page="intake",
    title="Intake of submissions",
    question=(
        "How many interviews of sixty questions does one server take in a second, every answer checked and each of them"
        " durable before it is answered, and what does one cost? Are all there when a thousand enumerators send their"
        " day at once?"
    ),
    module="benchmarks.intake",
    libraries=("gunicorn", "flask", "sqlalchemy", "psycopg"),
)
WARMING = 20
"""Submissions that are not counted: with the first ones a server compiles the form."""
PARTS = 10
BARE_ROWS = 300
A_DAY = 5
"""Interviews of an enumerator's day."""
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=60", "shared_buffers=128MB")
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
HEADER = (
    *("Database", "Photograph", "A second", "Bare commits a second", "Share of them"),
    *("CPU ms for one", "Answered after: median", "99 of 100 within", "Peak memory"),
)
BURST = ("Database", "Enumerators", "Acknowledged", "There once", "Audit trail", "Sent again", "Took", "A second")


@dataclass(frozen=True)
class Place:
    """Where a service keeps its rows: the URL, and the database's own process if it has one."""

    name: str
    url: str | None
    process: int | None
    options: Sequence[str]
    """Of `evalsvc serve`."""
    bare: Callable[[], float]
    """Times commits of one row."""


@dataclass(frozen=True)
class Measured:
    """One round of one server."""

    rate: float
    """Submissions a second: the median of ten equal parts."""
    waits: Sequence[float]
    """Seconds until each was answered, in order of length."""
    processor: float
    """Seconds of processor time of server and database together for one submission."""
    peak: int
    bare: float
    """Commits of one row a second, timed just before."""


@dataclass(frozen=True)
class Burst:
    """What came of many enumerators who sent at once."""

    acknowledged: int
    there: int
    whole: bool
    """Set when the audit trail holds."""
    again: int
    seconds: float


def main() -> None:
    given = arguments()
    interviews, rounds, enumerators = (
        (60, 1, 20) if given.short else (given.interviews, given.rounds, given.enumerators)
    )
    measured: dict[tuple[str, bool], list[Measured]] = {}
    bursts: dict[str, Burst] = {}
    began = time.monotonic()
    with running(DURABLE) as postgresql:
        for number in range(1, rounds + 1):
            for place, photo in itertools.product(places(postgresql, given.processes), (False, True)):
                one = round_of(place, interviews, given.connections, photo=photo)
                measured.setdefault((place.name, photo), []).append(one)
            tell(number, rounds + 1, began)
        for place in places(postgresql, given.processes):
            bursts[place.name] = burst(place, enumerators)
        tell(rounds + 1, rounds + 1, began)
    publish(STUDY, given, sections(measured, bursts, interviews, enumerators, given))


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--interviews", type=int, default=1000)
    given.add_argument("--connections", type=int, default=16)
    given.add_argument("--rounds", type=int, default=3)
    given.add_argument("--enumerators", type=int, default=1000)
    given.add_argument("--processes", type=int, default=2, help="server processes on PostgreSQL")
    return given.parse_args()


def places(postgresql: Postgresql, processes: int) -> tuple[Place, ...]:
    """Return both databases."""
    url = make_url(postgresql.url).set(database="intake").render_as_string(hide_password=False)
    make_database(postgresql.url, "intake")
    options = ("--processes", str(processes))
    return (
        Place(SQLITE, None, None, (), bare_sqlite),
        Place(POSTGRESQL, url, postgresql.process, options, lambda: bare_postgresql(url)),
    )


def make_database(url: str, name: str) -> None:
    """Make a database unless it is there."""
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchall():
            connection.execute(f"CREATE DATABASE {name}".encode())


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg:", "postgresql:", 1)


@contextmanager
def serving(place: Place, enumerators: int, households: int) -> Iterator[tuple[int, int, Prepared, dict[str, str]]]:
    """Prepare a fieldwork and start a server for it: its port, its process, the fieldwork, its settings."""
    with tempfile.TemporaryDirectory(prefix="evalsvc-intake-") as folder:
        port = free_port()
        settings = settings_of(Path(folder), f"http://127.0.0.1:{port}", place.url)
        prepared = prepare(read_config(settings), enumerators, households)
        with started(port, settings, Path(folder), place.options) as server:
            server.wait()
            yield port, server.process.pid, prepared, settings


def round_of(place: Place, interviews: int, connections: int, *, photo: bool) -> Measured:
    """Measure one server once."""
    with serving(place, 1, interviews + WARMING) as (port, process, prepared, _):
        parcels = prepared.parcels(photo=photo)[0]
        post_all(port, divided(parcels[:WARMING], 4), PHOTOGRAPH)
        bare = place.bare()
        processes = [process, *([place.process] if place.process else [])]
        before = sum(map(processor_seconds, processes))
        with Watch(process) as watch:
            done = post_all(port, divided(parcels[WARMING:], connections), PHOTOGRAPH)
        spent = sum(map(processor_seconds, processes)) - before
    waits = sorted(each.wait for each in done)
    return Measured(rate_of([each.at for each in done]), waits, spent / len(done), watch.peak, bare)


def divided(parcels: Sequence[Parcel], connections: int) -> list[Sequence[Parcel]]:
    """Divide requests among connections."""
    return [parcels[place::connections] for place in range(connections)]


def burst(place: Place, enumerators: int) -> Burst:
    """Let every enumerator send a day at the same moment, each over a connection of its own."""
    with serving(place, enumerators, A_DAY) as (port, _, prepared, settings):
        began = time.monotonic()
        done = post_all(port, prepared.parcels(photo=False))
        seconds = time.monotonic() - began
        with running_service(read_config(settings)) as service, service.database.reading() as session:
            own = Interview.evaluation_id == prepared.evaluation_id
            there = session.scalars(select(func.count(Interview.unit_id.distinct())).where(own)).one()
            rows = session.scalars(select(func.count()).select_from(Interview).where(own)).one()
            whole = not audit.verify(session).breaks
    return Burst(len(done), there if there == rows else 0, whole, sum(each.again for each in done), seconds)


def rate_of(times: Sequence[float]) -> float:
    """Return the median rate of equal parts."""
    size = max(2, len(times) // PARTS)
    parts = [times[at : at + size] for at in range(0, len(times) - size + 1, size)]
    return median((len(part) - 1) / (part[-1] - part[0]) for part in parts)


def bare_sqlite() -> float:
    """Return how many commits of one row SQLite makes durable on this disk in a second, one after the other."""
    with tempfile.TemporaryDirectory(prefix="evalsvc-intake-") as folder:
        connection = sqlite3.connect(Path(folder) / "bare.sqlite3", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE bare (value TEXT)")
        rate = _timed(lambda number: connection.execute("INSERT INTO bare VALUES (?)", (str(number),)))
        connection.close()
    return rate


def bare_postgresql(url: str) -> float:
    """Return the same of PostgreSQL, over one connection."""
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bare (value TEXT)")
        return _timed(lambda number: connection.execute("INSERT INTO bare VALUES (%s)", (str(number),)))


def _timed(commit: Callable[[int], object]) -> float:
    began = time.perf_counter()
    for number in range(BARE_ROWS):
        commit(number)
    return BARE_ROWS / (time.perf_counter() - began)


def sections(
    measured: dict[tuple[str, bool], list[Measured]],
    bursts: dict[str, Burst],
    interviews: int,
    enumerators: int,
    given: argparse.Namespace,
) -> list[str]:
    """Write the sections of the page."""
    rounds = len(next(iter(measured.values())))
    return [
        "## Submissions a second",
        f"Submissions in a round: {interviews:,}; connections: {given.connections}; rounds: {rounds}, each with fresh"
        f" servers; medians of the rounds. A submission is the XML of sixty questions, about 4 KB, all of them checked;"
        f" with photograph another {PHOTO_BYTES // 1000} KB. Client, server and database share the machine. SQLite has"
        f" one server process with synchronous=FULL, PostgreSQL {given.processes} with fsync and synchronous_commit on."
        " CPU is that of server and database together; memory is the server's.",
        table(HEADER, [(name, "yes" if photo else "no", *_cells(found)) for (name, photo), found in measured.items()]),
        "Bare commits are of one row each, one after the other, timed in the same rounds. An intake writes and flushes"
        " its files before its commit, which it shares with those that wait beside it.",
        "## All at once",
        f"{enumerators:,} enumerators, each with a token and a connection, send the {A_DAY} interviews of their day at"
        " the same moment. What is told to come back, or cut off, is sent again, as phones do.",
        table(BURST, [_burst_cells(name, found, enumerators) for name, found in bursts.items()]),
    ]


def _cells(found: Sequence[Measured]) -> Iterator[str]:
    def middle(value: Callable[[Measured], float]) -> float:
        return median(value(one) for one in found)

    yield f"{middle(lambda one: one.rate):,.0f}"
    yield f"{middle(lambda one: one.bare):,.0f}"
    yield f"{middle(lambda one: one.rate / one.bare):.2f}"
    yield f"{1000 * middle(lambda one: one.processor):.1f}"
    yield f"{1000 * middle(lambda one: median(one.waits)):.0f} ms"
    yield f"{1000 * middle(lambda one: one.waits[int(len(one.waits) * 0.99)]):.0f} ms"
    yield megabytes(max(one.peak for one in found))


def _burst_cells(name: str, found: Burst, enumerators: int) -> tuple[str, ...]:
    there = f"{found.there:,}" if found.there == found.acknowledged else f"{found.there:,} (not all!)"
    whole = "whole" if found.whole else "broken"
    seconds, rate = f"{found.seconds:.1f} s", f"{found.acknowledged / found.seconds:,.0f}"
    return name, f"{enumerators:,}", f"{found.acknowledged:,}", there, whole, f"{found.again:,}", seconds, rate


if __name__ == "__main__":
    main()
