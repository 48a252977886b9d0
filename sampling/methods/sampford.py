"""Sampford's method: fixed size, exact probabilities of units and pairs, close to maximum entropy."""

import numpy as np
from numpy.typing import NDArray

from sampling.methods import maximum_entropy
from sampling.methods.randomness import Floats, Positions, Stream
from sampling.methods.symmetric import elementary, scale, without_each


def select(probabilities: Floats, stream: Stream) -> Positions:
    """Draw one sample of n units of Sampford's design (Sampford 1967; Särndal et al. 1992, section 3.6.2).

    Sampford draws a first unit with probabilities pi / n and the others with replacement in proportion to the odds,
    until all are different; where n is a large share of N that takes for ever. The same distribution without rejection:
    the first unit is k with probability proportional to ``pi_k L_{n-1}(without k)``, L_m the sum over subsets of m of
    the products of the odds, and the others are a conditional Poisson sample of n - 1 from the rest.

    Returns
    -------
    array of int64, shape (n,)
        Positions, ascending.
    """
    n = round(float(probabilities.sum()))
    odds = probabilities / (1.0 - probabilities)
    chances = np.cumsum(probabilities * maximum_entropy.sums_without_each(odds, n - 1))
    first = min(int(np.searchsorted(chances, stream.uniform() * chances[-1], side="right")), odds.size - 1)
    rest = np.delete(np.arange(odds.size), first)
    others = maximum_entropy.select_by_odds(odds[rest], n - 1, stream)
    return np.sort(np.append(rest[others], first))


def joint(probabilities: Floats) -> NDArray[np.float64]:
    """Give the exact joint probabilities (Sampford 1967, formulas 6 and 7).

    ``pi_kl = K l_k l_l sum_{t=2..n} (t - pi_k - pi_l) L_{n-t}(without k and l) / n**(t-2)`` with ``l = p / (1 - pi)``,
    ``p = pi / n``, L_m the sum over subsets of m of the products of l, and ``1 / K = sum_{t=1..n} t L_{n-t} / n**t``.

    Returns
    -------
    array, shape (N, N)
        Joint probabilities, the diagonal the probabilities themselves.
    """
    n = round(float(probabilities.sum()))
    if n < 2:
        return np.diag(probabilities)  # a single unit has no partner
    odds = probabilities / (1.0 - probabilities)
    factor = scale(odds, n)  # with l = f odds / (f n) the powers of n leave the sums: nothing under- or overflows
    weights = odds * factor
    sizes = np.arange(n + 1)
    sums = elementary(weights, n)
    powers = factor ** np.arange(n + 1)
    constant = 1.0 / np.sum(sizes[1:] * sums[n - sizes[1:]] * powers[sizes[1:]])
    count = probabilities.size
    pairs = np.empty((count, count))
    for k in range(count):
        without = without_each(np.where(np.arange(count) == k, 0.0, weights), n - 2)
        terms = sizes[2:] - probabilities[k] - probabilities[:, None]
        values = terms * without[:, n - sizes[2:]] * powers[sizes[2:]]
        pairs[k] = constant * (weights[k] / factor) * (weights / factor) * values.sum(axis=1)
        pairs[k, k] = probabilities[k]
    return np.asarray((pairs + pairs.T) / 2.0)
