"""Fieldwork: assignments, reserves, progress, and what everybody sees of it."""

import csv
import io
import json

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from evalsvc.audit import AuditRow
from evalsvc.draws.models import Draw, DrawUnit
from evalsvc.draws.queries import last_stage_units
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from evalsvc.fieldwork import operations, preparing, queries
from evalsvc.fieldwork.export import tasks_as_csv, tasks_as_xlsx
from evalsvc.fieldwork.preparing import prepare
from evalsvc.fieldwork.values import Task
from evalsvc.people.actor import SYSTEM
from evalsvc.people.device_accounts import make_account
from evalsvc.people.operations import revoke_token
from evalsvc.people.queries import tokens_of
from evalsvc.words import sentence
from tests.service.field_steps import end, opened_now, set_outcome

OPENROSA = {"X-OpenRosa-Version": "1.0"}


def test_the_main_sample_is_open_and_the_reserves_are_closed(field):
    by_type = {
        kind: [row for row in field.assignments if row.sample_type == kind] for kind in ("probability", "reserve")
    }
    assert (len(by_type["probability"]), len(by_type["reserve"])) == (24, 16)
    assert all(row.opened_at for row in by_type["probability"])
    assert not any(row.opened_at for row in by_type["reserve"])
    assert {row.county for row in field.assignments} == {"351001", "352001"}


def test_assignments_are_made_once(database, store, field, actor):
    with pytest.raises(ConflictError, match="already_assigned"), database.transaction() as session:
        operations.assign_from_draw(session, store, actor, prepare(session, store, field.draw_id), field.instrument_id)
    with pytest.raises(NotFoundError), database.transaction() as session:
        prepare(session, store, "nowhere")


def test_the_next_reserve_of_the_same_village_and_class_opens_beside_the_household(database, field):
    unit = field.opened(field.enumerators[0])[0]
    set_outcome(database, unit, "non_contact")
    with database.transaction() as session:
        reserve = queries.record(
            operations.open_reserve(
                session, field.supervisor.actor, field.evaluation.id, unit.unit_id, "no_answer_twice"
            )
        )
    assert (reserve.parent, reserve.stratum, reserve.order) == (unit.parent, unit.stratum, 1)
    assert (reserve.replaces, reserve.reason) == (unit.unit_id, "no_answer_twice")
    now_open = opened_now(database, field)
    assert now_open[unit.unit_id].disposition == "non_contact"
    assert reserve.enumerator_id == unit.enumerator_id
    with database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "fieldwork.open_reserve")).one()
    assert row.details == {"unit": reserve.unit_id, "replaces": unit.unit_id, "reason": "no_answer_twice", "order": 1}


def test_a_reserve_that_fails_is_replaced_in_turn_until_none_is_left(database, field):
    unit = field.opened(field.enumerators[0])[0]
    opened = [unit.unit_id]
    for reason, disposition in (("refused", "refused"), ("vacant", "ineligible_vacant")):
        set_outcome(database, opened_now(database, field)[opened[-1]], disposition)
        with database.transaction() as session:
            made = operations.open_reserve(session, field.supervisor.actor, field.evaluation.id, opened[-1], reason)
            opened.append(made.unit_id)
    set_outcome(database, opened_now(database, field)[opened[-1]], "refused")
    with pytest.raises(ConflictError, match="no_reserve_left"), database.transaction() as session:
        operations.open_reserve(session, field.supervisor.actor, field.evaluation.id, opened[-1], "refused")
    with pytest.raises(ConflictError, match="already_replaced"), database.transaction() as session:
        operations.open_reserve(session, field.supervisor.actor, field.evaluation.id, unit.unit_id, "refused")


@pytest.mark.parametrize(
    ("disposition", "sample_type", "reason", "code"),
    [
        (None, "probability", "refused", "reason_not_recorded"),
        ("completed", "probability", "refused", "reason_not_recorded"),
        ("non_contact", "probability", "refused", "reason_not_recorded"),
        ("refused", "probability", "weather", "unknown_reason"),
        ("refused", "certainty", "refused", "not_replaceable"),
        ("refused", "purposive", "refused", "not_replaceable"),
    ],
)
def test_a_reserve_needs_a_reason_that_the_record_shows(database, field, disposition, sample_type, reason, code):
    unit = field.opened(field.enumerators[0])[0]
    set_outcome(database, unit, disposition, sample_type=sample_type)
    with pytest.raises(ConflictError, match=code), database.transaction() as session:
        operations.open_reserve(session, field.supervisor.actor, field.evaluation.id, unit.unit_id, reason)
    assert len(opened_now(database, field)) == 24


def test_only_supervisors_open_reserves_and_give_out_villages(database, field, make_person):
    unit = field.opened(field.enumerators[0])[0]
    set_outcome(database, unit, "refused")
    lead = make_person("lead", "enumerator", evaluation=field.evaluation).actor
    with pytest.raises(ForbiddenError), database.transaction() as session:
        operations.open_reserve(session, lead, field.evaluation.id, unit.unit_id, "refused")
    with pytest.raises(ForbiddenError), database.transaction() as session:
        operations.assign_enumerator(session, lead, field.evaluation.id, [unit.parent], None)


def test_villages_go_to_enumerators_of_this_evaluation(database, field, make_person):
    village, supervisor = field.assignments[0].parent, field.supervisor.actor
    stranger = make_person("supervisor", evaluation=field.evaluation)
    with pytest.raises(NotFoundError, match="not_an_enumerator"), database.transaction() as session:
        operations.assign_enumerator(session, supervisor, field.evaluation.id, [village], stranger.id)
    with pytest.raises(NotFoundError, match="unknown_village"), database.transaction() as session:
        operations.assign_enumerator(session, supervisor, field.evaluation.id, [village, "9"], field.enumerators[1].id)
    with database.transaction() as session:
        number = operations.assign_enumerator(
            session, supervisor, field.evaluation.id, [village], field.enumerators[1].id
        )
    assert number == 6
    with pytest.raises(InvalidError, match="no_village"), database.transaction() as session:
        operations.assign_enumerator(session, supervisor, field.evaluation.id, [], field.enumerators[1].id)


def test_a_device_reads_its_own_open_households_and_no_reserve(client, field):
    own, other = field.enumerators
    url = f"/v1/key/{own.device_token}/evaluations/{field.evaluation.code}/assignments"
    answer = client.get(url)
    assert answer.status_code == 200
    tasks = answer.json["assignments"]
    assert {task["unit_id"] for task in tasks} == {row.unit_id for row in field.opened(own)}
    text = answer.get_data(as_text=True)
    assert not any(row.unit_id in text for row in field.assignments if row.sample_type == "reserve")
    assert not any(row.unit_id in text for row in field.opened(other))
    assert not {"weight", "probability", "order", "sample_type"} & set(tasks[0])
    assert tasks[0]["village"].startswith("第1县第") and tasks[0]["form_id"] == "household"
    assert client.get(url.replace(own.device_token, "x" * 43)).status_code == 401


def test_progress_counts_by_county_and_village(database, field):
    first, second = field.opened(field.enumerators[0])[:2]
    set_outcome(database, first, "completed")
    set_outcome(database, second, "refused")
    with database.transaction() as session:
        operations.open_reserve(session, field.supervisor.actor, field.evaluation.id, second.unit_id, "refused")
    with database.reading() as session:
        progress = queries.progress(session, field.draw_id)
        areas = queries.areas(session, field.evaluation.id)
    assert (progress.total.opened, progress.total.finished) == (25, 2)
    assert (progress.total.reserves_opened, progress.total.reserves_closed) == (1, 15)
    assert [county.label for county in progress.counties] == ["第1县", "第2县"]
    village = next(row for row in progress.counties[0].villages if row.unit_id == first.parent)
    assert (village.counts["completed"], village.counts["refused"], village.opened) == (1, 1, 7)
    assert village.enumerators == ("调查员甲",)
    assert [(area.label, len(area.villages)) for area in areas] == [("第1县", 2), ("第2县", 2)]


def test_exports_hold_no_reserve_and_no_formula(database, field):
    with database.reading() as session:
        tasks = queries.tasks(session, field.evaluation.id, field.enumerators[0].id)
    rows = list(csv.DictReader(io.StringIO(tasks_as_csv(tasks).decode("utf-8-sig"))))
    sheet = list(load_workbook(io.BytesIO(tasks_as_xlsx(tasks))).active.values)
    closed = {row.unit_id for row in field.closed(field.enumerators[0])}
    assert {row["unit_id"] for row in rows} == {line[0] for line in sheet[1:]} == {task.unit_id for task in tasks}
    assert not closed & {row["unit_id"] for row in rows}
    assert rows[0]["household_class"] and rows[0]["village_code"]
    trap = Task("a", "=1+1", "县", "村", "类", "f", "1", None, None, {"note": "@SUM(A1)"})
    assert tasks_as_csv([trap]).decode("utf-8-sig").splitlines()[1].startswith("'=1+1,")
    cell = load_workbook(io.BytesIO(tasks_as_xlsx([trap]))).active["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_pages_of_a_supervisor(client, database, field, sign_in, csrf_of):
    sign_in(client, field.supervisor)
    base = f"/evaluations/{field.evaluation.code}/fieldwork"
    page = client.get(base).get_data(as_text=True)
    assert "第1县第" in page and "调查员甲" in page
    unit = field.opened(field.enumerators[0])[0]
    set_outcome(database, unit, "refused")
    village = f"{base}/draws/1/village?village={unit.parent}"
    assert "启用备选户" in client.get(village).get_data(as_text=True)
    form = {"unit": unit.unit_id, "reason": "refused", "csrf_token": csrf_of(client)}
    assert client.post(f"{base}/draws/1/reserves", data=form).status_code == 303
    shown = client.get(village).get_data(as_text=True)
    assert f"替补 {unit.unit_id}（拒访）" in shown
    assert client.post(f"{base}/draws/1/reserves", data=form).status_code == 409
    closed = [row for row in field.closed(field.enumerators[0]) if row.unit_id not in shown]
    assert len(closed) >= 7
    given = {
        "village": unit.parent,
        "person": field.enumerators[1].id,
        "back": unit.parent,
        "csrf_token": csrf_of(client),
    }
    assert client.post(f"{base}/draws/1/enumerator", data=given).status_code == 303
    assert "调查员乙" in client.get(village).get_data(as_text=True)
    for ending in ("csv", "xlsx"):
        assert client.get(f"{base}/tasks.{ending}?enumerator={field.enumerators[0].id}").status_code == 200
    assert client.get(f"{base}/draws/1/village?village=nowhere").status_code == 404


def test_enumerators_see_what_is_theirs_and_nothing_else(client, config, field, sign_in):
    own, other = field.enumerators
    sign_in(client, own)
    answer = client.get(f"/evaluations/{field.evaluation.code}", follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert answer.request.path == f"/evaluations/{field.evaluation.code}/tasks"
    assert all(row.unit_id in page for row in field.opened(own))
    assert not any(row.unit_id in page for row in [*field.opened(other), *field.closed(own)])
    assert f"{config.public_url}/v1/key/…/evaluations/{field.evaluation.code}<" in page and "ODK Collect" in page


def test_enumerators_read_where_their_own_kind_of_sign_in_leads(client, config, database, field, sign_in):
    own, code = field.enumerators[0], field.evaluation.code
    sign_in(client, own)
    with database.transaction() as session:
        for row in tokens_of(session, own.id):
            revoke_token(session, SYSTEM, own.id, row.id)
    nothing = client.get(f"/evaluations/{code}/tasks").text
    assert "还没有有效的设备令牌或设备账号" in nothing
    with database.transaction() as session:
        made = make_account(session, SYSTEM, own.id, label="一号手机", days=1, key=config.secret_key)
    page = client.get(f"/evaluations/{code}/tasks").text
    assert f"{config.public_url}/v1/evaluations/{code}<" in page and f"一号手机 · {made.username}" in page
    assert "还没有有效的设备令牌" not in page and "/v1/key/" not in page and made.password not in page


def test_a_lead_reads_but_does_not_open_reserves(client, field, make_person, sign_in, csrf_of):
    sign_in(client, make_person("lead", evaluation=field.evaluation))
    base = f"/evaluations/{field.evaluation.code}/fieldwork"
    unit = field.opened(field.enumerators[0])[0]
    assert "启用备选户" not in client.get(f"{base}/draws/1/village?village={unit.parent}").get_data(as_text=True)
    form = {"unit": unit.unit_id, "reason": "refused", "csrf_token": csrf_of(client)}
    assert client.post(f"{base}/draws/1/reserves", data=form).status_code == 403


def test_the_api_of_a_supervisor(client, database, field, make_person):
    base = f"/api/v1/evaluations/{field.evaluation.code}/fieldwork"
    bearer = field.supervisor.bearer
    progress = client.get(f"{base}/draws/1/progress", headers=bearer).json
    assert (progress["total"]["opened"], len(progress["counties"])) == (24, 2)
    unit = field.opened(field.enumerators[0])[0]
    set_outcome(database, unit, "non_contact")
    wish = {"unit_id": unit.unit_id, "reason": "moved_away"}
    opened = client.post(f"{base}/reserves", json=wish, headers=bearer)
    assert (opened.status_code, opened.json["replaces"]) == (201, unit.unit_id)
    again = client.post(f"{base}/reserves", json=wish, headers=bearer)
    assert (again.status_code, again.json["code"]) == (409, "fieldwork.already_replaced")
    given = client.post(f"{base}/enumerators", json={"villages": [unit.parent], "enumerator_id": None}, headers=bearer)
    assert given.json == {"households": 7}
    assert client.post(f"{base}/reserves", json={}, headers=bearer).status_code == 422
    lead = make_person("lead", evaluation=field.evaluation)
    assert client.post(f"{base}/reserves", json=wish, headers=lead.bearer).status_code == 403
    made = client.post(
        f"{base}/assignments", json={"draw": 1, "instrument_id": field.instrument_id}, headers=lead.bearer
    )
    assert made.json["code"] == "fieldwork.already_assigned"


def test_others_write_while_the_frame_is_read(client, field, second_draw, database, actor, monkeypatch, others_write):
    end(database, field, actor, "改为复查")
    written, read = [], preparing.open_frame

    def watched(path):
        written.append(others_write())
        return read(path)

    monkeypatch.setattr(preparing, "open_frame", watched)
    wish = {"draw": 2, "instrument_id": field.instrument_id}
    url = f"/api/v1/evaluations/{field.evaluation.code}/fieldwork/assignments"
    assert client.post(url, json=wish, headers=field.supervisor.bearer).json == {"assignments": 40}
    assert written == [True]


def redesigned(store, database, draw_id: str, change) -> None:
    """Put another manifest under a draw, as one over another frame would be."""
    with database.transaction() as session:
        draw = session.get_one(Draw, draw_id)
        manifest = json.loads(store.get(draw.manifest_sha256))
        change(manifest["design"])
        draw.manifest_sha256 = store.put(json.dumps(manifest).encode())


def test_a_frame_without_the_columns_of_results_does_not_go_to_the_field(database, store, second_draw):
    def change(design):
        design["frame"]["levels"][-1]["columns"] = {"household_class": "text", "persons": "text"}

    redesigned(store, database, second_draw, change)
    with pytest.raises(InvalidError) as caught, database.reading() as session:
        prepare(session, store, second_draw)
    assert caught.value.code == "fieldwork.no_results"
    found = [(each.code, each.details["name"]) for each in caught.value.complaints]
    assert found == [("results.frame_column", "registered"), ("results.frame_column_type", "persons")]


def test_refused_households_are_counted_beyond_those_that_are_named(database, store, second_draw, monkeypatch):
    monkeypatch.setattr("evalsvc.fieldwork.preparing.MOST_NAMED", 2)
    with database.transaction() as session:
        for unit in last_stage_units(session, second_draw)[:3]:
            row = session.get_one(DrawUnit, (second_draw, unit.unit_id))
            row.attributes = {**row.attributes, "persons": 0}
    with pytest.raises(InvalidError) as caught, database.reading() as session:
        prepare(session, store, second_draw)
    error = caught.value
    assert (error.details["count"], len(error.complaints)) == (3, 2)
    assert "共 3 处问题，下面至多列出 2 处" in sentence(error.code, error.details, "zh")


def test_households_that_nothing_can_be_computed_from_are_named_before_anybody_visits_them(
    database, store, second_draw
):
    wrong = ({"household_class": None}, {"registered": "未知"}, {"persons": 0})
    with database.transaction() as session:
        units = [unit for unit in last_stage_units(session, second_draw)][: len(wrong)]
        for unit, values in zip(units, wrong, strict=True):
            row = session.get_one(DrawUnit, (second_draw, unit.unit_id))
            row.attributes = {**row.attributes, **values}
    with pytest.raises(InvalidError) as caught, database.reading() as session:
        prepare(session, store, second_draw)
    found = {(each.details["unit"], each.details["column"]) for each in caught.value.complaints}
    assert found == {(unit.unit_id, *values) for unit, values in zip(units, wrong, strict=True)}
