"""Name the county and the village of what an interview tells of: a household, a village or a county."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc.draws.models import Draw, DrawUnit
from evalsvc.draws.queries import label_of, levels_of
from evalsvc.fieldwork.models import Assignment
from evalsvc.instruments.contract import COUNTY
from evalsvc.interviews.models import Interview

Names = tuple[str, str]
"""County and village; the village of a county is empty."""


def names_of(session: Session, rows: Sequence[tuple[Interview, Assignment | None]]) -> dict[str, Names]:
    """Return the names for each interview, by its identifier; interviews and the households they hang on come in."""
    households = {interview.id: (each.draw_id, each.unit_id) for interview, each in rows if each is not None}
    others = [interview for interview, each in rows if each is None]
    attributes = _drawn(session, set(households.values()))
    units = dict(_others(session, {each.evaluation_id for each in others}, {each.unit_id for each in others}))
    levels = {
        draw_id: levels_of(session, draw_id)
        for draw_id in {draw_id for draw_id, _ in households.values()} | {draw_id for draw_id, _ in units.values()}
    }
    named = {
        identifier: _names(levels[draw_id], attributes.get((draw_id, unit_id), {}))
        for identifier, (draw_id, unit_id) in households.items()
    }
    for interview in others:
        draw_id, known = units.get(interview.unit_id, ("", {}))
        county, village = _names(levels[draw_id], known) if draw_id else (interview.unit_id, interview.unit_id)
        named[interview.id] = (county, "" if interview.about == COUNTY else village)
    return named


def _names(levels: Sequence[Mapping[str, str]], attributes: Mapping[str, Any]) -> Names:
    labels = [label_of(level["name"], str(attributes.get(level["id"], "")), attributes) for level in levels]
    return labels[0], labels[-2] if len(labels) > 1 else labels[0]


def _drawn(session: Session, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return the attributes of drawn units by draw and unit."""
    draws, units = {draw_id for draw_id, _ in wanted}, {unit_id for _, unit_id in wanted}
    rows = session.execute(
        select(DrawUnit.draw_id, DrawUnit.unit_id, DrawUnit.attributes).where(
            DrawUnit.draw_id.in_(draws), DrawUnit.unit_id.in_(units)
        )
    )
    return {(draw_id, unit_id): attributes for draw_id, unit_id, attributes in rows}


def _others(
    session: Session, evaluations: Collection[str], units: Collection[str]
) -> Iterator[tuple[str, tuple[str, Mapping[str, Any]]]]:
    """Give villages and counties with a draw and the attributes by which it knows them.

    A county that no stage drew is known by one of its households.
    """
    if not units:
        return
    household = (
        select(Assignment.draw_id, Assignment.county, func.min(Assignment.unit_id).label("unit_id"))
        .where(Assignment.evaluation_id.in_(evaluations), Assignment.county.in_(units))
        .group_by(Assignment.draw_id, Assignment.county)
        .subquery()
    )
    known = select(household.c.county, DrawUnit.draw_id, DrawUnit.attributes).join(
        household, (household.c.draw_id == DrawUnit.draw_id) & (household.c.unit_id == DrawUnit.unit_id)
    )
    drawn = (
        select(DrawUnit.unit_id, DrawUnit.draw_id, DrawUnit.attributes)
        .join(Draw, Draw.id == DrawUnit.draw_id)
        .where(Draw.evaluation_id.in_(evaluations), DrawUnit.unit_id.in_(units))
    )
    for query in (known, drawn):
        for unit_id, draw_id, attributes in session.execute(query):
            yield unit_id, (draw_id, attributes)
