"""Systematic selection with probability proportional to size, in exact integers."""

from collections.abc import Sequence
from dataclasses import dataclass

from sampling.methods.probabilities import inclusion
from sampling.tickets import TICKET_RANGE


@dataclass(frozen=True)
class PpsSample:
    """Hold what a systematic PPS selection took, as positions in the list given.

    Parameters
    ----------
    certainties : tuple of int
        Units whose probability is 1, in the order of the list.
    selected : tuple of int
        The others, in the order of the selection points.
    size, total : int
        Number n of selection points and total of sizes after the certainties left: a selected unit's probability is
        ``size * its size / total``.
    """

    certainties: tuple[int, ...]
    selected: tuple[int, ...]
    size: int
    total: int


def systematic_pps(sizes: Sequence[int], n: int, start: int) -> PpsSample:
    """Select n units with probability proportional to size, systematically along the list.

    The selection points are ``(k * 2**52 + start) * total / (n * 2**52)``, k = 0..n-1; unit i is taken when
    ``cum[i-1] <= point < cum[i]`` (Madow 1949). Everything is compared in integers, so any machine agrees.

    Parameters
    ----------
    sizes : sequence of int, shape (N,)
        Non-negative sizes in the order of the list (ticket or frame order).
    n : int
        Units to take; at most the number of positive sizes.
    start : int
        Integer start in [0, 2**52).

    Raises
    ------
    ValueError
        A negative size, or more units asked than have a positive size.
    """
    if any(size < 0 for size in sizes):
        raise ValueError("sizes must not be negative")
    if not 0 <= n <= sum(size > 0 for size in sizes):
        raise ValueError(f"n must lie between 0 and the number of positive sizes, not {n}")
    if not 0 <= start < TICKET_RANGE:
        raise ValueError("start must lie in [0, 2**52)")
    found = inclusion(sizes, n)
    selected = _walk(found.others(sizes), sizes, found.points, found.total, start)
    return PpsSample(found.certainties, tuple(selected), found.points, found.total)


def _walk(rest: Sequence[int], sizes: Sequence[int], points: int, total: int, start: int) -> list[int]:
    """Take the unit in which each selection point falls; both sides are multiplied by ``points * 2**52``."""
    selected = []
    cumulated, k = 0, 0
    for i in rest:
        cumulated += sizes[i]
        # No unit here reaches total / points, so a unit never holds two points.
        if k < points and (k * TICKET_RANGE + start) * total < cumulated * points * TICKET_RANGE:
            selected.append(i)
            k += 1
    return selected
