"""When the teams may see a draw, and who opened its units before: unannounced visits stay unannounced until then."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import as_text, now
from evalsvc.draws.models import Draw, EarlyOpening
from evalsvc.draws.operations import DRAWN, draw_row, require_designer
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.people.actor import DESIGNER, LEAD, Actor
from evalsvc.zone import local_text

LONGEST_REASON = 500


def is_released(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a draw may be seen by those who visit its households."""
    return or_(Draw.release_at.is_(None), Draw.release_at <= moment)


def set_release(
    session: Session, actor: Actor, evaluation: EvaluationRecord, number: int, release_at: datetime | None
) -> Draw:
    """Say when the teams may see a draw; None: as soon as it is drawn.

    Raises
    ------
    ForbiddenError
        ``draw.designer_only``
    NotFoundError
        ``draw.unknown``
    ConflictError
        ``draw.already_released``: who saw the units cannot be made to forget them.
    """
    require_designer(actor)
    draw = draw_row(session, evaluation.id, number, lock=True)
    if draw.state == DRAWN and (draw.release_at is None or draw.release_at <= now()):
        raise ConflictError("draw.already_released", number=number)
    details = {"number": number, "before": _text(draw.release_at), "release_at": _text(release_at)}
    draw.release_at = release_at
    session.flush()
    audit.record(session, actor.identifier, "draw.release_time", draw.id, details)
    return draw


def open_early(session: Session, actor: Actor, evaluation: EvaluationRecord, number: int, reason: str) -> Draw:
    """Open a draw's units to one designer or lead before its release time; the reason is written down.

    Raises
    ------
    ForbiddenError
        ``draw.not_released``: for others than designers and the lead.
    InvalidError
        ``draw.early_reason``: no reason, or one that is too long.
    NotFoundError, ConflictError
        ``draw.unknown``, ``draw.not_drawn``
    """
    draw = draw_row(session, evaluation.id, number, lock=True)
    if draw.state != DRAWN:
        raise ConflictError("draw.not_drawn", number=number)
    if may_see(session, actor, draw):
        return draw
    if actor.person_id is None or not actor.has(DESIGNER, LEAD):
        raise _not_released(draw)
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise InvalidError("draw.early_reason", longest=LONGEST_REASON)
    session.add(EarlyOpening(draw_id=draw.id, person_id=actor.person_id, reason=reason.strip(), at=now()))
    session.flush()
    details = {"number": number, "reason": reason.strip(), "release_at": _text(draw.release_at)}
    audit.record(session, actor.identifier, "draw.open_early", draw.id, details)
    return draw


def may_see(session: Session, actor: Actor, draw: Draw) -> bool:
    """Tell whether somebody may see a draw's units now: it is released, or this person opened it early."""
    if draw.release_at is None or draw.release_at <= now():
        return True
    if not actor.has(DESIGNER, LEAD):
        return False
    own = EarlyOpening.draw_id == draw.id, EarlyOpening.person_id == actor.person_id
    return bool(session.scalar(select(exists().where(*own))))


def require_open(session: Session, actor: Actor, draw_id: str) -> None:
    """Refuse to show a draw's units before its release time.

    Raises
    ------
    ForbiddenError
        ``draw.not_released``
    """
    draw = session.get_one(Draw, draw_id)
    if not may_see(session, actor, draw):
        raise _not_released(draw)


def visible_draws(session: Session, actor: Actor, evaluation_id: str) -> frozenset[str]:
    """Return the draws of an evaluation whose units somebody may see now."""
    rows = session.scalars(select(Draw).where(Draw.evaluation_id == evaluation_id))
    return frozenset(draw.id for draw in rows if may_see(session, actor, draw))


def _not_released(draw: Draw) -> ForbiddenError:
    at = _text(draw.release_at)
    return ForbiddenError("draw.not_released", number=draw.number, release_at=at, local=local_text(at or ""))


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else as_text(moment)
