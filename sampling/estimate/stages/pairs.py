"""Give the variance forms that look at pairs of units: a sparse symmetric matrix M over a stage's units, V = z' M z.

z_i = y_i / pi_i are the weighted totals of the drawn units. A form leaves certainties out: the caller clears their
lines, as those of lone units and of strata taken in full.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from sampling.estimate.errors import Complaint
from sampling.estimate.table import BoolArray, FloatArray, IntArray, sums

DENSE = 10
"""Where more than every tenth (domain, unit) pair is there, columns of all units are faster than sparse ones."""


@dataclass(frozen=True)
class StageUnits:
    """Hold what a form over pairs sees of a stage; `place` is where the plan states it.

    Attributes
    ----------
    unit : (rows,) unit of each row; first_row : (units,) first row of each unit in the data
    stratum : (units,) stratum of each unit, numbered over all parents
    pi : (units,) probability given the parent
    unsure : (units,) False for certainties
    labels : (units,) what the data call the units; None where the rows are the units
    """

    place: str
    unit: IntArray
    first_row: IntArray
    stratum: IntArray
    pi: FloatArray
    unsure: BoolArray
    labels: tuple[str, ...] | None

    @property
    def count(self) -> int:
        """Count the units."""
        return int(self.stratum.size)

    @property
    def strata(self) -> int:
        """Count the strata."""
        return int(self.stratum.max()) + 1


@dataclass(frozen=True)
class PairMatrix:
    """Hold M = matrix - factor factor' + counter counter': (units, units), and (units, k) for what is dense in it."""

    matrix: sparse.csr_matrix
    factor: sparse.csr_matrix | None = None
    counter: sparse.csr_matrix | None = None

    def times(self, domain: IntArray, unit: IntArray, score: FloatArray) -> FloatArray:
        """Give M z at every (domain, unit) pair, z the scores of the pair's domain: all domains in one product."""
        domains = int(domain.max()) + 1 if domain.size else 0
        units = self.matrix.shape[0]
        spread = sparse.csr_matrix((score, (domain, unit)), shape=(domains, units))
        if domains * units < DENSE * domain.size:
            return self.of_columns(spread.T.toarray())[unit, domain]
        found = np.asarray((spread @ self.matrix)[domain, unit], dtype=np.float64).ravel()
        for part, sign in ((self.factor, -1.0), (self.counter, 1.0)):
            if part is not None:
                reached = sparse.csr_matrix(spread @ part)
                dense = reached[domain].multiply(part[unit]).sum(axis=1)
                found = found + sign * np.asarray(dense, dtype=np.float64).ravel()
        return found

    def of_columns(self, columns: FloatArray) -> FloatArray:
        """Give M z for k columns z over all units, (units, k)."""
        found = np.asarray(self.matrix @ columns, dtype=np.float64)
        for part, sign in ((self.factor, -1.0), (self.counter, 1.0)):
            if part is not None:
                found = found + sign * np.asarray(part @ (part.T @ columns), dtype=np.float64)
        return found

    @property
    def diagonal(self) -> FloatArray:
        """Give the size of what is added and taken away again where a unit meets itself (units,)."""
        return np.abs(np.asarray(self.matrix.diagonal(), dtype=np.float64))

    def scaled(self, share: FloatArray) -> PairMatrix:
        """Multiply the form with a share (units,), which units that meet have in common; 0 clears a unit."""
        root = sparse.diags(np.sqrt(share))
        dense = (None if part is None else sparse.csr_matrix(root @ part) for part in (self.factor, self.counter))
        return PairMatrix(sparse.csr_matrix(root @ self.matrix @ root), *dense)


@dataclass(frozen=True)
class Paired:
    """Hold the form over pairs, or the complaints for which there is none."""

    form: PairMatrix | None
    complaints: tuple[Complaint, ...] = ()


Pairing = Callable[[StageUnits], Paired]
"""Make the form of a stage from its units."""


def from_differences(
    one: IntArray, other: IntArray, excess: FloatArray, pi: FloatArray, *, yates_grundy: bool
) -> PairMatrix:
    """Give the form of joint probabilities from D_ij = (pi_ij - pi_i pi_j) / pi_ij, each two units named once.

    Horvitz and Thompson (1952): sum_i (1 - pi_i) z_i^2 + sum_(i != j) D_ij z_i z_j. Yates and Grundy (1953), Sen
    (1953): -1/2 sum_(i != j) D_ij (z_i - z_j)^2. Sarndal, Swensson, Wretman (1992), results 2.8.1 and 2.8.2.
    """
    rows, columns = np.concatenate([one, other]), np.concatenate([other, one])
    values = np.concatenate([excess, excess])
    own = -sums(rows, values, pi.size) if yates_grundy else 1.0 - pi
    matrix = sparse.csr_matrix((values, (rows, columns)), shape=(pi.size, pi.size))
    return PairMatrix(sparse.csr_matrix(matrix + sparse.diags(own)))


def successive_differences(units: StageUnits, position: FloatArray | None) -> Paired:
    """Give (1 - f) n / (2 (n - 1)) sum (z_i - z_(i-1))^2 over the units of a stratum in the order of their list.

    Wolter (2007), section 8.2, estimator v2; with unequal probabilities section 8.6, f the mean of pi over the units.

    Parameters
    ----------
    position : (rows,) where a row's unit stood in the list; None takes the order of the rows
    """
    place = units.first_row.astype(np.float64) if position is None else position[units.first_row]
    order = np.lexsort((units.first_row, place, units.stratum))
    order = order[units.unsure[order]]
    n, scale = _counts(units)
    left, right = order[:-1], order[1:]
    beside = units.stratum[left] == units.stratum[right]
    left, right = left[beside], right[beside]
    step = scale[units.stratum[left]] * n[units.stratum[left]] / 2.0
    own = sums(left, step, units.count) + sums(right, step, units.count)
    rows, columns = np.concatenate([left, right]), np.concatenate([right, left])
    shape = (units.count, units.count)
    matrix = sparse.csr_matrix((-np.concatenate([step, step]), (rows, columns)), shape=shape)
    return Paired(PairMatrix(sparse.csr_matrix(matrix + sparse.diags(own))))


def _counts(units: StageUnits) -> tuple[FloatArray, FloatArray]:
    """Give for each stratum n and mean(1 - pi) / (n - 1), both over the units that are no certainties."""
    inside = units.unsure.astype(np.float64)
    n = sums(units.stratum, inside, units.strata)
    rest = sums(units.stratum, inside * (1.0 - units.pi), units.strata)
    return n, rest / np.maximum(n, 1.0) / np.maximum(n - 1.0, 1.0)
