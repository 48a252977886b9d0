"""Pool the design effect of a rate over the values of a column: over the strata of a domain, or over like domains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.estimate.domain import Partition
from sampling.estimate.layers import Sample
from sampling.estimate.pooling import pool, pooled_over
from sampling.estimate.statement import Statement
from sampling.estimate.statistics import figures
from sampling.estimate.table import FloatArray, IntArray, Table


@dataclass(frozen=True)
class _Cells:
    """Hold the parts that are pooled: their rows, the group of each, and the group that each domain belongs to."""

    split: Partition
    group: IntArray
    of_domain: IntArray


def pooled_over_strata(
    sample: Sample, statement: Statement, split: Partition, numerator: FloatArray, denominator: FloatArray | None
) -> FloatArray | None:
    """Give the design effect of a rate pooled over the column that the plan names; None where it names none.

    Where the column is one of `by`, domains that differ in it only are pooled, and all get the same design effect. Any
    other column, such as the first stage's strata, divides each domain.

    Parameters
    ----------
    split : the domains, without rows of missing values
    numerator, denominator : (used rows,) as in statistics.figures
    """
    column = statement.interval.pooled_strata
    if column is None:
        return None
    cells = _like_domains(split, column) if column in split.by else _divided(sample.table, split, column)
    inside = cells.split.domain[split.domain >= 0] >= 0
    below = None if denominator is None else denominator[inside]
    found = figures(sample.layers(cells.split), statement, numerator[inside], below)
    spread = found.variance
    usable = found.rate & (found.df > 0) & ~spread.refused & np.isfinite(spread.value)
    parts = pool(found.estimated.value, spread.value, found.kish, usable)
    return pooled_over(parts, cells.group, int(cells.of_domain.max()) + 1)[cells.of_domain]


def _like_domains(split: Partition, column: str) -> _Cells:
    place = split.by.index(column)
    numbers: dict[tuple[str, ...], int] = {}
    group = [numbers.setdefault((*label[:place], *label[place + 1 :]), len(numbers)) for label in split.labels]
    of_domain = np.array(group, dtype=np.int64)
    return _Cells(split, of_domain, of_domain)


def _divided(data: Table, split: Partition, column: str) -> _Cells:
    codes, levels = data[column].coded
    known = (split.domain >= 0) & (codes >= 0)
    crossed = split.domain * len(levels) + codes
    present, number = np.unique(crossed[known], return_inverse=True)
    domain = np.full(split.domain.size, -1, dtype=np.int64)
    domain[known] = number
    labels = tuple((*split.labels[cell // len(levels)], levels[cell % len(levels)]) for cell in present.tolist())
    cells = Partition(domain, (*split.by, column), labels)
    return _Cells(cells, present // len(levels), np.arange(split.count, dtype=np.int64))
