"""Reads of the list of interviews: its filters, its pages, and how many stand in which state."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, exists, func, literal_column, select
from sqlalchemy.orm import Session

from evalsvc.fieldwork.models import Assignment
from evalsvc.instruments.contract import COUNTY, VILLAGE
from evalsvc.instruments.models import Instrument
from evalsvc.interviews.models import Interview
from evalsvc.interviews.naming import Names, names_of
from evalsvc.interviews.review.moves import has_errors
from evalsvc.interviews.values import (
    AWAITING_REVIEW,
    CORRECTED,
    RECEIVED,
    STATES,
    WAITING,
    EnumeratorCounts,
    Filters,
    InterviewLine,
    StateCount,
)
from evalsvc.paging import LINES_PER_PAGE, Page, Window
from evalsvc.people.models import Person
from evalsvc.zone import SHANGHAI


def page_of_interviews(session: Session, evaluation_id: str, filters: Filters, page: int) -> Page[InterviewLine]:
    """Return one page of the list, newest first."""
    conditions = _conditions(session, evaluation_id, filters)
    window = Window(session.scalar(select(func.count()).select_from(Interview).where(*conditions)) or 0, page)
    rows = session.execute(
        select(Interview, Assignment, Instrument, Person.name)
        .outerjoin(Assignment, Assignment.id == Interview.assignment_id)
        .join(Instrument, Instrument.id == Interview.instrument_id)
        .join(Person, Person.id == Interview.enumerator_id)
        .where(*conditions)
        .order_by(Interview.received_at.desc(), Interview.id.desc())
        .limit(LINES_PER_PAGE)
        .offset(window.offset)
    ).all()
    names = names_of(session, [(row[0], row[1]) for row in rows])
    lines = (_line(interview, form, person, names[interview.id]) for interview, _, form, person in rows)
    return window.page_of(tuple(lines))


def counts_by_state(session: Session, evaluation_id: str, filters: Filters) -> list[StateCount]:
    """Count the interviews of a list in each state, whichever state it shows."""
    query = select(Interview.state, func.count()).group_by(Interview.state)
    conditions = _conditions(session, evaluation_id, replace(filters, state=""))
    found = {state: count for state, count in session.execute(query.where(*conditions))}
    return [StateCount(state, found.get(state, 0)) for state in STATES]


def counts_by_enumerator(session: Session, evaluation_id: str, filters: Filters) -> list[EnumeratorCounts]:
    """Count each enumerator's interviews of a list by state, whichever state and enumerator it shows."""
    conditions = _conditions(session, evaluation_id, replace(filters, state="", enumerator=""))
    query = select(Interview.enumerator_id, Interview.state, func.count())
    query = query.where(*conditions).group_by(Interview.enumerator_id, Interview.state)
    states: dict[str, dict[str, int]] = defaultdict(dict)
    for identifier, state, count in session.execute(query):
        states[identifier][state] = count
    people = session.execute(select(Person.id, Person.name).where(Person.id.in_(states)))
    return [
        EnumeratorCounts(identifier, name, states[identifier])
        for name, identifier in sorted((name, identifier) for identifier, name in people)
    ]


def awaiting_approval(
    session: Session, evaluation_id: str, filters: Filters, *, before: datetime, with_errors: bool, most: int
) -> dict[str, str]:
    """Return the states of the interviews of a list that may be approved together, the oldest first, by identifier."""
    states = AWAITING_REVIEW if with_errors else (RECEIVED, CORRECTED)
    conditions = _conditions(session, evaluation_id, replace(filters, superseded=False))
    query = select(Interview.id, Interview.state).where(*conditions)
    query = query.where(Interview.state.in_(states), Interview.received_at <= before)
    rows = session.execute(query.order_by(Interview.received_at, Interview.id).limit(most))
    return {identifier: state for identifier, state in rows}


def forms_received(session: Session, evaluation_id: str) -> list[tuple[str, str]]:
    """List the forms of which interviews came: form id and the title of its newest version."""
    came = exists(select(1).where(Interview.evaluation_id == evaluation_id, Interview.instrument_id == Instrument.id))
    query = select(Instrument.form_id, Instrument.title).where(Instrument.evaluation_id == evaluation_id, came)
    titles = {form_id: title for form_id, title in session.execute(query.order_by(Instrument.published_at))}
    return sorted(titles.items())


def collectors(session: Session, evaluation_id: str) -> list[tuple[str, str]]:
    """List those from whom interviews came: identifier and name."""
    sent = select(Interview.enumerator_id).where(Interview.evaluation_id == evaluation_id).distinct()
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(sent)).order_by(Person.name, Person.id))
    return [(identifier, name) for identifier, name in rows]


def _conditions(session: Session, evaluation_id: str, filters: Filters) -> list[ColumnElement[bool]]:
    where = _places(evaluation_id, filters)
    return [Interview.evaluation_id == evaluation_id, *where, *_kinds(session, evaluation_id, filters)]


def _places(evaluation_id: str, filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.county:
        inside = Assignment.evaluation_id == evaluation_id, Assignment.county == filters.county
        of_village = (Interview.about == VILLAGE) & Interview.unit_id.in_(select(Assignment.parent).where(*inside))
        of_county = (Interview.about == COUNTY) & (Interview.unit_id == filters.county)
        yield Interview.assignment_id.in_(select(Assignment.id).where(*inside)) | of_village | of_county
    if filters.village:
        inside = Assignment.evaluation_id == evaluation_id, Assignment.parent == filters.village
        of_village = (Interview.about == VILLAGE) & (Interview.unit_id == filters.village)
        yield Interview.assignment_id.in_(select(Assignment.id).where(*inside)) | of_village


def _kinds(session: Session, evaluation_id: str, filters: Filters) -> Iterator[ColumnElement[bool]]:
    if not filters.superseded:
        yield Interview.superseded_at.is_(None)
    if filters.enumerator:
        yield Interview.enumerator_id == filters.enumerator
    if filters.disposition:
        yield Interview.disposition == filters.disposition
    if filters.state:
        yield Interview.state.in_(AWAITING_REVIEW if filters.state == WAITING else (filters.state,))
    if filters.form:
        versions = Instrument.evaluation_id == evaluation_id, Instrument.form_id == filters.form
        yield Interview.instrument_id.in_(select(Instrument.id).where(*versions))
    if filters.complaint:
        yield _has_complaint(session, filters.complaint)
    if filters.since:
        yield Interview.received_at >= _midnight(filters.since)
    if filters.until:
        yield Interview.received_at < _midnight(filters.until + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _has_complaint(session: Session, kind: str) -> ColumnElement[bool]:
    """Look into the list of complaints, which either database unfolds in its own way."""
    if session.get_bind().dialect.name == "postgresql":
        each = func.json_array_elements(Interview.complaints).table_valued("value", name="complaint_of_list")
        told = func.json_extract_path_text(literal_column("complaint_of_list.value"), "kind")
    else:
        each = func.json_each(Interview.complaints).table_valued("value", name="complaint_of_list")
        told = func.json_extract(each.c.value, "$.kind")
    return exists(select(1).select_from(each).where(told == kind))


def _line(interview: Interview, form: Instrument, person: str, names: Names) -> InterviewLine:
    county, village = names
    return InterviewLine(
        id=interview.id,
        instance_id=interview.instance_id,
        about=interview.about,
        unit_id=interview.unit_id,
        county=county,
        village=village,
        form_id=form.form_id,
        form=form.title,
        disposition=interview.disposition,
        state=interview.state,
        complaints=len(interview.complaints),
        has_errors=has_errors(interview.complaints),
        is_correction=interview.replaces_id is not None,
        superseded=interview.superseded_at is not None,
        enumerator=person,
        received_at=interview.received_at,
    )
