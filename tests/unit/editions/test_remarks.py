"""What a report says where a table alone would look contradictory."""

import pytest

from evalsvc.editions.chapters.closing import method
from evalsvc.editions.chapters.findings import findings
from evalsvc.editions.facts import shown_facts
from evalsvc.editions.figures import Figures
from evalsvc.editions.risk import risk_sentence
from evalsvc.editions.summary import undecided_although_clear
from evalsvc.editions.wording import as_set
from evalsvc.evaluations.packs import pack_bytes, pack_names
from evalsvc.evaluations.rule_pack import read_pack
from evalsvc.planning.indicators import COMPOSITE, INDICATORS
from evalsvc.words import sentence
from reports.document import Items, Paragraph

COUNTIES = {"350125": "甲县", "350424": "乙县"}


def row(name, code, **values):
    figures = dict.fromkeys(("estimate", "low", "high", "se", "bound", "n", "n_effective", "deff", "df", "reason"))
    return {"id": name, "domain": {"county_code": code}, "verdict": None, "flags": [], **figures, **values}


def figures_of(*changed):
    pack, _ = read_pack(pack_bytes(pack_names()[0]))
    rows = [
        row(f"{each.id}_{code}" if each.id == COMPOSITE else each.id, code) for each in INDICATORS for code in COUNTIES
    ]
    facts = shown_facts(pack, COUNTIES, "county_code", [*changed, *rows])
    for county in facts["frame"]["counties"]:
        county |= {"remaining": 1, "exited": 2, "not_registered": 3}
    states = {"open": {"households": 0}}
    facts["cases"] = {"all": {"wrong_exit": states}}
    facts["draw"] = {"design": {"stages": []}}
    return Figures(facts)


def words_of(text):
    parts = (text,) if isinstance(text, str) else text
    return "".join(part if isinstance(part, str) else part.text for part in parts)


@pytest.mark.parametrize(
    ("low", "high", "verdict", "told"),
    [
        (0.001, 0.019, "不能判定", True),
        (0.021, 0.060, "不能判定", True),
        (0.001, 0.021, "不能判定", False),
        (0.001, 0.012, "达标", False),
        (None, None, "不能判定", False),
    ],
)
def test_an_interval_clear_of_the_threshold_without_a_verdict_is_explained(low, high, verdict, told):
    found = row("wrong_exit_rate", "350125", estimate=0.01, low=low, high=high, bound=0.0231, verdict=verdict)
    figures = figures_of(found)
    text = words_of(undecided_although_clear(figures, figures.counties[0]))
    assert ("设计效应" in text) == told
    assert ("2.31%" in text) == (told and high < 0.02)


def test_remarks_on_a_row_reach_the_report_with_the_counties_they_are_about():
    flags = ["all_or_none", "point_estimate_passes"]
    changed = [row("missed_rate", code, estimate=0.0, low=0.0, high=0.018, flags=flags) for code in COUNTIES]
    told = [words_of(block.text) for block in findings(figures_of(*changed)).blocks if isinstance(block, Paragraph)]
    assert [text for text in told if text.startswith("备注")] == [
        f"备注（甲县、乙县）：{as_set(sentence('estimate.flag.all_or_none', {}, 'zh'))}"
    ]
    assert not any(sentence("estimate.flag.point_estimate_passes", {}, "zh") in text for text in told)


def test_figures_that_are_missing_say_why():
    lone = row("missed_rate", "350125", reason="estimate.lonely_psu")
    figures = figures_of(lone)
    without = [each for each in figures.facts["estimates"] if each["id"] != "recognition"]
    figures = Figures({**figures.facts, "estimates": without})
    told = [words_of(block.text) for block in findings(figures).blocks if isinstance(block, Paragraph)]
    assert f"备注（甲县）：{as_set(sentence('estimate.lonely_psu', {}, 'zh'))}" in told
    assert f"备注（甲县、乙县）：{as_set(sentence('estimate.empty_domain', {}, 'zh'))}" in told


def test_the_method_tells_the_risk_of_many_verdicts_and_weighs_by_sizes_only():
    facts = figures_of().facts
    facts = {**facts, "draw": {"public_value": "01"}, "evaluation": {"simulated": False}}
    texts = [
        words_of(item) for block in method(Figures(facts)).blocks if isinstance(block, Items) for item in block.items
    ]
    assert any(as_set(risk_sentence(facts)) in text for text in texts)
    assert any("先按各户人口把户数折成等规模的户数" in text for text in texts)


@pytest.mark.parametrize(("name", "told"), [("甲县", False), ("𰻞县", True)])
def test_characters_that_the_faces_do_not_have_are_told_in_print(name, told):
    facts = figures_of().facts
    facts = {**facts, "draw": {"public_value": "01"}, "evaluation": {"simulated": False, "name": name}}
    texts = [
        words_of(item) for block in method(Figures(facts)).blocks if isinstance(block, Items) for item in block.items
    ]
    assert any("U+30EDE" in text for text in texts) == told


def test_degrees_of_freedom_are_not_cut_and_thresholds_not_rounded():
    """A combined statistic has degrees of freedom between integers; a pack may set more decimals than it prints."""
    figures = figures_of()
    assert [figures.text({"df": each}, "df") for each in (26, 26.0, 11.96, 1234.0, None)] == [
        "26", "26", "12.0", "1,234", "—"
    ]  # fmt: skip
    pack = figures.facts["pack"] | {"decimals": 1, "thresholds": {"missed_rate": {"value": 0.0125, "pass": "below"}}}
    assert Figures(figures.facts | {"pack": pack}).threshold("missed_rate") == "＜1.25%"
