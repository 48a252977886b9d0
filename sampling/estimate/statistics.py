"""Compute one statement's figures for every domain: estimate, variance, counts, design effect."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sampling.estimate import scores
from sampling.estimate.interval import EDGE
from sampling.estimate.ladder import Ladder
from sampling.estimate.layers import Layers
from sampling.estimate.scores import Estimated
from sampling.estimate.statement import DesignEffect, Statement
from sampling.estimate.table import BoolArray, FloatArray, IntArray
from sampling.estimate.variance import Variance

ROUNDING = 1e-13  # standard errors below this share of the estimate are rounding, not spread


@dataclass(frozen=True)
class Figures:
    """Hold the figures of one variable (or level) in all domains.

    Attributes
    ----------
    n : rows of non-zero weight; kish : (sum s)^2 / sum s^2 of the denominators (n itself for proportions)
    df : active PSUs less active strata
    rate : whether every row and the estimate itself show a share between 0 and 1, so that it is a rate
    """

    estimated: Estimated
    variance: Variance
    n: IntArray
    kish: FloatArray
    df: FloatArray
    deff: FloatArray
    rate: BoolArray


def figures(layers: Layers, statement: Statement, numerator: FloatArray, denominator: FloatArray | None) -> Figures:
    """Compute a mean, proportion, total, ratio or variance.

    Parameters
    ----------
    numerator, denominator : (used rows,) the variable itself, and for ratios what it is divided by
    """
    steps = layers.steps
    if statement.statistic == "total":
        estimated = scores.total(steps, numerator)
    elif statement.statistic == "variance":
        estimated = scores.spread(steps, numerator)
    else:
        estimated = scores.ratio(steps, numerator, denominator)
    spread = without_rounding(layers.variance(estimated), estimated.value)
    deff = np.full(steps.domains, np.nan)
    if statement.design_effect != "none":
        simple = _simple_variance(steps, statement, estimated.value, numerator, denominator)
        deff = _design_effect(spread.value, simple, steps, statement.design_effect)
    return Figures(
        estimated=estimated,
        variance=spread,
        n=steps.counts.astype(np.int64),
        kish=steps.counts if denominator is None else _kish(steps, denominator),
        df=layers.degrees_of_freedom,
        deff=deff,
        rate=_rate(steps, statement, numerator, denominator) & _between(estimated.value),
    )


def without_rounding(found: Variance, value: FloatArray) -> Variance:
    """Set variances to 0 that are nothing but rounding, so that no interval is built upon them."""
    floor = (ROUNDING * np.abs(np.nan_to_num(value))) ** 2
    return replace(found, value=np.where(np.abs(found.value) <= floor, 0.0, found.value))


def _kish(steps: Ladder, size: FloatArray) -> FloatArray:
    """Give (sum s)^2 / sum s^2, Kish (1965), chapter 11: the count of equal units worth units of sizes s."""
    size = np.where(steps.weights != 0, size, 0.0)
    square = steps.domain_sums(size * size)
    top = steps.domain_sums(size) ** 2
    return np.asarray(np.divide(top, square, out=np.zeros_like(top), where=square > 0), dtype=np.float64)


def _rate(steps: Ladder, statement: Statement, numerator: FloatArray, denominator: FloatArray | None) -> BoolArray:
    """Mark the domains in which every row shows a share between 0 and 1 (proportions do by their making)."""
    if statement.statistic == "proportion":
        return np.ones(steps.domains, dtype=np.bool_)
    if statement.statistic != "ratio" or denominator is None:
        return np.zeros(steps.domains, dtype=np.bool_)
    outside = (numerator < 0) | (numerator > denominator)
    return np.asarray(steps.domain_sums(outside.astype(np.float64)) == 0, dtype=np.bool_)


def _between(value: FloatArray) -> BoolArray:
    """Mark what lies between 0 and 1; negative weights can bring a share beyond them."""
    return np.asarray((value >= -EDGE) & (value <= 1.0 + EDGE), dtype=np.bool_)


def _simple_variance(
    steps: Ladder, statement: Statement, value: FloatArray, numerator: FloatArray, denominator: FloatArray | None
) -> FloatArray:
    """Give n times the variance that a simple random sample with replacement would have; divisor n - 1, as in R."""
    weights, n = steps.weights, steps.counts
    population = steps.domain_sums(weights)
    residual = numerator
    if statement.statistic == "ratio" and denominator is not None:
        residual = numerator - np.nan_to_num(value)[steps.row_domain] * denominator
    with np.errstate(all="ignore"):
        middle = steps.domain_sums(weights * residual) / population
        left = residual - middle[steps.row_domain]
        simple = steps.domain_sums(weights * left * left) / population * n / (n - 1.0)
        if statement.statistic == "total":
            simple = simple * population**2
        elif denominator is not None:
            simple = simple * (population / steps.domain_sums(weights * denominator)) ** 2
    return np.asarray(simple, dtype=np.float64)


def _design_effect(spread: FloatArray, simple: FloatArray, steps: Ladder, kind: DesignEffect) -> FloatArray:
    """Give V / V_srs, Kish (1965), chapter 8; `without` takes the reference without replacement."""
    n, population = steps.counts, steps.domain_sums(steps.weights)
    with np.errstate(all="ignore"):
        reference = simple / n
        if kind == "without":
            reference = reference * (population - n) / population
        # Weights that do not sum to a population of n or more describe no sample without replacement.
        possible = (reference > 0) & (n <= population)
        return np.asarray(np.where(possible, spread / reference, np.nan), dtype=np.float64)
