"""Steps of a fieldwork that several tests take."""

from evalsvc.fieldwork import course, queries
from evalsvc.fieldwork.models import Assignment


def set_outcome(database, unit, disposition, **columns):
    with database.transaction() as session:
        row = session.get_one(Assignment, unit.id)
        row.disposition = disposition
        for name, value in columns.items():
            setattr(row, name, value)


def opened_now(database, field):
    with database.reading() as session:
        return {row.unit_id: row for row in queries.assignments_of_draw(session, field.draw_id) if row.opened_at}


def end(database, field, actor, reason="", number=1):
    with database.transaction() as session:
        course.end(session, actor, field.evaluation, number, reason)
