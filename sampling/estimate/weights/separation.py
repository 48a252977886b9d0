"""Find the rows whose chance a logistic model takes to 0 or 1, because a group of them answers all alike.

Such rows lie on one side of a plane through the others: x'b > 0 where the response is 1, x'b < 0 where it is 0, and
x'b = 0 or the right side everywhere else (Albert, Anderson 1984; found by linear programming as Konis 2007). In the
limit the model is that of the other rows, over the directions in which these still differ.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, optimize

from sampling.estimate.table import BoolArray, FloatArray, IntArray

APART = 1e-6  # distances from the plane below this are rounding; columns are brought to the size 1
INDEPENDENT = 1e-9  # what is left of a column below this share of the largest follows from the columns before


def separated(matrix: FloatArray, response: FloatArray) -> BoolArray:
    """Mark the rows (n,) of a matrix (n, k) whose chance is 0 or 1 in the limit; responses are 0 or 1."""
    signed = np.where(response > 0, 1.0, -1.0)[:, None] * _sized(matrix)
    found = np.zeros(response.size, dtype=np.bool_)
    while not found.all():
        left = np.unique(signed[~found], axis=0)
        solved = optimize.linprog(-left.sum(axis=0), A_ub=-left, b_ub=np.zeros(len(left)), bounds=(-1.0, 1.0))
        apart = np.zeros_like(found) if solved.x is None else ~found & (signed @ solved.x > APART)
        if not apart.any():
            break
        found |= apart
    return found


def independent(matrix: FloatArray) -> IntArray:
    """Give the numbers of columns (n, k) that together say what all say."""
    triangle, order = linalg.qr(_sized(matrix), mode="r", pivoting=True)
    left = np.abs(np.diagonal(triangle))
    return np.sort(order[: np.count_nonzero(left > INDEPENDENT * left[0])]).astype(np.int64)


def _sized(matrix: FloatArray) -> FloatArray:
    size = np.abs(matrix).max(axis=0, initial=0.0)
    return np.asarray(matrix / np.where(size > 0, size, 1.0), dtype=np.float64)
