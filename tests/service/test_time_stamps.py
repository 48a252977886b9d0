"""Commitments that an authority stamps: in the service on both databases, by files, and in every check of them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from evalsvc.app import create_app
from evalsvc.cli import main
from evalsvc.config import Config, ConfigurationError, read_config
from evalsvc.draws.models import Draw
from evalsvc.draws.queries import draws_of, log_lines
from evalsvc.time_stamps.configured import authority_of, trusted_of
from sampling.commitment import Commitment
from sampling.manifest import Manifest
from tests.service.test_draw_commands import draw_by_files, files, invoke  # noqa: F401 (a fixture)
from tests.stamping_authority import issue

BAD = "config.time_stamp_certificate"


@pytest.fixture
def stamping_config(config, stamping_authority) -> Config:
    """A service that has commitments stamped, and trusts the authority's root."""
    given = {"time_stamp_url": stamping_authority.url, "time_stamp_certificates": (stamping_authority.root_file,)}
    return replace(config, **given, time_stamp_seconds=1)


@pytest.fixture
def client(stamping_config):
    """A browser without a cookie."""
    app = create_app(stamping_config)
    yield app.test_client()
    app.extensions["evalsvc"].database.close()


@pytest.fixture
def lead(field, make_person):
    return make_person("lead", evaluation=field.evaluation)


def wish(field, database, **more):
    with database.reading() as session:
        text = session.get_one(Draw, field.draw_id).design_text.replace("draw: 1", "draw: 2")
    return {"frame_id": field.frame_id, "purpose": "带时间戳", "design": text, **more}


ADDRESS = "/api/v1/evaluations/fujian-demo/draws"


def test_a_draw_is_stamped_and_every_place_tells_of_it(client, database, store, field, lead, sign_in):
    made = client.post(ADDRESS, json=wish(field, database), headers=lead.bearer)
    assert made.status_code == 201, made.get_json()
    commitment = Commitment.from_json(client.get("/commitments/fujian-demo/2/commitment.json").get_data(as_text=True))
    assert commitment.time_stamp and len(commitment.time_stamp) > 1000
    with database.reading() as session:
        line = log_lines(session)[-1]
    assert (line.sha256, line.at) == (commitment.commitment, commitment.committed_at)
    ran = client.post(f"{ADDRESS}/2/run", json={"public_value": None}, headers=lead.bearer)
    assert ran.status_code == 200
    manifest = Manifest.from_json(store.get(ran.get_json()["manifest_sha256"]).decode())
    assert manifest.time_stamp == commitment.time_stamp
    sign_in(client, lead)
    page = client.get("/evaluations/fujian-demo/draws/2").get_data(as_text=True)
    assert "时间戳成立：“示例时间戳机构（示例机构）”" in page
    assert "承诺没有时间戳机构的时间戳" in client.get("/evaluations/fujian-demo/draws/1").get_data(as_text=True)
    listed = client.get("/commitments").get_data(as_text=True)
    assert listed.count("示例时间戳机构（示例机构）") == 1


@pytest.mark.parametrize(
    ("mode", "code"),
    [("breaks", "time_stamp.no_reply"), ("hangs", "time_stamp.slow"), ("refuses", "time_stamp.not_granted")],
)
def test_without_a_stamp_nothing_is_committed_unless_asked_for(
    client, database, field, lead, stamping_authority, mode, code
):
    stamping_authority.mode = mode
    refused = client.post(ADDRESS, json=wish(field, database), headers=lead.bearer)
    assert (refused.status_code, refused.get_json()["code"]) == (502, code)
    with database.reading() as session:
        assert len(draws_of(session, field.evaluation.id)) == 1
        assert len(log_lines(session)) == 4
    made = client.post(ADDRESS, json=wish(field, database, without_time_stamp=True), headers=lead.bearer)
    assert made.status_code == 201
    with database.reading() as session:
        assert session.scalars(select(Draw).where(Draw.number == 2)).one().time_stamped_at is None


def test_the_page_offers_to_commit_without_a_stamp_only_after_a_failure(
    client, database, field, lead, stamping_authority, sign_in, csrf_of
):
    sign_in(client, lead)
    sent = wish(field, database)
    form = {
        "frame": sent["frame_id"],
        "purpose": sent["purpose"],
        "design": sent["design"],
        "csrf_token": csrf_of(client),
    }
    address = "/evaluations/fujian-demo/draws"
    checked = client.post(address, data=form).get_data(as_text=True)
    assert stamping_authority.url in checked
    assert "without_time_stamp" not in checked
    shown = checked.partition('name="shown" value="')[2][:64]
    stamping_authority.mode = "garbles"
    confirmed = {**form, "shown": shown, "confirmed": "1"}
    failed = client.post(address, data=confirmed)
    assert failed.status_code == 502
    assert "什么也没有写下" in failed.get_data(as_text=True)
    assert 'name="without_time_stamp"' in failed.get_data(as_text=True)
    made = client.post(address, data={**confirmed, "without_time_stamp": "1"})
    assert made.status_code == 303


def test_settings_are_checked_at_the_start(tmp_path, stamping_config):
    environment = {"EVALSVC_DATA_DIRECTORY": str(tmp_path), "EVALSVC_TIME_STAMP_URL": "tsa.example/tsr"}
    with pytest.raises(ConfigurationError, match=r"config\.time_stamp_url"):
        read_config(environment)
    root = str(stamping_config.time_stamp_certificates[0])
    environment |= {"EVALSVC_TIME_STAMP_URL": "http://tsa.example/tsr?key=1"}
    environment |= {"EVALSVC_TIME_STAMP_CERTIFICATES": f"{root}:{root}", "EVALSVC_TIME_STAMP_SECONDS": "7"}
    config = read_config(environment)
    authority = authority_of(config)
    assert (authority.url, authority.seconds, len(authority.trusted)) == ("http://tsa.example/tsr?key=1", 7, 2)
    for wrong in (tmp_path / "missing.pem", Path(__file__)):
        with pytest.raises(ConfigurationError, match=BAD):
            trusted_of(replace(config, time_stamp_certificates=(wrong,)))
    assert authority_of(replace(config, time_stamp_url=None)) is None


def test_by_files_a_draw_is_stamped_and_verified(files, stamping_authority):  # noqa: F811
    root = stamping_authority.root_file
    stamped = ("--time-stamp", stamping_authority.url, "--tsa-cert", root)
    manifest, frame = draw_by_files(files, *stamped), files / "frame.parquet"
    verify = ("draw", "verify", manifest, "--frame", frame)
    told = invoke(*verify, "--tsa-cert", root)
    assert told.exit_code == 0, told.output
    assert "✓ 时间戳" in told.stdout
    assert "时间戳成立：“示例时间戳机构（示例机构）”" in told.stdout
    alone = invoke(*verify)
    assert (alone.exit_code, "◐ 时间戳" in alone.stdout, "没有给出信任的证书" in alone.stdout) == (0, True, True)
    value = json.loads(manifest.read_text(encoding="utf-8"))
    token = value["time_stamp"]
    for changed, code in (
        (token[:400] + ("A" if token[400] != "A" else "B") + token[401:], None),
        (None, "time_stamp.none"),
    ):
        manifest.write_text(json.dumps({**value, "time_stamp": changed}, ensure_ascii=False), encoding="utf-8")
        found = json.loads(invoke(*verify, "--tsa-cert", root, "--json").stdout)
        codes = [each["code"] for each in (*found["time_stamp"]["complaints"], *found["time_stamp"]["notes"])]
        assert found["ok"] == (changed is None)
        assert codes == [code] if code else found["time_stamp"]["complaints"]


def test_a_commitment_whose_stamp_was_touched_is_not_drawn(files, stamping_authority):  # noqa: F811
    draw_by_files(files, "--time-stamp", stamping_authority.url)
    commitment = json.loads((files / "commitment.json").read_text(encoding="utf-8"))
    commitment["time_stamp"] = commitment["time_stamp"][:-8] + "AAAAAAAA"
    (files / "commitment.json").write_text(json.dumps(commitment, ensure_ascii=False), encoding="utf-8")
    common = ("--design", files / "design.yaml", "--frame", files / "frame.parquet", "--out", files / "again.json")
    given = ("--commitment", files / "commitment.json", "--secret", files / "secret.json")
    refused = invoke("draw", "run", *common, *given)
    assert (refused.exit_code, (files / "again.json").exists()) == (1, False)
    assert "没有抽取" in refused.stderr


def test_by_files_nothing_is_written_without_the_stamp(files, stamping_authority):  # noqa: F811
    stamping_authority.mode = "breaks"
    common = ("--design", files / "design.yaml", "--frame", files / "frame.parquet", "--log", files / "log.jsonl")
    out = ("--out", files / "c.json", "--secret-out", files / "s.json")
    failed = invoke("draw", "commit", *common, *out, "--time-stamp", stamping_authority.url)
    assert (failed.exit_code, "什么也没有写下" in failed.stderr) == (1, True)
    assert not any((files / name).exists() for name in ("c.json", "s.json", "log.jsonl"))
    alone = invoke("draw", "commit", *common, *out, "--tsa-cert", stamping_authority.root_file)
    assert alone.exit_code == 2
    unstamped = CliRunner().invoke(main, [str(each) for each in ("draw", "commit", *common, *out)])
    assert (unstamped.exit_code, "没有第三方作证" in unstamped.stdout) == (0, True)


def test_an_authority_that_is_not_the_trusted_one_is_refused(client, database, field, lead, stamping_config, tmp_path):
    other = tmp_path / "other.pem"
    other.write_bytes(issue("另一个根").pem)
    app = create_app(replace(stamping_config, time_stamp_certificates=(other,)))
    refused = app.test_client().post(ADDRESS, json=wish(field, database), headers=lead.bearer)
    app.extensions["evalsvc"].database.close()
    assert (refused.status_code, refused.get_json()["code"]) == (502, "time_stamp.unusable")
    assert [each["code"] for each in refused.get_json()["complaints"]] == ["time_stamp.untrusted"]
