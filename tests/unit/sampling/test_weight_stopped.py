"""Weights where reserves were opened until there were interviews enough: exact, over every order of a group."""

from fractions import Fraction
from itertools import permutations

import pytest

from sampling.weight import base_weight, stopped_weights


def opened_until(order: tuple[int, ...], able: tuple[bool, ...], main: int, reserves: int) -> int:
    """Count the units that are opened: main units, then reserves until there are interviews enough, or none is left."""
    opened = main
    while opened < main + reserves and sum(able[i] for i in order[:opened]) < main:
        opened += 1
    return opened


def expected_total(
    able: tuple[bool, ...], values: tuple[int, ...], main: int, reserves: int, *, stopped: bool
) -> Fraction:
    """Give the mean of the estimated total over every order of the group, in exact arithmetic."""
    total, orders = Fraction(0), 0
    size = len(able)
    for order in permutations(range(size)):
        opened = opened_until(order, able, main, reserves)
        interviews = sum(able[i] for i in order[:opened])
        met, other = (Fraction(size, opened),) * 2
        if stopped and opened > main and interviews == main > 1:
            met, other = Fraction(size * (main - 1), main * (opened - 1)), Fraction(size, opened - 1)
        given = stopped_weights(1.0, size, main, opened - main, interviews)
        if stopped:
            assert given == pytest.approx((float(met), float(other)))
        total += sum((met if able[i] else other) * values[i] for i in order[:opened])
        orders += 1
    return total / orders


GROUPS = (
    ((True, True, False, True, True, False), (3, 1, 4, 1, 5, 2), 2, 2),
    ((True, False, False, True, True, True), (1, 0, 0, 1, 1, 1), 3, 2),
    ((True, True, True, True, False), (0, 1, 0, 2, 7), 2, 3),
    ((False, False, True, False, True), (1, 1, 1, 1, 1), 2, 1),
)


@pytest.mark.parametrize(("able", "values", "main", "reserves"), GROUPS)
def test_every_total_of_the_group_is_met_exactly(
    able: tuple[bool, ...], values: tuple[int, ...], main: int, reserves: int
) -> None:
    """Interviewed units, units not interviewed and both together: no total is missed by anything."""
    of_met = tuple(value if met else 0 for value, met in zip(values, able, strict=True))
    for counted in (values, of_met, tuple(map(int, able)), (1,) * len(able)):
        assert expected_total(able, counted, main, reserves, stopped=True) == sum(counted)


def test_counting_all_opened_units_alike_finds_too_many_interviews() -> None:
    able, _, main, reserves = GROUPS[0]
    plain = expected_total(able, tuple(map(int, able)), main, reserves, stopped=False)
    assert (plain, sum(able)) == (Fraction(23, 5), 4)


def test_without_reserves_or_when_they_are_used_up_all_weigh_alike() -> None:
    plain = base_weight(0.2, 40, 6, 0)
    assert stopped_weights(0.2, 40, 6, 0, 6) == (plain, plain)
    assert stopped_weights(0.2, 40, 6, 4, 5) == (base_weight(0.2, 40, 6, 4),) * 2
    assert stopped_weights(0.2, 40, 1, 2, 1) == (base_weight(0.2, 40, 1, 2),) * 2
    met, other = stopped_weights(0.2, 40, 6, 3, 6)
    assert 6 * met + 3 * other == pytest.approx(40 / 0.2)
    assert met < other
    with pytest.raises(ValueError, match="no probability"):
        stopped_weights(0.2, 5, 6, 0, 6)
