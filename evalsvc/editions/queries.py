"""Reads of editions."""

from dataclasses import dataclass, fields

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.draws import log
from evalsvc.draws.models import CommitmentEntry
from evalsvc.editions.models import Edition, EditionSignature
from evalsvc.editions.values import EditionRecord, SignatureRecord
from evalsvc.errors import NotFoundError
from evalsvc.evaluations.models import Evaluation


def editions_of(session: Session, evaluation_id: str) -> list[EditionRecord]:
    """List the editions of an evaluation, newest first."""
    query = select(Edition).where(Edition.evaluation_id == evaluation_id).order_by(Edition.number.desc())
    return [record(row) for row in session.scalars(query)]


def edition_by_number(session: Session, evaluation_id: str, number: int) -> EditionRecord:
    """Return one edition.

    Raises
    ------
    NotFoundError
        ``edition.unknown``
    """
    return record(edition_row(session, evaluation_id, number))


def edition_row(session: Session, evaluation_id: str, number: int, *, lock: bool = False) -> Edition:
    """Return the row of an edition; with `lock` nobody else changes it before the transaction ends.

    Raises
    ------
    NotFoundError
        ``edition.unknown``
    """
    query = select(Edition).where(Edition.evaluation_id == evaluation_id, Edition.number == number)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFoundError("edition.unknown", number=number)
    return row


@dataclass(frozen=True)
class IssuedReport:
    """A report as everybody may know it."""

    edition: EditionRecord
    evaluation: str
    client: str
    institute: str


def issued_by_data(session: Session, sha256: str) -> IssuedReport:
    """Return the issued report whose data have a hash.

    Raises
    ------
    NotFoundError
        ``edition.data_unknown``
    """
    query = select(Edition, Evaluation).join(Evaluation, Evaluation.id == Edition.evaluation_id)
    found = session.execute(query.where(Edition.data_sha256 == sha256, Edition.issued_at.is_not(None))).first()
    if found is None:
        raise NotFoundError("edition.data_unknown", sha256=sha256[:64])
    row, evaluation = found
    return IssuedReport(record(row), evaluation.name, evaluation.client, evaluation.institute)


def corrections_of(session: Session, edition_id: str) -> list[EditionRecord]:
    """List the issued editions that take the place of one."""
    query = select(Edition).where(Edition.corrects_id == edition_id, Edition.issued_at.is_not(None))
    return [record(row) for row in session.scalars(query.order_by(Edition.number))]


def require_revocation(session: Session, sha256: str) -> None:
    """Refuse a hash that the public log does not name as a revocation.

    Raises
    ------
    NotFoundError
        ``edition.revocation_unknown``
    """
    query = select(CommitmentEntry.sha256).where(
        CommitmentEntry.kind == log.REVOCATION, CommitmentEntry.sha256 == sha256
    )
    if session.scalar(query.limit(1)) is None:
        raise NotFoundError("edition.revocation_unknown", sha256=sha256[:64])


def record(row: Edition) -> EditionRecord:
    """Copy a row into the value that pages and other features see."""
    names = [each.name for each in fields(EditionRecord) if each.name not in ("signatures", "corrects")]
    return EditionRecord(
        **{name: getattr(row, name) for name in names},
        signatures=tuple(_signature(each) for each in row.signatures),
        corrects=None if row.corrected is None else row.corrected.number,
    )


def _signature(row: EditionSignature) -> SignatureRecord:
    return SignatureRecord(**{each.name: getattr(row, each.name) for each in fields(SignatureRecord)})
