"""Estimates on a terminal: tables by statement that fit the width, in the reader's language, with their notes."""

import io
import re
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from evalsvc.results.printed import print_results, wrapped
from evalsvc.words import sentence
from sampling.estimate import load_plan, read_table, run_plan

FIELD = Path(__file__).parents[2] / "oracle" / "data" / "field.csv"
PLAN = """
version: 1
design:
  stages: [{cluster: village, strata: stratum}]
  weights: w
  nested: true
  lonely_psu: certainty
estimates:
  - {id: satisfied, statistic: proportion, variables: [sat, rare], where: "resp == 1"}
  - {id: wrong, statistic: ratio, numerator: bad, denominator: size, by: [county, cls], where: "resp == 1",
     threshold: {value: 0.02, side: upper, planned_deff: 2}}
  - {id: nobody, statistic: mean, variables: [income], where: "resp > 1"}
  - {id: all, statistic: total, variables: [size], design_effect: true}
  - {id: middle, statistic: quantile, variables: [size], p: [0.25, 0.5], interval: {level: 0.9}}
  - {id: groups, statistic: ttest, formula: "size ~ cls", by: [county], where: "resp == 1"}
  - {id: together, statistic: chisq, variables: [sat, cls], where: "resp == 1"}
"""


@pytest.fixture(scope="module")
def plan():
    return load_plan(PLAN).plan


@pytest.fixture(scope="module")
def results(plan):
    return run_plan(plan, read_table(FIELD))


def printed(results, plan, width, language="en"):
    console = Console(file=io.StringIO(), width=width)
    print_results(results, plan, console, language)
    return console.file.getvalue()


def statement(text, name):
    """Cut out what is printed of one statement."""
    return re.split(r"\n\n(?=\w+\n)", text.split(f"{name}\n", 1)[1])[0]


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_fits_the_width_and_nothing_is_cut(results, plan, width, language):
    text = printed(results, plan, width, language)
    assert [line for line in text.splitlines() if cell_len(line.rstrip()) > width] == []
    assert "…" not in text
    for name in ("n_effective", "deff", "cv", "df", "p_value"):
        assert sentence(f"results.head.{name}", {}, language).split()[0] in text


def test_a_statement_shows_only_columns_with_values_and_says_once_what_all_rows_share(results, plan):
    text = printed(results, plan, 200)
    head, _, rates = statement(text, "satisfied").splitlines()[:3]
    assert head == "proportion; where resp == 1; 95 % interval (korn-graubard)"
    assert rates.split() == ["variable", "estimate", "SE", "low", "high", "df", "n", "n", "CV", "notes"]
    head = statement(text, "wrong").splitlines()[0]
    assert head.startswith("ratio bad/size; where resp == 1; must stay below 0.02 (alpha 0.05)")
    assert "bad/size" not in text.split(head)[1]
    assert "90 % interval" in statement(text, "middle")
    assert statement(text, "together").splitlines()[0] == "test of a table (F); where resp == 1"
    assert statement(text, "groups").splitlines()[0].startswith("t-test size ~ cls; where resp == 1")
    assert statement(text, "groups").splitlines()[1].split()[:3] == ["variable", "county", "estimate"]
    assert "estimate" not in statement(text, "together")
    assert "estimate" in statement(text, "nobody")


def test_large_figures_have_all_digits(results, plan):
    (total,) = [row for row in results.rows if row.id == "all"]
    assert total.estimate > 1000
    assert f"{total.estimate:,.0f}" in statement(printed(results, plan, 120), "all")


def test_verdicts_are_words_of_the_reader(results, plan):
    english, chinese = printed(results, plan, 120), printed(results, plan, 120, "zh")
    assert "undecided" in english
    assert not re.search("[\u4e00-\u9fff]", english)
    assert "不能判定" in chinese
    assert re.search(r"wrong, verdicts: \d+ pass, \d+ fail, \d+ undecided", english)
    assert [line.split()[-7] for line in statement(english, "wrong").splitlines()[4:6]] == ["passes", "passes"]


def test_every_number_of_a_row_has_its_note(results, plan):
    text = printed(results, plan, 200)
    notes = dict(re.findall(r"^ ?(\d+) (.+)$", text.split("\nNotes\n")[1], flags=re.MULTILINE))
    codes = {f"estimate.flag.{flag}" for row in results.rows for flag in row.flags if "point_estimate" not in flag}
    codes |= {row.reason for row in results.rows if row.reason}
    assert len(notes) == len(codes) > 2
    (number,) = [number for number, words in notes.items() if words.startswith("No record meets the condition")]
    assert statement(text, "nobody").splitlines()[-1].split()[-1] == number


def test_labels_are_no_markup_and_long_ones_are_folded():
    label = "[bold]家" * 12
    table = {"w": [1.0] * 4, "y": [1.0, 2.0, 3.0, 5.0], "g": [label, label, "乙", "乙"]}
    values = {
        "version": 1,
        "design": {"weights": "w"},
        "estimates": [{"id": "m", "statistic": "mean", "variables": ["y"], "by": ["g"]}],
    }
    plan = load_plan(values).plan
    text = printed(run_plan(plan, table), plan, 70)
    assert "[bold]家[bold]家" in text
    assert text.count("[bold]") + text.count("[bo\n") >= 10
    assert max(map(cell_len, text.splitlines())) <= 70


def test_chinese_is_broken_between_signs_and_no_line_begins_with_a_closing_one():
    text = "样本比率为 0 或 100 %，样本本身给不出“设计效应”；区间按计划或合并的设计效应计算，都没有时按 1。"
    for width in range(12, 60):
        lines = wrapped(text, width)
        assert max(map(cell_len, lines)) <= width
        assert not [line for line in lines[1:] if line[0] in "，；”。%"]
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert wrapped("one two three", 7) == ["one two", "three"]
