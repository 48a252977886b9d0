"""Neyman, cost-optimal and precision: textbook figures, a general optimiser's figures, bounds, refusals."""

import json
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.allocate import (
    ALLOCATIONS,
    Allocation,
    Precision,
    StratumMeasure,
    allocate,
    bounds,
    deviation_of_rate,
    precision_total,
    share_weight,
)
from sampling.size import precision_size

ORACLE = json.loads((Path(__file__).parents[2] / "oracle" / "allocate.json").read_text(encoding="utf-8"))


def strata_of(case: dict[str, Any]) -> list[StratumMeasure]:
    listed = zip(case["units"], case["deviation"], case["cost"], strict=True)
    return [
        StratumMeasure(f"s{i}", units, units, Decimal(str(deviation)), Decimal(str(cost)))
        for i, (units, deviation, cost) in enumerate(listed)
    ]


def test_the_cities_of_cochran() -> None:
    # Cochran (1977), chapter 5: 16 and 48 cities, S = 232.04 and 74.71; of 24, proportional 6, 18, optimum 12, 12.
    cities = [StratumMeasure("1", 16, 16, Decimal("232.04")), StratumMeasure("2", 48, 48, Decimal("74.71"))]
    assert allocate(24, cities) == [6, 18]
    assert allocate(24, cities, allocation="neyman") == [12, 12]


def test_the_caribou_of_lohr() -> None:
    # Siniff and Skoog (1964), in Lohr, Sampling: Design and Analysis, chapter 3: Neyman shares of 225.
    units, spread = (400, 30, 61, 18, 70, 120), (3000, 2000, 9000, 2000, 12000, 1000)
    herds = [StratumMeasure("ABCDEF"[i], units[i], units[i], Decimal(spread[i])) for i in range(6)]
    assert allocate(225, herds, allocation="neyman") == [96, 5, 44, 3, 67, 10]


@pytest.mark.parametrize("case", ORACLE["cases"], ids=lambda case: str(case["name"]))
def test_shares_are_those_of_a_general_optimiser(case: dict[str, Any]) -> None:
    """The optimiser knows variance, budget and bounds of each stratum, not our rule; the shares lie within a unit."""
    strata = strata_of(case)
    with_bounds = [
        StratumMeasure(each.label, each.measure, high, each.deviation, each.cost)
        for each, high in zip(strata, case["high"], strict=True)
    ]
    shared = allocate(case["total"], with_bounds, allocation="cost-optimal", minimum=case["low"][0])
    assert sum(shared) == case["total"]
    for number, best in zip(shared, case["shares"], strict=True):
        assert abs(number - best) < 1
    if len(set(case["cost"])) == 1:
        assert shared == allocate(case["total"], with_bounds, allocation="neyman", minimum=case["low"][0])


def test_cost_weighs_by_its_root_rounded_to_twelve_places() -> None:
    one = StratumMeasure("a", 10, 10, Decimal("0.3"), Decimal(2))
    root = Fraction(isqrt(2 * 10**24), 10**12)  # 1.414213562373…, whose next digit is 0
    assert share_weight(one, "cost-optimal") == 10 * Fraction(3, 10) / root
    assert share_weight(one, "neyman") == 3
    four = [StratumMeasure(name, 100, 99, Decimal("0.5"), Decimal(cost)) for name, cost in (("a", 1), ("b", 4))]
    assert allocate(30, four, allocation="cost-optimal") == [20, 10]


def test_a_maximum_bounds_every_stratum_and_what_is_left_is_shared_anew() -> None:
    three = [StratumMeasure("a", 800, 800), StratumMeasure("b", 100, 100), StratumMeasure("c", 100, 100)]
    assert allocate(100, three, maximum=50) == [50, 25, 25]
    assert allocate(100, three, maximum=20) == [20, 20, 20]  # the bounds allow no more
    assert allocate(100, three, minimum=20, maximum=60) == [60, 20, 20]
    assert bounds(15, 20, 60) == (15, 15)
    assert bounds(99, 20, 60) == (20, 60)


@pytest.mark.parametrize(
    ("stratum", "allocation"),
    [
        (StratumMeasure("a", 10, 10), "neyman"),
        (StratumMeasure("a", 10, 10, Decimal(0)), "neyman"),
        (StratumMeasure("a", 10, 10, Decimal("NaN")), "neyman"),
        (StratumMeasure("a", 10, 10, Decimal("Infinity")), "neyman"),
        (StratumMeasure("a", 10, 10, Decimal(1)), "cost-optimal"),
        (StratumMeasure("a", 10, 10, Decimal(1), Decimal(-1)), "cost-optimal"),
    ],
)
def test_what_an_allocation_needs_has_to_be_there(stratum: StratumMeasure, allocation: Allocation) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        allocate(5, [stratum], allocation=allocation)


def test_bounds_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="minimum 5 is larger than the maximum 3"):
        allocate(9, [StratumMeasure("a", 10, 10)], minimum=5, maximum=3)


STRATUM = st.tuples(st.integers(1, 5000), st.integers(0, 60), st.integers(1, 500), st.integers(1, 900))


@given(
    st.lists(STRATUM, min_size=1, max_size=9),
    st.sampled_from(get_args(Allocation)),
    st.integers(0, 5),
    st.one_of(st.none(), st.integers(5, 40)),
    st.data(),
)
def test_totals_are_met_bounds_are_kept_and_larger_weights_take_no_less(
    drawn: list[tuple[int, int, int, int]],
    allocation: Allocation,
    minimum: int,
    maximum: int | None,
    data: st.DataObject,
) -> None:
    strata = [
        StratumMeasure(f"s{i}", units, available, Decimal(deviation) / 1000, Decimal(cost))
        for i, (units, available, deviation, cost) in enumerate(drawn)
    ]
    limits = [bounds(each.available, minimum, maximum) for each in strata]
    least, most = sum(low for low, _ in limits), sum(high for _, high in limits)
    total = data.draw(st.integers(least, most + 3))
    shared = allocate(total, strata, allocation=allocation, minimum=minimum, maximum=maximum)
    assert sum(shared) == min(total, most)
    assert all(low <= number <= high for number, (low, high) in zip(shared, limits, strict=True))
    weights = [share_weight(each, allocation) for each in strata]
    for i in range(len(strata)):
        for j in range(len(strata)):
            if weights[i] > weights[j] and limits[i][0] >= limits[j][0] and limits[i][1] >= limits[j][1]:
                assert shared[i] >= shared[j] - 1
    assert shared == _by_bisection(total, weights, limits)


def _by_bisection(total: int, weights: list[Fraction], limits: list[tuple[int, int]]) -> list[int]:
    """Another way to the same shares: halve the factor's interval until only one rounding is left."""
    if total >= sum(high for _, high in limits):
        return [high for _, high in limits]
    low, high = Fraction(0), Fraction(max(most for _, most in limits) + 1) / min(weights)

    def shares(factor: Fraction) -> list[Fraction]:
        return [min(max(factor * w, Fraction(a)), Fraction(b)) for w, (a, b) in zip(weights, limits, strict=True)]

    for _ in range(400):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(shares(middle)) < total else (low, middle)
    # Both ends now differ by less than any two fractions of this size can.
    real = [value.limit_denominator(10**60) for value in shares(high)]
    numbers = [value.numerator // value.denominator for value in real]
    order = sorted(range(len(real)), key=lambda i: (numbers[i] - real[i], f"s{i}"))
    for i in [i for i in order if numbers[i] < limits[i][1]][: total - sum(numbers)]:
        numbers[i] += 1
    return numbers


def test_every_allocation_has_a_name() -> None:
    assert ALLOCATIONS == ("equal", "proportional", "power", "neyman", "cost-optimal")


def test_the_deviation_of_a_rate() -> None:
    assert deviation_of_rate(Decimal("0.5")) == Decimal("0.5")
    assert deviation_of_rate(Decimal("0.02")) == Decimal("0.14")
    assert deviation_of_rate(Decimal("0.1")) == Decimal("0.3")
    for rate in ("0", "1", "-0.1"):
        with pytest.raises(ValueError, match="planned rate"):
            deviation_of_rate(Decimal(rate))


@given(
    st.integers(1, 999),
    st.integers(3, 400),
    st.sampled_from(["0.8", "0.9", "0.95", "0.99"]),
    st.integers(10, 60),
    st.one_of(st.none(), st.integers(1, 10**6)),
)
def test_a_precision_takes_what_the_planner_is_shown(
    rate: int, half_width: int, level: str, effect: int, population: int | None
) -> None:
    wanted = Precision(Decimal(rate) / 1000, Decimal(half_width) / 1000, Decimal(level), Decimal(effect) / 10)
    shown = precision_size(rate / 1000, half_width / 1000, level=float(level), deff=effect / 10, population=population)
    assert precision_total(wanted, population) == shown.size


def test_a_precision_in_whole_villages() -> None:
    wanted = Precision(Decimal("0.9"), Decimal("0.03"), design_effect=Decimal("2.5"), each=20)
    # 2.5 * 384.146 = 960.4 households without end, 909.6 of N = 17,200: 46 villages of 20.
    assert precision_total(wanted, None) == 49
    assert precision_total(wanted, 17_200) == 46
    assert precision_total(wanted, 0) == 0


@pytest.mark.parametrize("change", [{"rate": "1"}, {"half_width": "0"}, {"level": "1"}, {"design_effect": "0"}])
def test_a_precision_that_cannot_be_is_refused(change: dict[str, str]) -> None:
    given_words = {"rate": "0.5", "half_width": "0.05", "level": "0.95", "design_effect": "1"} | change
    with pytest.raises(ValueError, match=r"between 0 and 1|positive"):
        precision_total(Precision(**{name: Decimal(value) for name, value in given_words.items()}), 100)
    with pytest.raises(ValueError, match="positive"):
        precision_total(Precision(Decimal("0.5"), Decimal("0.05"), each=0), 100)
