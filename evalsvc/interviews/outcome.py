"""Settle what came of a household anew, from its interviews, when one of them no longer counts or counts again."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from evalsvc.db import as_text
from evalsvc.fieldwork import counting
from evalsvc.fieldwork.models import Assignment
from evalsvc.interviews.models import Interview
from evalsvc.interviews.not_counted import say_anew


@dataclass(frozen=True)
class Visit:
    """One version of an interview, as the rule of what counts reads it."""

    instance_id: str
    unit_id: str
    received_at: str
    disposition: str
    replaces: str
    rejected: str


def settle_outcome(session: Session, assignment_id: str) -> counting.Visit | None:
    """Give a household the outcome of the visit that counts now, or none, and say anew on each which does not.

    The caller holds the household's row.
    """
    visits = _visits(session, assignment_id)
    visit = next(iter(counting.counting_visits(visits).values()), None)
    session.execute(
        update(Assignment)
        .where(Assignment.id == assignment_id)
        .values(
            disposition=None if visit is None else visit.disposition,
            instance_id=None if visit is None else visit.instance_id,
        )
    )
    say_anew(session, assignment_id, visits)
    return visit


def _visits(session: Session, assignment_id: str) -> list[Visit]:
    replaced = aliased(Interview)
    rows = session.execute(
        select(
            Interview.instance_id,
            Interview.unit_id,
            Interview.received_at,
            Interview.disposition,
            Interview.rejected_for,
            replaced.instance_id.label("replaces"),
        )
        .outerjoin(replaced, replaced.id == Interview.replaces_id)
        .where(Interview.assignment_id == assignment_id)
    )
    return [
        Visit(
            instance_id=row.instance_id,
            unit_id=row.unit_id,
            received_at=as_text(row.received_at),
            disposition=row.disposition,
            replaces=row.replaces or "",
            rejected=row.rejected_for or "",
        )
        for row in rows
    ]
