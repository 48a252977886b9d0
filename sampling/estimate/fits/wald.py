"""Hold several estimates against 0 at once."""

from __future__ import annotations

import numpy as np
from scipy import linalg

from sampling.estimate.errors import NoFitError
from sampling.estimate.statistics import ROUNDING
from sampling.estimate.table import FloatArray

SINGULAR = 1e-12  # share of an estimate's variance that the others must leave


def wald(value: FloatArray, covariance: FloatArray, size: float) -> float:
    """Give value' covariance^-1 value (Wald 1943).

    Parameters
    ----------
    size : of the sums that the values are differences of; standard errors far below it are rounding

    Raises
    ------
    NoFitError
        When the covariance has no inverse: too few units for so many estimates, or one that does not vary.
    """
    variance = np.diagonal(covariance)
    if not (variance > (ROUNDING * size) ** 2).all():
        raise NoFitError("estimate.no_variance")
    error = np.sqrt(variance)
    try:
        factor = linalg.cholesky(covariance / np.outer(error, error), lower=True)
    except linalg.LinAlgError:
        raise NoFitError("estimate.singular_covariance") from None
    if (np.diagonal(factor) ** 2 <= SINGULAR).any():
        raise NoFitError("estimate.singular_covariance")
    left = linalg.solve_triangular(factor, value / error, lower=True)
    return float(left @ left)
