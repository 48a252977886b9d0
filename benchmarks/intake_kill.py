"""Kill server and database in the middle of submissions, and look afterwards what is there.

    .venv/bin/python -m benchmarks.intake_kill [--interviews 10000] [--kills 10] [--connections 16] [--seed 1] [--short]

Enumerators send; at random moments SIGKILL ends the server with all its processes, the database with all of its own
(PostgreSQL), or both, and they are started again. What was not acknowledged is sent again, as phones do. At the end
every acknowledged interview is looked for: one row, and in the store the very bytes of the XML and of every file. A
background job runs at each kill of the server; measured is when it ends.
"""

import argparse
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url, select

from benchmarks.evidence import Study, parser, publish, table, tell
from benchmarks.intake import DURABLE, make_database
from benchmarks.intake_fieldwork import Prepared, prepare
from benchmarks.intake_kill_client import Course, Errand, Senders, errands
from benchmarks.memory import tree_of
from benchmarks.postgresql import Postgresql, PostgresqlError, running
from evalsvc import audit
from evalsvc.config import Config, read_config
from evalsvc.db import now
from evalsvc.demonstration.server import Server, free_port, settings_of, started
from evalsvc.interviews.datasets import operations as datasets
from evalsvc.interviews.datasets.values import DatasetWish
from evalsvc.interviews.models import Interview, InterviewFile
from evalsvc.jobs import DONE, FAILED, RUNNING, Job
from evalsvc.people.actor import SYSTEM, Actor
from evalsvc.people.models import Person
from evalsvc.service import Service
from evalsvc.service import running as running_service

STUDY = Study(
    page="intake-kill",
    title="SIGKILL in the middle of submissions",
    question=(
        "When server and database are killed in the middle of submissions, is every acknowledged interview there once,"
        " bit for bit, and how long do background jobs wait that were under way?"
    ),
    module="benchmarks.intake_kill",
    libraries=("gunicorn", "flask", "sqlalchemy", "psycopg"),
)
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
ENUMERATORS = 8
SERVER, DATABASE, BOTH = "server", "database", "both"
JOB_SECONDS = 600
"""How long the study waits for jobs before it calls them lost."""


@dataclass(frozen=True)
class Plan:
    """What is sent, over how many connections, and how often something is killed."""

    interviews: int
    kills: int
    connections: int
    chance: random.Random


@dataclass(frozen=True)
class Found:
    """What was there at the end."""

    acknowledged: int
    once: int
    """Acknowledged instanceIDs with exactly one row."""
    whole: int
    """Of those, with the very bytes of XML and files."""
    rows: int
    trail: bool
    """Set when the audit trail holds."""


@dataclass(frozen=True)
class Outcome:
    """One study of one database."""

    course: Course
    found: Found
    kills: Counter[str]
    seconds: float
    job_waits: Sequence[float]
    """Seconds from the kill under which a job ran until it ended."""
    jobs: Counter[str]


class Machine:
    """A server and, on PostgreSQL, its database, which can be killed and started again."""

    def __init__(self, folder: Path, port: int, settings: dict[str, str], postgresql: Postgresql | None) -> None:
        self._folder, self._port, self._settings, self.postgresql = folder, port, settings, postgresql
        self._stack = ExitStack()
        self.server = self._begin()

    def _begin(self) -> Server:
        # The server ends with the thread that started it, so this is always the main one.
        server = self._stack.enter_context(started(self._port, self._settings, self._folder))
        server.wait()
        return server

    def kill(self, what: str) -> None:
        """Kill processes with SIGKILL, all at once, and start them again."""
        roots = [self.server.process.pid] if what in {SERVER, BOTH} else []
        if what in {DATABASE, BOTH} and self.postgresql is not None:
            roots.append(self.postgresql.process)
        killed = [each for root in roots for each in tree_of(root)]
        for process in killed:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        if self.postgresql is not None and self.postgresql.process in roots:
            for process in killed:
                _wait_for_end(process)
            self.postgresql = _begun_again(self.postgresql)
        if self.server.process.pid in roots:
            self.server.process.wait()
            self.server = self._begin()

    def end(self) -> int:
        """End the server in order, as an administrator does, and return how it ended."""
        self.server.process.terminate()
        return self.server.process.wait(60)

    def begin(self) -> None:
        """Start the server once more."""
        self.server = self._begin()

    def close(self) -> None:
        """End the server for good."""
        self._stack.close()


def _wait_for_end(process: int) -> None:
    """Wait until a process has ended, whoever has to bury it."""
    with suppress(FileNotFoundError, ProcessLookupError):
        while Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z":
            time.sleep(0.01)


def _begun_again(postgresql: Postgresql) -> Postgresql:
    """Start the database; processes that it forked while it was killed end by themselves, and it waits for them."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return postgresql.begin_again()
        except PostgresqlError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def main() -> None:
    given = arguments()
    interviews, kills = (300, 2) if given.short else (given.interviews, given.kills)
    outcomes: dict[str, Outcome] = {}
    began = time.monotonic()
    with running(DURABLE) as postgresql:
        for number, name in enumerate((SQLITE, POSTGRESQL), start=1):
            server = postgresql if name == POSTGRESQL else None
            plan = Plan(interviews, kills, given.connections, random.Random(given.seed))
            outcomes[name] = study(plan, server)
            tell(number, 2, began)
    publish(STUDY, given, sections(outcomes, given.connections, given.seed))


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--interviews", type=int, default=10_000)
    given.add_argument("--kills", type=int, default=10)
    given.add_argument("--connections", type=int, default=16)
    given.add_argument("--seed", type=int, default=1)
    return given.parse_args()


def study(plan: Plan, postgresql: Postgresql | None) -> Outcome:
    """Let enumerators send while server and database are killed, and look what is there."""
    with tempfile.TemporaryDirectory(prefix="evalsvc-kill-") as name:
        folder, port = Path(name), free_port()
        settings = settings_of(folder, f"http://127.0.0.1:{port}", _database(postgresql))
        prepared = prepare(read_config(settings), ENUMERATORS, plan.interviews // ENUMERATORS)
        work = errands(prepared)
        machine = Machine(folder, port, settings, postgresql)
        try:
            return _killed(machine, read_config(settings), prepared, work, plan)
        finally:
            machine.close()


def _killed(
    machine: Machine,
    config: Config,
    prepared: Prepared,
    work: Sequence[Errand],
    plan: Plan,
) -> Outcome:
    senders, told, killed_at = Senders(machine.server.url, work, plan.connections), Counter[str](), dict[str, float]()
    began = time.monotonic()
    senders.start()
    choices = (SERVER,) if machine.postgresql is None else (SERVER, DATABASE, BOTH)
    for number in range(plan.kills):
        # Each kill falls somewhere into its own part of the work, so that all of it is under kills.
        after = len(work) * (number + plan.chance.uniform(0.05, 0.8)) / plan.kills
        while senders.busy and len(senders.course.acknowledged) < after:
            time.sleep(0.005)
        what = choices[number % len(choices)]
        jobs = _job_under_way(config, prepared) if what != DATABASE else []
        killed_at |= dict.fromkeys(jobs, time.monotonic())
        machine.kill(what)
        told[what] += 1
    while senders.busy:
        time.sleep(0.1)
    seconds = time.monotonic() - began
    with running_service(config) as service:
        ended = dict(_ended(service, killed_at))
        found = look(service, prepared, work, senders.course)
    waits = sorted(ended.get(each, (float("inf"), ""))[0] - at for each, at in killed_at.items())
    return Outcome(senders.course, found, told, seconds, waits, Counter(state for _, state in ended.values()))


def _job_under_way(config: Config, prepared: Prepared) -> list[str]:
    """Wish for a dataset of all interviews and wait until a worker is at it; return the job."""
    with running_service(config) as service:
        with service.database.transaction() as session:
            person = session.scalars(select(Person.id).limit(1)).one()
            actor = Actor(person, person, SYSTEM.roles)
            wish = DatasetWish(prepared.definition.form_id)
            subject = datasets.request(session, actor, prepared.evaluation_id, wish)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with service.database.reading() as session:
                job = session.scalars(select(Job).where(Job.subject == subject)).one()
            if job.state == RUNNING:
                return [job.id]
            if job.state in {DONE, FAILED}:
                break
            time.sleep(0.02)
    return []


def _ended(service: Service, killed_at: dict[str, float]) -> Iterator[tuple[str, tuple[float, str]]]:
    """Wait until the jobs have ended; give for each when, by the clock of time.monotonic, and how."""
    deadline, waiting = time.monotonic() + JOB_SECONDS, set(killed_at)
    while waiting and time.monotonic() < deadline:
        with service.database.reading() as session:
            rows = session.scalars(select(Job).where(Job.id.in_(waiting), Job.state.in_((DONE, FAILED)))).all()
        for job in rows:
            assert job.ended_at is not None
            waiting.discard(job.id)
            yield job.id, (time.monotonic() - (now() - job.ended_at).total_seconds(), job.state)
        time.sleep(0.2)


def look(service: Service, prepared: Prepared, work: Sequence[Errand], course: Course) -> Found:
    """Look for every acknowledged interview: how many rows, and which bytes."""
    with service.database.reading() as session:
        own = Interview.evaluation_id == prepared.evaluation_id
        rows = session.execute(select(Interview.instance_id, Interview.id, Interview.sha256).where(own)).all()
        files: dict[str, dict[str, str]] = {}
        named = select(InterviewFile.interview_id, InterviewFile.name, InterviewFile.sha256)
        for interview, name, sha256 in session.execute(named):
            files.setdefault(interview, {})[name] = sha256
        trail = not audit.verify(session).breaks
    counted = Counter(row.instance_id for row in rows)
    there = {row.instance_id: row for row in rows}

    def kept(instance_id: str) -> tuple[str, dict[str, str]]:
        return there[instance_id].sha256, files.get(there[instance_id].id, {})

    acknowledged = [each for each in work if each.instance_id in course.acknowledged]
    once = [each for each in acknowledged if counted[each.instance_id] == 1]
    whole = [each for each in once if _is_whole(service, each, *kept(each.instance_id))]
    return Found(len(acknowledged), len(once), len(whole), len(rows), trail)


def _is_whole(service: Service, errand: Errand, sha256: str, files: dict[str, str]) -> bool:
    """Compare the hashes, and read the bytes anew: the store compares them with their name."""
    if (sha256, files) != (errand.sha256, dict(errand.files)):
        return False
    return all(service.store.get(each) is not None for each in (sha256, *files.values()))


def _database(postgresql: Postgresql | None) -> str | None:
    if postgresql is None:
        return None
    make_database(postgresql.url, "killed")
    return make_url(postgresql.url).set(database="killed").render_as_string(hide_password=False)


HEADER = (
    *("Database", "Killed: server", "database", "both", "Acknowledged", "There once", "Bit for bit", "Rows"),
    *("Audit trail", "Connections cut", "Told to come back", "Other faults", "Refused"),
    *("Longest until acknowledged", "Took"),
)
JOBS = ("Database", "Jobs under way at a kill", "Ended well", "Waited at least", "At most")


def sections(outcomes: dict[str, Outcome], connections: int, seed: int) -> list[str]:
    """Write the sections of the page."""
    total = max(each.found.acknowledged for each in outcomes.values())
    return [
        "## What is there",
        f"{total:,} interviews of sixty questions on each database, every fourth with a photograph, sent over"
        f" {connections} connections; each kill falls at random into its own part of them, seed {seed}. SIGKILL goes to"
        " all processes at once; what was cut off, told to come back (503) or answered by a fault, is sent again every"
        " tenth of a second."
        " Bit for bit: the hashes of XML and files are those of the bytes that were sent, and the store's bytes have"
        " them.",
        table(HEADER, [_cells(name, each) for name, each in outcomes.items()]),
        "## Background jobs",
        "Before a kill of the server a job is begun that writes all interviews into a table, and the kill comes when a"
        " worker is at it. A killed worker leaves it with a lease of two minutes; measured is from the kill to the end"
        " of the job, which other jobs of the same worker may come before.",
        table(JOBS, [_job_cells(name, each) for name, each in outcomes.items()]),
        "SIGKILL ends processes; what the operating system holds for the disk outlives it. Against a power cut stands"
        " that files and commits are flushed before the answer, which this study does not try.",
    ]


def _cells(name: str, given: Outcome) -> tuple[str, ...]:
    course, found = given.course, given.found
    kills = tuple(str(given.kills[each]) for each in (SERVER, DATABASE, BOTH))
    counts = tuple(f"{each:,}" for each in (found.acknowledged, found.once, found.whole, found.rows))
    told = (f"{each:,}" for each in (course.broken, course.put_off, course.faults, len(course.refused)))
    return (
        name,
        *kills,
        *counts,
        "whole" if found.trail else "broken",
        *told,
        f"{course.longest:.1f} s",
        f"{given.seconds:.0f} s",
    )


def _job_cells(name: str, given: Outcome) -> tuple[str, ...]:
    waits = given.job_waits
    told = (f"{waits[0]:.0f} s", f"{waits[-1]:.0f} s") if waits else ("–", "–")
    return (name, str(len(waits)), str(given.jobs[DONE]), *told)


if __name__ == "__main__":
    main()
