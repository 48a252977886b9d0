"""Which form each household of a draw is visited with: one for all, or one by the class that the frame has it in."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy.orm import Session

from evalsvc.draws.models import Draw
from evalsvc.draws.values import UnitRecord
from evalsvc.errors import ConflictError, InvalidError, NotFoundError
from evalsvc.frames.judged import CLASS_COLUMN, text_of
from evalsvc.instruments.models import Instrument
from evalsvc.instruments.queries import record

ONE_FORM: Mapping[str, str] = MappingProxyType({})
"""No class has a form of its own."""


def form_of_each(
    session: Session, draw: Draw, units: Sequence[UnitRecord], instrument_id: str, by_class: Mapping[str, str]
) -> Mapping[str, str]:
    """Return the instrument of each drawn household, by its identifier.

    Raises
    ------
    NotFoundError
        ``instrument.unknown``
    ConflictError
        ``fieldwork.other_evaluation``, ``fieldwork.form_without_interviews``
    InvalidError
        ``fieldwork.unknown_class``
    """
    for each in dict.fromkeys((instrument_id, *by_class.values())):
        _require_fit(session, draw, each)
    classes = {unit.unit_id: text_of(unit.attributes, CLASS_COLUMN) for unit in units}
    unknown = sorted(set(by_class) - set(classes.values()))
    if unknown:
        known = ", ".join(sorted(set(classes.values())))
        raise InvalidError("fieldwork.unknown_class", number=draw.number, classes=", ".join(unknown), known=known)
    return {unit_id: by_class.get(household_class, instrument_id) for unit_id, household_class in classes.items()}


def _require_fit(session: Session, draw: Draw, instrument_id: str) -> None:
    """Refuse a form that no interview of a household could be made with."""
    instrument = session.get(Instrument, instrument_id)
    if instrument is None:
        raise NotFoundError("instrument.unknown", instrument=instrument_id)
    named = {"form_id": instrument.form_id, "version": instrument.version}
    if draw.evaluation_id != instrument.evaluation_id:
        raise ConflictError("fieldwork.other_evaluation", number=draw.number, **named)
    if not record(instrument).takes_interviews:
        raise ConflictError("fieldwork.form_without_interviews", **named)
