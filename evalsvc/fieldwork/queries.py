"""Reads of the fieldwork: assignments, an enumerator's tasks, progress by county and village."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from evalsvc.db import now
from evalsvc.draws.models import Draw, DrawUnit
from evalsvc.draws.queries import label_of, levels_of
from evalsvc.draws.release import is_released
from evalsvc.errors import NotFoundError
from evalsvc.fieldwork.dispositions import REASONS, REPLACEABLE
from evalsvc.fieldwork.models import Assignment
from evalsvc.fieldwork.values import (
    Area,
    AssignmentRecord,
    GivenForm,
    Household,
    Progress,
    ProgressRow,
    Task,
    Village,
)
from evalsvc.frames.judged import CLASS_COLUMN
from evalsvc.instruments.contract import DISPOSITIONS
from evalsvc.instruments.models import Instrument
from evalsvc.instruments.queries import record as instrument_record
from evalsvc.people.actor import ENUMERATOR
from evalsvc.people.models import Person
from evalsvc.people.queries import people_with_role


def assignments_of_draw(session: Session, draw_id: str) -> list[AssignmentRecord]:
    """List every assignment of a draw, closed reserves among them, by unit."""
    rows = session.scalars(select(Assignment).where(Assignment.draw_id == draw_id).order_by(Assignment.unit_id))
    return [record(row) for row in rows]


def forms_of_draw(session: Session, draw_id: str) -> tuple[GivenForm, ...]:
    """List the form versions that the households of a draw were given out with; none before fieldwork."""
    household_class = func.coalesce(DrawUnit.attributes[CLASS_COLUMN].as_string(), "")
    pairs = (
        select(Assignment.instrument_id, household_class)
        .join(DrawUnit, (DrawUnit.draw_id == Assignment.draw_id) & (DrawUnit.unit_id == Assignment.unit_id))
        .where(Assignment.draw_id == draw_id)
        .distinct()
    )
    classes: dict[str, list[str]] = defaultdict(list)
    for instrument_id, name in session.execute(pairs):
        classes[instrument_id].append(name)
    return tuple(
        GivenForm(instrument_record(session.get_one(Instrument, each)), tuple(sorted(classes[each])))
        for each in sorted(classes)
    )


def classes_of_draws(session: Session, draw_ids: Collection[str]) -> list[str]:
    """List the household classes of the households drawn in any of these draws."""
    units = select(DrawUnit.attributes[CLASS_COLUMN].as_string()).where(DrawUnit.draw_id.in_(draw_ids)).distinct()
    return sorted(name for name in session.scalars(units) if name)


def record(row: Assignment) -> AssignmentRecord:
    """Copy a row into the value that pages and other features see."""
    return AssignmentRecord(
        id=row.id,
        evaluation_id=row.evaluation_id,
        draw_id=row.draw_id,
        instrument_id=row.instrument_id,
        unit_id=row.unit_id,
        parent=row.parent,
        county=row.county,
        stratum=row.stratum,
        sample_type=row.sample_type,
        order=row.order,
        opened_at=row.opened_at,
        replaces=row.replaces,
        reason=row.reason,
        disposition=row.disposition,
        instance_id=row.instance_id,
        enumerator_id=row.enumerator_id,
        unannounced=row.unannounced,
    )


def draws_in_fieldwork(session: Session, evaluation_id: str) -> list[str]:
    """List the identifiers of the draws that have assignments."""
    chosen = select(Assignment.draw_id).where(Assignment.evaluation_id == evaluation_id).distinct()
    return sorted(session.scalars(chosen))


def tasks(
    session: Session,
    evaluation_id: str,
    enumerator_id: str | None = None,
    *,
    to_visit: bool = False,
    seen: Collection[str] | None = None,
) -> list[Task]:
    """List the open households, of one enumerator or of all; a closed reserve is never among them.

    `to_visit` leaves out those of draws whose fieldwork has ended. Nor are those there of draws whose release time has
    not come, unless `seen` names the draws that the reader may see (`draws.release.visible_draws`).
    """
    query: Select[Assignment, Instrument, DrawUnit, str] = (
        select(Assignment, Instrument, DrawUnit, Person.name)
        .join(Instrument, Instrument.id == Assignment.instrument_id)
        .join(DrawUnit, (DrawUnit.draw_id == Assignment.draw_id) & (DrawUnit.unit_id == Assignment.unit_id))
        .outerjoin(Person, Person.id == Assignment.enumerator_id)
        .join(Draw, Draw.id == Assignment.draw_id)
        .where(Assignment.evaluation_id == evaluation_id, Assignment.opened_at.is_not(None))
        .where(is_released(now()) if seen is None else Draw.id.in_(seen))
        .order_by(Assignment.parent, Assignment.unit_id)
    )
    if enumerator_id is not None:
        query = query.where(Assignment.enumerator_id == enumerator_id)
    if to_visit:
        query = query.where(Draw.published_at.is_(None))
    rows = session.execute(query).all()
    levels = {draw_id: levels_of(session, draw_id) for draw_id in {row[0].draw_id for row in rows}}
    return [
        _task(assignment, instrument, unit, person, levels[assignment.draw_id])
        for assignment, instrument, unit, person in rows
    ]


def _task(
    assignment: Assignment,
    instrument: Instrument,
    unit: DrawUnit,
    enumerator: str | None,
    levels: Sequence[Mapping[str, str]],
) -> Task:
    labels = [label_of(level["name"], str(unit.attributes.get(level["id"], "")), unit.attributes) for level in levels]
    return Task(
        assignment_id=assignment.id,
        unit_id=assignment.unit_id,
        county=labels[0],
        village=labels[-2] if len(labels) > 1 else labels[0],
        stratum=assignment.stratum,
        form_id=instrument.form_id,
        version=instrument.version,
        disposition=assignment.disposition,
        enumerator=enumerator,
        attributes=unit.attributes,
        unannounced=assignment.unannounced,
    )


@dataclass
class _Tally:
    """Counts of one village while they are gathered."""

    opened: int = 0
    reserves_opened: int = 0
    reserves_closed: int = 0
    unannounced: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DISPOSITIONS, 0))

    def add(self, disposition: str | None, number: int, reserves: int, closed: int, unannounced: int) -> None:
        self.opened += number - closed
        self.reserves_opened += reserves - closed
        self.reserves_closed += closed
        self.unannounced += unannounced
        if disposition is not None:
            self.counts[disposition] += number


def progress(session: Session, draw_id: str) -> Progress:
    """Count the outcomes of a draw's households by county and village."""
    tallies: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    for county, village, disposition, *numbers in session.execute(_tally_query(draw_id)):
        tallies[county, village].add(disposition, *numbers)
    labels = _labels(session, draw_id)
    people, teams = _enumerators(session, draw_id), _teams(session, draw_id)
    villages: dict[str, list[ProgressRow]] = defaultdict(list)
    for (county, village), tally in sorted(tallies.items()):
        villages[county].append(
            ProgressRow(
                unit_id=village,
                label=labels.get(village, (village, ""))[0],
                opened=tally.opened,
                counts=tally.counts,
                reserves_opened=tally.reserves_opened,
                reserves_closed=tally.reserves_closed,
                enumerators=tuple(people.get(village, ())),
                team=teams.get(village, ""),
                unannounced=tally.unannounced,
            )
        )
    counties = tuple(
        _sum(county, labels.get(rows[0].unit_id, ("", county))[1], rows, villages=tuple(rows))
        for county, rows in sorted(villages.items())
    )
    return Progress(_sum("", "", counties), counties)


def _tally_query(draw_id: str) -> Select[str, str, str | None, int, int, int, int]:
    is_unseen = Assignment.unannounced.is_(True) & Assignment.opened_at.is_not(None)
    is_reserve = Assignment.sample_type == "reserve"
    return (
        select(
            Assignment.county,
            Assignment.parent,
            Assignment.disposition,
            func.count(),
            func.sum(case((is_reserve, 1), else_=0)),
            func.sum(case((is_reserve & Assignment.opened_at.is_(None), 1), else_=0)),
            func.sum(case((is_unseen, 1), else_=0)),
        )
        .where(Assignment.draw_id == draw_id)
        .group_by(Assignment.county, Assignment.parent, Assignment.disposition)
    )


def _labels(session: Session, draw_id: str) -> dict[str, tuple[str, str]]:
    """Return the names of each village and of its county, from one household of the village."""
    levels = levels_of(session, draw_id)
    if len(levels) < 2:
        return {}
    first = (
        select(func.min(Assignment.unit_id)).where(Assignment.draw_id == draw_id).group_by(Assignment.parent)
    ).scalar_subquery()
    rows = session.execute(
        select(DrawUnit.parent, DrawUnit.attributes).where(DrawUnit.draw_id == draw_id, DrawUnit.unit_id.in_(first))
    )
    top, village = levels[0], levels[-2]
    return {
        parent or "": (
            label_of(village["name"], parent or "", attributes),
            label_of(top["name"], str(attributes.get(top["id"], "")), attributes),
        )
        for parent, attributes in rows
    }


def _enumerators(session: Session, draw_id: str) -> dict[str, list[str]]:
    rows = session.execute(
        select(Assignment.parent, Person.name)
        .join(Person, Person.id == Assignment.enumerator_id)
        .where(Assignment.draw_id == draw_id)
        .distinct()
        .order_by(Person.name)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for village, name in rows:
        found[village].append(name)
    return found


def _teams(session: Session, draw_id: str) -> dict[str, str]:
    given = Assignment.draw_id == draw_id, Assignment.team.is_not(None)
    rows = session.execute(select(Assignment.parent, Assignment.team).where(*given).distinct())
    return {village: team for village, team in rows if team}


def _sum(unit_id: str, label: str, rows: Iterable[ProgressRow], villages: tuple[ProgressRow, ...] = ()) -> ProgressRow:
    parts = list(rows)
    return ProgressRow(
        unit_id=unit_id,
        label=label,
        opened=sum(part.opened for part in parts),
        counts={name: sum(part.counts[name] for part in parts) for name in DISPOSITIONS},
        reserves_opened=sum(part.reserves_opened for part in parts),
        reserves_closed=sum(part.reserves_closed for part in parts),
        villages=villages,
        unannounced=sum(part.unannounced for part in parts),
    )


def enumerators_of(session: Session, evaluation_id: str) -> list[tuple[str, str]]:
    """List the active enumerators of an evaluation: identifier and name."""
    return people_with_role(session, ENUMERATOR, evaluation_id)


def village(session: Session, draw_id: str, parent: str) -> Village:
    """Return one village: its open households, and how many reserves wait in each class.

    Raises
    ------
    NotFoundError
        ``fieldwork.unknown_village``
    """
    rows = session.execute(
        select(Assignment, DrawUnit.attributes)
        .join(DrawUnit, (DrawUnit.draw_id == Assignment.draw_id) & (DrawUnit.unit_id == Assignment.unit_id))
        .where(Assignment.draw_id == draw_id, Assignment.parent == parent)
        .order_by(Assignment.stratum, Assignment.order.nulls_first(), Assignment.unit_id)
    ).all()
    if not rows:
        raise NotFoundError("fieldwork.unknown_village", villages=parent)
    assignments = [row[0] for row in rows]
    replaced = {assignment.replaces for assignment in assignments}
    closed = Counter(assignment.stratum for assignment in assignments if assignment.opened_at is None)
    levels = levels_of(session, draw_id)
    attributes = rows[0][1]
    return Village(
        unit_id=parent,
        label=label_of(levels[-2]["name"], parent, attributes) if len(levels) > 1 else parent,
        county=label_of(levels[0]["name"], assignments[0].county, attributes),
        enumerator_id=next((each.enumerator_id for each in assignments if each.enumerator_id), None),
        households=tuple(
            Household(record(each), _reasons(each, replaced, closed[each.stratum]))
            for each in assignments
            if each.opened_at is not None
        ),
        reserves_closed=dict(closed),
    )


def _reasons(assignment: Assignment, replaced: Collection[str | None], closed: int) -> tuple[str, ...]:
    """List the reasons for which a reserve may be opened beside a household now."""
    if assignment.sample_type not in REPLACEABLE or assignment.unit_id in replaced or not closed:
        return ()
    return tuple(reason for reason, disposition in REASONS.items() if disposition == assignment.disposition)


def areas(session: Session, evaluation_id: str) -> list[Area]:
    """List the counties of the fieldwork with their villages, by name; none of a draw that is not released."""
    names: dict[str, tuple[str, str]] = {}
    released = select(Draw.id).where(Draw.evaluation_id == evaluation_id, is_released(now()))
    for draw_id in sorted(session.scalars(released)):
        names |= _labels(session, draw_id)
    pairs = session.execute(
        select(Assignment.county, Assignment.parent)
        .where(Assignment.evaluation_id == evaluation_id, Assignment.draw_id.in_(released))
        .distinct()
    )
    villages: dict[str, list[tuple[str, str]]] = defaultdict(list)
    counties: dict[str, str] = {}
    for county, village_id in sorted(pairs):
        label, counties[county] = names.get(village_id, (village_id, county))
        villages[county].append((village_id, label))
    return [Area(county, counties[county], tuple(villages[county])) for county in sorted(counties)]
