"""Count the independent ones among replicate weights: their degrees of freedom."""

from __future__ import annotations

import numpy as np
from scipy.linalg import lapack

from sampling.estimate.table import FloatArray

TOLERANCE = 1e-5  # singular values below this share of the largest are 0, as in R survey's degf
SURE = 1e3  # times the tolerance: then the estimate need not be exact


def rank(factors: FloatArray) -> float:
    """Give the rank of (units, R) factors, from the smaller of their two matrices of products.

    Units are brought to one length first, so that no large weight hides a small one.
    """
    length = np.sqrt(np.einsum("ij,ij->i", factors, factors))
    used = length > 0
    if not bool(used.any()):
        return 0.0
    unit = factors[used] / length[used, None]
    products = unit @ unit.T if unit.shape[0] <= unit.shape[1] else unit.T @ unit
    if _surely_full(products):
        return float(products.shape[0])
    values = np.linalg.eigvalsh(products)
    return float((values > TOLERANCE**2 * values[-1]).sum())


def _surely_full(products: FloatArray) -> bool:
    """Tell whether a matrix of products is far from losing rank, by its Cholesky factor: a tenth of eigenvalues' time.

    The condition number in the 1-norm, which LAPACK estimates to a small factor, bounds that of the eigenvalues.
    """
    factor, failed = lapack.dpotrf(products, lower=True)
    if failed:
        return False
    inverse_condition, _ = lapack.dpocon(factor, np.abs(products).sum(axis=0).max(), uplo="L")
    return bool(inverse_condition > SURE * TOLERANCE**2)
