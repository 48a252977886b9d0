"""The way of one submission through the service: read, check, keep the bytes, commit; or refuse and write that down."""

import hashlib
import logging
from contextlib import nullcontext

from evalsvc.errors import BusyError, EvalsvcError
from evalsvc.interviews.intake.arriving import Arriving, Refused
from evalsvc.interviews.intake.operations import admit, keep
from evalsvc.interviews.intake.reading import read_submission
from evalsvc.interviews.intake.writing import group_of
from evalsvc.interviews.values import Receipt, SentFile
from evalsvc.people.actor import Actor
from evalsvc.service import Service

log = logging.getLogger("evalsvc.interviews")
SHORT = 50_000
"""Bytes of a submission's XML that is checked within a few milliseconds."""


def take_in(
    service: Service, actor: Actor, evaluation_id: str, xml: bytes, files: tuple[SentFile, ...] = ()
) -> Receipt:
    """Take one submission in; when this returns, interview, outcome and audit row are durable.

    Reading, checking and writing files stand outside the transaction, which is shared with the submissions that wait
    beside this one: it holds locks, and they decide how many submissions a second come in.

    Raises
    ------
    EvalsvcError
        Whatever reading and receiving refuse, after the refusal was written down.
    """
    try:
        arriving = prepare(service, actor, evaluation_id, xml, files)
    except EvalsvcError as error:
        note_refusal(service, Refused(actor, evaluation_id, error, hashlib.sha256(xml).hexdigest()))
        raise
    receipt = group_of(service).ask(arriving)
    assert receipt is not None  # noqa: S101 (only refusals have none)
    return receipt


def prepare(
    service: Service, actor: Actor, evaluation_id: str, xml: bytes, files: tuple[SentFile, ...] = ()
) -> Arriving:
    """Read and check a submission and put its bytes on disk; all that is left to do is the commit."""
    # Whoever sends much computes long: that one competes, so that nobody waits for it.
    in_turn = service.database.turn if len(xml) <= SHORT else nullcontext()
    with in_turn, service.database.looking() as session:
        submission = read_submission(session, service.store, evaluation_id, xml, files)
        admitted = admit(session, actor, submission)
    return Arriving(actor, keep(service.store, submission), admitted)


def note_refusal(service: Service, refused: Refused) -> None:
    """Write a refused attempt down, in the commit of those that wait beside it.

    Where that cannot be done now the refusal stands nonetheless: told to come back, a phone would send for ever what
    is never taken.
    """
    try:
        group_of(service).ask(refused)
    except BusyError:
        log.exception("a refusal (%s) could not be written down", refused.error.code)
