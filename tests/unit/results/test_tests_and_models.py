"""`evalsvc estimate` with tests and models: what stands in the files, and only where it belongs."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from evalsvc.cli import main

FIELD = Path(__file__).parents[2] / "oracle" / "data" / "field.csv"
HEAD = """
version: 1
data: field.csv
design:
  stages:
    - {cluster: village, strata: stratum, probability: pi}
    - {strata: cls, population: N}
  weights: w
  nested: true
  lonely_psu: certainty
  unequal: {method: brewer}
estimates:
"""
MEAN = "  - {id: m, statistic: mean, variables: [income], where: resp == 1}\n"
TESTS = """
  - {id: table, statistic: chisq, variables: [sat, cls], where: resp == 1}
  - {id: model, statistic: glm, formula: "sat ~ income + cls", family: binomial, where: resp == 1}
  - {id: alone, statistic: ttest, variables: [income, cls], where: "resp == 1 and cls == 'g'"}
"""


@pytest.fixture
def run(tmp_path):
    (tmp_path / "field.csv").write_bytes(FIELD.read_bytes())

    def written(estimates, ending):
        (tmp_path / "plan.yaml").write_text(HEAD + estimates, encoding="utf-8")
        out = tmp_path / f"results{ending}"
        arguments = ["estimate", str(tmp_path / "plan.yaml"), "--force", "--out", str(out)]
        ended = CliRunner().invoke(main, arguments, env={"LANG": "en_XX.UTF-8"})
        assert ended.exit_code == 0, ended.output
        return out, ended

    return written


def test_json_has_the_numerator_where_there_is_one(run):
    out, ended = run(MEAN + TESTS, ".json")
    rows = json.loads(out.read_text(encoding="utf-8"))["estimates"]
    assert [row["id"] for row in rows if "df_numerator" in row] == ["table"]
    assert [row["variable"] for row in rows if row["id"] == "model"][:2] == ["(Intercept)", "income"]
    assert all(row["p_value"] is not None for row in rows if row["id"] in ("table", "model"))
    assert rows[-1]["reason"] == "estimate.one_group"
    assert "only one group" in ended.stderr


def test_tables_have_its_column_only_with_tests(run):
    for estimates, expected in ((MEAN, False), (MEAN + TESTS, True)):
        out, _ = run(estimates, ".csv")
        with out.open(encoding="utf-8-sig", newline="") as stream:
            (head, *rows) = list(csv.reader(stream))
        assert ("df_numerator" in head) is expected
        assert all(len(row) == len(head) for row in rows)
        out, _ = run(estimates, ".xlsx")
        first = next(load_workbook(out).worksheets[0].iter_rows(values_only=True))
        assert ("df_numerator" in first) is expected
        out, _ = run(estimates, ".md")
        assert ("| p_value |" in out.read_text(encoding="utf-8").splitlines()[0]) is expected
