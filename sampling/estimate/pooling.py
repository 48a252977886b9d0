"""Pool the design effect of sister indicators, for domains whose own rate shows none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sampling.estimate.answered import Answered, spread_over
from sampling.estimate.domain import Partition
from sampling.estimate.interval import EDGE
from sampling.estimate.table import FloatArray


def pooled_design_effect(names: Sequence[str], earlier: Mapping[str, Answered], split: Partition) -> FloatArray:
    """Give sum(V_k) / sum(p_k (1 - p_k) / n_k) over the sister rates k of each domain, at least 1; NaN without any.

    The ratio of sums lets rates that say much about the design count for more than rare ones that say little.
    """
    above, below = np.zeros(split.count), np.zeros(split.count)
    for name in names:
        part = earlier[name].part
        if part is None:
            continue
        inside = (part.value > EDGE) & (part.value < 1.0 - EDGE) & part.rate & (part.kish > 0)
        inside &= np.array([reason is None for reason in part.reasons], dtype=np.bool_)
        simple = np.where(inside, part.value * (1.0 - part.value) / np.where(part.kish > 0, part.kish, 1.0), 0.0)
        own = earlier[name].split
        above += np.nan_to_num(spread_over(split, own, np.where(inside, part.variance, 0.0)))
        below += np.nan_to_num(spread_over(split, own, simple))
    ratio = np.divide(above, below, out=np.full(split.count, np.nan), where=below > 0)
    return np.asarray(np.maximum(ratio, 1.0), dtype=np.float64)
