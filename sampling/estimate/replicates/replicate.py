"""Hold replicate weights as factors of units, and turn replicated estimates into covariances."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy import sparse

from sampling.estimate.groups import Groups
from sampling.estimate.replicates.rank import rank
from sampling.estimate.table import BoolArray, FloatArray, IntArray, numbered, sums


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
    lonely : (units,) lines of units that stood alone in their stratum when the replicates were made
    several_stages : whether a file's replicates vary what lies below the PSUs, as R survey's mrbbootstrap does
    drawn : the replicates before their weights were adjusted, each by itself; None where they were not
    """

    unit: IntArray
    factors: FloatArray
    base: FloatArray
    scale: float
    rscales: FloatArray
    mse: bool
    lonely: BoolArray
    several_stages: bool = False
    drawn: Replicates | None = None
    _ranks: dict[bytes, float] = field(default_factory=dict, compare=False, repr=False)

    @property
    def count(self) -> int:
        """Count the replicates."""
        return int(self.factors.shape[1])

    def weights(self, number: int, rows: IntArray) -> FloatArray:
        """Give the weights of some rows in one replicate."""
        return np.asarray(self.base[rows] * self.factors[self.unit[rows], number], dtype=np.float64)

    def reweighted(self, change: Callable[[FloatArray], FloatArray]) -> Replicates:
        """Change the weights (rows,) of every replicate by itself, as those of the sample were."""
        rows = np.arange(self.unit.size, dtype=np.int64)
        factors = np.empty((rows.size, self.count))
        for number in range(self.count):
            factors[:, number] = change(self.weights(number, rows))
        return replace(
            self, unit=rows, factors=factors, base=np.ones(rows.size), lonely=self.lonely[self.unit], _ranks={}
        )

    def covariance(self, replicated: FloatArray, value: FloatArray) -> FloatArray:
        """Give the covariance matrix (k, k) of k estimates `value` (k,) from their replicates (k, R).

        A replicate that lacks one of them counts for none, as in R survey.
        """
        kept = np.broadcast_to(np.isfinite(replicated).all(axis=0), replicated.shape)
        left = self._from_centre(replicated, value, kept)
        covariance = self.scale * (left * self.rscales) @ left.T
        return np.asarray(covariance if kept.any() else np.full_like(covariance, np.nan), dtype=np.float64)

    def variance(self, replicated: FloatArray, value: FloatArray) -> FloatArray:
        """Give the variances (k,) alone; each is made of the replicates that have its estimate, NaN without any."""
        kept = np.isfinite(replicated)
        left = self._from_centre(replicated, value, kept)
        variance = self.scale * ((left * left) @ self.rscales)
        return np.asarray(np.where(kept.any(axis=1), variance, np.nan), dtype=np.float64)

    def _from_centre(self, replicated: FloatArray, value: FloatArray, kept: BoolArray) -> FloatArray:
        """Give the distances from the centre, 0 where a replicate is not kept."""
        centre = value
        if not self.mse:
            counted = (kept & (self.rscales > 0)).astype(np.float64)
            whole = (np.where(kept, replicated, 0.0) * counted).sum(axis=1)
            centre = whole / np.maximum(counted.sum(axis=1), 1.0)
        return np.asarray(np.where(kept, replicated - centre[:, None], 0.0), dtype=np.float64)

    def rank(self, units: IntArray) -> float:
        """Give the rank of the replicate weights of some units, once for each set of units."""
        key = units.tobytes()
        if key not in self._ranks:
            self._ranks[key] = rank(self.factors[units])
        return self._ranks[key]


@dataclass(frozen=True)
class ReplicateLadder:
    """Line up the used rows with the pairs (domain, line of factors), once for all variables.

    Attributes
    ----------
    pairs : the pair of each used row; domain, unit : (pairs,)
    base : (used rows,) what the factors multiply
    drawn : the same rows, less those without weight, under the replicates before these were adjusted
    """

    replicates: Replicates
    base: FloatArray
    pairs: Groups
    domain: IntArray
    unit: IntArray
    domains: int
    drawn: ReplicateLadder | None = None

    def sums(self, column: FloatArray | None) -> FloatArray:
        """Sum weights * column over each domain under every replicate's weights: (domains, R); None: ones."""
        return self.base_sums if column is None else self._spread(self.pairs.weighted_sums(self.base, column))

    @cached_property
    def base_sums(self) -> FloatArray:
        """Sum the weights themselves."""
        return self._spread(self.pairs.sums(self.base))

    def _spread(self, totals: FloatArray) -> FloatArray:
        """Sum totals of the pairs over each domain under every replicate's factors."""
        factors = self.replicates.factors
        if self.domains == 1 and totals.size == factors.shape[0]:
            return np.asarray(totals[None, :] @ factors, dtype=np.float64)  # every unit, in order
        spread = sparse.csr_matrix((totals, (self.domain, self.unit)), shape=(self.domains, factors.shape[0]))
        return np.asarray(spread @ factors, dtype=np.float64)

    @cached_property
    def lonely(self) -> BoolArray:
        """Mark the domains that have a row of a lone unit."""
        alone = self.replicates.lonely[self.unit].astype(np.float64)
        return sums(self.domain, alone, self.domains) > 0

    @cached_property
    def degrees_of_freedom(self) -> FloatArray:
        """Give the rank of each domain's replicate weights less 1 (R survey: degf); -1 for a domain without weights.

        Calibrating each replicate by itself moves the rows of one PSU apart, which shows no more PSUs than were drawn:
        the rank before counts where it is smaller.
        """
        weighted = self.pairs.sums(np.abs(self.base)) > 0
        order = np.argsort(self.domain[weighted], kind="stable")
        units = self.unit[weighted][order]
        ends = np.searchsorted(self.domain[weighted][order], np.arange(self.domains + 1))
        ranks = [self.replicates.rank(units[first:end]) for first, end in pairwise(ends)]
        found = np.asarray(ranks, dtype=np.float64) - 1.0
        return found if self.drawn is None else np.minimum(found, self.drawn.degrees_of_freedom)


def adjusted_ladder(
    replicates: Replicates, rows: IntArray, domain: IntArray, weights: FloatArray, domains: int
) -> ReplicateLadder:
    """Build the ladder of some rows with their domains and weights, and that of the replicates before adjusting."""
    found = replicate_ladder(replicates, rows, domain, domains)
    if replicates.drawn is None:
        return found
    used = weights != 0
    return replace(found, drawn=replicate_ladder(replicates.drawn, rows[used], domain[used], domains))


def replicate_ladder(replicates: Replicates, rows: IntArray, domain: IntArray, domains: int) -> ReplicateLadder:
    """Build the ladder of some rows and their domains."""
    units = replicates.factors.shape[0]
    whole = rows.size == replicates.unit.size
    pair, first = numbered(domain * units + (replicates.unit if whole else replicates.unit[rows]))
    return ReplicateLadder(
        replicates=replicates,
        base=replicates.base if whole else replicates.base[rows],
        pairs=Groups(pair, first.size),
        domain=domain[first],
        unit=replicates.unit[rows[first]],
        domains=domains,
    )
