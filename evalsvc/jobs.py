"""Background work as durable rows: the table, the wish for a job, and what pages may know of it. worker.py runs them.

An operation calls `enqueue` in the transaction that causes the work, so that neither exists without the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from evalsvc.db import Base, new_identifier, now
from evalsvc.errors import NotFoundError
from evalsvc.people.actor import Actor

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
COMPLAINTS = "complaints"
"""Name under which the details of a failure hold the complaints about refused data."""


class Job(Base):
    """One piece of background work, from wish to end."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "state", "due_at"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    """Identifier of what the work is about; pages find its jobs by it."""
    arguments: Mapped[dict[str, Any]]
    actor: Mapped[str]
    state: Mapped[str] = mapped_column(default=WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime] = mapped_column(default=now)
    """When it may be taken; while it runs, when its lease ends."""
    ended_at: Mapped[datetime | None]
    done_steps: Mapped[int] = mapped_column(default=0)
    all_steps: Mapped[int | None]
    failure_code: Mapped[str | None]
    failure_details: Mapped[dict[str, Any] | None]


@dataclass(frozen=True)
class KeptComplaint:
    """One problem of the data that a job was refused for."""

    code: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class JobStatus:
    """What pages and the API show of a job."""

    id: str
    kind: str
    state: str
    made_at: datetime
    ended_at: datetime | None
    done_steps: int
    all_steps: int | None
    failure_code: str | None
    failure_details: Mapping[str, Any]
    complaints: tuple[KeptComplaint, ...] = ()
    """The first problems of refused data."""
    complaints_left_out: int = 0


def enqueue(session: Session, actor: Actor, kind: str, subject: str, arguments: Mapping[str, Any] | None = None) -> str:
    """Wish for a piece of background work; it is done after the transaction that wished for it has committed."""
    job = Job(
        kind=kind,
        subject=subject,
        arguments=dict(arguments or {}),
        actor=actor.identifier,
        ended_at=None,
        all_steps=None,
        failure_code=None,
        failure_details=None,
    )
    session.add(job)
    session.flush()
    return job.id


def status(session: Session, job_id: str) -> JobStatus:
    """Return how far a job is.

    Raises
    ------
    NotFoundError
        ``job.unknown``
    """
    job = session.get(Job, job_id)
    if job is None:
        raise NotFoundError("job.unknown", job=job_id)
    return _status(job)


def of_subject(session: Session, subject: str, limit: int = 20) -> list[JobStatus]:
    """List the latest jobs about one thing, newest first."""
    query = select(Job).where(Job.subject == subject).order_by(Job.made_at.desc(), Job.id.desc()).limit(limit)
    return [_status(job) for job in session.scalars(query)]


def _status(job: Job) -> JobStatus:
    details = dict(job.failure_details or {})
    kept = details.pop(COMPLAINTS, {"all": 0, "listed": []})
    return JobStatus(
        id=job.id,
        kind=job.kind,
        state=job.state,
        made_at=job.made_at,
        ended_at=job.ended_at,
        done_steps=job.done_steps,
        all_steps=job.all_steps,
        failure_code=job.failure_code,
        failure_details=details,
        complaints=tuple(KeptComplaint(each["code"], each["details"]) for each in kept["listed"]),
        complaints_left_out=kept["all"] - len(kept["listed"]),
    )
