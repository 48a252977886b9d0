"""Line up rows, units and strata of every stage with the domains of a partition, once for all variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sampling.estimate.design import Design
from sampling.estimate.domain import Partition
from sampling.estimate.groups import Groups
from sampling.estimate.replicates.replicate import ReplicateLadder, adjusted_ladder
from sampling.estimate.stages.stage import Stage
from sampling.estimate.table import BoolArray, FloatArray, IntArray, numbered, over_runs, run_starts, sums


@dataclass(frozen=True)
class StagePairs:
    """Hold the pairs (domain, unit) of one stage that have rows, and the pairs (domain, stratum) over them.

    Attributes
    ----------
    items : the pair of each item of the stage below, rows being those of the innermost stage; None = one each
    domain, unit, group : (pairs,) ; group_domain, group_stratum : (groups,)
    """

    stage: Stage
    items: Groups | None
    domain: IntArray
    unit: IntArray
    group: IntArray
    group_domain: IntArray
    group_stratum: IntArray


@dataclass(frozen=True)
class Ladder:
    """Hold the used rows with their domains and weights, and the pairs of every stage, outermost first.

    Attributes
    ----------
    active_units : (domains,) units that count for the degrees of freedom and have a row of non-zero weight
    active_psus : (domains,) the same, each as often as it was drawn
    """

    rows: IntArray
    all_rows: bool
    row_domain: IntArray
    domains: int
    weights: FloatArray
    stages: tuple[StagePairs, ...]
    active_units: IntArray
    active_psus: IntArray
    active_strata: IntArray
    replicated: ReplicateLadder | None = None

    @property
    def degrees_of_freedom(self) -> IntArray:
        """Give active PSUs less active strata of each domain; none where all draws are of one unit."""
        return np.where(self.active_units == 1, 0, self.active_psus - self.active_strata)

    def replicate_sums(self, column: FloatArray | None) -> FloatArray | None:
        """Sum weights * column over each domain under every replicate's weights (domains, R); None without any."""
        return None if self.replicated is None else self.replicated.sums(column)

    def take(self, column: FloatArray) -> FloatArray:
        """Give a column over the used rows."""
        return column if self.all_rows else column[self.rows]

    def totals(self, column: FloatArray | None) -> list[FloatArray]:
        """Sum weights * column over the rows of every pair, outermost stage first; None stands for a column of ones."""
        if column is None:
            return self.weight_totals
        items = self.stages[-1].items if self.stages else None
        if items is None:
            return self.sum_up(self.weights * column)
        innermost = items.weighted_sums(self.weights, column)
        return [*upwards(self.stages[:-1], innermost), innermost]

    @cached_property
    def weight_totals(self) -> list[FloatArray]:
        """Give the weights summed over the rows of every pair."""
        return self.sum_up(self.weights)

    def sum_up(self, found: FloatArray) -> list[FloatArray]:
        """Sum values of the used rows over the rows of every pair, outermost stage first."""
        return upwards(self.stages, found)

    def weighted_sums(self, column: FloatArray | None, totals: list[FloatArray]) -> FloatArray:
        """Sum weights * column over each domain, from the outermost totals where there are any."""
        if totals:
            return sums(self.stages[0].domain, totals[0], self.domains)
        if column is None:
            return self.domain_sums(self.weights)
        return self._by_domain.weighted_sums(self.weights, column)

    def domain_sums(self, values: FloatArray) -> FloatArray:
        """Sum values over the rows of each domain."""
        return self._by_domain.sums(values)

    @cached_property
    def _by_domain(self) -> Groups:
        return Groups(self.row_domain, self.domains)

    @cached_property
    def counts(self) -> FloatArray:
        """Count the rows of non-zero weight in each domain."""
        return self.domain_sums((self.weights != 0).astype(np.float64))

    @cached_property
    def negative(self) -> BoolArray:
        """Mark the domains with a row of negative weight, as a calibration without bounds can make it."""
        below = self.weights < 0
        if not bool(below.any()):
            return np.zeros(self.domains, dtype=np.bool_)
        return np.asarray(self.domain_sums(below.astype(np.float64)) > 0, dtype=np.bool_)


def upwards(stages: Sequence[StagePairs], found: FloatArray) -> list[FloatArray]:
    """Sum the values of the innermost stage's items over the pairs of every stage, outermost first."""
    totals = []
    for pairs in reversed(stages):
        if pairs.items is not None:
            found = pairs.items.sums(found)
        totals.append(found)
    return totals[::-1]


def ladder(design: Design, split: Partition) -> Ladder:
    """Build the ladder of a partition."""
    rows = np.flatnonzero(split.domain >= 0)
    every = rows.size == design.rows
    domain = split.domain if every else split.domain[rows]
    active = _active(design, rows, domain, split.count)
    weights = design.weights if every else design.weights[rows]
    return Ladder(
        rows=rows,
        all_rows=every,
        row_domain=domain,
        domains=split.count,
        weights=weights,
        stages=staged(design.stages, None if every else rows, domain),
        active_units=active.units,
        active_psus=active.psus,
        active_strata=active.strata,
        replicated=None
        if design.replicates is None
        else adjusted_ladder(design.replicates, rows, domain, weights, split.count),
    )


def staged(stages: Sequence[Stage], rows: IntArray | None, domain: IntArray) -> tuple[StagePairs, ...]:
    """Line up rows (n,), None = all in order, and their domains (n,) with every stage; a row may stand in several."""
    found: list[StagePairs] = []
    for stage in reversed(stages):
        item, first = _pairs(domain, stage.unit if rows is None else stage.unit[rows], stage.alpha.size)
        rows, domain = first if rows is None else rows[first], domain[first]
        found.append(_stage_pairs(stage, item, domain, stage.unit[rows]))
    return tuple(reversed(found))


def _pairs(domain: IntArray, unit: IntArray, units: int) -> tuple[IntArray, IntArray]:
    """Number the pairs (domain, unit) that occur; give each item's number and the first item of each pair."""
    starts = run_starts(domain, unit)
    if starts is not None:
        item, first = _pairs(domain[starts], unit[starts], units)
        return over_runs(item, starts, unit.size), starts[first]
    owner = np.full(units, -1, dtype=np.int64)
    owner[unit] = domain
    if bool((owner[unit] == domain).all()):  # every unit lies in one domain
        return numbered(unit)
    return numbered(domain * units + unit)


def _stage_pairs(stage: Stage, item: IntArray, domain: IntArray, unit: IntArray) -> StagePairs:
    one_each = item.size == unit.size and bool((item[1:] > item[:-1]).all())
    stratum = stage.unit_stratum[unit]
    group, first = _pairs(domain, stratum, stage.size.size)
    items = None if one_each else Groups(item, unit.size)
    return StagePairs(stage, items, domain, unit, group, domain[first], stratum[first])


@dataclass(frozen=True)
class _Active:
    units: IntArray
    psus: IntArray
    strata: IntArray


def _active(design: Design, rows: IntArray, domain: IntArray, domains: int) -> _Active:
    """Count the units, their draws and the strata with a row of non-zero weight in each domain."""
    psu, stratum, draws = design.psu, design.psu_stratum, design.psu_draws
    weights = design.weights
    if rows.size < design.rows:
        psu, stratum, draws, weights = psu[rows], stratum[rows], draws[rows], weights[rows]
    counted = (weights != 0) & (psu >= 0)
    if not bool(counted.all()):
        psu, stratum, draws, domain = psu[counted], stratum[counted], draws[counted], domain[counted]

    def firsts(codes: IntArray) -> IntArray:
        return _pairs(domain, codes, int(codes.max(initial=0)) + 1)[1]

    units, strata = firsts(psu), firsts(stratum)
    return _Active(
        units=np.bincount(domain[units], minlength=domains).astype(np.int64),
        psus=sums(domain[units], draws[units], domains).astype(np.int64),
        strata=np.bincount(domain[strata], minlength=domains).astype(np.int64),
    )
