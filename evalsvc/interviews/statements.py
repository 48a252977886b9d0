"""The statements of the intake, built once: building them anew for each submission took longer than running them."""

from functools import cache

from sqlalchemy import Insert, Select, bindparam, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from evalsvc.draws.models import Draw
from evalsvc.fieldwork.models import Assignment
from evalsvc.instruments.models import Instrument
from evalsvc.interviews.models import Interview, InterviewFile

KNOWN = select(
    Interview.id, Interview.instance_id, Interview.enumerator_id, Interview.sha256, Interview.complaints
).where(
    Interview.evaluation_id == bindparam("evaluation_id"),
    Interview.instance_id == bindparam("instance_id"),
)

RECEIVED_AT = select(Interview.received_at).where(
    Interview.evaluation_id == bindparam("evaluation_id"),
    Interview.instance_id == bindparam("instance_id"),
)

ASSIGNMENTS: Select[str, str, str | None, str | None, str | None] = (
    select(Assignment.id, Assignment.unit_id, Assignment.disposition, Assignment.instance_id, Assignment.enumerator_id)
    .join(Instrument, Instrument.id == Assignment.instrument_id)
    .join(Draw, Draw.id == Assignment.draw_id)
    .where(
        Assignment.evaluation_id == bindparam("evaluation_id"),
        Assignment.unit_id == bindparam("unit_id"),
        Assignment.opened_at.is_not(None),
        # Before its release a draw's households are as unknown as those that were not drawn.
        or_(Draw.release_at.is_(None), Draw.release_at <= bindparam("moment")),
        # Any published version of the assigned form will do: forms are corrected while people are in the field.
        Instrument.form_id == bindparam("form_id"),
    )
    .order_by(Assignment.opened_at.desc(), Assignment.id)
)
LOCKED_ASSIGNMENTS = ASSIGNMENTS.with_for_update(of=Assignment)

FILES = select(InterviewFile.name, InterviewFile.sha256).where(InterviewFile.interview_id == bindparam("interview_id"))
NEW_FILES = insert(InterviewFile.__table__)  # type: ignore[arg-type]  # a mapped class has a table


@cache
def new_interview(dialect: str) -> Insert:
    """Return the insert of an interview that gives its identifier, or nothing when its instanceID is taken."""
    statement = _insert(dialect, Interview).on_conflict_do_nothing(index_elements=["evaluation_id", "instance_id"])
    return statement.returning(Interview.id)


@cache
def missing_file(dialect: str) -> Insert:
    """Return the insert of a file that gives its name, or nothing when a file of that name is there."""
    statement = _insert(dialect, InterviewFile).on_conflict_do_nothing(index_elements=["interview_id", "name"])
    return statement.returning(InterviewFile.name)


def dialect_of(session: Session) -> str:
    """Name the database that a session speaks to."""
    return session.get_bind().dialect.name


def _insert(dialect: str, table: type[Interview] | type[InterviewFile]) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
