"""Receive submissions: each is kept once, byte for byte, with its files, its complaints and its household's outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import as_text, new_identifier, now
from evalsvc.errors import ConflictError, EvalsvcError, ForbiddenError, NotFoundError
from evalsvc.fieldwork.dispositions import gets_further
from evalsvc.fieldwork.operations import note_outcome
from evalsvc.instruments.contract import HOUSEHOLD
from evalsvc.interviews import statements
from evalsvc.interviews.values import HAS_ISSUES, RECEIVED, KeptSubmission, Receipt, SentFile, Submission
from evalsvc.people.actor import Actor
from evalsvc.store import Store


@dataclass(frozen=True)
class Known:
    """The interview that stands under an instanceID already."""

    id: str
    instance_id: str
    enumerator_id: str
    sha256: str
    complaints: Sequence[Any]


@dataclass(frozen=True)
class OpenHousehold:
    """The household that a submission belongs to, as it stands now."""

    id: str
    unit_id: str
    disposition: str | None
    instance_id: str | None
    enumerator_id: str | None


@dataclass(frozen=True)
class Arrival:
    """When an interview came, and whether its outcome is the household's from now on."""

    at: datetime
    counts: bool


def admit(session: Session, actor: Actor, submission: Submission) -> bool:
    """Refuse early, before any byte is kept, what `receive` would refuse; tell whether the interview is new.

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
        _household(session, actor, submission)
        return True
    _refuse_other(session, actor, known, submission)
    return False


def keep(store: Store, submission: Submission) -> KeptSubmission:
    """Put the bytes as sent, and the files, on disk; only what lies there can be named by a transaction."""
    store.put(submission.xml)
    return KeptSubmission(submission, tuple((file, store.put(file.content)) for file in submission.files))


def receive(session: Session, actor: Actor, kept: KeptSubmission, *, likely_new: bool = True) -> Receipt:
    """Take a submission in: the same bytes again are a success, other bytes under the same instanceID a conflict.

    Two devices that send at once meet at the unique constraint, not at a question asked before the insert; `likely_new`
    (what `admit` said) only chooses which is tried first.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError
        As `admit` does.
    """
    submission = kept.submission
    known = None if likely_new else _known(session, submission)
    if known is None:
        household = _household(session, actor, submission, lock=True)
        arrival = _arrival(session, submission, household)
        identifier = _inserted(session, actor, submission, household, arrival)
        if identifier is not None:
            if arrival.counts:
                note_outcome(session, household.id, submission.disposition, submission.instance_id)
            return _received(session, actor, kept, identifier)
        known = Known(*session.execute(statements.KNOWN, _key(submission)).one())
    _refuse_other(session, actor, known, submission)
    added = sum(_add_file(session, known.id, file, sha256) for file, sha256 in kept.files)
    if added < len(kept.files):
        # Another part may have come in between, with another file under the same name.
        _refuse_other(session, actor, known, submission)
    if added:
        details = {"instance": submission.instance_id, "files": added}
        audit.record(session, actor.identifier, "interview.add_files", known.id, details)
    return Receipt(known.id, known.instance_id, is_new=False, files_added=added, complaints=len(known.complaints))


def refuse(session: Session, actor: Actor, evaluation_id: str, error: EvalsvcError, sha256: str | None) -> None:
    """Write down that an attempt was refused and why; its contents are not kept."""
    audit.record(session, actor.identifier, "interview.refuse", evaluation_id, {"code": error.code, "sha256": sha256})


def _key(submission: Submission) -> dict[str, str]:
    return {"evaluation_id": submission.evaluation_id, "instance_id": submission.instance_id}


def _known(session: Session, submission: Submission) -> Known | None:
    row = session.execute(statements.KNOWN, _key(submission)).one_or_none()
    return None if row is None else Known(*row)


def _household(session: Session, actor: Actor, submission: Submission, *, lock: bool = False) -> OpenHousehold:
    """Find the open household; a closed reserve is as unknown as one that does not exist."""
    wanted: dict[str, object] = {
        "moment": now(),
        "evaluation_id": submission.evaluation_id,
        "unit_id": submission.unit_id,
        "form_id": submission.form_id,
    }
    query = statements.LOCKED_ASSIGNMENTS if lock else statements.ASSIGNMENTS
    found = [OpenHousehold(*row) for row in session.execute(query, wanted)]
    if not found:
        raise NotFoundError("interview.unknown_assignment", unit=submission.unit_id)
    own = [each for each in found if each.enumerator_id is not None and each.enumerator_id == actor.person_id]
    if not own:
        raise ForbiddenError("interview.not_assigned_to_you", unit=submission.unit_id)
    return own[0]


def _arrival(session: Session, submission: Submission, household: OpenHousehold) -> Arrival:
    """Say whether an interview that comes now counts, by the rule that results and outsiders read from the list.

    The visit that got furthest counts, of two alike the earlier: by the second, then by instanceID.
    """
    arrived, outcome = now(), submission.disposition
    if not outcome or gets_further(outcome, household.disposition):
        return Arrival(arrived, counts=bool(outcome))
    if household.instance_id is None or gets_further(str(household.disposition), outcome):
        return Arrival(arrived, counts=False)
    known = {"evaluation_id": submission.evaluation_id, "instance_id": household.instance_id}
    earlier = session.scalars(statements.RECEIVED_AT, known).one()
    own = (as_text(arrived), submission.instance_id)
    return Arrival(arrived, counts=own < (as_text(earlier), household.instance_id))


def _inserted(
    session: Session, actor: Actor, submission: Submission, household: OpenHousehold, arrival: Arrival
) -> str | None:
    """Insert the interview unless its instanceID is taken; return its identifier if it is new."""
    identifier_of_new = new_identifier()
    complaints = list(submission.complaints)
    if submission.disposition and not arrival.counts:
        complaints.append(_not_counted(household))
    values = {
        "id": identifier_of_new,
        "evaluation_id": submission.evaluation_id,
        "about": HOUSEHOLD,
        "unit_id": household.unit_id,
        "assignment_id": household.id,
        "instrument_id": submission.instrument_id,
        "instance_id": submission.instance_id,
        "sha256": submission.sha256,
        "received_at": arrival.at,
        "received_from": actor.identifier,
        "enumerator_id": actor.person_id,
        "answers": dict(submission.answers),
        "complaints": complaints,
        "state": HAS_ISSUES if submission.has_errors or len(complaints) > len(submission.complaints) else RECEIVED,
        "disposition": submission.disposition,
        "root_id": identifier_of_new,
    }
    identifier: str | None = session.scalar(statements.new_interview(statements.dialect_of(session)), values)
    return identifier


def _not_counted(household: OpenHousehold) -> dict[str, Any]:
    """Say on the interview itself that the household's outcome stays what an earlier visit gave."""
    details = {"unit": household.unit_id, "disposition": household.disposition, "instance": household.instance_id}
    return {
        "kind": "structure",
        "code": "interview.not_counted",
        "path": "",
        "details": details,
        "severity": "error",
    }


def _received(session: Session, actor: Actor, kept: KeptSubmission, identifier: str) -> Receipt:
    submission = kept.submission
    if kept.files:
        session.execute(statements.NEW_FILES, [_file_row(identifier, file, sha256) for file, sha256 in kept.files])
    details = {
        "instance": submission.instance_id,
        "unit": submission.unit_id,
        "sha256": submission.sha256,
        "files": len(kept.files),
        "complaints": len(submission.complaints),
    }
    audit.record(session, actor.identifier, "interview.receive", identifier, details)
    return Receipt(
        identifier,
        submission.instance_id,
        is_new=True,
        files_added=len(kept.files),
        complaints=len(submission.complaints),
    )


def _refuse_other(session: Session, actor: Actor, known: Known, submission: Submission) -> None:
    """Refuse what is not the same interview of the same enumerator, or replaces a file that was kept."""
    if known.enumerator_id != actor.person_id:
        raise ForbiddenError("interview.not_assigned_to_you", unit=submission.unit_id)
    if known.sha256 != submission.sha256:
        raise ConflictError("interview.other_bytes", instance_id=submission.instance_id)
    kept = {name: sha256 for name, sha256 in session.execute(statements.FILES, {"interview_id": known.id})}
    for file in submission.files:
        if kept.get(file.name, file.sha256) != file.sha256:
            raise ConflictError("interview.other_file", instance_id=submission.instance_id, name=file.name)


def _add_file(session: Session, interview_id: str, file: SentFile, sha256: str) -> bool:
    """Name a file that is not named yet; two parts of one submission may come at once."""
    statement = statements.missing_file(statements.dialect_of(session))
    return session.scalar(statement, _file_row(interview_id, file, sha256)) is not None


def _file_row(interview_id: str, file: SentFile, sha256: str) -> dict[str, Any]:
    return {
        "interview_id": interview_id,
        "name": file.name,
        "sha256": sha256,
        "size": len(file.content),
        "content_type": file.content_type,
        "received_at": now(),
    }
