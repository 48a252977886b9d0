"""Reads of interviews: the list with its filters, one interview as its page shows it, and rows for results."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from evalsvc.draws.models import DrawUnit
from evalsvc.draws.queries import label_of, levels_of
from evalsvc.errors import NotFoundError
from evalsvc.fieldwork.models import Assignment
from evalsvc.instruments.definitions import definition_of
from evalsvc.instruments.models import Instrument
from evalsvc.interviews.models import Interview, InterviewFile, InterviewLink
from evalsvc.interviews.presentation import Reader, answer_lines, complaints_elsewhere, complaints_for, text_of
from evalsvc.interviews.values import (
    FileLine,
    Filters,
    InterviewDetail,
    InterviewLine,
    InterviewRecord,
)
from evalsvc.paging import LINES_PER_PAGE, Page, Window
from evalsvc.people.models import Person
from evalsvc.store import Store
from forms.columns import columns_of
from forms.definition import FormDefinition
from forms.files import named_files
from forms.instance import Instance, parse_instance


def interviews_of_draw(session: Session, draw_id: str) -> list[InterviewRecord]:
    """List the interviews of a draw's households that the public log covers, in its order: the first has number 1."""
    query = _joined().join(InterviewLink, InterviewLink.interview_id == Interview.id)
    query = query.where(InterviewLink.draw_id == draw_id).order_by(InterviewLink.sequence)
    return [_record(*row) for row in session.execute(query)]


def interviews_received(session: Session, draw_id: str) -> int:
    """Count every interview of a draw's households, also those that the public log does not cover yet."""
    counted = select(func.count()).select_from(Interview).join(Assignment, Assignment.id == Interview.assignment_id)
    return session.scalar(counted.where(Assignment.draw_id == draw_id)) or 0


def interview_by_id(session: Session, evaluation_id: str, identifier: str) -> InterviewRecord:
    """Return one interview.

    Raises
    ------
    NotFoundError
        ``interview.unknown``
    """
    query = _joined().where(Interview.id == identifier, Interview.evaluation_id == evaluation_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("interview.unknown", interview=identifier)
    return _record(*row)


_First, _Replaced = aliased(Interview, name="first_version"), aliased(Interview, name="replaced_version")


def _joined() -> Select[Interview, Assignment | None, Instrument, str, str | None]:
    return (
        select(Interview, Assignment, Instrument, _First.instance_id, _Replaced.instance_id)
        .outerjoin(Assignment, Assignment.id == Interview.assignment_id)
        .join(Instrument, Instrument.id == Interview.instrument_id)
        .join(_First, _First.id == Interview.root_id)
        .outerjoin(_Replaced, _Replaced.id == Interview.replaces_id)
    )


def _record(
    interview: Interview, assignment: Assignment | None, instrument: Instrument, first: str, replaced: str | None
) -> InterviewRecord:
    return InterviewRecord(
        id=interview.id,
        instance_id=interview.instance_id,
        about=interview.about,
        assignment_id="" if assignment is None else assignment.id,
        unit_id=interview.unit_id,
        parent="" if assignment is None else assignment.parent,
        county="" if assignment is None else assignment.county,
        stratum="" if assignment is None else assignment.stratum,
        form_id=instrument.form_id,
        version=instrument.version,
        sha256=interview.sha256,
        received_at=interview.received_at,
        disposition=interview.disposition,
        state=interview.state,
        answers=interview.answers,
        complaints=tuple(interview.complaints),
        root_instance_id=first,
        replaces_instance_id=replaced or "",
        rejected_for=interview.rejected_for or "",
        superseded=interview.superseded_at is not None,
    )


def page_of_interviews(session: Session, evaluation_id: str, filters: Filters, page: int) -> Page[InterviewLine]:
    """Return one page of the list, newest first."""
    conditions = _conditions(evaluation_id, filters)
    counted = select(func.count()).select_from(Interview).join(Assignment, Assignment.id == Interview.assignment_id)
    total = session.scalar(counted.where(*conditions)) or 0
    window = Window(total, page)
    rows = session.execute(
        select(Interview, Assignment, DrawUnit.attributes, Person.name)
        .join(Assignment, Assignment.id == Interview.assignment_id)
        .join(DrawUnit, (DrawUnit.draw_id == Assignment.draw_id) & (DrawUnit.unit_id == Assignment.unit_id))
        .join(Person, Person.id == Interview.enumerator_id)
        .where(*conditions)
        .order_by(Interview.received_at.desc(), Interview.id.desc())
        .limit(LINES_PER_PAGE)
        .offset(window.offset)
    ).all()
    levels = {draw_id: levels_of(session, draw_id) for draw_id in {row[1].draw_id for row in rows}}
    lines = tuple(
        _line(interview, assignment, _names(levels[assignment.draw_id], attributes), enumerator)
        for interview, assignment, attributes, enumerator in rows
    )
    return window.page_of(lines)


def _conditions(evaluation_id: str, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [Interview.evaluation_id == evaluation_id]
    if filters.county:
        conditions.append(Assignment.county == filters.county)
    if filters.village:
        conditions.append(Assignment.parent == filters.village)
    if filters.disposition:
        conditions.append(Interview.disposition == filters.disposition)
    if filters.state:
        conditions.append(Interview.state == filters.state)
    return conditions


def _line(interview: Interview, assignment: Assignment, names: tuple[str, str], enumerator: str) -> InterviewLine:
    county, village = names
    return InterviewLine(
        id=interview.id,
        instance_id=interview.instance_id,
        unit_id=assignment.unit_id,
        county=county,
        village=village,
        disposition=interview.disposition,
        state=interview.state,
        complaints=len(interview.complaints),
        enumerator=enumerator,
        received_at=interview.received_at,
    )


def _names(levels: Sequence[dict[str, str]], attributes: dict[str, Any]) -> tuple[str, str]:
    """Return the names of county and village of a household."""
    labels = [label_of(level["name"], str(attributes.get(level["id"], "")), attributes) for level in levels]
    return labels[0], labels[-2] if len(labels) > 1 else labels[0]


def detail(session: Session, store: Store, evaluation_id: str, identifier: str, reader: Reader) -> InterviewDetail:
    """Return one interview as its page shows it, read again from the bytes that were sent."""
    record = interview_by_id(session, evaluation_id, identifier)
    row = session.execute(
        select(Assignment.draw_id, DrawUnit.attributes, Person.name, Instrument.xform_sha256)
        .select_from(Interview)
        .join(Assignment, Assignment.id == Interview.assignment_id)
        .join(DrawUnit, (DrawUnit.draw_id == Assignment.draw_id) & (DrawUnit.unit_id == Assignment.unit_id))
        .join(Person, Person.id == Interview.enumerator_id)
        .join(Instrument, Instrument.id == Interview.instrument_id)
        .where(Interview.id == identifier)
    ).one()
    draw_id, attributes, enumerator, xform_sha256 = row
    definition = definition_of(store, xform_sha256)
    instance = parse_instance(store.get(record.sha256))
    complaints = complaints_for(definition, record.complaints, reader)
    lines = answer_lines(definition, instance, complaints, reader)
    county, village = _names(levels_of(session, draw_id), attributes)
    return InterviewDetail(
        record=record,
        village=village,
        county=county,
        enumerator=enumerator,
        lines=tuple(lines),
        other_complaints=tuple(complaints_elsewhere(lines, complaints)),
        files=tuple(_files(session, identifier, _expected(definition, instance, reader.language))),
    )


def _expected(definition: FormDefinition, instance: Instance, language: str) -> dict[str, str]:
    """Return the files that the answers name, each with its question."""
    return {
        file.filename: text_of(node.labels, language, node.name)
        for file in named_files(definition, instance)
        for node in [definition.by_path[file.path]]
    }


def _files(session: Session, interview_id: str, expected: dict[str, str]) -> list[FileLine]:
    rows = session.scalars(
        select(InterviewFile).where(InterviewFile.interview_id == interview_id).order_by(InterviewFile.name)
    )
    came = {
        row.name: FileLine(row.name, row.sha256, row.size, row.content_type, expected.get(row.name, "")) for row in rows
    }
    missing = [FileLine(name, "", 0, "", question) for name, question in expected.items() if name not in came]
    return [*came.values(), *missing]


def file_of(session: Session, evaluation_id: str, interview_id: str, name: str) -> FileLine:
    """Return one file of an interview.

    Raises
    ------
    NotFoundError
        ``interview.unknown_file``
    """
    row = session.scalars(
        select(InterviewFile)
        .join(Interview, Interview.id == InterviewFile.interview_id)
        .where(
            Interview.evaluation_id == evaluation_id,
            InterviewFile.interview_id == interview_id,
            InterviewFile.name == name,
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("interview.unknown_file", name=name)
    return FileLine(row.name, row.sha256, row.size, row.content_type, "")


def personal_columns(definition: FormDefinition) -> frozenset[str]:
    """Return the names of the columns that hold personal data."""
    return frozenset(column.name for column in columns_of(definition) if column.personal is not None)
