"""Find the rows that share their factors among given replicate weights: PSUs, whose labels no file names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sampling.estimate.table import FloatArray, IntArray

DIGITS = 6  # rows whose multiples agree in so many significant digits may share their factors
EXACT = 1e-9  # they do where no weight moves by more than this share of it: what printing takes off


def shared_factors(columns: Sequence[FloatArray], base: FloatArray) -> tuple[IntArray, FloatArray] | None:
    """Find the rows whose weights are the same multiples of `base` in all replicates, as those of one PSU are.

    None where there are few of them, or where a row without weight has some in a replicate.

    Parameters
    ----------
    columns : for each replicate (rows,) its weights; base : (rows,)

    Returns
    -------
    (rows,) the line of each row, and the lines of factors (units, R)
    """
    inverse = np.divide(1.0, base, out=np.zeros_like(base), where=base != 0)
    mark = np.zeros(base.size, dtype=np.uint64)
    for numbers in columns:
        if bool((numbers[base == 0] != 0).any()):
            return None
        mark = _mixed(mark ^ _rounded(numbers * inverse).view(np.uint64))
    _, first, unit = np.unique(mark, return_index=True, return_inverse=True)
    if first.size > base.size // 2:
        return None
    factors = np.empty((first.size, len(columns)))
    for number, numbers in enumerate(columns):
        factors[:, number] = numbers[first] * inverse[first]
        if bool((np.abs(factors[unit, number] * base - numbers) > EXACT * np.abs(numbers)).any()):
            return None
    return unit.astype(np.int64), factors


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Let every bit change all others (the finaliser of MurmurHash3, Appleby 2011)."""
    for multiplier in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        bits = (bits ^ (bits >> np.uint64(33))) * np.uint64(multiplier)
    return bits ^ (bits >> np.uint64(33))


def _rounded(values: FloatArray) -> FloatArray:
    """Round to some significant digits in base 2; -0 becomes 0."""
    mantissa, exponent = np.frexp(values)
    grain = 10.0**DIGITS
    return np.asarray(np.ldexp(np.round(mantissa * grain) / grain, exponent) + 0.0, dtype=np.float64)
