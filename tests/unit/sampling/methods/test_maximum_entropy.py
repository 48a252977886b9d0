"""Maximum entropy sampling finds its odds in groups as large as the catalogue allows, and quickly."""

import numpy as np
import pytest

from sampling.methods import maximum_entropy, tille
from sampling.methods.catalogue import METHODS


@pytest.mark.parametrize(
    ("units", "n", "spread"), [(1000, 500, 0.5), (METHODS["maximum_entropy"].most_units or 0, 300, 1.0)]
)
def test_odds_of_ordinary_large_groups_are_found(units: int, n: int, spread: float) -> None:
    sizes = np.random.default_rng(20261122).lognormal(0.0, spread, units)
    made = tille.proportional(sizes, n)
    given = made[made < 1.0]
    odds = maximum_entropy.odds_of(given)
    reached = maximum_entropy._conditional(odds, round(float(given.sum())))
    assert np.abs(reached - given).max() <= maximum_entropy.tolerance(given.size)
    assert maximum_entropy.tolerance(given.size) < 1e-11


def test_odds_of_few_units_with_nearly_all_of_the_probability_are_found() -> None:
    few = np.array([0.9999, 0.9999, 0.4999, 0.4999, 0.0001, 0.0001, 0.0002])
    for given in (few * 3.0 / few.sum(), np.array([0.48221343873517786, 0.5296442687747036, 0.9881422924901185])):
        odds = maximum_entropy.odds_of(given)
        assert np.abs(maximum_entropy._conditional(odds, round(float(given.sum()))) - given).max() < 1e-12


def test_probabilities_without_digits_beside_1_are_refused() -> None:
    with pytest.raises(ArithmeticError):
        maximum_entropy.odds_of(tille.proportional(np.array([11.0, 4.0, 1.0, 85963501846.0]), 1))
