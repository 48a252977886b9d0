"""Measure the intake of submissions over HTTP, beside a bare server that only keeps the same bytes.

    .venv/bin/python -m benchmarks.intake [--interviews 1000] [--connections 8] [--rounds 3] [--short]
                                          [--database-url postgresql+psycopg://…]

Every round starts fresh servers on loopback with folders of their own, prepares a fieldwork of that many households,
and posts one completed interview with two small pictures for each, over so many connections at once. PostgreSQL is
measured beside SQLite where a database for it is given.
"""

import argparse
import http.client
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from benchmarks.evidence import ROOT, Study, parser, publish, table, tell
from benchmarks.intake_fieldwork import CONTENT_TYPE, Prepared, prepare
from benchmarks.memory import Watch, megabytes, processor_seconds
from evalsvc.config import read_config
from evalsvc.demonstration.server import free_port, settings_of, started

STUDY = Study(
    page="intake",
    title="Intake of submissions",
    question=(
        "How many completed interviews with two pictures does one server take in a second, each of them durable before"
        " it is answered, and what do sign-in, checks, database and audit cost above keeping the bytes?"
    ),
    module="benchmarks.intake",
    libraries=("gunicorn", "flask", "sqlalchemy", "psycopg"),
)
WARMING = 20
"""Submissions that are not counted: with the first ones the server compiles the form."""
PARTS = 10
BARE, SQLITE, POSTGRESQL = "bare server, bytes kept and nothing else", "evalsvc on SQLite", "evalsvc on PostgreSQL"
HEADER = (
    *("Server", "A second", "Times the bare server", "Answered after: median", "99 of 100 within"),
    *("CPU ms for one", "Times the bare server", "Peak memory"),
)


@dataclass(frozen=True)
class Measured:
    """One round of one server."""

    rate: float
    """Submissions a second: the median of ten equal parts."""
    waits: Sequence[float]
    """Seconds until each was answered, in order of length."""
    processor: float
    """Seconds of processor time of the server for one submission."""
    peak: int


@dataclass(frozen=True)
class Target:
    """A server that is up, and the process that it and its children descend from."""

    url: str
    process: int


def main() -> None:
    given = arguments()
    interviews, rounds = (60, 1) if given.short else (given.interviews, given.rounds)
    measured: dict[str, list[Measured]] = {}
    commits: list[float] = []
    began = time.monotonic()
    for number in range(1, rounds + 1):
        for name, one in round_of(interviews, given.connections, given.database_url):
            measured.setdefault(name, []).append(one)
        commits.append(bare_commits())
        tell(number, rounds, began)
    publish(STUDY, given, sections(measured, commits, interviews, given.connections))


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--interviews", type=int, default=1000)
    given.add_argument("--connections", type=int, default=8)
    given.add_argument("--rounds", type=int, default=3)
    given.add_argument("--database-url", help="a PostgreSQL database to be measured beside SQLite")
    return given.parse_args()


def round_of(interviews: int, connections: int, database_url: str | None) -> Iterator[tuple[str, Measured]]:
    """Measure every server once."""
    for name, url in ((SQLITE, None), (POSTGRESQL, database_url)):
        if name == SQLITE or url is not None:
            with tempfile.TemporaryDirectory(prefix="evalsvc-intake-") as folder:
                port = free_port()
                settings = settings_of(Path(folder), f"http://127.0.0.1:{port}", url)
                prepared = prepare(read_config(settings), interviews + WARMING)
                with started(port, settings, Path(folder)) as server:
                    server.wait()
                    yield name, measure(Target(server.url, server.process.pid), prepared, connections)
    with tempfile.TemporaryDirectory(prefix="evalsvc-intake-") as folder, bare(Path(folder)) as target:
        yield BARE, measure(target, prepared, connections)


@contextmanager
def bare(folder: Path) -> Iterator[Target]:
    """Run the server that keeps bytes and does nothing else."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.bare_server", str(port), str(folder)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait(port, process)
        yield Target(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the bare server ended before it answered")


def measure(target: Target, prepared: Prepared, connections: int) -> Measured:
    """Post everything to one server."""
    post_all(target, prepared.path, prepared.bodies[:WARMING], 2)
    counted = prepared.bodies[WARMING:]
    before = processor_seconds(target.process)
    with Watch(target.process) as watch:
        done = post_all(target, prepared.path, counted, connections)
    processor = processor_seconds(target.process) - before
    return Measured(
        rate_of([at for at, _ in done]), sorted(wait for _, wait in done), processor / len(done), watch.peak
    )


def post_all(target: Target, path: str, bodies: Sequence[bytes], connections: int) -> list[tuple[float, float]]:
    """Post everything; return for each submission when it was answered and how long that took, in order of time."""
    host = urlsplit(target.url).netloc
    shares = [bodies[place::connections] for place in range(connections)]
    with ThreadPoolExecutor(connections) as pool:
        found = pool.map(lambda share: list(_post(host, path, share)), shares)
        return sorted(pair for pairs in found for pair in pairs)


def _post(host: str, path: str, bodies: Sequence[bytes]) -> Iterator[tuple[float, float]]:
    connection = http.client.HTTPConnection(host, timeout=60)
    headers = {"X-OpenRosa-Version": "1.0", "Content-Type": CONTENT_TYPE}
    for content in bodies:
        began = time.perf_counter()
        connection.request("POST", path, content, headers)
        response = connection.getresponse()
        text = response.read()
        if response.status != http.client.CREATED:
            raise SystemExit(f"{response.status}: {text.decode()}")
        yield time.perf_counter(), time.perf_counter() - began
    connection.close()


def rate_of(times: Sequence[float]) -> float:
    """Return the median rate of equal parts."""
    size = max(2, len(times) // PARTS)
    parts = [times[at : at + size] for at in range(0, len(times) - size + 1, size)]
    return median((len(part) - 1) / (part[-1] - part[0]) for part in parts)


def bare_commits(rows: int = 300) -> float:
    """Return how many commits of one row SQLite makes durable on this disk in a second."""
    with tempfile.TemporaryDirectory(prefix="evalsvc-intake-") as folder:
        connection = sqlite3.connect(Path(folder) / "bare.sqlite3", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE bare (value TEXT)")
        began = time.perf_counter()
        for number in range(rows):
            connection.execute("INSERT INTO bare VALUES (?)", (str(number),))
        seconds = time.perf_counter() - began
        connection.close()
    return rows / seconds


def sections(
    measured: dict[str, list[Measured]], commits: Sequence[float], interviews: int, connections: int
) -> list[str]:
    """Write the sections of the page."""
    rows = [(name, *_cells(found, measured[BARE])) for name, found in measured.items()]
    return [
        "## Submissions a second",
        f"Submissions in a round: {interviews:,}; connections: {connections}; rounds: {len(commits)}, each with fresh"
        " servers, all of them in every round; medians of the rounds. Client and server share the machine. The bare"
        " server has the same gunicorn and as many threads, reads the same requests with werkzeug and flushes three"
        " files and their folder to the disk for each. Ratios are those of one round, then their median.",
        table(HEADER, rows),
        f"SQLite by itself makes {median(commits):,.0f} durable commits of one row a second on this disk, one after the"
        " other; an intake is one commit here, with its files written before it.",
    ]


def _cells(found: Sequence[Measured], floor: Sequence[Measured]) -> Iterator[str]:
    def middle(value: Callable[[Measured], float]) -> float:
        return median(value(one) for one in found)

    def times(value: Callable[[Measured], float]) -> str:
        return f"{median(value(one) / value(other) for one, other in zip(found, floor, strict=True)):.2f}"

    yield f"{middle(lambda one: one.rate):,.0f}"
    yield times(lambda one: one.rate)
    yield f"{1000 * middle(lambda one: median(one.waits)):.0f} ms"
    yield f"{1000 * middle(lambda one: one.waits[int(len(one.waits) * 0.99)]):.0f} ms"
    yield f"{1000 * middle(lambda one: one.processor):.1f}"
    yield times(lambda one: one.processor)
    yield megabytes(max(one.peak for one in found))


if __name__ == "__main__":
    main()
