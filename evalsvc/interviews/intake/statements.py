"""The statements of the intake, built once: building them anew for each submission took longer than running them."""

from functools import cache

from sqlalchemy import Insert, Select, and_, bindparam, func, insert, inspect, join, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, aliased

from evalsvc.draws.models import Draw
from evalsvc.fieldwork.models import Assignment
from evalsvc.instruments.models import Instrument
from evalsvc.interviews.models import Interview, InterviewFile

_OF_VERSION = (
    Interview.id,
    Interview.instance_id,
    Interview.enumerator_id,
    Interview.sha256,
    func.json_array_length(Interview.complaints).label("complaints"),
    Interview.state,
    Interview.about,
    Interview.unit_id,
    Interview.assignment_id,
    Interview.root_id,
    Interview.replaces_id,
    Interview.superseded_at,
    Instrument.form_id,
    Instrument.xform_sha256,
)
VERSION = select(*_OF_VERSION).join(Instrument, Instrument.id == Interview.instrument_id)
BY_INSTANCE = VERSION.where(
    Interview.evaluation_id == bindparam("evaluation_id"), Interview.instance_id == bindparam("instance_id")
)
BY_ID = VERSION.where(Interview.id == bindparam("id"))
THAT_REPLACES = VERSION.where(Interview.replaces_id == bindparam("id"))
HELD_VERSIONS = (
    select(Interview.id)
    .where(Interview.id.in_(bindparam("ids", expanding=True)))
    .order_by(Interview.id)
    .with_for_update()
)

_First = aliased(Interview, name="first_version")
FIRST_ARRIVAL = (
    select(_First.received_at, _First.instance_id)
    .join(Interview, Interview.root_id == _First.id)
    .where(
        Interview.evaluation_id == bindparam("evaluation_id"),
        Interview.instance_id == bindparam("instance_id"),
    )
)

_OPEN = (
    Assignment.evaluation_id == bindparam("evaluation_id"),
    Assignment.opened_at.is_not(None),
    # Before its release a draw's households are as unknown as those that were not drawn.
    or_(Draw.release_at.is_(None), Draw.release_at <= bindparam("moment")),
)
_Assigned = aliased(Instrument, name="assigned_instrument")
_open_households = join(
    join(Assignment.__table__, inspect(_Assigned).selectable, _Assigned.id == Assignment.instrument_id),
    Draw.__table__,
    Draw.id == Assignment.draw_id,
)
_versions = join(Interview.__table__, Instrument.__table__, Instrument.id == Interview.instrument_id)
MET = (
    # One row of nothing, which stays where neither the version nor a household is there.
    select(*_OF_VERSION, Assignment.id, Assignment.enumerator_id, _Assigned.form_id)
    .select_from(select(literal(1).label("one")).subquery())
    .outerjoin(
        _versions,
        and_(Interview.evaluation_id == bindparam("evaluation_id"), Interview.instance_id == bindparam("instance_id")),
    )
    .outerjoin(_open_households, and_(*_OPEN, Assignment.unit_id == bindparam("unit_id")))
    .order_by(Assignment.opened_at.desc(), Assignment.id)
)
"""The version of an instanceID, and beside it each open household of an identifier: two questions asked in one go."""
HELD_HOUSEHOLDS: Select[str, str, str | None, str | None, str | None] = (
    select(Assignment.id, Assignment.unit_id, Assignment.disposition, Assignment.instance_id, Assignment.enumerator_id)
    .where(Assignment.id.in_(bindparam("ids", expanding=True)))
    # Groups of several processes take households in one order, so that none waits for one who waits for it.
    .order_by(Assignment.id)
    .with_for_update()
)

FILES = select(InterviewFile.name, InterviewFile.sha256).where(InterviewFile.interview_id == bindparam("interview_id"))
ALL_OF_FILES = select(
    InterviewFile.name, InterviewFile.sha256, InterviewFile.size, InterviewFile.content_type, InterviewFile.received_at
).where(InterviewFile.interview_id == bindparam("interview_id"))
NEW_FILES = insert(InterviewFile.__table__)  # type: ignore[arg-type]  # a mapped class has a table
OTHER_CONTENT = (
    update(InterviewFile)
    .where(InterviewFile.interview_id == bindparam("of_interview"), InterviewFile.name == bindparam("of_name"))
    .values(
        sha256=bindparam("sha256"),
        size=bindparam("size"),
        content_type=bindparam("content_type"),
        received_at=bindparam("received_at"),
    )
)
OUTCOME = (
    update(Assignment)
    .where(Assignment.id == bindparam("of_assignment"))
    .values(disposition=bindparam("outcome"), instance_id=bindparam("instance"))
)
SUPERSEDED = update(Interview).where(Interview.id == bindparam("of_interview")).values(superseded_at=bindparam("at"))


@cache
def open_area(level: InstrumentedAttribute[str]) -> Select[str | None]:
    """Return the query of who visits the open households of a village or county."""
    query = select(Assignment.enumerator_id).join(Draw, Draw.id == Assignment.draw_id)
    return query.where(*_OPEN, level == bindparam("unit_id")).distinct()


@cache
def new_interviews(dialect: str) -> Insert:
    """Return the insert of interviews that gives the identifiers of those whose instanceIDs were not taken."""
    statement = _insert(dialect, Interview).on_conflict_do_nothing(index_elements=["evaluation_id", "instance_id"])
    return statement.returning(Interview.id)


@cache
def missing_file(dialect: str) -> Insert:
    """Return the insert of a file that gives its name, or nothing when a file of that name is there."""
    statement = _insert(dialect, InterviewFile).on_conflict_do_nothing(index_elements=["interview_id", "name"])
    return statement.returning(InterviewFile.name)


def _insert(dialect: str, table: type[Interview] | type[InterviewFile]) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
