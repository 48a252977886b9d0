"""Balanced sampling by the cube method: Horvitz-Thompson totals of balancing variables meet their true totals."""

import numpy as np
from numpy.typing import NDArray

from sampling.methods.randomness import Floats, Positions, Stream

EPSILON = 1e-9
"""A probability this near to 0 or 1 is decided."""
FLAT = 1e-10
"""A pivot this small, beside the largest entry of its own constraint among the units looked at, is none."""


def select(probabilities: Floats, balancing: NDArray[np.float64], stream: Stream) -> Positions:
    """Draw one balanced sample (Deville and Tillé 2004; fast flight phase of Chauvet and Tillé 2006).

    Where the balancing cannot be met exactly any more, the landing phase drops the last variable, then the one before.
    The probabilities themselves stand first, so that the size is fixed. The order of the list is the caller's to mix.

    Parameters
    ----------
    probabilities : array, shape (N,)
        In (0, 1), their sum a whole number.
    balancing : array, shape (N, p)
        Variables whose totals are to be met, the most important first.

    Returns
    -------
    array of int64, shape (n,)
        Positions, ascending.

    Raises
    ------
    ArithmeticError
        Rounding lost the size: nothing that was drawn so may be used.
    """
    current = probabilities.copy()
    constraints = np.column_stack([np.ones(probabilities.size), balancing / probabilities[:, None]])
    for kept in range(constraints.shape[1], 0, -1):
        _fly(current, constraints[:, :kept], stream)
        if not _undecided(current).size:
            break
    taken = np.flatnonzero(current > 0.5)
    if taken.size != round(float(probabilities.sum())):
        raise ArithmeticError(f"{taken.size} units taken instead of {float(probabilities.sum())}")
    return taken


def _undecided(current: Floats) -> Positions:
    return np.flatnonzero((current > EPSILON) & (current < 1.0 - EPSILON))


def _fly(current: Floats, constraints: NDArray[np.float64], stream: Stream) -> None:
    """Walk on the constraints' subspace, a window of p + 1 undecided units at a time, until none is left to move."""
    wide = constraints.shape[1] + 1
    waiting = _undecided(current).tolist()[::-1]
    window: list[int] = []
    while True:
        while waiting and len(window) < wide:
            window.append(waiting.pop())
        direction = _null_vector(constraints[window]) if window else None
        if direction is None:
            return
        _step(current, np.array(window), direction, stream.uniform())
        window = [unit for unit in window if EPSILON < current[unit] < 1.0 - EPSILON]


def _null_vector(rows: NDArray[np.float64]) -> Floats | None:
    """Give a direction in which no constraint changes, or None where there is none.

    Elimination with the largest pivot, the first free unit moves by 1: unlike a singular value decomposition it has one
    answer on every machine. Each constraint is measured by its own largest entry, whatever unit it is counted in.
    """
    units = len(rows)
    largest = np.abs(rows).max(axis=0)
    table = (rows / np.where(largest > 0.0, largest, 1.0)).T
    pivots: list[int] = []
    for unit in range(units):
        below = np.abs(table[len(pivots) :, unit])
        if not below.size or below.max() < FLAT:
            return _free(table, pivots, unit, units)
        row = len(pivots) + int(np.argmax(below))
        table[[len(pivots), row]] = table[[row, len(pivots)]]
        table[len(pivots)] /= table[len(pivots), unit]
        for other in range(len(table)):
            if other != len(pivots):
                table[other] -= table[other, unit] * table[len(pivots)]
        pivots.append(unit)
    return None


def _free(table: NDArray[np.float64], pivots: list[int], unit: int, units: int) -> Floats:
    """Move a free unit by 1 and the units of the pivots so that every constraint stays."""
    direction = np.zeros(units)
    direction[unit] = 1.0
    direction[pivots] = -table[: len(pivots), unit]
    return direction


def _step(current: Floats, window: Positions, direction: Floats, number: float) -> None:
    """Go as far as the cube allows one way or the other, by chances that keep every probability on average."""
    at = current[window]
    moving = np.abs(direction) > 1e-12
    with np.errstate(divide="ignore", invalid="ignore"):
        ahead = np.where(direction > 0, (1.0 - at) / direction, -at / direction)
        behind = np.where(direction > 0, at / direction, (at - 1.0) / direction)
    forward, backward = float(ahead[moving].min()), float(behind[moving].min())
    length = forward if number < backward / (forward + backward) else -backward
    moved = at + length * direction
    moved[moved < EPSILON] = 0.0
    moved[moved > 1.0 - EPSILON] = 1.0
    current[window] = moved
