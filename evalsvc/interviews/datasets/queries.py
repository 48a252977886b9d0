"""Reads for datasets: forms, what was asked for, and the interviews with what the draw knows of them."""

from collections.abc import Generator, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from evalsvc import jobs
from evalsvc.errors import NotFoundError
from evalsvc.fieldwork.models import Assignment
from evalsvc.instruments.contract import COUNTY, VILLAGE
from evalsvc.instruments.definitions import form_of
from evalsvc.instruments.models import Instrument
from evalsvc.instruments.queries import record
from evalsvc.interviews.datasets.models import Dataset
from evalsvc.interviews.datasets.sampled import Sampled
from evalsvc.interviews.datasets.values import APPROVED_ONLY, DatasetRecord, FormLine, Position
from evalsvc.interviews.models import Interview, InterviewFile
from evalsvc.interviews.values import APPROVED, REJECTED
from evalsvc.people.models import Person
from evalsvc.store import Store
from forms.dataset.metadata import Envelope
from forms.definition import FormDefinition

FETCHED_AT_ONCE = 500


def forms_of(session: Session, evaluation_id: str) -> list[FormLine]:
    """List the forms of an evaluation with how many interviews each has."""
    counted = select(Interview.instrument_id, func.count().label("interviews")).where(*_standing(evaluation_id))
    by_version = counted.group_by(Interview.instrument_id).subquery()
    rows = session.execute(
        select(Instrument.form_id, func.max(Instrument.title), func.count(), func.sum(by_version.c.interviews))
        .outerjoin(by_version, by_version.c.instrument_id == Instrument.id)
        .where(Instrument.evaluation_id == evaluation_id)
        .group_by(Instrument.form_id)
        .order_by(Instrument.form_id)
    )
    return [FormLine(form_id, title, versions, interviews or 0) for form_id, title, versions, interviews in rows]


def definitions_of(session: Session, store: Store, evaluation_id: str, form_id: str) -> list[FormDefinition]:
    """Return the versions of a form, the oldest first.

    Raises
    ------
    NotFoundError
        ``instrument.unknown_form``
    """
    query = select(Instrument).where(Instrument.evaluation_id == evaluation_id, Instrument.form_id == form_id)
    found = list(session.scalars(query.order_by(Instrument.published_at, Instrument.id)))
    if not found:
        raise NotFoundError("instrument.unknown_form", form_id=form_id)
    return [form_of(session, store, record(each)).definition for each in found]


def _standing(evaluation_id: str) -> tuple[ColumnElement[bool], ...]:
    """Leave corrected versions and rejected interviews out."""
    return (
        Interview.evaluation_id == evaluation_id,
        Interview.superseded_at.is_(None),
        Interview.state != REJECTED,
    )


def _conditions(evaluation_id: str, form_id: str, scope: str) -> list[ColumnElement[bool]]:
    found = [*_standing(evaluation_id), Instrument.form_id == form_id]
    return [*found, Interview.state == APPROVED] if scope == APPROVED_ONLY else found


def count(session: Session, evaluation_id: str, form_id: str, scope: str) -> int:
    """Count the interviews of a dataset."""
    counted = select(func.count()).select_from(Interview).join(Instrument, Instrument.id == Interview.instrument_id)
    return session.scalar(counted.where(*_conditions(evaluation_id, form_id, scope))) or 0


def draws_told_of(session: Session, evaluation_id: str, form_id: str, scope: str) -> frozenset[str]:
    """Return the draws on whose households the interviews of a dataset hang."""
    query = select(Assignment.draw_id).join(Interview, Interview.assignment_id == Assignment.id).distinct()
    query = query.join(Instrument, Instrument.id == Interview.instrument_id)
    return frozenset(session.scalars(query.where(*_conditions(evaluation_id, form_id, scope))))


def envelopes(  # noqa: PLR0917 (which interviews, what is known of their households, and from where on)
    session: Session, evaluation_id: str, form_id: str, scope: str, drawn: Sampled, after: Position | None = None
) -> Generator[tuple[Position, str, Envelope], None, None]:
    """Walk the interviews in the order in which they came, each with the hash of its bytes; few are held at a time."""
    query = _with_household().where(*_conditions(evaluation_id, form_id, scope))
    if after is not None:
        query = query.where(tuple_(Interview.received_at, Interview.id) > (after.received_at, after.id))
    ordered = query.order_by(Interview.received_at, Interview.id).execution_options(yield_per=FETCHED_AT_ONCE)
    with session.execute(ordered) as rows:
        for row in rows:
            yield Position(row.received_at, row.id), row.sha256, _envelope(row, drawn)


def _with_household() -> Select[Any]:
    return (
        select(
            Interview.id,
            Interview.instance_id,
            Interview.sha256,
            Interview.received_at,
            Interview.state,
            Interview.disposition,
            Interview.complaints,
            Interview.about,
            Interview.unit_id,
            Instrument.version,
            Assignment.parent,
            Assignment.county,
            Assignment.stratum,
            Assignment.sample_type,
            Assignment.draw_id,
            Assignment.instance_id.label("counting_id"),
        )
        .join(Instrument, Instrument.id == Interview.instrument_id)
        .outerjoin(Assignment, Assignment.id == Interview.assignment_id)
    )


def _envelope(row: Any, drawn: Sampled) -> Envelope:
    draw = drawn.draws.get(row.draw_id or "")
    unit = drawn.unit(row.draw_id, row.unit_id)
    return Envelope(
        instance_id=row.instance_id,
        version=row.version,
        unit_id=row.unit_id,
        village=row.unit_id if row.about == VILLAGE else row.parent,
        county=row.unit_id if row.about == COUNTY else row.county,
        stratum=row.stratum,
        sample_type=row.sample_type,
        weight=None if unit is None else unit.weight,
        draw=None if draw is None else draw.number,
        stages=() if unit is None else unit.stages,
        coarse=None if unit is None else unit.coarse,
        # The household's outcome is settled by the one rule of what counts (fieldwork/counting.py).
        counts=None if row.draw_id is None else row.counting_id == row.instance_id,
        received_at=row.received_at,
        state=row.state,
        disposition=row.disposition or None,
        complaints=len(row.complaints),
    )


def media_of(session: Session, evaluation_id: str, form_id: str, scope: str) -> Iterator[tuple[str, str, str]]:
    """Walk the files that came with the interviews of a dataset: instance, name, store key."""
    query = (
        select(Interview.instance_id, InterviewFile.name, InterviewFile.sha256)
        .join(Interview, Interview.id == InterviewFile.interview_id)
        .join(Instrument, Instrument.id == Interview.instrument_id)
        .where(*_conditions(evaluation_id, form_id, scope))
        .order_by(Interview.received_at, Interview.id, InterviewFile.name)
    )
    with session.execute(query.execution_options(yield_per=FETCHED_AT_ONCE)) as rows:
        for row in rows:
            yield row.instance_id, row.name, row.sha256


def datasets_of(session: Session, evaluation_id: str, limit: int = 30) -> list[DatasetRecord]:
    """List the datasets that were asked for last, newest first."""
    query = select(Dataset, Person.name).join(Person, Person.id == Dataset.wished_by)
    latest = query.where(Dataset.evaluation_id == evaluation_id).order_by(Dataset.wished_at.desc(), Dataset.id.desc())
    return [_record(session, row, wisher) for row, wisher in session.execute(latest.limit(limit))]


def dataset_by_id(session: Session, evaluation_id: str, identifier: str) -> DatasetRecord:
    """Return one dataset.

    Raises
    ------
    NotFoundError
        ``dataset.unknown``
    """
    query = select(Dataset, Person.name).join(Person, Person.id == Dataset.wished_by)
    row = session.execute(
        query.where(Dataset.id == identifier, Dataset.evaluation_id == evaluation_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFoundError("dataset.unknown", dataset=identifier)
    return _record(session, *row)


def _record(session: Session, row: Dataset, wisher: str) -> DatasetRecord:
    job = next(iter(jobs.of_subject(session, row.id, 1)), None)
    return DatasetRecord(
        **{name: getattr(row, name) for name in _SHOWN},
        wisher=wisher,
        state=_state(row, job),
        done=0 if job is None else job.done_steps,
        all=None if job is None else job.all_steps,
        failure_code="" if job is None else job.failure_code or "",
        failure_details={} if job is None else dict(job.failure_details),
    )


def _state(row: Dataset, job: jobs.JobStatus | None) -> str:
    if row.removed_at is not None:
        return "removed"
    if row.made_at is not None:
        return "ready"
    return jobs.WAITING if job is None else job.state


_SHOWN = (
    "id", "form_id", "format", "full", "media", "scope", "language", "reason", "wished_by", "wished_at", "made_at",
    "size", "interviews", "expires_at", "removed_at",
)  # fmt: skip
