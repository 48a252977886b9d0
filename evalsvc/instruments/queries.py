"""Reads of instruments."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from evalsvc.errors import NotFoundError
from evalsvc.instruments.models import Instrument, InstrumentFile
from evalsvc.instruments.values import FormFile, InstrumentRecord

# Every submission asks for its version, so the statement is built once.
_BY_VERSION = select(Instrument).where(
    Instrument.evaluation_id == bindparam("evaluation_id"),
    Instrument.form_id == bindparam("form_id"),
    Instrument.version == bindparam("version"),
)


def instruments_of(session: Session, evaluation_id: str) -> list[InstrumentRecord]:
    """List the published versions of an evaluation's forms, newest first."""
    rows = session.scalars(
        select(Instrument)
        .where(Instrument.evaluation_id == evaluation_id)
        .order_by(Instrument.published_at.desc(), Instrument.id.desc())
    )
    return [record(row) for row in rows]


def instrument_by_id(session: Session, evaluation_id: str, identifier: str) -> InstrumentRecord:
    """Return one published version of an evaluation.

    Raises
    ------
    NotFoundError
        ``instrument.unknown``
    """
    row = session.get(Instrument, identifier)
    if row is None or row.evaluation_id != evaluation_id:
        raise NotFoundError("instrument.unknown", instrument=identifier)
    return record(row)


def instrument_by_version(session: Session, evaluation_id: str, form_id: str, version: str) -> InstrumentRecord:
    """Return the version of a form that a submission names.

    Raises
    ------
    NotFoundError
        ``instrument.unknown_form``, ``instrument.unknown_version``
    """
    wanted = {"evaluation_id": evaluation_id, "form_id": form_id, "version": version}
    row = session.scalars(_BY_VERSION, wanted).one_or_none()
    if row is not None:
        return record(row)
    if not any(each.form_id == form_id for each in instruments_of(session, evaluation_id)):
        raise NotFoundError("instrument.unknown_form", form_id=form_id)
    raise NotFoundError("instrument.unknown_version", form_id=form_id, version=version)


def newest(session: Session, evaluation_id: str, form_id: str) -> InstrumentRecord:
    """Return the version of a form that was published last.

    Raises
    ------
    NotFoundError
        ``instrument.unknown_form``
    """
    found = next((each for each in instruments_of(session, evaluation_id) if each.form_id == form_id), None)
    if found is None:
        raise NotFoundError("instrument.unknown_form", form_id=form_id)
    return found


def last_version(
    session: Session, evaluation_id: str, form_id: str, before: InstrumentRecord | None = None
) -> InstrumentRecord | None:
    """Return the version of a form that was published last, or last before another one; None where there is none."""
    versions = [each for each in instruments_of(session, evaluation_id) if each.form_id == form_id]
    if before is not None:
        versions = versions[versions.index(before) + 1 :]
    return versions[0] if versions else None


def files_of(session: Session, instrument_id: str) -> tuple[FormFile, ...]:
    """List the files that a published version is delivered with, by name."""
    rows = session.scalars(
        select(InstrumentFile).where(InstrumentFile.instrument_id == instrument_id).order_by(InstrumentFile.name)
    )
    return tuple(FormFile(row.name, row.sha256, row.md5, row.size, row.content_type) for row in rows)


def file_of(session: Session, instrument_id: str, name: str) -> FormFile:
    """Return one file of a published version.

    Raises
    ------
    NotFoundError
        ``instrument.unknown_file``
    """
    found = next((each for each in files_of(session, instrument_id) if each.name == name), None)
    if found is None:
        raise NotFoundError("instrument.unknown_file", name=name)
    return found


def with_files(session: Session, evaluation_id: str) -> frozenset[str]:
    """Name the published versions of an evaluation that are delivered with files."""
    query = select(InstrumentFile.instrument_id).join(Instrument, Instrument.id == InstrumentFile.instrument_id)
    return frozenset(session.scalars(query.where(Instrument.evaluation_id == evaluation_id).distinct()))


def record(row: Instrument) -> InstrumentRecord:
    """Copy a row into the value that pages and other features see."""
    return InstrumentRecord(
        id=row.id,
        evaluation_id=row.evaluation_id,
        form_id=row.form_id,
        version=row.version,
        title=row.title,
        xform_sha256=row.xform_sha256,
        md5=row.md5,
        source_sha256=row.source_sha256,
        source_name=row.source_name,
        about=row.about,
        outcomes=row.outcomes,
        published_at=row.published_at,
    )
