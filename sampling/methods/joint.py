"""Joint probabilities where the exact ones are unknown or unusable: approximations for designs near maximum entropy.

Each gives the pairs of the units ``among`` which they are wanted, all N unless given, as shape (k, k), the diagonal
holding the probabilities themselves: sums run over the whole group, and no table of all its units is made. A sample of
one unit has no pairs.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sampling.methods.randomness import Floats, Positions

_ROUNDING = 1e-9


def hajek(probabilities: Floats, among: Positions | None = None) -> NDArray[np.float64]:
    """Approximate by ``pi_k pi_l (1 - (1 - pi_k)(1 - pi_l) / d)``, d = sum pi (1 - pi) (Hájek 1964, theorem 5.2).

    Raises
    ------
    ArithmeticError
        d is below 1, where the approximation, made for large d, can be negative.
    """
    own = _own(probabilities, among)
    if _single(probabilities):
        return np.diag(own)
    spread = float(np.sum(probabilities * (1.0 - probabilities)))
    if spread < 1.0:
        raise ArithmeticError(f"sum of p (1 - p) is {spread}, too small for this approximation")
    rest = 1.0 - own
    return _by_rows(own, lambda k: own[k] * own * (1.0 - rest[k] * rest / spread))


def hartley_rao(probabilities: Floats, among: Positions | None = None) -> NDArray[np.float64]:
    """Approximate those of systematic sampling in random order (Hartley and Rao 1962, formula 5.15, order N**-4).

    Raises
    ------
    ArithmeticError
        The probabilities are too uneven: no sample has such pairs.
    """
    own = _own(probabilities, among)
    if _single(probabilities):
        return np.diag(own)
    n = float(probabilities.sum())
    squares, cubes = float(np.sum(probabilities**2)), float(np.sum(probabilities**3))
    squared, cubed = own**2, own**3

    def row(k: int) -> Floats:
        ab, a2b = own[k] * own, squared[k] * own + own[k] * squared
        a3b = cubed[k] * own + own[k] * cubed
        return np.asarray(
            (n - 1) / n * ab
            + (n - 1) / n**2 * a2b
            - (n - 1) / n**3 * ab * squares
            + 2 * (n - 1) / n**3 * (a3b + squared[k] * squared)
            - 3 * (n - 1) / n**4 * a2b * squares
            + 3 * (n - 1) / n**5 * ab * squares**2
            - 2 * (n - 1) / n**4 * ab * cubes
        )

    return _by_rows(own, row)


def brewer(probabilities: Floats, among: Positions | None = None) -> NDArray[np.float64]:
    """Approximate by ``pi_k pi_l (c_k + c_l) / 2``, ``c = (n - 1) / (n - pi (2n - 1)/(n - 1) + sum pi**2 / (n - 1))``.

    Brewer (2002), formula 9.14, as Brewer and Donadio (2003), formula 18.

    Raises
    ------
    ArithmeticError
        The probabilities are too uneven: no sample has such pairs.
    """
    own = _own(probabilities, among)
    if _single(probabilities):
        return np.diag(own)
    n = float(probabilities.sum())
    squares = float(np.sum(probabilities**2))
    below = n - (2 * n - 1) / (n - 1) * own + squares / (n - 1)
    if (below <= 0.0).any():
        raise ArithmeticError("the probabilities are too uneven for this approximation")
    c = (n - 1) / below
    return _by_rows(own, lambda k: own[k] * own * (c[k] + c) / 2.0)


def _own(probabilities: Floats, among: Positions | None) -> Floats:
    """Give the probabilities of the units whose pairs are wanted."""
    return probabilities if among is None else probabilities[among]


def _single(probabilities: Floats) -> bool:
    """Tell whether at most one unit is taken, so that no two are taken together."""
    return round(float(probabilities.sum())) < 2


def _by_rows(own: Floats, row: Callable[[int], Floats]) -> NDArray[np.float64]:
    """Fill a table row by row, so that nothing else is as large; refuse pairs that no sample has."""
    pairs = np.empty((own.size, own.size))
    for k in range(own.size):
        pairs[k] = row(k)
        pairs[k, k] = own[k]
        if (pairs[k] < -_ROUNDING).any() or (pairs[k] > np.minimum(own[k], own) + _ROUNDING).any():
            raise ArithmeticError("the probabilities are too uneven for this approximation")
    return pairs
