"""The cube method keeps its size and its probabilities whatever units the balancing variables are counted in."""

import numpy as np
import pytest

from sampling.methods import cube, tille
from sampling.methods.randomness import Floats, Stream

UNITS, TAKE = 300, 40
GENERATOR = np.random.default_rng(20261122)
SIZES: Floats = GENERATOR.lognormal(0.0, 0.8, UNITS)
GIVEN = tille.proportional(SIZES, TAKE)
OUTPUT: Floats = SIZES * GENERATOR.lognormal(0.0, 0.7, UNITS)
AREA: Floats = SIZES * GENERATOR.lognormal(0.0, 0.5, UNITS)


@pytest.mark.parametrize("scale", [1.0, 1e-9, 5e10, 1e12], ids=["plain", "tiny", "yuan", "huge"])
def test_the_size_is_kept_and_totals_are_met_in_any_unit(scale: float) -> None:
    balancing = np.column_stack([OUTPUT * scale, AREA * 1e4])  # yuan and square metres
    errors = []
    for number in range(60):
        taken = cube.select(GIVEN, balancing, Stream(f"cube:{number}"))
        assert taken.size == TAKE
        errors.append(np.sum(balancing[taken] / GIVEN[taken, None], axis=0) / balancing.sum(axis=0) - 1.0)
    assert np.std(errors, axis=0).max() < 0.04


def test_a_unit_of_measure_changes_no_sample() -> None:
    plain = np.column_stack([OUTPUT, AREA])
    for number in range(20):
        stream = f"cube:{number}"
        expected = cube.select(GIVEN, plain, Stream(stream)).tolist()
        assert cube.select(GIVEN, plain * [2.0**40, 2.0**-40], Stream(stream)).tolist() == expected


def test_a_variable_that_repeats_the_size_or_another_costs_nothing() -> None:
    twice = np.column_stack([GIVEN * 3e9, OUTPUT, OUTPUT * 7e8, np.zeros(UNITS)])
    sizes = {cube.select(GIVEN, twice, Stream(f"cube:{number}")).size for number in range(40)}
    assert sizes == {TAKE}
