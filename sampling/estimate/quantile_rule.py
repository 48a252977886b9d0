"""Read quantiles off the weighted distribution of one variable, in all domains at once.

A rule says which number between two values of the sample is the quantile. Discrete rules read the step function
F(x) = sum of the weights up to x / sum of the weights; continuous ones a line through points (P_k, x_k), as the nine
rules of Hyndman and Fan (1996), The American Statistician 50, 361-365, written for weights as in R survey 4.5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from sampling.estimate.table import BoolArray, FloatArray, IntArray

QuantileRule = Literal[
    "math",
    "school",
    "shahvaish",
    "shahvaish-scaled",
    "hf1",
    "hf2",
    "hf3",
    "hf4",
    "hf5",
    "hf6",
    "hf7",
    "hf8",
    "hf9",
]
QUANTILE_RULES: tuple[QuantileRule, ...] = get_args(QuantileRule)
BETWEEN: frozenset[QuantileRule] = frozenset(QUANTILE_RULES) - {"math", "school", "hf1", "hf2", "hf3"}
"""Rules that look at single rows, so that rows of equal value are not the same as one row of their weights' sum."""
SAME = 1e-10  # shares nearer to each other than this are the same: sums of weights are not exact


@dataclass(frozen=True)
class Ordered:
    """Hold the values of one variable in rising order within each domain; rows of weight 0 are left out.

    Attributes
    ----------
    value, weight : (values,) ; rows of equal value stand in the order of the table
    upto : (values,) weights of the domain summed up to each value, itself included
    domain : (values,) ; start, end : (domains,) where each domain's values begin, and end before
    """

    value: FloatArray
    weight: FloatArray
    upto: FloatArray
    domain: IntArray
    start: IntArray
    end: IntArray

    @cached_property
    def total(self) -> FloatArray:
        """Give the sum of weights of each domain, NaN where it has no values."""
        return self.of_last(self.upto)

    @cached_property
    def share(self) -> FloatArray:
        """Give F at each value."""
        return self.upto / self.total[self.domain]

    @property
    def count(self) -> FloatArray:
        """Count the values of each domain."""
        return (self.end - self.start).astype(np.float64)

    @cached_property
    def hangs_on_order(self) -> BoolArray:
        """Mark the domains with rows of equal value and unlike weights: which comes first tells where points stand."""
        tied = (self.value[1:] == self.value[:-1]) & (self.domain[1:] == self.domain[:-1])
        found = np.zeros(self.start.size, dtype=np.bool_)
        found[self.domain[1:][tied & unlike(self.weight[1:], self.weight[:-1])]] = True
        return found

    def of_last(self, column: FloatArray) -> FloatArray:
        """Give what a column holds at the largest value of each domain, NaN where there is none."""
        out = np.full(self.start.size, np.nan)
        some = self.end > self.start
        out[some] = column[self.end[some] - 1]
        return out

    def at(self, rule: QuantileRule, p: FloatArray) -> FloatArray:
        """Give the quantile p (domains,) of each domain; NaN where p is NaN or the domain has no values."""
        if self.value.size == 0:
            return np.full_like(p, np.nan)
        known = np.isfinite(p) & (self.end > self.start)
        asked = np.where(known, p, 0.5)
        return np.asarray(np.where(known, RULES[rule](self, asked), np.nan), dtype=np.float64)

    def first(self, rising: FloatArray, least: FloatArray) -> IntArray:
        """Give the first place in each domain where a rising column reaches `least` (domains,), its end if nowhere."""
        low, high = self.start.copy(), self.end.copy()
        while (low < high).any():
            middle = (low + high) // 2
            reached = rising[np.minimum(middle, rising.size - 1)] >= least
            high = np.where((low < high) & reached, middle, high)
            low = np.where((low < high) & ~reached, middle + 1, low)
        return low


def unlike(weight: FloatArray, other: FloatArray) -> BoolArray:
    """Tell weights apart, but for rounding."""
    return np.asarray(np.abs(weight - other) > SAME * np.abs(other), dtype=np.bool_)


def ordered(domain: IntArray, domains: int, value: FloatArray, weight: FloatArray) -> Ordered:
    """Sort a variable within domains, once for all of them.

    Parameters
    ----------
    domain, value, weight : (rows,) ; rows of weight 0 say nothing of the distribution
    """
    used = np.flatnonzero(weight != 0)
    order = used[np.argsort(value[used], kind="stable")]
    if domains > 1:
        # Small whole numbers are sorted by radix, in a tenth of the time.
        narrow = domain[order].astype(np.uint16 if domains <= np.iinfo(np.uint16).max else np.int64)
        order = order[np.argsort(narrow, kind="stable")]
    of = domain[order]
    end = np.cumsum(np.bincount(of, minlength=domains)).astype(np.int64)
    start = np.append(0, end[:-1])
    # The longest float at hand: a domain's own sums are differences of sums over all of them.
    whole = np.append(0.0, np.cumsum(weight[order], dtype=np.longdouble))
    upto = (whole[1:] - whole[start[of]]).astype(np.float64)
    return Ordered(value[order], weight[order], upto, of, start, end)


def _inverse(found: Ordered, p: FloatArray) -> IntArray:
    """Give the place of the smallest x with F(x) >= p; the largest value's where rounding lets none reach it."""
    return np.minimum(found.first(found.share, p - SAME), np.maximum(found.end - 1, 0))


def _after(found: Ordered, place: IntArray, p: FloatArray) -> IntArray:
    """Give the next place where F(x) = p, so that every number up to the next value is a quantile; else the place."""
    flat = (np.abs(found.share[place] - p) <= SAME) & (place + 1 < found.end)
    return np.where(flat, place + 1, place)


def _math(found: Ordered, p: FloatArray) -> FloatArray:
    return found.value[_inverse(found, p)]


def _school(found: Ordered, p: FloatArray) -> FloatArray:
    """Take the middle where F is flat at p, as the median of an even number of values."""
    place = _inverse(found, p)
    after = _after(found, place, p)
    return (found.value[place] + found.value[after]) / 2.0


def _even(found: Ordered, p: FloatArray) -> FloatArray:
    """Take, where F is flat at p, the one of both neighbours that is even among the distinct values of the domain."""
    place = _inverse(found, p)
    after = _after(found, place, p)
    new = np.ones(found.value.size, dtype=np.int64)
    new[1:] = (found.value[1:] != found.value[:-1]) | (found.domain[1:] != found.domain[:-1])
    number = np.cumsum(new)
    rank = number[place] - number[np.minimum(found.start, number.size - 1)] + 1
    return np.asarray(np.where(rank % 2 == 0, found.value[place], found.value[after]), dtype=np.float64)


def _shah_vaish(found: Ordered, p: FloatArray) -> FloatArray:
    """Take R survey's form of Shah and Vaish (2006), whose half weight is not brought to a mean of 1."""
    return _stepwise(found, found.weight, p)


def _shah_vaish_scaled(found: Ordered, p: FloatArray) -> FloatArray:
    """Take Shah and Vaish (2006) with all weights brought to a mean of 1: no matter what scale they have."""
    return _stepwise(found, found.weight * (found.count / found.total)[found.domain], p)


def _stepwise(found: Ordered, half: FloatArray, p: FloatArray) -> FloatArray:
    """Give the value at the last point (S_k + 1/2 - half_k / 2) / (n + 1) up to p; S weights of mean 1, summed up."""
    count = found.count[found.domain]
    point = (found.share * count + 0.5 - half / 2.0) / (count + 1.0)
    order = np.lexsort((point, found.domain))  # unscaled halves may leave the points out of order
    after = found.first(point[order], p + SAME)
    return found.value[order][np.maximum(after - 1, np.minimum(found.start, found.value.size - 1))]


def _between(found: Ordered, point: FloatArray, p: FloatArray) -> FloatArray:
    """Read the line through (point, value) at p; level beyond the first and the last point."""
    last = np.maximum(found.end - 1, 0)
    right = np.minimum(found.first(point, p), last)
    left = np.maximum(right - 1, np.minimum(found.start, last))
    gap = point[right] - point[left]
    way = np.divide(p - point[left], gap, out=np.ones_like(gap), where=gap > 0)
    step = found.value[right] - found.value[left]
    return np.asarray(found.value[left] + step * np.clip(way, 0.0, 1.0), dtype=np.float64)


def _hf4(found: Ordered, p: FloatArray) -> FloatArray:
    return _between(found, found.share, p)


def _hf5(found: Ordered, p: FloatArray) -> FloatArray:
    return _between(found, (found.upto - found.weight / 2.0) / found.total[found.domain], p)


def _hf6(found: Ordered, p: FloatArray) -> FloatArray:
    whole = found.total + found.of_last(found.weight)
    return _between(found, found.upto / whole[found.domain], p)


def _hf7(found: Ordered, p: FloatArray) -> FloatArray:
    whole = found.total - found.of_last(found.weight)
    whole = np.where(found.count > 1, whole, 1.0)  # a single value is every quantile
    return _between(found, (found.upto - found.weight) / whole[found.domain], p)


def _hf8(found: Ordered, p: FloatArray) -> FloatArray:
    whole = found.total + found.of_last(found.weight) / 3.0
    return _between(found, (found.upto - found.weight / 3.0) / whole[found.domain], p)


def _hf9(found: Ordered, p: FloatArray) -> FloatArray:
    whole = found.total + found.of_last(found.weight) / 4.0
    return _between(found, (found.upto - found.weight * 0.375) / whole[found.domain], p)


RULES: dict[QuantileRule, Callable[[Ordered, FloatArray], FloatArray]] = {
    "math": _math,
    "school": _school,
    "shahvaish": _shah_vaish,
    "shahvaish-scaled": _shah_vaish_scaled,
    "hf1": _math,
    "hf2": _school,
    "hf3": _even,
    "hf4": _hf4,
    "hf5": _hf5,
    "hf6": _hf6,
    "hf7": _hf7,
    "hf8": _hf8,
    "hf9": _hf9,
}
