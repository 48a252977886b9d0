"""Intake: every submission is kept once, byte for byte, or refused with a sentence and no trace of its contents."""

import io
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from evalsvc import audit
from evalsvc.audit import AuditRow
from evalsvc.device_protocol import HEADS_OF_PARTS
from evalsvc.fieldwork.models import Assignment
from evalsvc.interviews.intake.taking import take_in
from evalsvc.interviews.log.chaining import enter_interviews
from evalsvc.interviews.models import Interview, InterviewFile
from evalsvc.interviews.queries import interviews_of_draw
from evalsvc.interviews.values import SentFile
from evalsvc.people.actor import SYSTEM
from evalsvc.service import Service

OPENROSA = {"X-OpenRosa-Version": "1.0"}
TAG, NUMBER = re.compile(r"<[^>]*>"), re.compile(r"(?<![\w-])\d+(?![\w-])")
"""What nobody reads on a page; and numbers that stand alone, not within an identifier that was made by chance."""
PHOTO = ("门口照片.jpg", b"\xff\xd8\xff small photo", "image/jpeg")


def address(field, person=None, evaluation=None):
    token = (person or field.enumerators[0]).device_token
    return f"/v1/key/{token}/evaluations/{evaluation or field.evaluation.code}"


def post(client, field, xml, files=(), person=None, **form):
    parts = {"xml_submission_file": (io.BytesIO(xml), "submission.xml", "text/xml"), **form}
    for name, content, kind in files:
        parts[name] = (io.BytesIO(content), name, kind)
    url = address(field, person) + "/submission"
    return client.post(url, data=parts, headers=OPENROSA, content_type="multipart/form-data")


def count(database, table):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def refusals(database):
    with database.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "interview.refuse"))
        return [row.details["code"] for row in rows]


def stored_files(store):
    return {path.name for path in store.directory.rglob("*") if path.is_file()}


def test_a_submission_is_kept_as_sent_and_gives_the_household_its_outcome(client, field, database, store):
    unit = field.opened(field.enumerators[0])[0]
    xml = field.submission(unit, photo_house="门口照片.jpg")
    answer = post(client, field, xml, [PHOTO])
    assert answer.status_code == 201, answer.get_data(as_text=True)
    assert answer.content_type == "text/xml; charset=utf-8"
    assert "问卷已收到" in answer.get_data(as_text=True)
    with database.reading() as session:
        interview = session.scalars(select(Interview)).one()
        assert store.get(interview.sha256) == xml
        assert interview.answers["unit_id"] == unit.unit_id
        file = session.scalars(select(InterviewFile)).one()
        assert (file.name, store.get(file.sha256)) == (PHOTO[0], PHOTO[1])
        assignment = session.get_one(Assignment, unit.id)
        assert (assignment.disposition, assignment.instance_id) == ("non_contact", interview.instance_id)
        assert session.scalar(select(AuditRow.action).order_by(AuditRow.sequence.desc())) == "interview.receive"
        assert audit.verify(session).breaks == ()


def test_the_same_bytes_again_are_a_success_and_bring_missing_files(client, field, database):
    xml = field.submission(field.opened(field.enumerators[0])[0], photo_house="门口照片.jpg")
    first = post(client, field, xml, **{"*isIncomplete*": "yes"})
    assert (first.status_code, "请继续传其余文件" in first.get_data(as_text=True)) == (201, True)
    assert count(database, InterviewFile) == 0
    for _ in range(3):
        assert post(client, field, xml, [PHOTO]).status_code == 201
    assert (count(database, Interview), count(database, InterviewFile)) == (1, 1)
    with database.reading() as session:
        actions = list(
            session.scalars(select(AuditRow.action).where(AuditRow.subject == session.scalar(select(Interview.id))))
        )
    assert actions == ["interview.receive", "interview.add_files"]


def test_other_bytes_under_the_same_identifier_are_a_conflict(client, field, database, store):
    unit = field.opened(field.enumerators[0])[0]
    xml = field.submission(unit, instance_id="uuid:one")
    assert post(client, field, xml).status_code == 201
    before = stored_files(store)
    answer = post(client, field, field.submission(unit, instance_id="uuid:one", attempt=2))
    assert answer.status_code == 409
    assert "uuid:one" in answer.get_data(as_text=True)
    assert post(client, field, xml, [PHOTO]).status_code == 201
    other = (PHOTO[0], b"another photo", "image/jpeg")
    assert post(client, field, xml, [other]).status_code == 409
    assert refusals(database) == ["interview.other_bytes", "interview.other_file"]
    assert len(stored_files(store) - before) == 1


@pytest.mark.parametrize("threads", [8])
def test_many_at_once_under_one_identifier_leave_one_interview(field, config, database, store, threads):
    unit = field.opened(field.enumerators[0])[0]
    same = field.submission(unit, instance_id="uuid:race")
    others = [field.submission(unit, instance_id="uuid:race", attempt=n) for n in range(2, 6)]
    service, barrier = Service(config, database, store), threading.Barrier(threads)

    def send(xml):
        barrier.wait()
        try:
            file = SentFile("photo.jpg", "image/jpeg", b"photo")
            return take_in(service, field.enumerators[0].actor, field.evaluation.id, xml, (file,)).is_new
        except Exception as error:
            return getattr(error, "code", repr(error))

    with ThreadPoolExecutor(threads) as pool:
        found = list(pool.map(send, [same, same, same, same, *others]))
    assert found.count(True) == 1
    assert set(found) <= {True, False, "interview.other_bytes"}
    assert found.count("interview.other_bytes") >= 4 if True in found[:4] else found.count("interview.other_bytes") == 7
    assert (count(database, Interview), count(database, InterviewFile)) == (1, 1)
    with database.reading() as session:
        assert audit.verify(session).breaks == ()


def test_many_households_at_once_are_all_there(field, config, database, store):
    service = Service(config, database, store)
    work = [(person, unit) for person in field.enumerators for unit in field.opened(person)]
    sent = [(person, field.submission(unit)) for person, unit in work]

    def send(pair):
        return take_in(service, pair[0].actor, field.evaluation.id, pair[1]).is_new

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(send, sent))
    with database.transaction() as session:
        line = enter_interviews(session, SYSTEM, field.draw_id)
        kept = {record.sha256: record for record in interviews_of_draw(session, field.draw_id)}
        assert line is not None and enter_interviews(session, SYSTEM, field.draw_id) is None
        assert {store.get(sha256) for sha256 in kept} == {xml for _, xml in sent}
        assert audit.verify(session).breaks == ()


def test_a_household_of_somebody_else_is_refused(client, field, database, store):
    before = stored_files(store)
    unit = field.opened(field.enumerators[1])[0]
    answer = post(client, field, field.submission(unit), [PHOTO])
    assert answer.status_code == 403
    assert unit.unit_id in answer.get_data(as_text=True)
    assert (count(database, Interview), stored_files(store)) == (0, before)
    assert refusals(database) == ["interview.not_assigned_to_you"]


def test_a_closed_reserve_is_as_unknown_as_a_household_that_does_not_exist(client, field, database):
    reserve = field.closed(field.enumerators[0])[0]
    xml = field.submission(reserve)
    closed = post(client, field, xml)
    nowhere = post(client, field, xml.replace(reserve.unit_id.encode(), b"359999-999"))
    assert (closed.status_code, nowhere.status_code) == (404, 404)
    words = [answer.get_data(as_text=True) for answer in (closed, nowhere)]
    assert words[0].replace(reserve.unit_id, "") == words[1].replace("359999-999", "")
    assert count(database, Interview) == 0


def version_of_another_form(xml):
    at = xml.index(b'id="household"')
    return xml[:at] + xml[at:].replace(b'version="', b'version="9', 1)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        (lambda xml: xml.replace(b'id="household"', b'id="elsewhere"'), 404, "instrument.unknown_form"),
        (version_of_another_form, 404, "instrument.unknown_version"),
        (lambda xml: xml[: len(xml) // 2], 422, "interview.unreadable"),
        (lambda xml: xml[:0], 422, "interview.unreadable"),
        (lambda xml: xml[:0] + b"\x00\x01 not xml", 422, "interview.unreadable"),
        (lambda xml: xml.replace(b"instanceID>", b"instanceId>"), 422, "interview.unreadable"),
        (lambda xml: b'<!DOCTYPE a [<!ENTITY b "c">]>' + xml, 422, "interview.unreadable"),
        (lambda xml: xml.replace(b"<unit_id>", b"<unit_id/><x>").replace(b"</unit_id>", b"</x>"), 422,
         "interview.unit_missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_placed_is_refused_and_leaves_nothing(client, field, database, store, change, status, code):
    before = stored_files(store)
    xml = change(without_prefixes(field.submission(field.opened(field.enumerators[0])[0])))
    answer = post(client, field, xml, [PHOTO])
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.headers["X-OpenRosa-Version"] == "1.0"
    assert "<message" in answer.get_data(as_text=True)
    assert refusals(database) == [code]
    assert (count(database, Interview), stored_files(store)) == (0, before)


def without_prefixes(xml):
    return xml.replace(b"orx:", b"").replace(b":orx", b"")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b.jpg", "c:\\d.jpg", "..", "a\x07.jpg"])
def test_a_file_name_that_leads_elsewhere_is_refused(client, field, database, name):
    xml = field.submission(field.opened(field.enumerators[0])[0])
    answer = post(client, field, xml, [(name, b"x", "image/jpeg")])
    assert answer.status_code == 422
    assert (refusals(database), count(database, Interview)) == (["interview.file_name"], 0)


def test_a_body_above_the_limit_is_413(client, field, database, app, store):
    limit = 100_000
    service = app.extensions["evalsvc"]
    app.extensions["evalsvc"] = replace(service, config=replace(service.config, submission_limit=limit))
    before = stored_files(store)
    xml = field.submission(field.opened(field.enumerators[0])[0])
    answer = post(client, field, xml, [("big.jpg", b"x" * limit, "image/jpeg")])
    assert answer.status_code == 413
    assert str(limit) in answer.get_data(as_text=True)
    assert answer.headers["X-OpenRosa-Accept-Content-Length"] == str(limit * 9 // 10)
    assert (refusals(database), count(database, Interview), stored_files(store)) == (["interview.too_large"], 0, before)


def test_the_xml_part_comes_exactly_once(client, field, database):
    url = address(field) + "/submission"
    answer = client.post(url, data={"a": (io.BytesIO(b"x"), "a.jpg")}, headers=OPENROSA)
    assert answer.status_code == 422
    assert refusals(database) == ["interview.xml_part"]


def test_complaints_are_stored_and_the_answers_are_kept_all_the_same(client, field, database):
    unit = field.opened(field.enumerators[0])[0]
    xml = field.submission(unit).replace(b"<attempt>1<", b"<attempt>77<")
    answer = post(client, field, xml)
    assert answer.status_code == 201
    assert "1 处疑问" in answer.get_data(as_text=True)
    with database.reading() as session:
        interview = session.scalars(select(Interview)).one()
    assert interview.state == "has_issues"
    assert [(each["kind"], each["path"].rsplit("/", 1)[-1]) for each in interview.complaints] == [
        ("constraint", "attempt")
    ]


def test_a_later_visit_counts_when_it_got_further(client, field, database):
    unit = field.opened(field.enumerators[0])[0]
    assert post(client, field, field.submission(unit, instance_id="uuid:a")).status_code == 201
    assert post(client, field, field.submission(unit, "refused", instance_id="uuid:b")).status_code == 201
    assert post(client, field, field.submission(unit, instance_id="uuid:c")).status_code == 201
    with database.reading() as session:
        assignment = session.get_one(Assignment, unit.id)
        last = session.scalars(select(Interview).where(Interview.instance_id == "uuid:c")).one()
    assert (assignment.disposition, assignment.instance_id) == ("refused", "uuid:b")
    assert [each["code"] for each in last.complaints] == ["interview.not_counted"]
    assert last.state == "has_issues"


def test_the_protocol_as_a_phone_speaks_it(client, field, config):
    base = address(field)
    ready = client.head(base + "/submission", headers=OPENROSA)
    assert (ready.status_code, ready.data) == (204, b"")
    assert ready.headers["X-OpenRosa-Accept-Content-Length"] == str(config.submission_limit - HEADS_OF_PARTS)
    assert client.get(base + "/submission", headers=OPENROSA).status_code == 405
    listed = client.get(base + "/formList", headers=OPENROSA).get_data(as_text=True)
    assert "<formID>household</formID>" in listed
    assert "<hash>md5:" in listed
    assert "manifestUrl" not in listed
    url = listed.split("<downloadUrl>")[1].split("</downloadUrl>")[0].removeprefix(config.public_url)
    form = client.get(url.replace("&amp;", "&"), headers=OPENROSA)
    assert (form.status_code, form.data) == (200, field.definition.xform)
    assert "<manifest" in client.get(base + "/manifest?formID=household", headers=OPENROSA).get_data(as_text=True)
    assert client.get(base + "/formList?formID=other", headers=OPENROSA).get_data(as_text=True).count("<xform>") == 0


@pytest.mark.parametrize("headers", [{}, {"X-OpenRosa-Version": "2.0"}])
def test_another_protocol_version_is_refused(client, field, headers):
    answer = client.get(address(field) + "/formList", headers=headers)
    assert answer.status_code == 400
    assert "OpenRosa" in answer.get_data(as_text=True)


def test_only_the_evaluation_of_the_enumerator_is_open(client, field, make_evaluation):
    make_evaluation("other-one")
    assert client.get(address(field, evaluation="other-one") + "/formList", headers=OPENROSA).status_code == 404
    token = field.supervisor.device_token
    url = f"/v1/key/{token}/evaluations/{field.evaluation.code}/formList"
    assert client.get(url, headers=OPENROSA).status_code == 403
    wrong = f"/v1/key/{'x' * 43}/evaluations/{field.evaluation.code}/submission"
    assert client.head(wrong, headers=OPENROSA).status_code == 401


def test_pages_show_interviews_to_those_who_may_see_them(client, field, sign_in, make_person):
    first, second = field.opened(field.enumerators[0])[:2]
    post(client, field, field.submission(first, photo_house="门口照片.jpg"), [PHOTO])
    post(
        client,
        field,
        field.submission(second, "refused", refusal_stage="door").replace(b"<attempt>1<", b"<attempt>77<"),
    )
    sign_in(client, field.supervisor)
    base = f"/evaluations/{field.evaluation.code}/interviews"
    listed = client.get(base).get_data(as_text=True)
    assert first.unit_id in listed and second.unit_id in listed
    issues = client.get(base + "?state=has_issues").get_data(as_text=True)
    assert second.unit_id in issues and first.unit_id not in issues
    assert "没有符合条件" in client.get(base + "?village=nowhere").get_data(as_text=True)
    identifier = listed.split(f"{base}/")[2].split('"')[0]
    page = client.get(f"{base}/{identifier}").get_data(as_text=True)
    assert "门口照片.jpg" in page and "未访到的原因" in page
    with client.get(f"{base}/{identifier}/files/门口照片.jpg") as photo:
        assert (photo.data, photo.mimetype) == (PHOTO[1], "image/jpeg")
    expert = make_person("expert", evaluation=field.evaluation)
    other = client.application.test_client()
    sign_in(other, expert)
    assert other.get(f"{base}/{identifier}").status_code == 200
    assert other.get(f"{base}/{identifier}/files/门口照片.jpg").status_code == 403


def test_complaints_repeat_no_answer_that_the_reader_may_not_see(client, field, sign_in, make_person):
    unit = field.opened(field.enumerators[0])[0]
    xml = field.submission(unit).replace(b"<attempt>1<", b"<attempt>77<")
    aged = b"</visit><interview><respondent><respondent_age>149</respondent_age></respondent></interview>"
    post(client, field, xml.replace(b"</visit>", aged))
    auditor, base = (
        make_person("auditor", evaluation=field.evaluation),
        f"/evaluations/{field.evaluation.code}/interviews",
    )
    identifier = client.get(f"/api/v1{base}", headers=auditor.bearer).json["lines"][0]["id"]
    for person, seen in ((field.supervisor, True), (auditor, False)):
        complaints = client.get(f"/api/v1{base}/{identifier}", headers=person.bearer).json["complaints"]
        told = {each["path"].rsplit("/", 1)[-1]: each["details"].get("value") for each in complaints}
        assert (told["attempt"], told["respondent_age"]) == ("77", "149" if seen else "…")
        browser = client.application.test_client()
        sign_in(browser, person)
        page = browser.get(f"{base}/{identifier}").get_data(as_text=True)
        numbers = NUMBER.findall(TAG.sub(" ", page))
        assert ("149" in numbers, "77" in numbers) == (seen, True)


def test_personal_answers_are_for_supervisors_and_leads(client, field, sign_in, make_person):
    unit = field.opened(field.enumerators[0])[0]
    post(client, field, field.submission(unit, "ineligible_vacant", ineligible_basis="向邻居核实过两次"))
    expert, base = (
        make_person("expert", evaluation=field.evaluation),
        f"/api/v1/evaluations/{field.evaluation.code}/interviews",
    )
    lines = client.get(base, headers=expert.bearer).json["lines"]
    hidden = client.get(f"{base}/{lines[0]['id']}", headers=expert.bearer).json
    shown = client.get(f"{base}/{lines[0]['id']}", headers=field.supervisor.bearer).json
    assert "ineligible_basis" not in hidden["answers"]
    assert shown["answers"]["ineligible_basis"] == "向邻居核实过两次"
    sign_in(client, expert)
    page = client.get(f"/evaluations/{field.evaluation.code}/interviews/{lines[0]['id']}").get_data(as_text=True)
    assert "向邻居核实过两次" not in page and "不显示（个人信息）" in page
    assert client.get(base, headers=field.enumerators[0].bearer).status_code == 403
