"""Two who make the same at once: the one whose row meets the other's gets an answer, not a fault.

An operation looks whether the thing is there, then makes it. On PostgreSQL another can make it in between, and the
unique constraint decides. A model writes beside its constraint which sentence the second one reads. SQLite has one
writer at a time: there the operation's own look is enough.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Index, MetaData, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from evalsvc.errors import ConflictError

MET = "met"
UNIQUE_VIOLATION = "23505"
"""PostgreSQL's code (class 23 of the SQL standard); errors of SQLite carry none."""


def met(code: str) -> dict[str, str]:
    """Name the sentence for those whose row meets another's: the ``info`` of a unique constraint or index."""
    return {MET: code}


def collision(error: IntegrityError, tables: MetaData) -> ConflictError | None:
    """Return what to tell the second one; None where no model foresaw it."""
    met_by: Any = error.orig
    if getattr(met_by, "sqlstate", None) != UNIQUE_VIOLATION:
        return None
    code = foreseen(tables).get(met_by.diag.constraint_name or "")
    return None if code is None else ConflictError(code)


def foreseen(tables: MetaData) -> Mapping[str, str]:
    """Return the code of every constraint that has one, by the constraint's name."""
    return {str(each.name): each.info[MET] for each in _unique(tables) if MET in each.info}


def _unique(tables: MetaData) -> Iterator[UniqueConstraint | Index]:
    for table in tables.tables.values():
        yield from (each for each in table.constraints if isinstance(each, UniqueConstraint))
        yield from (each for each in table.indexes if each.unique)
