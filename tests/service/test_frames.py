"""Frames: whole or not at all, every problem at once, the same units hash alike whatever the file."""

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from evalsvc.audit import AuditRow
from evalsvc.cli import main
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError
from evalsvc.frames import operations, queries
from evalsvc.frames.models import FrameFile
from evalsvc.frames.reading import check_files, offered_mapping
from evalsvc.store import Store
from sampling.frame import open_frame

MAPPING = """
levels:
  - {name: county, id: county_code, columns: {county: text}}
  - {name: village, id: village_code, columns: {village: text, poor_households: integer}}
"""
ROWS = "county_code,county,village_code,village,poor_households\n" + "".join(
    f"350125,永泰县,35012510{n},第{n}村,{n}\n" for n in range(1, 6)
)
BAD = """county_code,county,village_code,village,poor_households
350125,永泰县,350125101,甲村,3
350125,永泰县,350125101,甲村,3
350125,永泰县,,乙村,4
,,350125103,丙村,5
350125,永泰县,350125104,丁村,-2
350125,永泰县,350125105,戊村,
350125,永泰县,350125106,己村,三
"""


def written(folder: Path, text: str, name: str = "villages.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


def test_a_frame_is_kept_with_its_source_and_counts(database, store, actor, make_evaluation, tmp_path):
    evaluation = make_evaluation()
    checked = check_files(written(tmp_path, ROWS), MAPPING, tmp_path / "a.parquet")
    with database.transaction() as session:
        identifier = operations.import_frame(session, actor, evaluation.id, operations.keep_frame(store, checked)).id
    with database.reading() as session:
        record = queries.frame_by_id(session, evaluation.id, identifier)
        row = session.scalars(select(AuditRow).where(AuditRow.subject == identifier)).one()
    assert [(level.name, level.units) for level in record.levels] == [("county", 1), ("village", 5)]
    assert record.levels[1].totals == {"poor_households": "15"}
    assert store.get(record.source_sha256) == ROWS.encode()
    assert open_frame(store.path(record.file_sha256)).levels == checked.frame.levels
    assert (row.action, row.details["frame"]) == ("frame.import", record.frame_sha256)


def test_the_same_units_are_not_imported_twice_whatever_the_file(database, store, actor, make_evaluation, tmp_path):
    evaluation = make_evaluation()
    lines = ROWS.splitlines(keepends=True)
    shuffled = "".join([lines[0], *reversed(lines[1:])])
    gbk = check_files(written(tmp_path, shuffled, "excel.csv", "gbk"), MAPPING, tmp_path / "b.parquet")
    assert gbk.encoding == "gb18030"
    with database.transaction() as session:
        operations.import_frame(
            session,
            actor,
            evaluation.id,
            operations.keep_frame(store, check_files(written(tmp_path, ROWS), MAPPING, tmp_path / "a.parquet")),
        )
    with pytest.raises(ConflictError, match="already_imported"), database.transaction() as session:
        operations.import_frame(session, actor, evaluation.id, operations.keep_frame(store, gbk))


def test_every_problem_is_named_once_with_its_row(tmp_path):
    with pytest.raises(InvalidError) as caught:
        check_files(written(tmp_path, BAD), MAPPING, tmp_path / "a.parquet")
    found = [(each.code, each.details["row"]) for each in caught.value.complaints]
    assert found == sorted(set(found), key=found.index)
    assert {
        ("frame.duplicate_unit", 3),
        ("frame.empty_id", 4),
        ("frame.negative_number", 6),
        ("frame.missing_number", 7),
        ("frame.not_an_integer", 8),
    } <= set(found)
    assert any(code == "frame.parent_missing" and row == 5 for code, row in found)


def test_a_mapping_is_offered_for_columns_under_another_name(tmp_path):
    path = written(tmp_path, ROWS.replace("village_code", "village_codes").replace("county,", "countys,"))
    with pytest.raises(InvalidError) as caught:
        check_files(path, MAPPING, tmp_path / "a.parquet")
    offered = offered_mapping(MAPPING, caught.value.complaints)
    assert offered is not None
    assert (
        check_files(path, offered, tmp_path / "a.parquet").frame_sha256
        == check_files(written(tmp_path, ROWS, "plain.csv"), MAPPING, tmp_path / "b.parquet").frame_sha256
    )


def test_only_designers_and_leads_import(database, store, make_evaluation, make_person, tmp_path):
    evaluation = make_evaluation()
    supervisor = make_person("supervisor", evaluation=evaluation).actor
    checked = check_files(written(tmp_path, ROWS), MAPPING, tmp_path / "a.parquet")
    with pytest.raises(ForbiddenError), database.transaction() as session:
        operations.import_frame(session, supervisor, evaluation.id, operations.keep_frame(store, checked))


def test_others_write_while_a_frame_is_written(client, field, make_person, monkeypatch, others_write):
    written, write = [], Store.put_file

    def watched(*given):
        written.append(others_write())
        return write(*given)

    monkeypatch.setattr(Store, "put_file", watched)
    lead = make_person("lead", evaluation=field.evaluation)
    url = f"/api/v1/evaluations/{field.evaluation.code}/frames"
    assert (upload(client, url, ROWS, MAPPING, headers=lead.bearer).status_code, written) == (201, [True, True])


def upload(client, url, text, mapping, token=None, **headers):
    data = {"file": (io.BytesIO(text.encode()), "../名单.csv"), "mapping": mapping}
    if token:
        data["csrf_token"] = token
    return client.post(url, data=data, content_type="multipart/form-data", **headers)


def test_the_page_imports_or_lists_every_problem(client, database, make_evaluation, make_person, sign_in, csrf_of):
    evaluation = make_evaluation()
    sign_in(client, make_person("designer", evaluation=evaluation))
    url = f"/evaluations/{evaluation.code}/frames"
    assert "还没有抽样框" in client.get(url).get_data(as_text=True)
    refused = upload(client, url, BAD, MAPPING, csrf_of(client))
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "名单.csv" in page and "../名单.csv" not in page
    assert page.count("<tr>") >= 6
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(FrameFile)) == 0
    offered = upload(client, url, ROWS.replace("village_code", "village_codes"), MAPPING, csrf_of(client))
    assert "village_codes: village_code" in offered.get_data(as_text=True)
    taken = upload(client, url, ROWS, MAPPING, csrf_of(client))
    assert taken.status_code == 303
    shown = client.get(taken.headers["Location"]).get_data(as_text=True)
    assert "抽样框已导入" in shown and "poor_households = 15" in shown
    assert upload(client, url, ROWS, MAPPING).status_code == 400
    assert upload(client, url, ROWS, "levels: 3", csrf_of(client)).status_code == 422


def test_the_api_imports_and_complains(client, make_evaluation, make_person):
    evaluation = make_evaluation()
    designer = make_person("designer", evaluation=evaluation)
    url = f"/api/v1/evaluations/{evaluation.code}/frames"
    refused = upload(client, url, BAD, MAPPING, headers=designer.bearer)
    assert (refused.status_code, refused.json["code"]) == (422, "frame.refused")
    assert {"row", "column", "file"} <= set(refused.json["complaints"][0]["details"])
    made = upload(client, url, ROWS, MAPPING, headers=designer.bearer)
    assert made.status_code == 201
    assert client.get(f"{url}/{made.json['id']}", headers=designer.bearer).json["levels"][1]["units"] == 5
    other = make_person("supervisor", evaluation=evaluation)
    assert upload(client, url, ROWS, MAPPING, headers=other.bearer).status_code == 403
    assert client.get(url).status_code == 401


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_the_commands_check_and_import(tmp_path):
    frame, mapping = written(tmp_path, ROWS), written(tmp_path, MAPPING, "mapping.yaml")
    checked = run("frame", "check", frame, "--mapping", mapping, "--json")
    assert checked.exit_code == 0
    report = json.loads(checked.stdout)
    assert (report["counts"], report["complaints"]) == ({"county": 1, "village": 5}, [])
    out = tmp_path / "frame.parquet"
    assert run("frame", "import", frame, "--mapping", mapping, "--out", out).exit_code == 0
    again = json.loads(run("frame", "check", out, "--json").stdout)
    assert again["frame_sha256"] == report["frame_sha256"]
    assert run("frame", "import", frame, "--mapping", mapping, "--out", out).exit_code == 1
    bad = run("frame", "check", written(tmp_path, BAD, "bad.csv"), "--mapping", mapping, "--json")
    assert bad.exit_code == 1
    assert len(json.loads(bad.stdout)["complaints"]) >= 6
    assert run("frame", "check", frame).exit_code == 1
    assert run("frame", "check", tmp_path / "nowhere.csv").exit_code == 2
    assert run("frame", "import", frame).exit_code == 2
    assert sorted(path.name for path in tmp_path.iterdir() if "parquet" in path.name) == ["frame.parquet"]


def test_a_file_that_is_no_list_is_said_to_be_none_before_a_mapping_is_asked_for(tmp_path):
    path = tmp_path / "报告.csv"
    path.write_bytes(b"%PDF-1.7\n" + b"\xb5\xff\n" * 300)
    with pytest.raises(InvalidError) as caught:
        check_files(path, "", tmp_path / "a.parquet")
    assert [each.code for each in caught.value.complaints] == ["frame.not_a_table"]
