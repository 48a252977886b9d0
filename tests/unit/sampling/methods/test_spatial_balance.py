"""Spatial balance: cells counted by hand, ties shared, and spread samples better than plain ones."""

import numpy as np
import pytest

from sampling.methods import local_pivotal, pivotal
from sampling.methods.randomness import Stream
from sampling.methods.spatial_balance import cell_totals, spatial_balance

LINE = np.array([[float(x), 0.0] for x in range(6)])
THIRD = np.full(6, 1 / 3)


@pytest.mark.parametrize(
    ("taken", "totals"),
    [
        ([0, 5], [1.0, 1.0]),
        ([1, 3], [2.5 / 3, 3.5 / 3]),  # unit 2 lies between the two and is shared
        ([0, 1], [1 / 3, 5 / 3]),
    ],
)
def test_cells_by_hand(taken: list[int], totals: list[float]) -> None:
    found = cell_totals(THIRD, LINE, np.array(taken))
    assert np.abs(found - totals).max() < 1e-15
    expected = np.mean((np.array(totals) - 1.0) ** 2)
    assert spatial_balance(THIRD, LINE, np.array(taken)) == pytest.approx(expected, abs=1e-15)


def test_units_at_one_place_share_their_cell() -> None:
    places = np.array([[0.0, 0.0]] * 8 + [[9.0, 9.0]])
    own = np.array([7 / 8] * 8 + [1.0])
    totals = cell_totals(own, places, np.array([0, 1, 2, 3, 4, 5, 6, 8]))
    assert np.abs(totals - 1.0).max() < 1e-15


def test_a_unit_as_near_to_many_is_shared_by_all_of_them() -> None:
    angles = np.arange(12) * np.pi / 6
    ring = np.column_stack([np.cos(angles), np.sin(angles)])
    totals = cell_totals(np.full(13, 12 / 13), np.vstack([ring, [0.0, 0.0]]), np.arange(12))
    assert np.abs(totals - 1.0).max() < 1e-14


def test_sums_over_cells_are_the_size_of_the_sample() -> None:
    random = np.random.default_rng(20261122)
    places, own = random.uniform(size=(500, 2)), np.full(500, 0.1)
    spread = [local_pivotal.select(own, places, Stream(f"spread:{k}")) for k in range(10)]
    plain = [pivotal.select(own, Stream(f"plain:{k}")) for k in range(10)]
    assert all(abs(cell_totals(own, places, taken).sum() - 50.0) < 1e-9 for taken in (*spread, *plain))
    even, uneven = (np.mean([spatial_balance(own, places, taken) for taken in many]) for many in (spread, plain))
    assert even < 0.5 * uneven
    # The cells of few units, counted one by one.
    taken = spread[0]
    nearest = np.argmin(((places[:, None, :] - places[taken][None, :, :]) ** 2).sum(axis=2), axis=1)
    by_hand = np.bincount(nearest, weights=own, minlength=taken.size)
    assert np.abs(cell_totals(own, places, taken) - by_hand).max() < 1e-12
