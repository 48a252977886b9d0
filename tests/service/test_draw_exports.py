"""Lists for the teams by files: what stands on them, who gets them, and that no reserve does."""

import csv
import io
import stat
from dataclasses import replace

import pypdfium2
import pytest
from openpyxl import load_workbook

from sampling.manifest import Manifest
from tests.service.small_frame import SMALL_FRAME, SMALL_MAPPING
from tests.service.test_draw_commands import draw_by_files, files, invoke  # noqa: F401 (a fixture)


@pytest.fixture
def drawn(files):  # noqa: F811
    """A manifest with its frame, in a folder."""
    path = draw_by_files(files)
    return files, path, Manifest.from_json(path.read_text(encoding="utf-8"))


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


def test_one_list_holds_every_open_household_in_order_and_no_reserve(drawn):
    folder, manifest_path, manifest = drawn
    out = folder / "lists"
    made = invoke("draw", "assignments", manifest_path, "--frame", folder / "frame.parquet", "--out", out)
    assert made.exit_code == 0, made.output
    assert sorted(path.name for path in out.iterdir()) == [f"assignments.{e}" for e in ("csv", "html", "pdf", "xlsx")]
    units = manifest.stages[-1].units
    main = [unit.id for unit in units if unit.sample_type != "reserve"]
    reserves = [unit.id for unit in units if unit.sample_type == "reserve"]
    rows = rows_of(out / "assignments.csv")
    assert [row["户编号"] for row in rows] == main
    assert reserves
    assert all(row["村"] and row["类别"] and row["建档立卡"] in "是否" and row["家庭人口"].isdigit() for row in rows)
    for village in {row["村编号"] for row in rows}:
        order = [int(row["访问次序"]) for row in rows if row["村编号"] == village]
        assert order == list(range(1, len(order) + 1))
    sheet = list(load_workbook(out / "assignments.xlsx").active.values)
    assert [row[5] for row in sheet[1:]] == main
    page = (out / "assignments.html").read_text(encoding="utf-8")
    pdf = pypdfium2.PdfDocument((out / "assignments.pdf").read_bytes())
    printed = "".join(sheet.get_textpage().get_text_bounded() for sheet in pdf)
    assert len(pdf) == 1 + len({row["村编号"] for row in rows})
    assert [round(each) for each in pdf[0].get_size()] == [595, 842]
    for text in (page, printed):
        assert all(unit in text for unit in main)
        assert not any(unit in text for unit in reserves)
    assert "<script" not in page and "http" not in page
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}
    for command in ("assignments", "r-script"):
        made = invoke("draw", command, manifest_path, "--frame", folder / "frame.parquet", "--out", folder / command)
        assert made.exit_code == 0, made.output
        again = invoke("draw", command, manifest_path, "--frame", folder / "frame.parquet", "--out", folder / command)
        assert (again.exit_code, "--force" in again.output, "换一个文件夹" in again.stderr) == (1, False, True)


def test_each_team_gets_its_own_files(drawn):
    folder, manifest_path, manifest = drawn
    villages = sorted({unit.id for unit in manifest.stages[0].units})
    county = villages[-1][:2] + villages[-1][2] + "001"
    teams = folder / "teams.csv"
    teams.write_text(f"unit_id,team\n{county},二组\n{villages[0]},一/组\n", encoding="gb18030")
    out = folder / "lists"
    options = ("--frame", folder / "frame.parquet", "--out", out, "--teams", teams, "--no-pdf", "--title", "试点")
    made = invoke("draw", "assignments", manifest_path, *options)
    assert made.exit_code == 0, made.output
    names = sorted(path.name for path in out.glob("*.csv"))
    nameless = [row["村编号"] for row in rows_of(out / names[0])]
    assert f"{len(set(nameless))} 个行政村没有写组名" in made.output and nameless[0] in made.output
    assert names == ["assignments-01.csv", "assignments-02-一-组.csv", "assignments-03-二组.csv"]
    assert {row["村编号"] for row in rows_of(out / names[1])} == {villages[0]}
    assert {row["组"] for row in rows_of(out / names[2])} == {"二组"}
    everything = [row["户编号"] for name in names for row in rows_of(out / name)]
    units = manifest.stages[-1].units
    assert sorted(everything) == sorted(unit.id for unit in units if unit.sample_type != "reserve")
    assert "试点" in (out / "assignments-01.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("unit,team\n1,一组\n", "须有这些列"),
        ("unit_id,team\n,一组\n999,二组\n", "缺编号或组名"),
        ("unit_id,team\n999,二组\n", "999"),
        ("unit_id,team\n1,一组\n1,二组\n", "分给了另一组"),
    ],
)
def test_a_table_of_teams_that_cannot_be_used_is_refused(drawn, text, words):
    folder, manifest_path, _ = drawn
    teams = folder / "teams.csv"
    teams.write_text(text, encoding="utf-8")
    options = ("--frame", folder / "frame.parquet", "--out", folder / "lists", "--teams", teams)
    refused = invoke("draw", "assignments", manifest_path, *options)
    assert refused.exit_code == 1
    assert words in "".join(refused.stderr.split("\n")).replace("│", "").replace(" ", " ") or words in refused.stderr
    assert not (folder / "lists").exists()


@pytest.mark.parametrize("command", [("assignments", "--no-pdf"), ("r-script",)])
def test_another_edition_of_the_frame_or_a_part_of_it_is_refused(drawn, command):
    folder, manifest_path, _ = drawn
    lines = SMALL_FRAME.splitlines()
    (folder / "mapping.yaml").write_text(SMALL_MAPPING, encoding="utf-8")
    editions = {
        "edition": [line.replace("一般农户", "监测户") for line in lines],
        "county": [line for line in lines if not line.startswith("352")],
    }
    for name, kept in editions.items():
        source, frame = folder / f"{name}.csv", folder / f"{name}.parquet"
        source.write_text("\n".join(kept) + "\n", encoding="utf-8")
        made = invoke("frame", "import", source, "--mapping", folder / "mapping.yaml", "--out", frame)
        assert made.exit_code == 0, made.output
        refused = invoke("draw", *command, manifest_path, "--frame", frame, "--out", folder / "out")
        assert (refused.exit_code, (folder / "out").exists()) == (1, False), refused.output
        assert "不是这份抽取清单所据" in refused.stderr and "承诺新" not in refused.stderr


def test_what_is_visited_without_notice_is_marked(drawn):
    folder, _, manifest = drawn
    villages, households = manifest.stages
    first = replace(villages.units[0], unannounced=True)
    own = [unit for unit in households.units if unit.sample_type != "reserve"]
    other = next(unit for unit in own if unit.parent != first.id)
    marked = [replace(unit, unannounced=True) if unit == other else unit for unit in households.units]
    stages = (replace(villages, units=(first, *villages.units[1:])), replace(households, units=tuple(marked)))
    path = folder / "marked.json"
    path.write_text(replace(manifest, stages=stages).to_json(), encoding="utf-8")
    out = folder / "lists"
    made = invoke("draw", "assignments", path, "--frame", folder / "frame.parquet", "--out", out, "--no-pdf")
    assert made.exit_code == 0, made.output
    unseen = {row["户编号"] for row in rows_of(out / "assignments.csv") if row["明访暗访"] == "暗访"}
    assert unseen == {unit.id for unit in own if unit.parent == first.id} | {other.id}
    page = (out / "assignments.html").read_text(encoding="utf-8")
    assert "含暗访" in page and "进点前不得告诉县、乡、村任何人" in page
