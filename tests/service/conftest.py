"""Fixtures of the service: a fresh database on SQLite and on PostgreSQL, the application, people and evaluations."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import flask
import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url, text

from evalsvc import models  # noqa: F401
from evalsvc.app import create_app
from evalsvc.config import Config
from evalsvc.db import Base, Database
from evalsvc.evaluations import operations as evaluations
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.people import operations as people
from evalsvc.people import queries
from evalsvc.people.actor import SYSTEM, Actor
from evalsvc.store import Store

CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Somebody:
    """A person of a test, with everything that proves who it is."""

    id: str
    sign_in_name: str
    password: str
    actor: Actor
    api_token: str
    device_token: str

    @property
    def bearer(self) -> dict[str, str]:
        """Headers of a request to the API."""
        return {"Authorization": f"Bearer {self.api_token}"}


MakePerson = Callable[..., Somebody]
MakeEvaluation = Callable[..., EvaluationRecord]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with every table, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    database = Database(f"sqlite:///{path}")
    Base.metadata.create_all(database.engine)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    """An empty PostgreSQL database with every table, copied for each test; its name."""
    name = f"evalsvc_template_{uuid4().hex[:12]}"
    _on_server(postgresql_server, f"CREATE DATABASE {name}")
    database = Database(_url(postgresql_server, name))
    Base.metadata.create_all(database.engine)
    database.close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a fresh database with every table."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server, template = request.getfixturevalue("postgresql_server"), request.getfixturevalue("postgresql_template")
    name = f"evalsvc_test_{uuid4().hex[:12]}"
    _on_server(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _url(server, name)
    _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Configuration of a service that runs no background jobs by itself."""
    return Config(
        secret_key="a test key that is at least thirty-two characters long",
        database_url=database_url,
        store_directory=tmp_path / "store",
        secure_cookies=False,
        run_jobs=False,
    )


@pytest.fixture
def app(config: Config) -> Iterator[flask.Flask]:
    """The application; its errors answer as they do outside tests."""
    app = create_app(config)
    yield app
    app.extensions["evalsvc"].database.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The database of this test, the same that `app` uses."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def store(config: Config) -> Store:
    """The file store of this test, the same that `app` uses."""
    return Store(config.store_directory)


@pytest.fixture
def client(app: flask.Flask) -> FlaskClient:
    """A browser without a cookie."""
    return app.test_client()


@pytest.fixture
def make_evaluation(database: Database) -> MakeEvaluation:
    """Open an evaluation: make_evaluation(code="fujian-demo", name=..., simulated=True)."""

    def make(code: str = "fujian-demo", **given: object) -> EvaluationRecord:
        values = {
            "name": "四县退出评估",
            "client": "示例委托单位",
            "institute": "示例评估中心",
            "pack": "shifan-jiading-2026-1",
        }
        with database.transaction() as session:
            return evaluations.create_evaluation(session, SYSTEM, code=code, **{**values, **given})  # type: ignore[arg-type]

    return make


@pytest.fixture
def make_person(database: Database, monkeypatch: pytest.MonkeyPatch) -> MakePerson:
    """Add a person with roles: make_person("lead", evaluation=record); without evaluation the roles hold everywhere."""
    monkeypatch.setattr("evalsvc.people.passwords.HASHER", CHEAP_HASHER)

    def make(*roles: str, evaluation: EvaluationRecord | None = None, name: str = "") -> Somebody:
        sign_in_name = f"{name or '-'.join(roles) or 'nobody'}-{uuid4().hex[:6]}"
        with database.transaction() as session:
            person = people.add_person(session, SYSTEM, sign_in_name, name or "测试甲", PASSWORD)
            for role in roles:
                people.grant_role(session, SYSTEM, person.id, role, None if evaluation is None else evaluation.id)
            api = people.make_token(session, SYSTEM, person.id, kind="api", label="test", days=1)
            device = people.make_token(session, SYSTEM, person.id, kind="device", label="test", days=1)
            held = queries.roles_of(session, person.id, None if evaluation is None else evaluation.id)
        actor = Actor(person.id, person.id, held)
        return Somebody(person.id, sign_in_name, PASSWORD, actor, api.secret, device.secret)

    return make


@pytest.fixture
def actor(make_person: MakePerson) -> Actor:
    """An administrator, for operations that only need somebody."""
    return make_person("administrator").actor


@pytest.fixture
def sign_in() -> Callable[[FlaskClient, Somebody], None]:
    """Sign a person in: sign_in(client, person); pages then answer as to that person."""

    def sign(client: FlaskClient, person: Somebody) -> None:
        form = {"sign_in_name": person.sign_in_name, "password": person.password, "csrf_token": csrf(client)}
        answer = client.post("/sign-in", data=form)
        assert answer.status_code == 303, answer.get_data(as_text=True)

    return sign


@pytest.fixture
def csrf_of() -> Callable[[FlaskClient], str]:
    """Return the CSRF token of a browser: csrf_of(client); send it as form field csrf_token."""
    return csrf


def csrf(client: FlaskClient) -> str:
    """Read the token from the one page that everybody can open."""
    page = client.get("/sign-in").get_data(as_text=True)
    return page.split('name="csrf_token" value="')[-1].split('"')[0]


def _url(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _on_server(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
