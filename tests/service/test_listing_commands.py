"""Lists made later, by files: bind them, go on drawing, verify the whole against the public log."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from evalsvc.cli import main
from sampling import engine_spark

MAPPING = """
levels:
  - {name: county, id: county_code}
  - {name: village, id: village_code, columns: {households: integer}}
  - {name: household, id: household_id, columns: {household_class: text}}
"""
DESIGN = f"""
version: 1
evaluation: later
draw: 1
frame:{MAPPING.replace(chr(10), chr(10) + "  ").rstrip()}
stages:
  - {{name: village, strata: [county_code], method: pps_systematic, size: {{column: households}}, take: 2}}
  - {{name: household, method: equal, listed: later, take: 2, reserves: 1}}
"""


def invoke(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def frame_with(folder: Path, name: str, listed: list[str]) -> Path:
    """Import four villages, some of them with six households each."""
    lines = ["county_code,village_code,households,household_id,household_class"]
    for number in range(4):
        households = [f"v{number}h{h},一般农户" for h in range(6)] if f"v{number}" in listed else [","]
        lines += [f"c1,v{number},{9 + number},{household}" for household in households]
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    out = folder / f"{name}.parquet"
    made = invoke("frame", "import", folder / f"{name}.csv", "--mapping", folder / "mapping.yaml", "--out", out)
    assert made.exit_code == 0, made.output
    return out


@pytest.fixture
def drawn(tmp_path):
    """The first stage drawn, its manifest and its log."""
    (tmp_path / "design.yaml").write_text(DESIGN, encoding="utf-8")
    common = ("--frame", frame_with(tmp_path, "first", []), "--log", tmp_path / "log.jsonl")
    common = (*common, "--design", tmp_path / "design.yaml")
    bound = ("--out", tmp_path / "commitment.json", "--secret-out", tmp_path / "secret.json")
    assert invoke("draw", "commit", *common, *bound).exit_code == 0
    revealed = ("--commitment", tmp_path / "commitment.json", "--secret", tmp_path / "secret.json")
    made = invoke("draw", "run", *common, *revealed, "--out", tmp_path / "first.json")
    assert made.exit_code == 0, made.output
    return tmp_path


def villages(folder: Path, name: str = "first") -> list[str]:
    stages = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["stages"]
    return [unit["id"] for unit in stages[0]["units"]]


def go_on(folder: Path, before: str, after: str, listed: list[str]) -> Path:
    frame = frame_with(folder, after, listed)
    common = ("--manifest", folder / f"{before}.json", "--frame", frame, "--log", folder / "log.jsonl")
    bound = invoke("draw", "lists", *common, "--out", folder / f"{after}-lists.json")
    assert bound.exit_code == 0, bound.output
    lists = folder / f"{after}-lists.json"
    made = invoke("draw", "continue", *common, "--lists", lists, "--out", folder / f"{after}.json")
    assert made.exit_code == 0, made.output
    assert ("还没有承诺过名单" in made.output) == (len(listed) < 2)
    return frame


def test_lists_are_bound_and_drawn_from_and_the_log_shows_it(drawn):
    one, other = villages(drawn)
    go_on(drawn, "first", "second", [one])
    frame = go_on(drawn, "second", "third", [one, other])
    kinds = [json.loads(line)["kind"] for line in (drawn / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert kinds == ["draw.commitment", "draw.manifest", *["draw.list", "draw.continuation"] * 2]
    last = invoke("draw", "verify", drawn / "third.json", "--frame", frame, "--log", drawn / "log.jsonl", "--json")
    told = json.loads(last.stdout)
    assert (last.exit_code, told["ok"]) == (0, True), [each for each in told["findings"] if not each["ok"]]
    # Older manifests hold as far as they go, and it is told that the draw went on.
    old = invoke(
        "draw", "verify", drawn / "first.json", "--frame", drawn / "first.parquet", "--log", drawn / "log.jsonl"
    )
    assert old.exit_code == 0 and "第 4, 6 行" in old.output, old.output
    old = invoke(
        "draw", "verify", drawn / "second.json", "--frame", drawn / "second.parquet", "--log", drawn / "log.jsonl"
    )
    assert old.exit_code == 0 and "第 6 行" in old.output, old.output
    changed = frame_with(drawn, "changed", [one])
    gone = invoke("draw", "verify", drawn / "third.json", "--frame", changed)
    assert gone.exit_code == 1 and f"清单承诺了 {other} 后来列的名单" in gone.output


def test_no_team_gets_a_list_before_households_are_listed(drawn):
    out = drawn / "lists"
    refused = invoke("draw", "assignments", drawn / "first.json", "--frame", drawn / "first.parquet", "--out", out)
    assert (refused.exit_code, out.exists()) == (1, False)
    assert "还没有抽中的户" in refused.stderr and "2 个还没有承诺过名单" in refused.stderr


def test_lists_are_entered_once_and_a_manifest_is_continued_once(drawn):
    one, other = villages(drawn)
    frame = go_on(drawn, "first", "second", [one])
    log = drawn / "log.jsonl"
    common = ("--manifest", drawn / "first.json", "--frame", frame, "--log", log)
    lines = log.read_bytes()
    again = invoke("draw", "lists", *common, "--out", drawn / "again.json")
    assert (again.exit_code, (drawn / "again.json").exists(), log.read_bytes()) == (1, False, lines)
    assert "第 3 行已登记过" in again.stderr and f"later/1/list/{one}" in again.stderr
    bound = ("--lists", drawn / "second-lists.json")
    again = invoke("draw", "continue", *common, *bound, "--out", drawn / "again.json")
    assert (again.exit_code, (drawn / "again.json").exists(), log.read_bytes()) == (1, False, lines)
    assert "第 4 行" in again.stderr and "请从最近的那一份接续" in again.stderr
    go_on(drawn, "second", "third", [one, other])


def test_villages_that_nobody_listed_are_told_by_every_command(drawn):
    one, other = villages(drawn)
    frame = go_on(drawn, "first", "second", [one])
    told = invoke("draw", "verify", drawn / "second.json", "--frame", frame)
    assert told.exit_code == 0 and "◐ 农户一级" in told.output and f"没有从中抽取：{other}" in told.output
    assert "编码由列名单的人在机构已知种子时给定" in told.output and "已承诺 1 份" in told.output
    assert "标 ◐" in told.output and "核验通过：上列" in told.output
    made = invoke("draw", "r-script", drawn / "second.json", "--frame", frame, "--out", drawn / "r")
    assert made.exit_code == 0 and f"没有从中抽取：{other}" in made.output, made.output
    assert f"没有从中抽取：{other}" in (drawn / "r" / "design.R").read_text(encoding="utf-8")


def test_what_does_not_fit_is_refused_and_nothing_is_written(drawn):
    one, other = villages(drawn)
    undrawn = next(name for name in ("v0", "v1", "v2", "v3") if name not in (one, other))
    out = drawn / "lists.json"
    common = ("--manifest", drawn / "first.json", "--out", out)
    refused = invoke("draw", "lists", *common, "--frame", frame_with(drawn, "stranger", [undrawn]))
    assert refused.exit_code == 1 and undrawn in refused.output and not out.exists()
    refused = invoke("draw", "lists", *common, "--frame", drawn / "first.parquet")
    assert refused.exit_code == 1 and "没有新的名单" in refused.output
    go_on(drawn, "first", "second", [one])
    again = ("--manifest", drawn / "second.json", "--frame", drawn / "second.parquet")
    lists = drawn / "second-lists.json"
    refused = invoke("draw", "continue", *again, "--lists", lists, "--out", drawn / "x.json")
    assert refused.exit_code == 1 and "另一份抽取清单" in refused.output and not (drawn / "x.json").exists()
    lists.write_text("{}", encoding="utf-8")
    assert invoke("draw", "continue", *again, "--lists", lists, "--out", drawn / "x.json").exit_code == 1


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_lists_are_bound_and_drawn_from_on_spark_as_without(drawn, monkeypatch):
    monkeypatch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")  # its Java starts sooner
    go_on(drawn, "first", "second", villages(drawn))
    frame, lists, out = drawn / "second.parquet", drawn / "spark-lists.json", drawn / "spark.json"
    common = ("--manifest", drawn / "first.json", "--frame", frame, "--engine", "spark", "--master", "local[2]")
    bound = invoke("draw", "lists", *common, "--out", lists)
    assert bound.exit_code == 0, bound.output
    made = invoke("draw", "continue", *common, "--lists", lists, "--out", out)
    engine_spark.stop()
    assert made.exit_code == 0, made.output
    first, second = (json.loads((drawn / name).read_text(encoding="utf-8")) for name in ("second.json", "spark.json"))
    assert first["stages"] == second["stages"] and len(first["stages"][1]["units"]) == 6
    assert [each["sha256"] for each in first["frames"]] == [each["sha256"] for each in second["frames"]]


def test_a_stage_that_waits_for_its_lists_is_not_told_as_drawn(drawn):
    told = invoke("draw", "verify", drawn / "first.json", "--frame", drawn / "first.parquet").stdout
    assert "农户一级：没有从任何名单抽取" in told
    assert "0 个单位" not in told
    go_on(drawn, "first", "second", villages(drawn)[:1])
    told = invoke("draw", "verify", drawn / "second.json", "--frame", drawn / "second.parquet").stdout
    assert "农户一级：由种子从名单重新抽取，3 个单位" in told


def test_pairs_are_formed_in_bound_lists(drawn):
    listed = villages(drawn)[:1]
    frame = go_on(drawn, "first", "second", listed)
    made = invoke(
        "draw", "joint", drawn / "second.json", "--frame", frame, "--stage", "household", "--out", drawn / "j.csv"
    )
    assert made.exit_code == 0, made.output
    rows = list(csv.DictReader((drawn / "j.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["parent"], row["joint_probability"]) for row in rows] == [(listed[0], repr(2 / 30))]
    other = frame_with(drawn, "other", villages(drawn))
    more = invoke("draw", "joint", drawn / "second.json", "--frame", other, "--out", drawn / "k.csv")
    assert more.exit_code == 0, "a list that is not bound yet changes nothing in those that are"
    assert invoke("draw", "joint", drawn / "first.json", "--frame", frame, "--stage", "household").exit_code == 1


def test_a_form_names_the_drawn_villages_and_is_imported_beside_their_list(tmp_path):
    """The way of the guide: households in a file of their own, first with the header alone, then the form filled in."""
    mapping = (
        MAPPING
        + """
files:
  village: {file: villages.csv}
  household: {file: households.csv, parent: 所在村, rename: {户类别: household_class}}
"""
    )
    (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
    (tmp_path / "design.yaml").write_text(DESIGN, encoding="utf-8")
    above = "county_code,village_code,households\n" + "".join(f"c1,v{number},{9 + number}\n" for number in range(4))
    (tmp_path / "villages.csv").write_text(above, encoding="utf-8")
    (tmp_path / "households.csv").write_text("所在村,household_id,户类别\n", encoding="utf-8")
    lists = (tmp_path / "villages.csv", tmp_path / "households.csv", "--mapping", tmp_path / "mapping.yaml")
    frame = ("--frame", tmp_path / "frame.parquet")
    assert invoke("frame", "import", *lists, "--out", frame[1]).exit_code == 0
    committed = ("--out", tmp_path / "commitment.json", "--secret-out", tmp_path / "secret.json")
    assert invoke("draw", "commit", "--design", tmp_path / "design.yaml", *frame, *committed).exit_code == 0
    revealed = ("--commitment", tmp_path / "commitment.json", "--secret", tmp_path / "secret.json")
    out = ("--out", tmp_path / "first.json")
    assert "list-form" in invoke("draw", "run", "--design", tmp_path / "design.yaml", *frame, *revealed, *out).output

    form = tmp_path / "form.csv"
    wanted = ("draw", "list-form", tmp_path / "first.json", *frame, *lists[2:])
    made = invoke(*wanted, "--out", form)
    assert made.exit_code == 0, made.output
    assert [line.split()[1] for line in made.output.splitlines()[:-1]] == villages(tmp_path)
    head, *rows = csv.reader(form.read_text(encoding="utf-8-sig").splitlines())
    assert head == ["所在村", "household_id", "户类别"]
    assert [row[0] for row in rows] == villages(tmp_path)

    filled = [[row[0], f"{row[0]}h{number}", "一般农户"] for row in rows for number in range(5)]
    text = "\n".join(",".join(row) for row in (head, *filled))
    (tmp_path / "households.csv").write_text(text, encoding="utf-8")
    extended = ("--frame", tmp_path / "listed.parquet")
    assert invoke("frame", "import", *lists, "--out", extended[1]).exit_code == 0
    going_on = ("--manifest", tmp_path / "first.json", *extended)
    bound = tmp_path / "lists.json"
    assert invoke("draw", "lists", *going_on, "--out", bound).exit_code == 0
    last = tmp_path / "last.json"
    assert invoke("draw", "continue", *going_on, "--lists", bound, "--out", last).exit_code == 0
    assert invoke("draw", "verify", last, *extended).exit_code == 0

    none = invoke("draw", "list-form", last, *frame, *lists[2:], "--out", tmp_path / "none.csv")
    assert none.exit_code == 1
    assert "没有要列名单的单位" in none.output
    assert invoke(*wanted, "--out", tmp_path / "form.txt").exit_code == 2
    (tmp_path / "mapping.yaml").write_text(mapping.replace("files:", "fils:"), encoding="utf-8")
    assert invoke(*wanted, "--out", tmp_path / "other.csv").exit_code == 1
    assert not (tmp_path / "other.csv").exists()
