"""Reads of interviews: one as its page shows it, what changed between versions, its files, and rows for results."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from evalsvc.draws.models import Draw
from evalsvc.errors import NotFoundError
from evalsvc.fieldwork.models import Assignment
from evalsvc.instruments.definitions import form_of
from evalsvc.instruments.models import Instrument
from evalsvc.instruments.queries import record as instrument_record
from evalsvc.interviews.computed_faults import computed_faults, is_fault
from evalsvc.interviews.models import Interview, InterviewFile, InterviewLink
from evalsvc.interviews.naming import names_of
from evalsvc.interviews.nodes import text_of
from evalsvc.interviews.presentation import (
    Reader,
    answer_lines,
    complaints_elsewhere,
    complaints_for,
    computed_lines,
    last_row,
)
from evalsvc.interviews.review.difference import Version, changes
from evalsvc.interviews.review.history import history_of, versions_of
from evalsvc.interviews.values import (
    CommentLine,
    Difference,
    FileChange,
    FileLine,
    History,
    InterviewDetail,
    InterviewRecord,
    VersionLine,
)
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


def root_of(session: Session, identifier: str) -> str:
    """Return the first version of an interview."""
    return session.get_one(Interview, identifier).root_id


def detail(session: Session, store: Store, evaluation_id: str, identifier: str, reader: Reader) -> InterviewDetail:
    """Return one version of an interview as its page shows it, read again from the bytes that were sent."""
    record = interview_by_id(session, evaluation_id, identifier)
    interview = session.get_one(Interview, identifier)
    version = _version(session, store, interview)
    household = None if interview.assignment_id is None else session.get_one(Assignment, interview.assignment_id)
    county, village = names_of(session, [(interview, household)])[identifier]
    counts = _counts(interview, household)
    complaints = complaints_for(version.definition, record.complaints, reader)
    lines = answer_lines(version.definition, version.instance, complaints, reader)
    others = [each for each in complaints if not is_fault(version.definition, each)]
    history = history_of(session, interview.root_id, version.definition, reader)
    return InterviewDetail(
        record=record,
        village=village,
        county=county,
        enumerator=session.get_one(Person, interview.enumerator_id).name,
        collectors=frozenset(each.enumerator_id for each in history.versions),
        counts=counts,
        fieldwork_ended=household is not None and session.get_one(Draw, household.draw_id).published_at is not None,
        lines=tuple(lines),
        computed=tuple(computed_lines(version.definition, version.instance, complaints, reader)),
        other_complaints=tuple(complaints_elsewhere(version.definition, lines, others, reader.language)),
        computed_faults=tuple(computed_faults(version.definition, lines, complaints, reader.language)),
        files=tuple(_files(session, identifier, _expected(version.definition, version.instance, reader.language))),
        history=history,
    )


def _counts(interview: Interview, household: Assignment | None) -> bool | None:
    """Tell whether an interview gives its household the outcome."""
    if household is None or not interview.disposition:
        return None
    return household.instance_id == interview.instance_id


def question_places(session: Session, store: Store, evaluation_id: str, identifier: str) -> frozenset[str]:
    """Return the paths at which a version of an interview can be commented on: of its questions and rows of repeats."""
    interview_by_id(session, evaluation_id, identifier)
    version = _version(session, store, session.get_one(Interview, identifier))
    lines = answer_lines(version.definition, version.instance, (), Reader("zh", sees_personal=True))
    return frozenset(line.path for line in lines)


def difference(
    session: Session, store: Store, evaluation_id: str, identifier: str, reader: Reader, *, other: str | None = None
) -> Difference:
    """Say what changed between two versions of an interview, the earlier one first; by default to the one before.

    Raises
    ------
    NotFoundError
        ``interview.unknown``, ``interview.no_other_version``
    """
    interview_by_id(session, evaluation_id, identifier)
    versions = {each.id: each for each in versions_of(session, session.get_one(Interview, identifier).root_id)}
    number = versions[identifier].number
    previous = next((each.id for each in versions.values() if each.number == number - 1), None)
    chosen = other or previous
    if chosen is None or chosen == identifier or chosen not in versions:
        raise NotFoundError("interview.no_other_version", interview=identifier)
    older, newer = sorted((versions[identifier], versions[chosen]), key=lambda each: each.number)
    before, after = (_version(session, store, session.get_one(Interview, each.id)) for each in (older, newer))
    complaints = interview_by_id(session, evaluation_id, newer.id).complaints
    after = replace(after, complaints=complaints_for(after.definition, complaints, reader))
    history = history_of(session, root_of(session, identifier), after.definition, reader)
    found = changes(before, after, reader, _said_between(history, older, newer))
    return Difference(older, newer, tuple(found), tuple(_file_changes(session, older.id, newer.id)))


def _said_between(history: History, older: VersionLine, newer: VersionLine) -> dict[str, list[CommentLine]]:
    """Return what was said of the older version and of those between, by its place in the older one.

    Rows are counted anew in each version: at them, only what was said of the older one has its place there.
    """
    said: dict[str, list[CommentLine]] = {}
    for review in history.reviews:
        for comment in review.comments:
            between = older.number < review.version < newer.number and not last_row(comment.path)
            if review.version == older.number or between:
                said.setdefault(comment.path, []).append(comment)
    return said


def _version(session: Session, store: Store, interview: Interview) -> Version:
    instrument = instrument_record(session.get_one(Instrument, interview.instrument_id))
    return Version(form_of(session, store, instrument).definition, parse_instance(store.get(interview.sha256)))


def _file_changes(session: Session, older: str, newer: str) -> Iterator[FileChange]:
    before, after = ({each.name: each.sha256 for each in _files(session, version, {})} for version in (older, newer))
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield FileChange(name, before.get(name, ""), after.get(name, ""))


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
