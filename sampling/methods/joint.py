"""Joint probabilities where the exact ones are unknown or unusable: approximations for designs near maximum entropy.

Each gives the pairs of the units ``among`` which they are wanted, all N unless given, as shape (k, k), the diagonal
holding the probabilities themselves: sums run over the whole group, and no table of all its units is made. A sample of
one unit has no pairs.
"""

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
    return _possible(np.outer(own, own) * (1.0 - np.outer(rest, rest) / spread), own)


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
    a, b = own[:, None], own[None, :]
    pairs = (
        (n - 1) / n * a * b
        + (n - 1) / n**2 * (a**2 * b + a * b**2)
        - (n - 1) / n**3 * a * b * squares
        + 2 * (n - 1) / n**3 * (a**3 * b + a * b**3 + a**2 * b**2)
        - 3 * (n - 1) / n**4 * (a**2 * b + a * b**2) * squares
        + 3 * (n - 1) / n**5 * a * b * squares**2
        - 2 * (n - 1) / n**4 * a * b * cubes
    )
    return _possible(np.asarray(pairs), own)


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
    return _possible(np.outer(own, own) * (c[:, None] + c[None, :]) / 2.0, own)


def _own(probabilities: Floats, among: Positions | None) -> Floats:
    """Give the probabilities of the units whose pairs are wanted."""
    return probabilities if among is None else probabilities[among]


def _single(probabilities: Floats) -> bool:
    """Tell whether at most one unit is taken, so that no two are taken together."""
    return round(float(probabilities.sum())) < 2


def _possible(pairs: NDArray[np.float64], probabilities: Floats) -> NDArray[np.float64]:
    """Put the probabilities on the diagonal, and refuse pairs below 0 or likelier than one of their units."""
    np.fill_diagonal(pairs, probabilities)
    most = np.minimum(probabilities[:, None], probabilities[None, :])
    if (pairs < -_ROUNDING).any() or (pairs > most + _ROUNDING).any():
        raise ArithmeticError("the probabilities are too uneven for this approximation")
    return pairs
