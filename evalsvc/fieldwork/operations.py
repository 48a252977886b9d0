"""Make assignments from a draw, give them to enumerators, open reserves, note what came of a visit."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import now
from evalsvc.draws.models import Draw
from evalsvc.draws.release import require_open
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from evalsvc.fieldwork.course import draw_in_field, take_the_field
from evalsvc.fieldwork.dispositions import REASONS, REPLACEABLE
from evalsvc.fieldwork.form_choice import ONE_FORM, form_of_each
from evalsvc.fieldwork.models import Assignment
from evalsvc.fieldwork.plan_lines import enter_plan
from evalsvc.fieldwork.preparing import Prepared
from evalsvc.fieldwork.queries import forms_of_draw
from evalsvc.people.actor import ENUMERATOR, SUPERVISOR, Actor
from evalsvc.people.models import Person, RoleGrant
from evalsvc.store import Store

LONGEST_TEAM = 40


def assign_from_draw(
    session: Session,
    store: Store,
    actor: Actor,
    prepared: Prepared,
    instrument_id: str,
    *,
    by_class: Mapping[str, str] = ONE_FORM,
) -> int:
    """Make one assignment for each household of a prepared draw: the main sample open, the reserves closed.

    `by_class` names the instruments of household classes that are visited with another form than the rest. With this
    fieldwork is open: plan, rule pack and forms are entered in the public log.

    Raises
    ------
    NotFoundError
        ``draw.unknown``, ``instrument.unknown``
    ConflictError
        ``draw.not_drawn``, ``fieldwork.other_evaluation``, ``fieldwork.already_assigned``, ``fieldwork.ended``,
        ``fieldwork.another_in_field``, ``fieldwork.form_without_interviews``
    ForbiddenError
        ``draw.not_released``: only who opened the draw early gives it out before its release time.
    InvalidError
        ``pack.refused``, ``fieldwork.unknown_class``
    """
    draw = _draw(session, prepared.draw_id)
    given = form_of_each(session, draw, prepared.units, instrument_id, by_class)
    require_open(session, actor, draw.id)
    started = now()
    session.add_all(
        Assignment(
            evaluation_id=draw.evaluation_id,
            draw_id=draw.id,
            instrument_id=given[unit.unit_id],
            unit_id=unit.unit_id,
            parent=unit.parent or "",
            county=unit.top,
            stratum=unit.stratum,
            sample_type=unit.sample_type,
            order=unit.order,
            unannounced=None if prepared.unannounced is None else unit.unit_id in prepared.unannounced,
            opened_at=None if unit.sample_type == "reserve" else started,
        )
        for unit in prepared.units
    )
    session.flush()
    audit.record(
        session,
        actor.identifier,
        "fieldwork.assign",
        draw.id,
        {"instrument": instrument_id, "by_class": dict(by_class), "assignments": len(prepared.units)},
    )
    enter_plan(session, store, actor, draw, forms=forms_of_draw(session, draw.id), plan=prepared.plan)
    return len(prepared.units)


def _draw(session: Session, draw_id: str) -> Draw:
    draw = session.get(Draw, draw_id)
    if draw is None:
        raise NotFoundError("draw.unknown", draw=draw_id)
    if draw.state != "drawn":
        raise ConflictError("draw.not_drawn", number=draw.number)
    take_the_field(session, draw)
    # A household is visited with one form: a second form's answers would count it twice.
    if session.scalars(select(Assignment.id).where(Assignment.draw_id == draw.id).limit(1)).first() is not None:
        raise ConflictError("fieldwork.already_assigned", number=draw.number)
    return draw


def assign_team(
    session: Session,
    actor: Actor,
    evaluation_id: str,
    villages: Collection[str],
    team: str,
    *,
    number: int | None = None,
) -> int:
    """Give villages to a team, by the name that the institute has for it, or take them back (empty); return how many.

    Raises
    ------
    ForbiddenError
        ``fieldwork.supervisor_only``, ``draw.not_released``
    ConflictError
        ``fieldwork.none_in_field``, ``fieldwork.not_in_field``
    NotFoundError
        ``fieldwork.unknown_village``
    InvalidError
        ``fieldwork.no_village``, ``fieldwork.team_name``
    """
    _require(actor)
    name = " ".join(team.split())
    if len(name) > LONGEST_TEAM or not name.isprintable():
        raise InvalidError("fieldwork.team_name", longest=LONGEST_TEAM)
    chosen, known = _villages(session, actor, evaluation_id, villages, number)
    session.execute(update(Assignment).where(*chosen).values(team=name or None))
    details = {"villages": sorted(known), "team": name or None}
    audit.record(session, actor.identifier, "fieldwork.assign_team", evaluation_id, details)
    return len(known)


def _villages(
    session: Session, actor: Actor, evaluation_id: str, villages: Collection[str], number: int | None
) -> tuple[tuple[ColumnElement[bool], ...], set[str]]:
    """Return the condition that holds for the households of villages of the draw in the field, and the villages."""
    draw = draw_in_field(session, evaluation_id, number)
    require_open(session, actor, draw.id)
    chosen = Assignment.draw_id == draw.id, Assignment.parent.in_(villages)
    # Held in the order in which intake holds them, so that neither waits for one who waits for it.
    held = session.scalars(select(Assignment.parent).where(*chosen).order_by(Assignment.id).with_for_update())
    known = set(held)
    unknown = sorted(set(villages) - known)
    if not villages:
        raise InvalidError("fieldwork.no_village")
    if unknown:
        raise NotFoundError("fieldwork.unknown_village", villages=", ".join(unknown))
    return chosen, known


def assign_enumerator(
    session: Session,
    actor: Actor,
    evaluation_id: str,
    villages: Collection[str],
    person_id: str | None,
    *,
    number: int | None = None,
) -> int:
    """Give the households of villages to an enumerator, or take them back (None); return how many are open.

    Closed reserves go along, so that one that is opened later reaches the same person. The draw is the one in the
    field; whoever names its number is refused once it is another.

    Raises
    ------
    ForbiddenError
        ``fieldwork.supervisor_only``, ``draw.not_released``
    ConflictError
        ``fieldwork.none_in_field``, ``fieldwork.not_in_field``
    NotFoundError
        ``fieldwork.unknown_village``, ``fieldwork.not_an_enumerator``
    InvalidError
        ``fieldwork.no_village``: none was chosen.
    """
    _require(actor)
    if person_id is not None and not _is_enumerator(session, evaluation_id, person_id):
        raise NotFoundError("fieldwork.not_an_enumerator", person=person_id)
    chosen, known = _villages(session, actor, evaluation_id, villages, number)
    session.execute(update(Assignment).where(*chosen).values(enumerator_id=person_id))
    opened = session.scalar(
        select(func.count()).select_from(Assignment).where(*chosen, Assignment.opened_at.is_not(None))
    )
    audit.record(
        session,
        actor.identifier,
        "fieldwork.assign_enumerator",
        evaluation_id,
        {"villages": sorted(known), "enumerator": person_id},
    )
    return opened or 0


def _is_enumerator(session: Session, evaluation_id: str, person_id: str) -> bool:
    granted = (
        select(RoleGrant.id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            Person.id == person_id,
            Person.active.is_(True),
            RoleGrant.role == ENUMERATOR,
            (RoleGrant.evaluation_id == evaluation_id) | RoleGrant.evaluation_id.is_(None),
        )
    )
    return session.scalars(granted.limit(1)).first() is not None


def open_reserve(
    session: Session, actor: Actor, evaluation_id: str, unit_id: str, reason: str, *, number: int | None = None
) -> Assignment:
    """Open the next reserve of the same village and class beside a household that could not be interviewed.

    The household keeps its own record and its own weight; the reserve stands beside it. The draw is the one in the
    field, and those who open its reserves stand in line at its row.

    Raises
    ------
    ForbiddenError
        ``fieldwork.supervisor_only``, ``draw.not_released``
    NotFoundError
        ``fieldwork.unknown_unit``
    ConflictError
        ``fieldwork.unknown_reason``, ``fieldwork.not_replaceable``, ``fieldwork.reason_not_recorded``,
        ``fieldwork.already_replaced``, ``fieldwork.no_reserve_left``, ``fieldwork.none_in_field``,
        ``fieldwork.not_in_field``
    """
    _require(actor)
    draw = draw_in_field(session, evaluation_id, number)
    require_open(session, actor, draw.id)
    unit = _replaceable(session, draw, unit_id, reason)
    group = (
        select(Assignment)
        .where(
            Assignment.draw_id == unit.draw_id,
            Assignment.parent == unit.parent,
            Assignment.stratum == unit.stratum,
            Assignment.sample_type == "reserve",
        )
        .order_by(Assignment.order)
    )
    reserves = list(session.scalars(group))
    if any(reserve.replaces == unit_id for reserve in reserves):
        raise ConflictError("fieldwork.already_replaced", unit=unit_id)
    closed = [reserve for reserve in reserves if reserve.opened_at is None]
    if not closed:
        raise ConflictError("fieldwork.no_reserve_left", unit=unit_id, village=unit.parent, stratum=unit.stratum)
    return _opened(session, actor, closed[0], unit, reason)


def _replaceable(session: Session, draw: Draw, unit_id: str, reason: str) -> Assignment:
    """Return a household that may be replaced, held: what it came to does not change meanwhile."""
    if reason not in REASONS:
        raise ConflictError("fieldwork.unknown_reason", reason=reason, reasons=", ".join(REASONS))
    wanted = select(Assignment).where(
        Assignment.draw_id == draw.id, Assignment.unit_id == unit_id, Assignment.opened_at.is_not(None)
    )
    unit = session.scalars(wanted.with_for_update()).one_or_none()
    if unit is None:
        raise NotFoundError("fieldwork.unknown_unit", unit=unit_id)
    if unit.sample_type not in REPLACEABLE:
        raise ConflictError("fieldwork.not_replaceable", unit=unit_id, sample_type=unit.sample_type)
    if unit.disposition != REASONS[reason]:
        raise ConflictError(
            "fieldwork.reason_not_recorded", unit=unit_id, reason=reason, disposition=unit.disposition or "-"
        )
    return unit


def _opened(session: Session, actor: Actor, reserve: Assignment, unit: Assignment, reason: str) -> Assignment:
    reserve.opened_at = now()
    reserve.replaces = unit.unit_id
    reserve.reason = reason
    session.flush()
    audit.record(
        session,
        actor.identifier,
        "fieldwork.open_reserve",
        reserve.id,
        {"unit": reserve.unit_id, "replaces": unit.unit_id, "reason": reason, "order": reserve.order},
    )
    return reserve


def _require(actor: Actor) -> None:
    if not actor.has(SUPERVISOR):
        raise ForbiddenError("fieldwork.supervisor_only")
