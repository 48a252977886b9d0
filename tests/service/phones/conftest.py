"""A real server, `evalsvc serve` on a loopback port, on SQLite and on PostgreSQL; each test finds it as if new."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic import command

from evalsvc import migrate
from evalsvc.config import Config, read_config
from evalsvc.db import Base, Database
from evalsvc.demonstration.server import LOG, free_port, settings_of, started
from tests.openrosa_client.connection import Connection
from tests.service.conftest import SECRET_KEY, Field, Somebody

SUBMISSION_LIMIT = 2_000_000
"""Small, so that what is too large is quickly sent."""


@dataclass(frozen=True)
class Running:
    """A server that answers, its settings, its log and the process that it and its children descend from."""

    url: str
    config: Config
    log: Path
    process: int


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[Running]:
    """A server for the tests of one module; started once, for that takes seconds."""
    folder = tmp_path_factory.mktemp("served")
    if request.param == "sqlite":
        shutil.copyfile(sqlite_template, folder / "evalsvc.sqlite3")
        yield from _serving(folder, f"sqlite:///{folder / 'evalsvc.sqlite3'}")
    else:
        yield from on_postgresql(folder, request.getfixturevalue("postgresql_server"))


def on_postgresql(folder: Path, maintenance: str, options: Sequence[str] = ()) -> Iterator[Running]:
    """Start a server with these options on a database of its own."""
    name = f"evalsvc_phones_{uuid4().hex[:12]}"
    engine = sa.create_engine(maintenance, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    url = sa.make_url(maintenance).set(database=name).render_as_string(hide_password=False)
    database = Database(url)
    Base.metadata.create_all(database.engine)
    database.close()
    yield from _serving(folder, url, options)
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def _serving(folder: Path, database_url: str, options: Sequence[str] = ()) -> Iterator[Running]:
    _mark_current(database_url)
    port = free_port()
    settings = settings_of(folder, f"http://127.0.0.1:{port}", database_url) | {
        "EVALSVC_SECRET_KEY": SECRET_KEY,
        "EVALSVC_SUBMISSION_LIMIT": str(SUBMISSION_LIMIT),
        "EVALSVC_RUN_JOBS": "no",
    }
    with started(port, settings, folder, options) as server:
        server.wait()
        yield Running(server.url, read_config(settings), folder / LOG, server.process.pid)


def _mark_current(url: str) -> None:
    """Say of tables that were made at once that they are those of the newest revision."""
    database = Database(url)
    configuration = migrate.alembic_configuration()
    with database.migration() as connection:
        configuration.attributes["connection"] = connection
        command.stamp(configuration, "head")
    database.close()


@pytest.fixture
def database(server: Running) -> Iterator[Database]:
    """The database of the running server, emptied, in place of one for each test."""
    database = Database(server.config.database_url)
    with database.transaction() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    yield database
    database.close()


@pytest.fixture
def config(server: Running) -> Config:
    """The configuration of the running server."""
    return server.config


@pytest.fixture
def address(server: Running, field: Field):
    """Return where a person's device finds the evaluation: address(person)."""

    def of(person: Somebody = field.enumerators[0]) -> str:
        return f"{server.url}/v1/key/{person.device_token}/evaluations/{field.evaluation.code}"

    return of


@pytest.fixture
def phone(address) -> Iterator[Connection]:
    """The phone of the first enumerator, with its token in the address."""
    with Connection(address()) as connection:
        yield connection
