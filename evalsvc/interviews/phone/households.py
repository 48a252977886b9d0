"""An enumerator's households as the application on the phone shows them; of the frame only what a form takes over."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc.fieldwork.models import Assignment
from evalsvc.fieldwork.queries import tasks
from evalsvc.fieldwork.values import Task
from evalsvc.instruments.queries import instruments_of
from evalsvc.instruments.taken_over import TakenOver, taken_over
from evalsvc.interviews.models import Interview
from evalsvc.store import Store

OWN_COLUMNS = ("unit_id", "county", "village", "stratum")
"""Columns that are the assignment's own; the others that a form may take over are the frame's."""
PLACES = (("latitude", "longitude"), ("纬度", "经度"), ("lat", "lon"))
"""Pairs of columns that hold a unit's position, in degrees."""
MOST_DEGREES = (90.0, 180.0)


@dataclass(frozen=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class PriorFact:
    """A value of the frame that the household's form takes over, with the words of the question."""

    column: str
    label: Words
    value: str


@dataclass(frozen=True)
class Place:
    """A known position, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class PhoneHousehold:
    """One open household of an enumerator, as its phone is told of it."""

    assignment_id: str
    unit_id: str
    county: str
    village: str
    stratum: str
    form_id: str
    version: str
    unannounced: bool | None
    disposition: str | None
    received: int
    """Interviews of it that are here, of whoever; what was corrected is counted once."""
    position: Place | None
    prior: tuple[PriorFact, ...]
    filled: Mapping[str, str]
    """What questions are filled with, by the column that their mark names."""


def households(session: Session, store: Store, evaluation_id: str, person_id: str) -> list[PhoneHousehold]:
    """List the open households that an enumerator visits; a closed reserve is never among them."""
    rows = tasks(session, evaluation_id, person_id, to_visit=True)
    forms = {(each.form_id, each.version): each.xform_sha256 for each in instruments_of(session, evaluation_id)}
    received = _received(session, evaluation_id, person_id)
    return [
        _household(row, taken_over(store, forms[row.form_id, row.version]), received.get(row.assignment_id, 0))
        for row in rows
    ]


def _received(session: Session, evaluation_id: str, person_id: str) -> dict[str, int]:
    """Count the interviews of each household that an enumerator visits."""
    query = (
        select(Assignment.id, func.count())
        .join(Interview, Interview.assignment_id == Assignment.id)
        .where(Assignment.evaluation_id == evaluation_id, Assignment.enumerator_id == person_id)
        .where(Interview.superseded_at.is_(None))
        .group_by(Assignment.id)
    )
    return {assignment_id: number for assignment_id, number in session.execute(query)}


def _household(task: Task, marks: Sequence[TakenOver], received: int) -> PhoneHousehold:
    own = {name: str(getattr(task, name)) for name in OWN_COLUMNS}
    known = {name: str(value) for name, value in task.attributes.items() if value is not None} | own
    return PhoneHousehold(
        **own,
        assignment_id=task.assignment_id,
        form_id=task.form_id,
        version=task.version,
        unannounced=task.unannounced,
        disposition=task.disposition,
        received=received,
        position=_position(task.attributes),
        prior=tuple(
            PriorFact(each.column, Words(each.zh, each.en), known[each.column])
            for each in marks
            if each.column in known and each.column not in own
        ),
        filled={each.column: known[each.column] for each in marks if each.column in known},
    )


def _position(attributes: Mapping[str, object]) -> Place | None:
    """Return the household's own position, else that of its village; columns stand from the outermost level on."""
    order = list(attributes)
    pairs = (pair for pair in PLACES if set(pair) <= set(order))
    for pair in sorted(pairs, key=lambda pair: order.index(pair[0]), reverse=True):
        latitude, longitude = map(_degrees, (attributes[name] for name in pair), MOST_DEGREES)
        if latitude is not None and longitude is not None:
            return Place(latitude, longitude)
    return None


def _degrees(value: object, most: float) -> float | None:
    """Read degrees; None where there are none, or more than the globe has."""
    try:
        degrees = float(str(value))
    except ValueError:
        return None
    return degrees if math.isfinite(degrees) and abs(degrees) <= most else None
