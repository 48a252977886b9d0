"""Fit generalised linear models with sampling weights, by Newton's steps (iteratively reweighted least squares).

The coefficients solve the weighted score equations sum w_i (y_i - mean_i) x_i = 0 and estimate those of the whole
population (Binder (1983); Sarndal, Swensson, Wretman (1992), section 5.10). Links are the canonical ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import linalg
from scipy.special import expit, logit, xlogy

from sampling.estimate.table import BoolArray, FloatArray

Family = Literal["gaussian", "binomial", "quasibinomial", "poisson", "quasipoisson"]
MOST_STEPS = 60
MOST_HALVINGS = 12
SETTLED = 1e-10  # change of the linear predictor, in units of the response's size, below which a step is the last
STILL = 1e-6  # the same for the coefficients, which a separated group moves on while the predictor's fit stands
COLLINEAR = 1e-13  # share of a column's squared length that the columns before it must leave: 3e-7 of its length
CERTAIN = 1e-9  # a variance of the mean below this stands for a fitted mean on its way to a bound


@dataclass(frozen=True)
class Mean:
    """Hold how a family's mean follows from the linear predictor.

    Attributes
    ----------
    inverse : linear predictor -> mean
    slope : mean -> its derivative by the linear predictor, which under a canonical link is the variance function
    start : response -> linear predictor to begin with
    loss : (response, mean) -> minus the log likelihood of each row, up to what does not depend on the mean
    fits : response -> which values the family can have
    misfit : reason for the others
    """

    inverse: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]
    start: Callable[[FloatArray], FloatArray]
    loss: Callable[[FloatArray, FloatArray], FloatArray]
    fits: Callable[[FloatArray], BoolArray]
    misfit: str


GAUSSIAN = Mean(
    inverse=lambda eta: eta,
    slope=np.ones_like,
    start=lambda y: y,
    loss=lambda y, mean: 0.5 * (y - mean) ** 2,
    fits=np.isfinite,
    misfit="estimate.undefined",
)
BINOMIAL = Mean(
    inverse=expit,
    slope=lambda mean: mean * (1.0 - mean),
    start=lambda y: np.asarray(logit((y + 0.5) / 2.0), dtype=np.float64),
    loss=lambda y, mean: np.asarray(-xlogy(y, mean) - xlogy(1.0 - y, 1.0 - mean), dtype=np.float64),
    fits=lambda y: (y >= 0) & (y <= 1),
    misfit="estimate.not_zero_one",
)
POISSON = Mean(
    inverse=np.exp,
    slope=lambda mean: mean,
    start=lambda y: np.asarray(np.log(y + 0.1), dtype=np.float64),
    loss=lambda y, mean: np.asarray(mean - xlogy(y, mean), dtype=np.float64),
    fits=lambda y: y >= 0,
    misfit="estimate.negative_count",
)
MEANS: Mapping[Family, Mean] = {
    "gaussian": GAUSSIAN,
    "binomial": BINOMIAL,
    "quasibinomial": BINOMIAL,
    "poisson": POISSON,
    "quasipoisson": POISSON,
}


class NoFitError(Exception):
    """Mark a model that cannot be fitted; `code` is the reason."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Regression:
    """Hold a fitted model.

    Attributes
    ----------
    coefficients : (k,)
    influence : (n, k) each row's weight times the derivative of the coefficients by it (Binder 1983)
    rounding : (k,) size of the sums that the coefficients are differences of: errors far below are rounding
    """

    coefficients: FloatArray
    influence: FloatArray
    rounding: FloatArray


@dataclass(frozen=True)
class Model:
    """Hold what is fitted: how the mean follows, the columns (n, k), the response (n,)."""

    mean: Mean
    matrix: FloatArray
    response: FloatArray

    def fit(self, weights: FloatArray) -> Regression:
        """Fit the model under weights (n,) >= 0.

        Raises
        ------
        NoFitError
            When columns repeat each other, when a coefficient runs off to infinity because a group answers all alike
            (Albert, Anderson 1984), or when the steps do not settle.
        """
        scaled, size = self._scaled(weights)
        coefficients = self._settled(scaled, weights, self._begin(scaled, weights))
        fitted = self.mean.inverse(scaled @ coefficients)
        working = weights * self.mean.slope(fitted)
        bread = linalg.cho_solve(_factor(_gram(scaled, working)), np.eye(size.size))
        residual = weights * (self.response - fitted)
        worked = np.abs(residual) + working * np.abs(scaled @ coefficients)
        return Regression(
            coefficients / size,
            (residual[:, None] * scaled) @ (bread / size),
            (worked @ np.abs(scaled)) @ np.abs(bread) / size,
        )

    def refit(self, weights: FloatArray, start: FloatArray) -> FloatArray:
        """Give the coefficients (k,) under other weights, beginning with those of the full sample."""
        scaled, size = self._scaled(weights)
        return np.asarray(self._settled(scaled, weights, start * size) / size, dtype=np.float64)

    def _scaled(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Bring the columns to one size: unlike ones would lose digits in the normal equations."""
        size = np.sqrt(weights @ (self.matrix * self.matrix) / weights.sum())
        if not (size > 0).all():
            raise NoFitError("estimate.collinear")
        return self.matrix / size, size

    def _begin(self, scaled: FloatArray, weights: FloatArray) -> FloatArray:
        eta = self.mean.start(self.response)
        fitted = self.mean.inverse(eta)
        working = weights * self.mean.slope(fitted)
        score = scaled.T @ (working * eta + weights * (self.response - fitted))
        return np.asarray(linalg.cho_solve(_factor(_gram(scaled, working)), score), dtype=np.float64)

    def _settled(self, scaled: FloatArray, weights: FloatArray, coefficients: FloatArray) -> FloatArray:
        """Take Newton's steps until they no longer move the coefficients."""
        loss = self._loss(scaled, weights, coefficients)
        whole = weights.sum()
        unit = np.sqrt(weights @ self.response**2 / whole)
        for _ in range(MOST_STEPS):
            fitted = self.mean.inverse(scaled @ coefficients)
            slope = self.mean.slope(fitted)
            try:
                factor = _factor(_gram(scaled, weights * slope))
            except NoFitError:
                # The columns were found apart at the start: only weights that vanish can have brought them together.
                raise NoFitError("estimate.separation") from None
            score = scaled.T @ (weights * (self.response - fitted))
            step = linalg.cho_solve(factor, score)
            still = np.abs(step).max() <= STILL * (np.abs(coefficients).max() + unit)
            if still and np.sqrt(np.abs(score @ step) / whole) <= SETTLED * unit:
                return np.asarray(coefficients + step, dtype=np.float64)
            coefficients, loss = self._stepped(scaled, weights, (coefficients, step), loss)
        apart = bool((slope[weights > 0] < CERTAIN).any())
        raise NoFitError("estimate.separation" if apart else "estimate.no_convergence")

    def _stepped(
        self, scaled: FloatArray, weights: FloatArray, way: tuple[FloatArray, FloatArray], loss: float
    ) -> tuple[FloatArray, float]:
        """Go a step, or the half, quarter.. of it where the whole would lead away from the maximum."""
        coefficients, step = way
        for halving in range(MOST_HALVINGS):
            reached = coefficients + step / 2**halving
            after = self._loss(scaled, weights, reached)
            if after <= loss + SETTLED * abs(loss):
                return reached, after
        raise NoFitError("estimate.no_convergence")

    def _loss(self, scaled: FloatArray, weights: FloatArray, coefficients: FloatArray) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            mean = self.mean.inverse(scaled @ coefficients)
            value = float(weights @ self.mean.loss(self.response, mean))
        return value if np.isfinite(value) else np.inf


def _gram(scaled: FloatArray, working: FloatArray) -> FloatArray:
    return np.asarray(scaled.T @ (working[:, None] * scaled), dtype=np.float64)


def _factor(gram: FloatArray) -> tuple[FloatArray, bool]:
    """Factor X'WX; a column that the ones before it leave next to nothing of repeats them."""
    size = np.diagonal(gram)
    try:
        factor, lower = linalg.cho_factor(gram, lower=True)
    except linalg.LinAlgError:
        raise NoFitError("estimate.collinear") from None
    if (np.diagonal(factor) ** 2 <= COLLINEAR * size).any():
        raise NoFitError("estimate.collinear")
    return factor, lower
