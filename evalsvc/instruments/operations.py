"""Publish a version of a form; it never changes afterwards."""

import hashlib
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.draws import log
from evalsvc.draws.operations import append_to_log
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError
from evalsvc.evaluations.queries import evaluation_by_id
from evalsvc.instruments.complaints import placed
from evalsvc.instruments.contract import part_of
from evalsvc.instruments.models import Instrument
from evalsvc.instruments.reading import read_form
from evalsvc.people.actor import DESIGNER, LEAD, Actor
from evalsvc.store import Store
from forms.library import text_of

SHIPPED = "household"
"""The household questionnaire that comes with the service."""


def shipped_form() -> tuple[str, bytes]:
    """Return name and bytes of the questionnaire that comes with the service."""
    return f"{SHIPPED}.md", text_of(SHIPPED)


@dataclass(frozen=True)
class KeptForm:
    """A form without fault: what its row will say; its files lie in the store."""

    form_id: str
    version: str
    title: str
    xform_sha256: str
    md5: str
    source_sha256: str
    source_name: str
    about: str
    outcomes: str


def keep_form(store: Store, data: bytes, name: str) -> KeptForm:
    """Convert and check a form file and put it into the store; needs no transaction, and takes a while.

    Raises
    ------
    InvalidError
        ``instrument.refused`` with every complaint, each with sheet, row and column where it has them.
    """
    reading = read_form(data, name)
    if reading.xform is None or reading.definition is None or reading.errors:
        raise InvalidError("instrument.refused", placed(reading.errors, name), file=name, count=len(reading.errors))
    part = part_of(reading.definition)
    return KeptForm(
        form_id=reading.definition.form_id,
        version=reading.definition.version,
        title=reading.definition.title,
        xform_sha256=store.put(reading.xform),
        # MD5 because OpenRosa clients compare it; it proves nothing here.
        md5=hashlib.md5(reading.xform, usedforsecurity=False).hexdigest(),
        source_sha256=store.put(data),
        source_name=name,
        about=part.about,
        outcomes=part.outcomes,
    )


def publish(session: Session, actor: Actor, evaluation_id: str, form: KeptForm) -> Instrument:
    """Publish a version of a form, and enter its hash in the public log.

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
    instrument = Instrument(evaluation_id=evaluation_id, published_by=actor.identifier, **asdict(form))
    session.add(instrument)
    session.flush()
    details = {"form_id": instrument.form_id, "version": instrument.version, "xform": instrument.xform_sha256}
    audit.record(session, actor.identifier, "instrument.publish", instrument.id, details)
    subject = log.subject_of_form(evaluation_by_id(session, evaluation_id).code, instrument.form_id, instrument.version)
    append_to_log(session, log.FORM, subject, instrument.xform_sha256, instrument.published_at)
    return instrument


def _refuse_second(session: Session, evaluation_id: str, form: KeptForm) -> None:
    known = select(Instrument.id).where(
        Instrument.evaluation_id == evaluation_id,
        Instrument.form_id == form.form_id,
        Instrument.version == form.version,
    )
    if session.scalars(known).first() is not None:
        raise ConflictError("instrument.version_exists", form_id=form.form_id, version=form.version)
