"""Receive submissions: each is kept once, byte for byte, with its files, its complaints and its household's outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from evalsvc.audit import Entry
from evalsvc.db import as_text, new_identifier, now
from evalsvc.errors import ConflictError, ForbiddenError
from evalsvc.fieldwork.dispositions import gets_further
from evalsvc.fieldwork.operations import note_outcome
from evalsvc.instruments.contract import NO_OUTCOME
from evalsvc.interviews import statements
from evalsvc.interviews.arriving import Admitted, Arriving, Refused
from evalsvc.interviews.corrections import take_the_place, version_to_correct
from evalsvc.interviews.moves import state_at_arrival
from evalsvc.interviews.outcome import settle_outcome
from evalsvc.interviews.places import place_of
from evalsvc.interviews.sent_files import add, put_down, refuse_others
from evalsvc.interviews.values import KeptSubmission, Receipt, Submission
from evalsvc.interviews.versions import Version, own_version
from evalsvc.people.actor import Actor
from evalsvc.store import Store


@dataclass(frozen=True)
class HeldHousehold:
    """The household that a submission belongs to, as it stands while it is held."""

    id: str
    unit_id: str
    disposition: str | None
    instance_id: str | None
    enumerator_id: str | None


@dataclass(frozen=True)
class Received:
    """What was done with a submission, and what the audit trail says of it; None where nothing was new."""

    receipt: Receipt
    entry: Entry | None


def admit(session: Session, actor: Actor, submission: Submission) -> Admitted:
    """Refuse early, before any byte is kept, what `receive` would refuse; tell what there is to be held.

    Raises
    ------
    NotFoundError
        ``interview.unknown_assignment``, ``interview.unknown_area``, ``interview.corrected_unknown``
    ForbiddenError
        ``interview.not_assigned_to_you``, ``interview.not_your_area``
    ConflictError
        ``interview.other_bytes``, ``interview.other_file``, and those of corrections.
    """
    connection = session.connection()
    known = own_version(connection, submission)
    if known is not None:
        _refuse_other(connection, actor, known, submission)
        return Admitted(is_new=False, assignment_id=known.assignment_id, version_id=known.id)
    assignment_id = place_of(connection, actor, submission)
    version = version_to_correct(connection, actor, submission)
    return Admitted(True, assignment_id, None if version is None else version.id)


def keep(store: Store, submission: Submission) -> KeptSubmission:
    """Put the bytes as sent, and the files, on disk; their names are settled before the commit that names them."""
    store.lay(submission.xml)
    return KeptSubmission(submission, tuple((file, store.lay(file.content)) for file in submission.files))


def hold(session: Session, arriving: Sequence[Arriving]) -> Mapping[str, HeldHousehold]:
    """Hold what submissions will change, in the one order in which everybody does: households, then interviews."""
    connection = session.connection()
    households = {each.admitted.assignment_id for each in arriving} - {None}
    versions = {each.admitted.version_id for each in arriving} - {None}
    held = connection.execute(statements.HELD_HOUSEHOLDS, {"ids": list(households)}) if households else ()
    found = {row[0]: HeldHousehold(*row) for row in held}
    if versions:
        connection.execute(statements.HELD_VERSIONS, {"ids": list(versions)})
    return found


def receive(session: Session, store: Store, arriving: Arriving, held: Mapping[str, HeldHousehold]) -> Received:
    """Take a submission in: the same bytes again are a success, other bytes under the same instanceID a conflict.

    Two devices that send at once meet at the unique constraint, not at a question asked before the insert.

    Raises
    ------
    NotFoundError, ForbiddenError, ConflictError
        As `admit` does.
    """
    connection, submission = session.connection(), arriving.kept.submission
    version = None if arriving.admitted.is_new else own_version(connection, submission)
    if version is None:
        received = _receive_new(session, arriving, held.get(arriving.admitted.assignment_id or ""))
        if received is not None:
            return received
        version = own_version(connection, submission)
        assert version is not None  # noqa: S101 (the insert has met it)
        connection.execute(statements.HELD_VERSIONS, {"ids": [version.id]})
    return _receive_again(connection, store, arriving, version)


def entry_of_refusal(refused: Refused) -> Entry:
    """Return what the audit trail says of a refused attempt; its contents are not kept."""
    details = {"code": refused.error.code, "sha256": refused.sha256}
    return Entry(refused.actor.identifier, "interview.refuse", refused.evaluation_id, details)


def _receive_new(session: Session, arriving: Arriving, household: HeldHousehold | None) -> Received | None:
    """Insert an interview; None where its instanceID is taken."""
    connection, submission = session.connection(), arriving.kept.submission
    _refuse_moved(arriving.actor, household, submission)
    version = version_to_correct(connection, arriving.actor, submission)
    arrived = now()
    counts = household is not None and version is None and _counts(connection, submission, household, arrived)
    complaints = list(submission.complaints)
    if household is not None and version is None and submission.disposition and not counts:
        complaints.append(_not_counted(household))
    row = _row(arriving, household, version, arrived, complaints)
    if connection.scalar(statements.new_interview(connection.dialect.name), row) is None:
        return None
    put_down(connection, row["id"], arriving.kept.files)
    if household is not None and counts:
        note_outcome(session, household.id, submission.disposition, submission.instance_id)
    if version is not None:
        take_the_place(connection, version, row["id"], arriving.kept)
        _settle(session, row, household)
    return _received(arriving, row["id"], version)


def _settle(session: Session, correction: Mapping[str, Any], household: HeldHousehold | None) -> None:
    """Settle the household's outcome with a correction in its place, and say on it when another visit counts."""
    if household is None:
        return
    counting = settle_outcome(session, household.id)
    if correction["disposition"] and counting != correction["instance_id"]:
        complaints = [*correction["complaints"], _not_counted(replace(household, instance_id=counting))]
        session.execute(statements.COMPLAINED, {"of_interview": correction["id"], "complaints": complaints})


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
    if not outcome or gets_further(outcome, household.disposition):
        return bool(outcome)
    if household.instance_id is None or gets_further(str(household.disposition), outcome):
        return False
    known = {"evaluation_id": submission.evaluation_id, "instance_id": household.instance_id}
    first = connection.execute(statements.FIRST_ARRIVAL, known).one()
    return (as_text(arrived), submission.instance_id) < (as_text(first.received_at), first.instance_id)


def _row(
    arriving: Arriving,
    household: HeldHousehold | None,
    version: Version | None,
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
        "state": state_at_arrival(complaints, is_correction=version is not None),
        "disposition": submission.disposition,
        "root_id": identifier if version is None else version.root_id,
        "replaces_id": None if version is None else version.id,
    }


def _not_counted(household: HeldHousehold) -> dict[str, Any]:
    """Say on the interview itself that the household's outcome stays what an earlier visit gave."""
    details = {"unit": household.unit_id, "disposition": household.disposition, "instance": household.instance_id}
    return {
        "kind": "structure",
        "code": "interview.not_counted",
        "path": "",
        "details": details,
        "severity": "error",
    }


def _received(arriving: Arriving, identifier: str, version: Version | None) -> Received:
    submission, files = arriving.kept.submission, len(arriving.kept.files)
    details: dict[str, object] = {
        "instance": submission.instance_id,
        "unit": submission.unit_id,
        "sha256": submission.sha256,
        "files": files,
        "complaints": len(submission.complaints),
    }
    if version is not None:
        details["replaces"] = version.instance_id
    action = "interview.receive" if version is None else "interview.correct"
    receipt = Receipt(
        interview_id=identifier,
        instance_id=submission.instance_id,
        is_new=True,
        files_added=files,
        complaints=len(submission.complaints),
    )
    return Received(receipt, Entry(arriving.actor.identifier, action, identifier, details))


def _receive_again(connection: Connection, store: Store, arriving: Arriving, version: Version) -> Received:
    """Take what a version is sent with once more: files that were missing, or nothing."""
    submission = arriving.kept.submission
    _refuse_other(connection, arriving.actor, version, submission)
    added = add(connection, store, version, arriving.kept.files)
    receipt = Receipt(version.id, version.instance_id, is_new=False, files_added=added, complaints=version.complaints)
    if not added:
        return Received(receipt, None)
    details = {"instance": submission.instance_id, "files": added}
    return Received(receipt, Entry(arriving.actor.identifier, "interview.add_files", version.id, details))


def _refuse_other(connection: Connection, actor: Actor, known: Version, submission: Submission) -> None:
    """Refuse what is not the same interview of the same enumerator, or replaces a file that was kept."""
    if known.enumerator_id != actor.person_id:
        raise ForbiddenError("interview.not_assigned_to_you", unit=submission.unit_id)
    if known.sha256 != submission.sha256:
        raise ConflictError("interview.other_bytes", instance_id=submission.instance_id)
    refuse_others(connection, known, submission)
