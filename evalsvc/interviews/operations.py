"""Receive submissions: each is kept once, byte for byte, with its files, its complaints and its household's outcome."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import new_identifier, now
from evalsvc.errors import ConflictError, EvalsvcError, ForbiddenError, NotFoundError
from evalsvc.fieldwork.dispositions import gets_further
from evalsvc.fieldwork.models import Assignment
from evalsvc.fieldwork.operations import note_outcome
from evalsvc.instruments.models import Instrument
from evalsvc.interviews.models import Interview, InterviewFile
from evalsvc.interviews.schemas import HAS_ISSUES, RECEIVED, KeptSubmission, Receipt, Submission
from evalsvc.people.actor import Actor
from evalsvc.store import Store


def admit(session: Session, actor: Actor, submission: Submission) -> None:
    """Refuse early, before any byte is kept, what `receive` would refuse.

    Raises
    ------
    NotFoundError
        ``interview.unknown_assignment``
    ForbiddenError
        ``interview.not_assigned_to_you``
    ConflictError
        ``interview.other_bytes``, ``interview.other_file``
    """
    known = _known(session, submission)
    if known is None:
        _assignment(session, actor, submission)
    else:
        _refuse_other(session, actor, known, submission)


def keep(store: Store, submission: Submission) -> KeptSubmission:
    """Put the bytes as sent, and the files, on disk; only what lies there can be named by a transaction."""
    store.put(submission.xml)
    return KeptSubmission(submission, tuple((file, store.put(file.content)) for file in submission.files))


def receive(session: Session, actor: Actor, kept: KeptSubmission) -> Receipt:
    """Take a submission in: the same bytes again are a success, other bytes under the same instanceID a conflict.

    Two devices that send at once meet at the unique constraint, not at a question asked before the insert.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError
        As `admit` does.
    """
    submission = kept.submission
    known = _known(session, submission)
    if known is None:
        assignment = _assignment(session, actor, submission, lock=True)
        identifier = _inserted(session, actor, submission, assignment)
        if identifier is not None:
            return _received(session, actor, kept, assignment, identifier)
        known = session.scalars(_query(submission)).one()
    _refuse_other(session, actor, known, submission)
    added = _add_files(session, known.id, kept)
    if added:
        details = {"instance": submission.instance_id, "files": added}
        audit.record(session, actor.identifier, "interview.add_files", known.id, details)
    return Receipt(known.id, known.instance_id, is_new=False, files_added=added, complaints=len(known.complaints))


def refuse(session: Session, actor: Actor, evaluation_id: str, error: EvalsvcError, sha256: str | None) -> None:
    """Write down that an attempt was refused and why; its contents are not kept."""
    audit.record(session, actor.identifier, "interview.refuse", evaluation_id, {"code": error.code, "sha256": sha256})


def _query(submission: Submission) -> Select[Interview]:
    return select(Interview).where(
        Interview.evaluation_id == submission.evaluation_id, Interview.instance_id == submission.instance_id
    )


def _known(session: Session, submission: Submission) -> Interview | None:
    return session.scalars(_query(submission)).one_or_none()


def _assignment(session: Session, actor: Actor, submission: Submission, *, lock: bool = False) -> Assignment:
    """Find the open household; a closed reserve is as unknown as one that does not exist."""
    query = (
        select(Assignment)
        .join(Instrument, Instrument.id == Assignment.instrument_id)
        .where(
            Assignment.evaluation_id == submission.evaluation_id,
            Assignment.unit_id == submission.unit_id,
            Assignment.opened_at.is_not(None),
            # Any published version of the assigned form will do: forms are corrected while people are in the field.
            Instrument.form_id == submission.form_id,
        )
        .order_by(Assignment.opened_at.desc(), Assignment.id)
    )
    found = list(session.scalars(query.with_for_update(of=Assignment) if lock else query))
    if not found:
        raise NotFoundError("interview.unknown_assignment", unit=submission.unit_id)
    own = [each for each in found if each.enumerator_id is not None and each.enumerator_id == actor.person_id]
    if not own:
        raise ForbiddenError("interview.not_assigned_to_you", unit=submission.unit_id)
    return own[0]


def _inserted(session: Session, actor: Actor, submission: Submission, assignment: Assignment) -> str | None:
    """Insert the interview unless its instanceID is taken; return its identifier if it is new."""
    complaints = list(submission.complaints)
    if submission.disposition and not gets_further(submission.disposition, assignment.disposition):
        complaints.append(_not_counted(assignment))
    values = {
        "id": new_identifier(),
        "evaluation_id": submission.evaluation_id,
        "assignment_id": assignment.id,
        "instrument_id": submission.instrument_id,
        "instance_id": submission.instance_id,
        "sha256": submission.sha256,
        "received_at": now(),
        "received_from": actor.identifier,
        "enumerator_id": actor.person_id,
        "answers": dict(submission.answers),
        "complaints": complaints,
        "state": HAS_ISSUES if submission.has_errors or len(complaints) > len(submission.complaints) else RECEIVED,
        "disposition": submission.disposition,
    }
    return _insert_once(session, Interview, values, ("evaluation_id", "instance_id"), "id")


def _not_counted(assignment: Assignment) -> dict[str, Any]:
    """Say on the interview itself that the household's outcome stays what an earlier visit gave."""
    details = {"unit": assignment.unit_id, "disposition": assignment.disposition, "instance": assignment.instance_id}
    return {
        "kind": "structure",
        "code": "interview.not_counted",
        "path": "",
        "details": details,
        "severity": "error",
    }


def _insert_once(
    session: Session,
    table: type[Interview] | type[InterviewFile],
    values: Mapping[str, Any],
    unique: tuple[str, ...],
    returned: str,
) -> str | None:
    """Insert a row unless its unique columns are taken; return one column of it if it is new."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing(index_elements=unique)
    found: str | None = session.scalar(statement.returning(getattr(table, returned)))
    return found


def _received(session: Session, actor: Actor, kept: KeptSubmission, assignment: Assignment, identifier: str) -> Receipt:
    submission = kept.submission
    if submission.disposition:
        note_outcome(assignment, submission.disposition, submission.instance_id)
    added = _add_files(session, identifier, kept)
    session.flush()
    details = {
        "instance": submission.instance_id,
        "unit": assignment.unit_id,
        "sha256": submission.sha256,
        "files": added,
        "complaints": len(submission.complaints),
    }
    audit.record(session, actor.identifier, "interview.receive", identifier, details)
    return Receipt(
        identifier, submission.instance_id, is_new=True, files_added=added, complaints=len(submission.complaints)
    )


def _refuse_other(session: Session, actor: Actor, known: Interview, submission: Submission) -> None:
    """Refuse what is not the same interview of the same enumerator, or replaces a file that was kept."""
    if known.enumerator_id != actor.person_id:
        raise ForbiddenError("interview.not_assigned_to_you", unit=submission.unit_id)
    if known.sha256 != submission.sha256:
        raise ConflictError("interview.other_bytes", instance_id=submission.instance_id)
    kept = dict(
        session.execute(
            select(InterviewFile.name, InterviewFile.sha256).where(InterviewFile.interview_id == known.id)
        ).all()
    )
    for file in submission.files:
        if kept.get(file.name, file.sha256) != file.sha256:
            raise ConflictError("interview.other_file", instance_id=submission.instance_id, name=file.name)


def _add_files(session: Session, interview_id: str, kept: KeptSubmission) -> int:
    """Name the files that are not named yet; two parts of one submission may come at once."""
    added = 0
    for file, sha256 in kept.files:
        values = {
            "interview_id": interview_id,
            "name": file.name,
            "sha256": sha256,
            "size": len(file.content),
            "content_type": file.content_type,
            "received_at": now(),
        }
        added += _insert_once(session, InterviewFile, values, ("interview_id", "name"), "name") is not None
    return added
