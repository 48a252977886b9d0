"""What a design is, before anything is estimated: numbers made by hand, and those of R survey's schools."""

from pathlib import Path
from typing import Any

import pytest

from sampling.estimate import DataRefusedError, DesignSummary, Sample, load_plan, plan_sample, read_table
from sampling.estimate.summary import StageSummary, TargetReached, WeightSummary, summarize

DATA = Path(__file__).parents[2] / "oracle" / "data"
MEAN = {"id": "m", "statistic": "mean", "variables": ["y"]}
VILLAGES: dict[str, Any] = {
    # Region a: 3 of 6 villages, one of them with a single household of 4; region b: its only drawn village, of 5.
    "region": ["a", "a", "a", "a", "a", "b", "b"],
    "village": ["1", "1", "2", "2", "3", "1", "1"],
    "villages": [6, 6, 6, 6, 6, 5, 5],
    "households": [2, 2, 8, 8, 4, 4, 4],
    "y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
}
STAGES = [
    {"cluster": "village", "strata": "region", "population": "villages"},
    {"population": "households"},
]


def compiled(design: dict[str, Any], table: Any, statement: dict[str, Any] = MEAN) -> Sample:
    reading = load_plan({"version": 1, "design": design, "estimates": [statement]})
    assert reading.plan is not None, reading.complaints
    return plan_sample(reading.plan, table)


def summary(design: dict[str, Any], table: Any) -> DesignSummary:
    return summarize(compiled(design, table))


def test_strata_units_fractions_and_lone_units_are_counted_by_stage() -> None:
    found = summary({"stages": STAGES, "nested": True, "lonely_psu": "certainty"}, VILLAGES)
    assert (found.rows, found.second_rows, found.second_stages) == (7, None, ())
    villages = StageSummary("village", 2, 4, 4, 1, 3, 1, 0, 0, 1 / 5, 1 / 2)
    # Village a1 was taken in full; of village a3 one household stands for four.
    households = StageSummary(None, 4, 7, 7, 1, 2, 1, 0, 1, 1 / 4, 1.0)
    assert found.stages == (villages, households)
    # 2 1, 2 1, 2 4, 2 4, 2 4, 5 2, 5 2
    assert found.weights == WeightSummary(7, 48.0, 2.0, 10.0, pytest.approx(7 * 400 / 48**2))
    assert found.drawn_weights == found.weights
    assert (found.adjustments, found.replicates) == ((), None)
    assert found.degrees_of_freedom == 4 - 2


def test_certainties_draws_and_stages_without_variance_are_told() -> None:
    table = {**VILLAGES, "pi": [1.0, 1.0, 0.5, 0.5, 0.25, 0.5, 0.5], "times": [1, 1, 3, 3, 1, 2, 2]}
    stages = [{"cluster": "village", "strata": "region", "probability": "pi"}, {"population": "households"}]
    sure = summary({"stages": stages, "nested": True, "unequal": {"method": "brewer"}, "lonely_psu": "remove"}, table)
    assert (sure.stages[0].certainties, sure.stages[0].lone, sure.stages[0].full) == (1, 1, 0)
    assert (sure.stages[0].least_fraction, sure.stages[0].most_fraction) == (0.25, 1.0)
    drawn = [{"cluster": "village", "strata": "region", "draws": "times"}, {"population": "households"}]
    again = summary({"stages": drawn, "nested": True, "weights": "households"}, table)
    assert (again.stages[0].units, again.stages[0].draws, again.stages[0].least_fraction) == (4, 7, None)
    assert again.stages[1].units == 7
    assert again.degrees_of_freedom == 7 - 2


def test_adjustments_tell_g_and_what_they_reached() -> None:
    design = {
        "stages": [{}],
        "weights": "w",
        "trim": {"upper": 20},
        "calibration": {"method": "poststratify", "margins": {"k": {"a": 60, "b": 45}}},
        "replicates": {"method": "jk1"},
    }
    table = {"w": [10.0, 10.0, 10.0, 50.0], "k": ["a", "a", "b", "b"], "y": [1.0, 2.0, 3.0, 5.0]}
    found = summary(design, table)
    # Trimming spreads the 30 over the three others, 10 each; then a has 40 for 60 and b 40 for 45.
    trimmed, calibrated = found.adjustments
    assert (trimmed.place, trimmed.smallest_g, trimmed.largest_g, trimmed.targets) == ("design.trim", 0.4, 2.0, ())
    assert (calibrated.smallest_g, calibrated.largest_g) == pytest.approx((1.125, 1.5))
    assert calibrated.targets == (
        TargetReached("k", "a", 60.0, pytest.approx(60.0)),
        TargetReached("k", "b", 45.0, pytest.approx(45.0)),
    )
    assert found.drawn_weights == WeightSummary(4, 80.0, 10.0, 50.0, pytest.approx(4 * 2800 / 6400))
    assert found.weights.total == pytest.approx(105.0)
    assert found.replicates is not None
    # Four units, less the two sums that every calibrated replicate shares, plus the weights themselves.
    assert (found.replicates.method, found.replicates.number, found.replicates.rank) == ("jk1", 4, 3)
    assert found.degrees_of_freedom == 2


def test_the_second_phase_has_its_own_stages() -> None:
    table = {"s": ["a", "a", "a", "b", "b", "b"], "w": [10.0] * 6, "in": [1, 1, 0, 1, 1, 0], "y": [1.0, 2, 0, 4, 5, 0]}
    design = {"stages": [{}], "weights": "w", "two_phase": {"subset": "in", "stages": [{"strata": "s"}]}}
    found = summary(design, table)
    assert (found.rows, found.second_rows) == (6, 4)
    assert found.second_stages == (StageSummary(None, 2, 4, 4, 2, 2, 0, 0, 0, 2 / 3, 2 / 3),)
    assert found.weights == WeightSummary(4, pytest.approx(60.0), 15.0, 15.0, pytest.approx(1.0))


def test_a_stratified_sample_of_schools() -> None:
    found = summary(
        {"stages": [{"strata": "stype", "population": "fpc"}], "weights": "pw"},
        {name: column.texts for name, column in read_table(DATA / "apistrat.csv").items()} | {"y": [1.0] * 200},
    )
    stage = StageSummary(None, 3, 200, 200, 50, 100, 0, 0, 0, pytest.approx(100 / 4421), pytest.approx(50 / 755))
    assert found.stages == (stage,)
    assert found.weights.total == pytest.approx(6194, abs=1e-3)
    assert found.degrees_of_freedom == 197  # degf(dstrat) of R survey 4.1.1


def test_two_stages_of_schools() -> None:
    table = read_table(DATA / "apiclus2.csv")
    stages = [{"cluster": "dnum", "population": "fpc1"}, {"cluster": "snum", "population": "fpc2"}]
    found = summarize(compiled({"stages": stages}, table, {**MEAN, "variables": ["api00"]}))
    districts, schools = found.stages
    assert (districts.units, districts.least_fraction) == (40, pytest.approx(40 / 757))
    assert (schools.strata, schools.units, schools.smallest, schools.largest) == (40, 126, 1, 5)
    assert found.weights.total == pytest.approx(5128.675)
    assert found.degrees_of_freedom == 39


def test_columns_of_statements_are_missed_before_a_run() -> None:
    with pytest.raises(DataRefusedError) as caught:
        compiled({"stages": STAGES, "nested": True}, VILLAGES, {**MEAN, "variables": ["z"]})
    assert [each.details["column"] for each in caught.value.complaints] == ["z"]
