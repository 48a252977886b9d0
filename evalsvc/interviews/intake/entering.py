"""Enter new interviews, one or many in one go: their rows, their files, and the outcomes that they give households."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from evalsvc.db import as_text, new_identifier, now
from evalsvc.errors import ForbiddenError
from evalsvc.fieldwork.dispositions import gets_further
from evalsvc.instruments.contract import NO_OUTCOME
from evalsvc.interviews.intake import statements
from evalsvc.interviews.intake.arriving import Arriving, HeldHousehold
from evalsvc.interviews.intake.corrections import version_to_correct
from evalsvc.interviews.intake.sent_files import put_down
from evalsvc.interviews.intake.versions import Version
from evalsvc.interviews.not_counted import not_counted
from evalsvc.interviews.review.moves import state_at_arrival
from evalsvc.interviews.values import Submission
from evalsvc.people.actor import Actor


@dataclass(frozen=True)
class NewInterview:
    """An interview that was not there yet, and what it does beside being there."""

    arriving: Arriving
    row: Mapping[str, Any]
    household: HeldHousehold | None
    corrects: Version | None
    gives_outcome: bool
    """Whether its outcome is the household's from now on; of a correction that is settled when it stands."""


def plan(connection: Connection, arriving: Arriving, household: HeldHousehold | None) -> NewInterview:
    """Decide what a new interview will be; whatever it depends on is held.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError
        What was true when it was admitted is so no longer.
    """
    submission = arriving.kept.submission
    _refuse_moved(arriving.actor, household, submission)
    corrects = version_to_correct(connection, arriving.actor, submission)
    arrived, complaints, counts = now(), list(submission.complaints), False
    if household is not None and corrects is None and submission.disposition:
        counts = _counts(connection, submission, household, arrived)
        known = household.unit_id, household.disposition, household.instance_id
        complaints += [] if counts else [not_counted(*known)]
    row = _row(arriving, household, corrects, arrived, complaints)
    return NewInterview(arriving, row, household, corrects, counts)


def enter(connection: Connection, new: Sequence[NewInterview]) -> set[str]:
    """Insert interviews unless their instanceIDs are taken; return the identifiers of those that are in."""
    statement = statements.new_interviews(connection.dialect.name)
    entered = set(connection.scalars(statement, [each.row for each in new]))
    those = [each for each in new if each.row["id"] in entered]
    put_down(connection, [(each.row["id"], file) for each in those for file in each.arriving.kept.files])
    outcomes = [_outcome(each.household, each.row) for each in those if each.household and each.gives_outcome]
    if outcomes:
        connection.execute(statements.OUTCOME, outcomes)
    return entered


def after(new: NewInterview) -> HeldHousehold | None:
    """Return the household as it stands once a first version of an interview is in."""
    if new.household is None or not new.gives_outcome:
        return new.household
    return replace(new.household, disposition=new.row["disposition"], instance_id=new.row["instance_id"])


def _refuse_moved(actor: Actor, household: HeldHousehold | None, submission: Submission) -> None:
    """Refuse what the household's enumerator sent who is no longer the one since it was admitted."""
    if household is None or submission.outcomes == NO_OUTCOME:
        return
    if household.enumerator_id is None or household.enumerator_id != actor.person_id:
        raise ForbiddenError("interview.not_assigned_to_you", unit=submission.unit_id)


def _counts(connection: Connection, submission: Submission, household: HeldHousehold, arrived: datetime) -> bool:
    """Say whether a first version that comes now counts, by the rule that results and outsiders read from the list.

    The visit that got furthest counts, of two alike the earlier: by the second, then by instanceID. A correction stands
    in the place of its first version.
    """
    outcome = submission.disposition
    if gets_further(outcome, household.disposition):
        return True
    if household.instance_id is None or gets_further(str(household.disposition), outcome):
        return False
    known = {"evaluation_id": submission.evaluation_id, "instance_id": household.instance_id}
    first = connection.execute(statements.FIRST_ARRIVAL, known).one()
    return (as_text(arrived), submission.instance_id) < (as_text(first.received_at), first.instance_id)


def _row(
    arriving: Arriving,
    household: HeldHousehold | None,
    corrects: Version | None,
    arrived: datetime,
    complaints: list[Any],
) -> dict[str, Any]:
    submission, identifier = arriving.kept.submission, new_identifier()
    return {
        "id": identifier,
        "evaluation_id": submission.evaluation_id,
        "about": submission.about,
        "unit_id": submission.unit_id,
        "assignment_id": None if household is None else household.id,
        "instrument_id": submission.instrument_id,
        "instance_id": submission.instance_id,
        "sha256": submission.sha256,
        "received_at": arrived,
        "received_from": arriving.actor.identifier,
        "enumerator_id": arriving.actor.person_id,
        "answers": dict(submission.answers),
        "complaints": complaints,
        "state": state_at_arrival(complaints, is_correction=corrects is not None),
        "disposition": submission.disposition,
        "root_id": identifier if corrects is None else corrects.root_id,
        "replaces_id": None if corrects is None else corrects.id,
    }


def _outcome(household: HeldHousehold, row: Mapping[str, Any]) -> dict[str, str]:
    return {"of_assignment": household.id, "outcome": row["disposition"], "instance": row["instance_id"]}
