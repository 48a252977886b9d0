"""Reads of evaluations."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from evalsvc.errors import NotFoundError
from evalsvc.evaluations.models import Evaluation


@dataclass(frozen=True)
class EvaluationRecord:
    """One evaluation, as pages, access checks and other features see it."""

    id: str
    code: str
    name: str
    client: str
    institute: str
    pack: str
    simulated: bool
    created_at: datetime


# Every page below an evaluation asks it, so it is built once.
_BY_CODE = select(Evaluation).where(Evaluation.code == bindparam("code"))


def evaluation_by_code(session: Session, code: str) -> EvaluationRecord:
    """Return the evaluation of a code.

    Raises
    ------
    NotFoundError
        ``evaluation.unknown``
    """
    record = find_evaluation(session, code)
    if record is None:
        raise NotFoundError("evaluation.unknown", evaluation=code)
    return record


def find_evaluation(session: Session, code: str) -> EvaluationRecord | None:
    """Return the evaluation of a code, if there is one."""
    row = session.scalars(_BY_CODE, {"code": code}).one_or_none()
    return None if row is None else _record(row)


def evaluation_by_id(session: Session, identifier: str) -> EvaluationRecord:
    """Return the evaluation of an identifier that another row holds."""
    row = session.get(Evaluation, identifier)
    if row is None:
        raise NotFoundError("evaluation.unknown", evaluation=identifier)
    return _record(row)


def evaluations(session: Session, among: Collection[str] | None = None) -> list[EvaluationRecord]:
    """List the evaluations, newest first: all, or those whose identifiers are given."""
    query = select(Evaluation).order_by(Evaluation.created_at.desc(), Evaluation.code)
    if among is not None:
        query = query.where(Evaluation.id.in_(among))
    return [_record(row) for row in session.scalars(query)]


def evaluation_columns() -> tuple[InstrumentedAttribute[Any], ...]:
    """Return what other features' statements select of an evaluation, for `evaluation_record` to read."""
    return tuple(getattr(Evaluation, field.name) for field in fields(EvaluationRecord))


def evaluation_record(values: Sequence[Any]) -> EvaluationRecord | None:
    """Return the evaluation of the selected columns; None where an outer join found none."""
    return None if values[0] is None else EvaluationRecord(*values)


def _record(row: Evaluation) -> EvaluationRecord:
    return EvaluationRecord(*(getattr(row, field.name) for field in fields(EvaluationRecord)))
