"""Hold replicate weights as factors of units, and turn replicated estimates into covariances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from sampling.estimate.table import FloatArray, IntArray, sums


@dataclass(frozen=True)
class Replicates:
    """Hold R replicates: the weight of row i in replicate r is base[i] * factors[unit[i], r].

    Attributes
    ----------
    unit : (rows,) which line of `factors` a row takes: PSUs share one, given weights have one for each row
    factors : (units, R)
    base : (rows,) the full-sample weights, or ones where `factors` are weights themselves
    scale, rscales : V = scale * sum_r rscales_r (theta_r - centre)^2; rscales (R,)
    mse : centre at the full-sample estimate, else at the mean of the replicates with rscale > 0 (as R survey does)
    """

    unit: IntArray
    factors: FloatArray
    base: FloatArray
    scale: float
    rscales: FloatArray
    mse: bool

    @property
    def count(self) -> int:
        """Count the replicates."""
        return int(self.factors.shape[1])

    def weights(self, number: int, rows: IntArray) -> FloatArray:
        """Give the weights of some rows in one replicate."""
        return np.asarray(self.base[rows] * self.factors[self.unit[rows], number], dtype=np.float64)

    def covariance(self, replicated: FloatArray, value: FloatArray) -> FloatArray:
        """Give the covariance matrix (k, k) of k estimates `value` (k,) from their replicates (k, R)."""
        left = self._from_centre(replicated, value)
        return np.asarray(self.scale * (left * self.rscales) @ left.T, dtype=np.float64)

    def variance(self, replicated: FloatArray, value: FloatArray) -> FloatArray:
        """Give the variances (k,) alone."""
        left = self._from_centre(replicated, value)
        return np.asarray(self.scale * (left * left * self.rscales).sum(axis=1), dtype=np.float64)

    def _from_centre(self, replicated: FloatArray, value: FloatArray) -> FloatArray:
        centre = value if self.mse else replicated[:, self.rscales > 0].mean(axis=1)
        return np.asarray(replicated - centre[:, None], dtype=np.float64)


@dataclass(frozen=True)
class ReplicateLadder:
    """Line up the used rows with the pairs (domain, line of factors), once for all variables.

    Attributes
    ----------
    pair : (used rows,) pair of each row; domain, unit : (pairs,)
    base : (used rows,) what the factors multiply
    """

    replicates: Replicates
    base: FloatArray
    pair: IntArray
    domain: IntArray
    unit: IntArray
    domains: int

    def sums(self, column: FloatArray | None) -> FloatArray:
        """Sum weights * column over each domain under every replicate's weights: (domains, R); None: ones."""
        values = self.base if column is None else self.base * column
        totals = sums(self.pair, values, self.unit.size)
        shape = (self.domains, self.replicates.factors.shape[0])
        spread = sparse.csr_matrix((totals, (self.domain, self.unit)), shape=shape)
        return np.asarray(spread @ self.replicates.factors, dtype=np.float64)

    @property
    def degrees_of_freedom(self) -> FloatArray:
        """Give the rank of each domain's replicate weights less 1 (R survey: degf)."""
        ranks = [self._rank(self.unit[self.domain == index]) for index in range(self.domains)]
        return np.asarray(ranks, dtype=np.float64) - 1.0

    def _rank(self, units: IntArray) -> float:
        return float(np.linalg.matrix_rank(self.replicates.factors[units])) if units.size else 1.0


def replicate_ladder(replicates: Replicates, rows: IntArray, domain: IntArray, domains: int) -> ReplicateLadder:
    """Build the ladder of some rows and their domains."""
    units = replicates.factors.shape[0]
    code, pair = np.unique(domain * units + replicates.unit[rows], return_inverse=True)
    return ReplicateLadder(
        replicates, replicates.base[rows], pair.astype(np.int64), code // units, code % units, domains
    )
