"""Hold several estimates against 0 at once."""

from __future__ import annotations

import numpy as np
from scipy import linalg

from sampling.estimate.errors import NoFitError
from sampling.estimate.table import FloatArray

SINGULAR = 1e-12  # share of an estimate's variance that the others must leave


def wald(value: FloatArray, covariance: FloatArray) -> float:
    """Give value' covariance^-1 value (Wald 1943).

    Raises
    ------
    NoFitError
        When the covariance has no inverse: too few units for so many estimates, or one that does not vary.
    """
    variance = np.diagonal(covariance)
    if not (variance > 0).all():
        raise NoFitError("estimate.no_variance")
    size = np.sqrt(variance)
    try:
        factor = linalg.cholesky(covariance / np.outer(size, size), lower=True)
    except linalg.LinAlgError:
        raise NoFitError("estimate.singular_covariance") from None
    if (np.diagonal(factor) ** 2 <= SINGULAR).any():
        raise NoFitError("estimate.singular_covariance")
    left = linalg.solve_triangular(factor, value / size, lower=True)
    return float(left @ left)
