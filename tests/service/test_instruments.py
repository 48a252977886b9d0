"""Instruments: published once, never changed, refused with sheet, row and column."""

import io
import json
import re

import pytest
from click.testing import CliRunner

from evalsvc.cli import main
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError
from evalsvc.instruments import operations, queries
from forms import library
from forms.library import workbook_bytes

FORM = """
| settings |
| | form_title | form_id | version |
| | 试点问卷 | pilot | 1 |
| survey |
| | type | name | label | required | relevant |
| | text | unit_id | 户编号 | yes | |
| | select_one outcome | disposition | 结果 | yes | |
| | integer | persons | 人数 | yes | ${disposition} = 'completed' |
| choices |
| | list_name | name | label |
| | outcome | completed | 完成 |
| | outcome | refused | 拒访 |
"""


def publish(database, store, actor, evaluation, text=FORM, name="pilot.md"):
    with database.transaction() as session:
        made = operations.publish(session, actor, evaluation.id, operations.keep_form(store, text.encode(), name))
        return queries.record(made)


def refused(database, store, actor, evaluation, text):
    with pytest.raises(InvalidError) as caught:
        publish(database, store, actor, evaluation, text)
    return caught.value.complaints


def test_a_version_is_published_once(database, store, actor, make_evaluation):
    evaluation = make_evaluation()
    made = publish(database, store, actor, evaluation)
    assert (made.form_id, made.version, made.title) == ("pilot", "1", "试点问卷")
    assert store.get(made.source_sha256) == FORM.encode()
    with pytest.raises(ConflictError, match="version_exists"):
        publish(database, store, actor, evaluation, FORM.replace("人数", "常住人数"))
    second = publish(database, store, actor, evaluation, FORM.replace("| pilot | 1 |", "| pilot | 2 |"))
    with database.reading() as session:
        assert queries.newest(session, evaluation.id, "pilot") == second
        assert len(queries.instruments_of(session, evaluation.id)) == 2
    assert publish(database, store, actor, make_evaluation("another")).version == "1"


def test_complaints_say_where(database, store, actor, make_evaluation):
    evaluation = make_evaluation()
    complaints = refused(
        database, store, actor, evaluation, FORM.replace("| integer | persons", "| intteger | persons")
    )
    assert [(each.details.get("sheet"), each.details.get("row")) for each in complaints] == [("survey", 4)]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("| text | unit_id |", "| text | household |", "instrument.question_missing"),
        ("| outcome | refused | 拒访 |", "| outcome | gone | 走了 |", "instrument.outcomes"),
        ("| pilot | 1 |", "| pilot | |", "instrument.version_missing"),
    ],
)
def test_a_form_that_cannot_hang_on_the_sample_is_refused(database, store, actor, make_evaluation, old, new, code):
    complaints = refused(database, store, actor, make_evaluation(), FORM.replace(old, new))
    assert code in {each.code for each in complaints}


MARKED = (
    ("| version |", "| version | namespaces |"),
    ("| pilot | 1 |", '| pilot | 1 | evalsvc="https://evalsvc.org/xform/1" |'),
    ("| required | relevant |", "| required | relevant | bind::evalsvc:about |"),
)


def about(text, unit):
    for old, new in MARKED:
        text = text.replace(old, new)
    return text.replace("| 户编号 | yes | |", f"| 编号 | yes | | {unit} |")


UNFINISHED = FORM.replace("| outcome | completed | 完成 |", "| outcome | non_contact | 未访到 |")
WITHOUT_OUTCOME = re.sub(r"\| \| select_one.*\n", "", FORM).replace("${disposition} = 'completed'", "")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (FORM, ("household", "completed")),
        (UNFINISHED, ("household", "not_completed")),
        (WITHOUT_OUTCOME, ("household", "none")),
        (about(WITHOUT_OUTCOME, "village"), ("village", "none")),
        (about(FORM.replace("| refused |", "| whatever |"), "county"), ("county", "none")),
    ],
)
def test_a_form_says_what_it_is_about(database, store, actor, make_evaluation, text, part):
    made = publish(database, store, actor, make_evaluation(), text)
    assert (made.about, made.outcomes) == part


def test_a_form_about_something_else_is_refused(database, store, actor, make_evaluation):
    found = refused(database, store, actor, make_evaluation(), about(FORM, "province"))
    assert [(each.code, each.details["row"]) for each in found] == [("instrument.about", 2)]


def test_only_designers_and_leads_publish(database, store, make_evaluation, make_person):
    evaluation = make_evaluation()
    with pytest.raises(ForbiddenError):
        publish(database, store, make_person("supervisor", evaluation=evaluation).actor, evaluation)


def test_others_write_while_a_form_is_converted(client, field, make_person, monkeypatch, others_write):
    written, read = [], operations.read_form

    def watched(*given):
        written.append(others_write())
        return read(*given)

    monkeypatch.setattr(operations, "read_form", watched)
    address = f"/api/v1/evaluations/{field.evaluation.code}/instruments"
    lead = make_person("lead", evaluation=field.evaluation)
    answer = client.post(address, data={"file": (io.BytesIO(FORM.encode()), "pilot.md")}, headers=lead.bearer)
    assert (answer.status_code, written) == (201, [True])


def test_the_page_publishes_shows_and_refuses(client, field, make_person, sign_in, csrf_of):
    sign_in(client, make_person("designer", evaluation=field.evaluation))
    url = f"/evaluations/{field.evaluation.code}/instruments"
    assert "入户问卷" in client.get(url).get_data(as_text=True)
    page = client.get(f"{url}/{field.instrument_id}").get_data(as_text=True)
    assert "单选" in page and "综合贫困发生率" in page and "人口情况" in page
    assert not [code for code in ("select1", "dateTime", "poverty_incidence", "demographic") if f">{code}<" in page]
    assert "suspicion_kind" in page and "错退" in page and "未访到的原因" in page
    assert client.get(f"{url}/{field.instrument_id}/form.xml").data == field.definition.xform

    def send(text, name="pilot.md"):
        data = {"file": (io.BytesIO(text.encode()), name), "csrf_token": csrf_of(client), "confirmed": "1"}
        return client.post(url, data=data, content_type="multipart/form-data")

    bad = send(FORM.replace("| integer | persons", "| intteger | persons"))
    assert bad.status_code == 422
    assert re.search(r">survey</td>\s*<td class=\"number\"[^>]*>4</td>", bad.get_data(as_text=True))
    assert send("no form at all").status_code == 422
    assert send(FORM).status_code == 303
    shipped = {"shipped": "household", "csrf_token": csrf_of(client)}
    assert client.post(url, data=shipped).status_code == 422
    uncalled = client.post(url, data={**shipped, "confirmed": "1"})
    assert uncalled.status_code == 422 and "institute_call" in uncalled.get_data(as_text=True)
    assert client.post(url, data={**shipped, "confirmed": "1", "telephone": "0591-00000000"}).status_code == 409


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_any_shipped_form_is_published_by_its_name():
    assert operations.shipped_form("village") == ("village.md", library.text_of("village"))
    with pytest.raises(InvalidError) as refused:
        operations.shipped_form("../secrets")
    assert refused.value.code == "instrument.shipped_unknown"


@pytest.mark.parametrize("name", library.names())
def test_the_command_writes_any_shipped_form_and_finds_no_fault_in_it(tmp_path, name):
    form = tmp_path / f"{name}.xlsx"
    words = ("--institute", "示范评估中心", "--telephone", "0591-00000000")
    assert run("form", "example", form, "--form", name, *words).exit_code == 0
    checked = run("form", "check", form, "--json")
    report = json.loads(checked.stdout)
    assert (checked.exit_code, report["form"], report["complaints"]) == (0, name, [])
    assert report["not_publishable"] == []


def test_blanks_of_a_form_are_named_until_they_are_filled(tmp_path):
    form = tmp_path / "household.xlsx"
    assert run("form", "example", form, "--institute", "示范评估中心").exit_code == 0
    checked = run("form", "check", form, "--json")
    left = json.loads(checked.stdout)["not_publishable"]
    assert checked.exit_code == 0
    assert [(each["code"], each["sheet"], each["column"]) for each in left] == [
        ("instrument.blank", "survey", "calculation")
    ]
    assert "institute_call" in left[0]["message"] and left[0]["row"] > 2


def test_the_command_checks_a_form_and_its_submissions(tmp_path, shipped_definition, filled):
    form = tmp_path / "household.xlsx"
    assert run("form", "example", form).exit_code == 0
    assert form.read_bytes()[:2] == workbook_bytes("household")[:2]
    assert run("form", "example", form).exit_code == 1
    good, bad, broken = tmp_path / "good.xml", tmp_path / "bad.xml", tmp_path / "broken.xml"
    good.write_bytes(filled)
    bad.write_bytes(filled.replace(b"<attempt>1<", b"<attempt>77<"))
    broken.write_bytes(filled[:100])
    fine = run("form", "check", form, "--instance", good, "--json")
    assert fine.exit_code == 0, fine.output
    report = json.loads(fine.stdout)
    assert (report["form"], report["version"], report["complaints"]) == ("household", shipped_definition.version, [])
    assert report["instances"] == [{"file": str(good), "complaints": []}]
    failed = run("form", "check", form, "--instance", bad, "--instance", broken, "--json")
    assert failed.exit_code == 1
    first, second = (each["complaints"] for each in json.loads(failed.stdout)["instances"])
    assert [(each["kind"], each["path"]) for each in first] == [("constraint", "/data/visit/attempt")]
    assert [each["kind"] for each in second] == ["structure"]
    assert all(each["message"] and not each["message"].startswith(("check.", "xml.")) for each in first + second)


def test_the_command_names_the_place_of_a_mistake(tmp_path):
    path = tmp_path / "pilot.md"
    path.write_text(FORM.replace("| integer | persons", "| intteger | persons"), encoding="utf-8")
    report = run("form", "check", path, "--json")
    assert report.exit_code == 1
    complaint = json.loads(report.stdout)["complaints"][0]
    assert (complaint["kind"], complaint["sheet"], complaint["row"]) == ("form", "survey", 4)
    assert run("form", "check", path).exit_code == 1
    assert run("form", "check", tmp_path / "nowhere.xlsx").exit_code == 2


@pytest.fixture
def shipped_definition(prepared_field):
    return prepared_field.known.definition


@pytest.fixture
def filled(prepared_field):
    field = prepared_field.known
    return field.submission(field.assignments[0])
