"""What a submission tells of, and whether this enumerator may tell of it."""

from collections.abc import Sequence

from sqlalchemy import Connection

from evalsvc.db import now
from evalsvc.errors import ForbiddenError, NotFoundError
from evalsvc.fieldwork.models import Assignment
from evalsvc.instruments.contract import COUNTY, HOUSEHOLD, NO_OUTCOME, VILLAGE, WITH_COMPLETED
from evalsvc.interviews.intake import statements
from evalsvc.interviews.intake.versions import OpenHousehold
from evalsvc.interviews.values import Submission
from evalsvc.people.actor import Actor

_LEVELS = {VILLAGE: Assignment.parent, COUNTY: Assignment.county}


def place_of(
    connection: Connection, actor: Actor, submission: Submission, households: Sequence[OpenHousehold]
) -> str | None:
    """Return the assignment of the household that a submission tells of; None where it tells of a village or a county.

    Raises
    ------
    NotFoundError
        ``interview.unknown_assignment``, ``interview.unknown_area``; a closed reserve is as unknown as no household.
    ForbiddenError
        ``interview.not_assigned_to_you``, ``interview.not_your_area``
    """
    if submission.about == HOUSEHOLD:
        return _household(actor, submission, households)
    _require_area(connection, actor, submission)
    return None


def _household(actor: Actor, submission: Submission, households: Sequence[OpenHousehold]) -> str:
    found = households
    if submission.outcomes == WITH_COMPLETED:
        # Any published version of the assigned form will do: forms are corrected while people are in the field.
        found = [row for row in households if row.form_id == submission.form_id]
    if not found:
        raise NotFoundError("interview.unknown_assignment", unit=submission.unit_id)
    if submission.outcomes == NO_OUTCOME:
        # It stands beside the household's outcome, and a back-check is done by somebody else.
        return found[0].id
    own = [row.id for row in found if row.enumerator_id is not None and row.enumerator_id == actor.person_id]
    if not own:
        raise ForbiddenError("interview.not_assigned_to_you", unit=submission.unit_id)
    return own[0]


def _require_area(connection: Connection, actor: Actor, submission: Submission) -> None:
    query = statements.open_area(_LEVELS[submission.about])
    wanted = {"evaluation_id": submission.evaluation_id, "unit_id": submission.unit_id, "moment": now()}
    visitors = set(connection.scalars(query, wanted))
    if not visitors:
        raise NotFoundError("interview.unknown_area", unit=submission.unit_id)
    if actor.person_id is None or actor.person_id not in visitors:
        raise ForbiddenError("interview.not_your_area", unit=submission.unit_id)
