"""Tail probabilities of quotients and sums of chi-squares."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from sampling.estimate.fits.chi_square_sum import f_sum_tail, f_tail


def test_a_tail_probability_is_near_the_integral() -> None:
    """Against a count of many draws, and against F where all factors are one."""
    assert f_sum_tail(9.0, np.array([1.5]), 20.0) == pytest.approx(stats.f.sf(6.0, 1, 20), rel=0.07)
    generator = np.random.default_rng(3)
    factors = np.array([0.5, 1.0, 2.0])
    drawn = generator.chisquare(1, (400_000, 3)) @ factors / (generator.chisquare(12, 400_000) / 12)
    for value in (2.0, 3.5, 8.0, 20.0):
        assert f_sum_tail(value, factors, 12.0) == pytest.approx((drawn > value).mean(), rel=0.05)
    tails = [f_sum_tail(value, factors, 12.0) for value in np.linspace(0.5, 12, 200)]
    assert all(one > other for one, other in pairwise(tails))


@pytest.mark.parametrize(("value", "above", "below"), [(2.3, 3.0, 17.5), (0.0, 1.0, 4.0), (40.0, 2.0, 6.0)])
def test_tail_of_f(value: float, above: float, below: float) -> None:
    assert f_tail(value, above, below) == pytest.approx(stats.f.sf(value, above, below), rel=1e-12)


def test_tail_of_f_without_end_below_the_line() -> None:
    assert f_tail(2.3, 3.0, np.inf) == pytest.approx(stats.chi2.sf(6.9, 3), rel=1e-12)
    assert f_tail(-1e-18, 3.0, 5.0) == 1.0
