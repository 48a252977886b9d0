"""What the page of results says beside its figures: why a verdict is open, what open cases may change."""

import pytest

from evalsvc.editions.facts import shown_facts
from evalsvc.evaluations.packs import pack_bytes, pack_names
from evalsvc.evaluations.rule_pack import read_pack
from evalsvc.overview.presentation import results_view
from evalsvc.planning.indicators import COMPOSITE, INDICATORS
from evalsvc.words import sentence

PASSES, FAILS, UNDECIDED = "达标", "不达标", "不能判定"
COUNTIES = {"350125": "甲县", "350424": "乙县"}


def row(name, code="350125", verdict=PASSES, **values):
    figures = {"estimate": 0.004, "low": 0.001, "high": 0.012, "se": 0.002, "bound": 0.013}
    figures |= {"n": 300, "n_effective": 200.0, "deff": 1.5, "df": 26.0, "reason": None, "flags": []}
    return {"id": name, "domain": {"county_code": code}, "verdict": verdict, **figures, **values}


def view_of(*changed, language="zh", without=()):
    """Prepare the page of two counties where all is well but for the changed rows."""
    pack, _ = read_pack(pack_bytes(pack_names()[0]))
    known = {(each["id"], each["domain"]["county_code"]) for each in changed}
    names = [(each.id, code) for each in INDICATORS for code in COUNTIES]
    rows = [row(f"{name}_{code}" if name == COMPOSITE else name, code) for name, code in names if name not in without]
    kept = [each for each in rows if (each["id"], each["domain"]["county_code"]) not in known]
    facts = shown_facts(pack, COUNTIES, "county_code", [*changed, *kept])
    return results_view(facts, language, has_open_cases=True)


def indicator(view, name):
    return next(each for each in view.indicators if each.id == name)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_county_that_open_cases_decide_says_so_beside_both_figures(language):
    opened = row("wrong_exit_rate_open_for", estimate=0.021, low=0.010, high=0.041, verdict=UNDECIDED)
    view = view_of(opened, language=language)
    first, second = view.counties
    assert (first.verdict, first.reason) == ("undecided", sentence("edition.open_cases_decide", {}, language))
    assert (second.verdict, second.reason) == ("pass", "")
    wrong, missed = first.indicators[:2]
    assert (wrong.estimate, wrong.verdict, wrong.open_estimate, wrong.open_verdict) == (
        ("0.40%", "pass", "2.10%", "undecided")
    )
    assert (missed.open_estimate, missed.open_verdict) == ("", "")
    (span,) = indicator(view, "wrong_exit_rate").open_ranges
    assert (span.place, span.none_counted.figures["interval"]) == ("甲县", "0.10%～1.20%")
    assert (span.all_counted.figures["interval"], span.all_counted.verdict) == ("1.00%～4.10%", "undecided")
    (remark,) = indicator(view, "wrong_exit_rate").remarks
    assert remark.places == ("甲县",)
    assert ("“不能判定”" if language == "zh" else "“undecided”") in remark.text


def test_open_cases_that_change_nothing_are_shown_and_not_made_a_reason():
    view = view_of(row("missed_rate_open_for", estimate=0.005))
    assert [county.reason for county in view.counties] == ["", ""]
    assert view.counties[0].indicators[1].open_estimate == "0.50%"
    assert indicator(view, "missed_rate").remarks == ()


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.001, 0.019, "2.31%，没有在门槛之内"), (0.021, 0.060, "另一侧的单侧界还在门槛之内"), (0.001, 0.021, None)],
)
def test_an_undecided_verdict_beside_a_clear_interval_is_explained(low, high, words):
    view = view_of(row("wrong_exit_rate", low=low, high=high, bound=0.0231, verdict=UNDECIDED))
    remarks = indicator(view, "wrong_exit_rate").remarks
    assert [words in remark.text for remark in remarks] == ([True] if words else [])


def test_a_county_without_a_row_is_undecided_and_the_page_says_why():
    view = view_of(without=("recognition",))
    assert [county.verdict for county in view.counties] == ["undecided", "undecided"]
    assert view.counties[0].indicators[2].verdict == "undecided"
    shown = indicator(view, "recognition")
    assert [(each.places, each.text) for each in shown.remarks] == [
        (("甲县", "乙县"), sentence("estimate.empty_domain", {}, "zh"))
    ]
    assert set(shown.lines[0].figures.values()) == {"—"}


def test_remarks_and_reasons_name_their_counties():
    flagged = [row("missed_rate", code, flags=["certainty_clusters", "point_estimate_passes"]) for code in COUNTIES]
    figures = dict.fromkeys(("estimate", "low", "high", "bound", "n_effective", "deff"))
    blank = row("satisfaction", verdict=None, reason="estimate.lonely_psu", **figures)
    view = view_of(*flagged, blank)
    (remark,) = indicator(view, "missed_rate").remarks
    assert remark.places == ("甲县", "乙县")
    assert remark.text == sentence("estimate.flag.certainty_clusters", {}, "zh")
    (remark,) = indicator(view, "satisfaction").remarks
    assert (remark.places, remark.text) == (("甲县",), sentence("estimate.lonely_psu", {}, "zh"))
    assert indicator(view, "satisfaction").lines[0].reason == remark.text


def test_the_page_tells_what_its_verdicts_risk_together():
    assert "at least one of them passes wrongly is up to 40%" in view_of(language="en").risk
