"""Sampford's method: fixed size, exact probabilities of units and pairs, close to maximum entropy."""

import numpy as np
from numpy.typing import NDArray

from sampling.methods import maximum_entropy
from sampling.methods.randomness import Floats, Positions, Stream
from sampling.methods.symmetric import exactly, pairs_worth, size_chances, without_each


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
    # Sums of products of odds are chances of Poisson sampling over the product of all 1 - p, but the unit's own.
    weights = probabilities * (1.0 - probabilities) * without_each(probabilities, exactly(n - 1))
    chances = np.cumsum(weights)
    first = min(int(np.searchsorted(chances, stream.uniform() * chances[-1], side="right")), odds.size - 1)
    rest = np.delete(np.arange(odds.size), first)
    others = maximum_entropy.select_by_odds(odds[rest], n - 1, stream)
    return np.sort(np.append(rest[others], first))


def joint(probabilities: Floats) -> NDArray[np.float64]:
    """Give the exact joint probabilities (Sampford 1967, formulas 6 and 7).

    ``pi_kl = w_k w_l sum_{t=2..n} (t - pi_k - pi_l) S_{n-t}(without k and l) / sum_{t=1..n} t S_{n-t}`` with the odds
    ``w = pi / (1 - pi)``, S_m the sum over subsets of m of the products of odds: Sampford's powers of n cancel out.

    Returns
    -------
    array, shape (N, N)
        Joint probabilities, the diagonal the probabilities themselves.
    """
    n = round(float(probabilities.sum()))
    if n < 2:
        return np.diag(probabilities)  # a single unit has no partner
    missing = np.arange(n, 0.0, -1.0)  # t for samples of n - t = 0 .. n - 1
    timed, plain = pairs_worth(probabilities, missing[:-1]), pairs_worth(probabilities, np.ones(n - 1))
    pairs = timed - (probabilities[:, None] + probabilities[None, :]) * plain
    pairs /= missing @ size_chances(probabilities, n - 1)
    np.fill_diagonal(pairs, probabilities)
    return pairs
