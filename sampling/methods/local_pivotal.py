"""Spatially spread sampling: near units fight each other, so that neighbours are seldom taken together."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sampling.methods.pivotal import fight
from sampling.methods.randomness import Floats, Positions, Stream

_NEIGHBOURS = 8
_REBUILD = 0.5
"""The tree is built anew when fewer than this share of its units are undecided."""


def select(probabilities: Floats, coordinates: NDArray[np.float64], stream: Stream) -> Positions:
    """Draw one spread sample of n units (local pivotal method 2: Grafström, Lundström and Schelin 2012).

    A unit chosen at random fights the nearest undecided unit, ties by position, until at most one is undecided.

    Parameters
    ----------
    probabilities : array, shape (N,)
        In (0, 1), their sum a whole number.
    coordinates : array, shape (N, d)
        In one unit of length for all columns (project longitude and latitude first).

    Returns
    -------
    array of int64, shape (n,)
        Positions, ascending.
    """
    current = probabilities.tolist()
    left = _Undecided(coordinates)
    while len(left.units) > 1:
        one = left.units[int(stream.uniform() * len(left.units))]
        other = left.nearest(one)
        fight(current, one, other, stream.uniform())
        for unit in (one, other):
            if current[unit] in (0.0, 1.0):
                left.remove(unit)
    return np.flatnonzero(np.array(current) > 0.5)


class _Undecided:
    """Keep the undecided units and find the nearest of them."""

    def __init__(self, coordinates: NDArray[np.float64]) -> None:
        self.units = list(range(len(coordinates)))
        self._places = list(range(len(coordinates)))
        self._coordinates = coordinates
        self._build()

    def _build(self) -> None:
        self._listed = np.array(sorted(self.units))
        self._tree = cKDTree(self._coordinates[self._listed])

    def remove(self, unit: int) -> None:
        """Take a unit out in constant time: the last one moves to its place."""
        place, last = self._places[unit], self.units.pop()
        if last != unit:
            self.units[place] = last
            self._places[last] = place
        self._places[unit] = -1
        if len(self.units) > 1 and len(self.units) < _REBUILD * len(self._listed):
            self._build()

    def nearest(self, unit: int) -> int:
        """Find the nearest other undecided unit; among equally near ones the first of the list."""
        wanted = _NEIGHBOURS
        while True:
            wanted = min(wanted, len(self._listed))
            answer = self._tree.query(self._coordinates[unit], k=wanted)
            distances, found = (np.atleast_1d(part) for part in answer)
            near = [
                (float(distance), int(self._listed[place]))
                for distance, place in zip(distances, found, strict=True)
                if self._places[self._listed[place]] >= 0 and self._listed[place] != unit
            ]
            # The ties of the farthest found may go on beyond it.
            if near and (wanted == len(self._listed) or min(near)[0] < float(distances[-1])):
                return min(near)[1]
            if wanted == len(self._listed):
                return min(near)[1]
            wanted *= 2
