"""Hold what a statement leaves behind: its rows, and what later statements may build upon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.estimate.domain import Partition
from sampling.estimate.ladder import Ladder
from sampling.estimate.result import EstimateRow
from sampling.estimate.table import BoolArray, FloatArray, IntArray
from sampling.estimate.variance import Term


@dataclass(frozen=True)
class Part:
    """Hold an estimate for those that combine it: values, variances, scores and reasons, domain by domain.

    `replicated` (domains, R) are the values under every replicate's weights, for designs that have them.
    """

    value: FloatArray
    variance: FloatArray
    terms: tuple[Term, ...]
    steps: Ladder
    kish: FloatArray
    rate: BoolArray
    reasons: tuple[str | None, ...]
    is_total: bool = False
    replicated: FloatArray | None = None


@dataclass(frozen=True)
class Answered:
    """Hold the rows of a statement; `part` when it has one variable without levels."""

    rows: tuple[EstimateRow, ...]
    split: Partition
    part: Part | None


def places(split: Partition, own: Partition) -> IntArray:
    """Give for each domain of `split` its number in `own`, -1 where `own` lacks it."""
    numbers = {label: index for index, label in enumerate(own.labels)}
    return np.array([numbers.get(label, -1) for label in split.labels], dtype=np.int64)


def spread_over(split: Partition, own: Partition, values: FloatArray) -> FloatArray:
    """Carry values (domains, ...) of `own` over to those of `split`, NaN where `own` lacks one."""
    place = places(split, own)
    out = np.full((split.count, *values.shape[1:]), np.nan)
    out[place >= 0] = values[place[place >= 0]]
    return out
