"""Migrations: one head, upgrade from empty and with data, and the tables equal the models."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from evalsvc import audit, migrate, models  # noqa: F401
from evalsvc.db import Base, Database
from evalsvc.errors import ConflictError
from evalsvc.people import operations
from evalsvc.people.actor import SYSTEM

DATA = Path(__file__).parent / "data"


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
    assert caught.value.code == "database.not_made"
    assert migrate.upgrade(empty) == migrate.newest() == migrate.current(empty.engine)
    migrate.require_current(empty.engine)


def test_a_database_of_another_version_is_refused(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '20260101_0000'"))
    with pytest.raises(ConflictError) as caught:
        migrate.require_current(empty.engine)
    assert (caught.value.code, caught.value.details["found"]) == ("database.not_current", "20260101_0000")


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


@pytest.mark.parametrize("rows", sorted(DATA.glob("*.json")), ids=lambda path: path.stem)
def test_an_evaluation_kept_by_an_older_revision_is_whole_after_the_upgrade(empty: Database, rows: Path) -> None:
    """Each file holds the rows of an invented evaluation as the revision that it is named after wrote them."""
    kept: dict[str, list[dict[str, Any]]] = json.loads(rows.read_text(encoding="utf-8"), object_hook=_moment)
    configuration = migrate.alembic_configuration()
    with empty.migration() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, rows.stem)
    with empty.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM audit_head"))
        for name in (table.name for table in Base.metadata.sorted_tables if table.name in kept):
            connection.execute(sa.insert(_named(connection, name, kept[name][0])), kept[name])
    assert migrate.upgrade(empty) == migrate.newest()
    with empty.reading() as session:
        check = audit.verify(session)
        assert (check.rows, check.breaks) == (len(kept["audit_row"]), ())
        for mapper in Base.registry.mappers:
            found = session.scalars(sa.select(mapper.class_)).all()
            for row in kept.get(mapper.local_table.description, []):
                assert any(_same(each, row) for each in found), (mapper.class_, row)


def _moment(value: dict[str, Any]) -> Any:
    """Read a time; JSON has none of its own."""
    return datetime.fromisoformat(value["at"]) if set(value) == {"at"} else value


def _named(connection: sa.Connection, name: str, columns: Iterable[str]) -> sa.TableClause:
    """Name the columns that the old rows have; one that is gone today keeps the type that the database tells."""
    today = Base.metadata.tables[name].c
    then = {each["name"]: each["type"] for each in sa.inspect(connection).get_columns(name)}
    return sa.table(name, *(sa.column(each, today[each].type if each in today else then[each]) for each in columns))


def _same(row: object, kept: dict[str, Any]) -> bool:
    return all(getattr(row, name) == value for name, value in kept.items() if hasattr(row, name))


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
