"""Write a group of submissions in one commit, each in a savepoint of its own: a failed one takes no other with it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.audit import Entry
from evalsvc.errors import EvalsvcError
from evalsvc.interviews.arriving import Arriving, Refused
from evalsvc.interviews.group import Group
from evalsvc.interviews.operations import HeldHousehold, entry_of_refusal, hold, receive
from evalsvc.interviews.values import Receipt
from evalsvc.service import Service
from evalsvc.store import Store

ATTEMPTS = 3
"""So often a group is written that waited for somebody who waited for it; the database breaks such a circle."""
DEADLOCK = "40P01"
KEPT = 4

Wish = Arriving | Refused
Outcome = Receipt | Exception | None
"""A receipt; why it was not taken in; None for a refusal that was written down."""


@lru_cache(maxsize=KEPT)
def group_of(service: Service) -> Group[Wish, Receipt | None]:
    """Return the line in which the submissions of a service wait for their commit."""
    return Group(lambda wishes: write(service, wishes))


def write(service: Service, wishes: Sequence[Wish]) -> list[Outcome]:
    """Write everything in one commit and answer each; durable when this returns."""
    service.store.settle(_stored(wishes))
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with service.database.transaction() as session:
                return written(session, service.store, wishes)
        except OperationalError as error:
            if attempt == ATTEMPTS or getattr(error.orig, "sqlstate", None) != DEADLOCK:
                raise
    raise AssertionError("the last attempt returns or raises")


def _stored(wishes: Sequence[Wish]) -> list[str]:
    """Name the files in the store that the commit will name."""
    kept = [each.kept for each in wishes if isinstance(each, Arriving)]
    return [*(each.submission.sha256 for each in kept), *(sha256 for each in kept for _, sha256 in each.files)]


def written(session: Session, store: Store, wishes: Sequence[Wish]) -> list[Outcome]:
    """Write what is admitted in the order of instanceIDs: groups of two processes meet at them in one order."""
    held = hold(session, [each for each in wishes if isinstance(each, Arriving)])
    done: dict[int, tuple[Outcome, Entry | None]] = {}
    for place in sorted(range(len(wishes)), key=lambda place: _instance(wishes[place])):
        done[place] = _one(session, store, wishes[place], held)
    ordered = [done[place] for place in range(len(wishes))]
    audit.record_all(session, [entry for _, entry in ordered if entry is not None])
    return [outcome for outcome, _ in ordered]


def _instance(wish: Wish) -> str:
    return wish.kept.submission.instance_id if isinstance(wish, Arriving) else ""


def _one(session: Session, store: Store, wish: Wish, held: Mapping[str, HeldHousehold]) -> tuple[Outcome, Entry | None]:
    if isinstance(wish, Refused):
        return None, entry_of_refusal(wish)
    try:
        with session.connection().begin_nested():
            received = receive(session, store, wish, held)
    except EvalsvcError as error:
        submission = wish.kept.submission
        return error, entry_of_refusal(Refused(wish.actor, submission.evaluation_id, error, submission.sha256))
    except Exception as error:
        # Of the database only what lies in the row itself is this one's matter; a lost connection is everybody's.
        if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError | DataError):
            raise
        return error, None
    return received.receipt, received.entry
