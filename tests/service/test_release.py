"""Unannounced visits: before its release nobody sees a draw's units but who opened them early; reserves never leave."""

from datetime import timedelta

import flask
import pytest
from sqlalchemy import select
from werkzeug.routing import BuildError

from evalsvc import access
from evalsvc.audit import AuditRow
from evalsvc.db import now
from evalsvc.draws import operations, release
from evalsvc.draws.models import Draw, EarlyOpening
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from evalsvc.fieldwork import operations as fieldwork
from evalsvc.fieldwork.beginning import begin
from evalsvc.fieldwork.queries import areas, tasks
from evalsvc.incoming import local_moment
from evalsvc.interviews.intake.taking import take_in
from evalsvc.service import Service
from tests.service.field_steps import end, set_outcome

HOME = "/evaluations/fujian-demo"
TOLD = ("unit_id", "parent")


@pytest.fixture
def closed(database, field):
    """The small fieldwork, whose draw opens in an hour."""
    set_release(database, field, now() + timedelta(hours=1))
    return field


def set_release(database, field, moment):
    with database.transaction() as session:
        session.get_one(Draw, field.draw_id).release_at = moment


@pytest.fixture
def lead(field, make_person):
    return make_person("lead", evaluation=field.evaluation)


def answers_to(app, client, person):
    """Yield what every route without further knowledge answers to a person: pages, the API, the device's."""
    values = {
        "evaluation": "fujian-demo",
        "code": "fujian-demo",
        "number": 1,
        "token": person.device_token,
        "ending": "csv",
    }
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
                continue
            try:
                address = flask.url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
            except (KeyError, BuildError):
                continue
            yield rule.endpoint, address


def told(app, client, person, wanted):
    """Name the routes whose answers hold one of the texts."""
    found, asked = {}, set()
    for endpoint, address in list(answers_to(app, client, person)):
        kind = access._route_rule(app, endpoint, "GET").kind
        headers = person.bearer if kind == access.API else {"X-OpenRosa-Version": "1.0"}
        answer = client.get(address, headers=headers, buffered=True)
        asked.add((endpoint, answer.status_code))
        text = answer.get_data().decode("utf-8", "replace")
        if hits := [each for each in wanted if each in text]:
            found[endpoint] = hits[:3]
    return found, asked


def test_before_release_no_route_tells_an_enumerator_or_a_supervisor_a_unit(app, client, closed, sign_in):
    units = sorted({each for row in closed.assignments for each in (row.unit_id, row.parent)})
    for person in (closed.enumerators[0], closed.supervisor):
        browser = app.test_client()
        sign_in(browser, person)
        found, asked = told(app, browser, person, units)
        assert found == {}
        if person is closed.supervisor:
            assert {("fieldwork.progress", 200), ("fieldwork.export", 200)} <= asked
            village = f"{HOME}/fieldwork/draws/1/village?village={closed.assignments[0].parent}"
            assert browser.get(village).status_code == 403
            assert "才开放" in browser.get(f"{HOME}/fieldwork").get_data(as_text=True)
        else:
            assert {("fieldwork.own_tasks", 200), ("phones.assignments", 200)} <= asked


def test_after_release_they_see_their_own_and_never_a_closed_reserve(app, closed, database, sign_in):
    set_release(database, closed, now() - timedelta(seconds=1))
    enumerator = closed.enumerators[0]
    browser = app.test_client()
    sign_in(browser, enumerator)
    own = [row.unit_id for row in closed.opened(enumerator)]
    found, _ = told(app, browser, enumerator, own)
    assert set(found) == {"fieldwork.own_tasks", "phones.assignments"}
    reserves = [row.unit_id for row in closed.assignments if row.opened_at is None]
    others = [row.unit_id for row in closed.opened(closed.enumerators[1])]
    assert len(reserves) == 16
    assert told(app, browser, enumerator, reserves + others)[0] == {}
    staff = app.test_client()
    sign_in(staff, closed.supervisor)
    assert told(app, staff, closed.supervisor, reserves)[0] == {}


def test_staff_see_a_reserve_when_it_is_opened_and_the_trail_says_by_whom_when_and_why(
    app, database, field, lead, sign_in
):
    unit = next(row for row in field.assignments if row.opened_at)
    set_outcome(database, unit, "refused")
    with database.transaction() as session:
        supervisor, evaluation = field.supervisor.actor, field.evaluation.id
        opened = fieldwork.open_reserve(session, supervisor, evaluation, unit.unit_id, "refused").unit_id
    reserves = [row.unit_id for row in field.assignments if row.sample_type == "reserve"]
    for person in (field.supervisor, lead):
        browser = app.test_client()
        sign_in(browser, person)
        pages = [browser.get(f"{HOME}/fieldwork/draws/1/village?village={row.parent}") for row in field.assignments]
        pages += [browser.get(f"{HOME}/fieldwork/draws/1/lists"), browser.get(f"{HOME}/fieldwork/tasks.csv")]
        assert {page.status_code for page in pages} == {200}
        shown = {each for each in reserves for page in pages if each in page.get_data(as_text=True)}
        assert shown == {opened}
    with database.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "fieldwork.open_reserve")).one()
    assert (row.actor, row.details["reason"], row.details["replaces"]) == (
        supervisor.identifier,
        "refused",
        unit.unit_id,
    )
    assert abs(now() - row.at) < timedelta(minutes=5)


def test_before_release_a_submission_finds_no_household(app, database, store, config, closed):
    enumerator = closed.enumerators[0]
    service = Service(config, database, store)
    unit = closed.opened(enumerator)[0]
    sent = closed.submission(unit)
    with pytest.raises(NotFoundError) as refused:
        take_in(service, enumerator.actor, closed.evaluation.id, sent, ())
    assert refused.value.code == "interview.unknown_assignment"
    set_release(database, closed, None)
    assert take_in(service, enumerator.actor, closed.evaluation.id, sent, ()).is_new


def test_only_the_lead_and_designers_open_early_each_with_a_reason(
    app, client, database, closed, lead, sign_in, csrf_of
):
    sign_in(client, lead)
    form = {"csrf_token": csrf_of(client)}
    page = client.get(f"{HOME}/draws/1").get_data(as_text=True)
    assert "名单尚未开放" in page and "提前查看的理由" in page
    assert client.post(f"{HOME}/draws/1/units", data=form).status_code == 422
    shown = client.post(f"{HOME}/draws/1/units", data={**form, "reason": "安排车辆"})
    assert closed.assignments[0].parent in shown.get_data(as_text=True)
    assert closed.assignments[0].parent in client.get(f"{HOME}/fieldwork").get_data(as_text=True)
    with database.reading() as session:
        rows = list(session.scalars(select(AuditRow).where(AuditRow.action == "draw.open_early")))
        assert [(row.details["reason"], row.actor) for row in rows] == [("安排车辆", lead.id)]
        assert len(list(session.scalars(select(EarlyOpening)))) == 1
        assert tasks(session, closed.evaluation.id) == areas(session, closed.evaluation.id) == []
    for person in (closed.supervisor, closed.enumerators[0]):
        with pytest.raises(ForbiddenError, match="not_released"), database.transaction() as session:
            release.open_early(session, person.actor, closed.evaluation, 1, "想看")
    opened = client.post(
        "/api/v1/evaluations/fujian-demo/draws/1/early-opening", json={"reason": "再看"}, headers=lead.bearer
    )
    assert (opened.status_code, opened.get_json()["number"]) == (200, 1)


def test_before_release_nothing_is_given_out_opened_or_published(database, closed, lead):
    villages = [closed.assignments[0].parent]
    with pytest.raises(ForbiddenError, match="not_released"), database.transaction() as session:
        fieldwork.assign_enumerator(session, closed.supervisor.actor, closed.evaluation.id, villages, None)
    with pytest.raises(ForbiddenError, match="not_released"), database.transaction() as session:
        unit = closed.assignments[0].unit_id
        fieldwork.open_reserve(session, closed.supervisor.actor, closed.evaluation.id, unit, "refused")
    with pytest.raises(ConflictError, match="published_before_release"), database.transaction() as session:
        operations.publish(session, lead.actor, closed.evaluation, 1)


def test_a_release_time_is_set_until_it_has_come(app, client, database, field, lead, closed, sign_in, csrf_of):
    sign_in(client, lead)
    form = {"csrf_token": csrf_of(client), "release_at": "2099-03-01T18:00"}
    assert client.post(f"{HOME}/draws/1/release", data=form).status_code == 303
    page = client.get(f"{HOME}/draws/1").get_data(as_text=True)
    assert 'value="2099-03-01T18:00"' in page and "2099-03-01 18:00" in page
    assert client.post(f"{HOME}/draws/1/release", data={**form, "release_at": "明天"}).status_code == 422
    address = "/api/v1/evaluations/fujian-demo/draws/1/release"
    sent = client.put(address, json={"release_at": "2098-01-01T00:00:00+00:00"}, headers=lead.bearer)
    with database.reading() as session:
        at = session.get_one(Draw, field.draw_id).release_at
    assert (sent.status_code, at.year) == (200, 2098)
    with pytest.raises(ForbiddenError), database.transaction() as session:
        release.set_release(session, field.supervisor.actor, field.evaluation, 1, None)
    with database.transaction() as session:
        release.set_release(session, lead.actor, field.evaluation, 1, None)
    with pytest.raises(ConflictError, match="already_released"), database.transaction() as session:
        release.set_release(session, lead.actor, field.evaluation, 1, now() + timedelta(hours=1))


def test_times_of_forms_are_beijing_time():
    assert local_moment("2026-03-01T18:00").isoformat() == "2026-03-01T10:00:00+00:00"
    assert local_moment(" ") is None
    for wrong in ("x", "0001-01-01T00:00", "2026-13-01T00:00"):
        with pytest.raises(InvalidError):
            local_moment(wrong)


def test_a_closed_draw_goes_to_the_field_only_by_who_opened_it(database, config, store, field, second_draw, lead):
    end(database, field, lead.actor, "第二次抽取接替")
    with database.transaction() as session:
        session.get_one(Draw, second_draw).release_at = now() + timedelta(hours=1)
    service, wish = Service(config, database, store), {"number": 2, "instrument_id": field.instrument_id}
    for actor in (field.supervisor.actor, lead.actor):
        with pytest.raises(ForbiddenError, match="not_released"):
            begin(service, actor, field.evaluation, **wish)
    with database.transaction() as session:
        release.open_early(session, lead.actor, field.evaluation, 2, "提前给手机下发")
    assert begin(service, lead.actor, field.evaluation, **wish) > 0
    with database.reading() as session:
        assert tasks(session, field.evaluation.id, to_visit=True) == []


def test_a_draw_may_be_committed_with_its_release_time(client, database, field, lead, sign_in, csrf_of):
    with database.reading() as session:
        text = session.get_one(Draw, field.draw_id).design_text
    sign_in(client, lead)
    form = {"csrf_token": csrf_of(client), "frame": field.frame_id, "design": text.replace("draw: 1", "draw: 2")}
    checked = client.post(f"{HOME}/draws", data=form).get_data(as_text=True)
    assert 'name="release_at"' in checked
    sent = {**form, "confirmed": "1", "shown": checked.split('name="shown" value="')[1].split('"')[0]}
    assert client.post(f"{HOME}/draws", data={**sent, "release_at": "明天"}).status_code == 422
    assert client.post(f"{HOME}/draws", data={**sent, "release_at": "2099-03-01T18:00"}).status_code == 303
    wish = {"frame_id": field.frame_id, "design": text.replace("draw: 1", "draw: 3")}
    wish["release_at"] = "2099-03-01T10:00:00+00:00"
    made = client.post("/api/v1/evaluations/fujian-demo/draws", json=wish, headers=lead.bearer)
    assert (made.status_code, made.json["release_at"]) == (201, wish["release_at"])
    with database.reading() as session:
        draws = session.scalars(select(Draw).where(Draw.number > 1)).all()
        commits = select(AuditRow).where(AuditRow.action == "draw.commit").order_by(AuditRow.sequence)
        entries = session.scalars(commits).all()
    assert [each.release_at.isoformat() for each in draws] == [wish["release_at"]] * 2
    assert [each.details.get("release_at") for each in entries] == [None, *["2099-03-01T10:00:00Z"] * 2]
