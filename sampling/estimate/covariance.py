"""Estimate the covariance of several scores: the same quadratic form as for one, polarised.

Variances of single scores and of their sums come from the one routine of sampling.estimate.variance; a covariance is
(V(a + b) - V(a) - V(b)) / 2, so that every rule of the design (lone PSUs, certainties, joint probabilities) holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sampling.estimate.design import Design
from sampling.estimate.domain import Partition
from sampling.estimate.ladder import StagePairs, ladder
from sampling.estimate.stages.two_phase_variance import variance_of_columns
from sampling.estimate.table import FloatArray, IntArray
from sampling.estimate.variance import Variance, joined, quadratic

MOST_PAIRS = 4_000_000  # (score, unit) pairs worked on at a time: some hundred megabytes


@dataclass(frozen=True)
class Covariance:
    """Hold the covariance matrix (k, k) of k scores, whether a lone PSU was met, and whether that forbids its use.

    `thinned` says that some replicates lack a group or level, and count for none.
    """

    matrix: FloatArray
    lonely: bool
    refused: bool
    thinned: bool = False

    @property
    def fault(self) -> str | None:
        """Give the reason why the matrix cannot be used, None where it can."""
        if self.refused:
            return "estimate.lonely_psu"
        if np.isfinite(self.matrix).all():
            return None
        return "estimate.lonely_psu_without_peers" if self.lonely else "estimate.undefined"

    @property
    def flags(self) -> tuple[str, ...]:
        """Give the remarks that belong beside figures made with it."""
        remarks = (("lonely_psu", self.lonely), ("replicates_left_out", self.thinned))
        return tuple(name for name, holds in remarks if holds)


def covariance(design: Design, rows: IntArray, columns: FloatArray, *, diagonal: bool = False) -> Covariance:
    """Give the covariance of the totals of k columns of scores.

    Parameters
    ----------
    rows : (n,) the rows of one domain; columns : (n, k) their weighted scores, which are 0 outside the domain
    diagonal : whether variances are enough, which leaves what is off the diagonal 0
    """
    rows, columns = reaching(design, rows, columns)
    k = columns.shape[1]
    size = np.sqrt(np.einsum("ij,ij->j", columns, columns))
    unit = columns / np.where(size > 0, size, 1.0)  # scores of unlike size would lose digits in their sums
    left, right = np.triu_indices(0 if diagonal else k, 1)
    found = variances(design, rows, unit, (left, right))
    alone, together = found.value[:k], found.value[k:]
    matrix = np.diag(alone)
    matrix[left, right] = matrix[right, left] = (together - alone[left] - alone[right]) / 2.0
    return Covariance(matrix * np.outer(size, size), bool(found.lonely.any()), bool(found.refused.any()))


def reaching(design: Design, rows: IntArray, columns: FloatArray) -> tuple[IntArray, FloatArray]:
    """Give scores of a domain as the design sees them: after calibration they reach over all rows."""
    if not design.projections:
        return rows, columns
    whole = np.zeros((design.rows, columns.shape[1]))
    whole[rows] = columns
    return np.arange(design.rows, dtype=np.int64), design.residuals(whole)


def variances(
    design: Design, rows: IntArray, columns: FloatArray, added: tuple[IntArray, IntArray] | None = None
) -> Variance:
    """Give the variance of the total of each of k columns (n, k) of scores over the same rows.

    Parameters
    ----------
    added : numbers of columns whose sums, one of the first with one of the second, follow after the columns alone
    """
    if design.second is not None:
        one, other = added or (np.arange(0), np.arange(0))
        whole = np.zeros((design.rows, columns.shape[1] + one.size))
        whole[rows] = np.hstack([columns, columns[:, one] + columns[:, other]])
        return variance_of_columns(design, design.second, whole)
    inside = np.full(design.rows, -1, dtype=np.int64)
    inside[rows] = 0
    steps = ladder(design, Partition(inside, (), ((),)))
    k = columns.shape[1]
    totals = [steps.sum_up(np.ascontiguousarray(columns[:, index])) for index in range(k)]
    levels = [np.array([total[level] for total in totals]) for level in range(len(steps.stages))]
    left, right = (np.append(np.arange(k), part).astype(np.int64) for part in added or ((), ()))
    pairs = max((stage.unit.size for stage in steps.stages), default=1)
    width = max(MOST_PAIRS // max(pairs, 1), 1)
    parts = []
    for first in range(0, left.size, width):
        taken = slice(first, min(first + width, left.size))
        one, other = left[taken], right[taken]
        both = (np.arange(left.size)[taken] >= k)[:, None]
        scores = [np.where(both, level[one] + level[other], level[one]).ravel() for level in levels]
        repeated = [repeated_pairs(stage, one.size) for stage in steps.stages]
        parts.append(quadratic(design, repeated, scores, one.size))
    return joined(parts)


def repeated_pairs(pairs: StagePairs, times: int) -> StagePairs:
    """Let the same pairs stand for several domains side by side."""
    number = np.arange(times, dtype=np.int64)
    return replace(
        pairs,
        items=None,
        domain=np.repeat(number, pairs.unit.size),
        unit=np.tile(pairs.unit, times),
        group=np.tile(pairs.group, times) + np.repeat(number * pairs.group_stratum.size, pairs.unit.size),
        group_domain=np.repeat(number, pairs.group_stratum.size),
        group_stratum=np.tile(pairs.group_stratum, times),
    )
