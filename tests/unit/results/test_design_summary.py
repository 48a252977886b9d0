"""`evalsvc estimate plan.yaml --design`: the design in words and as JSON, and no estimate."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from evalsvc.cli import main

SCHOOLS = Path(__file__).parents[2] / "oracle" / "data" / "apistrat.csv"
DESIGN = {
    "stages": [{"strata": "stype", "population": "fpc"}],
    "weights": "pw",
    "calibration": {"method": "poststratify", "margins": {"sch.wide": {"No": 1072, "Yes": 5122}}},
    "replicates": {"method": "jkn"},
}


@pytest.fixture
def call(tmp_path):
    def called(*options, language="en", variable="api00"):
        stated = {"version": 1, "data": str(SCHOOLS), "design": DESIGN}
        mean = {"id": "m", "statistic": "mean", "variables": [variable]}
        path = tmp_path / "plan.yaml"
        path.write_text(yaml.safe_dump({**stated, "estimates": [mean]}), encoding="utf-8")
        return CliRunner().invoke(main, ["estimate", str(path), *options], env={"LANG": f"{language}_XX.UTF-8"})

    return called


def test_the_design_is_told_in_words(call):
    ended = call("--design")
    assert ended.exit_code == 0, ended.output
    assert ended.stdout.splitlines() == [
        "200 rows of data, 200 of them with a weight other than 0",
        "stage 1 (the rows are the units): 3 strata, 200 units, 50–100 per stratum",
        "  sampling fraction 0.02262–0.06623",
        "weights before adjusting: sum 6,194, 15.10–44.21 per row, Kish's design effect of unequal weights 1.186",
        "adjustment design.calibration: new weight / old weight g 0.99877–1.0059",
        "  sch.wide = No: known 1072, reached 1072",
        "  sch.wide = Yes: known 5122, reached 5122",
        "weights: sum 6,194, 15.08–44.47 per row, Kish's design effect of unequal weights 1.186",
        "replicate weights: jkn, 200 replicates, rank 198",
        "degrees of freedom: 197",
    ]
    chinese = call("--design", language="zh").stdout.splitlines()
    assert len(chinese) == len(ended.stdout.splitlines())
    assert chinese[1] == "第 1 阶段（单元是数据的行）：3 层，200 个单元，每层 50–100 个"


def test_the_design_as_json_has_the_numbers(call):
    found = json.loads(call("--design", "--json").stdout)
    assert (found["rows"], found["degrees_of_freedom"], found["stages"][0]["smallest"]) == (200, 197, 50)
    assert found["replicates"] == {"method": "jkn", "number": 200, "rank": 198}
    assert "estimates" not in found


def test_plan_and_data_are_checked(call):
    ended = call("--design", variable="api0")
    assert ended.exit_code == 1
    assert "api0" in ended.stderr
    assert ended.stdout == ""


@pytest.mark.parametrize("options", [("--json",), ("--design", "--out", "results.json")])
def test_options_that_contradict_each_other_are_refused(call, options):
    assert call(*options).exit_code == 2
