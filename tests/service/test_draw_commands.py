"""Draws by files: the commands that commit, draw, verify, explain and size without a service."""

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from evalsvc.cli import main

KEY = "a test key that is at least thirty-two characters long"


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


def draw_by_files(folder: Path, *stamped: object) -> Path:
    common = ("--design", folder / "design.yaml", "--frame", folder / "frame.parquet", "--log", folder / "log.jsonl")
    commitment, secret = folder / "commitment.json", folder / "secret.json"
    made = invoke("draw", "commit", *common, "--out", commitment, "--secret-out", secret, *stamped)
    assert made.exit_code == 0, made.output
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert invoke("draw", "commit", *common, "--out", commitment, "--secret-out", secret).exit_code == 1
    out = folder / "manifest.json"
    drawn = invoke("draw", "run", *common, "--commitment", commitment, "--secret", secret, "--out", out)
    assert drawn.exit_code == 0, drawn.output
    # Secret, seed and every household stand in it, reserves too.
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "没有公共随机值" in made.output and "没有公共随机值" in drawn.output
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


def test_the_public_value_that_was_drawn_by_is_told(files):
    design = files / "design.yaml"
    public = "{source: 福利彩票双色球, round: '2026135', form: 六个红球由小到大}"
    text = design.read_text(encoding="utf-8").replace("{source: null, round: null, form: null}", public)
    design.write_text(text, encoding="utf-8")
    common = ("--design", design, "--frame", files / "frame.parquet")
    kept = ("--out", files / "c.json", "--secret-out", files / "s.json")
    told = invoke("draw", "commit", *common, *kept).output
    assert "约定的公共随机值：福利彩票双色球，第 2026135 期（写法：六个红球由小到大）" in told
    drawn = ("--commitment", files / "c.json", "--secret", files / "s.json", "--public-value", "01 05 12 18 22 30")
    told = invoke("draw", "run", *common, *drawn, "--out", files / "m.json").output
    assert "福利彩票双色球，第 2026135 期，01 05 12 18 22 30（约定的写法：六个红球由小到大）" in told


def test_the_commands_warn_of_designs_whose_estimates_lack_something(files):
    design, out = files / "design.yaml", files / "made.json"
    text = design.read_text(encoding="utf-8")
    common = ("--design", design, "--frame", files / "frame.parquet", "--out", out, "--secret-out", files / "s.json")
    exact = text.replace("{count: household}", "{count: household}, joint_method: exact")
    design.write_text(exact.replace("pps_systematic", "sampford"), encoding="utf-8")
    checked = invoke("design", "check", design, "--frame", files / "frame.parquet")
    assert (checked.exit_code, "exact" in checked.stderr) == (0, True)
    design.write_text(text.replace("each: 2, by: []", "each: 1, by: []"), encoding="utf-8")
    checked = invoke("design", "check", design, "--frame", files / "frame.parquet", "--json")
    told = json.loads(checked.stdout)
    assert (checked.exit_code, told["ok"], told["complaints"]) == (0, True, [])
    assert {each["code"] for each in told["warnings"]} == {"design.lone_unit"}
    assert "1" in invoke("design", "check", design, "--frame", files / "frame.parquet").stderr
    made = invoke("draw", "commit", *common)
    assert (made.exit_code, out.exists(), "design.lone_unit" in made.stderr) == (0, True, False)
    assert "stages[0].take.each" in made.stderr


def test_a_design_whose_variance_needs_a_file_is_committed_and_drawn_with_a_warning(files):
    design = files / "design.yaml"
    text = design.read_text(encoding="utf-8").replace("{count: household}", "{count: household}, joint_method: exact")
    design.write_text(text.replace("pps_systematic", "sampford"), encoding="utf-8")
    common = ("--design", design, "--frame", files / "frame.parquet")
    made = ("--out", files / "commitment.json", "--secret-out", files / "secret.json")
    committed = invoke("draw", "commit", *common, *made)
    assert (committed.exit_code, "exact" in committed.stderr) == (0, True)
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


def test_what_the_log_holds_already_is_not_entered_again(files):
    manifest = draw_by_files(files)
    log = files / "log.jsonl"
    common = ("--design", files / "design.yaml", "--frame", files / "frame.parquet", "--log", log)
    before, lines = set(files.iterdir()), log.read_bytes()
    again = invoke("draw", "commit", *common, "--out", files / "c.json", "--secret-out", files / "s.json")
    assert (again.exit_code, set(files.iterdir()), log.read_bytes()) == (1, before, lines)
    assert "第 1 行已有" in again.stderr and "下一个序号" in again.stderr and "换一个登记表" in again.stderr
    committed = ("--commitment", files / "commitment.json", "--secret", files / "secret.json")
    again = invoke("draw", "run", *common, *committed, "--out", files / "m.json")
    assert (again.exit_code, set(files.iterdir()), log.read_bytes()) == (1, before, lines)
    assert "第 2 行已有" in again.stderr
    verified = invoke("draw", "verify", manifest, "--frame", files / "frame.parquet", "--log", log)
    assert verified.exit_code == 0, verified.output
    other = invoke("draw", "run", *common[:4], *committed, "--out", files / "m.json", "--log", files / "other.jsonl")
    assert other.exit_code == 0, other.output


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
        "农户：抽样框里有 72 个，参加抽取 72 个。",
        "行政村一级：按规模系统抽取（PPS），从 6 个中预计抽中 4 个。",
        "  351001：共有 3 个，抽 2 个、备选 0 个；预计抽中 2 个，平均入样概率 66.67%。",
        "  一般农户：6 个上级单位里共有 36 个，抽中一个上级单位就在其中抽 3 个、备选至多 2 个；预计共抽中 12 个",
        "预计要访问农户 24 个，另有备选约 16 个。",
    ):
        assert words in told, told
    as_json = invoke("design", "check", files / "design.yaml", "--frame", files / "frame.parquet", "--json")
    stages = json.loads(as_json.stdout)["explanation"]["stages"]
    assert [(stage["name"], stage["expected"]) for stage in stages] == [("village", 4), ("household", 24)]


def test_the_commands_check_a_design(files):
    frame, design = files / "frame.parquet", files / "design.yaml"
    assert invoke("design", "check", design, "--frame", frame).exit_code == 0
    text = design.read_text(encoding="utf-8")
    design.write_text(text.replace("each: 2, by: []", "each: 9, by: []"), encoding="utf-8")
    failed = invoke("design", "check", design, "--frame", frame, "--json")
    assert failed.exit_code == 1
    assert [each["code"] for each in json.loads(failed.stdout)["complaints"]][:1] == ["design.too_few_units_at_top"]


TWO_COUNTIES = """
levels:
  - {name: county, id: county_code}
  - {name: village, id: village_code, columns: {kind: text}}
"""


def test_a_county_is_told_how_much_of_a_stage_it_can_check(tmp_path):
    """Strata that span counties: design check says so, and the county's own check names the stage seen in part."""
    (tmp_path / "mapping.yaml").write_text(TWO_COUNTIES, encoding="utf-8")
    rows = [f"c{county},c{county}v{number},poor" for county in (1, 2) for number in range(5)]
    for name, chosen in (("frame", rows), ("county", rows[:5]), ("other", rows[1:])):
        text = "\n".join(["county_code,village_code,kind", *chosen])
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        lists = (tmp_path / f"{name}.csv", "--mapping", tmp_path / "mapping.yaml")
        assert invoke("frame", "import", *lists, "--out", tmp_path / f"{name}.parquet").exit_code == 0
    levels = TWO_COUNTIES.replace("\n", "\n  ").rstrip()
    stage = "stages: [{name: village, strata: [kind], method: equal, take: 4}]"
    design = tmp_path / "design.yaml"
    design.write_text(f"version: 1\nevaluation: e\ndraw: 1\nframe:{levels}\n{stage}\n", encoding="utf-8")
    checked = invoke("design", "check", design, "--frame", tmp_path / "frame.parquet")
    assert "不能独自核对行政村一级" in checked.stdout and "county_code" in checked.stdout
    manifest = draw_by_files(tmp_path)
    seen = invoke("draw", "verify", manifest, "--frame", tmp_path / "county.parquet")
    assert seen.exit_code == 0, seen.output
    assert "1 项只核了一部分（标 ◐：" in seen.stdout and "全部相符" not in seen.stdout
    wrong = invoke("draw", "verify", manifest, "--frame", tmp_path / "other.parquet")
    assert wrong.exit_code == 1
    assert "✗ 抽样框：不符。是不是承诺时的那一版名册？" in wrong.stdout

    design.write_text(design.read_text(encoding="utf-8").replace("[kind]", "[county_code, kind]"), encoding="utf-8")
    checked = invoke("design", "check", design, "--frame", tmp_path / "frame.parquet")
    assert (checked.exit_code, "不能独自核对" in checked.stdout) == (0, False)


def test_degrees_in_the_wrong_order_are_refused(tmp_path):
    levels = "\nlevels: [{name: village, id: id, columns: {lon: decimal(2), lat: decimal(2), height: integer}}]\n"
    (tmp_path / "mapping.yaml").write_text(levels, encoding="utf-8")
    rows = [f"v{number},118.{number}5,25.{number}0,{100 * number}" for number in range(6)]
    (tmp_path / "list.csv").write_text("\n".join(["id,lon,lat,height", *rows]), encoding="utf-8")
    frame, design = tmp_path / "frame.parquet", tmp_path / "design.yaml"
    mapping = ("--mapping", tmp_path / "mapping.yaml")
    assert invoke("frame", "import", tmp_path / "list.csv", *mapping, "--out", frame).exit_code == 0

    def check(columns: str) -> tuple[int, list[str]]:
        stage = f"{{name: village, method: spread, coordinates: {{degrees: {columns}}}, take: 2}}"
        text = (
            f"version: 1\nevaluation: e\ndraw: 1\nframe:{levels.replace(chr(10), chr(10) + '  ')}\nstages: [{stage}]\n"
        )
        design.write_text(text, encoding="utf-8")
        ended = invoke("design", "check", design, "--frame", frame, "--json")
        return ended.exit_code, [each["code"] for each in json.loads(ended.stdout)["complaints"]]

    assert check("[lon, lat]") == (0, [])
    assert check("[lat, lon]") == (1, ["design.no_latitude"])
    assert check("[lon, height]") == (1, ["design.no_latitude"])
    assert check("[height, lat]") == (1, ["design.no_longitude"])
