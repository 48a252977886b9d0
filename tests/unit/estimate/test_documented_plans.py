"""Every example of the page on analysis plans is read as it is printed."""

import re
from pathlib import Path

import pytest
import yaml

from sampling.estimate import load_plan, run_plan
from sampling.estimate.reading.manifest import manifest_source

PAGE = (Path(__file__).parents[3] / "docs" / "estimate-plan.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PARTS_OF_A_DESIGN = ("two_phase", "replicates")


def whole(block):
    """Put what the page leaves out around an example: a version, a sample, a statement."""
    printed = yaml.safe_load(block)
    plan = {
        "version": 1,
        "design": {"stages": [{}], "weights": "w"},
        "estimates": [{"id": "m", "statistic": "mean", "variables": ["y"]}],
    }
    if isinstance(printed, list):
        return {**plan, "estimates": printed}
    parts = {key: printed.pop(key) for key in PARTS_OF_A_DESIGN if key in printed}
    plan = {**plan, **printed}
    plan["design"] = {**plan["design"], **parts}
    return plan


def test_the_page_has_examples():
    assert len(BLOCKS) >= 6


@pytest.mark.parametrize("block", BLOCKS, ids=[block.split("\n", 1)[0].strip() for block in BLOCKS])
def test_an_example_is_read(block):
    plan = whole(block)
    if "manifest" in plan["design"]:
        found = manifest_source(plan)
        assert not found.complaints
        assert found.source is not None
        return
    reading = load_plan(plan)
    assert not reading.complaints
    assert reading.plan is not None


def test_the_second_phase_runs_as_printed():
    (block,) = [block for block in BLOCKS if block.startswith("two_phase:")]
    plan = load_plan(whole(block)).plan
    table = {
        "class": [1, 1, 1, 1, 2, 2, 2, 2],
        "w": [5.0] * 8,
        "in_second": [1, 1, 0, 0, 1, 1, 1, 0],
        "w2": [2, 2, None, None, 4 / 3, 4 / 3, 4 / 3, None],
        "y": [3, 5, None, None, 7, 8, 9, None],
    }
    (row,) = run_plan(plan, table).rows
    assert row.reason is None
    assert row.estimate == pytest.approx((3 + 5) / 2 / 2 + (7 + 8 + 9) / 3 / 2)
