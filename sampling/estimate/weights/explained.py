"""Estimate variances of calibrated designs in all domains at once.

The residual of a score is the score less a combination of the calibration's p auxiliary variables. Only the score is
confined to its domain; the combination reaches over every unit of the design. With M the form of the design, t the
unit totals of the score, A those of the weighted auxiliary variables and b the domain's coefficients,
V(t - A b) = t'Mt - 2 b'(MA)'t + b'(A'MA) b: MA and A'MA are the same for all domains, and t has few units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from sampling.estimate.covariance import MOST_PAIRS, Covariance, covariance, repeated_pairs, variances
from sampling.estimate.design import Design
from sampling.estimate.domain import Partition
from sampling.estimate.ladder import Ladder, ladder
from sampling.estimate.stages.stage_form import applied
from sampling.estimate.table import FloatArray, IntArray
from sampling.estimate.variance import Term, Variance, joined, pair_scores, quadratic
from sampling.estimate.weights.auxiliary import dense
from sampling.estimate.weights.projection import Projection

MOST_KEPT = 40_000_000  # unit totals of auxiliary variables that are kept: 320 megabytes
MOST_VARIABLES = 2000
CANCELLED = 1e-7  # share of the score's variance below which the difference of sums has lost its digits
EXPLAINED = 1e-12  # the same for what an exact projection leaves
MOST_CELLS = 4_000_000


class Explained:
    """Hold what the adjustments of a design's weights explain of any score, prepared once for all statements."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.projections: tuple[Projection, ...] = tuple(reversed(design.projections))
        self.lonely = any(bool(stage.lonely.any()) for stage in design.stages)

    def variance(self, domains: ExplainedDomains, terms: Sequence[Term], *, own: bool) -> Variance:
        """Give the variance of the score sum(terms) in every domain, as sampling.estimate.variance does."""
        steps = domains.steps
        if not self._at_once:
            return self._unit_by_unit(domains, terms, own=own)
        scores = pair_scores(steps, terms, own=own)
        whole = quadratic(self._plain, steps.stages, scores, steps.domains).value
        crossed = self._crossed(steps, scores)
        value = self._less(whole, crossed, domains.coefficients(terms, exact=False))
        unsure = value <= CANCELLED * whole
        if any(projection.exact is not None for projection in self.projections):
            unsure |= self._less(whole, crossed, domains.coefficients(terms, exact=True)) <= EXPLAINED * whole
        again = np.flatnonzero(unsure & (whole > 0))
        if again.size:
            value[again] = self._row_by_row(steps, terms, again).value
        lonely = np.full(steps.domains, self.lonely)
        return Variance(value, lonely, lonely & (self.design.lonely_psu == "fail"))

    def covariance(self, rows: IntArray, columns: FloatArray, *, diagonal: bool = False) -> Covariance:
        """Give the covariance of the totals of columns (n, k) of scores over the rows (n,) of one domain."""
        if not self._at_once:
            return covariance(self.design, rows, columns, diagonal=diagonal)
        alone = covariance(self._plain, rows, columns, diagonal=diagonal).matrix
        coefficients = self.coefficients([_column_sums(each, rows, columns) for each in self.projections])
        crossed = np.zeros_like(coefficients)
        for stage, (_, form) in zip(self.design.stages, self._forms, strict=True):
            crossed += columns.T @ form[stage.unit[rows]]
        both = coefficients @ crossed.T
        matrix = alone - both - both.T + coefficients @ self._own @ coefficients.T
        if bool((np.diag(matrix) <= CANCELLED * np.diag(alone)).any()):
            return covariance(self.design, rows, columns, diagonal=diagonal)
        return Covariance(matrix, self.lonely, self.lonely and self.design.lonely_psu == "fail")

    def coefficients(self, sums: Sequence[FloatArray], *, exact: bool = False) -> FloatArray:
        """Give the coefficients (k, p) of all auxiliary variables from the sums (k, ..) that each adjustment sees."""
        found: list[FloatArray] = []
        for projection, own, seen in zip(self.projections, sums, self._between, strict=True):
            left = own - sum((each @ other.T for each, other in zip(found, seen, strict=True)), np.zeros_like(own))
            whole = projection.exact if exact else None
            found.append(projection.explained(left) if whole is None else left @ whole.T)
        return np.hstack(found)

    @cached_property
    def _between(self) -> list[list[FloatArray]]:
        """Give for each adjustment what it sees of the variables of those before it, (p, q) each."""
        return [
            [_seen(later, earlier) for earlier in self.projections[:number]]
            for number, later in enumerate(self.projections)
        ]

    @cached_property
    def _plain(self) -> Design:
        """Give the design without adjustments: over all its rows no stratum is lonelier than it was drawn."""
        return replace(self.design, projections=(), lonely_psu="certainty", lonely_domain=False)

    @property
    def _width(self) -> int:
        """Count the auxiliary variables of all adjustments."""
        return sum(int(projection.left.x.shape[1]) for projection in self.projections)

    @property
    def _at_once(self) -> bool:
        """Tell whether the short way can be taken: rules that set lone units against others make M depend on A."""
        units = sum(stage.alpha.size for stage in self.design.stages)
        small = self._width * units <= MOST_KEPT and self._width <= MOST_VARIABLES
        return small and not (self.lonely and self.design.lonely_psu in ("adjust", "average"))

    @cached_property
    def _forms(self) -> list[tuple[FloatArray, FloatArray]]:
        """Give for each stage A and M A, (units, p) each."""
        forms = []
        for stage in self.design.stages:
            totals = np.hstack(
                [each.left.group_sums(each.spread, stage.unit, stage.alpha.size) for each in self.projections]
            )
            forms.append((totals, applied(stage, totals)))
        return forms

    @cached_property
    def _own(self) -> FloatArray:
        """Give A'MA, (p, p)."""
        found = np.zeros((self._width, self._width))
        for totals, form in self._forms:
            # Not by matrix product: its threads wait for each other on a busy machine, for next to no work each.
            found += np.einsum("ij,ik->jk", totals, form)
        return found

    def _crossed(self, steps: Ladder, scores: Sequence[FloatArray]) -> FloatArray:
        """Give t'MA, (domains, p)."""
        found = np.zeros((steps.domains, self._width))
        for pairs, score, (_, form) in zip(steps.stages, scores, self._forms, strict=True):
            spread = sparse.csr_matrix((score, (pairs.domain, pairs.unit)), (steps.domains, form.shape[0]))
            found += dense(spread @ form)
        return found

    def _less(self, whole: FloatArray, crossed: FloatArray, coefficients: FloatArray) -> FloatArray:
        own = ((coefficients @ self._own) * coefficients).sum(axis=1)
        return np.asarray(whole - 2.0 * (coefficients * crossed).sum(axis=1) + own, dtype=np.float64)

    def _unit_by_unit(self, domains: ExplainedDomains, terms: Sequence[Term], *, own: bool) -> Variance:
        """Give the variances from the residual of every unit, for a few domains at a time."""
        steps, scores = domains.steps, pair_scores(domains.steps, terms, own=own)
        coefficients = domains.coefficients(terms, exact=False)
        parts, unsure = [], []
        for first in range(0, steps.domains, self._lot):
            chosen = np.arange(first, min(first + self._lot, steps.domains))
            levels, left = [], np.zeros(chosen.size, dtype=np.bool_)
            for pairs, score, every, load in zip(steps.stages, scores, self._every.stages, self._loads, strict=True):
                inside = (pairs.domain >= first) & (pairs.domain <= chosen[-1])
                place = (pairs.domain[inside] - first, pairs.unit[inside])
                totals = sparse.csr_matrix((score[inside], place), (chosen.size, load.shape[0])).toarray()
                residual = totals - dense(load @ coefficients[chosen].T).T
                left |= np.abs(residual).max(axis=1) > CANCELLED * np.abs(totals).max(axis=1)
                levels.append(residual[:, every.unit].ravel())
            repeated = [repeated_pairs(every, chosen.size) for every in self._every.stages]
            parts.append(quadratic(self.design, repeated, levels, chosen.size))
            unsure += chosen[~left].tolist()
        found = joined(parts)
        if unsure:
            found.value[unsure] = self._row_by_row(steps, terms, np.array(unsure, dtype=np.int64)).value
        return found

    @property
    def _lot(self) -> int:
        """Give how many domains are worked on at a time."""
        return max(MOST_PAIRS // max((stage.alpha.size for stage in self.design.stages), default=1), 1)

    @cached_property
    def _every(self) -> Ladder:
        """Line up all units, which residuals reach."""
        return ladder(self.design, Partition(np.zeros(self.design.rows, dtype=np.int64), (), ((),)))

    @cached_property
    def _loads(self) -> list[sparse.csr_matrix]:
        """Give A of each stage, (units, p), sparse as classes are."""
        return [
            sparse.csr_matrix(
                sparse.hstack(
                    [each.left.unit_sums(each.spread, stage.unit, stage.alpha.size) for each in self.projections]
                )
            )
            for stage in self.design.stages
        ]

    def _row_by_row(self, steps: Ladder, terms: Sequence[Term], domains: IntArray) -> Variance:
        """Give the variances of some domains from the residuals of every row."""
        every = np.arange(self.design.rows, dtype=np.int64)
        width = max(MOST_PAIRS // self.design.rows, 1)
        score = np.zeros(steps.rows.size)
        for term in terms:
            column = 1.0 if term.column is None else term.column
            score += steps.weights * column * term.coefficient[steps.row_domain]
        parts = []
        for first in range(0, domains.size, width):
            chosen = domains[first : first + width]
            place = np.full(steps.domains, -1, dtype=np.int64)
            place[chosen] = np.arange(chosen.size)
            inside = place[steps.row_domain] >= 0
            columns = np.zeros((self.design.rows, chosen.size))
            columns[steps.rows[inside], place[steps.row_domain[inside]]] = score[inside]
            parts.append(variances(self.design, every, self.design.residuals(columns)))
        return joined(parts)


@dataclass(frozen=True)
class ExplainedDomains:
    """Line up what is explained with the domains of a ladder."""

    explained: Explained
    steps: Ladder

    def coefficients(self, terms: Sequence[Term], *, exact: bool) -> FloatArray:
        """Give the coefficients of the auxiliary variables of all adjustments in the score of every domain."""
        sums = [self._sums(number, each, terms) for number, each in enumerate(self.explained.projections)]
        return self.explained.coefficients(sums, exact=exact)

    def _sums(self, number: int, projection: Projection, terms: Sequence[Term]) -> FloatArray:
        """Sum gather * right * score over the rows of every domain, (domains, p)."""
        total = np.zeros((self.steps.domains, projection.right.x.shape[1]))
        for term in terms:
            if term.column is None:
                sums = self._of_weights[number]
            else:
                sums = self._of_column(number, projection, self.steps.weights * term.column)
            total += term.coefficient[:, None] * sums
        return total

    @cached_property
    def _of_weights(self) -> list[FloatArray]:
        return [
            self._of_column(number, projection, self.steps.weights)
            for number, projection in enumerate(self.explained.projections)
        ]

    def _of_column(self, number: int, projection: Projection, values: FloatArray) -> FloatArray:
        steps, auxiliary = self.steps, projection.right
        gathered = values * steps.take(projection.gather)
        index = self._indices[number]
        if index is None:
            return auxiliary.group_sums(gathered, steps.row_domain, steps.domains, steps.rows)
        cells = auxiliary.x.shape[0]
        by_cell = np.bincount(index, gathered, steps.domains * cells).reshape(steps.domains, cells)
        return dense(by_cell @ auxiliary.x)

    @cached_property
    def _indices(self) -> list[IntArray | None]:
        """Give for each adjustment the (domain, cell) of every row, None where there are too many of them."""
        steps = self.steps
        return [
            steps.row_domain * each.right.x.shape[0] + each.right.cell[steps.rows]
            if steps.domains * each.right.x.shape[0] <= MOST_CELLS
            else None
            for each in self.explained.projections
        ]


def _column_sums(projection: Projection, rows: IntArray, columns: FloatArray) -> FloatArray:
    """Sum gather * right * columns over some rows, (k, p)."""
    gathered, cell = columns * projection.gather[rows][:, None], projection.right.cell[rows]
    cells = projection.right.x.shape[0]
    if cells > rows.size:
        return dense(gathered.T @ projection.right.x[cell])
    by_cell = np.array([np.bincount(cell, column, cells) for column in gathered.T])
    return dense(by_cell @ projection.right.x)


def _seen(later: Projection, earlier: Projection) -> FloatArray:
    """Give sum gather right (spread left)' of one adjustment and the variables of one before it."""
    weights = sparse.csr_matrix(
        (later.gather * earlier.spread, (later.right.cell, earlier.left.cell)),
        shape=(later.right.x.shape[0], earlier.left.x.shape[0]),
    )
    return dense(later.right.x.T @ (weights @ earlier.left.x))
