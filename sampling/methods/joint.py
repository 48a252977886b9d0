"""Joint probabilities where the exact ones are unknown or unusable: approximations for designs near maximum entropy."""

import numpy as np
from numpy.typing import NDArray

from sampling.methods.randomness import Floats


def hajek(probabilities: Floats) -> NDArray[np.float64]:
    """Approximate by ``pi_k pi_l (1 - (1 - pi_k)(1 - pi_l) / d)``, d = sum pi (1 - pi) (Hájek 1964, theorem 5.2)."""
    rest = 1.0 - probabilities
    spread = float(np.sum(probabilities * rest))
    pairs = np.outer(probabilities, probabilities) * (1.0 - np.outer(rest, rest) / spread)
    np.fill_diagonal(pairs, probabilities)
    return pairs


def hartley_rao(probabilities: Floats) -> NDArray[np.float64]:
    """Approximate those of systematic sampling in random order (Hartley and Rao 1962, formula 5.15, order N**-4)."""
    p, n = probabilities, float(probabilities.sum())
    squares, cubes = float(np.sum(p**2)), float(np.sum(p**3))
    a, b = p[:, None], p[None, :]
    pairs = (
        (n - 1) / n * a * b
        + (n - 1) / n**2 * (a**2 * b + a * b**2)
        - (n - 1) / n**3 * a * b * squares
        + 2 * (n - 1) / n**3 * (a**3 * b + a * b**3 + a**2 * b**2)
        - 3 * (n - 1) / n**4 * (a**2 * b + a * b**2) * squares
        + 3 * (n - 1) / n**5 * a * b * squares**2
        - 2 * (n - 1) / n**4 * a * b * cubes
    )
    np.fill_diagonal(pairs, probabilities)
    return np.asarray(pairs)


def brewer(probabilities: Floats) -> NDArray[np.float64]:
    """Approximate by ``pi_k pi_l (c_k + c_l) / 2``, ``c = (n - 1) / (n - pi (2n - 1)/(n - 1) + sum pi**2 / (n - 1))``.

    Brewer (2002), formula 9.14, as Brewer and Donadio (2003), formula 18.
    """
    n = float(probabilities.sum())
    squares = float(np.sum(probabilities**2))
    c = (n - 1) / (n - (2 * n - 1) / (n - 1) * probabilities + squares / (n - 1))
    pairs = np.outer(probabilities, probabilities) * (c[:, None] + c[None, :]) / 2.0
    np.fill_diagonal(pairs, probabilities)
    return np.asarray(pairs)
