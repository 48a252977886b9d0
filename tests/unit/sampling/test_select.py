"""Selection of one group: R's numbers, exactness, and the probabilities the rule promises."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.methods.probabilities import inclusion, inclusion_probabilities
from sampling.methods.systematic import systematic_pps
from sampling.tickets import TICKET_RANGE, start, ticket, tickets

# R 4.2.2, package sampling 2.9: UPsystematic(pik) with the random start u; sizes are the integers behind pik.
UP_SYSTEMATIC = [
    ([2, 7, 8, 5, 4, 4], 3, 0.2655086631421, [0, 1, 1, 0, 1, 0]),
    (list(range(1, 13)), 5, 0.2655086631421, [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1]),
    ([2, 7, 8, 5, 4, 4], 3, 0.200214452575892, [0, 1, 1, 0, 1, 0]),
    ([7, 17, 41, 61, 83, 91], 3, 0.200214452575892, [0, 1, 0, 1, 0, 1]),
]


@pytest.mark.parametrize(("sizes", "n", "u", "expected"), UP_SYSTEMATIC)
def test_systematic_selection_as_r(sizes: list[int], n: int, u: float, expected: list[int]) -> None:
    sample = systematic_pps(sizes, n, int(u * TICKET_RANGE))
    assert [int(i in sample.selected) for i in range(len(sizes))] == expected


def test_inclusion_probabilities_as_r() -> None:
    # R 4.2.2, sampling 2.9: inclusionprobabilities(c(0, 2, 3, 0, 5, 16), 2)
    assert inclusion_probabilities([0, 2, 3, 0, 5, 16], 2) == [0, 0.2, 0.3, 0, 0.5, 1]


def test_certainties_are_found_repeatedly() -> None:
    # 100 * 4 >= 160; then 30 * 3 >= 60; then 15 * 2 >= 30; then the last 15 stands alone with one point.
    assert list(inclusion([100, 30, 15, 15], 4).certainties) == [0, 1, 2, 3]
    assert list(inclusion([100, 30, 10, 9, 8, 3], 3).certainties) == [0, 1]
    assert inclusion_probabilities([100, 30, 10, 9, 8, 3], 3) == [1, 1, 10 / 30, 9 / 30, 8 / 30, 3 / 30]


def test_point_on_a_border_belongs_to_the_unit_that_begins_there() -> None:
    # Points 0 and 2 of a total of 4: cum is 2 after the second unit, so the point 2 falls to the third.
    assert systematic_pps([1, 1, 1, 1], 2, 0).selected == (0, 2)
    assert systematic_pps([1, 1, 1, 1], 2, TICKET_RANGE // 2).selected == (1, 3)
    assert systematic_pps([1, 1, 1, 1], 2, TICKET_RANGE // 2 - 1).selected == (0, 2)


def test_sizes_beyond_doubles_are_exact() -> None:
    # As doubles 2**60 + 1 and 2**60 are the same number.
    big = 2**60
    sizes = [big + 1, big, big, big + 1]
    sample = systematic_pps(sizes, 2, 0)
    assert sample.total == 4 * big + 2
    assert sample.selected == (0, 2)  # the second point 2 * big + 1 is where the third unit begins, to the last digit


@pytest.mark.parametrize(
    ("sizes", "n", "first"), [([1, -1], 1, 0), ([1, 0], 2, 0), ([1, 1], -1, 0), ([1, 1], 1, TICKET_RANGE)]
)
def test_impossible_selections_are_refused(sizes: list[int], n: int, first: int) -> None:
    with pytest.raises(ValueError, match=r"sizes|n must|start"):
        systematic_pps(sizes, n, first)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=25), st.data())
def test_every_size_and_start(sizes: list[int], data: st.DataObject) -> None:
    n = data.draw(st.integers(0, sum(size > 0 for size in sizes)))
    r = data.draw(st.integers(0, TICKET_RANGE - 1))
    sample = systematic_pps(sizes, n, r)
    taken = [*sample.certainties, *sample.selected]
    assert len(taken) == len(set(taken)) == n
    assert all(sizes[i] > 0 for i in taken)
    probabilities = inclusion_probabilities(sizes, n)
    assert abs(sum(probabilities) - n) < 1e-9
    assert {i for i, p in enumerate(probabilities) if p == 1} == set(sample.certainties)
    assert all(sizes[i] * sample.size < sample.total for i in sample.selected)


@given(st.lists(st.integers(1, 9), min_size=2, max_size=7), st.data())
def test_share_of_starts_is_the_probability(sizes: list[int], data: st.DataObject) -> None:
    n = data.draw(st.integers(1, len(sizes)))
    # The starts at which the sample changes are multiples of 1 / total, so the middle of each step stands for it.
    steps = sum(sizes)
    counts = [0] * len(sizes)
    for step in range(steps):
        sample = systematic_pps(sizes, n, (2 * step + 1) * TICKET_RANGE // (2 * steps))
        for i in (*sample.certainties, *sample.selected):
            counts[i] += 1
    certain = set(inclusion(sizes, n).certainties)
    points, total = n - len(certain), sum(size for i, size in enumerate(sizes) if i not in certain)
    for i, count in enumerate(counts):
        exact = Fraction(1) if i in certain else Fraction(points * sizes[i], total)
        # The rest of the list steps by 1 / total', which need not divide 1 / total: allow one step at each end.
        assert abs(Fraction(count, steps) - exact) <= Fraction(2 * points + 2, steps)


@given(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=20))
def test_tickets_of_many_are_tickets_of_each(ids: list[str]) -> None:
    seed = "0" * 64
    made = tickets(seed, "household", ids)
    assert made == [ticket(seed, "household", unit_id) for unit_id in ids]
    assert 0 <= start(seed, "household", ids[0], "") < TICKET_RANGE
    assert start(seed, "village", None, "x") == start(seed, "village", "", "x")
