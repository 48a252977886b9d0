"""Hadamard matrices."""

from __future__ import annotations

import numpy as np
import pytest

from sampling.estimate.replicates.hadamard import hadamard


@pytest.mark.parametrize("least", [1, 2, 3, 4, 5, 9, 13, 17, 21, 25, 29, 33, 37, 41, 45, 49, 61, 101, 200])
def test_rows_are_orthogonal_and_the_first_is_all_ones(least: int) -> None:
    matrix = hadamard(least)
    order = matrix.shape[0]
    assert least <= order <= least + 8
    assert set(np.unique(matrix)) <= {-1.0, 1.0}
    assert (matrix @ matrix.T == order * np.eye(order)).all()
    assert (matrix[0] == 1.0).all()
