"""Results of an evaluation in which one draw was visited after another: whoever wishes for them says of which."""

import pytest
from sqlalchemy import select

from evalsvc.fieldwork import course, operations
from evalsvc.fieldwork.preparing import prepare
from evalsvc.jobs import Job
from evalsvc.results import jobs as computing
from evalsvc.service import Service
from evalsvc.worker import Worker


@pytest.fixture
def two_visited(database, store, field, second_draw, actor):
    """The first draw's fieldwork was broken off, the second's is open."""
    with database.transaction() as session:
        course.end(session, actor, field.evaluation, 1, "改为复查")
        operations.assign_from_draw(session, store, actor, prepare(session, store, second_draw), field.instrument_id)
    return field


def wishes(database):
    with database.reading() as session:
        return [job.arguments for job in session.scalars(select(Job).order_by(Job.made_at))]


def test_the_page_asks_for_the_draw(client, database, two_visited, make_person, sign_in, csrf_of):
    sign_in(client, make_person("lead", evaluation=two_visited.evaluation))
    address = f"/evaluations/{two_visited.evaluation.code}/results"
    assert '<option value="2">2 · 复查</option>' in client.get(address).get_data(as_text=True)
    form = {"csrf_token": csrf_of(client)}
    assert client.post(address, data={**form, "draw": "2"}).status_code == 303
    assert wishes(database) == [{"draw": 2}]
    unsaid = client.post(address, data=form)
    assert (unsaid.status_code, "请指明用哪一次计算" in unsaid.get_data(as_text=True)) == (409, True)


def test_the_api_takes_the_draw(client, database, two_visited, make_person):
    address = f"/api/v1/evaluations/{two_visited.evaluation.code}/results"
    lead = make_person("lead", evaluation=two_visited.evaluation).bearer
    assert client.post(address, json={"draw": 1}, headers=lead).status_code == 202
    assert client.post(address, headers=lead).json["code"] == "results.several_draws"
    assert client.post(address, json={"draw": 3}, headers=lead).json["code"] == "results.no_fieldwork"
    assert wishes(database) == [{"draw": 1}]


def test_the_job_computes_the_draw_that_was_wished_for(client, config, database, store, two_visited, make_person):
    address = f"/api/v1/evaluations/{two_visited.evaluation.code}/results"
    lead = make_person("lead", evaluation=two_visited.evaluation).bearer
    client.post(address, json={"draw": 2}, headers=lead)
    Worker(Service(config, database, store), [computing.KIND]).run_due()
    with database.reading() as session:
        assert session.scalars(select(Job)).one().failure_code == "results.refused", "its households wait for a visit"


def test_one_draw_need_not_be_named(client, database, field, make_person):
    address = f"/api/v1/evaluations/{field.evaluation.code}/results"
    assert client.post(address, headers=make_person("lead", evaluation=field.evaluation).bearer).status_code == 202
    assert wishes(database) == [{"draw": 1}]
