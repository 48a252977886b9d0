"""Enter the interviews received so far in the public log.

Intake knows nothing of it: interviews get their place when a line is entered, in order of the second in which they were
received, then of instanceID. So a line proves what had been received before it, and intake stays as fast as it is.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import as_text, now
from evalsvc.draws import log
from evalsvc.draws.models import CommitmentEntry, Draw
from evalsvc.draws.operations import append_to_log
from evalsvc.evaluations.queries import evaluation_by_id
from evalsvc.fieldwork.models import Assignment
from evalsvc.interviews.log.running import BEFORE_FIRST, Link, links
from evalsvc.interviews.models import Interview, InterviewLink
from evalsvc.people.actor import SYSTEM, Actor
from evalsvc.service import Service
from sampling.chain import ChainEntry

MOST_WAITING = 500
"""So many interviews without a line are entered at once."""
LONGEST_WAIT = timedelta(days=1)
"""So long after the last line the next one is entered, if any interview has come."""


@dataclass(frozen=True)
class Waiting:
    """One interview that no line covers yet."""

    id: str
    instance_id: str
    sha256: str
    received_at: str


def enter_interviews(session: Session, actor: Actor, draw_id: str) -> ChainEntry | None:
    """Enter every interview of a draw that no line covers; None where there is none.

    The head of the audit trail is locked first: whatever intake has committed is seen, what it has not comes later. The
    draw's row comes before it, as in every operation on draws: else two could wait for each other.
    """
    draw = session.get_one(Draw, draw_id, with_for_update={"read": True, "key_share": True})
    audit.hold(session)
    waiting = _waiting(session, draw_id)
    if not waiting:
        return None
    made = list(links(waiting, _last(session, draw_id)))
    details = {"interviews": made[-1].sequence, "new": len(made), "hash": made[-1].hash}
    audit.record(session, actor.identifier, "interviews.log", draw_id, details)
    subject = log.subject_of(evaluation_by_id(session, draw.evaluation_id).code, draw.number)
    line = append_to_log(session, log.INTERVIEWS, subject, made[-1].hash, now())
    rows = [
        {"draw_id": draw_id, **vars(link), "interview_id": each.id, "line": line.sequence}
        for link, each in zip(made, waiting, strict=True)
    ]
    session.execute(insert(InterviewLink), rows)
    return line


def _waiting(session: Session, draw_id: str) -> Sequence[Waiting]:
    rows = session.execute(
        select(Interview.id, Interview.instance_id, Interview.sha256, Interview.received_at)
        .join(Assignment, Assignment.id == Interview.assignment_id)
        .outerjoin(InterviewLink, InterviewLink.interview_id == Interview.id)
        .where(Assignment.draw_id == draw_id, InterviewLink.interview_id.is_(None))
    )
    found = [Waiting(identifier, instance, sha256, as_text(at)) for identifier, instance, sha256, at in rows]
    return sorted(found, key=lambda each: (each.received_at, each.instance_id))


def _last(session: Session, draw_id: str) -> Link:
    row = session.execute(
        select(InterviewLink.sequence, InterviewLink.hash)
        .where(InterviewLink.draw_id == draw_id)
        .order_by(InterviewLink.sequence.desc())
        .limit(1)
    ).one_or_none()
    return BEFORE_FIRST if row is None else Link(*row)


def enter_due_interviews(service: Service) -> None:
    """Enter the interviews of every draw for which a line is due; the worker calls this again and again."""
    with service.database.reading() as session:
        due = due_draws(session)
    for draw_id in due:
        with service.database.transaction() as session:
            enter_interviews(session, SYSTEM, draw_id)


def due_draws(session: Session) -> list[str]:
    """List the draws of which many interviews have no line, or some for long; only counts are read."""
    received = {
        identifier: count
        for identifier, count in session.execute(
            select(Interview.evaluation_id, func.count())
            # What tells of a village or a county belongs to no draw.
            .where(Interview.assignment_id.is_not(None))
            .group_by(Interview.evaluation_id)
        )
    }
    draws = session.execute(select(Draw.id, Draw.evaluation_id).where(Draw.evaluation_id.in_(received))).all()
    entered: dict[str, int] = defaultdict(int)
    latest: dict[str, str] = defaultdict(str)
    for draw_id, evaluation_id in draws:
        count, at = _entered(session, draw_id)
        entered[evaluation_id] += count
        latest[evaluation_id] = max(at, latest[evaluation_id])
    long_ago = as_text(now() - LONGEST_WAIT)
    due = {
        each
        for each, count in received.items()
        if count - entered[each] >= MOST_WAITING or (count > entered[each] and latest[each] <= long_ago)
    }
    return sorted(draw_id for draw_id, evaluation_id in draws if evaluation_id in due)


def _entered(session: Session, draw_id: str) -> tuple[int, str]:
    """Return how many interviews of a draw the log covers, and when the last line was entered."""
    row = session.execute(
        select(InterviewLink.sequence, CommitmentEntry.at)
        .join(CommitmentEntry, CommitmentEntry.sequence == InterviewLink.line)
        .where(InterviewLink.draw_id == draw_id)
        .order_by(InterviewLink.sequence.desc())
        .limit(1)
    ).one_or_none()
    return (0, "") if row is None else (row[0], row[1])
