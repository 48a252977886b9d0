"""Estimate quantiles with Woodruff's intervals, in all domains at once.

The share F(q) of rows up to the quantile q is a rate with a variance; its limits are read back through the same rule as
the quantile itself (Woodruff 1952, JASA 47, 635-646). The score method asks instead which values the share up to them
does not refute (Francisco and Fuller 1991, Annals of Statistics 19, 454-469).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sampling.estimate import scores
from sampling.estimate.interval import EDGE, Limits, Rates, Side, rate_limits, t_quantile
from sampling.estimate.judge import Mark, interval_df
from sampling.estimate.layers import Layers
from sampling.estimate.quantile_rule import BETWEEN, Ordered
from sampling.estimate.scores import Estimated
from sampling.estimate.statement import Statement
from sampling.estimate.statistics import Figures, without_rounding
from sampling.estimate.table import BoolArray, FloatArray
from sampling.estimate.variance import Term, Variance

SCALED = 1e-6  # mean weights nearer to 1 than this have a mean of 1


@dataclass(frozen=True)
class Woodruff:
    """Hold one quantile of one variable in all domains, and what its limits are read from.

    Attributes
    ----------
    y : (used rows,) the variable; found : the same, ordered within domains
    p : the share asked for; value : (domains,) the quantile
    share : F(value), a rate; spread : its variance
    df : (domains,) degrees of freedom of the limits
    """

    layers: Layers
    statement: Statement
    y: FloatArray
    found: Ordered
    p: float
    value: FloatArray
    share: Estimated
    spread: Variance
    df: FloatArray

    @property
    def known(self) -> BoolArray:
        """Mark the domains whose share has a variance to build on."""
        return np.asarray((self.spread.value > 0) & (self.df > 0), dtype=np.bool_)

    @property
    def at_end(self) -> BoolArray:
        """Mark the domains whose quantile is their largest value: nothing is known of what lies above it."""
        return np.asarray(self.share.value > 1.0 - EDGE, dtype=np.bool_)

    def limits(self, level: float, side: Side) -> Limits:
        """Give the limits at a level, NaN where they lie beyond the values of the sample or leave no width."""
        low, high = self._read_back(level, side)
        # An interval without width would claim to be exact; rule shahvaish can even put its limits the wrong way round.
        flat = low >= high
        none = np.full_like(low, np.nan)
        return Limits(np.where(flat, np.nan, low), np.where(flat, np.nan, high), none)

    @cached_property
    def error(self) -> FloatArray:
        """Give the standard error: the width of the two-sided limits over 2 t, as in R survey; NaN without both."""
        level = self.statement.interval.level
        both = self.limits(level, "two")
        return np.asarray((both.high - both.low) / (2.0 * t_quantile((1.0 + level) / 2.0, self.df)), dtype=np.float64)

    @cached_property
    def reasons(self) -> list[str | None]:
        """Say for each domain why it lacks a limit or its standard error, None where it has them."""
        spec = self.statement.interval
        asked = self.limits(spec.level, spec.side)
        missing = np.isnan(self.error)
        missing |= (np.isnan(asked.low) & (spec.side != "upper")) | (np.isnan(asked.high) & (spec.side != "lower"))
        low, high = self._read_back(spec.level, "two")
        exact = (~self.known & ~self.at_end) | (low >= high)
        return [
            None if not lack else "estimate.no_variance" if still else "estimate.limit_beyond_data"
            for lack, still in zip(missing, exact, strict=True)
        ]

    @property
    def marks(self) -> Sequence[Mark]:
        """Remark where the rule takes weights of another mean than 1 as they are, and where it looks at row order."""
        found: list[Mark] = []
        if self.statement.rule == "shahvaish":
            scale = self.found.total / self.found.count
            found.append(("rule_depends_on_weights", np.abs(scale - 1.0) > SCALED))
        if self.statement.rule in BETWEEN:
            found.append(("depends_on_row_order", self.found.hangs_on_order))
        return found

    @cached_property
    def _found_limits(self) -> dict[tuple[float, Side], tuple[FloatArray, FloatArray]]:
        return {}

    def _read_back(self, level: float, side: Side) -> tuple[FloatArray, FloatArray]:
        """Give the limits as they are found, each level's once: error, reasons and rows ask for the same ones."""
        if (level, side) not in self._found_limits:
            make = self._by_score if self.statement.interval.by_score else self._by_share
            low, high = make(level, side)
            none = np.full_like(self.value, np.nan)
            self._found_limits[level, side] = none if side == "upper" else low, none if side == "lower" else high
        return self._found_limits[level, side]

    def _by_share(self, level: float, side: Side) -> tuple[FloatArray, FloatArray]:
        rates = Rates(
            value=np.where(self.known & ~self.at_end, self.share.value, np.nan),
            variance=self.spread.value,
            n=self.layers.steps.counts,
            df=self.df,
            design_effect=np.ones_like(self.value),
        )
        found = rate_limits(self.statement.interval.method, rates, level, side)
        inside = (found.low >= 0.0) & (found.low <= 1.0), (found.high >= 0.0) & (found.high <= 1.0)
        return self._read(np.where(inside[0], found.low, np.nan)), self._read(np.where(inside[1], found.high, np.nan))

    def _read(self, share: FloatArray) -> FloatArray:
        return self.found.at(self.statement.rule, share)

    def _by_score(self, level: float, side: Side) -> tuple[FloatArray, FloatArray]:
        """Find the values at which (p - F) / se(F) comes nearest to t and to -t.

        R survey ends its search between values at the same ones, but reads them back through unweighted shares.
        """
        t = t_quantile((1.0 + level) / 2.0 if side == "two" else level, self.df)
        none = np.full_like(self.value, np.nan)
        return none if side == "upper" else self._nearest(t), none if side == "lower" else self._nearest(-t)

    def _nearest(self, aim: FloatArray) -> FloatArray:
        """Read the value whose score statistic is nearest to `aim` in each domain; NaN at either end."""
        found = self.found
        if found.value.size == 0:
            return np.full_like(aim, np.nan)
        last = np.maximum(found.end - 1, 0)
        first = np.minimum(found.start, last)
        low, high = found.start.copy(), found.end.copy()
        while (low < high).any():
            middle = np.minimum((low + high) // 2, last)
            reached = self._statistic(found.value[middle]) <= aim
            high = np.where((low < high) & reached, middle, high)
            low = np.where((low < high) & ~reached, middle + 1, low)
        after = np.minimum(low, last)
        before = np.maximum(after - 1, first)
        # Below the smallest value and from the largest on the share is 0 or 1, whatever the sample.
        inside = self.known & (found.value[after] > found.value[first]) & (found.value[after] < found.value[last])
        gaps = (np.abs(self._statistic(found.value[place]) - aim) for place in (before, after))
        value = np.where(np.less(*gaps), found.value[before], found.value[after])
        place = found.first(found.value, np.nextafter(value, np.inf)) - 1
        return self._read(np.where(inside, found.share[np.maximum(place, first)], np.nan))

    def _statistic(self, theta: FloatArray) -> FloatArray:
        share, spread = _share_up_to(self.layers, self.y, theta)
        distance = self.p - share.value
        error = np.sqrt(np.maximum(spread.value, 0.0))
        beyond = np.where(distance >= 0, np.inf, -np.inf)
        return np.asarray(np.divide(distance, error, out=beyond, where=error > 0), dtype=np.float64)

    @property
    def estimated(self) -> Estimated:
        """Give the quantile with the scores of -F(q) / f, whose variance is the square of the standard error.

        1 / f, the slope of values over shares, is that of the limits: standard error over the error of the share.
        """
        share = np.sqrt(np.where(self.known, self.spread.value, np.nan))
        slope = np.nan_to_num(self.error / share)
        terms = tuple(Term(term.column, -slope * term.coefficient, term.totals) for term in self.share.terms)
        replicated = self.share.replicated
        if replicated is not None:
            replicated = self.value[:, None] - slope[:, None] * (replicated - self.share.value[:, None])
        return Estimated(self.value, terms, replicated)

    @property
    def figures(self) -> Figures:
        """Give the figures of the quantile; its variance is NaN where there is no standard error."""
        steps = self.layers.steps
        none = np.full(steps.domains, np.nan)
        return Figures(
            estimated=self.estimated,
            variance=replace(self.spread, value=self.error**2),
            n=steps.counts.astype(np.int64),
            kish=steps.counts,
            df=self.layers.degrees_of_freedom,
            deff=none,
            rate=np.zeros(steps.domains, dtype=np.bool_),
        )


def woodruff(layers: Layers, statement: Statement, y: FloatArray, found: Ordered, p: float) -> Woodruff:
    """Estimate the quantile p of a variable.

    Parameters
    ----------
    y : (used rows,) the variable; found : the same, ordered within domains
    """
    value = found.at(statement.rule, np.full(layers.steps.domains, p))
    share, spread = _share_up_to(layers, y, value)
    df = interval_df(statement.interval, layers.degrees_of_freedom)
    return Woodruff(layers, statement, y, found, p, value, share, spread, df)


def _share_up_to(layers: Layers, y: FloatArray, theta: FloatArray) -> tuple[Estimated, Variance]:
    """Give the share of rows with y <= theta (domains,) and its variance."""
    steps = layers.steps
    share = scores.ratio(steps, (y <= theta[steps.row_domain]).astype(np.float64), None)
    return share, without_rounding(layers.variance(share), share.value)
