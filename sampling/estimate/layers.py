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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sampling.estimate.design import Design, DesignSpec, compile_design, compile_within
from sampling.estimate.domain import Partition
from sampling.estimate.fits.view import View
from sampling.estimate.ladder import Ladder, ladder
from sampling.estimate.progress import Progress, silent
from sampling.estimate.replicates.replicated import with_replicates
from sampling.estimate.scores import Estimated
from sampling.estimate.stages.two_phase import with_second_phase
from sampling.estimate.stages.two_phase_variance import degrees_of_freedom, variance_of_terms
from sampling.estimate.table import BoolArray, FloatArray, Table
from sampling.estimate.variance import Term, Variance, variance
from sampling.estimate.weights.explained import Explained, ExplainedDomains
from sampling.estimate.weights.steps import adjusted


class Sample:
    """Hold a design over its table; the design within first-stage units is compiled when a domain first needs it.

    `drawn` is the design before replicates took the place of its stages and before its weights were adjusted.
    """

    def __init__(
        self,
        spec: DesignSpec,
        table: Table,
        files: Mapping[str, Table] | None = None,
        progress: Progress = silent,
    ) -> None:
        self.spec = spec
        self._progress = progress
        self._files = files or {}
        self.table = table
        self.drawn = with_second_phase(spec, table, self._files, compile_design(spec, table, self._files))
        replicated = with_replicates(spec, table, self._files, self.drawn, progress)
        self.design = adjusted(spec, table, replicated, progress)

    @property
    def observed(self) -> BoolArray | None:
        """Mark the rows of the second phase, outside of which nothing is known; None for a design of one phase."""
        return None if self.design.second is None else self.design.second.position >= 0

    @cached_property
    def within(self) -> Design | None:
        """Give the design within first-stage units, None when rows are all there is below them."""
        if len(self.spec.stages) == 1 or self.design.second is not None:
            return None
        given = compile_within(self.spec, self.table, self._files)
        return replace(given, weights=self.design.weights, projections=self.design.projections)

    @cached_property
    def explained(self) -> Explained | None:
        """Give what adjustments of the weights explain of scores; None for weights that were not adjusted.

        Neither is there any for a sample in two phases, whose form is none of sums over units.
        """
        return Explained(self.design) if self.design.projections and self.design.second is None else None

    @cached_property
    def explained_within(self) -> Explained | None:
        """Give the same within first-stage units."""
        return None if self.within is None or not self.within.projections else Explained(self.within)

    def layers(self, split: Partition, *, conditional: bool = True, given: BoolArray | None = None) -> Layers:
        """Line up a partition.

        `conditional` lets domains that are one first-stage unit be estimated given it; `given` (domains,) names the
        domains to estimate so, which may be several such units together.
        """
        steps = ladder(self.design, split)
        none = np.zeros(steps.domains, dtype=np.bool_)
        if given is None:
            named = conditional and self.spec.stages[0].cluster in split.by
            given = steps.active_units == 1 if named else none
        if self.design.replicates is not None or not given.any() or self.within is None:
            return Layers(self.design, steps, None, None, none, _explained(self.explained, steps), None, self._progress)
        inner = ladder(self.within, split)
        outer_part, inner_part = _explained(self.explained, steps), _explained(self.explained_within, inner)
        return Layers(self.design, steps, self.within, inner, given, outer_part, inner_part, self._progress)


def _explained(explained: Explained | None, steps: Ladder) -> ExplainedDomains | None:
    return None if explained is None else ExplainedDomains(explained, steps)


@dataclass(frozen=True)
class Layers:
    """Hold the ladder over the whole design and, where needed, the ladder within first-stage units.

    `conditional` marks the domains that take the second one; `explained` and `inner_explained` are there where weights
    were adjusted.
    """

    design: Design
    steps: Ladder
    within: Design | None
    inner: Ladder | None
    conditional: BoolArray
    explained: ExplainedDomains | None = None
    inner_explained: ExplainedDomains | None = None
    progress: Progress = silent

    @cached_property
    def degrees_of_freedom(self) -> FloatArray:
        """Give active PSUs less active strata of each domain's reference, under replicates their rank less 1.

        Replicates show no more than the drawn PSUs, however many they are and whatever was varied or adjusted below.
        """
        if self.steps.replicated is not None:
            rank = self.steps.replicated.degrees_of_freedom
            return np.where(self._as_survey, rank, np.minimum(rank, self.steps.degrees_of_freedom))
        df = self.steps.degrees_of_freedom
        if self.inner is not None:
            df = np.where(self.conditional, self.inner.degrees_of_freedom, df)
        if self.design.second is not None:
            df = np.minimum(df, degrees_of_freedom(self.design.second, self.steps))
        return df.astype(np.float64)

    @cached_property
    def _as_survey(self) -> BoolArray:
        """Mark the domains in all PSUs, which keep the rank of a file's bootstrap of several stages, as R has it."""
        replicates = self.design.replicates
        if replicates is None or not replicates.several_stages:
            return np.zeros(self.steps.domains, dtype=np.bool_)
        counted = (self.design.weights != 0) & (self.design.psu >= 0)
        return np.asarray(self.steps.active_units == np.unique(self.design.psu[counted]).size, dtype=np.bool_)

    @cached_property
    def certainty_clusters(self) -> BoolArray:
        """Mark the domains in which units below certainty clusters count for the degrees of freedom."""
        rows = self.steps.rows
        if self.steps.replicated is not None:
            return np.zeros(self.steps.domains, dtype=np.bool_)  # their rank is what counts
        # The units of the first stage are numbered below the number of rows, those of later stages above.
        if not bool((self.design.psu >= self.design.rows).any()):
            return np.zeros(self.steps.domains, dtype=np.bool_)
        below = (self.design.psu[rows] >= self.design.rows) & (self.design.weights[rows] != 0)
        return (self.steps.domain_sums(below.astype(np.float64)) > 0) & ~self.conditional

    def variance(self, estimated: Estimated) -> Variance:
        """Give the variance of an estimate over each domain's reference."""
        replicates = self.design.replicates
        if replicates is not None and estimated.replicated is not None:
            return self._replicated(replicates.variance(estimated.replicated, estimated.value))
        outer = _variance(self.design, self.steps, self.explained, estimated.terms, own=True)
        if self.within is None or self.inner is None:
            return outer
        inner = _variance(self.within, self.inner, self.inner_explained, estimated.terms, own=False)
        return self._chosen(outer, inner)

    def _replicated(self, value: FloatArray) -> Variance:
        none = np.zeros(value.size, dtype=np.bool_)
        lonely = none if self.steps.replicated is None else self.steps.replicated.lonely
        return Variance(value, lonely, lonely if self.design.lonely_psu == "fail" else none)

    def _chosen(self, outer: Variance, inner: Variance) -> Variance:
        return Variance(
            np.where(self.conditional, inner.value, outer.value),
            np.where(self.conditional, inner.lonely, outer.lonely),
            np.where(self.conditional, inner.refused, outer.refused),
        )

    def view(self, domain: int) -> View:
        """Give one domain alone, over its reference."""
        design, steps, explained = self.design, self.steps, self.explained
        if self.within is not None and self.conditional[domain]:
            design, explained = self.within, self.inner_explained
        rows = steps.rows[steps.row_domain == domain]
        df = float(self.degrees_of_freedom[domain])
        whole = None if explained is None else explained.explained
        return View(design, rows, self.design.weights[rows], df, whole, self.progress)


def _variance(
    design: Design, steps: Ladder, explained: ExplainedDomains | None, terms: Sequence[Term], *, own: bool
) -> Variance:
    if design.second is not None:
        return variance_of_terms(design, design.second, steps, terms)
    if explained is None:
        return variance(design, steps, terms, own=own)
    return explained.explained.variance(explained, terms, own=own)
