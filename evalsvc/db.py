"""The database: engine, declarative base, and the one place where a transaction begins and commits."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData, Text, TypeDecorator, create_engine, event, make_url
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import DisconnectionError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from uuid6 import uuid7

from evalsvc.collisions import collision
from evalsvc.errors import ConflictError

IDLE_SECONDS = 1.0
"""So long unused, a connection to a server is tried before it is used again."""
CONNECTIONS = MappingProxyType({"pool_size": 32, "max_overflow": 64})
"""Connections are kept for as many threads as serve; opening one anew costs more than a submission."""
MEMORY = frozenset({None, "", ":memory:"})
LAST_USE = "evalsvc_last_use"
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """Store an aware time as UTC, and give an aware one back on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: nobody could say later when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give SQLite's bare times their zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every table; constraint names are fixed so that migrations can speak of them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text(), datetime: UtcDateTime(), dict[str, Any]: JSON(), list[Any]: JSON()}  # noqa: RUF012


def new_identifier() -> str:
    """Make an identifier: UUIDv7 as text, so that rows sort by their making."""
    return str(uuid7())


def as_text(moment: datetime) -> str:
    """Write a time as files do: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_text(text: str) -> datetime:
    """Read a time as files hold it."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def now() -> datetime:
    """Return the present time in UTC, to the microsecond that the store keeps."""
    return datetime.now(UTC)


class Database:
    """Own the engine and hand out sessions: `transaction()` to write, `reading()` to read without a write lock."""

    def __init__(self, url: str) -> None:
        self.engine = _make_engine(url)
        self._reading_engine = self.engine.execution_options(**_reading_options(self.engine))
        self._looking_engine = self.engine.execution_options(**_looking_options(self.engine))
        # SQLite has one writer at a time and lets the others poll for its lock; here they stand in line instead.
        self._line = Lock() if self.engine.dialect.name == "sqlite" else nullcontext()
        self.turn = Lock() if self.engine.dialect.name == "sqlite" else nullcontext()
        """Held for a short look and the computing around it, and never while anything is waited for. Threads that
        compete for Python's lock hand it on at every call of SQLite, dozens of times for a submission, and a third of
        the processor goes into waking each other. Looks at a server wait for it, and let others compute meanwhile."""

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a writing session; commit when the block ends well, roll everything back when it does not.

        Raises
        ------
        ConflictError
            Another has made the same at the same moment; the code stands beside the constraint of the model.
        """
        try:
            with self._line, Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except IntegrityError as error:
            known = collision(error, Base.metadata)
            if known is None:
                raise
            raise known from None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only reads and sees one state throughout; whatever it holds is rolled back."""
        with Session(self._reading_engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """Open a session for a few looks, each at the present state: nothing is begun or ended around them.

        What is decided by such a look has to be decided again where it is written, or to stand for this moment only.
        """
        with Session(self._looking_engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def migration(self) -> Iterator[Connection]:
        """Open a connection that changes tables; SQLite checks references at the end, not while tables are copied."""
        sqlite = self.engine.dialect.name == "sqlite"
        try:
            with self.engine.execution_options(evalsvc_migrating=True).begin() as connection:
                yield connection
                if sqlite and (dangling := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise ConflictError("database.dangling_reference", table=dangling[0], refers_to=dangling[2])
        finally:
            # The pooled connection no longer checks references.
            self.engine.dispose()

    def close(self) -> None:
        """Give every connection back to the system."""
        self.engine.dispose()


def _make_engine(url: str) -> Engine:
    """Make the engine; its errors, which reach logs, name no values: answers and tokens' hashes are among them."""
    if not url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True, **CONNECTIONS)
        event.listen(engine, "handle_error", _leave_values_out)
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", partial(_try_idle, engine.dialect))
        return engine
    file = make_url(url).database
    if file and file not in MEMORY:
        Path(file).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    waiting = {"timeout": 30, "check_same_thread": False}
    engine = create_engine(url, connect_args=waiting, hide_parameters=True, **({} if file in MEMORY else CONNECTIONS))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[LAST_USE] = time.monotonic()


def _try_idle(dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Try a connection that was not used for a while: its server may have ended meanwhile.

    One that has just been used is not tried: that would be a question more for every few that a request asks.
    """
    if time.monotonic() - record.info.get(LAST_USE, math.inf) < IDLE_SECONDS:
        return  # a new connection has no use before, and is as fresh
    try:
        dialect.do_ping(connection)
    except Exception as error:
        raise DisconnectionError from error


def _leave_values_out(context: ExceptionContext) -> None:
    """Keep of PostgreSQL's own error the sentence that names table and rule; its details repeat rows and keys.

    Of data that a type refuses (class 22) the sentence itself repeats the input.
    """
    error: Any = context.original_exception
    told = context.sqlalchemy_exception
    # Errors of psycopg, which is loaded where PostgreSQL is used, have a code; those of SQLite have none.
    if getattr(error, "sqlstate", None) is None:
        return
    sentence = None if error.sqlstate.startswith("22") else error.diag.message_primary
    error.args = (f"{error.sqlstate} {sentence or type(error).__name__}",)
    if told is not None:
        told.args = (f"({type(error).__name__}) {error}", *told.args[1:])


def _reading_options(engine: Engine) -> dict[str, Any]:
    """Let every statement of a reading session see the state of the first, as SQLite does by itself."""
    if engine.dialect.name == "postgresql":
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {"evalsvc_reading": True}


def _looking_options(engine: Engine) -> dict[str, Any]:
    """Let every statement stand by itself."""
    if engine.dialect.name == "postgresql":
        return {"isolation_level": "AUTOCOMMIT", "postgresql_readonly": True}
    return {"evalsvc_looking": True}


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Take the driver's own transaction rules away, and ask for durable commits and checked references."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start of a writing transaction, so that none fails half way on a busy database."""
    options = connection.get_execution_options()
    if options.get("evalsvc_migrating", False):
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    if not options.get("evalsvc_looking", False):
        connection.exec_driver_sql("BEGIN" if options.get("evalsvc_reading", False) else "BEGIN IMMEDIATE")
