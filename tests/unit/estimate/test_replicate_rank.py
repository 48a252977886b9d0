"""The rank of replicate weights is that of their singular values, whether it is full, nearly full or not."""

import numpy as np
import pytest

from sampling.estimate.replicates.rank import TOLERANCE, rank
from sampling.estimate.table import FloatArray


def factors(strata: int, size: int, replicates: int) -> FloatArray:
    random = np.random.default_rng(7)
    drawn = [random.multinomial(size - 1, np.full(size, 1 / size), replicates).T for _ in range(strata)]
    return np.vstack(drawn) * size / (size - 1)


@pytest.mark.parametrize(("strata", "size", "replicates"), [(6, 5, 12), (6, 5, 24), (6, 5, 60), (2, 9, 17), (1, 4, 8)])
def test_counts_singular_values(strata: int, size: int, replicates: int) -> None:
    made = factors(strata, size, replicates)
    values = np.linalg.svd(made, compute_uv=False)
    assert rank(made) == (values > TOLERANCE * values[0]).sum()


@pytest.mark.parametrize(("apart", "expected"), [(1e-2, 3.0), (1e-3, 3.0), (1e-7, 2.0), (0.0, 2.0)])
def test_units_nearly_alike_count_by_the_tolerance(apart: float, expected: float) -> None:
    made = np.array([[1.0, 0.0, 2.0, 1.0], [0.0, 1.0, 1.0, 2.0], [1.0, 0.0, 2.0, 1.0]])
    made[2, 3] += apart
    assert rank(made) == expected
