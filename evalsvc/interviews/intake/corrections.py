"""Corrections: which version a submission may take the place of, and what it takes over from it."""

from sqlalchemy import Connection

from evalsvc.db import now
from evalsvc.errors import ConflictError, ForbiddenError, NotFoundError
from evalsvc.instruments.contract import NO_OUTCOME
from evalsvc.interviews.intake import statements
from evalsvc.interviews.intake.sent_files import take_over
from evalsvc.interviews.intake.versions import Version, corrected_version
from evalsvc.interviews.values import APPROVED, REJECTED, KeptSubmission, Submission
from evalsvc.people.actor import Actor

CLOSED = frozenset({APPROVED, REJECTED})
"""States in which a version stands until a supervisor opens it again."""


def version_to_correct(connection: Connection, actor: Actor, submission: Submission) -> Version | None:
    """Return the version that a submission corrects; None where it is a first version.

    Raises
    ------
    NotFoundError
        ``interview.corrected_unknown``
    ConflictError
        ``interview.corrected_not_last``, ``interview.corrected_closed``, ``interview.corrected_other``
    ForbiddenError
        ``interview.not_assigned_to_you``: what stands beside a household's outcome is corrected by who sent it.
    """
    if not submission.deprecated_id:
        return None
    version, named = corrected_version(connection, submission), submission.deprecated_id
    if version is None:
        raise NotFoundError("interview.corrected_unknown", instance_id=named)
    if version.superseded_at is not None:
        raise ConflictError("interview.corrected_not_last", instance_id=named)
    if version.state in CLOSED:
        raise ConflictError("interview.corrected_closed", instance_id=named)
    if (version.form_id, version.unit_id) != (submission.form_id, submission.unit_id):
        details = {"unit": version.unit_id, "form_id": version.form_id}
        raise ConflictError("interview.corrected_other", instance_id=named, **details)
    if submission.outcomes == NO_OUTCOME and version.enumerator_id != actor.person_id:
        raise ForbiddenError("interview.not_assigned_to_you", unit=submission.unit_id)
    return version


def take_the_place(connection: Connection, version: Version, interview_id: str, kept: KeptSubmission) -> None:
    """Put a correction in the place of a version; files of it that are named and did not come anew go along."""
    connection.execute(statements.SUPERSEDED, {"of_interview": version.id, "at": now()})
    came = {file.name for file, _ in kept.files}
    take_over(connection, version.id, interview_id, kept.submission.file_names - came)
