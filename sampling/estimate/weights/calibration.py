"""Calibrate weights to known totals: post-stratification, raking, regression (GREG), logit, with bounds on g.

Deville, Sarndal (1992), JASA 87, 376-382; Deville, Sarndal, Sautory (1993), JASA 88, 1013-1020. The variance is that of
the g-weighted residuals. Where several forms of the residual agree in large samples, R survey's is taken: regression
under the design weights, but for raking to margins ten rounds of unweighted means by the levels of each column in turn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from sampling.estimate.errors import Complaint, Detail
from sampling.estimate.table import FloatArray, IntArray, sums
from sampling.estimate.weights.adjustment import CalibrationSpec
from sampling.estimate.weights.auxiliary import Auxiliary, dense
from sampling.estimate.weights.calibration_solve import Fitted, Solved, misfit, newton, proportional
from sampling.estimate.weights.distance import UNBOUNDED, Distance, distance
from sampling.estimate.weights.projection import Projection, inverse, reciprocal
from sampling.estimate.weights.weighting import Reweighted

REACHED = 1e-7  # relative misfit of a total above which calibration has failed
FITTED = 1e-10  # relative misfit with which proportional fitting is done
SHARES = 1.5  # up to this sum known totals are taken for shares,
FAR = 10.0  # where the weights add up to this many times as much
ROUNDS = 10  # of means by margins, as in R survey


@dataclass(frozen=True)
class Target:
    """Hold one known total: what it counts, for complaints, and its value in the population."""

    kind: Literal["margin", "total"]
    name: str
    level: str | None
    value: float


@dataclass(frozen=True)
class _Clusters:
    """Hold clusters that have one g each: weighted totals and means of x, (clusters, p), and weights (clusters,)."""

    total: FloatArray
    mean: FloatArray
    weight: FloatArray


@dataclass(frozen=True)
class Calibration:
    """Hold one calibration over the rows of a table.

    Attributes
    ----------
    auxiliary : x of every row, one column for each target
    sizes : how many targets each column of the margins has; empty for a formula
    cluster : (rows,) units that have one g each, numbered from 0; None = every row its own
    """

    spec: CalibrationSpec
    auxiliary: Auxiliary
    targets: tuple[Target, ...]
    sizes: tuple[int, ...]
    cluster: IntArray | None

    @property
    def _x(self) -> FloatArray:
        return dense(self.auxiliary.x)

    @property
    def wanted(self) -> FloatArray:
        """Give the known totals (p,)."""
        return np.array([target.value for target in self.targets])

    @property
    def in_turn(self) -> bool:
        """Tell whether cells are fitted to the margins of one column after the other."""
        fitted = self.spec.method in ("raking", "poststratify") and self.spec.bounds is None
        return bool(self.sizes) and fitted and self.cluster is None

    @property
    def _rule(self) -> Distance:
        return distance(self.spec.method, self.spec.bounds or UNBOUNDED)

    def reweighted(self, before: FloatArray) -> Reweighted:
        """Calibrate weights (rows,)."""
        index = self.auxiliary.cell if self.cluster is None else self.cluster
        solved = self._solved(before)
        return Reweighted(before * solved.g[index], self._shares(before) or self._unreached(solved, before))

    @property
    def shared(self) -> IntArray | None:
        """Give the cell of each row, none where rows are cells or clusters share a factor."""
        return None if self.cluster is not None or self.auxiliary.in_order else self.auxiliary.cell

    def taken(self, rows: IntArray) -> Calibration:
        """Give the same calibration over some rows."""
        cluster = None if self.cluster is None else self.cluster[rows]
        return replace(self, auxiliary=Auxiliary(self.auxiliary.cell[rows], self.auxiliary.x), cluster=cluster)

    def _solved(self, before: FloatArray) -> Solved:
        if self.cluster is not None:
            clusters = self._clusters(before, self.cluster)
            return newton(clusters.mean, clusters.weight, self.wanted, self._rule)
        x, weight = self._x, self.auxiliary.cell_sums(before)
        if not self.in_turn:
            return newton(x, weight, self.wanted, self._rule)
        solved = self._fitted(weight).solved
        done = self.spec.epsilon is not None or misfit(solved.reached, self.wanted, self.wanted).max() <= FITTED
        # Where margins settle slowly Newton's steps lead to the same g.
        return solved if done else newton(x, weight, self.wanted, distance("raking"))

    def _fitted(self, weight: FloatArray) -> Fitted:
        return proportional(weight, self._levels(), np.split(self.wanted, self._ends[:-1]), self.spec.epsilon)

    @property
    def _ends(self) -> IntArray:
        return np.cumsum(np.array(self.sizes, dtype=np.int64))

    def _levels(self) -> list[IntArray]:
        """Give for each column of the margins (cells,) the level."""
        x = self._x
        return [x[:, end - size : end].argmax(axis=1) for end, size in zip(self._ends, self.sizes, strict=True)]

    def _clusters(self, before: FloatArray, cluster: IntArray) -> _Clusters:
        count = int(cluster.max()) + 1
        weight = sums(cluster, before, count)
        total = self.auxiliary.group_sums(before, cluster, count)
        return _Clusters(total, total * reciprocal(weight)[:, None], weight)

    def _shares(self, before: FloatArray) -> tuple[Complaint, ...]:
        """Refuse shares where counts of the population are expected: fitted to them, all weights would add up to 1."""
        if self.sizes:
            whole = float(self.wanted[: self.sizes[0]].sum())
        else:
            whole = next((target.value for target in self.targets if target.name == "(Intercept)"), math.inf)
        weights = float(before.sum())
        if whole > SHARES or weights <= SHARES * FAR:
            return ()
        return (Complaint("estimate.shares_not_counts", {"place": self.spec.place, "sum": whole, "weights": weights}),)

    def _unreached(self, solved: Solved, before: FloatArray) -> tuple[Complaint, ...]:
        """Name the total that is missed by most, if one is."""
        gap = misfit(solved.reached, self.wanted, np.abs(self.auxiliary.sums(before[:, None])[0]))
        allowed = np.full(gap.size, REACHED)
        if self.spec.epsilon is not None:
            # A margin may miss what its cells may still move by.
            allowed = np.maximum(allowed, self.spec.epsilon * solved.g.size / np.maximum(self.wanted, 1.0))
        if bool((gap <= allowed).all()):
            return ()
        worst = int((gap / allowed).argmax()) if bool(np.isfinite(gap).all()) else int(np.argmin(np.isfinite(gap)))
        target, reached = self.targets[worst], _told(solved.reached[worst])
        details: dict[str, Detail] = {
            "place": self.spec.place,
            "name": target.name,
            "wanted": target.value,
            "reached": reached,
            "off": _told(reached - target.value),
        }
        if target.kind == "margin":
            return (Complaint("estimate.margin_not_reached", {**details, "level": target.level}),)
        return (Complaint("estimate.total_not_reached", details),)

    def projection(self, before: FloatArray, after: FloatArray) -> Projection:
        """Give the regression of scores on x."""
        if self.in_turn and len(self.sizes) > 1:
            return self._means_in_turn(before, after)
        gather = np.divide(before, after, out=np.zeros_like(after), where=after != 0)
        auxiliary = self.auxiliary
        if self.cluster is not None:
            clusters = self._clusters(before, self.cluster)
            crossed = clusters.mean.T @ clusters.total
            return Projection(auxiliary, Auxiliary(self.cluster, clusters.mean), after, gather, inverse(crossed))
        weight = auxiliary.cell_sums(after * gather)[:, None]
        if len(self.sizes) == 1:
            return Projection(auxiliary, auxiliary, after, gather, reciprocal((self._x * weight).sum(axis=0)))
        return Projection(auxiliary, auxiliary, after, gather, inverse(self._x.T @ (self._x * weight)))

    def _means_in_turn(self, before: FloatArray, after: FloatArray) -> Projection:
        """Give rounds of means of score / weight by the levels of each column, the weight being that after its turn."""
        x, cell = self._x, self.auxiliary.cell
        turns = np.ones_like(x)
        if self.spec.epsilon is not None:
            turns = np.repeat(self._fitted(self.auxiliary.cell_sums(before)).turns, self.sizes, axis=1)
        left, right = Auxiliary(cell, x * turns), Auxiliary(cell, x / turns)
        count = self.auxiliary.cell_sums((after != 0).astype(np.float64))[:, None]
        crossed = (x / turns).T @ (x * turns * count)
        gather = np.divide(1.0, after, out=np.zeros_like(after), where=after != 0)
        exact = None if self.spec.epsilon is not None else inverse(crossed)
        return Projection(left, right, after, gather, self._rounds(crossed), exact)

    def _rounds(self, crossed: FloatArray) -> FloatArray:
        """Give the matrix that makes the coefficients after all rounds of sums by level (block Gauss-Seidel steps)."""
        found = np.zeros_like(crossed)
        unit = np.eye(crossed.shape[0])
        size = reciprocal(np.diag(crossed))[:, None]
        for _ in range(ROUNDS):
            for end, width in zip(self._ends, self.sizes, strict=True):
                here = slice(end - width, end)
                found[here] += size[here] * (unit[here] - crossed[here] @ found)
        return found


def _told(value: float) -> float:
    """Give a number with as many digits as a sentence needs."""
    return float(f"{value:.8g}")
