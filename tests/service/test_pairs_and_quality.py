"""`evalsvc draw joint` writes the pairs of drawn units as a table; `evalsvc draw quality` measures what balances."""

import csv
import json

import pytest

from tests.service.test_draw_commands import draw_by_files, files, invoke

__all__ = ["files"]


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_holds_each_pair_of_main_units_once(files):
    manifest, out = draw_by_files(files), files / "joint.csv"
    made = invoke("draw", "joint", manifest, "--frame", files / "frame.parquet", "--out", out)
    assert made.exit_code == 0, made.output
    rows = read(out)
    assert {row["joint_method"] for row in rows} == {"exact", "hartley-rao"}
    assert len({frozenset((row["unit_id"], row["other_id"])) for row in rows}) == len(rows)
    for row in rows:
        own, other, both = (float(row[name]) for name in ("probability", "other_probability", "joint_probability"))
        assert 0 < both <= min(own, other) <= 1
    assert "Hartley–Rao" in made.stdout
    assert f"共 {len(rows)} 对" in made.stdout
    again = invoke("draw", "joint", manifest, "--frame", files / "frame.parquet", "--out", out)
    assert again.exit_code == 1
    one = invoke(
        "draw", "joint", manifest, "--frame", files / "frame.parquet", "--out", files / "a.csv", "--stage", "household"
    )
    assert one.exit_code == 0
    assert {row["stage"] for row in read(files / "a.csv")} == {"household"}


def test_nothing_is_written_where_pairs_are_not_known(files):
    design, out = files / "design.yaml", files / "joint.csv"
    text = design.read_text(encoding="utf-8")
    design.write_text(text.replace("{count: household}", "{count: household}, order: frame"), encoding="utf-8")
    manifest = draw_by_files(files)
    made = invoke("draw", "joint", manifest, "--frame", files / "frame.parquet", "--out", out)
    assert (made.exit_code, out.exists()) == (1, False)
    assert "with-replacement" in made.stderr
    assert not list(files.glob(".joint*"))


@pytest.mark.parametrize("option", ["--stage", "--parent", "--stratum"])
def test_a_group_that_is_not_there_is_named(files, option):
    manifest = draw_by_files(files)
    made = invoke("draw", "joint", manifest, "--frame", files / "frame.parquet", option, "xyz")
    assert made.exit_code == 1
    assert "xyz" in made.stderr


def test_a_draw_that_neither_balances_nor_spreads_has_no_quality(files):
    manifest = draw_by_files(files)
    made = invoke("draw", "quality", manifest, "--frame", files / "frame.parquet", "--json")
    assert made.exit_code == 1
    assert "draw.no_quality" in made.stdout


def test_the_quality_of_a_balanced_draw_is_told(files):
    design = files / "design.yaml"
    text = design.read_text(encoding="utf-8")
    equal = "method: equal, take: {each: 3, by: []}, reserves: 2"
    assert equal in text
    balanced = "method: balanced, balance: [persons], take: {each: 3, by: []}"
    design.write_text(text.replace(equal, balanced), encoding="utf-8")
    manifest = draw_by_files(files)
    common = ("draw", "quality", manifest, "--frame", files / "frame.parquet")
    value = json.loads(invoke(*common, "--json").stdout)
    drawn = {unit["parent"] for unit in json.loads(manifest.read_text(encoding="utf-8"))["stages"][1]["units"]}
    assert {group["parent"] for group in value["groups"]} == drawn
    assert all(group["columns"][0]["column"] == "persons" for group in value["groups"])
    told = invoke(*common).stdout
    assert "persons：由样本估计的总数" in told
    assert "Horvitz" in told
