"""Read and check what a device sent, before anything of it is kept."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from evalsvc.errors import InvalidError, TooLargeError
from evalsvc.instruments.contract import DISPOSITIONS, NO_OUTCOME, OUTCOME, UNIT
from evalsvc.instruments.definitions import form_of
from evalsvc.instruments.queries import instrument_by_version
from evalsvc.instruments.values import InstrumentRecord
from evalsvc.interviews.values import SentFile, Submission
from evalsvc.store import Store
from forms.answer_types import is_file_name
from forms.check import check_by
from forms.columns import flatten
from forms.complaint import Complaint
from forms.definition import FormDefinition
from forms.errors import InstanceError
from forms.files import named_files
from forms.instance import Instance, parse_instance

MAX_FILES = 200
MOST_KNOWN = 500
"""Versions of forms that a process keeps in mind."""

_instruments: dict[tuple[Store, str, str, str], InstrumentRecord] = {}


def read_submission(
    session: Session, store: Store, evaluation_id: str, xml: bytes, files: tuple[SentFile, ...] = ()
) -> Submission:
    """Read a submission and run the checks of its form version; complaints are data, not errors.

    Raises
    ------
    InvalidError
        ``interview.unreadable``, ``interview.unit_missing``, ``interview.file_name``, ``interview.file_twice``
    NotFoundError
        ``instrument.unknown_form``, ``instrument.unknown_version``
    TooLargeError
        ``interview.too_many_files``
    """
    instance = _instance(xml)
    instrument = _instrument(session, store, evaluation_id, instance)
    form = form_of(session, store, instrument)
    answers = {name: value for name, value in flatten(form.definition, instance).items() if value is not None}
    if UNIT not in answers:
        raise InvalidError("interview.unit_missing", form_id=instance.form_id, question=UNIT)
    complaints = check_by(form.rules, instance)
    outcome = "" if instrument.outcomes == NO_OUTCOME else answers.get(OUTCOME, "")
    return Submission(
        evaluation_id=evaluation_id,
        instrument_id=instrument.id,
        form_id=instrument.form_id,
        version=instrument.version,
        instance_id=instance.instance_id,
        deprecated_id=instance.deprecated_id or "",
        about=instrument.about,
        outcomes=instrument.outcomes,
        unit_id=answers[UNIT],
        disposition=outcome if outcome in DISPOSITIONS else "",
        sha256=hashlib.sha256(xml).hexdigest(),
        answers=answers,
        complaints=tuple(as_json(each) for each in complaints),
        xml=xml,
        files=_checked_files(files),
        file_names=_file_names(form.definition, instance) if instance.deprecated_id else frozenset(),
    )


def _instrument(session: Session, store: Store, evaluation_id: str, instance: Instance) -> InstrumentRecord:
    """Return the published version that a submission names; versions never change, so each is asked for once."""
    key = store, evaluation_id, instance.form_id, instance.version
    known = _instruments.get(key)
    if known is None:
        if len(_instruments) >= MOST_KNOWN:
            _instruments.clear()
        known = _instruments[key] = instrument_by_version(session, evaluation_id, instance.form_id, instance.version)
    return known


def _file_names(definition: FormDefinition, instance: Instance) -> frozenset[str]:
    return frozenset(each.filename for each in named_files(definition, instance))


def _instance(xml: bytes) -> Instance:
    try:
        return parse_instance(xml)
    except InstanceError as error:
        raise InvalidError("interview.unreadable", error.complaints) from error


def as_json(complaint: Complaint) -> Mapping[str, Any]:
    """Write a complaint as it is kept with the interview."""
    return {
        "kind": complaint.kind,
        "code": complaint.code,
        "path": complaint.path,
        "details": dict(complaint.details),
        "severity": complaint.severity,
    }


def _checked_files(files: tuple[SentFile, ...]) -> tuple[SentFile, ...]:
    if len(files) > MAX_FILES:
        raise TooLargeError("interview.too_many_files", count=len(files), limit=MAX_FILES)
    kept: dict[str, SentFile] = {}
    for file in files:
        if not file.name.strip() or not is_file_name(file.name):
            raise InvalidError("interview.file_name", name=file.name[:80])
        if kept.setdefault(file.name, file).content != file.content:
            raise InvalidError("interview.file_twice", name=file.name)
    return tuple(kept.values())
