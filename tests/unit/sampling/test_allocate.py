"""Shares of a total: sums, bounds, monotony, ties, and agreement with the second checker's other way."""

from types import ModuleType
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.allocate import StratumMeasure, allocate

Allocation = Literal["equal", "proportional", "power"]


def strata(*measures: tuple[int, int]) -> list[StratumMeasure]:
    return [StratumMeasure(f"s{i}", measure, available) for i, (measure, available) in enumerate(measures)]


def test_proportional_shares_by_largest_remainder() -> None:
    # Shares 10 * 47, 33, 20 / 100 = 4.7, 3.3, 2.0.
    assert allocate(10, strata((47, 99), (33, 99), (20, 99))) == [5, 3, 2]


def test_equal_shares_and_ties_go_to_the_first_label() -> None:
    assert allocate(8, strata((5, 9), (50, 9), (500, 9)), allocation="equal") == [3, 3, 2]


def test_power_shares() -> None:
    # Square roots 10, 20, 30 of 100, 400, 900.
    assert allocate(60, strata((100, 99), (400, 99), (900, 99)), allocation="power", exponent="0.5") == [10, 20, 30]


def test_minimum_and_available_bound_shares_and_the_rest_is_shared_anew() -> None:
    # 1000 : 10 : 10, of 30: the first has only 20 units, the others share 10.
    assert allocate(30, strata((1000, 20), (10, 99), (10, 99))) == [20, 5, 5]
    assert allocate(20, strata((1000, 999), (10, 99), (10, 99)), minimum=3) == [14, 3, 3]
    assert allocate(20, strata((1000, 999), (10, 1), (10, 99)), minimum=3) == [16, 1, 3]


def test_total_beyond_all_units_gives_all_and_minima_beyond_the_total_are_refused() -> None:
    assert allocate(99, strata((5, 5), (7, 7))) == [5, 7]
    with pytest.raises(ValueError, match="minima need 6"):
        allocate(5, strata((5, 5), (7, 7)), minimum=3)


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 40)), min_size=1, max_size=8),
    st.sampled_from(["equal", "proportional", "power"]),
    st.integers(0, 4),
    st.data(),
)
def test_shares_sum_keep_bounds_and_agree_with_the_second_way(
    checker: ModuleType, measures: list[tuple[int, int]], allocation: Allocation, minimum: int, data: st.DataObject
) -> None:
    # A stratum has a measure exactly when it has units to take.
    listed = strata(*((max(measure, 1) if available else 0, available) for measure, available in measures))
    available = sum(stratum.available for stratum in listed)
    least = sum(min(minimum, stratum.available) for stratum in listed)
    total = data.draw(st.integers(least, available + 2))
    shared = allocate(total, listed, allocation=allocation, minimum=minimum)
    assert sum(shared) == min(total, available)
    for number, stratum in zip(shared, listed, strict=True):
        assert min(minimum, stratum.available) <= number <= stratum.available
    take = {"total": total, "minimum": minimum, "maximum": None, "allocation": allocation, "exponent": "0.5"}
    groups = [{"measure": s.measure, "stratum": s.label} for s in listed]
    assert shared == checker.share(take, groups, [s.available for s in listed])
    for i, one in enumerate(listed):
        for j, other in enumerate(listed):
            if one.measure > other.measure and one.available >= other.available:
                assert shared[i] >= shared[j] - 1
