"""A small evaluation whose households were visited through the service: the same draw and answers at every run."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from evalsvc.cases.operations import collect_cases, judge
from evalsvc.cases.queries import cases_of_draw
from evalsvc.config import Config
from evalsvc.db import Database
from evalsvc.draws import drawing
from evalsvc.draws import operations as draws
from evalsvc.errors import ConflictError
from evalsvc.evaluations import operations as evaluations
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.fieldwork import operations as fieldwork
from evalsvc.fieldwork.preparing import prepare
from evalsvc.fieldwork.queries import assignments_of_draw
from evalsvc.frames import operations as frames
from evalsvc.frames.reading import check_files
from evalsvc.instruments import operations as instruments
from evalsvc.interviews.intake.taking import take_in
from evalsvc.people import operations as people
from evalsvc.people.actor import SYSTEM, Actor
from evalsvc.service import Service
from evalsvc.store import Store
from tests import small_world
from tests.service.prepared import Prepared, read_out

SECRET_KEY = "a test key that is at least thirty-two characters long"
MOMENT = datetime(2026, 3, 1, 8, tzinfo=UTC)
PACK = "shifan-jiading-2026-1"
REASONS = {"non_contact": "no_answer_twice", "refused": "refused"}


@dataclass(frozen=True)
class Visited:
    """The evaluation after its fieldwork."""

    evaluation: EvaluationRecord
    draw_id: str
    lead: Actor
    reviewer: Actor
    supervisor: Actor
    enumerator: Actor


@pytest.fixture(scope="session")
def prepared_visits(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Prepared[Visited]:
    """Draw, visit and open reserves by the operations that a real evaluation goes through."""
    folder = tmp_path_factory.mktemp("visited")
    shutil.copyfile(sqlite_template, folder / "visited.sqlite3")
    config = Config(SECRET_KEY, f"sqlite:///{folder / 'visited.sqlite3'}", folder / "store")
    service = Service(config, Database(config.database_url), Store(config.store_directory))
    visited = _visit(service, _begin(service, folder))
    service.database.close()
    return read_out(visited, folder / "visited.sqlite3", folder / "store")


def _person(service: Service, role: str, evaluation: EvaluationRecord) -> Actor:
    with service.database.transaction() as session:
        person = people.add_person(session, SYSTEM, f"{role}-visited", f"测试{role}", "correct horse battery staple")
        people.grant_role(session, SYSTEM, person.id, role, evaluation.id)
    return Actor(person.id, person.id, frozenset({role}))


def _begin(service: Service, folder: Path) -> Visited:
    with service.database.transaction() as session:
        evaluation = evaluations.create_evaluation(
            session, SYSTEM, code=small_world.EVALUATION, name="两县退出评估", client="示例委托单位",
            institute="示例评估中心", pack=PACK, simulated=True,
        )  # fmt: skip
    roles = ("lead", "reviewer", "supervisor", "enumerator")
    lead, reviewer, supervisor, enumerator = (_person(service, role, evaluation) for role in roles)
    small_world.make_frame(folder)
    with service.database.transaction() as session, pytest.MonkeyPatch.context() as patch:
        # A draw has its own secret and time; fixed ones give this test the same sample at every run.
        patch.setattr(draws.secrets, "token_hex", lambda _bytes: small_world.SECRET)
        patch.setattr(draws, "now", lambda: MOMENT)
        patch.setattr(drawing, "now", lambda: MOMENT)
        checked = check_files(folder / "register.csv", small_world.MAPPING, folder / "checked.parquet")
        frame = frames.import_frame(session, lead, evaluation.id, frames.keep_frame(service.store, checked))
        options = {"frame_id": frame.id, "design_text": small_world.DESIGN, "secret_key": SECRET_KEY}
        draws.enter(session, lead, evaluation, draws.bind(session, service.store, lead, evaluation, **options), "")
        options = {"number": 1, "public_value": None, "secret_key": SECRET_KEY}
        taken = drawing.sample(session, service.store, lead, evaluation, **options)
        draw = drawing.keep(session, lead, evaluation, taken)
        form = instruments.publish(
            session, lead, evaluation.id, instruments.keep_form(service.store, small_world.FORM.encode(), "small.md")
        )
        fieldwork.assign_from_draw(session, service.store, lead, prepare(session, service.store, draw.id), form.id)
        villages = {row.parent for row in assignments_of_draw(session, draw.id)}
        fieldwork.assign_enumerator(session, supervisor, evaluation.id, villages, enumerator.person_id)
    return Visited(evaluation, draw.id, lead, reviewer, supervisor, enumerator)


def _visit(service: Service, visited: Visited) -> Visited:
    with service.database.reading() as session:
        waiting = [row for row in assignments_of_draw(session, visited.draw_id) if row.opened_at]
    while waiting:
        row = waiting.pop(0)
        outcome = small_world.outcome_of(row.unit_id)
        _instance, xml = small_world.interview_of(row.unit_id, outcome)
        take_in(service, visited.enumerator, visited.evaluation.id, xml)
        if outcome in REASONS:
            waiting += _opened(service, visited, row.unit_id, REASONS[outcome])
    return visited


def _opened(service: Service, visited: Visited, unit_id: str, reason: str) -> list[Any]:
    try:
        with service.database.transaction() as session:
            reserve = fieldwork.open_reserve(session, visited.supervisor, visited.evaluation.id, unit_id, reason)
            return [next(row for row in assignments_of_draw(session, visited.draw_id) if row.id == reserve.id)]
    except ConflictError:
        return []


@pytest.fixture
def visited(prepared_visits: Prepared[Visited], database: Database, store: Store) -> Visited:
    """The evaluation after its fieldwork, in this test's database."""
    return prepared_visits.lay_into(database, store)


@pytest.fixture
def experts(visited: Visited, make_person) -> tuple[Any, Any, Any]:
    """Three experts of the evaluation."""
    return tuple(make_person("expert", evaluation=visited.evaluation, name=f"专家{n}") for n in (1, 2, 3))


@pytest.fixture
def judged(visited: Visited, experts: tuple[Any, Any, Any], database: Database, store: Store) -> Visited:
    """The evaluation after its cases were judged: a third confirmed, a third excluded, a third open."""
    with database.transaction() as session:
        collect_cases(session, visited.supervisor, visited.evaluation)
        cases = cases_of_draw(session, visited.draw_id)
        for number, case in enumerate(sorted(cases, key=lambda case: case.unit_id)):
            verdicts = (("confirm", "confirm"), ("exclude", "exclude"), ("confirm", "exclude"))[number % 3]
            for person, verdict in zip(experts, verdicts, strict=False):
                judge(session, person.actor, visited.evaluation.id, case.id, verdict=verdict, reason="核实了材料")
    return visited
