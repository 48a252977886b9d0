"""Hold what a statement leaves behind: its rows, and what later statements may build upon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.estimate.domain import Partition
from sampling.estimate.result import EstimateRow
from sampling.estimate.table import BoolArray, FloatArray, IntArray
from sampling.estimate.variance import Term


@dataclass(frozen=True)
class Part:
    """Hold an estimate for those that combine it: values, variances, scores and reasons, domain by domain.

    Attributes
    ----------
    rows, row_domain : (used rows,) rows of the table that the columns of the terms are over, and their domains
    conditional : which domains were estimated given their first-stage unit
    replicated : (domains, R) the values under every replicate's weights, for designs that have them
    variable, level, p : what the rows of the part are about
    """

    value: FloatArray
    variance: FloatArray
    terms: tuple[Term, ...]
    rows: IntArray
    row_domain: IntArray
    kish: FloatArray
    rate: BoolArray
    reasons: tuple[str | None, ...]
    conditional: BoolArray
    is_total: bool = False
    replicated: FloatArray | None = None
    variable: str | None = None
    level: str | None = None
    p: float | None = None


@dataclass(frozen=True)
class Answered:
    """Hold the rows of a statement, and a part for each variable, level and p."""

    rows: tuple[EstimateRow, ...]
    split: Partition
    parts: tuple[Part, ...] = ()

    @property
    def part(self) -> Part | None:
        """Give the only part, None where there are several, or levels."""
        return self.parts[0] if len(self.parts) == 1 and self.parts[0].level is None else None


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
