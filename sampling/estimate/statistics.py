"""Compute one statement's figures for every domain: estimate, variance, counts, design effect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.estimate import scores
from sampling.estimate.domain import Ladder
from sampling.estimate.layers import Layers
from sampling.estimate.scores import Estimated
from sampling.estimate.statement import DesignEffect, Statistic
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
    rate : whether every row shows a share between 0 and 1, so that the estimate is a rate
    """

    estimated: Estimated
    variance: Variance
    n: IntArray
    kish: FloatArray
    df: FloatArray
    deff: FloatArray
    rate: BoolArray


def figures(
    layers: Layers,
    statistic: Statistic,
    numerator: FloatArray,
    denominator: FloatArray | None,
    design_effect: DesignEffect,
) -> Figures:
    """Compute a mean, proportion, total or ratio.

    Parameters
    ----------
    numerator, denominator : (used rows,) the variable itself, and for ratios what it is divided by
    """
    steps = layers.steps
    if statistic == "total":
        estimated = scores.total(steps, numerator)
    elif denominator is None:
        estimated = scores.mean(steps, numerator)
    else:
        estimated = scores.ratio(steps, numerator, denominator)
    spread = without_rounding(layers.variance(estimated.terms), estimated.value)
    counted = (steps.weights != 0).astype(np.float64)
    n = steps.domain_sums(counted)
    deff = np.full(steps.domains, np.nan)
    if design_effect != "none":
        simple = _simple_variance(steps, statistic, estimated, denominator)
        deff = _design_effect(spread.value, simple, n, steps.domain_sums(steps.weights), design_effect)
    return Figures(
        estimated=estimated,
        variance=spread,
        n=n.astype(np.int64),
        kish=_kish(steps, counted if denominator is None else counted * denominator),
        df=layers.degrees_of_freedom,
        deff=deff,
        rate=_rate(steps, numerator, np.ones_like(numerator) if denominator is None else denominator),
    )


def without_rounding(found: Variance, value: FloatArray) -> Variance:
    """Set variances to 0 that are nothing but rounding, so that no interval is built upon them."""
    floor = (ROUNDING * np.abs(np.nan_to_num(value))) ** 2
    return Variance(np.where(np.abs(found.value) <= floor, 0.0, found.value), found.lonely)


def _kish(steps: Ladder, size: FloatArray) -> FloatArray:
    """Give (sum s)^2 / sum s^2, Kish (1965), section 11.7: the count of equal units worth units of sizes s."""
    square = steps.domain_sums(size * size)
    top = steps.domain_sums(size) ** 2
    return np.asarray(np.divide(top, square, out=np.zeros_like(top), where=square > 0), dtype=np.float64)


def _rate(steps: Ladder, numerator: FloatArray, denominator: FloatArray) -> BoolArray:
    outside = (numerator < 0) | (numerator > denominator)
    return np.asarray(steps.domain_sums(outside.astype(np.float64)) == 0, dtype=np.bool_)


def _simple_variance(
    steps: Ladder, statistic: Statistic, estimated: Estimated, denominator: FloatArray | None
) -> FloatArray:
    """Give n times the variance that a simple random sample with replacement would have; divisor n - 1, as in R."""
    weights = steps.weights
    population = steps.domain_sums(weights)
    n = steps.domain_sums((weights != 0).astype(np.float64))
    with np.errstate(all="ignore"):
        middle = steps.domain_sums(weights * estimated.residual) / population
        left = estimated.residual - middle[steps.row_domain]
        simple = steps.domain_sums(weights * left * left) / population * n / (n - 1.0)
        if statistic == "total":
            return np.asarray(simple * population**2, dtype=np.float64)
        if denominator is None:
            return np.asarray(simple, dtype=np.float64)
        return np.asarray(simple * (population / steps.domain_sums(weights * denominator)) ** 2, dtype=np.float64)


def _design_effect(
    spread: FloatArray, simple: FloatArray, n: FloatArray, population: FloatArray, kind: DesignEffect
) -> FloatArray:
    """Give V / V_srs, Kish (1965), section 8.2."""
    with np.errstate(all="ignore"):
        reference = simple / n
        if kind == "without":
            reference = reference * (population - n) / population
        # Weights that do not sum to a population of n or more describe no sample without replacement.
        possible = (reference > 0) & (n <= population)
        return np.asarray(np.where(possible, spread / reference, np.nan), dtype=np.float64)
