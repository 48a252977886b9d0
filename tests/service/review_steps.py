"""Steps of a review that several tests take."""

from sqlalchemy import select

from evalsvc.interviews.intake.taking import take_in
from evalsvc.interviews.models import Interview
from evalsvc.interviews.review import operations as reviewing
from evalsvc.interviews.review.moves import Wish
from evalsvc.service import Service


def sent(service, field, unit, disposition="non_contact", person=None, **given):
    """Send an interview as a phone does; return its identifier."""
    actor = (person or field.enumerators[0]).actor
    xml = field.submission(unit, disposition, **given)
    return take_in(service, actor, field.evaluation.id, xml).interview_id


def service_of(config, database, store):
    return Service(config, database, store)


def row_of(database, identifier):
    with database.reading() as session:
        return session.get_one(Interview, identifier)


def moved(database, field, identifier, action, *, state=None, actor=None, places=(), **given):
    """Make a move as the supervisor; without a state the one in which the interview stands."""
    wish = Wish(action, state or row_of(database, identifier).state, **given)
    with database.transaction() as session:
        who = actor or field.supervisor.actor
        return reviewing.review(session, who, field.evaluation.id, identifier, wish, places=places)


def all_rows(database, table):
    with database.reading() as session:
        return list(session.scalars(select(table)))
