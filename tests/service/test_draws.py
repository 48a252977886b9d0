"""Draws in the service: committed, drawn, published, and who may do it."""

import json
import pkgutil

import pytest
from sqlalchemy import select

from evalsvc.audit import AuditRow
from evalsvc.draws import drawing, operations, queries
from evalsvc.draws.checking import Wish
from evalsvc.draws.models import Draw
from evalsvc.draws.secrets import decrypt
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from evalsvc.frames.models import FrameFile
from sampling.chain import ChainReading, read_chain, write_chain
from sampling.commitment import hash_secret
from sampling.manifest import Manifest
from sampling.verify import verify_draw

KEY = "a test key that is at least thirty-two characters long"


def design_of(field, database, **change):
    """The design of the small fieldwork, as the next draw, with lines replaced."""
    with database.reading() as session:
        text = session.get_one(Draw, field.draw_id).design_text.replace("draw: 1", "draw: 2")
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture
def lead(field, make_person):
    return make_person("lead", evaluation=field.evaluation)


def commit(session, store, actor, field, text, **change):
    options = {"frame_id": field.frame_id, "design_text": text, "secret_key": KEY, **change}
    bound = operations.bind(session, store, actor, field.evaluation, **options)
    return operations.enter(session, actor, field.evaluation, bound, "试点")


def run(session, store, actor, field, number=2, public_value=None, key=KEY):
    options = {"number": number, "public_value": public_value, "secret_key": key}
    return drawing.keep(
        session, actor, field.evaluation, drawing.sample(session, store, actor, field.evaluation, **options)
    )


def complaints(database, store, lead, field, text):
    with pytest.raises(InvalidError) as caught, database.transaction() as session:
        commit(session, store, lead.actor, field, text)
    return {each.code for each in caught.value.complaints}


def test_a_draw_is_committed_logged_drawn_and_verifies(database, store, field, lead):
    with database.transaction() as session:
        made = queries.record(commit(session, store, lead.actor, field, design_of(field, database)))
    assert (made.number, made.state, made.manifest_sha256) == (2, "committed", None)
    committed = json.loads(store.get(made.commitment_sha256))
    with database.reading() as session:
        secret = decrypt(KEY, session.get_one(Draw, made.id).secret_encrypted)
        frame = store.path(session.get_one(FrameFile, field.frame_id).file_sha256)
    assert committed["committed"]["secret_sha256"] == hash_secret(secret)
    with database.transaction() as session:
        drawn = queries.record(run(session, store, lead.actor, field))
    manifest = Manifest.from_json(store.get(str(drawn.manifest_sha256)).decode())
    assert all(finding.ok for finding in verify_draw(manifest, frame))
    with database.reading() as session:
        lines = queries.log_lines(session)
        units = queries.last_stage_units(session, made.id)
    assert read_chain(write_chain(lines)) == ChainReading(tuple(lines), ())
    assert [(line.kind, line.subject) for line in lines[4:]] == [
        ("draw.commitment", "fujian-demo/2"),
        ("draw.manifest", "fujian-demo/2"),
    ]
    assert lines[5].sha256 == drawn.manifest_sha256
    assert {unit.unit_id for unit in units} == {unit.id for unit in manifest.stages[-1].units}
    assert all(unit.top.endswith("001") and unit.attributes["village"].startswith("第") for unit in units)
    assert sorted({unit.order for unit in units if unit.sample_type == "reserve"}) == [1, 2]
    with pytest.raises(ConflictError, match="already_drawn"), database.transaction() as session:
        run(session, store, lead.actor, field)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"draw: 2": "draw: 3"}, "draw.number"),
        ({"draw: 2": "draw: 1"}, "draw.number"),
        ({"fujian-demo": "another"}, "draw.other_evaluation"),
        ({"each: 2, by: []": "each: 9, by: []"}, "design.too_few_units_at_top"),
        ({"household_class]": "persons_class]"}, "design.unknown_column"),
        ({"each: 3, by: []": "each: 3, by: [{when: {household_class: 低保户}, take: 2}]"}, "design.unknown_value"),
        ({"stages:": "stage:"}, "document.missing_key_at_top"),
        ({"{source: null, round: null, form: null}": "{source: 大乐透, round: null, form: null}"}, None),
    ],
)
def test_a_design_that_cannot_be_is_refused_with_every_reason(database, store, field, lead, change, code):
    found = complaints(database, store, lead, field, design_of(field, database, **change))
    assert found if code is None else code in found
    with database.reading() as session:
        assert len(queries.draws_of(session, field.evaluation.id)) == 1
        assert len(queries.log_lines(session)) == 4


def test_no_interval_is_refused_and_a_lone_unit_shown(database, store, field, lead, client, sign_in):
    text = design_of(field, database)
    exact = text.replace("{count: household}", "{count: household}, joint_method: exact")
    exact = exact.replace("pps_systematic", "sampford")
    assert complaints(database, store, lead, field, exact) == {"design.variance_not_computed"}
    with database.transaction() as session:
        commit(session, store, lead.actor, field, text.replace("each: 2, by: []", "each: 1, by: []"))
    sign_in(client, lead)
    assert "只抽 1 个单位" in client.get("/evaluations/fujian-demo/draws/2").get_data(as_text=True)
    assert "只抽 1 个单位" not in client.get("/evaluations/fujian-demo/draws/1").get_data(as_text=True)


def test_a_public_value_is_asked_for_exactly_when_the_design_names_one(database, store, field, lead):
    public = {"{source: null, round: null, form: null}": "{source: 大乐透, round: '26001', form: 五个号码}"}
    with database.transaction() as session:
        commit(session, store, lead.actor, field, design_of(field, database, **public))
    with pytest.raises(InvalidError) as caught, database.transaction() as session:
        run(session, store, lead.actor, field)
    assert [each.code for each in caught.value.complaints] == ["draw.public_value"]
    with pytest.raises(ConflictError, match="secret_unreadable"), database.transaction() as session:
        run(session, store, lead.actor, field, public_value="01 02", key="x" * 40)
    with database.transaction() as session:
        assert run(session, store, lead.actor, field, public_value="01 02 03 04 05").state == "drawn"


def test_roles_decide_who_draws_and_who_publishes(database, store, field, lead, make_person):
    supervisor = field.supervisor.actor
    designer = make_person("designer", evaluation=field.evaluation).actor
    with pytest.raises(ForbiddenError), database.transaction() as session:
        commit(session, store, supervisor, field, design_of(field, database))
    with pytest.raises(ForbiddenError), database.transaction() as session:
        operations.publish(session, designer, field.evaluation, 1)
    with pytest.raises(NotFoundError), database.transaction() as session:
        operations.publish(session, lead.actor, field.evaluation, 7)
    with database.transaction() as session:
        operations.publish(session, lead.actor, field.evaluation, 1)
    with pytest.raises(ConflictError, match="already_published"), database.transaction() as session:
        operations.publish(session, lead.actor, field.evaluation, 1)


def test_nothing_secret_is_public_before_publication(client, database, store, field, lead, sign_in, csrf_of):
    base = f"/commitments/{field.evaluation.code}/1"
    commitment = client.get(f"{base}/commitment.json")
    assert commitment.status_code == 200
    assert client.get(f"{base}/draw-manifest.json").status_code == 404
    reading = read_chain(client.get("/commitments.jsonl").get_data(as_text=True))
    assert (len(reading.entries), reading.complaints) == (4, ())
    assert "尚未公开" in client.get("/commitments").get_data(as_text=True)
    with database.reading() as session:
        secret = decrypt(KEY, session.get_one(Draw, field.draw_id).secret_encrypted)
    sign_in(client, lead)
    page = f"/evaluations/{field.evaluation.code}/draws/1"
    reserves = [row.unit_id for row in field.assignments if row.sample_type == "reserve"]
    shown = client.get(page).get_data(as_text=True)
    units = client.post(f"{page}/units", data={"csrf_token": csrf_of(client)}).get_data(as_text=True)
    for text in (shown, units, commitment.get_data(as_text=True)):
        assert secret not in text
        assert not any(unit in text for unit in reserves)
    assert "第1县第" in units
    with database.reading() as session:
        opened = session.scalars(select(AuditRow).where(AuditRow.action == "draw.open")).one()
    assert (opened.actor, opened.subject) == (lead.id, field.draw_id)
    form = {"reason": "现场因台风停止", "csrf_token": csrf_of(client), "confirmed": "1"}
    assert client.post("/evaluations/fujian-demo/fieldwork/draws/1/end", data=form).status_code == 303
    outsider = client.application.test_client()
    manifest = outsider.get(f"{base}/draw-manifest.json")
    assert (manifest.status_code, manifest.json["secret"]) == (200, secret)


def test_outsiders_learn_no_evaluation_from_what_is_missing(client, field, make_evaluation):
    make_evaluation("not-drawn-yet")
    for file in ("commitment.json", "draw-manifest.json"):
        told = set()
        for code in ("not-drawn-yet", "nowhere", "fujian-demo"):
            answer = client.get(f"/commitments/{code}/9/{file}")
            assert answer.status_code == 404
            told.add(answer.get_data(as_text=True).replace(code, ""))
        assert len(told) == 1


def test_pages_commit_and_run(client, database, field, lead, sign_in, csrf_of):
    sign_in(client, lead)
    base = f"/evaluations/{field.evaluation.code}/draws"
    assert "两县试点方案" in client.get(base).get_data(as_text=True)
    form = {"frame": field.frame_id, "purpose": "复查", "csrf_token": csrf_of(client)}
    bad = client.post(
        base, data={**form, "design": design_of(field, database, **{"each: 2, by: []": "each: 9, by: []"})}
    )
    assert bad.status_code == 422
    assert "9" in bad.get_data(as_text=True)
    exclusion = {
        "stages:\n": "exclude: [{level: village, column: village_kind, values: [其他村], reason: 试}]\nstages:\n"
    }
    assert client.post(base, data={**form, "design": design_of(field, database, **exclusion)}).status_code == 422
    wish = Wish(field.frame_id, "", design_of(field, database))
    made = client.post(base, data={**form, "confirmed": "1", "shown": wish.digest, "design": wish.text})
    assert made.status_code == 303
    wish = {"csrf_token": csrf_of(client), "confirmed": "1"}
    assert client.post(f"{base}/2/run", data={**wish, "confirmed": ""}).status_code == 422
    assert client.post(f"{base}/2/run", data=wish).status_code == 303
    page = client.get(f"{base}/2").get_data(as_text=True)
    assert "复查" in page and "各层抽取结果：户" in page
    assert client.post(f"{base}/2/run", data=wish).status_code == 409


@pytest.mark.parametrize(
    ("path", "patched"), [("", "evalsvc.draws.operations.commitment_of"), ("/1/run", "evalsvc.draws.drawing.run_draw")]
)
def test_others_write_while_a_draw_is_computed(client, database, field, lead, monkeypatch, others_write, path, patched):
    base, written = f"/api/v1/evaluations/{field.evaluation.code}/draws", []
    wish = {"frame_id": field.frame_id, "design": design_of(field, database)}
    if path:
        assert client.post(base, json=wish, headers=lead.bearer).status_code == 201
        path, wish = "/2/run", {}
    compute = pkgutil.resolve_name(patched)

    def watched(*given, **named):
        written.append(others_write())
        return compute(*given, **named)

    monkeypatch.setattr(patched, watched)
    assert client.post(base + path, json=wish, headers=lead.bearer).status_code < 300
    assert written == [True]


def test_the_api_lists_commits_and_runs(client, database, field, lead, make_person):
    base = f"/api/v1/evaluations/{field.evaluation.code}/draws"
    wish = {"frame_id": field.frame_id, "design": design_of(field, database)}
    made = client.post(base, json=wish, headers=lead.bearer)
    assert (made.status_code, made.json["number"], "secret" in made.get_data(as_text=True)) == (201, 2, False)
    assert client.post(f"{base}/2/run", json={}, headers=lead.bearer).json["state"] == "drawn"
    assert [each["number"] for each in client.get(base, headers=lead.bearer).json] == [1, 2]
    enumerator = field.enumerators[0]
    assert client.get(base, headers=enumerator.bearer).status_code == 403
