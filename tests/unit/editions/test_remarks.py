"""What a report says where a table alone would look contradictory."""

import pytest

from evalsvc.editions.figures import Figures
from evalsvc.editions.report import document_of
from evalsvc.editions.risk import risk_sentence
from evalsvc.editions.wording import as_set
from evalsvc.words import sentence
from reports.document import Finding
from tests.unit.editions.printed_words import chapter, told, words_of


def codes(facts):
    return [each["code"] for each in facts["frame"]["counties"]]


def names(facts):
    return [each["name"] for each in facts["frame"]["counties"]]


def row_of(facts, indicator, code):
    return next(row for row in facts["estimates"] if row["id"] == indicator and code in row["domain"].values())


@pytest.mark.parametrize(
    ("low", "high", "verdict", "explained"),
    [
        (0.001, 0.019, "不能判定", True),
        (0.021, 0.060, "不能判定", True),
        (0.001, 0.021, "不能判定", False),
        (0.001, 0.012, "达标", False),
        (None, None, "不能判定", False),
    ],
)
def test_an_interval_clear_of_the_threshold_without_a_verdict_is_explained(facts, low, high, verdict, explained):
    for row in facts["estimates"]:
        row["low"] = row["high"] = None
    changed = {"estimate": 0.01, "low": low, "high": high, "bound": 0.0231, "verdict": verdict}
    row_of(facts, "wrong_exit_rate", codes(facts)[0]).update(changed)
    first = next(block for block in document_of(facts).summary if isinstance(block, Finding))
    text = words_of(first.meaning)
    assert ("错退率的置信区间不含门槛，但判定的设计效应" in text) == explained
    assert ("2.31%" in text) == (explained and high < 0.02)
    assert ("另一侧的单侧界还在门槛之内" in text) == (explained and high > 0.02)


def test_remarks_on_a_row_reach_the_report_with_the_counties_they_are_about(facts):
    for row in facts["estimates"]:
        row["flags"], row["reason"] = [], None
    for code in codes(facts):
        changed = {"estimate": 0.0, "low": 0.0, "high": 0.018, "flags": ["all_or_none", "point_estimate_passes"]}
        row_of(facts, "missed_rate", code).update(changed)
    said = told(chapter(facts, "指标结果"))
    assert [text for text in said if text.startswith("备注")] == [
        f"备注（{'、'.join(names(facts))}）：{as_set(sentence('estimate.flag.all_or_none', {}, 'zh'))}"
    ]
    assert not any(sentence("estimate.flag.point_estimate_passes", {}, "zh") in text for text in said)


def test_figures_that_are_missing_say_why(facts):
    row_of(facts, "missed_rate", codes(facts)[0])["reason"] = "estimate.lonely_psu"
    facts["estimates"] = [each for each in facts["estimates"] if each["id"] != "recognition"]
    said = told(chapter(facts, "指标结果"))
    both = "、".join(names(facts))
    assert f"备注（{names(facts)[0]}）：{as_set(sentence('estimate.lonely_psu', {}, 'zh'))}" in said
    assert f"备注（{both}）：{as_set(sentence('estimate.empty_domain', {}, 'zh'))}" in said


def test_the_method_tells_the_risk_of_many_verdicts_and_weighs_by_sizes_only(facts):
    texts = told(chapter(facts, "方法与局限"))
    assert any(as_set(risk_sentence(facts)) in text for text in texts)
    assert any("先按各户人口把户数折成等规模的户数" in text for text in texts)


@pytest.mark.parametrize(("name", "missing"), [("甲县", False), ("𰻞县", True)])
def test_characters_that_the_faces_do_not_have_are_told_in_print(facts, name, missing):
    facts["evaluation"]["name"] = name
    assert any("U+30EDE" in text for text in told(chapter(facts, "方法与局限"))) == missing


def test_degrees_of_freedom_are_not_cut_and_thresholds_not_rounded(facts):
    """A combined statistic has degrees of freedom between integers; a pack may set more decimals than it prints."""
    figures = Figures(facts)
    assert [figures.text({"df": each}, "df") for each in (26, 26.0, 11.96, 1234.0, None)] == [
        "26", "26", "12.0", "1,234", "—"
    ]  # fmt: skip
    pack = facts["pack"] | {"decimals": 1, "thresholds": {"missed_rate": {"value": 0.0125, "pass": "below"}}}
    assert Figures(facts | {"pack": pack}).threshold("missed_rate") == "＜1.25%"
