"""Publish a version of a form; it never changes afterwards."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError
from evalsvc.instruments.complaints import placed
from evalsvc.instruments.contract import contract_complaints
from evalsvc.instruments.models import Instrument
from evalsvc.people.actor import DESIGNER, LEAD, Actor
from evalsvc.store import Store
from forms.complaint import Complaint
from forms.definition import FormDefinition, parse_definition
from forms.errors import DefinitionError
from forms.library import text_of
from forms.publishing import publishing_complaints
from forms.workbook import convert

SHIPPED = "household"
"""The household questionnaire that comes with the service."""


@dataclass(frozen=True)
class Reading:
    """A form file as it was understood: the XForm and its definition unless an error stood against it."""

    xform: bytes | None
    definition: FormDefinition | None
    complaints: tuple[Complaint, ...]

    @property
    def errors(self) -> tuple[Complaint, ...]:
        """Return the complaints that keep the form from being used."""
        return tuple(each for each in self.complaints if each.severity == "error")


def shipped_form() -> tuple[str, bytes]:
    """Return name and bytes of the questionnaire that comes with the service."""
    return f"{SHIPPED}.md", text_of(SHIPPED)


def read_form(data: bytes, name: str) -> Reading:
    """Read an XLSForm, or an XForm (a file that begins like XML); every problem comes back at once."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _defined(data, ())
    conversion = convert(data, name)
    if conversion.xform is None:
        return Reading(None, None, conversion.complaints)
    return _defined(conversion.xform, conversion.complaints)


def _defined(xform: bytes, complaints: tuple[Complaint, ...]) -> Reading:
    try:
        definition = parse_definition(xform)
    except DefinitionError as error:
        return Reading(None, None, (*complaints, *error.complaints))
    return Reading(xform, definition, (*complaints, *publishing_complaints(definition)))


def publish(session: Session, store: Store, actor: Actor, evaluation_id: str, *, data: bytes, name: str) -> Instrument:
    """Publish a version from a form file.

    Raises
    ------
    ForbiddenError
        ``instrument.designer_only``
    InvalidError
        ``instrument.refused`` with every complaint, each with sheet, row and column where it has them.
    ConflictError
        ``instrument.version_exists``
    """
    if not actor.has(DESIGNER, LEAD):
        raise ForbiddenError("instrument.designer_only")
    reading = read_form(data, name)
    contract = () if reading.definition is None else contract_complaints(reading.definition)
    errors = (*reading.errors, *contract)
    if reading.xform is None or reading.definition is None or errors:
        raise InvalidError("instrument.refused", placed(errors, name), file=name, count=len(errors))
    definition = reading.definition
    _refuse_second(session, evaluation_id, definition)
    instrument = Instrument(
        evaluation_id=evaluation_id,
        form_id=definition.form_id,
        version=definition.version,
        title=definition.title,
        xform_sha256=store.put(reading.xform),
        # MD5 because OpenRosa clients compare it; it proves nothing here.
        md5=hashlib.md5(reading.xform, usedforsecurity=False).hexdigest(),
        source_sha256=store.put(data),
        source_name=name,
        published_by=actor.identifier,
    )
    session.add(instrument)
    session.flush()
    details = {"form_id": instrument.form_id, "version": instrument.version, "xform": instrument.xform_sha256}
    audit.record(session, actor.identifier, "instrument.publish", instrument.id, details)
    return instrument


def _refuse_second(session: Session, evaluation_id: str, definition: FormDefinition) -> None:
    known = select(Instrument.id).where(
        Instrument.evaluation_id == evaluation_id,
        Instrument.form_id == definition.form_id,
        Instrument.version == definition.version,
    )
    if session.scalars(known).first() is not None:
        raise ConflictError("instrument.version_exists", form_id=definition.form_id, version=definition.version)
