"""Pages as readers meet them: what stands first, what is said, and what is asked before the irrevocable."""

import html
import io
import re

import pytest

from evalsvc.frames.reading import check_files
from evalsvc.frames.usual import suggestion


@pytest.fixture
def reader_of(client, sign_in, make_person):
    """Sign somebody with roles in and return what fetches a page's text: reader_of("lead")("/")."""

    def reader(*roles, evaluation=None):
        sign_in(client, make_person(*roles, evaluation=evaluation))

        def fetch(address, status=200):
            answer = client.get(address)
            assert answer.status_code == status, answer.get_data(as_text=True)
            return answer.get_data(as_text=True)

        return fetch

    return reader


def test_villages_are_given_out_above_the_list_and_without_a_choice_the_page_says_so(client, csrf_of, field, reader_of):
    read = reader_of("supervisor", evaluation=field.evaluation)
    home = f"/evaluations/{field.evaluation.code}/fieldwork"
    page = read(home)
    assert page.index('id="give"') < page.index("各县") < page.index('form="give"')
    assert page.count('data-label="调查员"') == 4
    answer = client.post(f"{home}/draws/1/enumerator", data={"csrf_token": csrf_of(client), "person": ""})
    assert answer.status_code == 303
    assert "没有勾选村" in read(answer.headers["Location"])


def box(page):
    """Return the design in the box of a page."""
    return html.unescape(re.search(r'<textarea name="design"[^>]*>(.*?)</textarea>', page, re.DOTALL)[1])


def test_a_design_is_checked_and_confirmed_before_it_is_committed(client, csrf_of, field, reader_of):
    read = reader_of("designer", evaluation=field.evaluation)
    address = f"/evaluations/{field.evaluation.code}/draws"

    def send(status, **given):
        form = {"csrf_token": csrf_of(client), "frame": field.frame_id, "purpose": "第二次", **given}
        answer = client.post(address, data=form)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    assert box(read(address)) == ""
    example = box(send(200, wanted="example"))
    assert "draw: 2" in example and "name: household" in example
    wrong = example.replace("household_id", "no_such_column")
    refused = send(422, design=wrong)
    assert box(refused) == wrong and "没有登记" in refused and "第二次" in refused
    checked = send(200, design=example)
    assert "还没有承诺" in checked and "confirmed" in checked and "预计" in checked
    assert box(checked).lstrip() == example
    assert box(send(200, design=example, wanted="edit")) == example
    assert read(address).count("已承诺，未抽取") == 0
    shown = re.search(r'name="shown" value="([0-9a-f]{64})"', checked)[1]
    # Whoever confirms commits what was shown, and nothing else: anything else is shown first.
    for other in ({}, {"shown": "0" * 64}, {"shown": shown, "design": example.replace("each: 8", "each: 7")}):
        assert "还没有承诺" in send(200, **{"design": example, "confirmed": "1", **other})
    assert read(address).count("已承诺，未抽取") == 0
    send(303, design=example.replace("\n", "\r\n"), confirmed="1", shown=shown)
    assert read(address).count("已承诺，未抽取") == 1
    assert "draw 一栏写 3" in read(address)


def test_an_example_never_takes_the_place_of_a_design_that_was_typed(client, csrf_of, field, reader_of):
    read = reader_of("designer", evaluation=field.evaluation)
    address = f"/evaluations/{field.evaluation.code}/draws"
    form = {"csrf_token": csrf_of(client), "frame": field.frame_id, "purpose": ""}
    asked = client.post(address, data={**form, "design": "version: 1\n", "wanted": "example"}).get_data(as_text=True)
    assert box(asked) == "version: 1\n" and "没有改动" in asked
    assert 'value="example"' not in asked and 'value="example"' in read(address)


def test_a_county_is_reached_by_its_link_though_its_part_is_closed(field, reader_of):
    page = reader_of("supervisor", evaluation=field.evaluation)(f"/evaluations/{field.evaluation.code}/fieldwork")
    linked = re.findall(r'href="#(county-\d+)"', page)
    assert len(linked) == 2 and linked == re.findall(r'<details class="part" id="(county-\d+)"', page)


def test_a_list_without_a_mapping_gets_one_suggested_that_fits(client, csrf_of, make_evaluation, reader_of):
    evaluation = make_evaluation()
    reader_of("designer", evaluation=evaluation)
    rows = "县代码,县,村编码,村,户编号,户类别,建档立卡,家庭人口\n35,甲县,3501,乙村,3501-1,一般农户,否,3\n"

    def send(mapping):
        form = {"csrf_token": csrf_of(client), "mapping": mapping, "file": (io.BytesIO(rows.encode()), "户册.csv")}
        answer = client.post(f"/evaluations/{evaluation.code}/frames", data=form)
        text = answer.get_data(as_text=True)
        return answer.status_code, re.search(r'<textarea name="mapping"[^>]*>(.*?)</textarea>', text, re.DOTALL)

    status, suggested = send("")
    assert status == 422 and "村编码: village_code" in suggested[1] and "village_kind" not in suggested[1]
    assert send(html.unescape(suggested[1]))[0] == 303


def test_a_list_with_both_names_of_a_column_gets_a_mapping_that_the_import_takes(tmp_path):
    path = tmp_path / "户册.csv"
    heads = "县代码,county_code,县,村代码,村,户编号,户类别,建档立卡,家庭人口"
    path.write_text(f"{heads}\n35,35,甲县,3501,乙村,3501-1,一般农户,否,3\n", encoding="utf-8")
    suggested = suggestion(path).mapping
    assert suggested is not None and "县代码" not in suggested and "村代码: village_code" in suggested
    assert check_files(path, suggested, tmp_path / "frame.parquet").frame.levels[0].id == "county_code"


def test_a_new_person_and_a_new_phone_come_with_the_next_step(client, csrf_of, make_evaluation, make_person, reader_of):
    evaluation, read = make_evaluation(), reader_of("administrator")
    added = client.post("/people", data={"csrf_token": csrf_of(client), "name": "测试乙", "sign_in_name": "test-b"})
    home = added.headers["Location"].removesuffix("/secret")
    assert "已经记下，下一步" in read(added.headers["Location"]) and "下一步：授予角色" in read(home)
    role = {"csrf_token": csrf_of(client), "role": "enumerator", "evaluation": evaluation.code}
    assert client.post(f"{home}/roles", data=role).status_code == 303
    assert "签发“调查设备”令牌" in read(home)
    token = {"csrf_token": csrf_of(client), "kind": "device", "label": "手机", "days": "9"}
    shown = read(client.post(f"{home}/tokens", data=token).headers["Location"])
    assert f"/evaluations/{evaluation.code}</code>" in shown and "<svg" in shown
    assert "下一步" not in read(home)
    wish = {"name": "新项目", "code": "new-one", "client": "甲", "institute": "乙", "pack": evaluation.pack}
    made = client.post("/evaluations", data={"csrf_token": csrf_of(client), **wish})
    assert "下一步：导入抽样框" in read(made.headers["Location"])


def test_programs_are_answered_in_the_language_they_ask_for(client):
    for wanted, word in (("en-GB,en;q=0.9", "token"), ("zh-CN", "令牌"), ("fr", "令牌"), (None, "令牌")):
        headers = {} if wanted is None else {"Accept-Language": wanted}
        assert word in client.get("/api/v1/evaluations/x/cases", headers=headers).json["message"]
