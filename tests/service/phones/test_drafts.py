"""A draft on a phone: loaded by the code of its page, filled in, sent; checked, shown on the page, never counted."""

import io
import re
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select

from evalsvc.instruments.models import DraftKey, DraftTrial
from evalsvc.interviews.models import Interview
from forms.definition import parse_definition
from forms.filling import fill
from tests.openrosa_client import settings
from tests.openrosa_client.connection import Connection
from tests.openrosa_client.documents import message
from tests.openrosa_client.forms import list_forms, load_form
from tests.openrosa_client.sending import Interview as Finished
from tests.openrosa_client.sending import send

FORM = """
| settings |
| | form_title | form_id | version |
| | 试点问卷 | pilot | 1 |
| survey |
| | type | name | label | constraint | calculation |
| | text | unit_id | 户编号 | | |
| | integer | persons | 人口 | . > 0 | |
| | calculate | price | | | pulldata('p', 'v', 'k', '1') |
| | image | photo | 照片 | | |
"""


@pytest.fixture
def designer(field, make_person):
    return make_person("designer", evaluation=field.evaluation)


@pytest.fixture
def api(server, field, designer):
    """Ask the API of drafts: api(method, path, **given)."""
    base = f"{server.url}/api/v1/evaluations/{field.evaluation.code}/drafts"
    with httpx.Client(headers=designer.bearer, trust_env=False) as client:
        yield lambda method, path="", **given: client.request(method, base + path, **given)


def upload(api, text=FORM):
    files = [("file", ("pilot.md", text.encode())), ("files", ("p.csv", b"k,v\n1,7\n"))]
    return api("POST", files=files)


@pytest.fixture
def draft(api):
    made = upload(api)
    assert (made.status_code, made.json()["publishable"], made.json()["missing"]) == (201, True, [])
    return made.json()["id"]


def opened(api, draft):
    made = api("POST", f"/{draft}/phone")
    assert made.status_code == 201
    return made.json()


def filled(xform, **answers):
    definition = parse_definition(xform)
    given = {"unit_id": "任意", "persons": 3, **answers}
    return fill(definition, given, instance_id=f"uuid:{uuid4()}", data={"p.csv": b"k,v\n1,7\n"})


def counted(database):
    with database.reading() as session:
        return [session.scalar(select(func.count()).select_from(each)) for each in (DraftTrial, Interview)]


def test_a_draft_is_loaded_filled_in_and_checked_and_never_counts(api, draft, database):
    with settings.connection_of(opened(api, draft)["settings"]) as phone:
        listed = list_forms(phone)
        assert [(each.form_id, each.name) for each in listed] == [("pilot", "草稿：试点问卷")]
        form = load_form(phone, listed[0])
        assert form.files == {"p.csv": b"k,v\n1,7\n"}
        file = phone.request("GET", f"{phone.server}/files/p.csv")
        assert file.headers["content-disposition"].startswith("attachment")
        good = filled(form.xform, photo="门口.jpg")
        assert send(phone, Finished(good, (("门口.jpg", b"\xff\xd8"),))).statuses == (201,)
        assert send(phone, Finished(good)).statuses == (201,)
        bad = filled(form.xform).replace(b">3<", b">-3<")
        told = send(phone, Finished(bad))
        assert (told.statuses, "1 处问题" in told.message) == ((201,), True)
        assert counted(database) == [2, 0]
        sent = api("GET", f"/{draft}/trials").json()
        assert [(each["answers"]["persons"], len(each["complaints"])) for each in sent] == [("-3", 1), ("3", 0)]
        assert sent[1]["files"] == {"门口.jpg": 2}
        other = filled(form.xform).replace(b'version="1"', b'version="0"')
        assert send(phone, Finished(other)).statuses == (404,)
        assert send(phone, Finished(b"<data")).statuses == (422,)
        assert send(phone, Finished(good.replace(b"</data>", b" " * 1_000_000 + b"</data>"))).statuses == (413,)
        # Replaced: what was sent for it before is gone, and the phone gets the new one by the same code.
        assert upload(api, FORM.replace("人口", "常住人口")).json()["id"] == draft
        assert counted(database) == [0, 0]
        assert list_forms(phone)[0].hash != listed[0].hash
        assert send(phone, Finished(good)).statuses == (201,)
        published = api("POST", f"/{draft}/publish")
        assert published.status_code == 201 and counted(database) == [0, 0]
        assert phone.request("GET", f"{phone.server}/formList").status == 401


def test_a_token_of_a_draft_opens_that_draft_alone(api, draft, database, server, field, address):
    other = upload(api, FORM.replace("| pilot |", "| pilot2 |")).json()["id"]
    first, second = opened(api, draft)["address"], opened(api, other)["address"]
    with Connection(first) as phone:
        home, secret = first.rpartition("/drafts/")[0], first.split("/")[5]
        statuses = [
            phone.request("GET", place).status
            for place in (
                f"{first}/formList",
                f"{home}/drafts/{other}/formList",
                f"{home}/formList",
                f"{home}/returned",
                f"{address()}/drafts/{draft}/formList",
                f"{server.url}/v1/evaluations/{field.evaluation.code}/drafts/{draft}/formList",
                f"{first}/files/q.csv",
            )
        ]
        assert statuses == [200, 404, 401, 401, 401, 404, 404]
        assert phone.request("HEAD", f"{home}/drafts/{other}/submission").status == 404
        bearer = phone.request(
            "GET", f"{server.url}/api/v1/evaluations/", headers={"Authorization": f"Bearer {secret}"}
        )
        assert bearer.status == 401
        opened(api, draft)
        assert phone.request("GET", f"{first}/formList").status == 401
        told = phone.request("GET", f"{second}/formList")
        assert told.status == 200
    assert api("DELETE", f"/{other}").status_code == 204
    with Connection(second) as phone:
        gone = phone.request("GET", f"{second}/formList")
        assert (gone.status, message(gone.content) is not None) == (401, True)
    with database.reading() as session:
        assert session.scalars(select(DraftKey.draft_id)).all() == [draft]
    assert secret not in server.log.read_text(encoding="utf-8")


def test_the_page_of_a_draft_makes_the_code_once_and_shows_what_came(server, draft, api, field, designer, database):
    page = f"/evaluations/{field.evaluation.code}/drafts/{draft}"
    with httpx.Client(base_url=server.url, trust_env=False, follow_redirects=True) as browser:
        signed = {"sign_in_name": designer.sign_in_name, "password": designer.password}

        def csrf():
            return {"csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', browser.get("/account").text)[0]}

        token = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").text)[0]
        assert browser.post("/sign-in", data={**signed, "csrf_token": token}).status_code == 200
        code = browser.post(f"{page}/phone", data=csrf())
        assert "<svg" in code.text and "只显示这一次" in code.text
        where = re.findall(r"<code>([^<]+)</code>", code.text)[0]
        assert "已经不能再看" in browser.get(f"{page}/phone").text
        with Connection(where) as phone:
            form = load_form(phone, list_forms(phone)[0])
            assert send(phone, Finished(filled(form.xform, persons=-2))).statuses == (201,)
        shown = browser.get(page).text
        assert "手机试填" in shown and "1 处问题" in shown and ">-2</td>" in shown
        files = {"file": ("pilot.md", io.BytesIO(FORM.encode()))}
        assert browser.post(page.rpartition("/")[0], data=csrf(), files=files).status_code == 200
        assert "手机试填</h2>" not in browser.get(page).text


def test_those_who_may_not_write_forms_open_no_draft_to_phones(server, field, draft):
    base = f"{server.url}/api/v1/evaluations/{field.evaluation.code}/drafts/{draft}"
    for person, status in ((field.supervisor, 403), (field.enumerators[0], 403)):
        assert httpx.post(f"{base}/phone", headers=person.bearer, trust_env=False).status_code == status
    assert httpx.get(f"{base}/trials", headers=field.supervisor.bearer, trust_env=False).status_code == 200
    assert httpx.get(f"{base}/trials", headers=field.enumerators[0].bearer, trust_env=False).status_code == 403


def test_the_api_of_drafts_lists_complaints_changes_and_files(api, draft, field):
    faulty = upload(api, FORM.replace("| pilot | 1 |", "| pilot | |")).json()
    assert (faulty["id"], faulty["publishable"]) == (draft, False)
    assert [each["code"] for each in faulty["complaints"] if each["severity"] == "error"] == [
        "instrument.version_missing"
    ]
    assert api("POST", f"/{draft}/publish").status_code == 422
    assert upload(api).json()["publishable"]
    added = api("POST", f"/{draft}/files", files=[("files", ("q.csv", b"k,v\n"))])
    assert [each["name"] for each in added.json()["files"]] == ["p.csv", "q.csv"]
    assert api("POST", f"/{draft}/files").status_code == 422
    assert [each["id"] for each in api("GET").json()] == [draft]
    assert api("GET", f"/{draft}/changes").json() == []
    assert api("POST", f"/{draft}/publish").status_code == 201
    assert api("GET", f"/{draft}").status_code == 404
    changed = upload(api, FORM.replace("| pilot | 1 |", "| pilot | 2 |").replace("人口", "常住人口")).json()["id"]
    assert [each["kind"] for each in api("GET", f"/{changed}/changes").json()] == ["label"]
