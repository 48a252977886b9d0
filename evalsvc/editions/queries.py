"""Reads of editions."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.editions.models import Edition
from evalsvc.editions.values import EditionRecord
from evalsvc.errors import NotFoundError


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
    query = select(Edition).where(Edition.evaluation_id == evaluation_id, Edition.number == number)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFoundError("edition.unknown", number=number)
    return record(row)


def record(row: Edition) -> EditionRecord:
    """Copy a row into the value that pages and other features see."""
    return EditionRecord(
        id=row.id,
        evaluation_id=row.evaluation_id,
        number=row.number,
        kind=row.kind,
        result_set_id=row.result_set_id,
        pdf_sha256=row.pdf_sha256,
        bundle_sha256=row.bundle_sha256,
        issued_at=row.issued_at,
        signer=row.signer,
    )
