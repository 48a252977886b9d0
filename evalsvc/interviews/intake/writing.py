"""Write a group of submissions in one commit: a failed one takes no other with it.

What is plainly new is taken in at one go, in a savepoint. Everything else, and all of it when anything in there fails,
is taken in one by one, each in a savepoint of its own.
"""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.audit import Entry
from evalsvc.errors import EvalsvcError
from evalsvc.interviews.intake.arriving import Arriving, Received, Refused
from evalsvc.interviews.intake.group import Group
from evalsvc.interviews.intake.operations import Held, entry_of_refusal, hold, receive, receive_together
from evalsvc.interviews.values import Receipt
from evalsvc.service import Service
from evalsvc.store import Store

ATTEMPTS = 3
"""So often a group is written that waited for somebody who waited for it; the database breaks such a circle."""
DEADLOCK = "40P01"
LIMITS = "54"
"""Beginning of PostgreSQL's codes for a row that is more than it can hold."""
KEPT = 4

Wish = Arriving | Refused
Outcome = Receipt | Exception | None
"""A receipt; why it was not taken in; None for a refusal that was written down."""
Done = tuple[Outcome, Entry | None]


@lru_cache(maxsize=KEPT)
def group_of(service: Service) -> Group[Wish, Receipt | None]:
    """Return the line in which the submissions of a service wait for their commit."""
    return Group(lambda wishes: write(service, wishes))


def write(service: Service, wishes: Sequence[Wish]) -> list[Outcome]:
    """Write everything in one commit and answer each; durable when this returns."""
    service.store.settle(_stored(wishes))
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with service.database.transaction() as session, service.database.turn:
                return written(session, service.store, wishes)
        except OperationalError as error:
            if attempt == ATTEMPTS or _sqlstate(error) != DEADLOCK:
                raise
    raise AssertionError("the last attempt returns or raises")


def _stored(wishes: Sequence[Wish]) -> list[str]:
    """Name the files in the store that the commit will name."""
    kept = [each.kept for each in wishes if isinstance(each, Arriving)]
    return [*(each.submission.sha256 for each in kept), *(sha256 for each in kept for _, sha256 in each.files)]


def written(session: Session, store: Store, wishes: Sequence[Wish]) -> list[Outcome]:
    """Write what is admitted in the order of instanceIDs: groups of two processes meet at them in one order."""
    arriving = sorted((each for each in wishes if isinstance(each, Arriving)), key=_instance)
    held = hold(session, arriving)
    done: dict[int, Done] = {id(each): _one_refusal(each) for each in wishes if isinstance(each, Refused)}
    for each, received in zip(arriving, _together(session, arriving, held), strict=True):
        done[id(each)] = _one(session, store, each, held) if received is None else (received.receipt, received.entry)
    ordered = [done[id(each)] for each in wishes]
    audit.record_all(session, [entry for _, entry in ordered if entry is not None])
    return [outcome for outcome, _ in ordered]


def _instance(arriving: Arriving) -> str:
    return arriving.kept.submission.instance_id


def _together(session: Session, arriving: Sequence[Arriving], held: Held) -> Sequence[Received | None]:
    """Take in what is plainly new at one go; when anything of it fails, all of it is left to be taken one by one."""
    before = dict(held)
    try:
        with session.connection().begin_nested():
            return receive_together(session, arriving, held)
    except Exception as error:
        _refuse_lost(error)
        held.update(before)
        return [None] * len(arriving)


def _one(session: Session, store: Store, wish: Arriving, held: Held) -> Done:
    """Take one submission in, in a savepoint of its own."""
    try:
        with session.connection().begin_nested():
            received = receive(session, store, wish, held)
    except EvalsvcError as error:
        submission = wish.kept.submission
        return _one_refusal(Refused(wish.actor, submission.evaluation_id, error, submission.sha256), error)
    except Exception as error:
        _refuse_lost(error)
        return error, None
    return received.receipt, received.entry


def _one_refusal(refused: Refused, outcome: Outcome = None) -> Done:
    return outcome, entry_of_refusal(refused)


def _refuse_lost(error: Exception) -> None:
    """Let an error through that is everybody's: of the database only what lies in a row itself is that one's matter."""
    is_of_row = isinstance(error, IntegrityError | DataError) or _sqlstate(error).startswith(LIMITS)
    if isinstance(error, DBAPIError) and not is_of_row:
        raise error


def _sqlstate(error: Exception) -> str:
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
