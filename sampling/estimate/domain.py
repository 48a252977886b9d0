"""Split the rows into domains, as masks on the full design, and line up the units of every stage with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sampling.estimate.design import Design
from sampling.estimate.stage import Stage
from sampling.estimate.table import BoolArray, FloatArray, IntArray, Table, sums


@dataclass(frozen=True)
class Partition:
    """Give each row at most one domain.

    Attributes
    ----------
    domain : (rows,) domain of each row, -1 for rows outside all
    labels : for each domain the file's text of every `by` column, in order
    """

    domain: IntArray
    by: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]

    @property
    def count(self) -> int:
        """Count the domains."""
        return len(self.labels)

    def named(self) -> list[dict[str, str]]:
        """Give each domain's labels by column."""
        return [dict(zip(self.by, label, strict=True)) for label in self.labels]

    def narrowed(self, keep: BoolArray) -> Partition:
        """Take the rows outside `keep` out of their domains; the domains themselves stay."""
        return Partition(np.where(keep, self.domain, -1), self.by, self.labels)


def partition(table: Table, by: Sequence[str], inside: BoolArray) -> Partition:
    """Cross the `by` columns over the rows `inside`; a row that misses one of them belongs to no domain.

    Domains stand in the order of their labels, the first column slowest.
    """
    code = np.zeros(table.rows, dtype=np.int64)
    known = inside.copy()
    columns = [table[name].coded for name in by]
    for codes, levels in columns:
        known &= codes >= 0
        code = code * max(len(levels), 1) + np.maximum(codes, 0)
    if not by:
        return Partition(np.where(known, 0, -1), (), ((),))
    _, first, inverse = np.unique(code[known], return_index=True, return_inverse=True)
    domain = np.full(table.rows, -1, dtype=np.int64)
    domain[known] = inverse
    rows = np.flatnonzero(known)[first]
    labels = tuple(tuple(levels[codes[row]] for codes, levels in columns) for row in rows)
    return Partition(domain, tuple(by), labels)


@dataclass(frozen=True)
class StagePairs:
    """Hold the pairs (domain, unit) of one stage that have rows, and the pairs (domain, stratum) over them."""

    stage: Stage
    domain: IntArray
    unit: IntArray
    group: IntArray
    group_domain: IntArray
    group_stratum: IntArray


@dataclass(frozen=True)
class Ladder:
    """Line up rows, units and strata of every stage for one partition; made once and used for every variable.

    `pair` gives the innermost stage's pair of each used row; `up[k]` the pair of stage k for each pair of stage k + 1.
    """

    rows: IntArray
    row_domain: IntArray
    domains: int
    weights: FloatArray
    pair: IntArray | None
    up: tuple[IntArray, ...]
    stages: tuple[StagePairs, ...]
    active_psus: IntArray
    active_strata: IntArray

    @property
    def degrees_of_freedom(self) -> IntArray:
        """Give active PSUs less active strata of each domain."""
        return self.active_psus - self.active_strata

    def totals(self, column: FloatArray) -> list[FloatArray]:
        """Sum weights * column over the rows of every (domain, unit) pair, outermost stage first."""
        value = self.weights * column
        if not self.stages:
            return []
        last = self.stages[-1].unit.size
        found = value if self.pair is None else sums(self.pair, value, last)
        totals = [found]
        for level in range(len(self.up) - 1, -1, -1):
            found = sums(self.up[level], found, self.stages[level].unit.size)
            totals.append(found)
        return totals[::-1]

    def domain_sums(self, values: FloatArray) -> FloatArray:
        """Sum values over the rows of each domain."""
        return sums(self.row_domain, values, self.domains)


def ladder(design: Design, split: Partition) -> Ladder:
    """Build the ladder of a partition."""
    rows = np.flatnonzero(split.domain >= 0)
    domain = split.domain[rows]
    stages: list[StagePairs] = []
    ups: list[IntArray] = []
    pair: IntArray | None = None
    below_unit, below_domain = rows, domain
    outer_of_below: IntArray | None = None
    for index in range(len(design.stages) - 1, -1, -1):
        stage = design.stages[index]
        unit = stage.unit[below_unit] if outer_of_below is None else outer_of_below
        number, first = _pairs(below_domain, unit, stage.alpha.size)
        if index == len(design.stages) - 1:
            pair = None if _is_identity(number) else number
            first_row = rows[first]
        else:
            ups.insert(0, number)
            first_row = first_row[first]
        below_domain, pair_unit = below_domain[first], unit[first]
        stages.insert(0, _stage_pairs(stage, below_domain, pair_unit))
        if index > 0:
            outer_of_below = design.stages[index - 1].unit[first_row]
    weights = design.weights[rows]
    psus, strata = _active(design, rows, domain, split.count)
    return Ladder(rows, domain, split.count, weights, pair, tuple(ups), tuple(stages), psus, strata)


def _is_identity(number: IntArray) -> bool:
    return bool(number.size == 0 or (number[-1] == number.size - 1 and (np.diff(number) == 1).all()))


def _pairs(domain: IntArray, unit: IntArray, units: int) -> tuple[IntArray, IntArray]:
    """Number the pairs (domain, unit) that occur; give each item's number and the first item of each pair."""
    owner = np.full(units, -1, dtype=np.int64)
    owner[unit[::-1]] = domain[::-1]
    if bool((owner[unit] == domain).all()):
        # Every unit lies in one domain: no sort is needed.
        first_item = np.full(units, -1, dtype=np.int64)
        first_item[unit[::-1]] = np.arange(unit.size - 1, -1, -1)
        used = np.flatnonzero(first_item >= 0)
        rank = np.zeros(units, dtype=np.int64)
        rank[used] = np.arange(used.size)
        return rank[unit], first_item[used]
    _, first, number = np.unique(domain * units + unit, return_index=True, return_inverse=True)
    return number.astype(np.int64), first.astype(np.int64)


def _stage_pairs(stage: Stage, domain: IntArray, unit: IntArray) -> StagePairs:
    stratum = stage.unit_stratum[unit]
    group, first = _pairs(domain, stratum, stage.size.size)
    return StagePairs(stage, domain, unit, group, domain[first], stratum[first])


def _active(design: Design, rows: IntArray, domain: IntArray, domains: int) -> tuple[IntArray, IntArray]:
    counted = (design.weights[rows] != 0) & (design.psu[rows] >= 0)
    active = []
    for codes in (design.psu, design.psu_stratum):
        values = codes[rows][counted]
        width = int(codes.max()) + 1 if codes.size else 1
        _, first = _pairs(domain[counted], values, max(width, 1))
        active.append(np.bincount(domain[counted][first], minlength=domains).astype(np.int64))
    return active[0], active[1]
