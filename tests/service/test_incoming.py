"""What comes in and fits nowhere is refused with a sentence, on every database, before it can break anything."""

import io

import pytest

from evalsvc.incoming import LONGEST_NAME, number, plain_name
from evalsvc.instruments import operations as instruments

TOO_LARGE = ("99999999999999999999", "2147483648", "9" * 5000)
MAPPING = "levels:\n  - {name: county, id: county_code, columns: {county: text}}\n"
ODD_NAMES = ("..", "../..", "a\0b.csv", "名" * 100 + ".csv", "\u202e.csv", "/")
FORM = """
| settings |
| | form_title | form_id | version |
| | 试点问卷 | {form_id} | 1 |
| survey |
| | type | name | label |
| | text | unit_id | 户编号 |
| | select_one outcome | disposition | 结果 |
| choices |
| | list_name | name | label |
| | outcome | completed | 完成 |
"""


def test_a_sign_that_no_column_keeps_is_refused_at_the_door(client, csrf_of):
    form = {"sign_in_name": "wang\0", "password": "x", "csrf_token": csrf_of(client)}
    answer = client.post("/sign-in", data=form)
    assert (answer.status_code, "不可见字符" in answer.get_data(as_text=True)) == (422, True)


@pytest.mark.parametrize("path", ["a%00b", "a%0Ab", "{code}/frames/a%00b", "{code}/interviews/%1F", "{code}/draws/%00"])
def test_nothing_has_an_address_with_control_characters(client, make_evaluation, make_person, sign_in, path):
    sign_in(client, make_person("lead"))
    assert client.get("/evaluations/" + path.format(code=make_evaluation().code)).status_code == 404


@pytest.mark.parametrize("given", TOO_LARGE)
def test_numbers_that_no_row_has_lead_nowhere(client, make_evaluation, make_person, sign_in, csrf_of, given):
    base, lead = f"/evaluations/{make_evaluation().code}", make_person("lead")
    sign_in(client, lead)
    for path in (
        f"{base}/draws/{given}",
        f"{base}/editions/{given}/report.pdf",
        f"/commitments/x/{given}/commitment.json",
    ):
        assert client.get(path).status_code == 404, path
    assert client.get(f"{base}/fieldwork?draw={given}").status_code == 200
    assert client.get(f"{base}/interviews?page={given}").status_code == 200
    form = {"draw": given, "instrument": "x", "csrf_token": csrf_of(client), "confirmed": "1"}
    assert client.post(f"{base}/fieldwork/assignments", data=form).status_code == 404
    assert client.get(f"/api/v1{base}/draws/{given}", headers=lead.bearer).status_code == 404


def test_a_number_is_read_only_where_a_row_can_have_it():
    assert (number("0"), number("2147483647")) == (0, 2**31 - 1)
    for text in (*TOO_LARGE, "", "x"):
        with pytest.raises(ValueError):
            number(text)


def test_queries_and_programs_are_refused_alike(client, make_evaluation, make_person):
    lead, base = make_person("lead"), f"/api/v1/evaluations/{make_evaluation().code}"
    assert client.get(f"{base}/interviews?county=a%00", headers=lead.bearer).status_code == 422
    for wish in ('{"result": "a\\u0000"}', '{"result": "\\ud800"}'):
        answer = client.post(f"{base}/editions", data=wish, headers=lead.bearer, content_type="application/json")
        assert (answer.status_code, answer.json["code"]) == (422, "request.signs")
    wish = {"draw": 10**30, "instrument_id": "x"}
    assert client.post(f"{base}/fieldwork/assignments", json=wish, headers=lead.bearer).status_code == 422
    deep = "[" * 500_000
    answer = client.post(f"{base}/editions", data=deep, headers=lead.bearer, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_frame_may_come_under_any_name(client, make_evaluation, make_person, name):
    data = {"file": (io.BytesIO("county_code,county\n350125,永泰县\n".encode()), name), "mapping": MAPPING}
    base, designer = f"/api/v1/evaluations/{make_evaluation().code}", make_person("designer")
    answer = client.post(f"{base}/frames", data=data, headers=designer.bearer, content_type="multipart/form-data")
    assert answer.status_code in {201, 422}
    assert answer.status_code == 201 or answer.json["code"] == "request.signs", answer.json


@pytest.mark.parametrize("name", [*ODD_NAMES, "a\r\nb.csv", "\ud800"])
def test_a_name_that_is_kept_is_short_visible_and_no_folder(name):
    kept = plain_name(name, "frame")
    assert kept not in {"", ".", ".."} and kept.isprintable() and "/" not in kept
    assert len(kept.encode()) <= LONGEST_NAME
    assert plain_name("C:\\名册\\村.csv", "frame") == "村.csv"
    assert plain_name("名" * 100 + ".csv", "frame").endswith("名.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_texts_are_taken_as_editors_save_them(client, make_evaluation, make_person, encoding):
    mapping = "levels:\n  - {name: county, id: 县代码, columns: {县名: text}}\n".encode(encoding)
    rows = "县代码,县名\n350125,永泰县\n".encode(encoding)
    data = {"file": (io.BytesIO(rows), "县.csv"), "mapping_file": (io.BytesIO(mapping), "对应.yaml")}
    base, designer = f"/api/v1/evaluations/{make_evaluation().code}", make_person("designer")
    answer = client.post(f"{base}/frames", data=data, headers=designer.bearer, content_type="multipart/form-data")
    assert answer.status_code == 201, answer.json
    bad = {"file": (io.BytesIO(rows), "县.csv"), "mapping_file": (io.BytesIO(b"a: 1\n\xff\xff\xff"), "对应.yaml")}
    answer = client.post(f"{base}/frames", data=bad, headers=designer.bearer, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["code"], answer.json["details"]["row"]) == (422, "file.not_text", 2)


@pytest.mark.parametrize("form_id", ["household/2026", "a b?c=1&d", "入户%2F问卷"])
def test_a_phone_gets_a_form_whatever_its_id(
    client, config, database, store, actor, make_evaluation, make_person, form_id
):
    evaluation = make_evaluation()
    form = instruments.keep_form(store, FORM.format(form_id=form_id).encode(), "pilot.md")
    with database.transaction() as session:
        made = instruments.publish(session, actor, evaluation.id, form)
    base = f"/v1/key/{make_person('enumerator', evaluation=evaluation).device_token}/evaluations/{evaluation.code}"
    headers = {"X-OpenRosa-Version": "1.0"}
    listed = client.get(base + "/formList", headers=headers).get_data(as_text=True)
    url = listed.split("<downloadUrl>")[1].split("</downloadUrl>")[0].removeprefix(config.public_url)
    form = client.get(url.replace("&amp;", "&"), headers=headers)
    assert (form.status_code, form.data) == (200, store.get(made.xform_sha256))
