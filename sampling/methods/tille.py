"""Tillé's elimination: all units stand at first, and one after the other leaves; joint probabilities exact."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sampling.methods.randomness import Floats, Positions, Stream


def select(probabilities: Floats, stream: Stream) -> Positions:
    """Draw one sample of n units by eliminating N - n (Tillé 1996; Tillé 2006, algorithm 6.4).

    From i + 1 units to i unit k leaves with probability ``1 - pi(k; i) / pi(k; i + 1)``, where pi(k; i) are the
    probabilities proportional to the given ones for a sample of i.

    Returns
    -------
    array of int64, shape (n,)
        Positions, ascending.
    """
    n = round(float(probabilities.sum()))
    numbers = stream.uniforms(probabilities.size - n)
    standing = np.ones(probabilities.size, dtype=bool)
    for step, leaves in enumerate(_eliminations(probabilities, n)):
        rest = np.flatnonzero(standing)
        chances = np.cumsum(leaves[rest])
        place = np.searchsorted(chances, numbers[step] * chances[-1], side="right")
        standing[rest[min(int(place), rest.size - 1)]] = False
    return np.flatnonzero(standing)


def joint(probabilities: Floats) -> NDArray[np.float64]:
    """Give the exact joint probabilities, ``prod_i (1 - r_k(i) - r_l(i))`` over the steps (Tillé 1996, formula 5).

    Returns
    -------
    array, shape (N, N)
        Joint probabilities, the diagonal the probabilities themselves.
    """
    pairs = np.ones((probabilities.size, probabilities.size))
    for leaves in _eliminations(probabilities, round(float(probabilities.sum()))):
        pairs *= 1.0 - leaves[:, None] - leaves[None, :]
    np.fill_diagonal(pairs, probabilities)
    return pairs


def _eliminations(probabilities: Floats, n: int) -> Iterator[Floats]:
    """Give the probabilities of leaving at each step, from N units down to n."""
    before = np.ones(probabilities.size)
    for size in range(probabilities.size - 1, n - 1, -1):
        after = proportional(probabilities, size)
        yield 1.0 - after / before
        before = after


def proportional(sizes: Floats, n: int) -> Floats:
    """Give probabilities proportional to size for a sample of n, at most 1 each, certainties taken out repeatedly."""
    probabilities = np.ones(sizes.size)
    rest = np.ones(sizes.size, dtype=bool)
    while True:
        missing = n - int(np.sum(~rest))
        found = rest & (sizes * missing >= sizes[rest].sum())
        if not found.any():
            break
        rest &= ~found
    probabilities[rest] = sizes[rest] * missing / sizes[rest].sum()
    return probabilities
