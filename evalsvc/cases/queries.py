"""Reads of cases: the list, one case as its page shows it, and rows for results."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from evalsvc.cases.models import Case, Judgement
from evalsvc.cases.values import (
    OPEN,
    CaseCounts,
    CaseDetail,
    CaseFilters,
    CaseLine,
    CaseRecord,
    JudgementRecord,
)
from evalsvc.draws.models import DrawUnit
from evalsvc.draws.queries import label_of, levels_of
from evalsvc.errors import ConflictError, EvalsvcError, ForbiddenError, NotFoundError
from evalsvc.fieldwork.models import Assignment
from evalsvc.interviews.models import Interview
from evalsvc.paging import LINES_PER_PAGE, Page, Window
from evalsvc.people.actor import ADMINISTRATOR, EXPERT, Actor
from evalsvc.people.models import Person

STANDING = and_(Interview.root_id == Case.interview_id, Interview.superseded_at.is_(None))
"""The version of a case's interview that stands."""


def cases_of_draw(session: Session, draw_id: str) -> list[CaseRecord]:
    """List every case of a draw's households that is not withdrawn, in the order they were made."""
    query = _joined().where(Assignment.draw_id == draw_id, Case.withdrawn_at.is_(None))
    query = query.order_by(Case.made_at, Case.id)
    return _records(session, query)


def judgements_of_draw(session: Session, draw_id: str) -> list[JudgementRecord]:
    """List every judgement on a draw's cases, in the order of the cases, then of the judgements."""
    query = (
        select(Judgement, Person.name)
        .join(Case, Case.id == Judgement.case_id)
        .join(Interview, STANDING)
        .join(Assignment, Assignment.id == Interview.assignment_id)
        .join(Person, Person.id == Judgement.person_id)
        .where(Assignment.draw_id == draw_id)
        .order_by(Case.made_at, Case.id, Judgement.judged_at, Judgement.id)
    )
    return [_judgement(row, name) for row, name in session.execute(query)]


def counts_of(session: Session, evaluation_id: str) -> CaseCounts:
    """Count the cases of an evaluation by state, without those that are withdrawn."""
    counted = Case.evaluation_id == evaluation_id, Case.withdrawn_at.is_(None)
    query = select(Case.state, func.count()).where(*counted).group_by(Case.state)
    found: dict[str, int] = {state: number for state, number in session.execute(query)}
    return CaseCounts(found.get(OPEN, 0), found.get("confirmed", 0), found.get("excluded", 0))


def page_of_cases(
    session: Session, evaluation_id: str, actor: Actor, filters: CaseFilters, page: int
) -> Page[CaseLine]:
    """Return one page of the list: open cases first, withdrawn ones last, else in the order they were made."""
    conditions = _conditions(evaluation_id, actor, filters)
    window = Window(_count(session, conditions), page)
    order = Case.withdrawn_at.is_not(None), Case.state != OPEN, Case.made_at, Case.id
    query = _joined().where(*conditions).order_by(*order)
    records = _records(session, query.limit(LINES_PER_PAGE).offset(window.offset))
    judges = _judges(session, [record.id for record in records])
    lines = tuple(
        CaseLine(record, len(judges.get(record.id, ())), actor.person_id in judges.get(record.id, ()))
        for record in records
    )
    return window.page_of(lines)


def _count(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    joined = (
        select(func.count())
        .select_from(Case)
        .join(Interview, STANDING)
        .join(Assignment, Assignment.id == Interview.assignment_id)
    )
    return session.scalar(joined.where(*conditions)) or 0


def _judges(session: Session, case_ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    query = select(Judgement.case_id, Judgement.person_id).where(Judgement.case_id.in_(case_ids))
    for case_id, person_id in session.execute(query):
        found.setdefault(case_id, []).append(person_id)
    return found


def _conditions(evaluation_id: str, actor: Actor, filters: CaseFilters) -> list[ColumnElement[bool]]:
    conditions = [Case.evaluation_id == evaluation_id]
    if filters.state:
        conditions.append(Case.state == filters.state)
    if filters.kind:
        conditions.append(Case.kind == filters.kind)
    if filters.county:
        conditions.append(Assignment.county == filters.county)
    if filters.waiting_for_reader:
        mine = exists().where(Judgement.case_id == Case.id, Judgement.person_id == actor.person_id)
        conditions += [Case.state == OPEN, Case.withdrawn_at.is_(None), ~mine]
    return conditions


def detail(session: Session, actor: Actor, evaluation_id: str, case_id: str) -> CaseDetail:
    """Return one case; what other judges said stays hidden from those who may still judge it.

    Raises
    ------
    NotFoundError
        ``case.unknown``
    """
    records = _records(session, _joined().where(Case.id == case_id, Case.evaluation_id == evaluation_id))
    if not records:
        raise NotFoundError("case.unknown", case=case_id)
    record, case = records[0], session.get_one(Case, case_id)
    given = _judgements(session, case_id)
    seen = given if _may_see(actor, case, given) else []
    refusal = refusal_of(session, actor, case)
    answers = session.get_one(Interview, record.interview_id).answers
    return CaseDetail(
        case=record,
        answers={name: str(value) for name, value in answers.items() if value is not None},
        judgements=tuple(seen),
        hidden=len(given) - len(seen),
        may_judge=refusal is None,
        why_not="" if refusal is None else refusal.code,
    )


def may_open_evidence(session: Session, actor: Actor, evaluation_id: str, case_id: str, sha256: str) -> str:
    """Return the name of an evidence file that the reader may open.

    Raises
    ------
    NotFoundError
        ``case.unknown_evidence``: also when the reader may not see the judgement yet.
    """
    for judgement in detail(session, actor, evaluation_id, case_id).judgements:
        if judgement.evidence_sha256 == sha256 and judgement.evidence_name:
            return judgement.evidence_name
    raise NotFoundError("case.unknown_evidence")


def _may_see(actor: Actor, case: Case, given: Sequence[JudgementRecord]) -> bool:
    """Show verdicts to those who have given theirs, to everybody once decided, and to those who never judge."""
    if case.state != OPEN or EXPERT not in actor.roles:
        return True
    return any(judgement.person_id == actor.person_id for judgement in given)


def refusal_of(session: Session, actor: Actor, case: Case) -> EvalsvcError | None:
    """Return why a person may not judge a case, None when the person may; being administrator opens no way."""
    if EXPERT not in actor.roles or ADMINISTRATOR in actor.roles or actor.person_id is None:
        return ForbiddenError("case.expert_only")
    if session.get_one(Interview, case.interview_id).enumerator_id == actor.person_id:
        return ForbiddenError("case.own_interview")
    mine = select(Judgement.id).where(Judgement.case_id == case.id, Judgement.person_id == actor.person_id)
    if session.scalar(mine) is not None:
        return ConflictError("case.judged_already")
    if case.withdrawn_at is not None:
        return ConflictError("case.withdrawn")
    return None if case.state == OPEN else ConflictError("case.decided")


def _judgements(session: Session, case_id: str) -> list[JudgementRecord]:
    query = (
        select(Judgement, Person.name)
        .join(Person, Person.id == Judgement.person_id)
        .where(Judgement.case_id == case_id)
        .order_by(Judgement.judged_at, Judgement.id)
    )
    return [_judgement(row, name) for row, name in session.execute(query)]


def _judgement(row: Judgement, name: str) -> JudgementRecord:
    return JudgementRecord(
        case_id=row.case_id,
        person_id=row.person_id,
        person=name,
        verdict=row.verdict,
        reason=row.reason,
        evidence_sha256=row.evidence_sha256,
        evidence_name=row.evidence_name,
        judged_at=row.judged_at,
    )


def _joined() -> Select[Case, Interview, Assignment, dict[str, Any]]:
    return (
        select(Case, Interview, Assignment, DrawUnit.attributes)
        .join(Interview, STANDING)
        .join(Assignment, Assignment.id == Interview.assignment_id)
        .join(DrawUnit, (DrawUnit.draw_id == Assignment.draw_id) & (DrawUnit.unit_id == Assignment.unit_id))
    )


def _records(session: Session, query: Select[Case, Interview, Assignment, dict[str, Any]]) -> list[CaseRecord]:
    rows = session.execute(query).all()
    levels = {draw_id: levels_of(session, draw_id) for draw_id in {row[2].draw_id for row in rows}}
    return [
        _record(case, interview, attributes, levels[assignment.draw_id])
        for case, interview, assignment, attributes in rows
    ]


def _record(case: Case, interview: Interview, attributes: dict[str, Any], levels: list[dict[str, str]]) -> CaseRecord:
    labels = [label_of(level["name"], str(attributes.get(level["id"], "")), attributes) for level in levels]
    return CaseRecord(
        id=case.id,
        evaluation_id=case.evaluation_id,
        interview_id=interview.id,
        instance_id=interview.instance_id,
        unit_id=case.unit_id,
        county=labels[0],
        village=labels[-2] if len(labels) > 1 else labels[0],
        kind=case.kind,
        persons=case.persons,
        standard=case.standard,
        state=case.state,
        made_at=case.made_at,
        corrected_at=None if interview.id == interview.root_id else interview.received_at,
        withdrawn_at=case.withdrawn_at,
    )
