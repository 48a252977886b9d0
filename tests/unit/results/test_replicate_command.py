"""`evalsvc replicates`: weights written out and read back give the same errors."""

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from evalsvc.cli import main

SCHOOLS = Path(__file__).parents[2] / "oracle" / "data" / "apistrat.csv"


def plan(folder, name, replicates):
    stated = {
        "version": 1,
        "data": str(SCHOOLS),
        "design": {"stages": [{"strata": "stype", "population": "fpc"}], "weights": "pw", **replicates},
        "estimates": [{"id": "m", "statistic": "mean", "variables": ["api00"], "by": ["awards"]}],
    }
    path = folder / name
    path.write_text(yaml.safe_dump(stated), encoding="utf-8")
    return path


def call(*words):
    return CliRunner().invoke(main, [str(word) for word in words], env={"LANG": "en_XX.UTF-8"})


def errors(folder, path):
    out = folder / (path.stem + ".json")
    ended = call("estimate", path, "--out", out)
    assert ended.exit_code == 0, ended.output
    return [row["se"] for row in json.loads(out.read_text(encoding="utf-8"))["estimates"]]


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet"])
@pytest.mark.parametrize(
    "asked", [{"method": "jkn"}, {"method": "mrbbootstrap", "replicates": 20, "mse": True}], ids=["jkn", "mrb"]
)
def test_weights_written_and_read_back_give_the_same_errors(tmp_path, asked, ending):
    made = plan(tmp_path, "made.yaml", {"replicates": asked})
    ended = call("replicates", made, "--out", tmp_path / f"weights{ending}")
    assert ended.exit_code == 0, ended.output
    read = plan(tmp_path, "read.yaml", yaml.safe_load(ended.stdout))
    assert errors(tmp_path, read) == pytest.approx(errors(tmp_path, made), rel=1e-9)
    assert call("replicates", made, "--out", tmp_path / f"weights{ending}").exit_code == 1  # it stands there already


def test_a_jackknife_without_strata_prints_plain_numbers(tmp_path):
    sample = {"stages": [{}], "weights": "pw"}
    made = plan(tmp_path, "made.yaml", {**sample, "replicates": {"method": "jk1"}})
    ended = call("replicates", made, "--out", tmp_path / "weights.csv")
    assert ended.exit_code == 0, ended.output
    read = plan(tmp_path, "read.yaml", {**sample, **yaml.safe_load(ended.stdout)})
    assert errors(tmp_path, read) == pytest.approx(errors(tmp_path, made), rel=1e-9)


def test_faults_of_the_file_are_told_with_its_name_row_and_column(tmp_path):
    rows = len(SCHOOLS.read_text(encoding="utf-8").splitlines()) - 1
    weights = ["r1,r2", *["1,1"] * 4, "1,-1", *["1,1"] * (rows - 5)]
    (tmp_path / "weights.csv").write_text("\n".join(weights) + "\n", encoding="utf-8")
    path = plan(tmp_path, "read.yaml", {"replicates": {"method": "jkn", "file": "weights.csv"}})
    ended = CliRunner().invoke(main, ["estimate", str(path)], env={"LANG": "en_XX.UTF-8", "COLUMNS": "300"})
    assert re.search(r"│ weights\.csv\s+│ 6\s+│ r2\s+│", ended.output), ended.output


def test_a_plan_without_replicates_and_another_ending_are_told(tmp_path):
    path = plan(tmp_path, "plain.yaml", {})
    ended = call("replicates", path, "--out", tmp_path / "weights.csv")
    assert ended.exit_code == 1
    assert "has no replicates" in ended.output
    assert call("replicates", path, "--out", tmp_path / "weights.xlsx").exit_code == 2
