"""Reads of returned interviews for those who correct them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from evalsvc.db import now
from evalsvc.draws.models import Draw
from evalsvc.draws.release import is_released
from evalsvc.errors import NotFoundError
from evalsvc.fieldwork.models import Assignment
from evalsvc.instruments.contract import NO_OUTCOME
from evalsvc.instruments.definitions import form_of
from evalsvc.instruments.models import Instrument
from evalsvc.instruments.queries import record
from evalsvc.interviews.models import Interview, InterviewFile
from evalsvc.interviews.presentation import Reader
from evalsvc.interviews.queries import file_of
from evalsvc.interviews.review.history import history_of
from evalsvc.interviews.review.moves import RETURN
from evalsvc.interviews.values import RETURNED, FileLine, History, ReviewLine
from evalsvc.store import Store
from evalsvc.words import sentence


@dataclass(frozen=True)
class SaidAtQuestion:
    """A comment at a question; rows of repeats are counted from 1 in the path."""

    path: str
    question: str
    words: str


@dataclass(frozen=True)
class FoundAtQuestion:
    """What the checks found at a place, in words; an empty path is the whole interview."""

    path: str
    message: str
    severity: str


@dataclass(frozen=True)
class ReturnedFile:
    """A file that came with a returned interview."""

    name: str
    sha256: str
    size: int
    content_type: str


@dataclass(frozen=True)
class ReturnedInterview:
    """A returned interview, with what is to be corrected; a correction names `instance_id` as its deprecatedID."""

    instance_id: str
    root_instance_id: str
    form_id: str
    version: str
    about: str
    unit_id: str
    sha256: str
    returned_at: datetime
    words: str
    comments: tuple[SaidAtQuestion, ...]
    complaints: tuple[FoundAtQuestion, ...]
    files: tuple[ReturnedFile, ...]


def returned_to(
    session: Session, store: Store, evaluation_id: str, person_id: str, language: str
) -> list[ReturnedInterview]:
    """List the returned interviews that a person is to correct, the one returned first on top."""
    rows = session.execute(_returned_to(evaluation_id, person_id)).all()
    reader = Reader(language, sees_personal=True)
    found = [_returned(session, store, interview, instrument, reader) for interview, instrument in rows]
    return sorted(found, key=lambda each: (each.returned_at, each.instance_id))


def own_returned(session: Session, evaluation_id: str, person_id: str, instance_id: str) -> Interview:
    """Return a returned interview that a person is to correct.

    Raises
    ------
    NotFoundError
        ``interview.not_returned``
    """
    query = _returned_to(evaluation_id, person_id).where(Interview.instance_id == instance_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("interview.not_returned", instance=instance_id)
    return row[0]


def own_file(session: Session, evaluation_id: str, person_id: str, instance_id: str, name: str) -> FileLine:
    """Return a file of a returned interview that a person is to correct.

    Raises
    ------
    NotFoundError
        ``interview.not_returned``, ``interview.unknown_file``
    """
    return file_of(session, evaluation_id, own_returned(session, evaluation_id, person_id, instance_id).id, name)


def _returned_to(evaluation_id: str, person_id: str) -> Select[Interview, Instrument]:
    return (
        select(Interview, Instrument)
        .join(Instrument, Instrument.id == Interview.instrument_id)
        .outerjoin(Assignment, Assignment.id == Interview.assignment_id)
        .outerjoin(Draw, Draw.id == Assignment.draw_id)
        .where(
            Interview.evaluation_id == evaluation_id,
            Interview.state == RETURNED,
            Interview.superseded_at.is_(None),
            _corrected_by(person_id),
        )
    )


def _corrected_by(person_id: str) -> ColumnElement[bool]:
    """Ask who corrects, as intake does: whom the household is given to, or who sent what stands beside its outcome."""
    own = (Instrument.outcomes == NO_OUTCOME) & (Interview.enumerator_id == person_id)
    given = (Instrument.outcomes != NO_OUTCOME) & (Assignment.enumerator_id == person_id)
    return (own | given) & (Assignment.id.is_(None) | is_released(now()))


def _returned(
    session: Session, store: Store, interview: Interview, instrument: Instrument, reader: Reader
) -> ReturnedInterview:
    definition = form_of(session, store, record(instrument)).definition
    history = history_of(session, interview.root_id, definition, reader)
    last = _last_return(history)
    files = session.scalars(
        select(InterviewFile).where(InterviewFile.interview_id == interview.id).order_by(InterviewFile.name)
    )
    return ReturnedInterview(
        instance_id=interview.instance_id,
        root_instance_id=history.versions[0].instance_id,
        form_id=instrument.form_id,
        version=instrument.version,
        about=interview.about,
        unit_id=interview.unit_id,
        sha256=interview.sha256,
        returned_at=last.at,
        words=last.words,
        comments=tuple(SaidAtQuestion(each.path, each.question, each.words) for each in last.comments),
        complaints=tuple(
            FoundAtQuestion(each["path"], sentence(each["code"], each["details"], reader.language), each["severity"])
            for each in interview.complaints
        ),
        files=tuple(ReturnedFile(each.name, each.sha256, each.size, each.content_type) for each in files),
    )


def _last_return(history: History) -> ReviewLine:
    """Return the step that brought the interview where it is: what was said then is what is to be corrected."""
    return next(each for each in reversed(history.reviews) if each.action == RETURN)
