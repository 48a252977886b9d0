"""The pivotal methods keep their size however little each unit has."""

from fractions import Fraction

import numpy as np

from sampling.methods import local_pivotal, pivotal
from sampling.methods.randomness import Stream


def test_a_million_units_of_next_to_nothing_keep_the_size() -> None:
    given = np.concatenate([np.full(500_000, 4e-10), np.full(4, 0.24995)])
    assert float(given.sum()) == 1.0
    taken = [pivotal.select(given, Stream(f"little:{number}")) for number in range(3)]
    assert [one.size for one in taken] == [1, 1, 1]


def test_what_little_units_have_is_not_lost() -> None:
    given = np.concatenate([np.full(1_000_000, 1e-9 * 0.9), np.full(2, (1.0 - 0.0009) / 2.0)])
    assert pivotal.select(given, Stream("most")).size == 1
    # All the probability lies in units below any threshold once they stand together.
    current = [4e-10, 4e-10]
    assert pivotal.fight(current, 0, 1, 0.75) == 1
    assert current == [0.0, 8e-10]


def test_a_size_of_many_rounded_thirds_is_kept() -> None:
    given = np.full(3_000, float(Fraction(1, 3)))
    places = np.column_stack([np.arange(3_000.0) % 60, np.arange(3_000.0) // 60])
    assert pivotal.select(given, Stream("thirds")).size == 1_000
    assert local_pivotal.select(given, places, Stream("thirds")).size == 1_000
