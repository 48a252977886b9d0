"""How a report ends that is not to stand: given up before it was issued, or revoked in public afterwards."""

import json
from typing import Any

from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import as_text, now
from evalsvc.draws import log
from evalsvc.draws.operations import append_to_log
from evalsvc.editions.conditions import require_lead
from evalsvc.editions.models import Edition
from evalsvc.editions.queries import edition_row, record
from evalsvc.editions.values import DROPPED, ISSUED, OPEN, REVOKED, EditionRecord
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.people.actor import Actor
from evalsvc.store import Store
from sampling.hashing import canonical_json

LONGEST_REASON = 2_000
"""Characters."""


def drop(session: Session, actor: Actor, evaluation: EvaluationRecord, number: int, reason: str) -> EditionRecord:
    """Give up a report that was not issued; its number is not used again.

    Raises
    ------
    ForbiddenError
        ``edition.lead_only``
    ConflictError
        ``edition.not_open``
    InvalidError
        ``edition.reason_missing``, ``edition.reason_long``
    """
    require_lead(actor)
    row = edition_row(session, evaluation.id, number, lock=True)
    if row.state not in OPEN:
        raise ConflictError("edition.not_open", number=number)
    _close(session, actor, row, DROPPED, reason)
    return record(row)


def revoke(
    session: Session, store: Store, actor: Actor, evaluation: EvaluationRecord, *, number: int, reason: str
) -> EditionRecord:
    """Take back an issued report, for a reason that everybody can read; the public log says that and when.

    Raises
    ------
    ForbiddenError
        ``edition.lead_only``
    ConflictError
        ``edition.not_issued``
    InvalidError
        ``edition.reason_missing``, ``edition.reason_long``
    """
    require_lead(actor)
    audit.hold(session)
    row = edition_row(session, evaluation.id, number, lock=True)
    if row.state != ISSUED:
        raise ConflictError("edition.not_issued", number=number)
    _close(session, actor, row, REVOKED, reason)
    found = record(row)
    statement = store.put(canonical_json(revocation(found)))
    append_to_log(session, log.REVOCATION, log.subject_of_edition(evaluation.code, number), statement, now())
    return found


def revocation(edition: EditionRecord) -> dict[str, Any]:
    """Return what is said in public of a revoked report; the public log holds its hash."""
    at = "" if edition.closed_at is None else as_text(edition.closed_at)
    return {"number": edition.number, "pdf_sha256": edition.pdf_sha256, "reason": edition.reason, "revoked_at": at}


def is_revocation_of(data: bytes, pdf_sha256: str) -> bool:
    """Tell whether a file says that a report was revoked."""
    try:
        return bool(json.loads(data)["pdf_sha256"] == pdf_sha256)
    except (ValueError, TypeError, KeyError, RecursionError):
        return False


def _close(session: Session, actor: Actor, row: Edition, state: str, reason: str) -> None:
    words = reason.strip()
    if not words:
        raise InvalidError("edition.reason_missing", number=row.number)
    if len(words) > LONGEST_REASON:
        raise InvalidError("edition.reason_long", number=row.number, most=LONGEST_REASON)
    row.state, row.reason, row.closed_at = state, words, now()
    audit.record(session, actor.identifier, f"editions.{state}", row.id, {"number": row.number, "reason": words})
    session.flush()
