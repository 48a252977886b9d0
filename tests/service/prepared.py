"""What was made once and is laid into the database and the store of each test, in one go rather than row by row."""

import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import psycopg
from sqlalchemy import Table, insert, make_url
from sqlalchemy.engine import Connection

from evalsvc.audit import FIRST_PREVIOUS, AuditHead
from evalsvc.db import Base, Database
from evalsvc.store import Store

Known = TypeVar("Known")
OTHERS = "pid <> pg_backend_pid() AND datname = current_database()"


@dataclass(frozen=True)
class Prepared(Generic[Known]):
    """A state that was made once on SQLite: its file, its rows, its stored files, and what tests know of it."""

    known: Known
    database: Path
    files: Path
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    laid_out: set[str] = field(default_factory=set)
    """PostgreSQL databases that hold a copy of the rows beside their own tables."""

    def lay_into(self, database: Database, store: Store) -> Known:
        """Give a test this state, instead of whatever its database holds."""
        shutil.copytree(self.files, store.directory, dirs_exist_ok=True)
        with database.engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                _copy(self.database, connection)
            else:
                self._lay_out(connection)
                _run(connection, f"{_without_rows()}; {_rows_of(self._copies)}")
        return self.known

    @property
    def _copies(self) -> str:
        """The schema of PostgreSQL that holds the copies."""
        return f"prepared_{self.database.stem}"

    def _lay_out(self, connection: Connection) -> None:
        """Write the rows once, and keep copies of the tables in this database."""
        url = str(connection.engine.url)
        if url in self.laid_out:
            return
        _run(connection, _without_rows())
        for table in _tables():
            if self.rows[table.name]:
                connection.execute(table.insert(), list(self.rows[table.name]))
        kept = "; ".join(f"CREATE TABLE {self._copies}.{table.name} AS TABLE {table.name}" for table in _tables())
        _run(connection, f"CREATE SCHEMA {self._copies}; {kept}")
        self.laid_out.add(url)


def read_out(known: Known, database: Path, files: Path) -> Prepared[Known]:
    """Keep a state that stands in a SQLite file and a store."""
    opened = Database(f"sqlite:///{database}")
    with opened.reading() as session:
        rows = {table.name: [dict(row) for row in session.execute(table.select()).mappings()] for table in _tables()}
    opened.close()
    return Prepared(known, database, files, rows)


def empty(url: str) -> None:
    """Remove every row of a PostgreSQL database, after the connections that a failed test may have left."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    head = insert(AuditHead).values(identifier=1, sequence=0, hash=FIRST_PREVIOUS)
    first = head.compile(compile_kwargs={"literal_binds": True})
    with closing(psycopg.connect(address)) as connection, connection:
        connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OTHERS}")  # type: ignore[arg-type]
        connection.execute(f"{_without_rows()}; {first}")  # type: ignore[arg-type]


def _tables() -> Sequence[Table]:
    return Base.metadata.sorted_tables


def _without_rows() -> str:
    return "; ".join(f"DELETE FROM {table.name}" for table in reversed(_tables()))


def _rows_of(schema: str) -> str:
    return "; ".join(f"INSERT INTO {table.name} SELECT * FROM {schema}.{table.name}" for table in _tables())


def _run(connection: Connection, statements: str) -> None:
    """Run several statements at once, which only the driver itself does."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    driver.execute(statements)  # type: ignore[arg-type]


def _copy(source: Path, connection: Connection) -> None:
    target = connection.connection.driver_connection
    assert isinstance(target, sqlite3.Connection)
    # What SQLAlchemy began is ended first: a copy takes the whole file.
    target.rollback()
    with closing(sqlite3.connect(source)) as opened:
        opened.backup(target)
