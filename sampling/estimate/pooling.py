"""Pool the design effect of sister indicators or of strata, for domains whose own rate shows none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sampling.estimate.answered import Answered, Part, spread_over
from sampling.estimate.domain import Partition
from sampling.estimate.interval import EDGE
from sampling.estimate.table import BoolArray, FloatArray, IntArray, sums


@dataclass(frozen=True)
class Pool:
    """Hold the sums of a pooled design effect, variances above and those of simple random samples below; (domains,).

    The ratio of sums lets rates that say much about the design count for more than rare ones that say little.
    """

    above: FloatArray
    below: FloatArray

    @property
    def design_effect(self) -> FloatArray:
        """Give sum(V_k) / sum(p_k (1 - p_k) / n_k) over the pooled rates k, at least 1; NaN without any."""
        ratio = np.divide(self.above, self.below, out=np.full(self.below.size, np.nan), where=self.below > 0)
        return np.asarray(np.maximum(ratio, 1.0), dtype=np.float64)


def pool(value: FloatArray, variance: FloatArray, count: FloatArray, usable: BoolArray) -> Pool:
    """Give each rate's part of a pool: nothing where it is 0, 1 or not usable; `count` is the n behind it."""
    inside = usable & (value > EDGE) & (value < 1.0 - EDGE) & (count > 0)
    simple = value * (1.0 - value) / np.where(count > 0, count, 1.0)
    return Pool(np.where(inside, variance, 0.0), np.where(inside, simple, 0.0))


def pooled_design_effect(names: Sequence[str], earlier: Mapping[str, Answered], split: Partition) -> FloatArray:
    """Give the design effect pooled over the sister rates `names` of each domain, NaN without any."""
    above, below = np.zeros(split.count), np.zeros(split.count)
    for name in names:
        part = earlier[name].part
        if part is None:
            continue
        own, found = earlier[name].split, _part(part)
        above += np.nan_to_num(spread_over(split, own, found.above))
        below += np.nan_to_num(spread_over(split, own, found.below))
    return Pool(above, below).design_effect


def _part(part: Part) -> Pool:
    usable = part.rate & np.array([reason is None for reason in part.reasons], dtype=np.bool_)
    return pool(part.value, part.variance, part.kish, usable)


def pooled_over(found: Pool, group: IntArray, groups: int) -> FloatArray:
    """Give each group the design effect pooled over its strata, `group` being the group of each stratum."""
    return Pool(sums(group, found.above, groups), sums(group, found.below, groups)).design_effect


def larger(one: FloatArray | None, other: FloatArray | None) -> FloatArray | None:
    """Give the larger of two pooled design effects, domain by domain; NaN and None stand for none."""
    return other if one is None else one if other is None else np.fmax(one, other)
