"""The end of the fieldwork, and draws that follow each other in the field."""

import pytest
from sqlalchemy import select

from evalsvc.audit import AuditRow
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError
from evalsvc.fieldwork import operations, queries
from evalsvc.fieldwork.models import Assignment
from evalsvc.fieldwork.preparing import prepare
from tests.service.field_steps import end, opened_now, set_outcome

OPENROSA = {"X-OpenRosa-Version": "1.0"}


def test_the_fieldwork_ends_when_every_household_has_an_outcome(database, field, make_person):
    lead = make_person("lead", evaluation=field.evaluation).actor
    waiting = [row for row in field.assignments if row.opened_at]
    for unit in waiting[1:]:
        set_outcome(database, unit, "completed")
    with pytest.raises(ConflictError) as caught:
        end(database, field, lead)
    assert (caught.value.code, caught.value.details["households"]) == ("fieldwork.unvisited", 1)
    with pytest.raises(ForbiddenError):
        end(database, field, field.supervisor.actor)
    set_outcome(database, waiting[0], "completed")
    end(database, field, lead)
    with pytest.raises(ConflictError, match="already_published"):
        end(database, field, lead)


def test_a_fieldwork_that_is_broken_off_says_why(database, field, make_person):
    lead = make_person("lead", evaluation=field.evaluation).actor
    with pytest.raises(ConflictError, match="unvisited"):
        end(database, field, lead, "  ")
    with pytest.raises(InvalidError, match="reason_long"):
        end(database, field, lead, "长" * 501)
    end(database, field, lead, " 现场因台风停止 ")
    with database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "fieldwork.end")).one()
    assert row.details == {"number": 1, "unvisited": 24, "reason": "现场因台风停止"}


def test_nothing_opens_and_nobody_is_sent_after_the_end(client, database, store, field, make_person):
    lead = make_person("lead", evaluation=field.evaluation).actor
    unit = field.opened(field.enumerators[0])[0]
    set_outcome(database, unit, "refused")
    end(database, field, lead, "现场因台风停止")
    with pytest.raises(ConflictError, match="none_in_field"), database.transaction() as session:
        operations.open_reserve(session, field.supervisor.actor, field.evaluation.id, unit.unit_id, "refused")
    with pytest.raises(ConflictError, match="none_in_field"), database.transaction() as session:
        operations.assign_enumerator(session, field.supervisor.actor, field.evaluation.id, [unit.parent], None)
    with pytest.raises(ConflictError, match="ended"), database.transaction() as session:
        operations.assign_from_draw(session, store, lead, prepare(session, store, field.draw_id), field.instrument_id)
    url = f"/v1/key/{field.enumerators[0].device_token}/evaluations/{field.evaluation.code}/assignments"
    assert client.get(url).json == {"assignments": []}


def test_one_draw_is_in_the_field_at_a_time(database, store, field, second_draw, actor):
    with pytest.raises(ConflictError) as caught, database.transaction() as session:
        operations.assign_from_draw(session, store, actor, prepare(session, store, second_draw), field.instrument_id)
    assert (caught.value.code, caught.value.details) == ("fieldwork.another_in_field", {"number": 2, "other": 1})
    end(database, field, actor, "改为复查")
    with database.transaction() as session:
        prepared = prepare(session, store, second_draw)
        assert operations.assign_from_draw(session, store, actor, prepared, field.instrument_id) == 40


def test_a_household_of_two_draws_is_done_to_in_the_one_that_is_in_the_field(
    database, store, field, second_draw, actor
):
    end(database, field, actor, "改为复查")
    first, supervisor = {row.unit_id: row for row in field.assignments if row.opened_at}, field.supervisor.actor
    with database.transaction() as session:
        operations.assign_from_draw(session, store, actor, prepare(session, store, second_draw), field.instrument_id)
        both = [
            row
            for row in queries.assignments_of_draw(session, second_draw)
            if row.opened_at and row.unit_id in first and row.sample_type == "probability"
        ]
        assert both, "the two samples share a household"
        session.get_one(Assignment, both[0].id).disposition = "refused"
        opened = operations.open_reserve(session, supervisor, field.evaluation.id, both[0].unit_id, "refused")
        assert opened.draw_id == second_draw
        operations.assign_enumerator(session, supervisor, field.evaluation.id, [both[0].parent], None, number=2)
    assert opened_now(database, field)[both[0].unit_id].enumerator_id == first[both[0].unit_id].enumerator_id
    with pytest.raises(ConflictError, match="not_in_field"), database.transaction() as session:
        operations.assign_enumerator(session, supervisor, field.evaluation.id, [both[0].parent], None, number=1)


def test_the_pages_end_the_fieldwork_and_begin_the_next(client, field, second_draw, make_person, sign_in, csrf_of):
    sign_in(client, make_person("lead", "supervisor", evaluation=field.evaluation))
    base = f"/evaluations/{field.evaluation.code}"
    assert "生成调查任务" not in client.get(f"{base}/fieldwork").get_data(as_text=True)
    early = client.post(f"{base}/fieldwork/draws/1/end", data={"csrf_token": csrf_of(client), "confirmed": "1"})
    assert (early.status_code, "24 户没有结果" in early.get_data(as_text=True)) == (409, True)
    form = {"csrf_token": csrf_of(client), "reason": "改为复查"}
    unasked = client.post(f"{base}/fieldwork/draws/1/end", data=form)
    assert (unasked.status_code, "不能撤回" in unasked.get_data(as_text=True)) == (422, True)
    form["confirmed"] = "1"
    assert client.post(f"{base}/fieldwork/draws/1/end", data=form).status_code == 303
    page = client.get(f"{base}/fieldwork").get_data(as_text=True)
    assert "现场调查已于" in page and "生成调查任务" in page and "把勾选的村分派给" not in page
    form = {"csrf_token": csrf_of(client), "draw": 2, "instrument": field.instrument_id}
    assert client.post(f"{base}/fieldwork/assignments", data=form).status_code == 422
    assert client.post(f"{base}/fieldwork/assignments", data={**form, "confirmed": "1"}).status_code == 303
    assert "现场调查已于" not in client.get(f"{base}/fieldwork").get_data(as_text=True)
    unit = field.assignments[0]
    village = client.get(f"{base}/fieldwork/draws/1/village?village={unit.parent}").get_data(as_text=True)
    assert "本村由谁调查" not in village


def test_the_api_ends_the_fieldwork(client, field, make_person):
    base = f"/api/v1/evaluations/{field.evaluation.code}/fieldwork/draws/1/end"
    lead = make_person("lead", evaluation=field.evaluation)
    assert client.post(base, json={}, headers=lead.bearer).json["code"] == "fieldwork.unvisited"
    assert client.post(base, json={"reason": "停"}, headers=field.supervisor.bearer).status_code == 403
    assert client.post(base, json={"reason": "停"}, headers=lead.bearer).json["published_at"]
