"""The headline verdict of a county, from the rows of its indicators."""

import pytest

from evalsvc.editions.facts import shown_facts
from evalsvc.evaluations.packs import pack_bytes, pack_names
from evalsvc.evaluations.rule_pack import read_pack

PASSES, FAILS, UNDECIDED = "达标", "不达标", "不能判定"


def row(name, verdict):
    return {"id": name, "domain": {"county_code": "350125"}, "verdict": verdict}


def headline(**verdicts):
    pack, _ = read_pack(pack_bytes(pack_names()[0]))
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
