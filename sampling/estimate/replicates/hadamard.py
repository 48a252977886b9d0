"""Make Hadamard matrices: orthogonal rows of plus and minus ones, for balanced half-samples."""

from __future__ import annotations

import numpy as np

from sampling.estimate.table import FloatArray, IntArray


def hadamard(least: int) -> FloatArray:
    """Give a Hadamard matrix of the smallest order from `least` that can be made, its first row all ones.

    Sylvester (1867): the double of a matrix. Paley (1933): orders q + 1 for primes q = 3 mod 4 and 2 (q + 1) for primes
    q = 1 mod 4. Few multiples of 4 are left out (the first is 52).
    """
    order = max(least, 1)
    while (matrix := _of_order(order)) is None:
        order += 1
    return np.asarray(matrix * matrix[:1], dtype=np.float64)


def _of_order(order: int) -> FloatArray | None:
    if order == 1:
        return np.ones((1, 1))
    if order % 2:
        return None
    half = _of_order(order // 2)
    if half is not None:
        return np.kron(np.array([[1.0, 1.0], [1.0, -1.0]]), half)
    if order % 4 == 0 and _is_prime(order - 1):
        return _paley(order - 1)
    if order % 4 == 0 and (order // 2 - 1) % 4 == 1 and _is_prime(order // 2 - 1):
        return _paley_double(order // 2 - 1)
    return None


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def _residues(q: int) -> FloatArray:
    """Give the matrix of quadratic characters of i - j modulo q."""
    character = np.full(q, -1.0)
    character[np.unique(np.arange(1, q, dtype=np.int64) ** 2 % q)] = 1.0
    character[0] = 0.0
    number: IntArray = np.arange(q, dtype=np.int64)
    return np.asarray(character[(number[:, None] - number[None, :]) % q], dtype=np.float64)


def _bordered(q: int, corner: float, column: float) -> FloatArray:
    matrix = np.zeros((q + 1, q + 1))
    matrix[1:, 1:] = _residues(q)
    matrix[0, 1:], matrix[1:, 0], matrix[0, 0] = 1.0, column, corner
    return matrix


def _paley(q: int) -> FloatArray:
    return np.eye(q + 1) + _bordered(q, 0.0, -1.0)


def _paley_double(q: int) -> FloatArray:
    conference = _bordered(q, 0.0, 1.0)
    plus, diagonal = np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([[1.0, -1.0], [-1.0, -1.0]])
    return np.kron(conference, plus) + np.kron(np.eye(q + 1), diagonal)
