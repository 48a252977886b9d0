"""Replicate weights that were adjusted one by one, written out and read back, give the same rows."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from evalsvc.cli import main

SCHOOLS = Path(__file__).parents[2] / "oracle" / "data" / "apistrat.csv"
MARGINS = {"stype": {"E": 4421, "H": 755, "M": 1018}, "awards": {"No": 2000, "Yes": 4194}}
DESIGN = {
    "stages": [{"cluster": "dnum", "strata": "stype"}],
    "nested": True,
    "lonely_psu": "remove",
    "weights": "pw",
    "calibration": {"method": "raking", "margins": MARGINS},
}
FIGURES = ("estimate", "se", "low", "high", "df", "n")


def call(*words):
    ended = CliRunner().invoke(main, [str(word) for word in words], env={"LANG": "en_XX.UTF-8"})
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def rows(folder, name, replicates):
    estimates = [{"id": by, "statistic": "mean", "variables": ["api00"], "by": [by]} for by in ("awards", "cnum")]
    stated = {"version": 1, "data": str(SCHOOLS), "design": {**DESIGN, **replicates}, "estimates": estimates}
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(stated), encoding="utf-8")
    call("estimate", folder / f"{name}.yaml", "--out", folder / f"{name}.json")
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))["estimates"]


def test_the_same_rows_also_in_counties_of_few_districts(tmp_path):
    made = rows(tmp_path, "made", {"replicates": {"method": "jkn"}})
    key = yaml.safe_load(call("replicates", tmp_path / "made.yaml", "--out", tmp_path / "weights.csv"))
    read = rows(tmp_path, "read", key)
    assert [row["reason"] for row in read] == [row["reason"] for row in made]
    assert "estimate.no_degrees_of_freedom" in {row["reason"] for row in made}
    for one, other in zip(read, made, strict=True):
        expected = {figure: other[figure] for figure in FIGURES if other[figure] is not None}
        assert {figure: one[figure] for figure in FIGURES if one[figure] is not None} == pytest.approx(
            expected, rel=1e-7
        )
