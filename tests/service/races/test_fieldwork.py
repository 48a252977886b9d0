"""One fieldwork, two at once: households given out once, reserves opened one by one, nothing after the end."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.draws.making import carry_out, commit_draw
from evalsvc.draws.models import Draw
from evalsvc.fieldwork import course, operations
from evalsvc.fieldwork.models import Assignment
from evalsvc.fieldwork.preparing import prepare
from evalsvc.instruments import operations as instruments
from evalsvc.interviews.intake import taking as intake
from evalsvc.interviews.intake.writing import written
from evalsvc.people.actor import SYSTEM
from evalsvc.service import Service


def another_draw(database: Database, config, store, field, number: int) -> str:
    """Commit a design like the first one's and carry it out."""
    with database.reading() as session:
        design = session.get_one(Draw, field.draw_id).design_text.replace("draw: 1", f"draw: {number}")
    service = Service(config, database, store)
    commit_draw(service, SYSTEM, field.evaluation, frame_id=field.frame_id, purpose="", design_text=design)
    return carry_out(service, SYSTEM, field.evaluation, number=number, public_value=None).id


def ending(field, reason: str = "") -> Any:
    return lambda session: course.end(session, SYSTEM, field.evaluation, 1, reason)


def assigning(store, draw_id: str, instrument_id: str) -> Any:
    return lambda session: operations.assign_from_draw(
        session, store, SYSTEM, prepare(session, store, draw_id), instrument_id
    )


@pytest.fixture
def next_draw(database: Database, config, store, field) -> str:
    """A second draw, while the first has left the field."""
    identifier = another_draw(database, config, store, field, 2)
    with database.transaction() as session:
        ending(field, "现场因台风停止")(session)
    return identifier


@pytest.mark.parametrize("other_form", [False, True])
def test_a_draw_is_given_out_once(database: Database, store, field, next_draw: str, other_form: bool, beside) -> None:
    name, data = instruments.shipped_form(blanks={"institute": "示范评估中心", "telephone": "000-00000000"})
    with database.transaction() as session:
        newer = data.replace(field.definition.version.encode(), b"9999")
        second = instruments.publish(session, SYSTEM, field.evaluation.id, instruments.keep_form(store, newer, name)).id
    forms = field.instrument_id, second if other_form else field.instrument_id
    came = beside(*(assigning(store, next_draw, form) for form in forms))
    assert came.code == "fieldwork.already_assigned"
    with database.reading() as session:
        counts = select(func.count(), func.count(Assignment.unit_id.distinct()), func.max(Assignment.instrument_id))
        found = session.execute(counts.where(Assignment.draw_id == next_draw)).one()
    assert found == (40, 40, field.instrument_id)


def test_two_draws_of_one_evaluation_do_not_go_to_the_field_together(
    database: Database, config, store, field, next_draw: str, beside
) -> None:
    third = another_draw(database, config, store, field, 3)
    came = beside(*(assigning(store, draw, field.instrument_id) for draw in (next_draw, third)))
    assert came.code == "fieldwork.another_in_field"


def refused(database: Database, *units) -> None:
    with database.transaction() as session:
        for unit in units:
            session.get_one(Assignment, unit.id).disposition = "refused"


def opening(field, unit_id: str) -> Any:
    def open_one(session: Session) -> tuple[str, int | None]:
        made = operations.open_reserve(session, field.supervisor.actor, field.evaluation.id, unit_id, "refused")
        return made.unit_id, made.order

    return open_one


def test_one_household_gets_one_reserve(database: Database, field, beside) -> None:
    unit = field.opened(field.enumerators[0])[0]
    refused(database, unit)
    assert beside(opening(field, unit.unit_id), opening(field, unit.unit_id)).code == "fieldwork.already_replaced"


def test_two_households_of_one_group_get_two_reserves(database: Database, field, beside) -> None:
    first = field.opened(field.enumerators[0])[0]
    second = next(
        row
        for row in field.opened(field.enumerators[0])
        if (row.parent, row.stratum) == (first.parent, first.stratum) and row != first
    )
    refused(database, first, second)
    came = beside(opening(field, first.unit_id), opening(field, second.unit_id))
    assert came.value[1] == 2
    with database.reading() as session:
        opened = session.scalars(select(Assignment.replaces).where(Assignment.replaces.is_not(None))).all()
    assert set(opened) == {first.unit_id, second.unit_id}


def test_a_household_that_is_met_meanwhile_gets_no_reserve(database: Database, config, store, field, beside) -> None:
    enumerator = field.enumerators[0]
    unit = field.opened(enumerator)[0]
    refused(database, unit)
    xml = field.submission(unit, "ineligible_vacant")
    arriving = intake.prepare(Service(config, database, store), enumerator.actor, field.evaluation.id, xml)

    def arrive(session: Session) -> None:
        assert written(session, store, [arriving])[0].is_new

    assert beside(arrive, opening(field, unit.unit_id)).code == "fieldwork.reason_not_recorded"


def test_no_reserve_opens_while_the_fieldwork_ends(database: Database, field, beside) -> None:
    unit = field.opened(field.enumerators[0])[0]
    refused(database, unit)
    assert beside(ending(field, "现场因台风停止"), opening(field, unit.unit_id)).code == "fieldwork.none_in_field"


def test_the_fieldwork_does_not_end_while_a_reserve_opens(database: Database, field, beside) -> None:
    refused(database, *(row for row in field.assignments if row.opened_at))
    unit = field.opened(field.enumerators[0])[0]
    assert beside(opening(field, unit.unit_id), ending(field)).code == "fieldwork.unvisited"
    with database.reading() as session:
        assert session.get_one(Draw, field.draw_id).published_at is None
