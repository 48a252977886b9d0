"""The wish for reports: each gets its number and its row at once, and is then composed by a job of its own.

A number is given with the row that bears it, so several workers can compose side by side, and a job that is taken up
again after a crash goes on with the same edition instead of making another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc import audit, jobs
from evalsvc.db import now
from evalsvc.editions.chapters.kinds import FOLDERS, GENERAL, LANGUAGES, OF_ONE_COUNTY
from evalsvc.editions.conditions import require_lead, require_own_version, require_published
from evalsvc.editions.models import Edition
from evalsvc.editions.queries import edition_row, record
from evalsvc.editions.values import WISHED, EditionRecord
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.people.actor import REVIEWER, Actor
from evalsvc.people.models import Person
from evalsvc.people.queries import roles_of
from evalsvc.results.queries import latest, result_by_id
from evalsvc.results.values import ResultRecord

JOB = "editions.compose"
LONGEST_CHANGE = 400
"""Characters about what a correction changes: they stand on the cover."""
MOST_AT_ONCE = 1_000


@dataclass(frozen=True)
class Wish:
    """What somebody wants to have composed."""

    reviewer_id: str
    result_id: str | None = None
    """The newest results, unless others are named."""
    kind: str = GENERAL
    language: str = "zh"
    scopes: tuple[str, ...] = ()
    """The counties of a kind that is about one county: a report for each."""
    answer_by: str = ""
    """The day by which a county may answer a letter, YYYY-MM-DD."""
    corrects: int | None = None
    """The number of the edition that this one takes the place of."""
    changed: str = ""
    """What is different from it, for everybody to read."""


def request(session: Session, actor: Actor, evaluation: EvaluationRecord, wish: Wish) -> str:
    """Wish for reports to be composed in the background, one after the other; return the job's identifier.

    Raises
    ------
    ForbiddenError
        ``edition.lead_only``
    NotFoundError
        ``results.unknown``, ``edition.unknown`` for the edition that is corrected
    ConflictError
        ``edition.no_results``, ``edition.draw_not_published``, ``edition.other_version``, ``edition.corrects_unissued``
    InvalidError
        As `place`.
    """
    return _enqueue(session, actor, evaluation, place(session, actor, evaluation, wish))


def request_again(session: Session, actor: Actor, evaluation: EvaluationRecord, number: int) -> str:
    """Wish once more for a report to be composed whose job failed; return the job's identifier.

    Raises
    ------
    ForbiddenError
        ``edition.lead_only``
    ConflictError
        ``edition.not_wished``
    """
    require_lead(actor)
    edition = record(edition_row(session, evaluation.id, number))
    if edition.state != WISHED:
        raise ConflictError("edition.not_wished", number=number)
    return _enqueue(session, actor, evaluation, [edition])


def _enqueue(session: Session, actor: Actor, evaluation: EvaluationRecord, placed: Sequence[EditionRecord]) -> str:
    numbers = [each.number for each in placed]
    arguments = {"numbers": numbers, "person": actor.person_id, "roles": sorted(actor.roles)}
    return jobs.enqueue(session, actor, JOB, evaluation.id, arguments)


def place(session: Session, actor: Actor, evaluation: EvaluationRecord, wish: Wish) -> list[EditionRecord]:
    """Give the reports that are wished for their numbers, without composing them.

    Raises
    ------
    ForbiddenError, NotFoundError, ConflictError
        As `request`.
    InvalidError
        ``edition.reviewer_role``, ``edition.reviewer_is_lead``, ``edition.kind_unknown``, ``edition.scope_missing``,
        ``edition.scope_needless``, ``edition.many_at_once``, ``edition.answer_by``,
        ``edition.corrects_other``, ``edition.changed_missing``, ``edition.changed_long``
    """
    require_lead(actor)
    audit.hold(session)
    reviewer = _reviewer(session, actor, evaluation, wish.reviewer_id)
    scopes = _scopes(wish)
    corrected = _corrected(session, evaluation, wish, scopes)
    found = _result(session, evaluation.id, wish.result_id)
    require_published(session, found)
    require_own_version(found)
    first = (session.scalar(select(func.max(Edition.number)).where(Edition.evaluation_id == evaluation.id)) or 0) + 1
    rows = [
        Edition(
            evaluation_id=evaluation.id,
            number=number,
            kind=wish.kind,
            language=wish.language,
            scope=scope,
            answer_by=wish.answer_by,
            state=WISHED,
            result_set_id=found.id,
            wished_at=now(),
            lead_id=actor.person_id,
            reviewer_id=reviewer.id,
            corrects_id=None if corrected is None else corrected.id,
            changed=wish.changed.strip(),
        )
        for number, scope in enumerate(scopes, start=first)
    ]
    session.add_all(rows)
    session.flush()
    for row in rows:
        details = {"number": row.number, "kind": row.kind, "scope": row.scope}
        audit.record(session, actor.identifier, "editions.wish", row.id, details)
    return [record(row) for row in rows]


def _scopes(wish: Wish) -> Sequence[str]:
    """Return the county of each report that is wished for; one empty name for a report on all of them."""
    if wish.kind not in FOLDERS or wish.language not in LANGUAGES:
        raise InvalidError("edition.kind_unknown", kind=wish.kind[:40], language=wish.language[:20])
    if wish.kind not in OF_ONE_COUNTY:
        if wish.scopes:
            raise InvalidError("edition.scope_needless", kind=wish.kind)
        return ("",)
    if wish.answer_by:
        _require_day(wish.answer_by)
    scopes = tuple(dict.fromkeys(wish.scopes))
    if not scopes:
        raise InvalidError("edition.scope_missing", kind=wish.kind)
    if len(scopes) > MOST_AT_ONCE:
        raise InvalidError("edition.many_at_once", found=len(scopes), most=MOST_AT_ONCE)
    return scopes


def _require_day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise InvalidError("edition.answer_by", given=text[:40]) from error
    if len(text) != len("2026-12-31"):
        raise InvalidError("edition.answer_by", given=text[:40])


def _reviewer(session: Session, actor: Actor, evaluation: EvaluationRecord, person_id: str) -> Person:
    """Return who is to review: somebody with that role, and never who leads."""
    person = session.get(Person, person_id)
    if person is None or REVIEWER not in roles_of(session, person.id, evaluation.id):
        raise InvalidError("edition.reviewer_role")
    if person.id == actor.person_id:
        raise InvalidError("edition.reviewer_is_lead")
    return person


def _corrected(session: Session, evaluation: EvaluationRecord, wish: Wish, scopes: Sequence[str]) -> Edition | None:
    """Return the edition that is corrected: one that was issued, of the same kind, also where it was revoked since."""
    if wish.corrects is None:
        return None
    row = edition_row(session, evaluation.id, wish.corrects)
    if row.issued_at is None:
        raise ConflictError("edition.corrects_unissued", number=row.number)
    if (row.kind, row.scope) != (wish.kind, scopes[0]) or len(scopes) > 1:
        raise InvalidError("edition.corrects_other", number=row.number)
    words = wish.changed.strip()
    if not words:
        raise InvalidError("edition.changed_missing", number=row.number)
    if len(words) > LONGEST_CHANGE:
        raise InvalidError("edition.changed_long", found=len(words), most=LONGEST_CHANGE)
    return row


def _result(session: Session, evaluation_id: str, result_id: str | None) -> ResultRecord:
    if result_id is not None:
        return result_by_id(session, evaluation_id, result_id)
    found = latest(session, evaluation_id)
    if found is None:
        raise ConflictError("edition.no_results")
    return found
