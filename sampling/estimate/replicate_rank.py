"""Count the independent ones among replicate weights: their degrees of freedom."""

from __future__ import annotations

import numpy as np

from sampling.estimate.table import FloatArray

TOLERANCE = 1e-5  # singular values below this share of the largest are 0, as in R survey's degf


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
    values = np.linalg.eigvalsh(products)
    return float((values > TOLERANCE**2 * values[-1]).sum())
