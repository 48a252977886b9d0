"""Choose each domain's reference: the whole design, or the one drawn first-stage unit that the domain lies in.

A domain inside a single first-stage unit (a county that was itself drawn) has no second unit to be compared with: over
the whole design it has no degrees of freedom, and its variance would be 0 or meaningless. Such a domain is estimated
conditionally on that unit, with the next stage's units as PSUs (Sarndal, Swensson, Wretman (1992), section 4.3), and
says so. Totals are not: given the unit they answer another question than over the design. Nor is a domain that merely
was met in one drawn unit only, a rare class of households or a county of which chance took a single village: it may
live in units that were not drawn, and what was drawn cannot tell. So one of the `by` columns has to be the labels of
the first-stage units themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sampling.estimate.design import Design, DesignSpec, compile_design, compile_within
from sampling.estimate.domain import Partition
from sampling.estimate.ladder import Ladder, ladder
from sampling.estimate.table import BoolArray, FloatArray, Table
from sampling.estimate.variance import Term, Variance, variance


class Sample:
    """Hold a design over its table; the design within first-stage units is compiled when a domain first needs it."""

    def __init__(self, spec: DesignSpec, table: Table) -> None:
        self._spec = spec
        self._table = table
        self.design = compile_design(spec, table)

    @cached_property
    def within(self) -> Design | None:
        """Give the design within first-stage units, None when rows are all there is below them."""
        return compile_within(self._spec, self._table) if len(self._spec.stages) > 1 else None

    def layers(self, split: Partition, *, conditional: bool = True) -> Layers:
        """Line up a partition; `conditional` lets domains that are one first-stage unit be estimated given it."""
        steps = ladder(self.design, split)
        none = np.zeros(steps.domains, dtype=np.bool_)
        single = steps.active_units == 1
        named = self._spec.stages[0].cluster in split.by
        if not conditional or not named or not single.any() or self.within is None:
            return Layers(self.design, steps, None, None, none)
        return Layers(self.design, steps, self.within, ladder(self.within, split), single)


@dataclass(frozen=True)
class Layers:
    """Hold the ladder over the whole design and, where needed, the ladder within first-stage units.

    `conditional` marks the domains that take the second one.
    """

    design: Design
    steps: Ladder
    within: Design | None
    inner: Ladder | None
    conditional: BoolArray

    @property
    def degrees_of_freedom(self) -> FloatArray:
        """Give active PSUs less active strata of each domain's reference."""
        df = self.steps.degrees_of_freedom
        if self.inner is not None:
            df = np.where(self.conditional, self.inner.degrees_of_freedom, df)
        return df.astype(np.float64)

    @property
    def certainty_clusters(self) -> BoolArray:
        """Mark the domains in which units below certainty clusters count for the degrees of freedom."""
        rows = self.steps.rows
        # The units of the first stage are numbered below the number of rows, those of later stages above.
        below = (self.design.psu[rows] >= self.design.rows) & (self.design.weights[rows] != 0)
        return (self.steps.domain_sums(below.astype(np.float64)) > 0) & ~self.conditional

    def variance(self, terms: Sequence[Term]) -> Variance:
        """Give the variance of a score over each domain's reference."""
        outer = variance(self.design, self.steps, terms)
        if self.within is None or self.inner is None:
            return outer
        inner = variance(self.within, self.inner, terms, own=False)
        return Variance(
            np.where(self.conditional, inner.value, outer.value),
            np.where(self.conditional, inner.lonely, outer.lonely),
            np.where(self.conditional, inner.refused, outer.refused),
        )
