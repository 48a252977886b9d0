"""From a draw's files to estimates without a server: manifest, joint probabilities and answers, two commands."""

import csv
import json

import pytest
import yaml

from tests.service.test_draw_commands import draw_by_files, files, invoke

__all__ = ["files"]


@pytest.fixture
def drawn(files):
    """Villages by Sampford's method with exact joint probabilities, and an answer of every main household."""
    design = files / "design.yaml"
    text = design.read_text(encoding="utf-8").replace("{count: household}", "{count: household}, joint_method: exact")
    design.write_text(text.replace("pps_systematic", "sampford"), encoding="utf-8")
    manifest = draw_by_files(files)
    made = invoke("draw", "joint", manifest, "--frame", files / "frame.parquet", "--out", files / "joint.csv")
    assert made.exit_code == 0, made.output
    last = json.loads(manifest.read_text(encoding="utf-8"))["stages"][-1]
    names = [unit["id"] for unit in last["units"] if unit["probability"] is not None]
    with (files / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("unit_id", "y"), *((name, number % 5) for number, name in enumerate(names))])
    return files


def estimate(folder, **design):
    plan = {
        "version": 1,
        "data": "answers.csv",
        "design": {"manifest": "manifest.json", **design},
        "estimates": [{"id": "y", "statistic": "total", "variables": ["y"]}],
    }
    (folder / "plan.yaml").write_text(yaml.safe_dump(plan), encoding="utf-8")
    ended = invoke("estimate", folder / "plan.yaml", "--out", folder / "results.json", "--force")
    return ended, folder / "results.json"


def test_a_draw_with_exact_pairs_is_estimated_by_their_file(drawn):
    ended, results = estimate(drawn, joint="joint.csv", lonely_psu="adjust")
    assert ended.exit_code == 0, ended.output
    (row,) = json.loads(results.read_text(encoding="utf-8"))["estimates"]
    assert row["se"] > 0
    assert row["low"] < row["estimate"] < row["high"]


def test_without_the_file_it_is_said_what_lacks(drawn):
    ended, results = estimate(drawn)
    assert (ended.exit_code, results.exists()) == (1, False)
    assert "exact" in ended.output
