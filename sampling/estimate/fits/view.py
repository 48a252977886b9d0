"""Look at one domain alone: its rows and weights, and the spread of a statistic that is fitted to them.

Quantiles, variances, tests and models are no ratios of totals. Each gives its value, the influence of every row on it,
and how to fit it again under other weights; the view turns that into a covariance: by linearisation over the design
(Deville 1999; Binder 1983), or by fitting again under every replicate's weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sampling.estimate.covariance import Covariance, covariance
from sampling.estimate.design import Design
from sampling.estimate.progress import Progress, silent
from sampling.estimate.table import FloatArray, IntArray
from sampling.estimate.weights.explained import Explained


@dataclass(frozen=True)
class Fit:
    """Hold a statistic of k numbers over the n rows of a view.

    Attributes
    ----------
    value : (k,)
    influence : (n, k) each row's weight times the derivative of the statistic by that weight
    refit : weights (n,) -> (k,), the statistic under other weights
    """

    value: FloatArray
    influence: FloatArray
    refit: Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class View:
    """Hold one domain: `rows` (n,) of the table, their `weights` (n,), the degrees of freedom of its reference.

    `explained` is what adjustments of the weights explain of scores, None for weights that were not adjusted.
    """

    design: Design
    rows: IntArray
    weights: FloatArray
    df: float
    explained: Explained | None = None
    progress: Progress = silent

    def covariance(self, fit: Fit, *, diagonal: bool = False) -> Covariance:
        """Give the covariance of a fitted statistic; `diagonal` where variances are enough."""
        replicates = self.design.replicates
        if replicates is None and self.explained is not None:
            return self.explained.covariance(self.rows, fit.influence, diagonal=diagonal)
        if replicates is None:
            return covariance(self.design, self.rows, fit.influence, diagonal=diagonal)
        lonely = bool(replicates.lonely[replicates.unit[self.rows]].any())
        refused = lonely and self.design.lonely_psu == "fail"
        found = self.replicated(fit)
        kept = np.isfinite(found).all(axis=0)
        matrix = replicates.covariance(found, fit.value) if kept.any() else np.full((found.shape[0],) * 2, np.nan)
        return Covariance(matrix, lonely=lonely, refused=refused, thinned=not kept.all())

    def group_flags(self, group: IntArray) -> tuple[str, ...]:
        """Remark where all rows of one of the groups (n,) lie in a single PSU.

        Such a group's own variance cannot be seen: it counts as 0, as in R, and differences from it look surer than
        they are. What is certain at every stage has none to see.
        """
        used = self.weights != 0
        group, psu = group[used], self.design.psu[self.rows[used]]
        first = np.full(int(group.max(initial=0)) + 1, -1, dtype=np.int64)
        first[group] = psu
        several = np.zeros(first.size, dtype=np.bool_)
        several[group[psu != first[group]]] = True
        shown = np.unique(group)
        alone = shown.size > 1 and bool((~several[shown] & (first[shown] >= 0)).any())
        return ("group_in_one_unit",) if alone else ()

    def replicated(self, fit: Fit) -> FloatArray:
        """Fit a statistic again under every replicate's weights: (k, R)."""
        replicates = self.design.replicates
        if replicates is None:
            return np.empty((fit.value.size, 0))
        found = np.empty((fit.value.size, replicates.count))
        for number in range(replicates.count):
            found[:, number] = fit.refit(replicates.weights(number, self.rows))
            self.progress("refits", number + 1, replicates.count)
        return found
