"""Evaluations: made and read by the API and on pages, and described."""

import pytest
from sqlalchemy import select

from evalsvc import audit
from evalsvc.db import Database
from evalsvc.errors import NotFoundError
from evalsvc.evaluations.models import Evaluation
from evalsvc.evaluations.queries import evaluation_by_code, evaluation_by_id


def test_evaluations_are_made_and_read_by_the_api(client, database: Database, make_person, make_evaluation) -> None:
    lead = make_person("lead")
    given = {"code": "demo-1", "name": "甲", "client": "乙", "institute": "丙", "pack": "shifan-jiading-2026-1"}
    made = client.post("/api/v1/evaluations/", json=given, headers=lead.bearer)
    assert (made.status_code, made.json["code"]) == (201, "demo-1")
    again = client.post("/api/v1/evaluations/", json=given, headers=lead.bearer)
    assert (again.status_code, again.json["code"]) == (409, "evaluation.code_taken")
    other = make_evaluation("other")
    partial = make_person("auditor", evaluation=other)
    assert [each["code"] for each in client.get("/api/v1/evaluations/", headers=partial.bearer).json] == ["other"]
    assert client.get("/api/v1/evaluations/demo-1", headers=partial.bearer).status_code == 404
    assert client.get("/api/v1/evaluations/other", headers=partial.bearer).json["name"] == other.name
    with database.reading() as session:
        subject = session.scalars(select(Evaluation.id).where(Evaluation.code == "demo-1")).one()
        actions = session.scalars(select(audit.AuditRow.action).where(audit.AuditRow.subject == subject)).all()
    assert actions == ["evaluation.create"]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"pack": "none"}, "evaluation.pack_unknown"), ({"code": "A b"}, "http.422"), ({"name": ""}, "http.422")],
)
def test_an_evaluation_that_cannot_be_is_refused(client, make_person, change: dict[str, str], code: str) -> None:
    given = {"code": "demo-1", "name": "甲", "client": "乙", "institute": "丙", "pack": "shifan-jiading-2026-1"}
    answer = client.post("/api/v1/evaluations/", json={**given, **change}, headers=make_person("lead").bearer)
    assert answer.json["code"] == code
    assert answer.json["message"] != code


def test_names_are_kept_without_the_spaces_around_them(client, make_person) -> None:
    given = {"code": "demo-1", "name": " 甲 ", "client": "乙\n", "institute": "　丙", "pack": "shifan-jiading-2026-1"}
    lead = make_person("lead").bearer
    made = client.post("/api/v1/evaluations/", json=given, headers=lead).json
    assert [made[name] for name in ("name", "client", "institute")] == ["甲", "乙", "丙"]
    blank = client.post("/api/v1/evaluations/", json={**given, "code": "demo-2", "name": "  "}, headers=lead)
    assert blank.json["code"] == "evaluation.text_form"


def test_an_unknown_evaluation_is_not_found(database: Database) -> None:
    with database.reading() as session:
        for read in (evaluation_by_code, evaluation_by_id):
            with pytest.raises(NotFoundError):
                read(session, "nowhere")


def test_the_description_of_the_api_is_a_page_and_a_document(client) -> None:
    assert "/api/v1/evaluations/" in client.get("/api/v1/openapi.json").json["paths"]
    shown = client.get("/api").text
    assert "POST" in shown
    assert "rule pack" in shown


def test_evaluations_are_opened_on_a_page(client, make_person, make_evaluation, sign_in, csrf_of) -> None:
    given = {"code": "demo-2", "name": "甲项目", "client": "乙", "institute": "丙", "pack": "shifan-jiading-2026-1"}
    sign_in(client, make_person("expert"))
    assert "demo-2" not in client.get("/").text
    assert client.post("/evaluations", data={**given, "csrf_token": csrf_of(client)}).status_code == 403
    sign_in(client, make_person("designer"))
    form = {**given, "simulated": "1", "csrf_token": csrf_of(client)}
    assert client.post("/evaluations", data=form).status_code == 303
    shown = client.get("/").text
    assert "甲项目" in shown
    assert "模拟数据" in shown
    assert client.post("/evaluations", data=form).status_code == 409
    assert client.post("/evaluations", data={**form, "code": "x-3", "client": " "}).status_code == 422
