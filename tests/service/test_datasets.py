"""Datasets from the service: what is in them, who may have them, how they are made, stopped and removed; the feed."""

import base64
import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from evalsvc import migrate
from evalsvc.audit import AuditRow
from evalsvc.db import now
from evalsvc.errors import ForbiddenError, InvalidError, NotFoundError
from evalsvc.instruments.dataset_package import plain_file_name
from evalsvc.instruments.models import Instrument
from evalsvc.interviews.datasets import commands, operations, queries
from evalsvc.interviews.datasets import jobs as dataset_jobs
from evalsvc.interviews.datasets.models import Dataset
from evalsvc.interviews.datasets.values import DatasetWish
from evalsvc.interviews.feed import pages as feed_pages
from evalsvc.interviews.feed import rows as feed_rows
from evalsvc.interviews.feed.address import feed_address
from evalsvc.interviews.models import Interview
from evalsvc.service import Service
from evalsvc.worker import Worker
from forms.dataset.formats import FORMATS
from tests.service.test_interviews import PHOTO, post

NO_PHOTO = {"no_photo_reason": "objection"}


@pytest.fixture
def service(config, database, store):
    return Service(config, database, store)


@pytest.fixture
def visited(client, field):
    """Four households were visited: the first with a photo and a remark."""
    units = field.opened(field.enumerators[0])[:4]
    for number, unit in enumerate(units):
        given = {"photo_house": PHOTO[0]} if number == 0 else {}
        answer = post(client, field, field.submission(unit, **given), [PHOTO] if number == 0 else [])
        assert answer.status_code == 201
    return units


@pytest.fixture
def lead(field, make_person):
    return make_person("lead", evaluation=field.evaluation)


def made(service, field, actor, **wish):
    """Ask for a dataset, let the worker make it, and open the file."""
    with service.database.transaction() as session:
        identifier = operations.request(session, actor, field.evaluation.id, DatasetWish("household", **wish))
    assert Worker(service, [dataset_jobs.KIND]).run_due() == 1
    with service.database.transaction() as session:
        path, name = operations.take(session, service.store, actor, field.evaluation.id, identifier)
    assert name.endswith(".zip")
    return identifier, zipfile.ZipFile(io.BytesIO(path.read_bytes()))


def rows_of(packed, name="interviews.csv"):
    return list(csv.DictReader(io.StringIO(packed.read(name).decode("utf-8-sig"))))


def audited(database, action):
    with database.reading() as session:
        return [row.details for row in session.scalars(select(AuditRow).where(AuditRow.action == action))]


def test_a_dataset_is_deidentified_and_hangs_on_the_sample(service, field, visited, lead):
    identifier, packed = made(service, field, lead.actor)
    rows = rows_of(packed)
    assert len(rows) == 4
    everything = b"".join(packed.read(name) for name in packed.namelist()).decode("utf-8", "ignore")
    for unit in visited:
        assert unit.unit_id not in everything
    assert PHOTO[0] not in everything
    assert not {"ev_county", "ev_village", "ev_stratum", "ev_weight", "ev_r_unit_1"} & set(rows[0])
    assert {row["ev_unit"] for row in rows} == {row["unit_id"] for row in rows}
    assert all(float(row["ev_weight_coarse"]) > 0 for row in rows)
    book = json.loads(packed.read("codebook.json"))
    assert (book["deidentified"], book["tables"][0]["rows"]) == (True, 4)
    assert "photo_house" in {each["name"] for each in book["withheld"]}
    assert "去标识化" in packed.read("README.zh.md").decode()
    with service.database.reading() as session:
        record = queries.dataset_by_id(session, field.evaluation.id, identifier)
    assert (record.state, record.interviews, record.all) == ("ready", 4, 4)


def test_one_interview_of_a_household_counts(service, field, visited, lead, client):
    for disposition in ("completed", "non_contact"):
        assert post(client, field, field.submission(visited[0], disposition=disposition)).status_code == 201
    _, packed = made(service, field, lead.actor, full=True, reason="核对计入")
    rows = [row for row in rows_of(packed) if row["ev_unit"] == visited[0].unit_id]
    assert [row["ev_counts"] for row in rows] == ["0", "1", "0"]
    assert all(float(row["ev_probability_2"]) > 0 and row["ev_r_stratum_1"] for row in rows)
    told = packed.read("README.zh.md").decode()
    assert "svydesign(" in told
    assert "svyset " in told


def test_a_full_dataset_with_media_is_for_those_who_say_why(service, field, visited, lead, make_person):
    designer = make_person("designer", evaluation=field.evaluation)
    with service.database.transaction() as session:

        def ask(who, **wish):
            operations.request(session, who, field.evaluation.id, DatasetWish("household", **wish))

        with pytest.raises(ForbiddenError, match="full_not_yours"):
            ask(designer.actor, full=True, reason="核对编码本")
        with pytest.raises(InvalidError, match="reason_missing"):
            ask(lead.actor, full=True, reason="  x ")
        with pytest.raises(InvalidError, match="media_personal"):
            ask(lead.actor, media=True)
        with pytest.raises(ForbiddenError, match="not_yours"):
            ask(field.enumerators[0].actor)
        with pytest.raises(NotFoundError, match="unknown_form"):
            operations.request(session, lead.actor, field.evaluation.id, DatasetWish("nothing"))
    identifier, packed = made(service, field, lead.actor, full=True, media=True, reason="复核照片", format="json")
    lines = [json.loads(line) for line in packed.read("interviews.jsonl").decode().splitlines()]
    assert [line["ev_unit"] for line in lines] == [unit.unit_id for unit in visited]
    place = f"media/{plain_file_name(lines[0]['ev_instance'])}/{PHOTO[0]}"
    assert packed.read(place) == PHOTO[1]
    assert packed.getinfo(place).compress_type == zipfile.ZIP_STORED
    with service.database.transaction() as session, pytest.raises(ForbiddenError):
        operations.take(session, service.store, designer.actor, field.evaluation.id, identifier)
    assert [each["reason"] for each in audited(service.database, "dataset.request")] == ["复核照片"]
    assert audited(service.database, "dataset.download") == [{"full": True}]


def test_corrected_versions_and_rejected_interviews_are_left_out(service, field, visited, lead):
    with service.database.transaction() as session:
        first, second, third, _ = session.scalars(select(Interview).order_by(Interview.received_at)).all()
        first.superseded_at = now()
        second.state = "rejected"
        third.state = "approved"
    assert len(rows_of(made(service, field, lead.actor)[1])) == 2
    (row,) = rows_of(made(service, field, lead.actor, scope="approved")[1])
    assert row["ev_state"] == "approved"


@pytest.mark.parametrize("form", [name for name in FORMATS if name not in ("csv", "json")])
def test_every_format_comes_from_the_service(service, field, visited, lead, form):
    _, packed = made(service, field, lead.actor, format=form, language="en")
    assert packed.testzip() is None
    assert {"README.en.md", "codebook.xlsx"} < set(packed.namelist())


def test_a_dataset_is_given_up_and_files_expire(service, field, visited, lead):
    with service.database.transaction() as session:
        stopped = operations.request(session, lead.actor, field.evaluation.id, DatasetWish("household"))
        operations.remove(session, lead.actor, field.evaluation.id, stopped)
    assert Worker(service, [dataset_jobs.KIND]).run_due() == 1
    with service.database.reading() as session:
        assert queries.dataset_by_id(session, field.evaluation.id, stopped).failure_code == "dataset.given_up"
    identifier, _ = made(service, field, lead.actor)
    folder = operations.folder_of(service.store)
    assert [path.name for path in folder.iterdir()] == [f"{identifier}.zip"]
    dataset_jobs.remove_expired(service)
    assert operations.file_of(service.store, identifier).exists()
    with service.database.transaction() as session:
        session.execute(update(Dataset).values(expires_at=now() - timedelta(seconds=1)))
    dataset_jobs.remove_expired(service)
    assert list(folder.iterdir()) == []
    with service.database.transaction() as session, pytest.raises(NotFoundError, match="not_there"):
        operations.take(session, service.store, lead.actor, field.evaluation.id, identifier)


def test_whoever_runs_the_server_exports_by_a_command(service, field, visited, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(commands, "read_config", lambda: service.config)
    monkeypatch.setattr(migrate, "require_current", lambda _engine: None)
    out = tmp_path / "out.zip"
    given = [str(out), "--evaluation", field.evaluation.code, "--form", "household", "--format", "json"]
    commands.commands.main(["export", *given], standalone_mode=False)
    assert "4" in capsys.readouterr().err
    with zipfile.ZipFile(out) as packed:
        assert len(packed.read("interviews.jsonl").splitlines()) == 4
    with pytest.raises(InvalidError, match="reason_missing"):
        commands.commands.main(["export", *given, "--full", "--force"], standalone_mode=False)
    (details,) = audited(service.database, "dataset.export")
    assert (details["form_id"], details["full"]) == ("household", False)


def test_the_page_and_the_api_give_the_same(client, service, field, visited, lead, sign_in, csrf_of):
    base = f"/api/v1/evaluations/{field.evaluation.code}/datasets"
    wished = client.post(base, json={"form_id": "household", "format": "csv"}, headers=lead.bearer)
    assert wished.status_code == 202, wished.json
    identifier = wished.json["id"]
    assert client.get(f"{base}/{identifier}/file", headers=lead.bearer).status_code == 404
    Worker(service, [dataset_jobs.KIND]).run_due()
    shown = client.get(f"{base}/{identifier}", headers=lead.bearer).json
    assert (shown["state"], shown["interviews"], shown["full"]) == ("ready", 4, False)
    with client.get(f"{base}/{identifier}/file", headers=lead.bearer) as sent:
        assert len(rows_of(zipfile.ZipFile(io.BytesIO(sent.data)))) == 4
    assert client.post(base, json={"form_id": "household", "format": "sas"}, headers=lead.bearer).status_code == 422
    assert client.delete(f"{base}/{identifier}", headers=lead.bearer).status_code == 204

    sign_in(client, lead)
    place = f"/evaluations/{field.evaluation.code}/datasets"
    answer = client.post(place, data={"form_id": "household", "format": "xlsx", "csrf_token": csrf_of(client)})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = client.get(place).get_data(as_text=True)
    assert "已删除" in page
    assert "<progress" in page
    Worker(service, [dataset_jobs.KIND]).run_due()
    page = client.get(place).get_data(as_text=True)
    assert "下载 ZIP" in page
    assert f"/api/v1/evaluations/{field.evaluation.code}/odata/household" in page
    links = [part.split('"')[0] for part in page.split('href="')]
    with client.get(next(link for link in links if link.endswith("/file"))) as sent:
        assert sent.status_code == 200


def test_readers_without_personal_data_see_no_way_to_it(client, field, visited, make_person, sign_in):
    sign_in(client, make_person("auditor", evaluation=field.evaluation))
    page = client.get(f"/evaluations/{field.evaluation.code}/datasets").get_data(as_text=True)
    assert 'name="full"' not in page


def test_enumerators_see_nothing(client, field, visited, sign_in):
    sign_in(client, field.enumerators[0])
    assert client.get(f"/evaluations/{field.evaluation.code}/datasets").status_code == 403
    assert feed(client, field, field.enumerators[0]).status_code == 403


# ---- the feed


def feed(client, field, lead, path=""):
    return client.get(f"/api/v1/evaluations/{field.evaluation.code}/odata/household{path}", headers=lead.bearer)


def test_the_feed_describes_itself(client, field, visited, lead):
    service = feed(client, field, lead)
    assert service.headers["OData-Version"] == "4.0"
    assert [each["name"] for each in service.json["value"]][:2] == ["interviews", "member"]
    document = feed(client, field, lead, "/$metadata").get_data(as_text=True)
    keys = '<PropertyRef Name="ev_instance"/><PropertyRef Name="ev_row"/>'
    assert f'<EntityType Name="member"><Key>{keys}</Key>' in document
    assert '<Property Name="attempt" Type="Edm.Int64">' in document
    assert "photo_house" not in document


def test_the_feed_gives_pages_that_lead_to_the_next(client, field, visited, lead, monkeypatch):
    monkeypatch.setattr(feed_rows, "LOOKED_THROUGH", 2)
    whole = feed(client, field, lead, "/interviews?$count=true").json
    assert (whole["@odata.count"], len(whole["value"])) == (4, 2)
    address = whole["@odata.nextLink"].split("/odata/household", 1)[1]
    rest = feed(client, field, lead, address).json
    assert "@odata.nextLink" not in rest
    units = [row["ev_unit"] for row in whole["value"] + rest["value"]]
    assert len(set(units)) == 4
    assert not set(units) & {unit.unit_id for unit in visited}
    some = feed(client, field, lead, "/interviews?$skip=1&$top=2&$select=ev_unit,attempt").json
    second = feed(client, field, lead, some["@odata.nextLink"].split("/odata/household")[1]).json
    assert some["value"] == [{"ev_unit": units[1], "attempt": 1}]
    assert [row["ev_unit"] for row in second["value"]] == [units[2]]


def test_the_rows_of_a_repeat_are_a_table_of_their_own(client, service, field, visited, lead, monkeypatch):
    unit = field.opened(field.enumerators[0])[5]
    members = [{"m_sex": sex, "m_birth_year": year} for sex, year in (("male", 1961), ("female", 1964), ("male", 1991))]
    post(client, field, field.submission(unit, "completed", consent="yes", member=members))
    given = feed(client, field, lead, "/member").json["value"]
    assert [(row["ev_row"], row["m_sex"], row["m_birth_year"]) for row in given] == [
        (1, "male", 1960), (2, "female", 1960), (3, "male", 1990),
    ]  # fmt: skip
    (about,) = {row["ev_instance"] for row in given}
    interviews = feed(client, field, lead, f"/interviews?$filter=ev_instance eq '{about}'&$select=ev_disposition").json
    assert interviews["value"] == [{"ev_disposition": "completed"}]
    monkeypatch.setattr(feed_rows, "MOST_ROWS", 1)
    assert [row["ev_row"] for row in feed(client, field, lead, "/member?$skip=1&$top=1").json["value"]] == [2]
    rows = rows_of(made(service, field, lead.actor)[1], "member.csv")
    assert [row["ev_row"] for row in rows] == ["1", "2", "3"]


def test_a_page_of_the_feed_is_for_who_asked_for_the_one_before(client, field, visited, lead, monkeypatch, make_person):
    monkeypatch.setattr(feed_rows, "LOOKED_THROUGH", 2)
    first = feed(client, field, lead, "/interviews").json
    token = first["@odata.nextLink"].split("$skiptoken=", 1)[1]
    made_up = base64.urlsafe_b64encode(json.dumps(["0001-01-01T00:00:00+00:00", "", 0, None]).encode()).decode()
    other = make_person("supervisor", evaluation=field.evaluation)
    for reader, path in (
        (lead, f"/interviews?$skiptoken={made_up}"),
        (lead, f"/member?$skiptoken={token}"),
        (lead, "/interviews?$skiptoken=%E5%80%BC"),
        (other, f"/interviews?$skiptoken={token}"),
    ):
        answer = feed(client, field, reader, path)
        assert (answer.status_code, answer.json["code"]) == (422, "dataset.feed_token")
    assert len(feed(client, field, lead, f"/interviews?$skiptoken={token}").json["value"]) == 2
    monkeypatch.setattr(feed_pages, "SERVES_SECONDS", -1)
    assert feed(client, field, lead, f"/interviews?$skiptoken={token}").status_code == 422


def test_the_feed_filters_what_it_releases(client, field, visited, lead, database):
    def ask(text):
        return feed(client, field, lead, f"/interviews?$filter={text}")

    assert len(ask("disposition eq 'non_contact' and attempt ge 1").json["value"]) == 4
    assert ask("attempt gt 1").json["value"] == []
    assert len(ask("ev_received_at ge 2020-01-01").json["value"]) == 4
    assert len(ask("refusal_reason eq null").json["value"]) == 4
    for wrong in (
        "attempt", "attempt eq 'x'", "disposition eq 1", "contains(attempt,1)", "attempt eq 1 or attempt eq 2",
        "attempt eq 1 and", "attempt gt null", "ev_received_at ge soon",
    ):  # fmt: skip
        answer = ask(wrong)
        assert (answer.status_code, answer.json["code"]) == (422, "dataset.feed_filter"), wrong
    assert ask("photo_house eq 'x'").json["code"] == "dataset.feed_column"
    assert {"form_id": "household", "table": "interviews"} in audited(database, "dataset.feed")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/nothing", "dataset.feed_table"),
        ("/interviews?$orderby=attempt", "dataset.feed_option"),
        ("/interviews?$expand=member", "dataset.feed_option"),
        ("/interviews?$top=-1", "dataset.feed_number"),
        ("/interviews?$top=99999999999999999999999", "dataset.feed_number"),
        ("/interviews?$skiptoken=abc", "dataset.feed_token"),
        ("/interviews?$skiptoken=WzEsMl0", "dataset.feed_token"),
        ("/member?$count=true", "dataset.feed_count"),
    ],
)
def test_the_feed_says_what_it_does_not_take(client, field, visited, lead, path, code):
    answer = feed(client, field, lead, path)
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_a_form_is_found_whatever_its_id(client, field, visited, lead, database):
    with database.transaction() as session:
        session.execute(update(Instrument).values(form_id="入户/2026 %2F"))
    base = f"/api/v1/evaluations/{field.evaluation.code}/odata/"
    with client.application.app_context():
        address = feed_address(field.evaluation.code, "入户/2026 %2F")
    answer = client.get(base + address.split("/odata/")[1] + "/interviews?$top=1", headers=lead.bearer)
    assert (answer.status_code, len(answer.json["value"])) == (200, 1)
    assert answer.json["@odata.context"] == f"{address}/$metadata#interviews"


def test_the_feed_of_another_form_or_without_a_token_is_none(client, field, lead):
    base = f"/api/v1/evaluations/{field.evaluation.code}/odata"
    assert client.get(f"{base}/nothing", headers=lead.bearer).status_code == 404
    assert client.get(f"{base}/household").status_code == 401
