"""Brewer's method: exact probabilities for any fixed size, one unit after the other."""

import numpy as np

from sampling.methods.randomness import Floats, Positions, Stream


def select(probabilities: Floats, stream: Stream) -> Positions:
    """Draw one sample of n units (Brewer 1975; Tillé 2006, algorithm 6.10).

    At step j unit k is taken with probability proportional to
    ``pi_k (n - a - pi_k) / (n - a - pi_k (n - j + 1))``, a the sum of the probabilities of the units taken.

    Returns
    -------
    array of int64, shape (n,)
        Positions, ascending.
    """
    n = round(float(probabilities.sum()))
    numbers = stream.uniforms(n)
    open_units = np.ones(probabilities.size, dtype=bool)
    for j in range(1, n + 1):
        rest = np.flatnonzero(open_units)
        own = probabilities[rest]
        left = n - float(probabilities[~open_units].sum())
        chances = np.cumsum(own * (left - own) / (left - own * (n - j + 1)))
        place = np.searchsorted(chances, numbers[j - 1] * chances[-1], side="right")
        open_units[rest[min(int(place), rest.size - 1)]] = False
    return np.flatnonzero(~open_units)
