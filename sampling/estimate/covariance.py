"""Estimate the covariance of several scores: the same quadratic form as for one, polarised.

Variances of single scores and of their sums come from the one routine of sampling.estimate.variance; a covariance is
(V(a + b) - V(a - b)) / 4, so that every rule of the design (lone PSUs, certainties, joint probabilities) holds for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sampling.estimate.design import Design
from sampling.estimate.domain import Partition
from sampling.estimate.ladder import Ladder, StagePairs, ladder
from sampling.estimate.table import FloatArray, IntArray
from sampling.estimate.variance import Term, Variance, quadratic

MOST_PAIRS = 4_000_000  # (score, unit) pairs worked on at a time: some hundred megabytes


@dataclass(frozen=True)
class Covariance:
    """Hold the covariance matrix (k, k) of k scores, whether a lone PSU was met, and whether that forbids its use."""

    matrix: FloatArray
    lonely: bool
    refused: bool

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
        return ("lonely_psu",) if self.lonely else ()


def covariance(design: Design, rows: IntArray, columns: FloatArray) -> Covariance:
    """Give the covariance of the totals of k columns of scores.

    Parameters
    ----------
    rows : (n,) the rows of one domain; columns : (n, k) their weighted scores, which are 0 outside the domain
    """
    rows, columns = reaching(design, rows, columns)
    k = columns.shape[1]
    size = np.sqrt((columns * columns).sum(axis=0))
    unit = columns / np.where(size > 0, size, 1.0)  # scores of unlike size would lose digits in their sums
    left, right = np.triu_indices(k, 1)
    found = variances(design, rows, np.hstack([unit, unit[:, left] + unit[:, right], unit[:, left] - unit[:, right]]))
    matrix = np.diag(found.value[:k])
    pairs = left.size
    matrix[left, right] = matrix[right, left] = (found.value[k : k + pairs] - found.value[k + pairs :]) / 4.0
    return Covariance(matrix * np.outer(size, size), bool(found.lonely.any()), bool(found.refused.any()))


def reaching(design: Design, rows: IntArray, columns: FloatArray) -> tuple[IntArray, FloatArray]:
    """Give scores of a domain as the design sees them: after calibration they reach over all rows."""
    if not design.projections:
        return rows, columns
    whole = np.zeros((design.rows, columns.shape[1]))
    whole[rows] = columns
    return np.arange(design.rows, dtype=np.int64), design.residuals(whole)


def variance_of_terms(design: Design, steps: Ladder, terms: Sequence[Term]) -> Variance:
    """Give the variance of sum(terms) in every domain of a calibrated design, whose residuals reach beyond it."""
    every = np.arange(design.rows, dtype=np.int64)
    width = max(MOST_PAIRS // design.rows, 1)
    score = np.zeros(steps.rows.size)
    for term in terms:
        column = 1.0 if term.column is None else term.column
        score += steps.weights * column * term.coefficient[steps.row_domain]
    parts = []
    for first in range(0, steps.domains, width):
        inside = (steps.row_domain >= first) & (steps.row_domain < first + width)
        columns = np.zeros((design.rows, min(width, steps.domains - first)))
        columns[steps.rows[inside], steps.row_domain[inside] - first] = score[inside]
        parts.append(variances(design, every, design.residuals(columns)))
    return _joined(parts)


def _joined(parts: Sequence[Variance]) -> Variance:
    return Variance(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("value", "lonely", "refused"))
    )


def variances(design: Design, rows: IntArray, columns: FloatArray) -> Variance:
    """Give the variance of the total of each of k columns (n, k) of scores over the same rows."""
    inside = np.full(design.rows, -1, dtype=np.int64)
    inside[rows] = 0
    steps = ladder(design, Partition(inside, (), ((),)))
    pairs = max((stage.unit.size for stage in steps.stages), default=1)
    width = max(MOST_PAIRS // max(pairs, 1), 1)
    parts = [_side_by_side(design, steps, columns[:, at : at + width]) for at in range(0, columns.shape[1], width)]
    return _joined(parts)


def _side_by_side(design: Design, steps: Ladder, columns: FloatArray) -> Variance:
    """Take every column for a domain of its own over the same pairs."""
    k = columns.shape[1]
    totals = [steps.sum_up(np.ascontiguousarray(columns[:, index])) for index in range(k)]
    scores = [np.concatenate([total[level] for total in totals]) for level in range(len(steps.stages))]
    return quadratic(design, [_repeated(pairs, k) for pairs in steps.stages], scores, k)


def _repeated(pairs: StagePairs, times: int) -> StagePairs:
    number = np.arange(times, dtype=np.int64)
    return replace(
        pairs,
        item=None,
        starts=None,
        domain=np.repeat(number, pairs.unit.size),
        unit=np.tile(pairs.unit, times),
        group=np.tile(pairs.group, times) + np.repeat(number * pairs.group_stratum.size, pairs.unit.size),
        group_domain=np.repeat(number, pairs.group_stratum.size),
        group_stratum=np.tile(pairs.group_stratum, times),
    )
