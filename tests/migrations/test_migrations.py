"""Migrations: one head, upgrade from empty and with data, and the tables equal the models."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from evalsvc import audit, migrate, models  # noqa: F401
from evalsvc.db import Base, Database
from evalsvc.errors import ConflictError
from evalsvc.people import operations
from evalsvc.people.actor import SYSTEM


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        yield database
        database.close()
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"evalsvc_empty_{uuid4().hex[:12]}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    database = Database(sa.make_url(server).set(database=name).render_as_string(hide_password=False))
    yield database
    database.close()
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(migrate.alembic_configuration()).get_heads()) == 1


def test_an_empty_database_is_refused_until_it_is_upgraded(empty: Database) -> None:
    with pytest.raises(ConflictError) as caught:
        migrate.require_current(empty.engine)
    assert caught.value.code == "database.not_current"
    assert migrate.upgrade(empty) == migrate.newest() == migrate.current(empty.engine)
    migrate.require_current(empty.engine)


def test_the_upgraded_tables_equal_the_models(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_named_constraints_equal_the_models(empty: Database) -> None:
    migrate.upgrade(empty)
    inspector = sa.inspect(empty.engine)
    for table in Base.metadata.sorted_tables:
        wanted = {str(each.name) for each in table.constraints if isinstance(each, sa.CheckConstraint)}
        assert {each["name"] for each in inspector.get_check_constraints(table.name)} == wanted, table.name


def test_a_second_upgrade_changes_nothing_and_keeps_the_data(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.transaction() as session:
        operations.add_person(session, SYSTEM, "first", "甲")
    migrate.upgrade(empty)
    with empty.transaction() as session:
        operations.add_person(session, SYSTEM, "second", "乙")
    with empty.reading() as session:
        check = audit.verify(session)
    assert (check.rows, check.breaks) == (2, ())


def test_sqlite_refuses_a_migration_that_leaves_a_reference_dangling(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'dangling.sqlite3'}")
    migrate.upgrade(database)
    with database.transaction() as session:
        person = operations.add_person(session, SYSTEM, "first", "甲")
        operations.grant_role(session, SYSTEM, person.id, "lead")
    with pytest.raises(ConflictError) as caught, database.migration() as connection:
        connection.execute(sa.text("DELETE FROM person"))
    assert caught.value.code == "database.dangling_reference"
    with database.transaction() as session:
        assert session.scalar(sa.text("PRAGMA foreign_keys")) == 1
    database.close()
