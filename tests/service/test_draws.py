"""Draws: bound before anyone can know them, carried out once, closed until a lead opens them."""

import json
import pkgutil
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from evalsvc.audit import AuditRow
from evalsvc.cli import main
from evalsvc.draws import drawing, operations, queries
from evalsvc.draws.models import Draw
from evalsvc.draws.secrets import decrypt
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from evalsvc.frames.models import FrameFile
from sampling.chain import ChainReading, read_chain, write_chain
from sampling.commitment import hash_secret
from sampling.manifest import Manifest
from sampling.verify import verify_draw

KEY = "a test key that is at least thirty-two characters long"


def design_of(field, database, **change):
    """The design of the small fieldwork, as the next draw, with lines replaced."""
    with database.reading() as session:
        text = session.get_one(Draw, field.draw_id).design_text.replace("draw: 1", "draw: 2")
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture
def lead(field, make_person):
    return make_person("lead", evaluation=field.evaluation)


def commit(session, store, actor, field, text, **change):
    options = {"frame_id": field.frame_id, "design_text": text, "secret_key": KEY, **change}
    bound = operations.bind(session, store, actor, field.evaluation, **options)
    return operations.enter(session, actor, field.evaluation, bound, "试点")


def run(session, store, actor, field, number=2, public_value=None, key=KEY):
    options = {"number": number, "public_value": public_value, "secret_key": key}
    return drawing.keep(
        session, actor, field.evaluation, drawing.sample(session, store, actor, field.evaluation, **options)
    )


def complaints(database, store, lead, field, text):
    with pytest.raises(InvalidError) as caught, database.transaction() as session:
        commit(session, store, lead.actor, field, text)
    return {each.code for each in caught.value.complaints}


def test_a_draw_is_committed_logged_drawn_and_verifies(database, store, field, lead):
    with database.transaction() as session:
        made = queries.record(commit(session, store, lead.actor, field, design_of(field, database)))
    assert (made.number, made.state, made.manifest_sha256) == (2, "committed", None)
    committed = json.loads(store.get(made.commitment_sha256))
    with database.reading() as session:
        secret = decrypt(KEY, session.get_one(Draw, made.id).secret_encrypted)
        frame = store.path(session.get_one(FrameFile, field.frame_id).file_sha256)
    assert committed["committed"]["secret_sha256"] == hash_secret(secret)
    with database.transaction() as session:
        drawn = queries.record(run(session, store, lead.actor, field))
    manifest = Manifest.from_json(store.get(str(drawn.manifest_sha256)).decode())
    assert all(finding.ok for finding in verify_draw(manifest, frame))
    with database.reading() as session:
        lines = queries.log_lines(session)
        units = queries.last_stage_units(session, made.id)
    assert read_chain(write_chain(lines)) == ChainReading(tuple(lines), ())
    assert [(line.kind, line.subject) for line in lines[4:]] == [
        ("draw.commitment", "fujian-demo/2"),
        ("draw.manifest", "fujian-demo/2"),
    ]
    assert lines[5].sha256 == drawn.manifest_sha256
    assert {unit.unit_id for unit in units} == {unit.id for unit in manifest.stages[-1].units}
    assert all(unit.top.endswith("001") and unit.attributes["village"].startswith("第") for unit in units)
    assert sorted({unit.order for unit in units if unit.sample_type == "reserve"}) == [1, 2]
    with pytest.raises(ConflictError, match="already_drawn"), database.transaction() as session:
        run(session, store, lead.actor, field)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"draw: 2": "draw: 3"}, "draw.number"),
        ({"draw: 2": "draw: 1"}, "draw.number"),
        ({"fujian-demo": "another"}, "draw.other_evaluation"),
        ({"each: 2, by: []": "each: 9, by: []"}, "design.too_few_units_at_top"),
        ({"household_class]": "persons_class]"}, "design.unknown_column"),
        ({"each: 3, by: []": "each: 3, by: [{when: {household_class: 低保户}, take: 2}]"}, "design.unknown_value"),
        ({"stages:": "stage:"}, "document.missing_key_at_top"),
        ({"{source: null, round: null, form: null}": "{source: 大乐透, round: null, form: null}"}, None),
    ],
)
def test_a_design_that_cannot_be_is_refused_with_every_reason(database, store, field, lead, change, code):
    found = complaints(database, store, lead, field, design_of(field, database, **change))
    assert found if code is None else code in found
    with database.reading() as session:
        assert len(queries.draws_of(session, field.evaluation.id)) == 1
        assert len(queries.log_lines(session)) == 4


def test_no_interval_is_refused_and_a_lone_unit_shown(database, store, field, lead, client, sign_in):
    text = design_of(field, database)
    in_order = text.replace("{count: household}", "{count: household}, order: frame")
    assert complaints(database, store, lead, field, in_order) == {"design.variance_not_computed"}
    with database.transaction() as session:
        commit(session, store, lead.actor, field, text.replace("each: 2, by: []", "each: 1, by: []"))
    sign_in(client, lead)
    assert "只抽 1 个单位" in client.get("/evaluations/fujian-demo/draws/2").get_data(as_text=True)
    assert "只抽 1 个单位" not in client.get("/evaluations/fujian-demo/draws/1").get_data(as_text=True)


def test_a_public_value_is_asked_for_exactly_when_the_design_names_one(database, store, field, lead):
    public = {"{source: null, round: null, form: null}": "{source: 大乐透, round: '26001', form: 五个号码}"}
    with database.transaction() as session:
        commit(session, store, lead.actor, field, design_of(field, database, **public))
    with pytest.raises(InvalidError) as caught, database.transaction() as session:
        run(session, store, lead.actor, field)
    assert [each.code for each in caught.value.complaints] == ["draw.public_value"]
    with pytest.raises(ConflictError, match="secret_unreadable"), database.transaction() as session:
        run(session, store, lead.actor, field, public_value="01 02", key="x" * 40)
    with database.transaction() as session:
        assert run(session, store, lead.actor, field, public_value="01 02 03 04 05").state == "drawn"


def test_roles_decide_who_draws_and_who_publishes(database, store, field, lead, make_person):
    supervisor = field.supervisor.actor
    designer = make_person("designer", evaluation=field.evaluation).actor
    with pytest.raises(ForbiddenError), database.transaction() as session:
        commit(session, store, supervisor, field, design_of(field, database))
    with pytest.raises(ForbiddenError), database.transaction() as session:
        operations.publish(session, designer, field.evaluation, 1)
    with pytest.raises(NotFoundError), database.transaction() as session:
        operations.publish(session, lead.actor, field.evaluation, 7)
    with database.transaction() as session:
        operations.publish(session, lead.actor, field.evaluation, 1)
    with pytest.raises(ConflictError, match="already_published"), database.transaction() as session:
        operations.publish(session, lead.actor, field.evaluation, 1)


def test_nothing_secret_is_public_before_publication(client, database, store, field, lead, sign_in, csrf_of):
    base = f"/commitments/{field.evaluation.code}/1"
    commitment = client.get(f"{base}/commitment.json")
    assert commitment.status_code == 200
    assert client.get(f"{base}/draw-manifest.json").status_code == 404
    reading = read_chain(client.get("/commitments.jsonl").get_data(as_text=True))
    assert (len(reading.entries), reading.complaints) == (4, ())
    assert "尚未公开" in client.get("/commitments").get_data(as_text=True)
    with database.reading() as session:
        secret = decrypt(KEY, session.get_one(Draw, field.draw_id).secret_encrypted)
    sign_in(client, lead)
    page = f"/evaluations/{field.evaluation.code}/draws/1"
    reserves = [row.unit_id for row in field.assignments if row.sample_type == "reserve"]
    shown = client.get(page).get_data(as_text=True)
    units = client.post(f"{page}/units", data={"csrf_token": csrf_of(client)}).get_data(as_text=True)
    for text in (shown, units, commitment.get_data(as_text=True)):
        assert secret not in text
        assert not any(unit in text for unit in reserves)
    assert "第1县第" in units
    with database.reading() as session:
        opened = session.scalars(select(AuditRow).where(AuditRow.action == "draw.open")).one()
    assert (opened.actor, opened.subject) == (lead.id, field.draw_id)
    form = {"reason": "现场因台风停止", "csrf_token": csrf_of(client), "confirmed": "1"}
    assert client.post("/evaluations/fujian-demo/fieldwork/draws/1/end", data=form).status_code == 303
    outsider = client.application.test_client()
    manifest = outsider.get(f"{base}/draw-manifest.json")
    assert (manifest.status_code, manifest.json["secret"]) == (200, secret)


def test_outsiders_learn_no_evaluation_from_what_is_missing(client, field, make_evaluation):
    make_evaluation("not-drawn-yet")
    for file in ("commitment.json", "draw-manifest.json"):
        told = set()
        for code in ("not-drawn-yet", "nowhere", "fujian-demo"):
            answer = client.get(f"/commitments/{code}/9/{file}")
            assert answer.status_code == 404
            told.add(answer.get_data(as_text=True).replace(code, ""))
        assert len(told) == 1


def test_pages_commit_and_run(client, database, field, lead, sign_in, csrf_of):
    sign_in(client, lead)
    base = f"/evaluations/{field.evaluation.code}/draws"
    assert "两县试点方案" in client.get(base).get_data(as_text=True)
    form = {"frame": field.frame_id, "purpose": "复查", "csrf_token": csrf_of(client)}
    bad = client.post(
        base, data={**form, "design": design_of(field, database, **{"each: 2, by: []": "each: 9, by: []"})}
    )
    assert bad.status_code == 422
    assert "9" in bad.get_data(as_text=True)
    exclusion = {
        "stages:\n": "exclude: [{level: village, column: village_kind, values: [其他村], reason: 试}]\nstages:\n"
    }
    assert client.post(base, data={**form, "design": design_of(field, database, **exclusion)}).status_code == 422
    made = client.post(base, data={**form, "confirmed": "1", "design": design_of(field, database)})
    assert made.status_code == 303
    wish = {"csrf_token": csrf_of(client), "confirmed": "1"}
    assert client.post(f"{base}/2/run", data={**wish, "confirmed": ""}).status_code == 422
    assert client.post(f"{base}/2/run", data=wish).status_code == 303
    page = client.get(f"{base}/2").get_data(as_text=True)
    assert "复查" in page and "各层抽取结果：户" in page
    assert client.post(f"{base}/2/run", data=wish).status_code == 409


@pytest.mark.parametrize(
    ("path", "patched"), [("", "evalsvc.draws.operations.commitment_of"), ("/1/run", "evalsvc.draws.drawing.run_draw")]
)
def test_others_write_while_a_draw_is_computed(client, database, field, lead, monkeypatch, others_write, path, patched):
    base, written = f"/api/v1/evaluations/{field.evaluation.code}/draws", []
    wish = {"frame_id": field.frame_id, "design": design_of(field, database)}
    if path:
        assert client.post(base, json=wish, headers=lead.bearer).status_code == 201
        path, wish = "/2/run", {}
    compute = pkgutil.resolve_name(patched)

    def watched(*given, **named):
        written.append(others_write())
        return compute(*given, **named)

    monkeypatch.setattr(patched, watched)
    assert client.post(base + path, json=wish, headers=lead.bearer).status_code < 300
    assert written == [True]


def test_the_api_lists_commits_and_runs(client, database, field, lead, make_person):
    base = f"/api/v1/evaluations/{field.evaluation.code}/draws"
    wish = {"frame_id": field.frame_id, "design": design_of(field, database)}
    made = client.post(base, json=wish, headers=lead.bearer)
    assert (made.status_code, made.json["number"], "secret" in made.get_data(as_text=True)) == (201, 2, False)
    assert client.post(f"{base}/2/run", json={}, headers=lead.bearer).json["state"] == "drawn"
    assert [each["number"] for each in client.get(base, headers=lead.bearer).json] == [1, 2]
    enumerator = field.enumerators[0]
    assert client.get(base, headers=enumerator.bearer).status_code == 403


def invoke(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.fixture
def files(prepared_field, tmp_path):
    """Frame and design as files, for those who work without the server."""
    row = prepared_field.rows["frame_file"][0]
    frame, design = tmp_path / "frame.parquet", tmp_path / "design.yaml"
    frame.write_bytes((prepared_field.files / row["file_sha256"][:2] / row["file_sha256"]).read_bytes())
    design.write_text(prepared_field.rows["draw"][0]["design_text"], encoding="utf-8")
    return tmp_path


def draw_by_files(folder: Path) -> Path:
    common = ("--design", folder / "design.yaml", "--frame", folder / "frame.parquet", "--log", folder / "log.jsonl")
    commitment, secret = folder / "commitment.json", folder / "secret.json"
    made = invoke("draw", "commit", *common, "--out", commitment, "--secret-out", secret)
    assert made.exit_code == 0, made.output
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert invoke("draw", "commit", *common, "--out", commitment, "--secret-out", secret).exit_code == 1
    out = folder / "manifest.json"
    drawn = invoke("draw", "run", *common, "--commitment", commitment, "--secret", secret, "--out", out)
    assert drawn.exit_code == 0, drawn.output
    return out


def test_the_commands_commit_run_verify_and_log(files):
    manifest, frame = draw_by_files(files), files / "frame.parquet"
    verified = invoke("draw", "verify", manifest, "--frame", frame, "--json")
    assert (verified.exit_code, json.loads(verified.stdout)["ok"]) == (0, True)
    logged = json.loads(invoke("draw", "log", files / "log.jsonl", "--json").stdout)
    assert [line["kind"] for line in logged["lines"]] == ["draw.commitment", "draw.manifest"]
    text = manifest.read_text(encoding="utf-8")
    place = text.index('"probability": 0.5')
    manifest.write_text(text[:place] + '"probability": 0.4' + text[place + 18 :], encoding="utf-8")
    changed = invoke("draw", "verify", manifest, "--frame", frame)
    assert changed.exit_code == 1
    assert "的入样概率：重算为 0.5，清单上是 0.4" in changed.stdout
    assert "stages[" not in changed.output
    manifest.write_text("{}", encoding="utf-8")
    assert invoke("draw", "verify", manifest, "--frame", frame).exit_code == 1
    assert invoke("draw", "verify", manifest).exit_code == 2


def test_the_commands_warn_of_designs_whose_estimates_lack_something(files):
    design, out = files / "design.yaml", files / "made.json"
    text = design.read_text(encoding="utf-8")
    common = ("--design", design, "--frame", files / "frame.parquet", "--out", out, "--secret-out", files / "s.json")
    design.write_text(text.replace("{count: household}", "{count: household}, order: frame"), encoding="utf-8")
    checked = invoke("design", "check", design, "--frame", files / "frame.parquet")
    assert (checked.exit_code, "successive-differences" in checked.stderr) == (0, True)
    design.write_text(text.replace("each: 2, by: []", "each: 1, by: []"), encoding="utf-8")
    checked = invoke("design", "check", design, "--frame", files / "frame.parquet", "--json")
    told = json.loads(checked.stdout)
    assert (checked.exit_code, told["ok"], told["complaints"]) == (0, True, [])
    assert {each["code"] for each in told["warnings"]} == {"design.lone_unit"}
    assert "1" in invoke("design", "check", design, "--frame", files / "frame.parquet").stderr
    made = invoke("draw", "commit", *common)
    assert (made.exit_code, out.exists(), "design.lone_unit" in made.stderr) == (0, True, False)
    assert "stages[0].take.each" in made.stderr


def test_a_design_in_frame_order_is_committed_and_drawn_with_a_warning(files):
    design = files / "design.yaml"
    text = design.read_text(encoding="utf-8").replace("{count: household}", "{count: household}, order: frame")
    design.write_text(text, encoding="utf-8")
    common = ("--design", design, "--frame", files / "frame.parquet")
    made = ("--out", files / "commitment.json", "--secret-out", files / "secret.json")
    committed = invoke("draw", "commit", *common, *made)
    assert (committed.exit_code, "successive-differences" in committed.stderr) == (0, True)
    kept = ("--commitment", files / "commitment.json", "--secret", files / "secret.json")
    drawn = invoke("draw", "run", *common, *kept, "--out", files / "m.json")
    assert drawn.exit_code == 0, drawn.output


@pytest.mark.parametrize("change", ["edit", "remove", "reorder", "garble"])
def test_a_log_that_was_touched_does_not_pass(files, change):
    draw_by_files(files)
    path = files / "log.jsonl"
    first, second = path.read_text(encoding="utf-8").splitlines()
    touched = {
        "edit": [first.replace("fujian-demo", "fujian-dem0"), second],
        "remove": [second],
        "reorder": [second, first],
        "garble": [first, second[:-3]],
    }[change]
    path.write_text("\n".join(touched) + "\n", encoding="utf-8")
    failed = invoke("draw", "log", path, "--json")
    assert failed.exit_code == 1
    assert all(each["message"].startswith("log.jsonl 第") for each in json.loads(failed.stdout)["complaints"])


def test_files_as_editors_on_windows_save_them_are_read(files):
    design, mapping = files / "design.yaml", files / "mapping.yaml"
    design.write_text(design.read_text(encoding="utf-8"), encoding="gbk")
    manifest = draw_by_files(files)
    assert invoke("design", "check", design, "--frame", files / "frame.parquet").exit_code == 0
    manifest.write_text(manifest.read_text(encoding="utf-8"), encoding="gbk")
    assert invoke("draw", "verify", manifest, "--frame", files / "frame.parquet").exit_code == 0
    (files / "list.csv").write_text("县代码,县名\n350125,永泰县\n", encoding="gbk")
    mapping.write_text("levels:\n  - {name: county, id: 县代码, columns: {县名: text}}\n", encoding="gbk")
    assert invoke("frame", "check", files / "list.csv", "--mapping", mapping).exit_code == 0


def test_files_that_are_no_text_are_named_with_what_to_do(files):
    draw_by_files(files)
    frame, other = files / "frame.parquet", files / "其他.bin"
    other.write_bytes(bytes(range(256)) * 4)
    common = ("--frame", frame, "--out", files / "o.json")
    committed = ("--commitment", files / "commitment.json", "--secret", files / "secret.json")
    for arguments in (
        ("draw", "verify", other, "--frame", frame),
        ("draw", "log", other),
        ("draw", "commit", "--design", other, *common, "--secret-out", files / "s.json"),
        ("draw", "run", "--design", other, *common, *committed),
        ("draw", "run", "--design", files / "design.yaml", *common, *committed[:2], "--secret", other),
        ("design", "check", other, "--frame", frame),
        ("frame", "check", files / "design.yaml", "--mapping", other),
        ("estimate", other),
    ):
        ended = invoke(*arguments)
        assert (ended.exit_code, "其他.bin" in ended.stderr, "UTF-8" in ended.stderr) == (1, True, True), arguments


def test_nothing_is_written_beside_a_log_that_cannot_be_continued(files):
    draw_by_files(files)
    log = files / "log.jsonl"
    log.write_text(log.read_text(encoding="utf-8").replace("draw.manifest", "draw.manifesto"), encoding="utf-8")
    common = ("--design", files / "design.yaml", "--frame", files / "frame.parquet", "--log", log)
    before = set(files.iterdir())
    assert invoke("draw", "commit", *common, "--out", files / "c.json", "--secret-out", files / "s.json").exit_code == 1
    committed = ("--commitment", files / "commitment.json", "--secret", files / "secret.json")
    assert invoke("draw", "run", *common, *committed, "--out", files / "m.json").exit_code == 1
    assert set(files.iterdir()) == before


def test_nothing_is_written_when_one_of_the_files_could_not_be(files):
    common = ("--design", files / "design.yaml", "--frame", files / "frame.parquet")
    out, secret, nowhere = files / "c.json", files / "s.json", files / "no folder" / "x"
    before = set(files.iterdir())
    for code, given in (
        (2, ("--out", out, "--secret-out", secret, "--log", nowhere)),
        (2, ("--out", nowhere, "--secret-out", secret)),
        (1, ("--out", out, "--secret-out", secret, "--log", files / "frame.parquet")),
    ):
        ended = invoke("draw", "commit", *common, *given)
        assert (ended.exit_code, "Traceback" in ended.output, set(files.iterdir())) == (code, False, before), (
            ended.output
        )


def test_a_design_is_explained_in_words(files):
    told = invoke("design", "check", files / "design.yaml", "--frame", files / "frame.parquet").stdout
    for words in (
        "household：抽样框里有 72 个，参加抽取 72 个。",
        "village 一级：按规模系统抽取（PPS），从 6 个中预计抽中 4 个。",
        "  351001：共有 3 个，抽 2 个、备选 0 个；预计抽中 2 个，平均入样概率 66.67%。",
        "  一般农户：6 个上级单位里共有 36 个，抽中一个上级单位就在其中抽 3 个、备选至多 2 个；预计共抽中 12 个",
        "预计要访问 household 24 个，另有备选约 16 个。",
    ):
        assert words in told, told
    as_json = invoke("design", "check", files / "design.yaml", "--frame", files / "frame.parquet", "--json")
    stages = json.loads(as_json.stdout)["explanation"]["stages"]
    assert [(stage["name"], stage["expected"]) for stage in stages] == [("village", 4), ("household", 24)]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--threshold", "0.02", "--true-rate", "0.01999"), "太近"),
        (("--threshold", "0.0000001"), "太低"),
        (("--threshold", "nan"), "nan"),
        (("--rate", "0.5", "--half-width", "1e-300"), "1000000000"),
        (("--threshold", "0.02", "--true-rate", "0.005", "--df", "1e-9"), "1000000000"),
    ],
)
def test_sizes_that_no_survey_has_are_refused_with_the_bounds(options, words):
    ended = invoke("design", "size", *options)
    assert (ended.exit_code, words in ended.stderr) == (1, True), ended.output


def test_the_commands_check_and_size_a_design(files):
    frame, design = files / "frame.parquet", files / "design.yaml"
    assert invoke("design", "check", design, "--frame", frame).exit_code == 0
    text = design.read_text(encoding="utf-8")
    design.write_text(text.replace("each: 2, by: []", "each: 9, by: []"), encoding="utf-8")
    failed = invoke("design", "check", design, "--frame", frame, "--json")
    assert failed.exit_code == 1
    assert [each["code"] for each in json.loads(failed.stdout)["complaints"]][:1] == ["design.too_few_units_at_top"]
    sized = invoke("design", "size", "--threshold", "0.02", "--true-rate", "0.005", "--deff", "3", "--json")
    assert json.loads(sized.stdout) == {
        "without_error": 149,
        "effective": 386,
        "interviews": 1158,
        "errors_allowed": 3,
    }
    simple = invoke("design", "size", "--rate", "0.9", "--half-width", "0.03", "--json")
    assert json.loads(simple.stdout)["simple"] == 385
    assert invoke("design", "size").exit_code == 2
    assert invoke("design", "size", "--threshold", "0.02", "--true-rate", "0.5").exit_code == 2
