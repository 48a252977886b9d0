"""Receive submissions: each is kept once, byte for byte, with its files, its complaints and its household's outcome."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from evalsvc.audit import Entry
from evalsvc.errors import ConflictError, ForbiddenError
from evalsvc.interviews.intake import statements
from evalsvc.interviews.intake.arriving import Admitted, Arriving, HeldHousehold, Received, Refused
from evalsvc.interviews.intake.corrections import take_the_place, version_to_correct
from evalsvc.interviews.intake.entering import NewInterview, after, enter, plan
from evalsvc.interviews.intake.places import place_of
from evalsvc.interviews.intake.sent_files import add, refuse_others
from evalsvc.interviews.intake.versions import Version, met, own_version
from evalsvc.interviews.outcome import settle_outcome
from evalsvc.interviews.values import KeptSubmission, Receipt, Submission
from evalsvc.people.actor import Actor
from evalsvc.store import Store

Held = MutableMapping[str, HeldHousehold]
"""The households that are held, as they stand after what was done so far."""


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
    there = met(connection, submission)
    if there.version is not None:
        _refuse_other(connection, actor, there.version, submission)
        return Admitted(is_new=False, assignment_id=there.version.assignment_id, version_id=there.version.id)
    assignment_id = place_of(connection, actor, submission, there.households)
    version = version_to_correct(connection, actor, submission)
    return Admitted(True, assignment_id, None if version is None else version.id)


def keep(store: Store, submission: Submission) -> KeptSubmission:
    """Put the bytes as sent, and the files, on disk; their names are settled before the commit that names them."""
    store.lay(submission.xml)
    return KeptSubmission(submission, tuple((file, store.lay(file.content)) for file in submission.files))


def hold(session: Session, arriving: Sequence[Arriving]) -> Held:
    """Hold what submissions will change, in the one order in which everybody does: households, then interviews."""
    connection = session.connection()
    households = {each.admitted.assignment_id for each in arriving} - {None}
    versions = {each.admitted.version_id for each in arriving} - {None}
    held = connection.execute(statements.HELD_HOUSEHOLDS, {"ids": list(households)}) if households else ()
    found = {row[0]: HeldHousehold(*row) for row in held}
    if versions:
        connection.execute(statements.HELD_VERSIONS, {"ids": list(versions)})
    return found


def receive_together(session: Session, arriving: Sequence[Arriving], held: Held) -> list[Received | None]:
    """Take in at one go those that are plainly new; None for the others, which `receive` takes one by one."""
    connection = session.connection()
    plans: dict[str, tuple[int, NewInterview]] = {}
    for place, each in enumerate(arriving):
        household = held.get(each.admitted.assignment_id or "")
        # Of two visits to one household the second depends on what came of the first.
        if household is not None and household.id not in plans and _is_plain(each):
            plans[household.id] = place, plan(connection, each, household)
    entered = enter(connection, [new for _, new in plans.values()]) if plans else set()
    received: list[Received | None] = [None] * len(arriving)
    for place, new in plans.values():
        if new.row["id"] in entered:
            _note(held, after(new))
            received[place] = _received(new)
    return received


def receive(session: Session, store: Store, arriving: Arriving, held: Held) -> Received:
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
        new = plan(connection, arriving, held.get(arriving.admitted.assignment_id or ""))
        if enter(connection, [new]):
            _note(held, after(new) if new.corrects is None else _corrected(session, new, new.corrects))
            return _received(new)
        version = own_version(connection, submission)
        assert version is not None  # noqa: S101 (the insert has met it)
        connection.execute(statements.HELD_VERSIONS, {"ids": [version.id]})
    return _receive_again(connection, store, arriving, version)


def entry_of_refusal(refused: Refused) -> Entry:
    """Return what the audit trail says of a refused attempt; its contents are not kept."""
    details = {"code": refused.error.code, "sha256": refused.sha256}
    return Entry(refused.actor.identifier, "interview.refuse", refused.evaluation_id, details)


def _is_plain(arriving: Arriving) -> bool:
    return arriving.admitted.is_new and not arriving.kept.submission.deprecated_id


def _note(held: Held, household: HeldHousehold | None) -> None:
    if household is not None:
        held[household.id] = household


def _corrected(session: Session, new: NewInterview, version: Version) -> HeldHousehold | None:
    """Put a correction in its place and settle the household's outcome."""
    connection, household = session.connection(), new.household
    take_the_place(connection, version, new.row["id"], new.arriving.kept)
    if household is None:
        return None
    counting = settle_outcome(session, household.id)
    return replace(
        household,
        disposition=None if counting is None else counting.disposition,
        instance_id=None if counting is None else counting.instance_id,
    )


def _received(new: NewInterview) -> Received:
    submission, files = new.arriving.kept.submission, len(new.arriving.kept.files)
    details: dict[str, object] = {
        "instance": submission.instance_id,
        "unit": submission.unit_id,
        "sha256": submission.sha256,
        "files": files,
        "complaints": len(submission.complaints),
    }
    if new.corrects is not None:
        details["replaces"] = new.corrects.instance_id
    action = "interview.receive" if new.corrects is None else "interview.correct"
    receipt = Receipt(
        interview_id=new.row["id"],
        instance_id=submission.instance_id,
        is_new=True,
        files_added=files,
        complaints=len(submission.complaints),
    )
    return Received(receipt, Entry(new.arriving.actor.identifier, action, new.row["id"], details))


def _receive_again(connection: Connection, store: Store, arriving: Arriving, version: Version) -> Received:
    """Take what a version is sent with once more: files that were missing, or nothing."""
    submission = arriving.kept.submission
    _refuse_other(connection, arriving.actor, version, submission)
    added = add(connection, store, version, arriving.kept.files)
    receipt = Receipt(version.id, version.instance_id, is_new=False, files_added=added, complaints=version.complaints)
    if not added:
        return Received(receipt, None)
    details: Mapping[str, Any] = {"instance": submission.instance_id, "files": added}
    return Received(receipt, Entry(arriving.actor.identifier, "interview.add_files", version.id, details))


def _refuse_other(connection: Connection, actor: Actor, known: Version, submission: Submission) -> None:
    """Refuse what is not the same interview of the same enumerator, or replaces a file that was kept."""
    if known.enumerator_id != actor.person_id:
        raise ForbiddenError("interview.not_assigned_to_you", unit=submission.unit_id)
    if known.sha256 != submission.sha256:
        raise ConflictError("interview.other_bytes", instance_id=submission.instance_id)
    refuse_others(connection, known, submission)
