"""Lists made later by the pages and over the API."""

import io
import json

from tests.service import later_world as world

HOME, API = "/evaluations/fujian-demo/draws/1", "/api/v1/evaluations/fujian-demo/draws/1"


def test_pages_bind_and_draw(client, service, lead, make_person, evaluation, drawn, villages, sign_in, csrf_of):
    sign_in(client, lead)
    assert f"{HOME}/lists" in client.get(HOME).get_data(as_text=True)
    page = client.get(f"{HOME}/lists").get_data(as_text=True)
    assert page.count("待列表") >= 5 and "户编号: household_id" in page
    form = client.get(f"{HOME}/lists/form.csv?village={villages[0]}")
    header = "village_code,户编号,household_class,registered,persons"
    assert form.get_data().decode("utf-8-sig").splitlines() == [header, f"{villages[0]},,,,"]
    assert client.get(f"{HOME}/lists/form.xlsx").get_data()[:2] == b"PK"
    assert client.get(f"{HOME}/lists/form.ods").status_code == 404
    assert client.get(f"{HOME}/lists/form.csv?village=nowhere").status_code == 404
    wish = {"csrf_token": csrf_of(client), "confirmed": "1"}

    def send(content, **more):
        return client.post(f"{HOME}/lists", data={**wish, "file": (io.BytesIO(content), "名单.csv"), **more})

    wrong = send(world.list_file(villages).replace("是,2".encode(), "是,两".encode(), 1))
    text = wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and "名单.csv" in text and 'data-label="行">2<' in text, text
    assert send(world.list_file(villages), confirmed="").status_code == 422
    assert send(world.list_file(villages)).status_code == 303
    page = client.get(f"{HOME}/lists").get_data(as_text=True)
    assert page.count('name="village"') == 4 and "待抽户" in page
    chosen = {**wish, "village": villages[:2]}
    assert client.post(f"{HOME}/lists/draw", data=wish).status_code == 422
    assert client.post(f"{HOME}/lists/draw", data=chosen).status_code == 303
    assert client.post(f"{HOME}/lists/draw", data={**wish, "all": "1"}).status_code == 303
    page = client.get(HOME).get_data(as_text=True)
    assert "各层抽取结果：户" in page and "4 份抽户，还有 0 个待列表" in page
    # Whoever does not draw neither sees nor adds.
    supervisor = make_person("supervisor", evaluation=evaluation)
    other = client.application.test_client()
    sign_in(other, supervisor)
    assert other.get(f"{HOME}/lists").status_code == 403
    assert f"{HOME}/lists" not in other.get(HOME).get_data(as_text=True)


def test_the_api_takes_lists_and_goes_on(client, lead, make_person, evaluation, drawn, villages):
    one, two, *others = villages

    def send(address, content):
        data = {"file": (io.BytesIO(content), "list.csv")}
        return client.post(f"{API}{address}", data=data, headers=lead.bearer)

    assert send("/lists/nowhere", world.list_file([one])).status_code == 404
    refused = send(f"/lists/{one}", world.list_file([two]))
    assert refused.status_code == 422
    assert [each["code"] for each in refused.json["complaints"]] == ["draw.list_of_another"]
    made = send(f"/lists/{one}", world.list_file([one]))
    assert (made.status_code, made.json["state"], made.json["units"]) == (201, "bound", 12)
    assert [each["parent"] for each in send("/lists", world.list_file([two, *others])).json] == [two, *others]
    answer = client.post(f"{API}/continuation", json={"parents": [one]}, headers=lead.bearer)
    assert answer.status_code == 200 and answer.json["manifest_sha256"] != drawn.manifest_sha256
    assert client.post(f"{API}/continuation", json={}, headers=lead.bearer).status_code == 200
    assert client.post(f"{API}/continuation", json={}, headers=lead.bearer).status_code == 409
    listed = client.get(f"{API}/lists", headers=lead.bearer).json
    assert [(each["state"], each["taken"], each["reserves"]) for each in listed] == [("drawn", 6, 4)] * 4
    assert client.get(f"{API}/lists/{one}", headers=lead.bearer).json == listed[0]
    auditor = make_person("auditor", evaluation=evaluation)
    assert client.get(f"{API}/lists", headers=auditor.bearer).status_code == 200
    assert client.post(f"{API}/continuation", json={}, headers=auditor.bearer).status_code == 403
    described = json.dumps(client.get("/api/v1/openapi.json").json)
    assert "/lists/{parent}" in described and "multipart/form-data" in described
