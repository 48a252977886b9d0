"""Enter the rejected interviews of a draw in the public log: they change results, so nobody can deny them later."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import now
from evalsvc.draws import log
from evalsvc.draws.models import CommitmentEntry, Draw
from evalsvc.draws.operations import append_to_log
from evalsvc.evaluations.queries import evaluation_by_id
from evalsvc.fieldwork.models import Assignment
from evalsvc.interviews.log.rejections import rejections_sha256
from evalsvc.interviews.models import Interview
from evalsvc.people.actor import Actor
from sampling.chain import ChainEntry

NONE_REJECTED = rejections_sha256({})


def enter_rejections(session: Session, actor: Actor, draw_id: str) -> ChainEntry | None:
    """Enter what is rejected now, unless the last line says the same; a draw without rejections needs no line.

    The draw's row is locked before the head of the audit trail, as in every operation on draws.
    """
    draw = session.get_one(Draw, draw_id, with_for_update={"read": True, "key_share": True})
    audit.hold(session)
    subject = log.subject_of(evaluation_by_id(session, draw.evaluation_id).code, draw.number)
    rejected = rejected_of(session, draw_id)
    digest = rejections_sha256(rejected)
    if digest == (_last(session, subject) or NONE_REJECTED):
        return None
    audit.record(session, actor.identifier, "interviews.log_rejections", draw_id, {"rejected": len(rejected)})
    return append_to_log(session, log.REJECTIONS, subject, digest, now())


def rejected_of(session: Session, draw_id: str) -> dict[str, str]:
    """Return the reason of every rejected interview of a draw's households by its instanceID."""
    rows = session.execute(
        select(Interview.instance_id, Interview.rejected_for)
        .join(Assignment, Assignment.id == Interview.assignment_id)
        .where(Assignment.draw_id == draw_id, Interview.rejected_for.is_not(None))
    )
    return {instance: str(reason) for instance, reason in rows}


def _last(session: Session, subject: str) -> str | None:
    query = select(CommitmentEntry.sha256).where(
        CommitmentEntry.kind == log.REJECTIONS, CommitmentEntry.subject == subject
    )
    return session.scalars(query.order_by(CommitmentEntry.sequence.desc()).limit(1)).one_or_none()
