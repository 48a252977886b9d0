"""First-order probabilities in proportion to size, in exact integers, with certainties taken out repeatedly."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Inclusion:
    """Hold how likely each unit of a group is to be taken when n are.

    Parameters
    ----------
    certainties : tuple of int
        Positions of the units whose probability is 1, ascending.
    points, total : int
        Units still to be taken, and the total of sizes, after the certainties left: the probability of any other unit
        is ``points * size / total``.
    """

    certainties: tuple[int, ...]
    points: int
    total: int

    def ratio(self, position: int, size: int) -> tuple[int, int]:
        """Give a unit's probability as numerator and denominator."""
        if position in self._certain:
            return 1, 1
        return (self.points * size, self.total) if self.points else (0, 1)

    @cached_property
    def _certain(self) -> frozenset[int]:
        return frozenset(self.certainties)

    def others(self, sizes: Sequence[int]) -> list[int]:
        """List the positions that are neither certain nor without size."""
        certain = self._certain
        return [i for i, size in enumerate(sizes) if size > 0 and i not in certain]

    def floats(self, sizes: Sequence[int], positions: Sequence[int]) -> list[float]:
        """Give the probabilities at positions outside the certainties."""
        return [self.points * sizes[i] / self.total for i in positions]


def inclusion(sizes: Sequence[int], n: int) -> Inclusion:
    """Take the units with size * n >= total out, repeatedly: each leaves the list, n and the total.

    The rule of Särndal, Swensson and Wretman (1992), section 3.6.2, in exact integers.

    Parameters
    ----------
    sizes : sequence of int, shape (N,)
        Non-negative.
    n : int
        Units to take, or to expect; at most the number of positive sizes.
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
    return Inclusion(tuple(sorted(taken)), n - len(taken), total)


def inclusion_probabilities(sizes: Sequence[int], n: int) -> list[float]:
    """Give each unit's probability when n are taken: 1 for certainties, else n' * size / total'.

    Returns
    -------
    list of float, shape (N,)
        Correctly rounded quotients of exact integers, as R ``sampling::inclusionprobabilities``.
    """
    found = inclusion(sizes, n)
    certain = set(found.certainties)
    return [
        1.0 if i in certain else (found.points * size / found.total if found.points else 0.0)
        for i, size in enumerate(sizes)
    ]
