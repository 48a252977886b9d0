"""Pages and API of the review, and what an enumerator's device gets back: who sees what, and what each form does."""

import io
import json

import pytest

from evalsvc.fieldwork import operations as fieldwork
from evalsvc.instruments import operations as instruments
from evalsvc.interviews.intake.taking import take_in
from evalsvc.interviews.models import Interview, InterviewFile, Review, ReviewComment
from evalsvc.interviews.review.moves import APPROVE, REJECT, RETURN, Comment
from evalsvc.people.actor import SYSTEM
from tests.service.review_steps import all_rows, moved, row_of, sent, service_of

HOME = "/evaluations/fujian-demo/interviews"
API = "/api/v1/evaluations/fujian-demo/interviews"
ATTEMPT = "/data/visit/attempt"
FACTS = "/data/visit/ineligible_basis"
OPENROSA = {"X-OpenRosa-Version": "1.0"}
PHOTO = ("door.jpg", b"\xff\xd8\xff door", "image/jpeg")
VILLAGE_FORM = """
| settings |
| | form_title | form_id | version | namespaces |
| | 行政村问卷 | village | 1 | evalsvc="https://evalsvc.org/xform/1" |
| survey |
| | type | name | label | bind::evalsvc:about |
| | text | unit_id | 单位编号 | {about} |
| | text | road | 通村路 | |
"""


@pytest.fixture
def service(config, database, store):
    return service_of(config, database, store)


@pytest.fixture
def unit(field):
    return field.opened(field.enumerators[0])[0]


@pytest.fixture
def signed_in(client, field, sign_in):
    sign_in(client, field.supervisor)
    return client


@pytest.fixture
def corrected(database, field, service, unit):
    """An interview with a personal answer that was returned and corrected: identifiers of both versions."""
    given = {"ineligible_basis": "邻居说户主已搬走", "instance_id": "uuid:one"}
    first = sent(service, field, unit, "ineligible_vacant", **given)
    comments = (Comment(ATTEMPT, "到了几次？"), Comment(FACTS, "写清楚向谁核实"))
    moved(database, field, first, RETURN, words="请更正", comments=comments, places={ATTEMPT, FACTS})
    given = {"ineligible_basis": "村委会书面证明", "instance_id": "uuid:two", "deprecated_id": "uuid:one", "attempt": 2}
    return first, sent(service, field, unit, "ineligible_vacant", **given)


def form_of(csrf_of, client, **given):
    return {"csrf_token": csrf_of(client), "confirmed": "1", **given}


def test_a_page_returns_an_interview_with_comments_at_its_questions(signed_in, csrf_of, database, field, service, unit):
    identifier = sent(service, field, unit)
    page = signed_in.get(f"{HOME}/{identifier}").get_data(as_text=True)
    assert f'name="comment:{ATTEMPT}"' in page and "重新打开" not in page
    form = {"action": "return", "state": row_of(database, identifier).state, "words": "请更正"}
    form |= {f"comment:{ATTEMPT}": "到了几次？", "comment:/data/visit/disposition": " "}
    address = f"{HOME}/{identifier}/reviews"
    assert signed_in.post(address, data={"csrf_token": csrf_of(signed_in), **form}).status_code == 422
    assert signed_in.post(address, data=form_of(csrf_of, signed_in, **form)).status_code == 303
    assert [(each.path, each.words) for each in all_rows(database, ReviewComment)] == [(ATTEMPT, "到了几次？")]
    shown = signed_in.get(f"{HOME}/{identifier}").get_data(as_text=True)
    assert "到了几次？" in shown and "请更正" in shown and "已退回。" in shown
    again = signed_in.post(address, data=form_of(csrf_of, signed_in, **form))
    assert (again.status_code, "已被别人处理" in again.get_data(as_text=True)) == (409, True)


def test_what_was_typed_for_a_refused_move_stands_on_the_page_again(signed_in, csrf_of, database, field, service, unit):
    identifier = sent(service, field, unit)
    address = f"{HOME}/{identifier}/reviews"
    form = {"action": "return", "state": row_of(database, identifier).state, "words": "请更正家庭情况"}
    form |= {f"comment:{ATTEMPT}": "到了<几>次？"}
    unticked = signed_in.post(address, data={"csrf_token": csrf_of(signed_in), **form})
    page = unticked.get_data(as_text=True)
    assert (unticked.status_code, "打勾" in page, ">请更正家庭情况</textarea>" in page) == (422, True, True)
    assert '<details class="say" open>' in page and ">到了&lt;几&gt;次？</textarea>" in page
    reject = {"action": "reject", "state": form["state"], "words": "定位不在本村", "reason": ""}
    refused = signed_in.post(address, data=form_of(csrf_of, signed_in, **reject))
    page = refused.get_data(as_text=True)
    assert (refused.status_code, ">定位不在本村</textarea>" in page) == (422, True)
    reason = {**reject, "words": "", "reason": "duplicate"}
    page = signed_in.post(address, data=form_of(csrf_of, signed_in, **reason)).get_data(as_text=True)
    assert '<option value="duplicate" selected>' in page
    moved(database, field, identifier, RETURN, words="请补")
    late = signed_in.post(address, data=form_of(csrf_of, signed_in, **form))
    page = late.get_data(as_text=True)
    assert (late.status_code, "已被别人处理" in page, ">请更正家庭情况</textarea>" in page) == (409, True, True)
    assert 'name="state" value="returned"' in page
    moved(database, field, identifier, APPROVE)
    late = signed_in.post(address, data=form_of(csrf_of, signed_in, **form))
    page = late.get_data(as_text=True)
    assert (late.status_code, "没有可填的地方" in page) == (409, True)
    assert '<p class="lines">请更正家庭情况</p>' in page and '<p class="lines">到了&lt;几&gt;次？</p>' in page
    assert len(all_rows(database, Review)) == 2


def test_enumerators_see_on_their_page_what_was_returned_to_them(app, database, sign_in, field, service, unit):
    identifier = sent(service, field, unit)
    comments = (Comment(ATTEMPT, "到了几次？"),)
    moved(database, field, identifier, RETURN, words="请更正", comments=comments, places={ATTEMPT})
    shown = []
    for person in field.enumerators[:2]:
        browser = app.test_client()
        sign_in(browser, person)
        assert "/tasks/returned" in browser.get("/evaluations/fujian-demo/tasks").get_data(as_text=True)
        shown.append(browser.get("/evaluations/fujian-demo/tasks/returned").get_data(as_text=True))
    told = (unit.unit_id, "请更正", "到了几次？", "ODK Collect 不会自动取回", "2025.2")
    assert all(words in shown[0] for words in told)
    assert unit.unit_id not in shown[1] and "没有退回的访谈。" in shown[1]


def test_experts_and_auditors_look_and_cannot_review(app, csrf_of, sign_in, field, service, unit, make_person):
    identifier = sent(service, field, unit)
    for role in ("expert", "auditor"):
        browser, person = app.test_client(), make_person(role, evaluation=field.evaluation)
        sign_in(browser, person)
        assert "<textarea" not in browser.get(f"{HOME}/{identifier}").get_data(as_text=True)
        assert 'name="ticked"' not in browser.get(HOME).get_data(as_text=True)
        form = form_of(csrf_of, browser, action="approve", state="received")
        assert browser.post(f"{HOME}/{identifier}/reviews", data=form).status_code == 403
        assert browser.post(f"{HOME}/approvals", data=form).status_code == 403
        wish = {"action": "approve", "state": "received"}
        assert browser.post(f"{API}/{identifier}/reviews", json=wish, headers=person.bearer).status_code == 403
        assert browser.post(f"{API}/reviews", json={"action": "approve"}, headers=person.bearer).status_code == 403


def test_the_difference_shows_old_and_new_and_hides_what_the_reader_may_not_see(
    app, signed_in, sign_in, field, corrected, make_person
):
    first, second = corrected
    page = signed_in.get(f"{HOME}/{second}/difference").get_data(as_text=True)
    assert "<del>邻居说户主已搬走</del>" in page and "<ins>村委会书面证明</ins>" in page and "<ins>2</ins>" in page
    assert "到了几次？" in page and "写清楚向谁核实" in page
    assert signed_in.get(f"{HOME}/{first}/difference").status_code == 404
    assert signed_in.get(f"{HOME}/{first}/difference?with={second}").status_code == 200
    history = signed_in.get(f"{HOME}/{first}").get_data(as_text=True)
    assert "这是旧稿" in history and "第 2 稿" in history and "<textarea" not in history
    auditor = make_person("auditor", evaluation=field.evaluation)
    browser = app.test_client()
    sign_in(browser, auditor)
    told = [browser.get(f"{HOME}/{each}").get_data(as_text=True) for each in (first, second)]
    told.append(browser.get(f"{HOME}/{second}/difference").get_data(as_text=True))
    told += [
        browser.get(f"{API}/{address}", headers=auditor.bearer).get_data(as_text=True)
        for address in (first, second, f"{second}/difference")
    ]
    for secret in ("邻居说户主已搬走", "村委会书面证明", "写清楚向谁核实"):
        assert not any(secret in each for each in told)
    assert all("到了几次？" in each for each in told[:2])
    assert "不显示（个人信息）" in told[2] and '"hidden":true' in told[5].replace(" ", "")


def test_the_api_gives_versions_reviews_and_the_difference(client, field, corrected):
    first, second = corrected
    told = client.get(f"{API}/{second}", headers=field.supervisor.bearer).get_json()
    assert (told["state"], told["root_instance_id"], told["replaces_instance_id"]) == (
        "corrected",
        "uuid:one",
        "uuid:one",
    )
    assert [(each["number"], each["id"], each["state"]) for each in told["versions"]] == [
        (1, first, "returned"),
        (2, second, "corrected"),
    ]
    review = told["reviews"][0]
    assert (review["action"], review["version"], review["words"]) == ("return", 1, "请更正")
    assert {each["path"]: each["words"] for each in review["comments"]} == {
        ATTEMPT: "到了几次？",
        FACTS: "写清楚向谁核实",
    }
    found = client.get(f"{API}/{second}/difference", headers=field.supervisor.bearer).get_json()
    assert (found["older"]["id"], found["newer"]["id"], found["files"]) == (first, second, [])
    assert {each["path"]: (each["old"], each["new"]) for each in found["changes"]}[ATTEMPT] == ("1", "2")


def test_the_api_reviews_one_and_many(client, database, field, service):
    units, headers = field.opened(field.enumerators[0]), field.supervisor.bearer
    one, two, three, four = (sent(service, field, unit) for unit in units[:4])
    seen = {each: row_of(database, each).state for each in (one, two, three, four)}
    wish = {"action": "return", "state": seen[one], "comments": [{"path": "/nowhere", "words": "?"}]}
    refused = client.post(f"{API}/{one}/reviews", json=wish, headers=headers)
    assert (refused.status_code, refused.get_json()["complaints"][0]["code"]) == (
        422, "interview.review_unknown_question",
    )  # fmt: skip
    wish["comments"][0]["path"] = ATTEMPT
    done = client.post(f"{API}/{one}/reviews", json=wish, headers=headers)
    assert (done.status_code, done.get_json()) == (201, {"state": "returned"})
    late = client.post(f"{API}/{one}/reviews", json=wish, headers=headers)
    assert (late.status_code, late.get_json()["code"]) == (409, "interview.moved_meanwhile")
    assert client.post(f"{API}/nobody/reviews", json=wish, headers=headers).status_code == 404
    bulk = {"action": "approve", "interviews": [{"id": each, "state": seen[each]} for each in (one, two)]}
    told = client.post(f"{API}/reviews", json=bulk, headers=headers).get_json()
    assert (told["approved"], [each["code"] for each in told["left"]]) == ([two], ["interview.moved_meanwhile"])
    assert "已被别人处理" in told["left"][0]["message"]
    assert client.post(f"{API}/reviews", json={"action": "approve"}, headers=headers).status_code == 422
    assert client.post(f"{API}/reviews", json={"action": "reject"}, headers=headers).status_code == 422
    told = client.post(f"{API}/reviews", json={"action": "approve", "filters": {}}, headers=headers).get_json()
    assert (set(told["approved"]), told["left"]) == ({three, four}, [])


def test_pages_approve_what_is_ticked_or_filtered(signed_in, csrf_of, database, field, service):
    units = field.opened(field.enumerators[0])
    one, two, three = (sent(service, field, unit) for unit in units[:3])
    state = row_of(database, one).state
    moved(database, field, two, RETURN, words="请更正")
    page = signed_in.get(HOME).get_data(as_text=True)
    assert f'value="{one}:{state}"' in page and f'value="{two}:' not in page
    assert signed_in.post(f"{HOME}/approvals", data=form_of(csrf_of, signed_in)).status_code == 422
    ticked = form_of(csrf_of, signed_in, ticked=[f"{one}:{state}", f"{two}:{state}"])
    told = signed_in.post(f"{HOME}/approvals", data=ticked).get_data(as_text=True)
    assert "通过了 1 份" in told and "留下 1 份" in told and "已被别人处理" in told
    before = form_of(csrf_of, signed_in, all="1", seen_at="2020-01-01T00:00:00+00:00")
    assert "通过了 0 份" in signed_in.post(f"{HOME}/approvals", data=before).get_data(as_text=True)
    every = form_of(csrf_of, signed_in, all="1", seen_at="", enumerator=field.enumerators[0].id)
    assert "通过了 1 份" in signed_in.post(f"{HOME}/approvals", data=every).get_data(as_text=True)
    assert row_of(database, three).state == "approved"


def test_lists_are_filtered_and_hold_the_version_that_stands(client, database, field, service, corrected):
    first, second = corrected
    other = field.opened(field.enumerators[1])[0]
    third = sent(service, field, other, person=field.enumerators[1])
    error = {"kind": "choice", "code": "x", "path": "", "details": {"kind": "type"}, "severity": "error"}
    with database.transaction() as session:
        session.get_one(Interview, third).complaints = [error]

    def listed(**query):
        answer = client.get(API, query_string=query, headers=field.supervisor.bearer)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return {each["id"] for each in answer.get_json()["lines"]}

    assert listed() == {second, third}
    assert listed(superseded="true") == {first, second, third}
    assert listed(enumerator=field.enumerators[1].id) == listed(village=other.parent) == {third}
    assert listed(complaint="choice") == {third} and listed(complaint="type") == set()
    assert listed(state="corrected") == {second} and listed(state="waiting") == {second, third}
    assert listed(state="returned") == set() and listed(state="returned", superseded="true") == {first}
    assert listed(disposition="ineligible_vacant") == {second}
    assert listed(form="household") == {second, third} and listed(form="other") == set()
    assert listed(since="2026-01-01") == {second, third} and listed(until="2026-01-01") == set()
    own = field.opened(field.enumerators[0])[0].county
    assert listed(county=other.county) == ({third} if other.county != own else {second, third})
    for wrong in ({"state": "nice"}, {"complaint": "loud"}, {"since": "yesterday"}):
        assert client.get(API, query_string=wrong, headers=field.supervisor.bearer).status_code == 422


def test_the_list_counts_states_and_enumerators(signed_in, database, field, service, corrected):
    page = signed_in.get(HOME).get_data(as_text=True)
    assert "已更正，待审核 <b>1</b>" in page and 'class="corrected" x="0.000" width="100.000"' in page
    assert "各调查员的访谈" in page and "调查员甲" in page
    for query in ("state=nice", "since=x", "page=9", "state=waiting&complaint=required&superseded=1&until=2026-01-01"):
        assert signed_in.get(f"{HOME}?{query}").status_code == 200


def test_a_rejected_interview_says_why(signed_in, csrf_of, database, field, service, unit):
    identifier = sent(service, field, unit)
    moved(database, field, identifier, REJECT, reason="fabricated", words="定位不在本村")
    page = signed_in.get(f"{HOME}/{identifier}").get_data(as_text=True)
    assert "已判废（编造）" in page and "定位不在本村" in page and "重新打开这份访谈" in page


def test_a_page_says_which_interview_gives_the_household_its_outcome(signed_in, database, field, service, unit):
    early, late = (sent(service, field, unit, instance_id=f"uuid:{name}") for name in ("a", "b"))
    page = signed_in.get(f"{HOME}/{late}").get_data(as_text=True)
    assert "不计入本户结果" in page and "收下但不计入" in page
    moved(database, field, early, REJECT, reason="duplicate", words="重复")
    page = signed_in.get(f"{HOME}/{late}").get_data(as_text=True)
    assert ">计入本户结果<" in page and "收下但不计入" not in page
    assert "计入本户结果" not in signed_in.get(f"{HOME}/{early}").get_data(as_text=True)


def test_a_form_that_lets_phones_edit_what_they_sent_is_served_so(store):
    text = VILLAGE_FORM.format(about="village").replace("| namespaces |", "| namespaces | client_editable |")
    text = text.replace('xform/1" |', 'xform/1" | yes |')
    xform = store.get(instruments.keep_form(store, text.encode(), "form.md").xform_sha256)
    assert b'<submission odk:client-editable="true"/>' in xform


def published(database, store, field, about):
    text = VILLAGE_FORM.format(about=about).replace("| village |", f"| {about} |")
    kept = instruments.keep_form(store, text.encode(), "form.md")
    with database.transaction() as session:
        instruments.publish(session, SYSTEM, field.evaluation.id, kept)


def test_interviews_about_villages_and_counties_stand_in_lists_and_pages(
    signed_in, client, database, store, field, service, unit
):
    found = {}
    for about, place in (("village", unit.parent), ("county", unit.county)):
        published(database, store, field, about)
        xml = (
            f'<data id="{about}" version="1"><unit_id>{place}</unit_id><road>好</road>'
            f"<meta><instanceID>uuid:{about}</instanceID></meta></data>"
        )
        actor = field.enumerators[0].actor
        found[about] = take_in(service, actor, field.evaluation.id, xml.encode()).interview_id
    lines = client.get(API, headers=field.supervisor.bearer).get_json()["lines"]
    told = {each["about"]: (each["unit_id"], each["village"]) for each in lines}
    assert told["village"][0] == unit.parent and told["village"][1] and told["county"] == (unit.county, "")
    assert len({each["county"] for each in lines}) == 1
    for query, wanted in (({"village": unit.parent}, {"village"}), ({"county": unit.county}, {"village", "county"})):
        answer = client.get(API, query_string=query, headers=field.supervisor.bearer).get_json()
        assert {each["about"] for each in answer["lines"]} == wanted
    assert "行政村问卷" in signed_in.get(HOME).get_data(as_text=True)
    for identifier in found.values():
        assert "通村路" in signed_in.get(f"{HOME}/{identifier}").get_data(as_text=True)
        assert moved(database, field, identifier, REJECT, reason="other", words="走错村") == "rejected"


def address(field, person=None):
    return f"/v1/key/{(person or field.enumerators[0]).device_token}/evaluations/fujian-demo/returned"


def post(client, field, xml, *files):
    parts = {"xml_submission_file": (io.BytesIO(xml), "submission.xml", "text/xml")}
    parts |= {name: (io.BytesIO(content), name, kind) for name, content, kind in files}
    place = address(field).replace("/returned", "/submission")
    return client.post(place, data=parts, headers=OPENROSA, content_type="multipart/form-data")


def test_a_device_gets_back_what_was_returned_with_its_bytes_and_files(client, database, field, service, unit):
    xml = field.submission(unit, instance_id="uuid:one", photo_house="door.jpg")
    assert post(client, field, xml, PHOTO).status_code == 201
    assert client.get(address(field)).get_json() == {"returned": []}
    identifier = all_rows(database, Interview)[0].id
    assert client.get(f"{address(field)}/uuid:one/submission.xml").status_code == 404
    comments = (Comment(ATTEMPT, "到了几次？"),)
    moved(database, field, identifier, RETURN, words="请更正", comments=comments, places={ATTEMPT})
    complaint = {"kind": "structure", "code": "interview.unit_missing", "path": ATTEMPT, "severity": "error"}
    with database.transaction() as session:
        session.get_one(Interview, identifier).complaints = [{**complaint, "details": {"question": "unit_id"}}]
    (told,) = client.get(address(field)).get_json()["returned"]
    assert (told["instance_id"], told["root_instance_id"], told["form_id"], told["unit_id"], told["words"]) == (
        "uuid:one", "uuid:one", "household", unit.unit_id, "请更正",
    )  # fmt: skip
    assert told["comments"] == [{"path": ATTEMPT, "question": "这是第几次上门", "words": "到了几次？"}]
    (found,) = told["complaints"]
    assert (found["path"], found["severity"], "unit_id" in found["message"]) == (ATTEMPT, "error", True)
    assert client.get(told["url"]).data == xml
    (file,) = told["files"]
    with client.get(file["url"]) as kept:
        assert (file["name"], kept.data) == (PHOTO[0], PHOTO[1])
    assert client.get(f"{address(field)}/uuid:one/files/other.jpg").status_code == 404
    other = address(field, field.enumerators[1])
    assert client.get(other).get_json() == {"returned": []}
    for path in ("uuid:one/submission.xml", "uuid:one/files/door.jpg"):
        assert client.get(f"{other}/{path}").status_code == 404
        assert client.get(f"{address(field, field.supervisor)}/{path}").status_code == 403
    correction = field.submission(unit, attempt=2, deprecated_id="uuid:one", photo_house="door.jpg")
    assert post(client, field, correction).status_code == 201
    assert client.get(address(field)).get_json() == {"returned": []}
    with database.reading():
        assert len(all_rows(database, InterviewFile)) == 2


def test_who_takes_over_a_village_corrects_what_was_returned_there(client, database, field, service, unit):
    identifier = sent(service, field, unit, instance_id="http://phone/1")
    moved(database, field, identifier, RETURN, words="请更正")
    with database.transaction() as session:
        new = field.enumerators[1].id
        fieldwork.assign_enumerator(session, field.supervisor.actor, field.evaluation.id, [unit.parent], new)
    assert client.get(address(field)).get_json() == {"returned": []}
    (told,) = client.get(address(field, field.enumerators[1])).get_json()["returned"]
    assert client.get(told["url"]).status_code == 200
    assert len(all_rows(database, Review)) == 1 and json.dumps(told)
