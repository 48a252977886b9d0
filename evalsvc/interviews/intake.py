"""The way of one submission through the service: read, check, keep the bytes, commit; or refuse and write that down."""

import hashlib

from evalsvc.errors import EvalsvcError
from evalsvc.interviews.operations import admit, keep, receive, refuse
from evalsvc.interviews.reading import read_submission
from evalsvc.interviews.values import Receipt, SentFile
from evalsvc.people.actor import Actor
from evalsvc.service import Service


def take_in(
    service: Service, actor: Actor, evaluation_id: str, xml: bytes, files: tuple[SentFile, ...] = ()
) -> Receipt:
    """Take one submission in; when this returns, interview, outcome and audit row are durable.

    Reading, checking and writing files stand outside the transaction: it holds the write lock, and the lock decides how
    many submissions a second come in.

    Raises
    ------
    EvalsvcError
        Whatever reading and receiving refuse, after the refusal was written down.
    """
    try:
        with service.database.reading() as session:
            submission = read_submission(session, service.store, evaluation_id, xml, files)
            likely_new = admit(session, actor, submission)
        kept = keep(service.store, submission)
        with service.database.transaction() as session:
            return receive(session, actor, kept, likely_new=likely_new)
    except EvalsvcError as error:
        note_refusal(service, actor, evaluation_id, error, hashlib.sha256(xml).hexdigest())
        raise


def note_refusal(service: Service, actor: Actor, evaluation_id: str, error: EvalsvcError, sha256: str | None) -> None:
    """Write a refused attempt down in a transaction of its own; the refused one was rolled back."""
    with service.database.transaction() as session:
        refuse(session, actor, evaluation_id, error, sha256)
