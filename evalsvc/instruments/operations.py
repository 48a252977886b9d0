"""Publish a version of a form; it never changes afterwards."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.draws import log
from evalsvc.draws.operations import append_to_log
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError
from evalsvc.evaluations.queries import evaluation_by_id
from evalsvc.instruments.attached import content_type_of
from evalsvc.instruments.complaints import placed
from evalsvc.instruments.contract import Part, part_of
from evalsvc.instruments.models import Instrument, InstrumentFile
from evalsvc.instruments.reading import NO_FILES, read_form
from evalsvc.instruments.values import FormFile
from evalsvc.people.actor import DESIGNER, LEAD, Actor
from evalsvc.store import Store
from forms.library import NO_BLANKS, Library, shipped

SHIPPED = "household"
"""The one of the shipped forms that does for households of every class."""


def shipped_form(
    name: str = SHIPPED, blanks: Mapping[str, str] = NO_BLANKS, library: Library | None = None
) -> tuple[str, bytes]:
    """Return file name and bytes of a form of a library, by default the shipped one, its blanks filled with words.

    Raises
    ------
    InvalidError
        ``instrument.shipped_unknown``
    """
    library = library or shipped()
    if name not in library.forms:
        raise InvalidError("instrument.shipped_unknown", name=name, known=", ".join(library.forms))
    return f"{name}.md", library.text_of(name, blanks)


@dataclass(frozen=True)
class KeptForm:
    """A form without fault: what its row will say; the form and its files lie in the store."""

    form_id: str
    version: str
    title: str
    xform_sha256: str
    md5: str
    source_sha256: str
    source_name: str
    part: Part
    files: tuple[FormFile, ...]


def keep_form(store: Store, data: bytes, name: str, attached: Mapping[str, bytes] = NO_FILES) -> KeptForm:
    """Convert and check a form file with the files beside it and put all into the store; needs no transaction.

    Raises
    ------
    InvalidError
        ``instrument.refused`` with every complaint, each with sheet, row and column where it has them.
    """
    reading = read_form(data, name, attached)
    against = reading.against_publishing
    if reading.xform is None or reading.definition is None or against:
        raise InvalidError("instrument.refused", placed(against, name), file=name, count=len(against))
    return KeptForm(
        form_id=reading.definition.form_id,
        version=reading.definition.version,
        title=reading.definition.title,
        xform_sha256=store.put(reading.xform),
        md5=md5_of(reading.xform),
        source_sha256=store.put(data),
        source_name=name,
        part=part_of(reading.definition),
        files=keep_files(store, reading.files),
    )


def keep_files(store: Store, files: Mapping[str, bytes]) -> tuple[FormFile, ...]:
    """Put the files of a form into the store."""
    return tuple(
        FormFile(name, store.put(content), md5_of(content), len(content), content_type_of(name))
        for name, content in sorted(files.items())
    )


def md5_of(content: bytes) -> str:
    """Return the MD5 of bytes: OpenRosa clients compare it; it proves nothing here."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def publish(session: Session, actor: Actor, evaluation_id: str, form: KeptForm) -> Instrument:
    """Publish a version of a form, and enter its hash, files included, in the public log.

    Raises
    ------
    ForbiddenError
        ``instrument.designer_only``
    ConflictError
        ``instrument.version_exists``
    """
    if not actor.has(DESIGNER, LEAD):
        raise ForbiddenError("instrument.designer_only")
    _refuse_second(session, evaluation_id, form)
    instrument = _row(form, evaluation_id, actor)
    session.add(instrument)
    session.flush()
    session.add_all(InstrumentFile(instrument_id=instrument.id, **vars(each)) for each in form.files)
    session.flush()
    files = {each.name: each.sha256 for each in form.files}
    details = {
        "form_id": instrument.form_id,
        "version": instrument.version,
        "xform": instrument.xform_sha256,
        "files": files,
    }
    audit.record(session, actor.identifier, "instrument.publish", instrument.id, details)
    subject = log.subject_of_form(evaluation_by_id(session, evaluation_id).code, instrument.form_id, instrument.version)
    append_to_log(session, log.FORM, subject, log.hash_of_form(instrument.xform_sha256, files), instrument.published_at)
    return instrument


def _row(form: KeptForm, evaluation_id: str, actor: Actor) -> Instrument:
    return Instrument(
        evaluation_id=evaluation_id,
        form_id=form.form_id,
        version=form.version,
        title=form.title,
        xform_sha256=form.xform_sha256,
        md5=form.md5,
        source_sha256=form.source_sha256,
        source_name=form.source_name,
        about=form.part.about,
        outcomes=form.part.outcomes,
        published_by=actor.identifier,
    )


def _refuse_second(session: Session, evaluation_id: str, form: KeptForm) -> None:
    known = select(Instrument.id).where(
        Instrument.evaluation_id == evaluation_id,
        Instrument.form_id == form.form_id,
        Instrument.version == form.version,
    )
    if session.scalars(known).first() is not None:
        raise ConflictError("instrument.version_exists", form_id=form.form_id, version=form.version)
