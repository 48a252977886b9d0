import json
from dataclasses import replace

import pytest

from evalsvc.demonstration.comparison import compare, true_rates, write_truth
from evalsvc.demonstration.designs import judged_design, province_design
from evalsvc.demonstration.export import mapping_text, write_register
from evalsvc.demonstration.register import ELIGIBLE, simulate
from evalsvc.demonstration.scenario import EVALUATION, FULL, JUDGED, SMALL
from evalsvc.demonstration.sizing import EQUAL_SIZES, MISSED_EQUAL_SIZES, plan_sizes
from evalsvc.demonstration.villages import choose_places, read_villages
from evalsvc.evaluations.packs import pack_bytes, pack_names
from evalsvc.evaluations.rule_pack import read_pack
from evalsvc.frames.reading import check_files
from evalsvc.planning.indicators import COMPOSITE, INDICATORS
from sampling.design import load_design
from sampling.design_check import check_design


@pytest.fixture(scope="module")
def small():
    return simulate(choose_places(read_villages(), SMALL), SMALL)


@pytest.fixture(scope="module")
def pack():
    name = next(name for name in pack_names() if name.startswith("shifan"))
    found, complaints = read_pack(pack_bytes(name))
    assert found is not None, complaints
    return found


@pytest.mark.parametrize("scale", [SMALL, FULL], ids=lambda scale: scale.name)
@pytest.mark.parametrize("write", [judged_design, province_design])
def test_designs_are_read_without_a_complaint_and_say_what_they_leave_out(scale, write):
    reading = load_design(write(scale))
    assert reading.complaints == ()
    assert reading.design.evaluation == EVALUATION
    assert [(rule.column, rule.values) for rule in reading.design.exclude] == [("committee", ("居委会",))]
    assert reading.design.public.source is None
    assert "模拟数据" in reading.design.title


def test_the_register_is_read_like_a_client_s_file_and_carries_both_designs(small, tmp_path):
    path = tmp_path / "register.csv"
    write_register(small[0], path)
    checked = check_files(path, mapping_text(), tmp_path / "frame.parquet")
    assert checked.encoding == "gb18030"
    assert checked.profile.counts["household"] == small[0].village.size
    for write in (judged_design, province_design):
        assert check_design(load_design(write(SMALL)).design, checked.frame) == []


def test_a_design_effect_up_to_two_leaves_the_sample_large_enough(pack):
    for effect in (1.5, 2.0):
        plan = plan_sizes(replace(pack, planned_deff={"person": effect, "household": 2.0}), FULL.sizes)
        assert (plan.no_error, plan.effective) == (149, 236)
        assert plan.enough
    much = plan_sizes(replace(pack, planned_deff={"person": 3.0, "household": 2.0}), FULL.sizes)
    assert not much.enough
    assert [point.demonstrated for point in plan.curve.points] == sorted(
        (point.demonstrated for point in plan.curve.points), reverse=True
    )
    threshold = next(point for point in plan.curve.points if point.rate == plan.threshold)
    assert threshold.demonstrated <= pack.alpha


def test_the_shipped_design_effects_let_both_rates_of_persons_pass(pack):
    plan = plan_sizes(pack, FULL.sizes)
    assert pack.planned_deff == {"person": 2.0, "household": 3.0}
    assert plan.enough and plan.missed_enough
    assert not plan_sizes(pack, replace(FULL.sizes, ordinary=11)).missed_enough


def test_the_planned_share_of_unequal_households_is_the_register_s():
    """Kish's count of the register's households of each sort, as a share of their number."""
    register, truth = simulate(choose_places(read_villages(), FULL), FULL)
    for wanted, planned in ((register.registered, EQUAL_SIZES), (~register.registered, MISSED_EQUAL_SIZES)):
        persons = register.persons[wanted & (truth.ineligible == ELIGIBLE)].astype(float)
        assert persons.sum() ** 2 / (persons**2).sum() / persons.size == pytest.approx(planned, abs=0.02)


def test_true_rates_are_counted_by_hand(small):
    register, truth = small
    code = JUDGED[3].county_code
    persons = wrong = missed = everybody = 0
    for place in range(register.village.size):
        village = register.villages[int(register.village[place])]
        if village.county_code != code or truth.ineligible[place]:
            continue
        size = int(register.persons[place])
        everybody += size
        missed += size * bool(truth.missed[place])
        if register.registered[place]:
            persons += size
            wrong += size * bool(truth.wrong_exit[place])
    rates = true_rates(register, truth, code)
    remaining = next(
        int(poor)
        for village, poor in zip(register.villages, register.remaining_poor, strict=True)
        if village.county_code == code
    )
    assert rates["wrong_exit_rate"] == pytest.approx(wrong / persons)
    assert rates["exit_accuracy"] == pytest.approx(1 - wrong / persons)
    assert rates[COMPOSITE] == pytest.approx((remaining + wrong + missed) / (remaining + everybody))
    assert set(rates) == {each.id for each in INDICATORS}


def test_the_comparison_finds_each_row_and_says_what_an_interval_covers(small, tmp_path):
    register, truth = small
    rows = [
        {
            "id": f"{each.id}_{one.county_code}" if each.id == COMPOSITE else each.id,
            "domain": {"county_code": one.county_code},
            "estimate": 0.5,
            "low": None if one is JUDGED[0] else 0.0 if one is JUDGED[1] else 0.99999,
            "high": None if one is JUDGED[0] else 1.0,
            "verdict": None,
        }
        for each in INDICATORS
        for one in JUDGED
    ]
    rows.insert(0, {**rows[0], "id": f"{INDICATORS[0].id}_open_for", "estimate": 0.9})
    rows.insert(0, {**rows[1], "domain": {"county_code": JUDGED[0].county_code, "household_class": "脱贫户"}})
    compared = compare(register, truth, json.dumps({"estimates": rows}).encode())
    assert len(compared) == len(INDICATORS) * len(JUDGED)
    assert {each.estimate for each in compared} == {0.5}
    assert [each.covered for each in compared[:3]] == [None, True, False]
    path = write_truth(compared, tmp_path)
    text = path.read_text(encoding="utf-8-sig")
    assert text.count("\n") == len(compared) + 1 and "模拟真值" in text
