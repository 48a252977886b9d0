"""What two want to make at once is made once, and the second is told so."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.draws import drawing
from evalsvc.draws import operations as draws
from evalsvc.draws.models import Draw
from evalsvc.evaluations import operations as evaluations
from evalsvc.frames import operations as frames
from evalsvc.frames.models import FrameFile
from evalsvc.frames.reading import check_files
from evalsvc.instruments import operations as instruments
from evalsvc.people import operations as people
from evalsvc.people import queries
from evalsvc.people.actor import SYSTEM

KEY = "a test key that is at least thirty-two characters long"


def test_a_code_is_taken_by_the_first(beside) -> None:
    def create(session: Session) -> None:
        evaluations.create_evaluation(
            session, SYSTEM, code="same", name="甲", client="乙", institute="丙", pack="shifan-jiading-2026-1"
        )

    assert beside(create, create).code == "evaluation.made_meanwhile"


def test_a_sign_in_name_is_taken_by_the_first(beside) -> None:
    def add(session: Session) -> None:
        people.add_person(session, SYSTEM, "same", "测试甲")

    assert beside(add, add).code == "people.added_meanwhile"


@pytest.mark.parametrize("everywhere", [True, False])
def test_a_role_is_granted_once(database: Database, make_person, make_evaluation, everywhere: bool, beside) -> None:
    person, evaluation = make_person(), None if everywhere else make_evaluation().id

    def grant(session: Session) -> None:
        people.grant_role(session, SYSTEM, person.id, "lead", evaluation)

    assert beside(grant, grant).code == "people.granted_meanwhile"
    with database.reading() as session:
        assert [each.role for each in queries.person_record(session, person.id).roles] == ["lead"]


def test_a_frame_is_kept_once(database: Database, store, field, make_evaluation, tmp_path, beside) -> None:
    with database.reading() as session:
        kept = session.get_one(FrameFile, field.frame_id)
        data, mapping = store.get(kept.source_sha256), kept.mapping_text
    path, other = tmp_path / "households.csv", make_evaluation("another")
    path.write_bytes(data)
    checked = check_files(path, mapping, tmp_path / "frame.parquet")

    def keep(session: Session) -> None:
        frames.import_frame(session, SYSTEM, other.id, frames.keep_frame(store, checked))

    assert beside(keep, keep).code == "frame.imported_meanwhile"


def test_a_version_of_a_form_is_published_once(store, make_evaluation, beside) -> None:
    evaluation = make_evaluation()
    name, data = instruments.shipped_form(blanks={"institute": "示范评估中心", "telephone": "000-00000000"})

    form = instruments.keep_form(store, data, name)

    def publish(session: Session) -> None:
        instruments.publish(session, SYSTEM, evaluation.id, form)

    assert beside(publish, publish).code == "instrument.published_meanwhile"


def test_a_number_of_a_draw_is_committed_once(database: Database, store, field, beside) -> None:
    came = beside(committing(database, store, field), committing(database, store, field))
    assert came.code == "draw.committed_meanwhile"


def committing(database: Database, store, field, number: int = 2):
    with database.reading() as session:
        design = session.get_one(Draw, field.draw_id).design_text.replace("draw: 1", f"draw: {number}")
        options = {"frame_id": field.frame_id, "design_text": design, "secret_key": KEY}
        bound = draws.bind(session, store, SYSTEM, field.evaluation, **options)
    return lambda session: draws.enter(session, SYSTEM, field.evaluation, bound, "").id


def test_a_draw_is_carried_out_once(database: Database, store, field, beside) -> None:
    with database.transaction() as session:
        committing(database, store, field)(session)

    options = {"number": 2, "public_value": None, "secret_key": KEY}
    with database.reading() as session:
        taken = drawing.sample(session, store, SYSTEM, field.evaluation, **options)

    def keep(session: Session) -> None:
        drawing.keep(session, SYSTEM, field.evaluation, taken)

    assert beside(keep, keep).code == "draw.already_drawn"


# The last administrator


@pytest.fixture
def two_administrators(make_person) -> tuple[Any, Any]:
    return make_person("administrator", name="甲"), make_person("administrator", name="乙")


def taking_the_role_of(database: Database, person, by):
    with database.reading() as session:
        grant = queries.person_record(session, person.id).roles[0].id
    return lambda session: people.revoke_role(session, by.actor, person.id, grant)


def shutting_out(_database: Database, person, by):
    return lambda session: people.set_active(session, by.actor, person.id, active=False)


@pytest.mark.parametrize("first", [taking_the_role_of, shutting_out])
@pytest.mark.parametrize("second", [taking_the_role_of, shutting_out])
def test_two_administrators_do_not_remove_each_other(
    database: Database, two_administrators, first, second, beside
) -> None:
    one, other = two_administrators
    came = beside(first(database, other, one), second(database, one, other))
    assert came.code == "people.last_administrator"
    with database.reading() as session:
        left = queries.person_record(session, one.id)
    assert left.active and [each.role for each in left.roles] == ["administrator"]
