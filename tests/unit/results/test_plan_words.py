"""Complaints about plans name places as people count, and say in Chinese what is wanted."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from evalsvc.cli import main
from evalsvc.results.plan_words import EXPECTED, place, readable

PLAN = {"estimates": [{"id": "rate"}, {"statistic": "mean"}]}


@pytest.mark.parametrize(
    ("stated", "chinese", "english"),
    [
        ("estimates[0].interval.level", "rate.interval.level", "rate.interval.level"),
        ("estimates[0].id", "estimates 第 1 项.id", "estimates no. 1.id"),
        ("estimates[1].id", "estimates 第 2 项.id", "estimates no. 2.id"),
        ("estimates[1].variables", "estimates 第 2 项.variables", "estimates no. 2.variables"),
        ("design.stages[0].cluster", "design.stages 第 1 项.cluster", "design.stages no. 1.cluster"),
        ("design.stages.1.population", "design.stages 第 2 项.population", "design.stages no. 2.population"),
        (
            "design.two_phase.stages.0.strata",
            "design.two_phase.stages 第 1 项.strata",
            "design.two_phase.stages no. 1.strata",
        ),
        ("a.1.where", "a.1.where", "a.1.where"),
    ],
)
def test_places_are_counted_from_1_or_named_by_id(stated, chinese, english):
    assert (place(stated, PLAN, "zh"), place(stated, PLAN, "en")) == (chinese, english)


@pytest.mark.parametrize(
    ("given", "chinese", "english"),
    [
        ({"range": "> 0, < 1"}, "大于 0、小于 1", "above 0 and below 1"),
        ({"range": ">= 1"}, "不小于 1", "at least 1"),
        ({"range": "1 - 3"}, "1 至 3", "1 to 3"),
        ({"expected": "number"}, "数，不加引号", "number"),
        ({"word": ""}, "结尾", "end of the text"),
        ({"by": ""}, "无", "nothing"),
    ],
)
def test_words_and_ranges(given, chinese, english):
    assert list(readable(given, {}, "zh").values()) == [chinese]
    assert list(readable(given, {}, "en").values()) == [english]


@pytest.mark.parametrize(
    ("computed", "told"),
    [
        (182.99998003513636, 183.0),
        (6194.0003242492585, 6194.0),
        (209648.3061027318, 209648.0),
        (0.012345678, 0.0123457),
    ],
)
def test_computed_numbers_are_rounded_and_stated_ones_are_not(computed, told):
    assert readable({"sum": computed, "value": computed, "row": 1234567}, {}, "zh") == {
        "sum": told,
        "value": computed,
        "row": 1234567,
    }


def test_everything_that_may_be_expected_has_its_chinese():
    sources = Path(__file__).parents[3].glob("sampling/estimate/**/*.py")
    stated = {
        word
        for source in sources
        for word in re.findall(r'"plan.wrong_type", .*expected="([^"]+)"', source.read_text(encoding="utf-8"))
    }
    assert stated == set(EXPECTED)


def test_a_refused_plan_is_told_so(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(
        "version: 1\ndesign: {stages: [{}, {cluster: c}], weights: w}\n"
        "estimates:\n  - {id: rate, statistic: mean, variables: [y], interval: {level: 95}}\n",
        encoding="utf-8",
    )
    ended = CliRunner().invoke(main, ["estimate", str(path)], env={"LANG": "zh_CN.UTF-8", "COLUMNS": "300"})
    assert "rate.interval.level 是 95，应当 大于 0、小于 1" in ended.output
    assert "design.stages 第 1 项" in ended.output
    assert re.findall(r"plan\.yaml\s+│\s+(\d+)\s+│", ended.output) == ["2", "4"]
    path.write_text("version: 1\ndesign: {\n", encoding="utf-8")
    ended = CliRunner().invoke(main, ["estimate", str(path)], env={"LANG": "en_XX.UTF-8", "COLUMNS": "300"})
    assert re.search(r"plan\.yaml\s+│\s+3\s+│\s+1\s+│", ended.output)
