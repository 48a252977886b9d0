"""Every plan, design and statement of the page for those who come from R is read, and its whole plan runs."""

import re
from pathlib import Path

import pytest
import yaml

from sampling.estimate import load_plan, read_table, run_plan

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "estimate-from-r.md").read_text(encoding="utf-8")
DESIGNS, STATEMENTS = (PAGE.partition(f"## {head}")[2].partition("\n## ")[0] for head in ("Designs", "Estimates"))
MEAN = {"id": "m", "statistic": "mean", "variables": ["y"], "by": ["g"]}
DESIGN = {"stages": [{"cluster": "psu"}], "weights": "w"}


def right_hand(table):
    """Give what stands in backticks in the second column and can be read as a mapping."""
    cells = [line.split(" | ", 1)[1] for line in table.splitlines() if line.startswith("| `") and " | " in line]
    texts = [text for cell in cells for text in re.findall(r"`([^`]+)`", cell)]
    return [text for text in texts if ": " in text and not text.startswith("survey.")]


def mapping(text):
    return yaml.safe_load(text if text.startswith("{") else "{" + text + "}")


def complaints(design, *statements):
    return load_plan({"version": 1, "design": design, "estimates": [MEAN, *statements]}).complaints


@pytest.mark.parametrize("text", right_hand(DESIGNS))
def test_a_design_is_read(text):
    printed = mapping(text)
    assert not complaints(printed if "weights" in printed else {**DESIGN, **printed})


@pytest.mark.parametrize("text", right_hand(STATEMENTS))
def test_a_statement_is_read(text):
    printed = mapping(text)
    assert not complaints(DESIGN, printed if "id" in printed else {**MEAN, "id": "a", **printed})


def test_the_whole_plan_runs_as_printed():
    (block,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    plan = load_plan(block).plan
    rows = run_plan(plan, read_table(ROOT / "tests" / "oracle" / "data" / str(plan.data))).rows
    assert {row.id for row in rows} == {"m", "gap", "q", "test", "model"}
    assert [row.reason for row in rows] == [None] * len(rows)
