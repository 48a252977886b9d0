"""A draw is given out with one form, or with a form for each household class."""

import json

import pytest
from sqlalchemy import select

from evalsvc.draws import log
from evalsvc.draws.models import CommitmentEntry
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.fieldwork import course, queries
from evalsvc.fieldwork.beginning import begin
from evalsvc.instruments import operations as instruments
from evalsvc.people.actor import SYSTEM
from evalsvc.service import Service

FORM = """
| settings |
| | form_title | form_id | version |
| | 一般农户问卷 | ordinary | 1 |
| survey |
| | type | name | label |
| | text | unit_id | 户编号 |
| | select_one outcome | disposition | 结果 |
| choices |
| | list_name | name | label |
| | outcome | non_contact | 未访到 |
| | outcome | completed | 完成 |
"""
ORDINARY = "一般农户"


@pytest.fixture
def publish(database, store, field):
    def published(text):
        form = instruments.keep_form(store, text.encode(), "form.md")
        with database.transaction() as session:
            return instruments.publish(session, SYSTEM, field.evaluation.id, form).id

    return published


@pytest.fixture
def waiting(database, field, second_draw, make_person):
    """The second draw, ready for the field."""
    lead = make_person("lead", evaluation=field.evaluation).actor
    with database.transaction() as session:
        course.end(session, lead, field.evaluation, 1, "试点结束")
    return second_draw


def test_each_class_gets_its_form_and_the_log_names_them(database, store, config, field, waiting, publish):
    ordinary = publish(FORM)
    service = Service(config, database, store)
    begin(
        service, SYSTEM, field.evaluation,
        number=2, instrument_id=field.instrument_id, by_class={ORDINARY: ordinary},
    )  # fmt: skip
    with database.reading() as session:
        rows = queries.assignments_of_draw(session, waiting)
        given = queries.forms_of_draw(session, waiting)
        line = session.scalars(
            select(CommitmentEntry).where(CommitmentEntry.kind == log.PLAN).order_by(CommitmentEntry.sequence.desc())
        ).first()
    assert {(row.stratum, row.instrument_id) for row in rows} == {
        (ORDINARY, ordinary), ("脱贫户", field.instrument_id),
    }  # fmt: skip
    assert {each.instrument.id: each.classes for each in given} == {
        ordinary: (ORDINARY,), field.instrument_id: ("脱贫户",),
    }  # fmt: skip
    forms = json.loads(store.get(line.sha256))["forms"]
    assert [(each["form_id"], each["classes"]) for each in forms] == [
        ("household", ["脱贫户"]),
        ("ordinary", [ORDINARY]),
    ]


@pytest.mark.parametrize(
    ("form", "household_class", "error"),
    [
        (FORM, "特困户", (InvalidError, "fieldwork.unknown_class")),
        (FORM.replace("completed", "refused"), ORDINARY, (ConflictError, "fieldwork.form_without_interviews")),
    ],
)
def test_a_class_that_nobody_has_and_a_form_without_interviews_are_refused(
    database, store, config, field, waiting, publish, form, household_class, error
):
    service, family = Service(config, database, store), error[0]
    with pytest.raises(family) as caught:
        begin(
            service, SYSTEM, field.evaluation,
            number=2, instrument_id=field.instrument_id, by_class={household_class: publish(form)},
        )  # fmt: skip
    assert caught.value.code == error[1]
    with database.reading() as session:
        assert queries.forms_of_draw(session, waiting) == ()


def test_page_and_api_take_a_form_for_each_class(client, field, waiting, publish, make_person, sign_in, csrf_of):
    ordinary = publish(FORM)
    lead = make_person("lead", evaluation=field.evaluation)
    sign_in(client, lead)
    base = f"/evaluations/{field.evaluation.code}/fieldwork"
    page = client.get(base).get_data(as_text=True)
    assert "某类户用另一份问卷" in page and page.count('name="class_instrument"') == 2
    wrong = {"draw": 2, "instrument_id": field.instrument_id, "by_class": {"无": ordinary}}
    answer = client.post(f"/api/v1{base}/assignments", json=wrong, headers=lead.bearer)
    assert (answer.status_code, answer.json["code"]) == (422, "fieldwork.unknown_class")
    form = {"draw": "2", "instrument": field.instrument_id, "csrf_token": csrf_of(client), "confirmed": "1"}
    classes = {"household_class": [ORDINARY, "脱贫户"], "class_instrument": [ordinary, ""]}
    assert client.post(f"{base}/assignments", data={**form, **classes}).status_code == 303
    page = client.get(f"{base}?draw=2").get_data(as_text=True)
    assert "一般农户—一般农户问卷 1" in page and "脱贫户—入户问卷" in page
