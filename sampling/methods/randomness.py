"""The random numbers of methods that need more than tickets: a stream that follows from the seed and the group."""

import hashlib

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]

_BITS = 52


class Stream:
    """Give uniform numbers, the same for the same text on any machine and with any version of numpy.

    Philox 4x64 in counter mode (Salmon et al. 2011), keyed by the first 128 bits of the text's SHA-256; a number is
    the upper 52 bits of one output word, divided by 2**52. numpy keeps the raw words of a bit generator for ever,
    while the methods of its Generator may change.

    Parameters
    ----------
    text : str
        ``seed:stage/method:parent:stratum``, empty text where there is no parent or stratum.
    """

    def __init__(self, text: str) -> None:
        key = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
        self._words = np.random.Philox(key=key)

    def uniform(self) -> float:
        """Give the next number in [0, 1)."""
        return float(self.uniforms(1)[0])

    def uniforms(self, count: int) -> Floats:
        """Give the next numbers in [0, 1), shape (count,)."""
        words = np.asarray(self._words.random_raw(count), dtype=np.uint64)
        return (words >> np.uint64(64 - _BITS)).astype(np.float64) / float(1 << _BITS)

    def permutation(self, count: int) -> Positions:
        """Give the positions 0 .. count-1 in random order, each order equally likely; shape (count,)."""
        return np.argsort(self.uniforms(count), kind="stable").astype(np.int64)
