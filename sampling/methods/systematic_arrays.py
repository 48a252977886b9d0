"""Systematic selection along long lists: the exact comparisons of ``sampling.methods.systematic``, all at once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampling.methods.systematic import PpsSample
from sampling.tickets import TICKET_DIGITS

BITS = 4 * TICKET_DIGITS


def systematic_pps_arrays(sizes: NDArray[np.int64], n: int, start: int) -> PpsSample:
    """Select n units with probability proportional to size, as ``systematic_pps`` does.

    Point k lies below the sum c of the first sizes when ``(k 2**52 + start) total < c n 2**52``. With ``c n = q total +
    m`` that is so for all k < q, and for k = q when ``m > start total / 2**52``, of which the whole part decides, for m
    is an integer. So one division for each unit tells how many points lie below its sum.

    Parameters
    ----------
    sizes : array of int64, shape (N,)
        Non-negative sizes in the order of the list.
    n : int
        Units to take; at most the number of positive sizes.
    start : int
        Integer start in [0, 2**52).
    """
    values = _exact(sizes, n)
    certain = np.zeros(values.size, dtype=bool)
    total, points = sum_exactly(values), n
    while points:
        found = ~certain & (values > 0) & (values * points >= total)
        if not found.any():
            break
        certain |= found
        total -= int(values[found].sum())
        points -= int(found.sum())
    rest = np.flatnonzero(~certain) if certain.any() else np.arange(values.size)
    selected = rest[:0] if not points else rest[_holding(values[rest], points, total, start)]
    return PpsSample(tuple(np.flatnonzero(certain).tolist()), tuple(selected.tolist()), points, total)


def _holding(sizes: NDArray[Any], points: int, total: int, start: int) -> NDArray[np.intp]:
    """Find the units that hold a point; none here reaches total / points, so none holds two."""
    scaled = np.cumsum(sizes) * points
    whole = scaled // total
    below = whole + (scaled - whole * total > (start * total) >> BITS)
    return np.flatnonzero(np.diff(below, prepend=0) > 0)


def sum_exactly(sizes: NDArray[Any]) -> int:
    """Add sizes up without a limit of 64 bits."""
    return int(_exact(sizes, 1).sum())


def _exact(sizes: NDArray[Any], n: int) -> NDArray[Any]:
    """Give sizes in a type in which sums times n are exact: 64 bits where they fit, else Python's integers."""
    largest = int(sizes.max(initial=0))
    return sizes if largest * sizes.size * max(n, 1) < 2**63 else sizes.astype(object)
