"""The signatures of a report, one after the other: lead, reviewer, institute; with the last it is issued.

Laying out and signing take seconds, so a file is signed outside of any writing transaction (`sign`, `received`); the
transaction that keeps it (`keep`) makes sure that it still follows upon the file that lies in the service.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from evalsvc import audit, files
from evalsvc.config import Config
from evalsvc.db import now
from evalsvc.draws import log
from evalsvc.draws.operations import append_to_log
from evalsvc.editions.conditions import require_all_interviews, require_lead, require_log_as_bundled
from evalsvc.editions.long_term import with_long_term
from evalsvc.editions.models import Edition, EditionSignature
from evalsvc.editions.own_seal import own_seal
from evalsvc.editions.printing import appearances_for, signed
from evalsvc.editions.queries import edition_row, record
from evalsvc.editions.values import AFTER, ISSUED, SIGNED_BY, EditionRecord
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.people.actor import Actor
from evalsvc.results.queries import result_by_id
from evalsvc.store import Store

if TYPE_CHECKING:
    from reports.keys import Signer
    from reports.signing.appearance import Picture

INSTITUTE = "institute"


@dataclass(frozen=True)
class Signed:
    """A file with one more signature, durable in the store, before any row names it."""

    number: int
    role: str
    before_sha256: str
    """The file that it follows upon."""
    pdf_sha256: str
    subject: str
    signed_at: datetime
    level: str = ""
    """How far the file is proven, as PAdES names it; known of sealed ones."""


def require_turn(actor: Actor, edition: EditionRecord) -> str:
    """Return the role whose turn it is, and refuse whoever may not sign in it.

    Raises
    ------
    ForbiddenError
        ``edition.sign.lead``, ``edition.sign.reviewer``: somebody else was named; ``edition.lead_only`` for the seal
    ConflictError
        ``edition.signed_by_all``, ``edition.closed``
    """
    role = edition.awaits
    if role is None:
        raise _nobody_signs(edition)
    if role == INSTITUTE:
        require_lead(actor)
    elif actor.person_id is None or actor.person_id != (edition.lead_id if role == "lead" else edition.reviewer_id):
        raise ForbiddenError(f"edition.sign.{role}", number=edition.number)
    return role


def turn_of(actor: Actor, edition: EditionRecord) -> str | None:
    """Return the role in which somebody may sign an edition now; None where it is not their turn."""
    try:
        return require_turn(actor, edition)
    except (ConflictError, ForbiddenError):
        return None


def require_sealable(actor: Actor, edition: EditionRecord) -> None:
    """Refuse the seal to whoever does not lead, and to what was not signed by lead and reviewer.

    Raises
    ------
    ForbiddenError, ConflictError
        As `require_turn`; ``edition.not_reviewed``
    """
    require_lead(actor)
    if _awaited(edition) != INSTITUTE:
        raise ConflictError("edition.not_reviewed", number=edition.number)


def seal(config: Config, store: Store, edition: EditionRecord, signer: "Signer") -> Signed:
    """Sign for the institute, and add what proves the signatures for years, as far as the settings name an authority.

    Raises
    ------
    ConflictError
        ``edition.not_reviewed``
    ReportError, TimeStampError
        As `sign` and `with_long_term`.
    """
    if edition.awaits != INSTITUTE:
        raise ConflictError("edition.not_reviewed", number=edition.number)
    given = sign(store, edition, signer, own_seal(config))
    lasting = with_long_term(config, store.get(given.pdf_sha256))
    return replace(given, pdf_sha256=store.put(lasting.pdf), level=lasting.level)


def sign(store: Store, edition: EditionRecord, signer: "Signer", picture: "Picture | None" = None) -> Signed:
    """Sign for the role whose turn it is, with a key that is at hand.

    Raises
    ------
    ConflictError
        ``edition.signed_by_all``, ``edition.closed``
    ReportError
        ``reports.not_signable``
    """
    from reports.signing.roles import BY_NAME  # noqa: PLC0415 (its room loads pyHanko)

    role, at, before = _awaited(edition), now().replace(microsecond=0), store.get(edition.pdf_sha256)
    pdf = signed(before, BY_NAME[role], signer, head_of(before), at, picture=picture)
    return Signed(edition.number, role, edition.pdf_sha256, store.put(pdf), signer.subject, at)


def received(store: Store, edition: EditionRecord, pdf: bytes) -> Signed:
    """Take a file that somebody signed on a machine of their own: nothing but their signature may have been added.

    Raises
    ------
    ConflictError
        ``edition.signed_by_all``, ``edition.closed``
    InvalidError
        ``edition.not_this_file``: it does not begin as the file here does; ``edition.expected.lead``,
        ``edition.expected.reviewer``: it lacks the signature whose turn it is, or has more; ``edition.signature_wrong``
    """
    from reports.errors import ReportError  # noqa: PLC0415
    from reports.signing.check import check_signatures  # noqa: PLC0415 (loads pyHanko)
    from reports.signing.replay import replay  # noqa: PLC0415

    role, before = _awaited(edition), store.get(edition.pdf_sha256)
    if not pdf.startswith(before):
        raise InvalidError("edition.not_this_file", number=edition.number)
    report = check_signatures(pdf)
    wanted = [*(each.role for each in edition.signatures), role]
    if [each.role for each in report.signatures] != wanted or report.stamps:
        raise InvalidError(f"edition.expected.{role}", number=edition.number)
    last = report.signatures[-1]
    try:
        made_again = replay(pdf, store.get(edition.layout_sha256), appearances_for(head_of(before))).parted_at is None
    except ReportError:
        made_again = False
    if last.problem is not None or last.signed_at is None or not made_again:
        raise InvalidError("edition.signature_wrong", number=edition.number)
    return Signed(edition.number, role, edition.pdf_sha256, store.put(pdf), last.signer, last.signed_at)


def keep(session: Session, store: Store, actor: Actor, evaluation: EvaluationRecord, given: Signed) -> EditionRecord:
    """Keep a signature; with the institute's the report is issued, and its hash entered in the public log.

    Raises
    ------
    ForbiddenError
        As `require_turn`.
    ConflictError
        ``edition.moved``: somebody signed meanwhile; ``edition.log_moved``, ``edition.interviews_since``,
        ``edition.reviews_since`` before the seal
    """
    audit.hold(session)
    number = given.number
    row = edition_row(session, evaluation.id, number, lock=True)
    require_turn(actor, record(row))
    if row.pdf_sha256 != given.before_sha256 or SIGNED_BY[row.state] != given.role:
        raise ConflictError("edition.moved", number=number)
    if given.role == INSTITUTE:
        _require_current(session, store, evaluation, row)
    place = len(row.signatures) + 1
    person = None if given.role == INSTITUTE else actor.person_id
    row.signatures.append(
        EditionSignature(
            place=place, role=given.role, person_id=person, subject=given.subject, signed_at=given.signed_at,
            pdf_sha256=given.pdf_sha256,
        )
    )  # fmt: skip
    row.pdf_sha256, row.state = given.pdf_sha256, AFTER[given.role]
    details = {"number": number, "role": given.role, "pdf": given.pdf_sha256, "signer": given.subject}
    if row.state == ISSUED:
        row.issued_at, row.level = now(), given.level
        audit.record(session, actor.identifier, "editions.issue", row.id, {**details, "bundle": row.bundle_sha256})
        subject = log.subject_of_edition(evaluation.code, number)
        append_to_log(session, log.EDITION, subject, row.pdf_sha256, row.issued_at)
    else:
        audit.record(session, actor.identifier, "editions.sign", row.id, details)
    session.flush()
    return record(row)


def edition_of(pdf: bytes, file: str) -> int:
    """Return the number of the edition that a file says it is; nothing of it is believed yet.

    Raises
    ------
    InvalidError
        ``edition.not_ours``
    """
    from reports.errors import ReportError  # noqa: PLC0415

    try:
        number = head_of(pdf)["number"]
    except (ReportError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise InvalidError("edition.not_ours", file=file) from error
    if not isinstance(number, int) or isinstance(number, bool):
        raise InvalidError("edition.not_ours", file=file)
    return number


def head_of(pdf: bytes) -> Mapping[str, Any]:
    """Return what the edition inside a report says of itself."""
    from reports.verify import embedded  # noqa: PLC0415 (loads PDFium)

    head: Mapping[str, Any] = json.loads(embedded(pdf)[files.EDITION])["edition"]
    return head


def _awaited(edition: EditionRecord) -> str:
    if edition.awaits is None:
        raise _nobody_signs(edition)
    return edition.awaits


def _nobody_signs(edition: EditionRecord) -> ConflictError:
    return ConflictError(
        "edition.signed_by_all" if edition.state == ISSUED else "edition.closed", number=edition.number
    )


def _require_current(session: Session, store: Store, evaluation: EvaluationRecord, row: Edition) -> None:
    """Seal nothing that was overtaken while it was being signed."""
    require_all_interviews(session, store, result_by_id(session, evaluation.id, row.result_set_id))
    require_log_as_bundled(session, evaluation, row.result_set_id, row.log_lines)
