"""Which draw is in the field, and how its fieldwork ends: one draw of an evaluation is visited at a time."""

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.draws import operations as draws
from evalsvc.draws.models import Draw
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.evaluations.models import Evaluation
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.fieldwork.models import Assignment
from evalsvc.people.actor import Actor

LONGEST_REASON = 500
IN_FIELD = Draw.published_at.is_(None), exists().where(Assignment.draw_id == Draw.id)
"""Its households are given out, and its manifest is closed."""
LOCK = {"key_share": True}
"""Stand in line with those who lock the same row, and let others' rows refer to it meanwhile."""


def draw_in_field(session: Session, evaluation_id: str, number: int | None = None) -> Draw:
    """Return the draw that is in the field, held until the transaction ends: it does not end meanwhile.

    Raises
    ------
    ConflictError
        ``fieldwork.none_in_field``, ``fieldwork.not_in_field`` for a number that is not the one.
    """
    wanted = select(Draw).where(Draw.evaluation_id == evaluation_id, *IN_FIELD)
    if number is not None:
        wanted = wanted.where(Draw.number == number)
    held = wanted.order_by(Draw.number.desc()).limit(1).with_for_update(key_share=True)
    draw = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    if draw is None and number is not None:
        raise ConflictError("fieldwork.not_in_field", number=number)
    if draw is None:
        raise ConflictError("fieldwork.none_in_field")
    return draw


def take_the_field(session: Session, draw: Draw) -> None:
    """Hold the evaluation and the draw, and refuse while another draw is in the field or after this one has ended.

    Raises
    ------
    ConflictError
        ``fieldwork.ended``, ``fieldwork.another_in_field``
    """
    # Two draws of one evaluation meet at the evaluation's row.
    session.get_one(Evaluation, draw.evaluation_id, with_for_update=LOCK)
    session.refresh(draw, with_for_update=LOCK)
    if draw.published_at is not None:
        raise ConflictError("fieldwork.ended", number=draw.number)
    another = select(Draw.number).where(Draw.evaluation_id == draw.evaluation_id, Draw.id != draw.id, *IN_FIELD)
    other = session.scalars(another.limit(1)).one_or_none()
    if other is not None:
        raise ConflictError("fieldwork.another_in_field", number=draw.number, other=other)


def end(session: Session, actor: Actor, evaluation: EvaluationRecord, number: int, reason: str = "") -> Draw:
    """Declare the fieldwork of a draw ended: its manifest, with secret and reserves, opens to everybody.

    While households have no outcome the reason has to be given for which nobody goes there any more.

    Raises
    ------
    ForbiddenError
        ``draw.lead_only``
    InvalidError
        ``fieldwork.reason_long``
    ConflictError
        ``draw.not_drawn``, ``draw.already_published``, ``fieldwork.unvisited``
    """
    if len(reason.strip()) > LONGEST_REASON:
        raise InvalidError("fieldwork.reason_long", longest=LONGEST_REASON)
    draw = draws.publish(session, actor, evaluation, number)
    unvisited = _unvisited(session, draw.id)
    if unvisited and not reason.strip():
        raise ConflictError("fieldwork.unvisited", number=number, households=unvisited)
    details = {"number": number, "unvisited": unvisited, "reason": reason.strip()}
    audit.record(session, actor.identifier, "fieldwork.end", draw.id, details)
    return draw


def _unvisited(session: Session, draw_id: str) -> int:
    """Count the open households without an outcome; the draw is held, so that none opens meanwhile."""
    waiting = Assignment.draw_id == draw_id, Assignment.opened_at.is_not(None), Assignment.disposition.is_(None)
    return session.scalars(select(func.count()).select_from(Assignment).where(*waiting)).one()
