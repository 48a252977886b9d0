"""The headline verdict of a county, from the rows of its indicators."""

from dataclasses import replace

import pytest

from evalsvc.editions.facts import shown_facts
from evalsvc.editions.risk import risk_sentence
from evalsvc.evaluations.packs import pack_bytes, pack_names
from evalsvc.evaluations.rule_pack import read_pack
from evalsvc.planning.indicators import indicator_of_row

PASSES, FAILS, UNDECIDED = "达标", "不达标", "不能判定"


def row(name, verdict):
    return {"id": name, "domain": {"county_code": "350125"}, "verdict": verdict}


def headline(**verdicts):
    """Judge one county by a pack that has thresholds for the indicators of these rows only."""
    pack, _ = read_pack(pack_bytes(pack_names()[0]))
    judged = {indicator_of_row(name).id for name in verdicts}
    pack = replace(pack, thresholds={name: each for name, each in pack.thresholds.items() if name in judged})
    rows = [row(name, verdict) for name, verdict in verdicts.items()]
    return shown_facts(pack, {"350125": "甲县"}, "county_code", rows)["verdicts"][0]


@pytest.mark.parametrize(
    ("none", "counted", "verdict", "open_decide"),
    [
        (PASSES, PASSES, PASSES, False),
        (PASSES, UNDECIDED, UNDECIDED, True),
        (PASSES, FAILS, UNDECIDED, True),
        (UNDECIDED, FAILS, UNDECIDED, True),
        (UNDECIDED, UNDECIDED, UNDECIDED, False),
        (FAILS, FAILS, FAILS, False),
    ],
)
def test_open_cases_that_could_change_a_verdict_leave_it_undecided(none, counted, verdict, open_decide):
    found = headline(wrong_exit_rate=none, wrong_exit_rate_open_for=counted, recognition=PASSES)
    assert (found["verdict"], found["open_cases_decide"]) == (verdict, open_decide)
    assert found["indicators"] == {"wrong_exit_rate": none, "recognition": PASSES}


def test_a_miss_that_no_open_case_touches_fails_the_county():
    found = headline(wrong_exit_rate=PASSES, wrong_exit_rate_open_for=UNDECIDED, recognition=FAILS)
    assert (found["verdict"], found["open_cases_decide"]) == (FAILS, False)


def test_the_composite_rate_of_a_county_counts_its_open_cases_too():
    found = headline(composite_350125=PASSES, composite_open_for_350125=UNDECIDED, recognition=PASSES)
    assert (found["verdict"], found["open_cases_decide"]) == (UNDECIDED, True)


def test_an_indicator_that_a_county_has_no_row_of_leaves_it_undecided():
    """Nobody of the second county could be asked about recognition: it did not reach the threshold, it is not known."""
    pack, _ = read_pack(pack_bytes(pack_names()[0]))
    pack = replace(pack, thresholds={name: pack.thresholds[name] for name in ("missed_rate", "recognition")})
    first = [row("missed_rate", PASSES), row("recognition", PASSES)]
    second = {**row("missed_rate", PASSES), "domain": {"county_code": "350424"}}
    shown = shown_facts(pack, {"350125": "甲县", "350424": "乙县"}, "county_code", [*first, second])["verdicts"]
    assert [(each["code"], each["verdict"]) for each in shown] == [("350125", PASSES), ("350424", UNDECIDED)]
    assert shown[1]["indicators"] == {"missed_rate": PASSES, "recognition": UNDECIDED}
    assert not shown[1]["open_cases_decide"]


def test_the_risk_of_many_verdicts_is_told_with_its_numbers():
    pack, _ = read_pack(pack_bytes(pack_names()[0]))
    facts = shown_facts(pack, {str(code): "县" for code in range(4)}, "county_code", [])
    english = risk_sentence(facts, "en")
    assert "16 verdicts (4 counties, 4 indicators)" in english
    assert "at a risk of 5%" in english
    assert "at least one of them passes wrongly is up to 80%" in english
    assert "a county passes wrongly with a chance of at most 5%, at least one of the counties with up to 20%" in english
    assert "a county fails wrongly with up to 20%" in english
    many = risk_sentence(shown_facts(pack, {str(code): "县" for code in range(23)}, "county_code", []))
    assert "最高可达 100%" in many
    assert "115%" not in many
    assert risk_sentence(shown_facts(replace(pack, thresholds={}), {"1": "县"}, "county_code", [])) == ""
