"""Visits without notice: from the draw to the lists, and who learns of them."""

import csv
import io

import pytest
from sqlalchemy import select

from evalsvc import files
from evalsvc.draws.making import carry_out, commit_draw
from evalsvc.draws.models import Draw, DrawUnit
from evalsvc.fieldwork import operations, queries
from evalsvc.fieldwork.beginning import begin
from evalsvc.fieldwork.export import tasks_as_csv
from evalsvc.people.actor import SYSTEM
from evalsvc.service import Service
from sampling.manifest import Manifest
from tests.service.field_steps import end, set_outcome
from tests.service.small_frame import SMALL_DESIGN

HOME = "/evaluations/fujian-demo"
BADGE = '<span class="badge open">暗访</span>'


@pytest.fixture
def lead(field, make_person):
    return make_person("lead", evaluation=field.evaluation)


@pytest.fixture
def second(config, database, store, field, lead):
    """Begin a second fieldwork: of two villages in a county one, of three households in a class one is unannounced."""
    end(database, field, lead.actor, "试点结束")
    text = SMALL_DESIGN.replace("draw: 1", "draw: 2")
    text = text.replace("take: {each: 2, by: []}", "take: {each: 2, by: []}, unannounced: 1")
    text = text.replace("reserves: 2}", "reserves: 2, unannounced: 1}")
    service = Service(config, database, store)
    commit_draw(service, SYSTEM, field.evaluation, frame_id=field.frame_id, purpose="暗访", design_text=text)
    carry_out(service, SYSTEM, field.evaluation, number=2, public_value=None)
    begin(service, SYSTEM, field.evaluation, number=2, instrument_id=field.instrument_id)
    with database.reading() as session:
        draw = session.scalars(select(Draw).where(Draw.number == 2)).one()
        manifest = Manifest.from_json(store.get(draw.manifest_sha256).decode(), files.MANIFEST)
        return draw.id, manifest


def villages_of(manifest):
    """Return the villages that are visited without notice, and the others."""
    units = manifest.stages[0].units
    return sorted(each.id for each in units if each.unannounced), sorted(
        each.id for each in units if not each.unannounced
    )


def assignments(database, draw_id):
    with database.reading() as session:
        return {each.unit_id: each for each in queries.assignments_of_draw(session, draw_id)}


def test_what_the_draw_marked_goes_to_the_field(database, second):
    draw_id, manifest = second
    unseen, seen = villages_of(manifest)
    assert len(unseen) == len(seen) == 2
    with database.reading() as session:
        rows = {row.unit_id: row.unannounced for row in session.scalars(select(DrawUnit).filter_by(draw_id=draw_id))}
    assert rows == {unit.id: unit.unannounced for stage in manifest.stages for unit in stage.units}
    given = assignments(database, draw_id)
    own = {unit.id for unit in manifest.stages[1].units if unit.unannounced}
    # Reserves of a village without notice are visited without notice too, whenever they are opened.
    assert {each.unit_id for each in given.values() if each.unannounced} == own | {
        each.unit_id for each in given.values() if each.parent in unseen
    }
    with database.reading() as session:
        progress = queries.progress(session, draw_id)
    counted = {row.unit_id: row.unannounced for county in progress.counties for row in county.villages}
    assert counted == dict.fromkeys(unseen, 6) | dict.fromkeys(seen, 2)
    assert progress.total.unannounced == 16 and [each.unannounced for each in progress.counties] == [8, 8]


def test_an_opened_reserve_is_unannounced_in_such_a_village_alone(database, field, second):
    draw_id, manifest = second
    for villages, expected in zip(villages_of(manifest), (True, False), strict=True):
        unit = next(
            each
            for each in assignments(database, draw_id).values()
            if each.parent == villages[0] and each.opened_at and each.sample_type == "probability"
        )
        set_outcome(database, unit, "refused")
        with database.transaction() as session:
            opened = operations.open_reserve(
                session, field.supervisor.actor, field.evaluation.id, unit.unit_id, "refused"
            )
            assert opened.unannounced is expected


def test_supervisors_and_the_lead_see_it_on_pages_and_in_files(client, database, field, second, lead, sign_in, csrf_of):
    draw_id, manifest = second
    (hidden, *_), (open_village, *_) = villages_of(manifest)
    sign_in(client, field.supervisor)
    page = client.get(f"{HOME}/fieldwork").get_data(as_text=True)
    assert page.count(BADGE) == 2 and page.count("暗访 2 户") == 2 and "含在应访户内" in page
    first = client.get(f"{HOME}/fieldwork/draws/2/village?village={hidden}").get_data(as_text=True)
    other = client.get(f"{HOME}/fieldwork/draws/2/village?village={open_village}").get_data(as_text=True)
    assert (first.count(BADGE), other.count(BADGE)) == (1, 2)
    told = client.get(f"{HOME}/fieldwork/draws/2/lists.csv").get_data().decode("utf-8-sig")
    given = assignments(database, draw_id)
    listed = {row["户编号"]: row["明访暗访"] == "暗访" for row in csv.DictReader(io.StringIO(told))}
    assert listed == {each.unit_id: each.unannounced for each in given.values() if each.opened_at}
    printed = client.get(f"{HOME}/fieldwork/draws/2/lists").get_data(as_text=True)
    # On the way list and at the village once each; at the households of other villages each.
    assert printed.count('<span class="unseen">暗访</span>') == 2 * 2 + 2 * 2
    counts = client.get("/api/v1" + HOME + "/fieldwork/draws/2/progress", headers=field.supervisor.bearer).get_json()
    assert counts["total"]["unannounced"] == 16
    sign_in(client, lead)
    units = client.post(f"{HOME}/draws/2/units", data={"csrf_token": csrf_of(client)}).get_data(as_text=True)
    assert units.count(BADGE) == 2
    assert BADGE not in client.get(f"{HOME}/fieldwork?draw=1").get_data(as_text=True)


def test_enumerators_learn_it_of_their_own_households_and_nobody_else_does(
    client, database, field, second, sign_in, make_person
):
    _draw_id, manifest = second
    unseen, seen = villages_of(manifest)
    one, other = field.enumerators
    with database.transaction() as session:
        actor, evaluation = field.supervisor.actor, field.evaluation.id
        operations.assign_enumerator(session, actor, evaluation, unseen, one.id)
        operations.assign_enumerator(session, actor, evaluation, seen[:1], other.id)
    for person, number in ((one, 12), (other, 2)):
        sign_in(client, person)
        assert client.get(f"{HOME}/tasks").get_data(as_text=True).count(BADGE) == number
        assert client.get(f"{HOME}/fieldwork").status_code == 403
        told = client.get(f"/v1/key/{person.device_token}{HOME}/assignments").get_json()["assignments"]
        assert sum(each["unannounced"] for each in told) == number
    with database.reading() as session:
        rows = queries.tasks(session, field.evaluation.id, other.id, to_visit=True)
    lines = list(csv.DictReader(io.StringIO(tasks_as_csv(rows).decode("utf-8-sig"))))
    assert sorted(line["unannounced"] for line in lines) == ["0"] * 4 + ["1"] * 2
    expert = make_person("expert", evaluation=field.evaluation)
    sign_in(client, expert)
    assert client.get(f"{HOME}/fieldwork").status_code == client.get(f"{HOME}/fieldwork/tasks.csv").status_code == 403
    client.post("/sign-out")
    stranger = client.application.test_client()
    for address in ("/commitments", "/commitments.jsonl", "/commitments/fujian-demo/2/commitment.json"):
        answer = stranger.get(address)
        assert answer.status_code == 200
        assert not [each for each in (*unseen, *seen) if each in answer.get_data(as_text=True)]
    assert stranger.get("/commitments/fujian-demo/2/draw-manifest.json").status_code == 404


def test_a_draw_without_such_a_part_says_nothing(client, database, field, sign_in):
    assert {each.unannounced for each in field.assignments} == {None}
    sign_in(client, field.supervisor)
    village = field.assignments[0].parent
    for address in ("/fieldwork", f"/fieldwork/draws/1/village?village={village}"):
        assert "badge open" not in client.get(HOME + address).get_data(as_text=True)
    lines = tasks_as_csv([task for task in _all(database, field)]).decode("utf-8-sig")
    assert {line["unannounced"] for line in csv.DictReader(io.StringIO(lines))} == {""}


def _all(database, field):
    with database.reading() as session:
        return queries.tasks(session, field.evaluation.id)
