"""Teams and their lists in the service: villages given to teams, lists as page, tables and PDF, without reserves."""

import csv
import io
import zipfile

import pypdfium2
import pytest
from sqlalchemy import select

from evalsvc.audit import AuditRow
from evalsvc.draws.queries import draw_by_number
from evalsvc.errors import ForbiddenError, InvalidError, NotFoundError
from evalsvc.fieldwork import lists, operations, queries
from tests.service.field_steps import set_outcome

LISTS = "/evaluations/fujian-demo/fieldwork/draws/1/lists"


def give(database, field, villages, team, actor=None):
    with database.transaction() as session:
        return operations.assign_team(session, actor or field.supervisor.actor, field.evaluation.id, villages, team)


@pytest.fixture
def villages(field):
    return sorted({row.parent for row in field.assignments})


def rows_of(client, team=None):
    answer = client.get(f"{LISTS}.csv", query_string={} if team is None else {"team": team})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_villages_go_to_teams_and_each_team_has_its_list(client, database, field, villages, sign_in, csrf_of):
    sign_in(client, field.supervisor)
    form = {"csrf_token": csrf_of(client), "village": villages[:2], "team": " 第一  组 ", "wanted": "team"}
    given = client.post("/evaluations/fujian-demo/fieldwork/draws/1/enumerator", data=form)
    assert given.status_code == 303
    sent = client.post(
        "/api/v1/evaluations/fujian-demo/fieldwork/teams",
        json={"villages": villages[2:3], "team": "第二组"},
        headers=field.supervisor.bearer,
    )
    assert sent.get_json() == {"villages": 1}
    page = client.get("/evaluations/fujian-demo/fieldwork").get_data(as_text=True)
    assert "第一 组" in page and "没有分组的村" in page
    opened = [row.unit_id for row in field.assignments if row.opened_at]
    assert sorted(row["户编号"] for row in rows_of(client)) == sorted(opened)
    assert {row["村编号"] for row in rows_of(client, "第一 组")} == set(villages[:2])
    assert {row["组"] for row in rows_of(client, "")} == {""}
    assert {row["村编号"] for row in rows_of(client, "")} == {villages[3]}
    assert client.get(f"{LISTS}.csv?team=第九组").status_code == 422
    give(database, field, villages, "")
    with database.reading() as session:
        assert lists.teams_of(session, field.draw_id) == [""]


def test_an_opened_reserve_stands_at_the_end_and_closed_ones_nowhere(client, database, field, sign_in):
    unit = next(row for row in field.assignments if row.opened_at)
    set_outcome(database, unit, "refused")
    with database.transaction() as session:
        opened = operations.open_reserve(
            session, field.supervisor.actor, field.evaluation.id, unit.unit_id, "refused"
        ).unit_id
    sign_in(client, field.supervisor)
    own = [row for row in rows_of(client) if row["村编号"] == unit.parent]
    assert (own[-1]["户编号"], own[-1]["说明"], own[-1]["访问次序"]) == (opened, f"替补 {unit.unit_id}", "7")
    closed = [row.unit_id for row in field.assignments if not row.opened_at and row.unit_id != opened]
    page = client.get(LISTS).get_data(as_text=True)
    pdf = pypdfium2.PdfDocument(client.get(f"{LISTS}.pdf").get_data())
    printed = "".join(each.get_textpage().get_text_bounded() for each in pdf)
    xlsx = client.get(f"{LISTS}.xlsx")
    assert xlsx.content_type.endswith("spreadsheetml.sheet")
    for text in (page, printed):
        assert opened in text
        assert not [each for each in closed if each in text]
    style = client.get("/visits.css")
    assert (style.status_code, "@page" in style.get_data(as_text=True)) == (200, True)
    assert "<style" not in page


def test_who_gives_and_what_a_name_may_be(client, database, store, field, villages, sign_in, make_person, monkeypatch):
    lead = make_person("lead", evaluation=field.evaluation)
    with pytest.raises(ForbiddenError):
        give(database, field, villages, "一组", lead.actor)
    for wrong in ("组" * 41, "一\u200b组"):
        with pytest.raises(InvalidError, match="team_name"):
            give(database, field, villages, wrong)
    with pytest.raises(NotFoundError):
        give(database, field, ["999"], "一组")
    with pytest.raises(InvalidError, match="no_village"):
        give(database, field, [], "一组")
    give(database, field, villages[:1], "一组")
    with database.reading() as session:
        rows = [row for county in queries.progress(session, field.draw_id).counties for row in county.villages]
        assert {row.unit_id: row.team for row in rows}[villages[0]] == "一组"
        draw = draw_by_number(session, field.evaluation.id, 1)
        with pytest.raises(InvalidError, match="empty_list"):
            lists.lists_of(session, store, field.evaluation, draw, "二组")
    sign_in(client, field.enumerators[0])
    assert client.get(LISTS).status_code == client.get(f"{LISTS}.csv").status_code == 403
    monkeypatch.setattr(lists, "MOST_VILLAGES", 2)
    sign_in(client, lead)
    assert client.get(f"{LISTS}.pdf").status_code == 422
    assert client.get(f"{LISTS}.pdf?team=一组").status_code == 200


def test_the_r_script_holds_open_households_and_is_written_down(client, database, field, sign_in, csrf_of, make_person):
    unit = next(row for row in field.assignments if row.opened_at)
    set_outcome(database, unit, "refused")
    with database.transaction() as session:
        actor, evaluation = field.supervisor.actor, field.evaluation.id
        opened = operations.open_reserve(session, actor, evaluation, unit.unit_id, "refused").unit_id
    lead = make_person("lead", evaluation=field.evaluation)
    sign_in(client, lead)
    sent = client.post("/evaluations/fujian-demo/draws/1/r-script", data={"csrf_token": csrf_of(client)})
    assert (sent.status_code, sent.content_type) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(sent.get_data())) as archive:
        assert archive.namelist() == ["sample.csv", "design.R"]
        rows = list(csv.DictReader(io.StringIO(archive.read("sample.csv").decode())))
        assert b"svydesign(" in archive.read("design.R")
    mains = {row.unit_id for row in field.assignments if row.opened_at}
    assert {row["household_id"] for row in rows} == mains | {opened}
    own = [row for row in rows if (row["village_code"], row["stratum_2"]) == (unit.parent, unit.stratum)]
    assert {row["probability_2"] for row in own} == {repr(4 / 6)}
    with database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "draw.open")).one()
        assert (row.actor, row.details["shown"]) == (lead.id, "r-script")
    sign_in(client, field.supervisor)
    assert (
        client.post("/evaluations/fujian-demo/draws/1/r-script", data={"csrf_token": csrf_of(client)}).status_code
        == 403
    )
