"""Give the coefficients of the variance of a stratum drawn without replacement with unequal probabilities.

Every method here writes the estimated variance of a total as a quadratic form in the weighted totals z_i = y_i / pi_i:

    V = sum_i alpha_i (z_i - m)^2  +  2 m sum_i r_i (z_i - m)  +  m^2 sum_i r_i,       m = mean of z,

which needs sums over units only, never a matrix of joint probabilities. r_i is the row sum of the form's matrix; it is
zero for the forms that do not change when a constant is added to z (Brewer, every Yates-Grundy form).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.estimate.table import FloatArray, IntArray, sums


@dataclass(frozen=True)
class Form:
    """Hold the quadratic form of one stage, unit by unit; no `row_sum` means that it is zero."""

    alpha: FloatArray
    row_sum: FloatArray | None = None


def brewer(pi: FloatArray, n: FloatArray) -> Form:
    """Give alpha_i = (1 - pi_i) n / (n - 1), the simplest approximation in Brewer (2002), chapter 9.

    `n` is the number of drawn non-certainty units of each unit's stratum. R survey: pps = "brewer".
    """
    return Form((1.0 - pi) * n / np.maximum(n - 1.0, 1.0))


def hartley_rao(pi: FloatArray, n: FloatArray, stratum: IntArray, *, psum: float | None, yates_grundy: bool) -> Form:
    """Give the form of Hartley and Rao (1962): pi_i pi_j / pi_ij = (n - pi_i - pi_j + psum) / (n - 1).

    `psum` is sum(pi^2) / n over the population; None takes the mean of pi in the sample. R survey: pps = HR().
    """
    strata = int(stratum.max()) + 1
    total = sums(stratum, pi, strata)[stratum]
    spread = total / n if psum is None else np.full_like(pi, psum)
    return _pairwise(pi, pi, total, 1.0 + spread, n, yates_grundy=yates_grundy)


def overton(pi: FloatArray, n: FloatArray, stratum: IntArray, *, yates_grundy: bool) -> Form:
    """Give the form of Overton (1985): pi_i pi_j / pi_ij = (n - (pi_i + pi_j) / 2) / (n - 1).

    R survey: pps = "overton".
    """
    strata = int(stratum.max()) + 1
    half = pi / 2.0
    total = sums(stratum, half, strata)[stratum]
    return _pairwise(pi, half, total, np.ones_like(pi), n, yates_grundy=yates_grundy)


def _pairwise(
    pi: FloatArray, rho: FloatArray, total: FloatArray, level: FloatArray, n: FloatArray, *, yates_grundy: bool
) -> Form:
    """Reduce weights (level - rho_i - rho_j) / (n - 1) on every pair to sums over units.

    Yates-Grundy sums (level - rho_i - rho_j)(z_i - z_j)^2 over pairs; Horvitz-Thompson adds (1 - pi_i) z_i^2 and takes
    the pairs as products. Terms in the centred sum of z vanish, so that alpha and the row sums are all that is left.
    """
    scale = 1.0 / np.maximum(n - 1.0, 1.0)
    if yates_grundy:
        return Form(scale * (level * n - n * rho - total))
    alpha = (1.0 - pi) + scale * (level - 2.0 * rho)
    others = (n - 1.0) * (level - rho) - (total - rho)
    return Form(alpha, (1.0 - pi) - scale * others)


def poisson(pi: FloatArray) -> Form:
    """Give alpha_i = 1 - pi_i without centring: independent draws. Sarndal, Swensson, Wretman (1992), section 3.5."""
    return Form(1.0 - pi)
