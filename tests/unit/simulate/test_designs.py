"""Other designs simulated: methods of unequal probability, shares and whole classes, judgement, overlap, refusals."""

from dataclasses import replace

import pyarrow as pa
import pytest

from sampling.errors import SamplingError
from sampling.frame import Frame
from sampling.simulate import Report, Simulator, load_pattern, summarise
from sampling.size import operating_curve
from tests.unit.simulate.small_world import DESIGN, HEAD, RATES, design, frame, pattern

PPS = "    method: pps_systematic\n    size: {count: household}\n    joint_method: hartley-rao\n"
FRAME = "frame:\n"


@pytest.fixture(scope="module")
def world() -> Frame:
    return frame(villages=16, households=25)


def report_of(text: str, world: Frame, runs: int, rates: str = RATES) -> tuple[Simulator, Report]:
    made = design(text)
    with Simulator(made, world, pattern(rates, made), "designs") as simulator:
        records = [simulator.run(number) for number in range(runs)]
        return simulator, summarise(simulator.pattern, simulator.quantities, records)


@pytest.mark.parametrize(
    "stage",
    [
        "    method: systematic\n    joint_method: brewer\n",
        "    method: sampford\n    size: {count: household}\n    joint_method: hartley-rao\n",
        "    method: pivotal\n    size: {count: household}\n    joint_method: brewer\n",
        "    method: with_replacement\n    size: {count: household}\n",
        PPS.replace("hartley-rao", "with-replacement\n    order: frame"),
        PPS.replace("hartley-rao", "successive-differences\n    order: frame"),
        "    method: tille\n    size: {count: household}\n    joint_method: hajek\n",
        "    method: bernoulli\n",
        "    method: poisson\n    size: {count: household}\n",
    ],
)
def test_every_method_whose_variance_is_computed_is_unbiased(stage: str, world: Frame) -> None:
    _, report = report_of(DESIGN.replace(PPS, stage), world, 30)
    for each in report.domains:
        if each.quantity.kind == "rate":
            assert each.bias.value is not None
            assert each.bias.error is not None
            assert abs(each.bias.value) < 4.5 * each.bias.error
            assert each.coverage.value is not None
            assert each.coverage.value > 0.8
            assert not each.reasons


AGAIN = "    method: with_replacement\n    size: {count: household}\n"
HOUSEHOLDS_AGAIN = DESIGN.replace("    method: equal\n", "    method: with_replacement\n    size: {column: persons}\n")


@pytest.mark.parametrize(
    "text",
    [
        DESIGN.replace(PPS, AGAIN).replace("take: {each: 5}", "take: {each: 8}"),
        HOUSEHOLDS_AGAIN.replace(PPS, AGAIN).replace("    reserves: 4\n", ""),
        HOUSEHOLDS_AGAIN.replace(PPS, "    method: equal\n").replace("    reserves: 4\n", ""),
        DESIGN.replace("    method: equal\n", "    method: pps_systematic\n    size: {column: persons}\n")
        .replace(PPS, AGAIN)
        .replace("    reserves: 4\n", ""),
    ],
    ids=["villages", "villages and households", "households", "villages above unequal households"],
)
def test_errors_of_units_drawn_several_times_are_those_that_the_runs_show(text: str, world: Frame) -> None:
    made = design(text)
    with Simulator(made, world, pattern(RATES, made), "again") as simulator:
        stages = simulator.survey(0).stages
        report = summarise(simulator.pattern, simulator.quantities, [simulator.run(number) for number in range(60)])
    assert any((unit.times or 1) > 1 for stage in stages for unit in stage.units)
    for each in report.domains:
        true, stated = each.true_se, each.estimated_se
        assert true.value is not None and true.error is not None
        assert stated.value is not None and stated.error is not None
        assert abs(stated.value - true.value) < 4 * (true.error**2 + stated.error**2) ** 0.5
        assert set(each.reasons) <= {"estimate.no_variance"}  # a small sample may meet no case


def test_certainties_of_draws_in_frame_order_feign_no_error(world: Frame) -> None:
    """Large villages are in every sample: a total that every sample knows has no error, by runs and as stated."""
    in_order = DESIGN.replace(PPS, PPS.replace("    joint_method: hartley-rao\n", "    order: frame\n"))
    made = design(in_order.replace("take: {each: 5}", "take: {each: 7}").replace("[household_class]", "[]"))
    rates = (
        "version: 1\nclusters: village\nby: [county_code]\ntotals: true\nindicators: [{id: a, rates: {each: 0.5}}]\n"
    )
    with Simulator(made, world, pattern(rates, made), "1") as simulator:
        assert any(unit.sample_type == "certainty" for unit in simulator.survey(0).stages[0].units)
        report = summarise(simulator.pattern, simulator.quantities, [simulator.run(number) for number in range(3)])
    counts = [each for each in report.domains if each.quantity.kind == "count"]
    assert len(counts) == 2
    assert [each.estimated_se.value for each in counts] == pytest.approx([0, 0], abs=1e-9)


def test_a_class_taken_whole_and_shares_are_taken_as_they_are_drawn(world: Frame) -> None:
    whole = DESIGN.replace("take: {each: 6}", "take: {each: 20%, by: [{when: {household_class: 脱贫户}, take: all}]}")
    made = design(whole)
    with Simulator(made, world, pattern(RATES, made), "1") as simulator:
        last = simulator.survey(0).stages[1]
    counts = {(each.parent, each.stratum): each.population for each in last.strata}
    main: dict[tuple[str | None, str], int] = dict.fromkeys(counts, 0)
    for unit in last.units:
        main[unit.parent, unit.stratum] += unit.sample_type != "reserve"
    for group, number in main.items():
        assert number == (counts[group] if group[1] == "脱贫户" else (counts[group] * 2 + 5) // 10)


def test_units_chosen_by_judgement_are_no_part_of_the_truth(world: Frame) -> None:
    judged = "purposive: [{level: village, column: village_code, values: ['990101001', '990102002'], reason: 线索}]\n"
    simulator, _ = report_of(DESIGN.replace(FRAME, judged + FRAME), world, 2)
    assert not any(unit.startswith(("990101001", "990102002")) for unit in simulator.population.ids)
    plain, _ = report_of(DESIGN, world, 2)
    assert plain.population.size - simulator.population.size == 30 + 35


def test_overlap_with_an_earlier_draw_leaves_chance_in_the_runs(world: Frame) -> None:
    earlier = f"prn_from: {{manifest_sha256: {'a' * 64}, seed: {'b' * 64}, stages: [village]}}\n"
    text = DESIGN.replace(PPS, "    method: equal\n").replace(FRAME, earlier + FRAME)
    made = design(text)
    with Simulator(made, world, pattern(RATES, made), "1") as simulator:
        first, second = ({unit.id for unit in simulator.survey(number).stages[0].units} for number in (0, 1))
    assert first != second


def test_designs_without_an_interval_and_unfinished_frames_are_refused(world: Frame) -> None:
    made = design(DESIGN.replace("hartley-rao", "exact").replace("pps_systematic", "sampford"))
    with pytest.raises(SamplingError) as refused:
        Simulator(made, world, pattern(RATES, made), "1")
    assert {each.code for each in refused.value.complaints} == {"design.variance_not_computed"}
    equal = DESIGN.replace(PPS, "    method: equal\n")
    later = design(equal.replace("  - name: household\n", "  - name: household\n    listed: later\n"))
    assert [each.code for each in load_pattern(RATES, later).complaints] == ["rates.frame_incomplete"]


ONE_STAGE = f"""{HEAD}stages:
  - {{name: household, method: equal, take: {{each: 200}}}}
"""


def test_chances_of_verdicts_are_those_of_the_operating_curve() -> None:
    """A simple random sample of nearly independent households: what is simulated is what the planner's curve says."""
    rates = """
version: 1
indicators:
  - {id: high, rates: {each: 0.05}, threshold: {value: 0.1, side: upper}}
  - {id: low, rates: {each: 0.87}, threshold: {value: 0.9, side: lower}}
"""
    runs = 120
    _, report = report_of(ONE_STAGE, frame(counties=1, villages=60, households=90), runs, rates)
    high, low = report.domains
    for each, curve in (
        (high, operating_curve(200, 0.1, [high.quantity.true])),
        (low, operating_curve(200, 0.9, [low.quantity.true], side="lower")),
    ):
        point = curve.points[0]
        for verdict, chance in (("达标", point.demonstrated), ("不达标", point.failed), ("不能判定", point.undecided)):
            allowed = (
                4 * (chance * (1 - chance) / runs) ** 0.5 + 0.02
            )  # the frame is finite, so the sample is a bit better
            assert each.verdicts[verdict].value == pytest.approx(chance, abs=allowed)


def test_units_without_a_value_lie_in_no_domain(world: Frame) -> None:
    assert world.table is not None
    kinds = [None if i % 50 == 0 else kind for i, kind in enumerate(world.table.column("household_class").to_pylist())]
    place = world.table.column_names.index("household_class")
    table = world.table.set_column(place, "household_class", pa.array(kinds, pa.string()))
    made = design(DESIGN.replace("strata: [household_class]", "strata: []"))
    rates = "version: 1\nby: [household_class]\nindicators: [{id: a, rates: {each: 0.4}}]\n"
    with Simulator(made, replace(world, table=table), pattern(rates, made), "1") as simulator:
        domains = [each.domain["household_class"] for each in simulator.quantities]
        units = sum(each.units for each in simulator.quantities)
        found = simulator.run(0).found
    assert domains == ["一般农户", "脱贫户"]
    assert units == sum(kind is not None for kind in kinds)
    assert all(each.estimate is not None for each in found)


def test_villages_that_were_drawn_and_left_without_a_household_count_in_the_variance() -> None:
    """Households taken each by itself leave every second drawn village empty; the spread between villages stays."""
    villages = DESIGN[: DESIGN.index("  - name: household\n")].replace(PPS, "    method: equal\n")
    made = design(villages + "  - {name: household, method: bernoulli, take: {each: 4%}}\n")
    rates = "version: 1\ntotals: true\nindicators: [{id: high, rates: {each: 0.3}}]\n"
    with Simulator(made, frame(villages=40, households=4), pattern(rates, made), "empty") as simulator:
        survey = simulator.survey(0)
        table = simulator.table(survey)
        records = [simulator.run(number) for number in range(150)]
        report = summarise(simulator.pattern, simulator.quantities, records)
    drawn = {unit.id for unit in survey.stages[0].units}
    filled = {unit.parent for unit in survey.opened.units}
    assert 0 < len(filled) < len(drawn)
    assert set(table["unit0"]) == drawn
    empty = [weight for unit, weight in zip(table["unit0"], table["weight"], strict=True) if unit not in filled]
    assert empty == [0.0] * len(drawn - filled)
    count = next(each for each in report.domains if each.quantity.kind == "count")
    true, stated = count.true_se, count.estimated_se
    assert true.value is not None and true.error is not None
    assert stated.value is not None and stated.error is not None
    assert abs(stated.value - true.value) < 4 * (true.error**2 + stated.error**2) ** 0.5


def test_a_county_left_without_villages_counts_as_one_without_anything() -> None:
    stages = """stages:
  - {name: county, method: equal, take: {each: 8}}
  - {name: village, strata: [village_kind], method: bernoulli, take: {each: 10%}}
  - {name: household, strata: [household_class], method: equal, take: {each: 6}, when_short: take_all}
"""
    made = design(HEAD + stages)
    rates = "version: 1\ntotals: true\nindicators: [{id: high, rates: {each: 0.3}}]\n"
    with Simulator(made, frame(counties=16, villages=8, households=12), pattern(rates, made), "1") as simulator:
        survey = simulator.survey(0)
        table, found = simulator.table(survey), simulator.run(0).found
    counties = {unit.id for unit in survey.stages[0].units}
    assert len({unit.parent for unit in survey.stages[1].units}) < len(counties)
    assert set(table["unit0"]) == counties
    assert all(each.se is not None for each in found)
