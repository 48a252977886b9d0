"""Reads of results."""

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.draws.queries import draws_of
from evalsvc.draws.values import DrawRecord
from evalsvc.errors import ConflictError, NotFoundError
from evalsvc.fieldwork.queries import draws_in_fieldwork
from evalsvc.results.models import ResultSet
from evalsvc.results.values import ResultRecord, Row
from evalsvc.store import Store


def result_sets(session: Session, evaluation_id: str) -> list[ResultRecord]:
    """List the results of an evaluation, newest first."""
    query = select(ResultSet).where(ResultSet.evaluation_id == evaluation_id)
    return [record(row) for row in session.scalars(query.order_by(ResultSet.computed_at.desc(), ResultSet.id.desc()))]


def latest(session: Session, evaluation_id: str) -> ResultRecord | None:
    """Return the newest results; None before any were computed."""
    found = result_sets(session, evaluation_id)
    return found[0] if found else None


def result_by_id(session: Session, evaluation_id: str, identifier: str) -> ResultRecord:
    """Return one set of results.

    Raises
    ------
    NotFoundError
        ``results.unknown``
    """
    row = session.get(ResultSet, identifier)
    if row is None or row.evaluation_id != evaluation_id:
        raise NotFoundError("results.unknown", result=identifier)
    return record(row)


def rows_of(store: Store, found: ResultRecord) -> Sequence[Row]:
    """Read the rows of a set of results."""
    rows: list[Row] = json.loads(store.get(found.results_sha256))["estimates"]
    return rows


def visited_draws(session: Session, evaluation_id: str) -> list[DrawRecord]:
    """List the draws that households were visited for, by number."""
    visited = set(draws_in_fieldwork(session, evaluation_id))
    return [draw for draw in draws_of(session, evaluation_id) if draw.id in visited]


def draw_in_fieldwork(session: Session, evaluation_id: str, number: int | None = None) -> DrawRecord:
    """Return the draw that results are made of: the one asked for, or the only one that households were visited for.

    Raises
    ------
    ConflictError
        ``results.no_fieldwork``, ``results.several_draws``
    """
    chosen = [draw for draw in visited_draws(session, evaluation_id) if number in (None, draw.number)]
    if not chosen:
        raise ConflictError("results.no_fieldwork")
    if len(chosen) > 1:
        raise ConflictError("results.several_draws", numbers=", ".join(str(draw.number) for draw in chosen))
    return chosen[0]


def record(row: ResultSet) -> ResultRecord:
    """Copy a row into the value that pages and other features see."""
    return ResultRecord(
        id=row.id,
        evaluation_id=row.evaluation_id,
        draw_id=row.draw_id,
        plan_sha256=row.plan_sha256,
        answers_sha256=row.answers_sha256,
        results_sha256=row.results_sha256,
        inputs=row.inputs,
        code_version=row.code_version,
        computed_at=row.computed_at,
    )
