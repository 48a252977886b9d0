"""The pivotal method: two units fight, one wins or loses for good; joint probabilities are not known in closed form."""

import numpy as np

from sampling.methods.randomness import Floats, Positions, Stream


def select(probabilities: Floats, stream: Stream) -> Positions:
    """Draw one sample of n units along the list (Deville and Tillé 1998; Chauvet 2012).

    The order of the list spreads the sample along it; a random order gives the random pivotal method.

    Returns
    -------
    array of int64, shape (n,)
        Positions, ascending.
    """
    current = probabilities.tolist()
    numbers = iter(stream.uniforms(probabilities.size).tolist())
    standing = 0
    for unit in range(1, probabilities.size):
        standing = fight(current, standing, unit, next(numbers))
    return np.flatnonzero(np.array(current) > 0.5)  # the last one keeps what roundings left beside 0 or 1


def fight(current: list[float], one: int, other: int, number: float) -> int:
    """Let two undecided units fight; return the one that stays undecided (either, where none does).

    With a + b < 1 one of them gets a + b and the other 0; else one gets 1 and the other a + b - 1. Each keeps its
    probability on average.
    """
    a, b = current[one], current[other]
    if _decided(a):
        return other
    if _decided(b):
        return one
    total = a + b
    if total < 1.0:
        winner, loser = (one, other) if number < a / total else (other, one)
        current[winner], current[loser] = total, 0.0
        return winner
    winner, loser = (one, other) if number < (1.0 - b) / (2.0 - total) else (other, one)
    current[winner], current[loser] = 1.0, total - 1.0
    return loser


def _decided(value: float) -> bool:
    """Tell whether a unit has fought its last: a threshold beside 0 would take all chance from many little units."""
    return value in (0.0, 1.0)
