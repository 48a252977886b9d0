"""Select units of one group exactly: systematic PPS in integers; the smallest tickets are the engine's to find."""

from collections.abc import Sequence
from dataclasses import dataclass

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


def certainty_units(sizes: Sequence[int], n: int) -> list[int]:
    """Find the units with size * n >= total, repeatedly: each leaves the list, n and the total.

    The rule of Särndal, Swensson and Wretman (1992), section 3.6.2, in exact integers.

    Returns
    -------
    list of int
        Positions, ascending.
    """
    taken: list[int] = []
    rest = [i for i, size in enumerate(sizes) if size > 0]
    total = sum(sizes)
    while n > len(taken):
        points = n - len(taken)
        found = [i for i in rest if sizes[i] * points >= total]
        if not found:
            break
        taken.extend(found)
        total -= sum(sizes[i] for i in found)
        gone = set(found)
        rest = [i for i in rest if i not in gone]
    return sorted(taken)


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
    certainties = certainty_units(sizes, n)
    certain = set(certainties)
    rest = [i for i in range(len(sizes)) if i not in certain]
    points = n - len(certainties)
    total = sum(sizes[i] for i in rest)
    return PpsSample(tuple(certainties), tuple(_walk(rest, sizes, points, total, start)), points, total)


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


def inclusion_probabilities(sizes: Sequence[int], n: int) -> list[float]:
    """Give each unit's probability under systematic PPS of n: 1 for certainties, else n' * size / total'.

    Returns
    -------
    list of float, shape (N,)
        Correctly rounded quotients of exact integers, as R ``sampling::inclusionprobabilities``.
    """
    certain = set(certainty_units(sizes, n))
    points = n - len(certain)
    total = sum(size for i, size in enumerate(sizes) if i not in certain)
    return [1.0 if i in certain else (points * size / total if points else 0.0) for i, size in enumerate(sizes)]
