"""Let those who responded stand for those who did not, class by class.

The weights of the eligible respondents of a class are multiplied with the sum of the weights of all eligible ones over
theirs: the weighting-class estimator of Oh, Scheuren (1983), which is post-stratification to the sample's own totals.
Rows that were not eligible keep their weight, those that did not respond get 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sampling.estimate.errors import Complaint
from sampling.estimate.table import FloatArray, IntArray, sums
from sampling.estimate.weights.auxiliary import of_classes
from sampling.estimate.weights.projection import Projection
from sampling.estimate.weights.weighting import Reweighted


@dataclass(frozen=True)
class Nonresponse:
    """Hold who is meant and the class of each row.

    Attributes
    ----------
    eligible, responded : (rows,) 1 or 0; responded only where eligible
    group : (rows,) number of the class; names : what the classes are called
    waits : whether a class without respondents keeps its weights, for coarser classes to take over
    """

    eligible: FloatArray
    responded: FloatArray
    group: IntArray
    names: tuple[str, ...]
    place: str
    waits: bool = False

    def reweighted(self, before: FloatArray) -> Reweighted:
        """Adjust weights (rows,)."""
        asked = self._sums(before * self.eligible)
        answered = self._sums(before * self.responded)
        silent = np.flatnonzero((answered == 0) & (asked != 0))
        complaints = tuple(
            Complaint(
                "estimate.class_without_respondents",
                {"place": self.place, "name": self.names[index], "eligible": int(self._count(before)[index])},
            )
            for index in silent
        )
        factor = np.divide(asked, answered, out=np.ones_like(asked), where=answered != 0)[self.group]
        kept = (1.0 - self.eligible) + self.responded * factor
        if self.waits:
            return Reweighted(before * np.where((answered == 0)[self.group], 1.0, kept))
        return Reweighted(before * kept, complaints)

    def projection(self, before: FloatArray, after: FloatArray) -> Projection:
        """Give what is known of those who did not respond: in every class the mean score of those who did.

        The linearised score of an eligible row is d (mean + r f (u - mean)): response is a second phase, whose part of
        the variance the spread of the residuals r f d (u - mean) brings in (Fuller, Loughin, Baker 1994).
        """
        classes = of_classes(self.group, len(self.names))
        weight = self._sums(after * self.responded)
        solve = np.divide(1.0, weight, out=np.zeros_like(weight), where=weight != 0)
        return Projection(classes, classes, after - before, self.responded, solve)

    @property
    def shared(self) -> IntArray:
        """Give class, eligibility and response in one code."""
        return self.group * 4 + (2.0 * self.eligible + self.responded).astype(np.int64)

    def taken(self, rows: IntArray) -> Nonresponse:
        """Give the same classes over some rows."""
        return replace(self, eligible=self.eligible[rows], responded=self.responded[rows], group=self.group[rows])

    def _sums(self, values: FloatArray) -> FloatArray:
        return sums(self.group, values, len(self.names))

    def _count(self, before: FloatArray) -> FloatArray:
        return self._sums(((before != 0) & (self.eligible > 0)).astype(np.float64))
