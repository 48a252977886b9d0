"""`evalsvc estimate` over a survey's answers: what a statistician reads on the terminal and in the files."""

import contextlib
import csv
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from evalsvc.cli import main

FIELD = Path(__file__).parents[2] / "oracle" / "data" / "field.csv"
PLAN = """
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
  - {id: satisfied, statistic: proportion, variables: [sat, rare], where: "resp == 1"}
  - {id: satisfied_g, statistic: proportion, variables: [sat], by: [county], where: "resp == 1 and cls == 'g'"}
  - {id: wrong, statistic: ratio, numerator: bad, denominator: size, by: [county], where: "resp == 1",
     threshold: {value: 0.02, side: upper, planned_deff: 2}}
  - {id: village, statistic: mean, variables: [income], by: [stratum], where: "resp == 1"}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    (tmp_path / "field.csv").write_bytes(FIELD.read_bytes())
    return tmp_path


def estimate(folder, *options, language="en"):
    return CliRunner().invoke(
        main, ["estimate", str(folder / "plan.yaml"), *map(str, options)], env={"LANG": f"{language}_XX.UTF-8"}
    )


def test_the_table_names_variables_and_the_remarks_name_rows_once(folder):
    ended = estimate(folder)
    assert ended.exit_code == 0, ended.output
    lines = ended.stdout.splitlines()
    assert lines[0].startswith("| id | variable | domain | estimate |")
    assert [line.split(" | ")[:2] for line in lines[2:4]] == [["| satisfied", "sat"], ["| satisfied", "rare"]]
    assert "nan" not in ended.stdout.lower()
    remarks = ended.stderr.splitlines()
    assert len(remarks) == len({text.split(" (")[0] for text in remarks})
    (lone,) = [text for text in remarks if "lonely_psu rule" in text]
    assert "satisfied sat; satisfied rare; satisfied_g C; wrong C" in lone
    assert any("0 degrees of freedom" in text and text.endswith("(rows: village Ck2)") for text in remarks)
    assert not any("By the rule of the point estimate" in text for text in remarks)


def test_a_county_that_nobody_answered_in_is_missed_aloud(folder):
    ended = estimate(folder, "--out", folder / "results.json")
    rows = json.loads((folder / "results.json").read_text(encoding="utf-8"))["estimates"]
    assert [row["domain"]["county"] for row in rows if row["id"] == "satisfied_g"] == ["A", "C"]
    assert ended.stdout == ""
    assert "satisfied_g: no record of these domains meets the condition" in ended.stderr
    assert ended.stderr.rstrip().endswith("B")


def test_rows_without_a_domain_are_told(folder):
    text = FIELD.read_bytes()
    header, first, rest = text.split(b"\n", 2)
    place = header.decode().strip().split(",").index("cls")
    cells = first.split(b",")
    cells[place] = b""
    (folder / "field.csv").write_bytes(b"\n".join([header, b",".join(cells), rest]))
    plan = PLAN.replace("{strata: cls, population: N}", "{cluster: id}").replace("by: [stratum]", "by: [cls]")
    (folder / "plan.yaml").write_text(plan.replace(" and cls == 'g'", ""), encoding="utf-8")
    ended = estimate(folder, "--out", folder / "results.json")
    assert ended.exit_code == 0, ended.output
    assert "village: 1 rows miss cls; they belong to no domain" in ended.stderr


def test_rows_without_figures_are_written_too_and_no_file_is_replaced_unasked(folder):
    plan = PLAN.replace("lonely_psu: certainty", "lonely_psu: fail").replace("resp == 1", "resp > 1")
    (folder / "plan.yaml").write_text(plan, encoding="utf-8")
    out = folder / "results.json"
    assert estimate(folder, "--out", out).exit_code == 0
    written = out.read_bytes()
    rows = json.loads(written)["estimates"]
    assert {(row["estimate"], row["reason"]) for row in rows} == {(None, "estimate.empty_domain")}
    out.write_text("mine", encoding="utf-8")
    refused = estimate(folder, "--out", out, "--out", folder / "results.csv")
    assert (refused.exit_code, out.read_text(encoding="utf-8")) == (1, "mine")
    assert "results.json" in refused.output
    assert not (folder / "results.csv").exists()
    assert estimate(folder, "--out", out, "--force").exit_code == 0
    assert out.read_bytes() == written


def test_many_rows_are_counted_and_not_all_named(folder):
    plan = PLAN.replace("by: [stratum]", "by: [village]")
    (folder / "plan.yaml").write_text(plan, encoding="utf-8")
    (given,) = [text for text in estimate(folder).stderr.splitlines() if "given that cluster" in text]
    assert given.count("village ") == 8
    assert "… (+" in given


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b",5.375,1,", b",,1,", "row 2"),
        (b"id,county", b"id,district", "county"),
    ],
)
def test_bad_data_end_with_1_and_the_place(folder, old, new, told):
    (folder / "field.csv").write_bytes(FIELD.read_bytes().replace(old, new, 1))
    ended = estimate(folder)
    assert ended.exit_code == 1
    assert told in ended.output


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("unequal: {method: brewer}", "unequal: {method: joint, joint: gone.csv}", "design.unequal.joint"),
        (
            "unequal: {method: brewer}",
            "replicates: {method: other, scale: 1, file: gone.csv}",
            "design.replicates.file",
        ),
    ],
)
def test_an_absent_file_of_the_design_is_told_by_its_own_key(folder, old, new, place):
    (folder / "plan.yaml").write_text(PLAN.replace(old, new), encoding="utf-8")
    ended = estimate(folder)
    assert ended.exit_code == 1
    assert f"{place} of the plan names gone.csv" in ended.stderr
    assert "field.csv" not in ended.stderr


def test_a_mark_for_a_missing_number_is_told_because_it_makes_the_column_text(folder):
    with_marks = FIELD.read_text(encoding="utf-8").splitlines()
    place = with_marks[0].split(",").index("income")
    for row in (4, 7):
        cells = with_marks[row - 1].split(",")
        cells[place] = "NA"
        with_marks[row - 1] = ",".join(cells)
    (folder / "field.csv").write_text("\n".join(with_marks), encoding="utf-8")
    texts = PLAN.replace("statistic: mean, variables: [income]", "statistic: proportion, variables: [sat]")
    (folder / "plan.yaml").write_text(texts.replace("resp == 1", "income > '3'"), encoding="utf-8")
    ended = estimate(folder)
    assert ended.exit_code == 0, ended.output
    told = "column “income” holds mostly numbers, but 2 rows hold none (“NA”, first in row 4)"
    assert ended.stderr.count(told) == 1
    (folder / "plan.yaml").write_text(texts.replace("resp == 1", "income > 3"), encoding="utf-8")
    ended = estimate(folder)
    assert ended.exit_code == 1
    assert "quotes" not in ended.output
    assert "“NA”" in ended.output
    assert "row 4" in ended.output.replace("\n", " ")


def test_values_that_do_not_occur_are_told_with_those_that_do(folder):
    plan = PLAN.replace("cls == 'g'", "cls in ['g', 'h']") + (
        '  - {id: gap, statistic: contrast, expression: "wrong[county=A] - wrong[county=Z]"}\n'
        "  - {id: kinds, statistic: proportion, variables: [cls]}\n"
        '  - {id: one, statistic: contrast, expression: "kinds[level=q]"}\n'
    )
    (folder / "plan.yaml").write_text(plan, encoding="utf-8")
    told = estimate(folder).stderr
    assert "satisfied_g asks for “h” in column “cls”, which no row holds; there are: “g”" in told
    assert "gap asks for “Z” in column “county”, which no row holds; there are: “A”“B”“C”" in told
    assert "one asks for “q” in column “cls”, which no row holds" in told
    assert told.count("which no row holds") == 3


def test_quantiles_are_named_with_their_p(folder):
    plan = PLAN.replace(
        "statistic: mean, variables: [income]", "statistic: quantile, p: [0.1, 0.5], variables: [income]"
    )
    (folder / "plan.yaml").write_text(plan, encoding="utf-8")
    named = [name for text in estimate(folder).stderr.splitlines() if "rows: village" in text for name in [text]]
    assert named
    assert any("village Ck2 p=0.1; village Ck2 p=0.5" in text for text in named)


def test_labels_that_end_with_a_blank_are_told(folder):
    lines = FIELD.read_text(encoding="utf-8").splitlines()
    place = lines[0].split(",").index("cls")
    cells = lines[3].split(",")
    cells[place] += " "
    lines[3] = ",".join(cells)
    (folder / "field.csv").write_text("\n".join(lines), encoding="utf-8")
    assert "column “cls” holds both “p ” and “p”" in estimate(folder).stderr
    (folder / "field.csv").write_text(FIELD.read_text(encoding="utf-8").replace(",g,", ",g\u3000,"), encoding="utf-8")
    assert "column “cls” begin or end with a blank, such as “g\u3000”" in estimate(folder).stderr
    (folder / "field.csv").write_bytes(FIELD.read_bytes())
    assert "blank" not in estimate(folder).stderr


def test_verdicts_say_how_many_of_them_may_be_wrong(folder):
    ended = estimate(folder, "--out", folder / "results.xlsx", "--out", folder / "results.md")
    rows = [list(row) for row in load_workbook(folder / "results.xlsx")["families"].iter_rows(values_only=True)]
    assert [row[:2] + row[5:] for row in rows[1:]] == [["wrong", 3, 0.05, "none", 0.15, 0.15]]
    assert "| wrong | 3 |" in (folder / "results.md").read_text(encoding="utf-8")
    assert "of 3 verdicts, each wrong with a chance of at most 0.05, at most 0.15 are expected" in ended.stderr
    plan = PLAN.replace("planned_deff: 2}", "planned_deff: 2, adjust: holm}")
    (folder / "plan.yaml").write_text(plan, encoding="utf-8")
    ended = estimate(folder, "--out", folder / "results.json")
    assert "3 verdicts are judged together by Holm's method" in ended.stderr
    (family,) = json.loads((folder / "results.json").read_text(encoding="utf-8"))["families"]
    assert (family["id"], family["verdicts"], family["expected_wrong"]) == ("wrong", 3, None)


def test_the_coefficient_of_variation_is_a_column(folder):
    estimate(folder, "--out", folder / "results.csv")
    with (folder / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["se"] and float(row["estimate"])]
    assert rows
    for row in rows:
        assert float(row["cv"]) == pytest.approx(float(row["se"]) / float(row["estimate"]))


def test_what_was_written_is_told(folder):
    ended = estimate(folder, "--out", folder / "results.csv", "--out", folder / "results.md")
    told = ended.stderr.splitlines()[0]
    assert told == f"written: {folder / 'results.csv'}, {folder / 'results.md'}"


def all_of(terminal):
    """Read a terminal until the program at its other end has closed it, which Linux tells by an error."""
    read = b""
    with contextlib.suppress(OSError):
        while part := os.read(terminal, 65536):
            read += part
    os.close(terminal)
    return read


def test_a_terminal_shows_tables_and_a_pipe_markdown(folder):
    environment = {**os.environ, "LC_ALL": "en_XX.UTF-8", "TERM": "xterm", "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "evalsvc", "estimate", str(folder / "plan.yaml")]
    near, far = pty.openpty()
    with subprocess.Popen(command, stdout=far, stderr=subprocess.PIPE, env=environment) as ended:
        os.close(far)
        shown = re.sub(r"\x1b\[[0-9;]*m", "", all_of(near).decode("utf-8"))
        told = ended.stderr.read().decode("utf-8")
    assert ended.returncode == 0, told
    assert "must stay below 0.02" in shown
    assert "| id |" not in shown
    assert "lonely_psu rule" in shown
    assert "lonely_psu rule" not in told  # the notes say it already
    assert estimate(folder).stdout.startswith("| id |")
