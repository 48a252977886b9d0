"""The worker: a thread of the server that takes due jobs one at a time.

A feature's jobs.py makes a `JobKind`; KINDS in evalsvc/job_kinds.py names it. A worker claims the oldest due job (FOR
UPDATE SKIP LOCKED on PostgreSQL, the write lock on SQLite) and holds it by a lease that a heartbeat renews; a worker
that dies lets the lease run out, and the job is taken again. Every claim counts up `attempts`, and only the holder of
the latest claim may end the job, so a worker that slept through its lease changes nothing. Refused work (an error
with a code) fails at once; anything unforeseen waits longer each time, then gives up. A job whose worker died is given
up after as many claims: it may be what its workers die of.

Beside jobs, a worker looks after some things again and again (REGULAR in evalsvc/job_kinds.py). Several workers may
come to it at once, so such a function asks under a lock whether there still is something to do.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from evalsvc.db import now
from evalsvc.errors import Complaint, EvalsvcError, coded, complaints_of
from evalsvc.jobs import COMPLAINTS, DONE, FAILED, RUNNING, WAITING, Job
from evalsvc.service import Service

ATTEMPTS = 5
LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=15)
IDLE_SECONDS = 1.0
REGULAR_SECONDS = 60.0
UNEXPECTED = "job.unexpected"
COMPLAINTS_KEPT = 200
"""Most complaints about refused data that stay with a job."""
log = logging.getLogger("evalsvc.worker")


@dataclass(frozen=True)
class Work:
    """One claimed job, as its kind sees it."""

    service: Service
    id: str
    subject: str
    arguments: Mapping[str, Any]
    actor: str
    claim: int

    def report(self, done: int, steps: int) -> None:
        """Tell pages how far the work is."""
        with self.service.database.transaction() as session:
            _change(session, self, done_steps=done, all_steps=steps)


Finish = Callable[[Session], None]


@dataclass(frozen=True)
class JobKind:
    """How one kind of job is done.

    `run` works outside any transaction and may return a function; that one writes what was found, in the same commit
    that marks the job done, so that its effect happens once.
    """

    name: str
    run: Callable[[Work], Finish | None]


class Worker:
    """Take jobs until told to stop."""

    def __init__(
        self, service: Service, kinds: Sequence[JobKind], regular: Sequence[Callable[[Service], None]] = ()
    ) -> None:
        self.service = service
        self.regular = regular
        self.kinds = {kind.name: kind for kind in kinds}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="evalsvc-worker", daemon=True)

    def start(self) -> None:
        """Start the thread; call it after the fork."""
        self._thread.start()

    def stop(self, timeout: float = 10) -> None:
        """Ask the thread to end after the job at hand; a job cut off here is taken again when its lease has run out."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def run_due(self) -> int:
        """Do every job that is due now, in this thread; return how many."""
        done = 0
        while not self._stop.is_set() and self._run_next():
            done += 1
        return done

    def run_regular(self) -> None:
        """Look once after everything that is looked after again and again; what fails keeps nothing else from it."""
        for look_after in self.regular:
            try:
                look_after(self.service)
            except Exception:
                log.exception("the worker could not look after %s", look_after.__name__)

    def _loop(self) -> None:
        next_look = time.monotonic() + REGULAR_SECONDS
        while not self._stop.is_set():
            try:
                self.run_due()
            except Exception:
                log.exception("the worker could not take a job")
            if time.monotonic() >= next_look:
                self.run_regular()
                next_look = time.monotonic() + REGULAR_SECONDS
            self._stop.wait(IDLE_SECONDS)

    def _run_next(self) -> bool:
        work = claim(self.service) if _anything_due(self.service) else None
        if work is None:
            return False
        with _heartbeat(work[1]):
            self._run(*work)
        return True

    def _run(self, kind_name: str, work: Work) -> None:
        try:
            kind = self.kinds.get(kind_name)
            if kind is None:
                raise EvalsvcError("job.kind_unknown", kind=kind_name)
            finish = kind.run(work)
            with self.service.database.transaction() as session:
                if _change(session, work, state=DONE, ended_at=now()) and finish is not None:
                    finish(session)
        except Exception as error:
            known = coded(error)
            if known is not None:
                # Refused with a code: trying again would end the same way.
                _fail(work, known.code, known.details, complaints_of(error))
                return
            log.exception("job %s (%s) failed", work.id, kind_name)
            _retry(work)


def _anything_due(service: Service) -> bool:
    """Look without a write lock, so that an idle worker stands in nobody's way."""
    with service.database.reading() as session:
        return session.scalars(select(Job.id).where(*_due()).limit(1)).first() is not None


def _due() -> tuple[ColumnElement[bool], ...]:
    return Job.state.in_((WAITING, RUNNING)), Job.due_at <= now()


def claim(service: Service) -> tuple[str, Work] | None:
    """Take the oldest due job, or one whose worker let its lease run out; return its kind and the work."""
    with service.database.transaction() as session:
        _give_up(session)
        query = select(Job).where(*_due()).order_by(Job.due_at, Job.id).limit(1).with_for_update(skip_locked=True)
        job = session.scalars(query).one_or_none()
        if job is None:
            return None
        job.state, job.attempts, job.due_at = RUNNING, job.attempts + 1, now() + LEASE
        return job.kind, Work(service, job.id, job.subject, job.arguments, job.actor, job.attempts)


def _give_up(session: Session) -> None:
    """End the jobs whose last worker let the lease run out: no exception told of it, so only the claims are counted."""
    spent = update(Job).where(*_due(), Job.state == RUNNING, Job.attempts >= ATTEMPTS)
    ended = {"state": FAILED, "ended_at": now(), "failure_code": UNEXPECTED, "failure_details": {"attempts": ATTEMPTS}}
    for identifier in session.scalars(spent.values(**ended).returning(Job.id)):
        log.error("job %s is given up: its workers died", identifier)


@contextmanager
def _heartbeat(work: Work) -> Iterator[None]:
    """Renew the lease while the work goes on."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(LEASE.total_seconds() / 4):
            try:
                with work.service.database.transaction() as session:
                    _change(session, work, due_at=now() + LEASE)
            except Exception:
                log.exception("the lease of job %s could not be renewed", work.id)

    thread = threading.Thread(target=beat, name="evalsvc-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _fail(work: Work, code: str, details: Mapping[str, object], complaints: Sequence[Complaint] = ()) -> None:
    """End the job with what stood in its way; of many complaints the first are kept."""
    kept: dict[str, Any] = _plain(details)
    if complaints:
        listed = [{"code": each.code, "details": _plain(each.details)} for each in complaints[:COMPLAINTS_KEPT]]
        kept[COMPLAINTS] = {"all": len(complaints), "listed": listed}
    with work.service.database.transaction() as session:
        _change(session, work, state=FAILED, ended_at=now(), failure_code=code, failure_details=kept)


def _plain(details: Mapping[str, object]) -> dict[str, Any]:
    return {name: value if _fits_json(value) else str(value) for name, value in details.items()}


def _fits_json(value: object) -> bool:
    """Tell whether both databases keep a value as it is: JSON has no infinite numbers, and none that is not one."""
    return isinstance(value, int | str) or (isinstance(value, float) and math.isfinite(value))


def _retry(work: Work) -> None:
    if work.claim >= ATTEMPTS:
        _fail(work, UNEXPECTED, {"attempts": work.claim})
        return
    with work.service.database.transaction() as session:
        _change(session, work, state=WAITING, due_at=now() + FIRST_WAIT * 4 ** (work.claim - 1))


def _change(session: Session, work: Work, **values: datetime | str | int | dict[str, Any]) -> bool:
    """Change the job while this claim still holds it; tell whether it did."""
    held = Job.id == work.id, Job.state == RUNNING, Job.attempts == work.claim
    result = session.execute(update(Job).where(*held).values(**values))
    return isinstance(result, CursorResult) and result.rowcount == 1
