"""Estimate the variance of a sample drawn in two phases: that of the first phase, seen through the second, and its own.

With M1 the form of the first phase over its rows, D2 and pi2 those of the second one given the first, and z the scores
under the weights of both, Sarndal, Swensson, Wretman (1992), result 9.3.1, reads

    V = sum_ij M1_ij E_ij z_i z_j  +  z' D2 z,      E_ij = pi2_i pi2_j / pi2_ij.

The first sum is z' M1 z and what E adds to 1. E is 1 for rows in different strata of the second phase, g + r_i + r_j
for different units of one stratum, and pi2 of the unit within one (times the same of the stages below). So what it adds
is a sum of the first phase's own form over the scores of each stratum and of each unit of the second phase: no matrix
over rows is made, and both phases keep whatever form they have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sampling.estimate.design import Design, SecondPhase
from sampling.estimate.domain import Partition
from sampling.estimate.ladder import Ladder, ladder, staged, upwards
from sampling.estimate.stages.stage import Stage
from sampling.estimate.table import FloatArray, IntArray, numbered_pairs, sums
from sampling.estimate.variance import Term, Variance, joined, quadratic

MOST_ENTRIES = 4_000_000  # (row, domain) scores worked on at a time: some hundred megabytes


@dataclass(frozen=True)
class Entries:
    """Hold weighted scores (entries,) with the rows they are of and the domains they count in, of which there are some.

    A row may stand in several domains.
    """

    row: IntArray
    domain: IntArray
    score: FloatArray
    domains: int

    def taken(self, places: IntArray) -> Entries:
        """Give some of the entries."""
        return Entries(self.row[places], self.domain[places], self.score[places], self.domains)


def variance_of_entries(design: Design, second: SecondPhase, entries: Entries) -> Variance:
    """Give the variance of the sum of scores in every domain."""
    entries = entries.taken(np.flatnonzero((second.position[entries.row] >= 0) & (entries.score != 0)))
    at = second.position[entries.row]
    first, inner = _form(design, entries), _form(second.design, replace(entries, row=at))
    value = first.value + inner.value
    # What is taken back of the first phase is its form over parts of a domain, in which no unit stands alone by chance.
    plain = replace(design, lonely_domain=False)
    for stage in second.design.stages:
        value += _seen_through(plain, stage, stage.unit[at], entries)
    return Variance(value, first.lonely | inner.lonely, first.refused | inner.refused)


def variance_of_terms(design: Design, second: SecondPhase, steps: Ladder, terms: Sequence[Term]) -> Variance:
    """Give the variance of sum(terms) in every domain; after calibration the residuals reach beyond the domains."""
    score = np.zeros(steps.rows.size)
    for term in terms:
        column = 1.0 if term.column is None else term.column
        score += steps.weights * column * term.coefficient[steps.row_domain]
    if not design.projections:
        return variance_of_entries(design, second, Entries(steps.rows, steps.row_domain, score, steps.domains))
    width = max(MOST_ENTRIES // design.rows, 1)
    parts = []
    for first in range(0, steps.domains, width):
        inside = (steps.row_domain >= first) & (steps.row_domain < first + width)
        columns = np.zeros((design.rows, min(width, steps.domains - first)))
        columns[steps.rows[inside], steps.row_domain[inside] - first] = score[inside]
        parts.append(variance_of_columns(design, second, design.residuals(columns)))
    return joined(parts)


def variance_of_columns(design: Design, second: SecondPhase, columns: FloatArray) -> Variance:
    """Give the variance of the total of each of k columns (rows of the first phase, k) of scores."""
    row, column = np.nonzero(columns)
    return variance_of_entries(design, second, Entries(row, column, columns[row, column], columns.shape[1]))


def degrees_of_freedom(second: SecondPhase, steps: Ladder) -> IntArray:
    """Give the second phase's own units less its strata in every domain."""
    inside = np.full(second.position.size, -1, dtype=np.int64)
    inside[steps.rows] = steps.row_domain
    labels = ((),) * steps.domains
    return ladder(second.design, Partition(inside[second.position >= 0], (), labels)).degrees_of_freedom


def _form(design: Design, entries: Entries) -> Variance:
    """Give the quadratic form of one phase in the scores of every domain."""
    stages = staged(design.stages, entries.row, entries.domain)
    return quadratic(design, stages, upwards(stages, entries.score), entries.domains)


def _seen_through(design: Design, stage: Stage, unit: IntArray, entries: Entries) -> FloatArray:
    """Give sum M1_ij (E_ij - 1) z_i z_j, as far as it is one stage's of the second phase, in every domain.

    Pairs of a stratum without certainties have g + r_i + r_j = (n - pi_i - pi_j + mean of pi) / (n - 1), which is exact
    for equal probabilities and Hartley and Rao's (1962) approximation for others; independent ones have 1.

    Parameters
    ----------
    unit : (entries,) the second phase's unit at the stage
    """
    unsure = np.flatnonzero(stage.counted[unit] > 0)
    unit, entries = unit[unsure], entries.taken(unsure)
    stratum = stage.unit_stratum[unit]
    general, own = _joint(stage)
    g, r, carried = general[stratum], own[unit], stage.carried[unit]
    group, first = numbered_pairs(entries.domain, stratum)
    shares = (1.0, 1.0 + r, 1.0 - r)
    parts = (Entries(entries.row, group, share * entries.score, first.size) for share in shares)
    alike, more, less = (_form(design, part).value for part in parts)
    found = carried[first] * ((g[first] - 1.0) * alike + (more - less) / 2.0)
    value = sums(entries.domain[first], found, entries.domains)
    group, first = numbered_pairs(entries.domain, unit)
    single = _form(design, Entries(entries.row, group, entries.score, first.size)).value
    found = carried[first] * (stage.pi[unit] - g - 2.0 * r)[first] * single
    return value + sums(entries.domain[first], found, entries.domains)


def _joint(stage: Stage) -> tuple[FloatArray, FloatArray]:
    """Give g of every stratum and r of every unit."""
    strata = stage.size.size
    n = stage.size
    apart = (n > 1) & (stage.centre > 0)
    below = np.where(apart, n - 1.0, 1.0)
    mean = sums(stage.unit_stratum, stage.counted * stage.pi, strata) / np.maximum(n, 1.0)
    general = np.where(apart, (n + mean) / below, 1.0)
    return general, np.where(apart[stage.unit_stratum], -stage.pi / below[stage.unit_stratum], 0.0)
