"""Kill the worker in the middle of a batch of reports, and look afterwards what was composed, signed and issued.

    .venv/bin/python -m benchmarks.report_batches [--reports 200] [--kills 3] [--seed 1] [--short]

The demonstration's evaluation has four counties; each county's report is wished for as often as the batch needs. A
worker composes, signs for lead and reviewer with demo keys, and seals; in each step SIGKILL ends it, with the processes
that lay out, at random moments. What was under way is taken up again as after the end of a lease.
"""

import argparse
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from rich.console import Console
from sqlalchemy import select, update

from benchmarks.evidence import ROOT, Study, duration, parser, publish, table
from evalsvc import audit, jobs
from evalsvc.config import read_config
from evalsvc.db import now
from evalsvc.demonstration import run as demonstration
from evalsvc.demonstration.run import SERVICE_FOLDER
from evalsvc.demonstration.scenario import SMALL
from evalsvc.demonstration.server import settings_of
from evalsvc.demonstration.show import Show
from evalsvc.draws import log
from evalsvc.draws.queries import log_lines
from evalsvc.editions import wishing
from evalsvc.editions.chapters.kinds import COUNTY
from evalsvc.editions.jobs import request_sample_signatures, request_seals
from evalsvc.editions.models import Edition
from evalsvc.editions.queries import editions_of
from evalsvc.editions.wishing import JOB, Wish
from evalsvc.evaluations.models import Evaluation
from evalsvc.evaluations.queries import EvaluationRecord, evaluation_by_id
from evalsvc.fieldwork.queries import areas
from evalsvc.job_kinds import KINDS
from evalsvc.people.actor import LEAD, REVIEWER, Actor
from evalsvc.people.queries import person_named
from evalsvc.service import Service, open_service
from evalsvc.worker import Worker
from reports.signing.check import check_signatures

STUDY = Study(
    page="report-batches",
    title="A batch of county reports, killed in the middle",
    question=(
        "When the worker is killed in the middle of a batch of reports, is each of them composed, signed by each and"
        " issued once, and what does a report cost from the wish to the public log?"
    ),
    module="benchmarks.report_batches",
    libraries=("weasyprint", "pyHanko", "sqlalchemy"),
)
STEPS = ("composed", "signed by the lead", "signed by the reviewer", "sealed and issued")
EARLIEST, LATEST = 6.0, 25.0
"""Seconds after which a worker is killed."""
LOOKED_AT = 20
"""Issued files whose signatures are checked one by one."""


@dataclass(frozen=True)
class Step:
    """One step of the batch: how often it was cut off, how many reports were done at each cut, and what it took."""

    name: str
    cuts: tuple[int, ...]
    seconds: float
    processor: float


@dataclass(frozen=True)
class Batch:
    """The service with the evaluation, and those who sign."""

    service: Service
    folder: Path
    evaluation: EvaluationRecord
    lead: Actor
    reviewer: Actor
    numbers: tuple[int, ...]

    def states(self) -> Counter[str]:
        """Count the reports of the batch by their state."""
        with self.service.database.reading() as session:
            return Counter(e.state for e in editions_of(session, self.evaluation.id) if e.number in self.numbers)


def prepare(folder: Path, reports: int) -> Batch:
    """Take the demonstration to its results, and wish for the reports of the batch in one job."""
    demonstration.run(folder, SMALL, Show(Console(quiet=True)))
    service = open_service(read_config(settings_of(folder / SERVICE_FOLDER, "http://127.0.0.1:8000")))
    with service.database.transaction() as session:
        evaluation = evaluation_by_id(session, session.scalars(select(Evaluation.id)).one())
        lead, reviewer = (_actor(person_named(session, f"demo-{role}").id, role) for role in (LEAD, REVIEWER))
        counties = [each.unit_id for each in areas(session, evaluation.id)]
        placed = [
            wishing.place(session, lead, evaluation, Wish(reviewer.identifier, kind=COUNTY, scopes=(county,)))[0]
            for county in islice(cycle(counties), reports)
        ]
        numbers = [each.number for each in placed]
        given = {"numbers": numbers, "person": lead.person_id, "roles": [LEAD]}
        jobs.enqueue(session, lead, JOB, evaluation.id, given)
    return Batch(service, folder, evaluation, lead, reviewer, tuple(numbers))


def _actor(person_id: str, role: str) -> Actor:
    return Actor(person_id, person_id, frozenset({role}))


def drive(batch: Batch, name: str, state: str, kills: int, chance: random.Random) -> Step:
    """Let workers do what was wished for, killing them now and then; the last one is let be."""
    began, cuts, before = time.monotonic(), [], resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(kills):
        worker = started(batch.folder)
        try:
            worker.wait(chance.uniform(EARLIEST, LATEST))
            break  # done before the blow
        except subprocess.TimeoutExpired:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        cuts.append(batch.states()[state])
        with batch.service.database.transaction() as session:
            session.execute(update(jobs.Job).where(jobs.Job.state == jobs.RUNNING).values(due_at=now()))
    if started(batch.folder).wait() != 0:
        raise SystemExit(f"the worker failed at: {name}")
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = spent.ru_utime + spent.ru_stime - before.ru_utime - before.ru_stime
    return Step(name, tuple(cuts), time.monotonic() - began, processor)


def started(folder: Path) -> "subprocess.Popen[bytes]":
    """Start a worker in a process group of its own, so that the blow ends what it started too."""
    command = [sys.executable, "-m", "benchmarks.report_batches", "--worker", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True)


def work(folder: Path) -> None:
    """Do everything that is due, as a worker of the service does."""
    service = open_service(read_config(settings_of(folder / SERVICE_FOLDER, "http://127.0.0.1:8000")))
    Worker(service, KINDS).run_due()
    service.database.close()


def run(batch: Batch, kills: int, chance: random.Random) -> list[Step]:
    """Take the batch from the wish to the public log."""
    done = [drive(batch, STEPS[0], "composed", kills, chance)]
    for name, state, actor, wish in (
        (STEPS[1], "lead_signed", batch.lead, request_sample_signatures),
        (STEPS[2], "reviewed", batch.reviewer, request_sample_signatures),
        (STEPS[3], "issued", batch.lead, request_seals),
    ):
        with batch.service.database.transaction() as session:
            wish(session, actor, batch.evaluation, batch.numbers)
        done.append(drive(batch, name, state, kills, chance))
    return done


def found(batch: Batch) -> list[tuple[str, int, int]]:
    """Look what is there: what is counted, how many there are, how many there should be."""
    wanted = len(batch.numbers)
    with batch.service.database.reading() as session:
        rows = [each for each in editions_of(session, batch.evaluation.id) if each.number in batch.numbers]
        identifiers = {each.id for each in rows}
        actions = Counter(
            (row.action, row.subject) for row in session.scalars(select(audit.AuditRow)) if row.subject in identifiers
        )
        lines = Counter((line.subject, line.sha256) for line in log_lines(session) if line.kind == log.EDITION)
        breaks = len(audit.verify(session).breaks)
        stored = session.scalars(select(Edition.pdf_sha256).where(Edition.id.in_(identifiers))).all()
    once = {
        name: sum(actions[name, each] == 1 for each in identifiers) for name in ("editions.compose", "editions.issue")
    }
    signed = sum(actions["editions.sign", each] == 2 for each in identifiers)
    entered = [lines[log.subject_of_edition(batch.evaluation.code, e.number), e.pdf_sha256] for e in rows]
    looked = [check_signatures(batch.service.store.get(each)) for each in stored[:LOOKED_AT]]
    return [
        ("reports of the batch", len(rows), wanted),
        ("composed once", once["editions.compose"], wanted),
        ("signed once by lead and once by reviewer", signed, wanted),
        ("issued once", once["editions.issue"], wanted),
        ("entered once in the public log, with the hash of the file", entered.count(1), wanted),
        ("bundles that they share", len({each.bundle_sha256 for each in rows}), 1),
        ("files looked at whose three signatures hold", sum(each.holds for each in looked), min(LOOKED_AT, wanted)),
        ("breaks in the audit trail", breaks, 0),
    ]


def main() -> None:
    """Run the study."""
    options = parser(__doc__)
    options.add_argument("--reports", type=int, default=200)
    options.add_argument("--kills", type=int, default=3, help="blows in each of the four steps")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.worker is not None:
        work(given.worker)
        return
    reports, kills = (8, 1) if given.short else (given.reports, given.kills)
    with tempfile.TemporaryDirectory(prefix="report-batches-") as folder:
        batch = prepare(Path(folder), reports)
        steps = run(batch, kills, random.Random(given.seed))
        counted = found(batch)
        batch.service.database.close()
    publish(STUDY, given, [*told(steps, reports), told_found(counted)])
    if any(there != wanted for _, there, wanted in counted):
        raise SystemExit("not every report is there once")


def told(steps: list[Step], reports: int) -> list[str]:
    """Write what each step took."""
    rows = [
        (
            each.name,
            len(each.cuts),
            ", ".join(map(str, each.cuts)) or "–",
            duration(each.seconds),
            f"{each.processor / reports:.2f}",
        )
        for each in steps
    ]
    heads = ("Step", "Blows", "Reports done at each", "Took", "CPU s a report")
    total = sum(each.processor for each in steps) / reports
    return [
        "## The way of the batch",
        f"{reports} reports on one county each, with a demo key, so without a stamp.",
        table(heads, rows),
        f"In all {total:.2f} CPU seconds a report, the work lost by the blows and the starts of workers counted in.",
    ]


def told_found(counted: list[tuple[str, int, int]]) -> str:
    """Write what was found."""
    return "## What is there\n\n" + table(("What", "Found", "Should be"), counted)


if __name__ == "__main__":
    main()
