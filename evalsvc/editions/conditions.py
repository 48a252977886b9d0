"""What has to hold before a report is composed, and again before it is sealed."""

from sqlalchemy.orm import Session

from evalsvc.draws import log
from evalsvc.draws.models import Draw
from evalsvc.draws.queries import log_lines
from evalsvc.errors import ConflictError, ForbiddenError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.people.actor import LEAD, Actor
from evalsvc.results.overtaken import since
from evalsvc.results.queries import result_by_id
from evalsvc.results.values import ResultRecord
from evalsvc.store import Store
from evalsvc.version import CODE_VERSION


def require_lead(actor: Actor) -> None:
    """Refuse everybody but the lead.

    Raises
    ------
    ForbiddenError
        ``edition.lead_only``
    """
    if not actor.has(LEAD):
        raise ForbiddenError("edition.lead_only")


def require_own_version(found: ResultRecord) -> None:
    """Let one version compute and print: whoever checks the report takes the one that it names.

    Raises
    ------
    ConflictError
        ``edition.other_version``
    """
    if found.code_version != CODE_VERSION:
        raise ConflictError("edition.other_version", computed=found.code_version, now=CODE_VERSION)


def require_published(session: Session, found: ResultRecord) -> None:
    """Refuse to print what nobody outside could verify: the manifest with its secret has to be open.

    Raises
    ------
    ConflictError
        ``edition.draw_not_published``
    """
    draw = session.get_one(Draw, found.draw_id)
    if draw.published_at is None:
        raise ConflictError("edition.draw_not_published", number=draw.number)


def require_all_interviews(session: Session, store: Store, found: ResultRecord) -> None:
    """Refuse to print results that leave interviews out, or rejections: the public log would show it.

    Raises
    ------
    ConflictError
        ``edition.interviews_since``, ``edition.reviews_since``
    """
    overtaken = since(session, store, found)
    if overtaken.received:
        raise ConflictError("edition.interviews_since", count=overtaken.received, listed=overtaken.listed)
    if overtaken.reviewed:
        raise ConflictError("edition.reviews_since", count=overtaken.reviewed)


def require_log_as_bundled(session: Session, evaluation: EvaluationRecord, result_id: str, bundled: int) -> None:
    """Refuse when something of this draw was entered since the bundle was made, which then lacks it.

    Raises
    ------
    ConflictError
        ``edition.log_moved``
    """
    found = result_by_id(session, evaluation.id, result_id)
    subject = log.subject_of(evaluation.code, session.get_one(Draw, found.draw_id).number)
    entered = [line for line in log_lines(session, bundled) if line.subject == subject]
    if entered:
        raise ConflictError("edition.log_moved", subject=subject, kind=entered[0].kind)
