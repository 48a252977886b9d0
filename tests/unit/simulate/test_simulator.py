"""Simulated surveys: the real draw, the same answer for the same seed, an honest truth, and figures that fit it."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pytest

from sampling.engine import DuckDBEngine
from sampling.errors import SamplingError
from sampling.frame import Frame
from sampling.manifest import ManifestStage, ManifestUnit
from sampling.simulate import RunRecord, Simulator, summarise
from sampling.simulate.fieldwork import open_units, visit
from sampling.stage_draw import draw_stage
from tests.unit.simulate.small_world import DESIGN, HEAD, RATES, design, frame, pattern

RUNS = 90


@pytest.fixture(scope="module")
def world() -> Frame:
    return frame()


@pytest.fixture(scope="module")
def simulator(world: Frame) -> Iterator[Simulator]:
    with Simulator(design(), world, pattern(), "1") as opened:
        yield opened


@pytest.fixture(scope="module")
def records(simulator: Simulator) -> list[RunRecord]:
    return [simulator.run(number) for number in range(RUNS)]


def test_every_run_is_the_real_draw(simulator: Simulator, world: Frame) -> None:
    """What is kept between runs changes nothing: a fresh engine draws the same units, probabilities and groups."""
    for number in (0, 1, 2, 7):
        drawn = simulator.survey(number).stages
        seed = sha256(f"evalsvc-simulation-1:1:draw:{number}".encode()).hexdigest()
        with DuckDBEngine(world) as engine:
            stages: list[ManifestStage] = []
            for stage in range(2):
                stages.append(draw_stage(engine, design(), stage, seed, stages[-1] if stages else None))
        assert drawn == tuple(stages)


def test_the_same_seed_gives_the_same_runs_whatever_the_order(
    records: list[RunRecord], simulator: Simulator, world: Frame
) -> None:
    assert simulator.run(5) == records[5]
    assert world.table is not None
    mixed = world.table.take(pa.array(np.random.default_rng(3).permutation(world.table.num_rows)))
    with Simulator(design(), replace(world, table=mixed), pattern(), "1") as other:
        assert other.quantities == simulator.quantities
        assert [other.run(4), other.run(0)] == [records[4], records[0]]
    with Simulator(design(), world, pattern(), "2") as other:
        assert other.run(0) != records[0]


def test_the_truth_is_as_assumed(simulator: Simulator) -> None:
    true = {(each.indicator, each.kind, each.domain["county_code"]): each.true for each in simulator.quantities}
    # Half a household of six persons among 1,360.
    assert true["wrong_exit_rate", "rate", "990101"] == pytest.approx(0.05, abs=0.0025)
    assert true["wrong_exit_rate", "rate", "990102"] == pytest.approx(0.10, abs=0.0025)
    assert true["recognition", "rate", "990101"] == pytest.approx(0.9, abs=0.0005)
    population = simulator.population
    for number, assumed in enumerate((0.03, 0.05)):
        found = population.likeness(number)
        assert found is not None
        assert abs(found - assumed) < 0.03
    assert not (population.cases[0] & ~population.counting[0]).any()
    assert 1 - population.eligible.mean() == pytest.approx(0.06, abs=0.012)
    cases = population.persons[0][population.cases[0]].sum()
    assert cases == true["wrong_exit_rate", "cases", "990101"] + true["wrong_exit_rate", "cases", "990102"]


def test_estimates_fit_the_truth(simulator: Simulator, records: list[RunRecord]) -> None:
    report = summarise(simulator.pattern, simulator.quantities, records)
    assert report.runs == RUNS
    assert report.main.value == 240
    for each in report.domains:
        if each.quantity.kind != "rate":
            continue
        assert each.bias.value is not None
        assert each.bias.error is not None
        assert abs(each.bias.value) < 4 * each.bias.error
        assert each.true_se.value is not None
        assert each.estimated_se.value is not None
        assert 0.75 < each.estimated_se.value / each.true_se.value < 1.35
        assert each.coverage.high is not None
        assert each.coverage.high > 0.95
        assert sum(share.count for share in each.verdicts.values()) == RUNS
        assert each.effective is not None
        assert each.effective > 20
    truths = {(each.quantity.indicator, each.quantity.domain["county_code"]): each.truth for each in report.domains}
    assert truths["wrong_exit_rate", "990102"] is None or truths["wrong_exit_rate", "990102"] == "misses"


PPS = "    method: pps_systematic\n    size: {count: household}\n    joint_method: hartley-rao\n"


@pytest.mark.parametrize(("of_villages", "estimated"), [("    method: equal\n", True), (PPS, False)])
def test_a_census_has_no_error_and_says_so(world: Frame, of_villages: str, estimated: bool) -> None:
    whole = DESIGN.replace("take: {each: 5}", "take: {each: 12}").replace("take: {each: 6}", "take: {each: 99}")
    whole = whole.replace(PPS, of_villages)
    rates = RATES.replace("ineligible: {each: 0.05, by: [{when: {household_class: 脱贫户}, rate: 0.08}]}", "")
    made = design(whole)
    with Simulator(made, world, pattern(rates.replace("response: {each: 0.9}", ""), made), "1") as simulator:
        records = [simulator.run(number) for number in range(3)]
        report = summarise(simulator.pattern, simulator.quantities, records)
    for each in report.domains:
        if not estimated:  # nothing but certainties: no unit is left that degrees of freedom could be counted by
            assert each.reasons == {"estimate.no_degrees_of_freedom": 3}
            assert each.mean.reason == "simulate.too_few_runs"
            continue
        assert each.mean.value == pytest.approx(each.quantity.true)
        assert each.true_se.value is None
        assert each.true_se.reason == "simulate.no_variation"
        assert each.mean.error is None
        assert each.coverage.value in {None, 1.0}
        if each.coverage.value is not None:
            assert each.coverage.low is not None
            assert each.coverage.low < 1


def test_nobody_answers_and_nothing_is_made_up(world: Frame) -> None:
    rates = RATES.replace("response: {each: 0.9}", "response: {each: 0.0}")
    with Simulator(design(), world, pattern(rates), "1") as simulator:
        records = [simulator.run(number) for number in range(2)]
        report = summarise(simulator.pattern, simulator.quantities, records)
    assert all(each.reasons == {"weight.empty_class": 2} for each in report.domains)
    rate = report.domains[0]
    assert rate.mean.value is None
    assert rate.coverage.value is None
    assert rate.verdicts["不能判定"].value == 1


def test_reserves_are_opened_in_their_order_and_certainties_never_replaced(simulator: Simulator) -> None:
    survey = simulator.survey(0)
    last = survey.stages[-1]
    population = simulator.population
    everyone = np.ones(population.size, dtype=np.bool_)
    main = [unit for unit in last.units if unit.sample_type != "reserve"]
    assert visit(last, population, everyone, 6) == sorted(main, key=lambda unit: unit.id)
    nobody = ~everyone
    opened = visit(last, population, nobody, 6)
    assert len(opened) == len(last.units)  # six main units a group have four reserves: all are used up
    once = visit(last, population, nobody, 0)
    assert len(once) == len(main)
    first = main[0]
    one_away = everyone.copy()
    one_away[population.place[first.id]] = False
    replaced = [unit for unit in visit(last, population, one_away, 6) if unit.sample_type == "reserve"]
    assert [(unit.parent, unit.stratum, unit.order) for unit in replaced] == [(first.parent, first.stratum, 1)]
    certain = replace(last, units=tuple(_certain(unit) for unit in last.units))
    assert all(unit.sample_type != "reserve" for unit in visit(certain, population, nobody, 6))


def _certain(unit: ManifestUnit) -> ManifestUnit:
    return unit if unit.sample_type == "reserve" else replace(unit, sample_type="certainty")


def test_base_weights_sum_to_the_lists_of_the_drawn_villages(simulator: Simulator) -> None:
    survey = simulator.survey(1)
    responding = simulator.population.eligible
    opened = open_units(survey.stages, simulator.population, responding, 6)
    chance = {unit.id: unit.probability for unit in survey.stages[0].units}
    expected = sum(each.population / (chance[each.parent or ""] or 1) for each in survey.stages[1].strata)
    assert opened.base.sum() == pytest.approx(expected)
    assert (opened.weight[~opened.responded & opened.eligible] == 0).all()
    assert (opened.weight[~opened.eligible] == opened.base[~opened.eligible]).all()


def test_one_stage_and_equal_villages_are_simulated_too(world: Frame) -> None:
    one_stage = f"""{HEAD}stages:
  - {{name: household, strata: [county_code], method: equal, take: {{each: 150}}, reserves: 20}}
"""
    rates = "version: 1\nby: [county_code]\nindicators: [{id: share, rates: {each: 0.3}}]\nresponse: {each: 0.8}\n"
    made = design(one_stage)
    with Simulator(made, world, pattern(rates, made), "x") as simulator:
        report = summarise(simulator.pattern, simulator.quantities, [simulator.run(number) for number in range(30)])
    for each in report.domains:
        assert each.true_se.value is not None
        assert each.true_se.value == pytest.approx((0.21 / 150 * (1 - 150 / 1290)) ** 0.5, rel=0.4)
    equal = DESIGN.replace(
        "    method: pps_systematic\n    size: {count: household}\n    joint_method: hartley-rao\n",
        "    method: equal\n",
    )
    made = design(equal)
    with Simulator(made, world, pattern(RATES, made), "x") as simulator:
        assert simulator.run(0).main == 240


def test_what_cannot_be_simulated_is_refused_with_every_reason(world: Frame) -> None:
    rates = RATES.replace("household_class: [脱贫户]", "household_class: [脱贪户]").replace('"990102"', '"999999"')
    with pytest.raises(SamplingError) as refused:
        Simulator(design(), world, pattern(rates), "1")
    assert refused.value.code == "simulate.refused"
    assert [each.code for each in refused.value.complaints] == ["rates.unknown_value"] * 2
    too_many = design(DESIGN.replace("take: {each: 5}", "take: {each: 50}"))
    with pytest.raises(SamplingError) as refused:
        Simulator(too_many, world, pattern(), "1")
    assert {each.code for each in refused.value.complaints} == {"design.too_few_units_at_top"}
