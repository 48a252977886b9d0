"""The audit trail: rows written in the transaction that caused them, each carrying the hash of the one before."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlalchemy import Connection, Row, Table, event, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from evalsvc.db import Base, now
from evalsvc.errors import ConflictError

FIRST_PREVIOUS = "0" * 64


class AuditRow(Base):
    """One thing that somebody did."""

    __tablename__ = "audit_row"
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    """Identifier of the person, `token:<id>`, `account:<id>`, or `system`; never a name."""
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str]


class AuditHead(Base):
    """The end of the chain: locked while a row is added, and what shows that the last rows were cut off."""

    __tablename__ = "audit_head"
    identifier: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    hash: Mapped[str]


@event.listens_for(AuditHead.__table__, "after_create")
def _seed(table: Table, connection: Connection, **_given: object) -> None:
    """Put the first head beside a new chain, as the migration does, so that two first writers wait for each other."""
    connection.execute(table.insert().values(identifier=1, sequence=0, hash=FIRST_PREVIOUS))


@dataclass(frozen=True)
class Entry:
    """One thing that somebody did, before it has its place in the chain; the details hold no personal data."""

    actor: str
    action: str
    subject: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class AuditBreak:
    """Say where the chain breaks and how."""

    sequence: int
    code: str


@dataclass(frozen=True)
class AuditCheck:
    """What a check of the whole chain found; `head` is worth keeping elsewhere, it pins everything before it."""

    rows: int
    head: str
    breaks: tuple[AuditBreak, ...]


# Of the tables, not of the mapped classes: what is added to the chain is never changed by way of an object.
_HEAD = select(AuditHead.__table__.c.sequence, AuditHead.__table__.c.hash)
_LOCKED_HEAD = _HEAD.with_for_update()
_MOVED_HEAD = update(AuditHead.__table__)  # type: ignore[arg-type]  # a mapped class has a table
_NEW_ROWS = insert(AuditRow.__table__)  # type: ignore[arg-type]


def hold(session: Session) -> None:
    """Lock the end of the chain until the transaction ends: what others record meanwhile comes after.

    Raises
    ------
    ConflictError
        ``audit.head_missing``
    """
    _locked_head(session)


def _locked_head(session: Session) -> tuple[int, str]:
    head = session.execute(_LOCKED_HEAD).one_or_none()
    if head is None:
        raise ConflictError("audit.head_missing")
    return head.sequence, head.hash


def record(session: Session, actor: str, action: str, subject: str, details: Mapping[str, Any] | None = None) -> None:
    """Add a row to the end of the chain; `details` are JSON values without personal data."""
    record_all(session, [Entry(actor, action, subject, details or {})])


def record_all(session: Session, entries: Sequence[Entry]) -> None:
    """Add rows to the end of the chain in their order; its end is locked once."""
    if not entries:
        return
    session.flush()
    sequence, previous = _locked_head(session)
    rows: list[dict[str, Any]] = []
    for entry in entries:
        sequence += 1
        rows.append(_next(entry, sequence, previous))
        previous = rows[-1]["hash"]
    session.execute(_NEW_ROWS, rows)
    session.execute(_MOVED_HEAD, {"sequence": sequence, "hash": previous})


def _next(entry: Entry, sequence: int, previous: str) -> dict[str, Any]:
    row = {**vars(entry), "details": dict(entry.details), "sequence": sequence, "at": now(), "previous": previous}
    return {**row, "hash": _hash(row)}


def hash_of(row: AuditRow) -> str:
    """Return the SHA-256 of a row's canonical JSON (RFC 8785) without its own hash."""
    return _hash({name: getattr(row, name) for name in _HASHED})


_HASHED = ("sequence", "at", "actor", "action", "subject", "details", "previous")


def _hash(row: Mapping[str, Any]) -> str:
    content = {name: row[name] for name in _HASHED}
    content["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def verify(session: Session) -> AuditCheck:
    """Read the whole chain and list every edit, gap, reordering and missing end."""
    rows = session.scalars(select(AuditRow).order_by(AuditRow.sequence).execution_options(yield_per=1000))
    head = session.execute(_HEAD).one_or_none()
    breaks = tuple(_breaks(rows, head))
    count = session.scalars(select(func.count()).select_from(AuditRow)).one()
    return AuditCheck(count, FIRST_PREVIOUS if head is None else head.hash, breaks)


def _breaks(rows: Iterable[AuditRow], head: Row[int, str] | None) -> Iterable[AuditBreak]:
    expected, previous = 1, FIRST_PREVIOUS
    for row in rows:
        if row.sequence != expected:
            yield AuditBreak(expected, "audit.row_missing")
        if row.previous != previous:
            yield AuditBreak(row.sequence, "audit.chain_broken")
        if row.hash != hash_of(row):
            yield AuditBreak(row.sequence, "audit.row_changed")
        expected, previous = row.sequence + 1, row.hash
    if head is None:
        yield AuditBreak(expected - 1, "audit.head_missing")
    elif (head.sequence, head.hash) != (expected - 1, previous):
        yield AuditBreak(expected - 1, "audit.end_missing")
