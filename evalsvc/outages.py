"""Tell an outage of the database, after which the same wish will do, from a fault of ours."""

from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from evalsvc.errors import BusyError

COME_BACK_SECONDS = 5
PASSING = ("08", "53", "57P")
"""Beginnings of PostgreSQL's codes: connections, resources, and a server that ends or is still starting."""
LOCKED = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED"})


def told(error: Exception) -> BusyError | None:
    """Return what people are told of an outage; None where the error is something else."""
    return BusyError("database.unreachable", seconds=COME_BACK_SECONDS) if _is_outage(error) else None


def _is_outage(error: Exception) -> bool:
    if isinstance(error, PoolTimeoutError | DisconnectionError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or getattr(error.orig, "sqlite_errorname", "") in LOCKED:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        # Where no server answers there is no code; SQLite's errors have one of their own.
        return isinstance(error, OperationalError) and not hasattr(error.orig, "sqlite_errorname")
    return str(state).startswith(PASSING)
