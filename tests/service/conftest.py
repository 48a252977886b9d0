"""Fixtures of the service: a fresh database on SQLite and on PostgreSQL, the application, people and evaluations."""

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

import flask
import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine, make_url, text

from evalsvc import audit, models  # noqa: F401
from evalsvc.app import create_app
from evalsvc.config import Config
from evalsvc.db import Base, Database
from evalsvc.draws import drawing
from evalsvc.draws import operations as draws
from evalsvc.draws.making import carry_out, commit_draw
from evalsvc.evaluations import operations as evaluations
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.fieldwork import operations as fieldwork
from evalsvc.fieldwork.preparing import prepare
from evalsvc.fieldwork.queries import assignments_of_draw
from evalsvc.fieldwork.values import AssignmentRecord
from evalsvc.frames import operations as frames
from evalsvc.frames.reading import check_files
from evalsvc.instruments import operations as instruments
from evalsvc.people import operations as people
from evalsvc.people import queries
from evalsvc.people.actor import SYSTEM, Actor
from evalsvc.service import Service
from evalsvc.store import Store
from forms.definition import FormDefinition, parse_definition
from forms.filling import fill
from tests.service.compiled_once import (  # noqa: F401
    builders_of_addresses,
    compiled_templates,
    descriptions_when_they_are_read,
)
from tests.service.prepared import Prepared, empty, read_out
from tests.service.small_frame import SMALL_DESIGN, SMALL_FRAME, SMALL_MAPPING

SECRET_KEY = "a test key that is at least thirty-two characters long"
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CHEAP_NOBODY = CHEAP_HASHER.hash("nobody")
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


@dataclass(frozen=True)
class Field:
    """A fieldwork of a test: 4 villages, in each 2 classes with 3 households open and 2 in reserve."""

    evaluation: EvaluationRecord
    frame_id: str
    draw_id: str
    instrument_id: str
    definition: FormDefinition
    supervisor: Somebody
    enumerators: tuple[Somebody, Somebody]
    assignments: tuple[AssignmentRecord, ...]

    def opened(self, enumerator: Somebody) -> list[AssignmentRecord]:
        """Households that an enumerator may visit."""
        return [row for row in self.assignments if row.opened_at and row.enumerator_id == enumerator.id]

    def closed(self, enumerator: Somebody) -> list[AssignmentRecord]:
        """Reserves in an enumerator's villages."""
        return [row for row in self.assignments if not row.opened_at and row.enumerator_id == enumerator.id]

    def submission(self, unit: AssignmentRecord, disposition: str = "non_contact", **given: object) -> bytes:
        """Fill the form for a household as a phone does."""
        instance_id = str(given.pop("instance_id", f"uuid:{uuid4()}"))
        corrects = given.pop("deprecated_id", None)
        answers = {
            "unit_id": unit.unit_id,
            "household_class": unit.stratum,
            "registered": "否" if unit.stratum == "一般农户" else "是",
            "attempt": 1,
            "disposition": disposition,
            **({} if "photo_house" in given else {"no_photo_reason": "objection"}),
            **({} if "position" in given else {"position_problem": "no_signal"}),
            **({"non_contact_reason": "absent_once"} if disposition == "non_contact" else {}),
            **given,
        }
        deprecated_id = None if corrects is None else str(corrects)
        return fill(self.definition, answers, instance_id=instance_id, deprecated_id=deprecated_id)


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
def postgresql_database(postgresql_server: str) -> Iterator[str]:
    """URL of a PostgreSQL database with every table, emptied before each test."""
    name = f"evalsvc_test_{uuid4().hex[:12]}"
    _on_server(postgresql_server, f"CREATE DATABASE {name}")
    url = make_url(postgresql_server).set(database=name).render_as_string(hide_password=False)
    database = Database(url)
    Base.metadata.create_all(database.engine)
    database.close()
    yield url
    _on_server(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgresql(postgresql_database: str) -> str:
    """URL of the PostgreSQL database, just emptied."""
    empty(postgresql_database)
    return postgresql_database


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database with every table."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("empty_postgresql")
    return url


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Configuration of a service that runs no background jobs by itself."""
    return Config(
        secret_key=SECRET_KEY,
        database_url=database_url,
        store_directory=tmp_path / "store",
        secure_cookies=False,
        run_jobs=False,
    )


@pytest.fixture
def app(config: Config, compiled_templates: FileSystemBytecodeCache) -> Iterator[flask.Flask]:  # noqa: F811
    """The application; its errors answer as they do outside tests."""
    app = create_app(config)
    app.jinja_env.bytecode_cache = compiled_templates
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


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with argon2id at its cheapest, so that tests do not spend their time on it."""
    monkeypatch.setattr("evalsvc.people.passwords.HASHER", CHEAP_HASHER)
    monkeypatch.setattr("evalsvc.people.passwords.NOBODY", CHEAP_NOBODY)


@pytest.fixture
def others_write(database: Database) -> Callable[[], bool]:
    """Tell whether somebody else can write now, while this test is in the middle of something: others_write()."""

    def write() -> None:
        with database.transaction() as session:
            audit.record(session, "system", "trial.meanwhile", "subject")

    def try_to() -> bool:
        other = threading.Thread(target=write, daemon=True)
        other.start()
        other.join(5)
        return not other.is_alive()

    return try_to


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
def make_person(database: Database) -> MakePerson:
    """Add a person with roles: make_person("lead", evaluation=record); without evaluation the roles hold everywhere."""
    return partial(add_somebody, database)


def add_somebody(
    database: Database, *roles: str, evaluation: EvaluationRecord | None = None, name: str = ""
) -> Somebody:
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


def _on_server(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def prepared_field(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Prepared[Field]:
    """Set the small fieldwork up by the operations that a real one goes through."""
    folder = tmp_path_factory.mktemp("field")
    shutil.copyfile(sqlite_template, folder / "field.sqlite3")
    database, store = Database(f"sqlite:///{folder / 'field.sqlite3'}"), Store(folder / "store")
    with database.transaction() as session:
        evaluation = evaluations.create_evaluation(
            session, SYSTEM, code="fujian-demo", name="两县试点", client="示例委托单位", institute="示例评估中心",
            pack="shifan-jiading-2026-1",
        )  # fmt: skip
    field = begin_fieldwork(database, store, folder, evaluation)
    database.close()
    return read_out(field, folder / "field.sqlite3", folder / "store")


def begin_fieldwork(database: Database, store: Store, folder: Path, evaluation: EvaluationRecord) -> Field:
    """Draw the small frame and give its households to two enumerators, as a real fieldwork begins."""
    lead = add_somebody(database, "lead", evaluation=evaluation).actor
    supervisor = add_somebody(database, "supervisor", evaluation=evaluation)
    enumerators = (
        add_somebody(database, "enumerator", evaluation=evaluation, name="调查员甲"),
        add_somebody(database, "enumerator", evaluation=evaluation, name="调查员乙"),
    )
    path = folder / "households.csv"
    path.write_text(SMALL_FRAME, encoding="utf-8")
    with database.transaction() as session:
        frame = frames.import_frame(
            session, lead, evaluation.id,
            frames.keep_frame(store, check_files(path, SMALL_MAPPING, folder / "frame.parquet")),
        )  # fmt: skip
        options = {"frame_id": frame.id, "design_text": SMALL_DESIGN, "secret_key": SECRET_KEY}
        draws.enter(session, lead, evaluation, draws.bind(session, store, lead, evaluation, **options), "")
        options = {"number": 1, "public_value": None, "secret_key": SECRET_KEY}
        draw = drawing.keep(session, lead, evaluation, drawing.sample(session, store, lead, evaluation, **options))
        name, data = instruments.shipped_form(blanks={"institute": "示范评估中心", "telephone": "000-00000000"})
        instrument = instruments.publish(session, lead, evaluation.id, instruments.keep_form(store, data, name))
        fieldwork.assign_from_draw(session, store, lead, prepare(session, store, draw.id), instrument.id)
        villages = sorted({row.parent for row in assignments_of_draw(session, draw.id)})
        for person, share in zip(enumerators, (villages[:2], villages[2:]), strict=True):
            fieldwork.assign_enumerator(session, supervisor.actor, evaluation.id, share, person.id)
    with database.reading() as session:
        rows = tuple(assignments_of_draw(session, draw.id))
    definition = parse_definition(store.get(instrument.xform_sha256))
    return Field(evaluation, frame.id, draw.id, instrument.id, definition, supervisor, enumerators, rows)


@pytest.fixture
def field(prepared_field: Prepared[Field], database: Database, store: Store) -> Field:
    """A small fieldwork that has begun: 2 counties, 4 drawn villages, the shipped form, two enumerators."""
    return prepared_field.lay_into(database, store)


@pytest.fixture
def second_draw(database: Database, config: Config, store: Store, field: Field) -> str:
    """Another draw of the same frame, carried out; the first is still in the field."""
    service, text = Service(config, database, store), SMALL_DESIGN.replace("draw: 1", "draw: 2")
    commit_draw(service, SYSTEM, field.evaluation, frame_id=field.frame_id, purpose="复查", design_text=text)
    return carry_out(service, SYSTEM, field.evaluation, number=2, public_value=None).id
