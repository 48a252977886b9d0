"""Drafts: replaced freely, tried by the server's engine, published once; what changed is told."""

import io
import json
import re

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from evalsvc.cli import main
from evalsvc.instruments.models import InstrumentDraft
from evalsvc.instruments.trial_page import answers_of
from evalsvc.interviews.models import Interview

FORM = """
| settings |
| | form_title | form_id | version |
| | 试点问卷 | pilot | 1 |
| survey |
| | type | name | label | required | relevant | constraint | calculation |
| | text | unit_id | 户编号 | yes | | | |
| | select_one outcome | disposition | 结果 | yes | | | |
| | begin_repeat | plot | 地块 | | ${disposition} = 'completed' | | |
| | decimal | area | 面积 | | | . > 0 | |
| | end_repeat | | | | | | |
| | calculate | total | | | | | sum(${area}) |
| | text | price | 价 | | | | |
| choices |
| | list_name | name | label |
| | outcome | completed | 完成 |
| | outcome | refused | 拒访 |
"""
WITH_TABLE = FORM.replace(
    "| | text | price | 价 | | | | |", "| | calculate | price | | | | | pulldata('p', 'v', 'k', '1') |"
)


@pytest.fixture
def base(client, field, make_person, sign_in):
    sign_in(client, make_person("designer", evaluation=field.evaluation))
    return f"/evaluations/{field.evaluation.code}"


@pytest.fixture
def save(client, base, csrf_of):
    def saved(text, files=()):
        sent = [(io.BytesIO(content), name) for name, content in files]
        body = {"file": (io.BytesIO(text.encode()), "pilot.md"), "files": sent, "csrf_token": csrf_of(client)}
        return client.post(f"{base}/drafts", data=body, content_type="multipart/form-data")

    return saved


def test_a_draft_is_replaced_tried_and_published(client, base, save, csrf_of, database, field):
    first = save(FORM.replace("| pilot | 1 |", "| pilot | |"))
    assert first.status_code == 303
    page = client.get(first.location).get_data(as_text=True)
    assert "发布前要改" in page and "没有版本号" in page and "发布这个版本" not in page
    second = save(FORM)
    assert second.location == first.location
    page = client.get(second.location).get_data(as_text=True)
    assert "没有发现问题" in page and "发布这个版本" in page
    assert "试点问卷" in client.get(f"{base}/instruments").get_data(as_text=True)
    refused = client.post(f"{second.location}/publish", data={"csrf_token": csrf_of(client)})
    assert refused.status_code == 422
    made = client.post(f"{second.location}/publish", data={"csrf_token": csrf_of(client), "confirmed": "1"})
    assert made.status_code == 303 and "/instruments/" in made.location
    assert client.get(second.location).status_code == 404
    third = save(FORM.replace("| pilot | 1 |", "| pilot | 2 |").replace("| 面积 |", "| 耕地面积 |"))
    page = client.get(third.location).get_data(as_text=True)
    assert "与版本 1 相比" in page and "题目文字" in page and "耕地面积" in page and "不可比" not in page
    made = client.post(f"{third.location}/publish", data={"csrf_token": csrf_of(client), "confirmed": "1"})
    assert "与版本 1 相比" in client.get(made.location).get_data(as_text=True)
    api = f"/api/v1{base}/instruments/{made.location.rpartition('/')[2]}/changes"
    assert client.get(api, headers=field.supervisor.bearer).json == [
        {"kind": "label", "path": "/plot/area", "name": "area", "before": "面积", "after": "耕地面积", "breaks": False}
    ]


def shown(page):
    return re.findall(r'name="(/data/[^"]+)" value="([^"]*)"( checked)?', page)


def test_a_trial_settles_and_checks_and_keeps_nothing(client, base, save, csrf_of, database):
    address = save(FORM).location + "/try"
    page = client.get(address).get_data(as_text=True)
    assert "/data/disposition" in page and "/data/plot" not in page and 'class="notice bad"' not in page
    token = {"csrf_token": csrf_of(client)}
    page = client.post(address, data=token).get_data(as_text=True)
    assert 'class="notice bad"' not in page and "还有 2 道必答题没有答到" in page
    page = client.post(address, data={**token, "/data/price": "7"}).get_data(as_text=True)
    assert page.count('class="notice bad"') == 2 and "2 题有问题" in page
    assert '<a href="#q1">户编号</a>' in page and 'id="q1"' in page and 'id="complaints"' in page
    answers = {**token, "/data/unit_id": "1", "/data/disposition": "completed", "/data/plot[1]/area": "1.5"}
    page = client.post(address, data=answers).get_data(as_text=True)
    assert "检查没有发现问题" in page and "<output>1.5</output>" in page
    page = client.post(address, data={**answers, "add": "/data/plot[2]"}).get_data(as_text=True)
    assert ("/data/plot[2]/area", "", "") in shown(page) and ("/data/disposition", "completed", " checked") in shown(
        page
    )
    page = client.post(address, data={**answers, "/data/plot[2]/area": "-1"}).get_data(as_text=True)
    assert "<output>0.5</output>" in page and page.count('class="notice bad"') == 1
    strange = client.post(address, data={**answers, "/data/nobody": "1", "/data/unit_id[3]/x": "2"})
    assert strange.status_code == 200 and "notice bad" in strange.get_data(as_text=True)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Interview)) == 0


def test_a_trial_speaks_as_a_phone_does(client, base, save, csrf_of):
    asked = """| | select_one yn | consent | 同意吗 | | | . = 'yes' | |
| | note | told | ${unit_id} 户，合计 ${total}，还有 ${price} | | | | |
| choices |
| | list_name | name | label |
| | yn | yes | 同意 |
| | yn | no | 不同意 |
| | outcome"""
    form = FORM.replace("| choices |\n| | list_name | name | label |\n| | outcome", asked, 1)
    answers = {"/data/unit_id": "7", "/data/disposition": "completed", "/data/plot[1]/area": "2", "/data/consent": "no"}
    data = {"csrf_token": csrf_of(client), **answers}
    page = client.post(save(form).location + "/try", data=data).get_data(as_text=True)
    assert "7 户，合计 2，还有 …" in page
    assert "答案“不同意”不符合要求" in page


def test_sorts_of_questions_are_named_in_words(client, base, save):
    page = client.get(save(FORM).location).get_data(as_text=True)
    for word in ("单选", "小数", "自动计算", "文字"):
        assert f">{word}</td>" in page
    assert "填写" not in page.partition("题目和用途")[2]


def test_files_stay_beside_a_draft(client, base, save, csrf_of, database):
    location = save(WITH_TABLE, [("p.csv", b"k,v\n1,7\n")]).location
    assert "<output>7</output>" in client.get(f"{location}/try").get_data(as_text=True)
    assert save(WITH_TABLE.replace("价", "价格")).location == location
    assert "p.csv" in client.get(location).get_data(as_text=True)
    body = {"files": (io.BytesIO(b"k,v\n1,8\n"), "p.csv"), "csrf_token": csrf_of(client)}
    assert client.post(f"{location}/files", data=body, content_type="multipart/form-data").status_code == 303
    assert "<output>8</output>" in client.get(f"{location}/try").get_data(as_text=True)
    assert client.post(f"{location}/remove", data={"csrf_token": csrf_of(client)}).status_code == 303
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(InstrumentDraft)) == 0


def test_what_cannot_be_read_is_no_draft(client, base, save):
    bad = save(FORM.replace("| decimal | area", "| dezimal | area"))
    assert bad.status_code == 422 and "问卷没有发布" in bad.get_data(as_text=True)


def test_a_missing_table_is_named_and_the_trial_says_so(client, base, save):
    location = save(WITH_TABLE).location
    page = client.get(location).get_data(as_text=True)
    assert "还缺：p.csv" in page and "发布这个版本" not in page
    assert "p.csv" in client.get(f"{location}/try").get_data(as_text=True)


def test_supervisors_look_and_enumerators_do_not(client, base, save, field, sign_in, make_person, csrf_of):
    location = save(FORM).location
    sign_in(client, field.supervisor)
    page = client.get(location).get_data(as_text=True)
    assert "试填" in page and "删除草稿" not in page
    assert client.post(f"{location}/remove", data={"csrf_token": csrf_of(client)}).status_code == 403
    sign_in(client, field.enumerators[0])
    assert client.get(location).status_code == 403


def test_rows_come_back_by_their_numbers():
    plain = {"/data/a": ["1"], "csrf_token": ["0"]}
    rows = {"/data/r[2]/b": ["y"], "/data/r[1]": [""], "/data/g/s[1]/t[1]/c": ["p", "q"]}
    expected = {"a": "1", "r": [{}, {"b": "y"}], "g/s": [{"t": [{"c": "p q"}]}]}
    assert answers_of({**plain, **rows}, "data") == expected


def test_the_command_lists_changes(tmp_path):
    old, new = tmp_path / "old.md", tmp_path / "new.md"
    old.write_text(FORM, encoding="utf-8")
    new.write_text(FORM.replace("| decimal | area", "| integer | area"), encoding="utf-8")
    told = CliRunner().invoke(main, ["form", "changes", str(old), str(new)])
    assert told.exit_code == 0 and "/plot/area：题型" in told.output and "不能直接比较" in told.output
    listed = json.loads(CliRunner().invoke(main, ["form", "changes", str(old), str(new), "--json"]).output)
    assert [(each["kind"], each["breaks"], each["before"], each["after"]) for each in listed] == [
        ("type", True, "decimal", "int")
    ]
    assert "原来 小数，现在 整数" in told.output
    new.write_text("nothing", encoding="utf-8")
    assert CliRunner().invoke(main, ["form", "changes", str(old), str(new)]).exit_code == 1
