"""Cut weights that are too small or too large, and spread what was cut over the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.estimate.errors import Complaint
from sampling.estimate.table import FloatArray, IntArray
from sampling.estimate.weights.adjustment import TrimSpec
from sampling.estimate.weights.projection import Projection
from sampling.estimate.weights.weighting import Reweighted

ROUNDS = 1000
SAME = 1e-12  # relative excess over a bound that is rounding


@dataclass(frozen=True)
class Trimming:
    """Trim weights; the variance takes the trimmed weights for given."""

    spec: TrimSpec

    def reweighted(self, before: FloatArray) -> Reweighted:
        """Trim weights (rows,)."""
        after = trimmed(before, self.spec)
        if after is not None:
            return Reweighted(after)
        used = before[before != 0]
        mean = float(f"{used.mean():.6g}") if used.size else 0.0
        return Reweighted(before, (Complaint("estimate.trim_impossible", {"place": self.spec.place, "mean": mean}),))

    def projection(self, before: FloatArray, after: FloatArray) -> Projection | None:
        """Give none: what calibration before it explains stays so."""
        return None

    @property
    def shared(self) -> IntArray | None:
        """Give none: what is cut depends on the weight."""
        return None

    def taken(self, rows: IntArray) -> Trimming:
        """Give itself: it looks at no column."""
        return self


def trimmed(weights: FloatArray, spec: TrimSpec) -> FloatArray | None:
    """Bring weights within the bounds of `spec`, their sum kept; the cut mass is spread evenly over the untrimmed ones.

    The rule of R survey's trimWeights (Potter 1990 compares such rules). One round may lift others over the bound:
    `strict` repeats. Rows of weight 0 stay so.

    Returns
    -------
    (n,) weights, or None where the sum of the weights does not fit between the bounds
    """
    low = -np.inf if spec.lower is None else spec.lower
    high = np.inf if spec.upper is None else spec.upper
    found = weights.copy()
    used = weights != 0
    for _ in range(ROUNDS):
        outside = used & ((found < low - SAME * abs(low)) | (found > high + SAME * abs(high)))
        if not outside.any():
            return found
        cut = np.clip(found, low, high)
        free = used & ~outside
        if not free.any():
            return None
        mass = float((found - cut)[outside].sum())
        found = np.where(outside, cut, found)
        found[free] += mass / free.sum()
        if not spec.strict:
            return found
    return None
