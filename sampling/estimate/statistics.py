"""Compute one statement's figures for every domain: estimate, variance, counts, design effect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.estimate import scores
from sampling.estimate.design import Design
from sampling.estimate.domain import Ladder
from sampling.estimate.scores import Estimated
from sampling.estimate.statement import DesignEffect, Statistic
from sampling.estimate.table import BoolArray, FloatArray, IntArray
from sampling.estimate.variance import Variance, variance

ROUNDING = 1e-13  # standard errors below this share of the estimate are rounding, not spread


@dataclass(frozen=True)
class Figures:
    """Hold the figures of one variable (or level) in all domains.

    Attributes
    ----------
    n : rows of non-zero weight; kish : (sum s)^2 / sum s^2 of the denominators (n itself for proportions)
    df : active PSUs less active strata
    binary : whether every row shows a share between 0 and 1, so that the estimate is a rate
    """

    estimated: Estimated
    steps: Ladder
    variance: Variance
    n: IntArray
    kish: FloatArray
    df: FloatArray
    deff: FloatArray
    binary: BoolArray


def figures(  # noqa: PLR0913 - one value each, all named
    design: Design,
    steps: Ladder,
    statistic: Statistic,
    numerator: FloatArray,
    denominator: FloatArray | None,
    *,
    design_effect: DesignEffect,
) -> Figures:
    """Compute a mean, proportion, total or ratio over the rows of a ladder.

    Parameters
    ----------
    numerator, denominator : (used rows,) the variable itself, and for ratios what it is divided by
    """
    if statistic == "total":
        estimated = scores.total(steps, numerator)
    elif denominator is None:
        estimated = scores.mean(steps, numerator)
    else:
        estimated = scores.ratio(steps, numerator, denominator)
    spread = _without_rounding(variance(design, steps, estimated.terms), estimated.value)
    counted = (steps.weights != 0).astype(np.float64)
    size = counted if denominator is None else counted * denominator
    n = steps.domain_sums(counted)
    return Figures(
        estimated=estimated,
        steps=steps,
        variance=spread,
        n=n.astype(np.int64),
        kish=_kish(steps, size),
        df=steps.degrees_of_freedom.astype(np.float64),
        deff=_design_effect(steps, statistic, estimated, denominator, spread.value, n, design_effect),
        binary=_binary(steps, numerator, np.ones_like(numerator) if denominator is None else denominator),
    )


def _without_rounding(found: Variance, value: FloatArray) -> Variance:
    floor = (ROUNDING * np.abs(np.nan_to_num(value))) ** 2
    return Variance(np.where(found.value <= floor, np.minimum(found.value, 0.0), found.value), found.lonely)


def _kish(steps: Ladder, size: FloatArray) -> FloatArray:
    """Give (sum s)^2 / sum s^2, Kish (1965), section 11.7: the count of equal units worth the same as units of sizes s."""
    square = steps.domain_sums(size * size)
    top = steps.domain_sums(size) ** 2
    return np.asarray(np.divide(top, square, out=np.zeros_like(top), where=square > 0), dtype=np.float64)


def _binary(steps: Ladder, numerator: FloatArray, denominator: FloatArray) -> BoolArray:
    outside = (numerator < 0) | (numerator > denominator)
    return np.asarray(steps.domain_sums(outside.astype(np.float64)) == 0, dtype=np.bool_)


def _design_effect(  # noqa: PLR0913, PLR0917 - the parts of one formula
    steps: Ladder,
    statistic: Statistic,
    estimated: Estimated,
    denominator: FloatArray | None,
    spread: FloatArray,
    n: FloatArray,
    kind: DesignEffect,
) -> FloatArray:
    """Give V / V_srs, Kish (1965), section 8.2; V_srs from the weighted variance with divisor n - 1, as R survey has it."""
    if kind == "none":
        return np.full(steps.domains, np.nan)
    weights = steps.weights
    population = steps.domain_sums(weights)
    with np.errstate(all="ignore"):
        middle = steps.domain_sums(weights * estimated.residual) / population
        left = estimated.residual - middle[steps.row_domain]
        simple = steps.domain_sums(weights * left * left) / population * n / (n - 1.0) / n
        if statistic == "total":
            simple = simple * population**2
        elif denominator is not None:
            simple = simple * (population / steps.domain_sums(weights * denominator)) ** 2
        if kind == "without":
            simple = simple * (population - n) / population
        # No simple random sample of n exists in a population smaller than n: weights that do not sum to the population.
        return np.where((simple > 0) & (n <= population), spread / simple, np.nan)
