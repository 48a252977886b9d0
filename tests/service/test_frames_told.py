"""What is told of a frame, several files at once, codes and identity numbers: command, API and page."""

import io
import json
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from stdnum.cn import ric

from evalsvc import web
from evalsvc.cli import main
from evalsvc.config import ConfigurationError
from evalsvc.errors import NotFoundError
from evalsvc.frames.keys import configured_key
from sampling.identity import identity_key
from tests.service.small_frame import SMALL_DESIGN, SMALL_FRAME, SMALL_MAPPING

LINKED = """
levels:
  - {name: county, id: county_code, columns: {county: text}}
  - {name: village, id: village_code, columns: {village: text, head: identity}}
files:
  county: {file: 县.csv}
  village: {file: 村.csv, parent: 所在县}
codes:
  county_code: {standard: GB/T 2260, vintage: 2023}
"""
DIGITS = "35012519010203001"
HEAD = DIGITS + ric.calc_check_digit(DIGITS + "0")
COUNTIES = "county_code,county\n350125,永泰县\n"
VILLAGES = f"village_code,所在县,village,head\n350125101201,350125,甲村,{HEAD}\n350125101202,350125,乙村,\n"


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def send(client, url, files, mapping, **options):
    sent = [(io.BytesIO(text.encode()), name) for name, text in files.items()]
    return client.post(url, data={"file": sent, "mapping": mapping}, content_type="multipart/form-data", **options)


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "identity.key"
    path.write_text("4f" * 32, encoding="ascii")
    path.chmod(0o600)
    return path


@pytest.fixture
def keyed(app, key_file, monkeypatch):
    """Give the running service a key of identity hashes."""
    known = app.extensions["evalsvc"].config
    monkeypatch.setattr(web, "config", lambda: replace(known, identity_key_file=key_file))


def test_lists_of_levels_with_identity_numbers_are_taken_and_not_kept(
    client, keyed, key_file, store, make_evaluation, make_person, monkeypatch
):
    evaluation = make_evaluation()
    designer = make_person("designer", evaluation=evaluation)
    url = f"/api/v1/evaluations/{evaluation.code}/frames"
    made = send(client, url, {"县.csv": COUNTIES, "村.csv": VILLAGES}, LINKED, headers=designer.bearer)
    assert made.status_code == 201, made.json
    assert [each["name"] for each in made.json["sources"]] == ["县.csv", "村.csv"]
    assert made.json["source_name"] == "县.csv、村.csv"
    assert made.json["notes"]["identity"]["columns"] == ["head"]
    assert made.json["notes"]["codes"][0]["vintage"] == 2023
    for each in made.json["sources"]:
        with pytest.raises(NotFoundError):
            store.get(each["sha256"])
    kept = [path for path in store.directory.rglob("*") if path.is_file()]
    assert kept and not any(HEAD.encode() in path.read_bytes() for path in kept)
    table = pq.read_table(store.path(made.json["file_sha256"]))
    assert table["head"].to_pylist() == [identity_key(key_file.read_bytes()).hashed(HEAD), None]
    twice = send(client, url, {"县.csv": COUNTIES, "a/县.csv": VILLAGES}, LINKED, headers=designer.bearer)
    refused = send(client, url, {"县.csv": COUNTIES}, LINKED, headers=designer.bearer)
    assert (twice.status_code, refused.status_code) == (422, 422)
    assert [each["code"] for each in refused.json["complaints"]] == ["frame.level_file_missing"]


def test_without_a_key_identity_numbers_are_refused_with_what_to_do(client, make_evaluation, make_person):
    evaluation = make_evaluation()
    designer = make_person("designer", evaluation=evaluation)
    url = f"/api/v1/evaluations/{evaluation.code}/frames"
    refused = send(client, url, {"县.csv": COUNTIES, "村.csv": VILLAGES}, LINKED, headers=designer.bearer)
    assert refused.status_code == 422
    assert "EVALSVC_IDENTITY_KEY_FILE" in refused.get_data(as_text=True)
    assert HEAD not in refused.get_data(as_text=True)


def test_a_key_file_has_to_be_long_private_and_there(app, key_file, tmp_path):
    config = app.extensions["evalsvc"].config
    assert configured_key(config) is None
    assert configured_key(replace(config, identity_key_file=key_file)) is not None
    key_file.chmod(0o644)
    for path, code in ((key_file, "config.identity_key_file_open"), (tmp_path / "no", "config.identity_key_file")):
        with pytest.raises(ConfigurationError, match=code):
            configured_key(replace(config, identity_key_file=path))
    key_file.write_text("short", encoding="ascii")
    key_file.chmod(0o600)
    with pytest.raises(ConfigurationError, match="identity_key_short"):
        configured_key(replace(config, identity_key_file=key_file))


def test_the_commands_take_lists_of_levels_and_a_key(tmp_path, key_file):
    for name, text in {"县.csv": COUNTIES, "村.csv": VILLAGES, "mapping.yaml": LINKED}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    out = tmp_path / "frame.parquet"
    given = ("frame", "import", tmp_path / "村.csv", tmp_path / "县.csv", "--mapping", tmp_path / "mapping.yaml")
    refused = run(*given, "--out", out)
    assert refused.exit_code == 1 and "--identity-key" in refused.output and HEAD not in refused.output
    assert run(*given, "--identity-key", key_file, "--out", out).exit_code == 0
    assert HEAD.encode() not in out.read_bytes()
    told = json.loads(run("frame", "profile", out, "--json").stdout)
    assert told["notes"]["codes"][0]["column"] == "county_code"
    assert json.loads(run("frame", "check", out, "--json").stdout)["notes"] == told["notes"]
    assert told["profile"][1]["columns"][1] == {"name": "head", "kind": "text", "missing": 1, "numbers": None}


def test_an_offered_mapping_keeps_what_else_the_mapping_says(tmp_path, key_file):
    renamed = VILLAGES.replace("village,head", "villages,head")
    for name, text in {"县.csv": COUNTIES, "村.csv": renamed, "mapping.yaml": LINKED}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    given = ("frame", "import", tmp_path / "县.csv", tmp_path / "村.csv", "--identity-key", key_file)
    refused = run(*given, "--mapping", tmp_path / "mapping.yaml", "--out", tmp_path / "frame.parquet")
    assert refused.exit_code == 1
    offered = refused.stderr[refused.stderr.index("levels:") : refused.stderr.index("villages: village") + 18]
    (tmp_path / "mapping.yaml").write_text(offered, encoding="utf-8")
    assert "head: identity" in offered and "vintage: 2023" in offered
    taken = run(*given, "--mapping", tmp_path / "mapping.yaml", "--out", tmp_path / "frame.parquet")
    assert taken.exit_code == 0 and "GB/T 2260" in taken.output and "散列值" in taken.output


def test_the_profile_command_tells_sizes_and_certainties(tmp_path, monkeypatch):
    for name, text in {"h.csv": SMALL_FRAME, "m.yaml": SMALL_MAPPING, "design.yaml": SMALL_DESIGN}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    out = tmp_path / "frame.parquet"
    assert run("frame", "import", tmp_path / "h.csv", "--mapping", tmp_path / "m.yaml", "--out", out).exit_code == 0
    words = run("frame", "profile", out, "--design", tmp_path / "design.yaml").output
    assert "中位" in words and "最多的" in words and "必定抽中" in words and "%(" not in words
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert "median" in run("frame", "profile", out).output
    told = json.loads(run("frame", "profile", out, "--design", tmp_path / "design.yaml", "--json").stdout)
    assert {"stage", "certainties", "expected", "units", "method"} == set(told["certainties"][0])
    (tmp_path / "design.yaml").write_text("version: 2", encoding="utf-8")
    assert run("frame", "profile", out, "--design", tmp_path / "design.yaml").exit_code == 1


def test_page_and_api_show_the_profile_and_what_a_design_is_sure_to_take(client, field, make_person, sign_in, csrf_of):
    designer = make_person("designer", evaluation=field.evaluation)
    api = f"/api/v1/evaluations/{field.evaluation.code}/frames/{field.frame_id}"
    shown = client.get(api, headers=designer.bearer).json
    assert [level["name"] for level in shown["profile"]] == [level["name"] for level in shown["levels"]]
    stages = client.post(f"{api}/certainties", json={"design": SMALL_DESIGN}, headers=designer.bearer)
    assert stages.status_code == 200 and stages.json[0]["units"] > 0
    assert client.post(f"{api}/certainties", json={"design": "version: 2"}, headers=designer.bearer).status_code == 422
    sign_in(client, designer)
    url = f"/evaluations/{field.evaluation.code}/frames/{field.frame_id}"
    page = client.get(url).get_data(as_text=True)
    assert 'class="spread"' in page and "没有缺项" in page
    answer = client.post(url, data={"design": SMALL_DESIGN, "csrf_token": csrf_of(client)})
    assert answer.status_code == 200 and "预计抽中" in answer.get_data(as_text=True)
    refused = client.post(url, data={"design": "version: 2", "csrf_token": csrf_of(client)})
    assert refused.status_code == 422 and "预计抽中" not in refused.get_data(as_text=True)
