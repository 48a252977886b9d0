"""Review interviews: return, approve, reject, open again; each move is a row of its own and one of the audit trail."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.audit import Entry
from evalsvc.db import new_identifier
from evalsvc.draws.release import require_open
from evalsvc.errors import ConflictError, EvalsvcError, ForbiddenError, NotFoundError
from evalsvc.fieldwork.models import Assignment
from evalsvc.interviews.models import Interview, Review, ReviewComment
from evalsvc.interviews.outcome import settle_outcome
from evalsvc.interviews.review.moves import AFTER, APPROVE, MOVES, REJECT, Wish, has_errors, state_at_arrival
from evalsvc.interviews.review.wishes import checked
from evalsvc.interviews.values import REJECTED, RETURNED
from evalsvc.people.actor import LEAD, SUPERVISOR, Actor

MOST_AT_ONCE = 500
"""So many interviews are approved in one commit; intake waits meanwhile."""


@dataclass(frozen=True)
class Left:
    """An interview that a bulk approval left as it was, and the error that says why."""

    interview_id: str
    unit_id: str
    why: EvalsvcError


@dataclass(frozen=True)
class BulkOutcome:
    """What a bulk approval did."""

    approved: tuple[str, ...]
    left: tuple[Left, ...]


@dataclass(frozen=True)
class _Held:
    """Interviews that nobody else moves or corrects meanwhile, with what decides who may review them."""

    interviews: Sequence[Interview]
    closed: Mapping[str, EvalsvcError]
    """By assignment, why the household may not be seen yet."""
    own: frozenset[str]
    """First versions of interviews of which the reviewer collected a version."""

    def refusal(self, interview: Interview, action: str, state: str) -> EvalsvcError | None:
        """Say why an interview cannot be moved, or None."""
        closed = self.closed.get(interview.assignment_id or "")
        return closed or refusal_of(interview, action, state, is_own=interview.root_id in self.own)


def refusal_of(interview: Interview, action: str, state: str, *, is_own: bool) -> EvalsvcError | None:
    """Say why a version of an interview cannot be moved from the state that somebody saw, or None."""
    if is_own:
        return ForbiddenError("interview.own_review", unit=interview.unit_id)
    if interview.superseded_at is not None:
        return ConflictError("interview.superseded", unit=interview.unit_id)
    if interview.state != state:
        return ConflictError("interview.moved_meanwhile", unit=interview.unit_id, state=interview.state)
    if interview.state not in MOVES[action]:
        return ConflictError("interview.move_not_allowed", unit=interview.unit_id, action=action, state=interview.state)
    return None


def review(
    session: Session, actor: Actor, evaluation_id: str, interview_id: str, wish: Wish, *, places: Collection[str]
) -> str:
    """Move one interview and return its new state; `places` are the paths of its questions.

    Raises
    ------
    ForbiddenError
        ``interview.reviewer_only``, ``interview.own_review``, ``draw.not_released``
    InvalidError
        ``interview.review_refused``
    NotFoundError
        ``interview.unknown``
    ConflictError
        ``interview.moved_meanwhile``, ``interview.superseded``, ``interview.move_not_allowed``
    """
    _require(actor)
    wish = checked(wish, places)
    held = _hold(session, actor, evaluation_id, [interview_id])
    if not held.interviews:
        raise NotFoundError("interview.unknown", interview=interview_id)
    interview = held.interviews[0]
    refusal = held.refusal(interview, wish.action, wish.state)
    if refusal is not None:
        raise refusal
    audit.record_all(session, [_move(session, actor, interview, wish)])
    return interview.state


def approve_all(
    session: Session, actor: Actor, evaluation_id: str, chosen: Mapping[str, str], *, with_errors: bool = False
) -> BulkOutcome:
    """Approve the chosen interviews, by identifier each with the state that was seen; each is moved wholly or left.

    Those in which the checks found errors are left unless `with_errors`; those returned wait for their correction.

    Raises
    ------
    ForbiddenError
        ``interview.reviewer_only``
    ConflictError
        ``interview.bulk_too_many``
    """
    _require(actor)
    if len(chosen) > MOST_AT_ONCE:
        raise ConflictError("interview.bulk_too_many", most=MOST_AT_ONCE)
    held = _hold(session, actor, evaluation_id, chosen)
    known = {each.id for each in held.interviews}
    left = [Left(each, "", NotFoundError("interview.unknown", interview=each)) for each in chosen if each not in known]
    approved: dict[str, Entry] = {}
    for interview in held.interviews:
        seen = chosen[interview.id]
        why = held.refusal(interview, APPROVE, seen) or _reason_to_look(interview, with_errors=with_errors)
        if why is None:
            entry = _move(session, actor, interview, Wish(APPROVE, seen))
            at_once = {"at_once": len(chosen), "with_errors": has_errors(interview.complaints)}
            approved[interview.id] = replace(entry, details={**entry.details, **at_once})
        else:
            left.append(Left(interview.id, interview.unit_id, why))
    audit.record_all(session, list(approved.values()))
    return BulkOutcome(tuple(approved), tuple(left))


def _reason_to_look(interview: Interview, *, with_errors: bool) -> EvalsvcError | None:
    """Say why an interview is not approved unseen, or None."""
    if interview.state == RETURNED:
        return ConflictError("interview.bulk_returned", unit=interview.unit_id)
    if has_errors(interview.complaints) and not with_errors:
        return ConflictError("interview.bulk_errors", unit=interview.unit_id)
    return None


def _require(actor: Actor) -> None:
    if actor.person_id is None or not actor.has(SUPERVISOR, LEAD):
        raise ForbiddenError("interview.reviewer_only")


def _hold(session: Session, actor: Actor, evaluation_id: str, identifiers: Collection[str]) -> _Held:
    """Hold the households, then the interviews, in the order in which intake takes them."""
    wanted = Interview.evaluation_id == evaluation_id, Interview.id.in_(identifiers)
    households = list(
        session.scalars(
            select(Assignment)
            .where(Assignment.id.in_(select(Interview.assignment_id).where(*wanted)))
            .order_by(Assignment.id)
            .with_for_update()
        )
    )
    interviews = session.scalars(select(Interview).where(*wanted).order_by(Interview.id).with_for_update()).all()
    roots = {each.root_id for each in interviews}
    own = select(Interview.root_id).where(Interview.root_id.in_(roots), Interview.enumerator_id == actor.person_id)
    return _Held(interviews, _closed(session, actor, households), frozenset(session.scalars(own)))


def _closed(session: Session, actor: Actor, households: Sequence[Assignment]) -> dict[str, EvalsvcError]:
    refusals: dict[str, EvalsvcError] = {}
    for draw_id in {each.draw_id for each in households}:
        try:
            require_open(session, actor, draw_id)
        except ForbiddenError as error:
            refusals[draw_id] = error
    return {each.id: refusals[each.draw_id] for each in households if each.draw_id in refusals}


def _move(session: Session, actor: Actor, interview: Interview, wish: Wish) -> Entry:
    """Carry a move out and return what the audit trail says of it; words stay out of there.

    A rejection and its end settle the household's outcome anew.
    """
    before, interview.rejected_for = interview.state, wish.reason if wish.action == REJECT else None
    if interview.assignment_id is not None and (before == REJECTED or wish.action == REJECT):
        session.flush()
        settle_outcome(session, interview.assignment_id)
    is_correction = interview.replaces_id is not None
    after = AFTER.get(wish.action) or state_at_arrival(interview.complaints, is_correction=is_correction)
    review_id = _write_down(session, actor, interview, wish, after)
    interview.state = after
    details = {"review": review_id, "before": before, "after": after, "reason": wish.reason}
    return Entry(actor.identifier, f"interview.{wish.action}", interview.id, details)


def _write_down(session: Session, actor: Actor, interview: Interview, wish: Wish, after: str) -> str:
    """Add the row of a move, with its comments; return its identifier."""
    row = Review(
        id=new_identifier(),
        interview_id=interview.id,
        person_id=str(actor.person_id),
        action=wish.action,
        state_before=interview.state,
        state_after=after,
        reason=wish.reason,
        words=wish.words,
    )
    session.add(row)
    if wish.comments:
        session.flush()
        session.add_all(ReviewComment(review_id=row.id, path=each.path, words=each.words) for each in wish.comments)
    return row.id
