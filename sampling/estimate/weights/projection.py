"""Take from scores what adjustments of the weights explain: only residuals vary from sample to sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.estimate.table import FloatArray
from sampling.estimate.weights.auxiliary import Auxiliary

EXPLAINED = 1e-9  # a residual below this share of its score is rounding
INDEPENDENT = 1e-10  # auxiliary variables are linear combinations of others below this share of the largest eigenvalue


@dataclass(frozen=True)
class Projection:
    """Hold one adjustment of the weights, as far as the variance needs it.

    The score s of a row becomes s_i - spread_i left_i' solve sum_j gather_j right_j s_j. For calibration this is the
    g-weighted residual g_k (y_k - x_k' B) / pi_k of Deville, Sarndal (1992), formula 3.4.

    Attributes
    ----------
    left, right : auxiliary variables of p columns; they are the same but for calibration of whole clusters
    spread, gather : (rows,)
    solve : (p, p), or its diagonal (p,)
    exact : what `solve` comes near to in a number of rounds; None where `solve` is exact
    """

    left: Auxiliary
    right: Auxiliary
    spread: FloatArray
    gather: FloatArray
    solve: FloatArray
    exact: FloatArray | None = None

    def explained(self, sums: FloatArray) -> FloatArray:
        """Give the coefficients (k, p) of the left variables from sums (k, p) of gather * right * score."""
        return np.asarray(sums * self.solve if self.solve.ndim == 1 else sums @ self.solve.T, dtype=np.float64)

    def residual(self, columns: FloatArray) -> FloatArray:
        """Give (rows, k) scores less what is explained of them, 0 where that is all of a score."""
        gathered = self.right.sums(columns * self.gather[:, None])
        left = self._less(columns, self.explained(gathered))
        exact = left if self.exact is None else self._less(columns, gathered @ self.exact.T)
        whole = np.abs(exact).max(axis=0, initial=0.0) <= EXPLAINED * np.abs(columns).max(axis=0, initial=0.0)
        return np.where(whole, 0.0, left)

    def _less(self, columns: FloatArray, coefficients: FloatArray) -> FloatArray:
        return columns - self.spread[:, None] * self.left.combined(coefficients.T)


def inverse(crossed: FloatArray) -> FloatArray:
    """Invert a symmetric matrix of sums x x', leaving out what is a combination of other variables."""
    scale = np.sqrt(reciprocal(np.diag(crossed)))
    scales = np.outer(scale, scale)
    return np.asarray(np.linalg.pinv(crossed * scales, rcond=INDEPENDENT, hermitian=True) * scales, dtype=np.float64)


def reciprocal(values: FloatArray) -> FloatArray:
    """Give 1 / values, 0 for 0."""
    return np.asarray(np.divide(1.0, values, out=np.zeros_like(values), where=values != 0), dtype=np.float64)
