"""Sampling with replacement in proportion to size: a unit may be drawn several times, each draw counts."""

import numpy as np
from numpy.typing import NDArray

from sampling.methods.randomness import Floats, Stream


def select(sizes: Floats, n: int, stream: Stream) -> NDArray[np.int64]:
    """Draw n times, each time with probability x / X (Hansen and Hurwitz 1943).

    Returns
    -------
    array of int64, shape (N,)
        How often each unit was drawn; its expectation is ``n x / X``.
    """
    cumulated = np.cumsum(sizes)
    drawn = np.searchsorted(cumulated, stream.uniforms(n) * cumulated[-1], side="right")
    return np.bincount(np.minimum(drawn, sizes.size - 1), minlength=sizes.size)
