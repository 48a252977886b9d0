"""The database: one place for transactions, aware times, checked references, and errors that name no values."""

import threading
import traceback
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from evalsvc.audit import AuditHead
from evalsvc.db import Database, now
from evalsvc.people.models import Person, RoleGrant


def person(name: str = "wang", **given: object) -> Person:
    return Person(sign_in_name=name, name="王示例", password_hash=None, **given)


def test_a_block_that_ends_well_is_kept_and_one_that_does_not_leaves_nothing(database: Database) -> None:
    with database.transaction() as session:
        session.add(person("kept"))
    with pytest.raises(RuntimeError), database.transaction() as session:
        session.add(person("gone"))
        session.flush()
        raise RuntimeError
    with database.reading() as session:
        assert session.scalars(select(Person.sign_in_name)).all() == ["kept"]


def test_reading_keeps_nothing(database: Database) -> None:
    try:
        with database.reading() as session:
            session.add(person())
            session.flush()
    except StatementError as error:
        assert "read-only" in str(error), "PostgreSQL refuses to write at all"
    with database.reading() as session:
        assert session.scalars(select(Person)).all() == []


def test_a_reading_session_sees_one_state_throughout(database: Database) -> None:
    count = select(func.count()).select_from(Person)
    with database.reading() as session:
        before = session.scalar(count)
        with database.transaction() as writing:
            writing.add(person())
        assert session.scalar(count) == before == 0
    with database.reading() as session:
        assert session.scalar(count) == 1


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    with database.transaction() as writing:
        writing.add(person())
        writing.flush()
        seen: list[int] = []

        def read() -> None:
            with database.reading() as session:
                seen.append(len(session.scalars(select(Person)).all()))

        reader = threading.Thread(target=read)
        reader.start()
        reader.join(5)
        assert seen == [0]


def test_times_are_aware_and_come_back_in_utc(database: Database) -> None:
    shanghai = datetime(2026, 3, 1, 16, 0, tzinfo=timezone(timedelta(hours=8)))
    with database.transaction() as session:
        session.add(person(created_at=shanghai))
    with database.reading() as session:
        found = session.scalars(select(Person)).one().created_at
    assert (found, found.tzinfo) == (shanghai, UTC)
    assert now().tzinfo is UTC
    with pytest.raises(StatementError, match="without a zone"), database.transaction() as session:
        session.add(person("naive", created_at=datetime(2026, 3, 1)))


def test_references_are_checked(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(RoleGrant(person_id="nobody", role="lead", evaluation_id=None, granted_by="x"))


def test_an_error_of_the_database_names_no_values(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught, database.transaction() as session:
        session.add(AuditHead(identifier=1, sequence=0, hash="王示例"))
    assert "王示例" not in str(caught.value)


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE person SET name = NULL", "name"),
        ("INSERT INTO person SELECT 'x', sign_in_name, name, password_hash FROM person", ""),
        ("INSERT INTO judgement (id, verdict, reason) VALUES ('王示例', 'maybe', '王示例')", "judgement"),
        ("INSERT INTO sign_in (id, person_id) VALUES ('x', '王示例')", "sign_in"),
        ("SELECT CAST('王示例' AS integer)", "22P02"),
    ],
)
def test_nothing_that_is_logged_of_an_error_names_values(database: Database, statement: str, rule: str) -> None:
    with database.transaction() as session:
        session.add(person())
    try:
        with database.transaction() as session:
            session.execute(text(statement))
    except DBAPIError as error:
        logged = "".join(traceback.format_exception(error)).replace(statement, "")
        assert "王示例" not in logged
        assert database.engine.dialect.name == "sqlite" or rule in logged
    else:
        assert (database.engine.dialect.name, rule) == ("sqlite", "22P02"), "SQLite casts anything"


def test_a_broken_check_is_named_and_not_what_broke_it(database: Database) -> None:
    row = {"name": "王示例"}
    with pytest.raises(IntegrityError) as caught, database.transaction() as session:
        session.execute(
            text("CREATE TEMPORARY TABLE wish (name text, persons integer CONSTRAINT at_least_one CHECK (persons > 0))")
        )
        session.execute(text("INSERT INTO wish VALUES (:name, 0)"), row)
    logged = "".join(traceback.format_exception(caught.value))
    assert "at_least_one" in logged and "王示例" not in logged


def test_sqlite_is_durable_and_writes_ahead(tmp_path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'deep' / 'er' / 'x.sqlite3'}")
    with database.reading() as session:
        found = {
            name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
