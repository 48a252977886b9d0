"""Resample the draws of every stratum with replacement, or from a copy of its population."""

from __future__ import annotations

import numpy as np

from sampling.estimate.replicates.units import DrawnUnits, generator
from sampling.estimate.table import FloatArray


def rao_wu(units: DrawnUnits, replicates: int, seed: int) -> FloatArray:
    """Draw n - 1 of n with replacement and rescale; factors 1 + sqrt(1 - f) (n / (n - 1) count - 1).

    Rao, Wu (1988), section 2, with m = n - 1; as weights Rao, Wu, Yue (1992). Never negative.
    """
    factors = np.ones((units.starts[-1], replicates))
    for index, draws in units.each_stratum():
        n = int(units.sizes[index])
        random = generator(seed, units.names[index])
        count = _counts(random, n, n - 1, replicates)
        factors[draws] += np.sqrt(units.open_draws[draws])[:, None] * (count * (n / (n - 1.0)) - 1.0)
    return factors


def canty_davison(units: DrawnUnits, replicates: int, seed: int) -> FloatArray:
    """Draw n of n with replacement, or with a sampling fraction n from N copies of the sample, without replacement.

    Canty, Davison (1999), section 3. Where n does not divide N, chance lets some units stand for one more.
    """
    factors = np.ones((units.starts[-1], replicates))
    for index, draws in units.each_stratum():
        n = int(units.sizes[index])
        random = generator(seed, units.names[index])
        fraction = 1.0 - float(units.open_draws[draws][0])
        if fraction <= 0.0:
            factors[draws] = _counts(random, n, n, replicates)
            continue
        population = max(round(n / fraction), n)
        copies = np.full(n, population // n, dtype=np.int64)
        copies[random.permutation(n)[: population % n]] += 1
        factors[draws] = random.multivariate_hypergeometric(copies, n, size=replicates).T
    return factors


def _counts(random: np.random.Generator, n: int, times: int, replicates: int) -> FloatArray:
    """Count how often each of n is drawn in `times` draws with replacement: (n, replicates)."""
    drawn = random.integers(0, n, size=(times, replicates)) * replicates + np.arange(replicates)
    return np.bincount(drawn.ravel(), minlength=n * replicates).reshape(n, replicates).astype(np.float64)
