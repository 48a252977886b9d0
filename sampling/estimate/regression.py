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

from sampling.estimate.errors import NoFitError
from sampling.estimate.table import BoolArray, FloatArray

Family = Literal["gaussian", "binomial", "quasibinomial", "poisson", "quasipoisson"]
MOST_STEPS = 60
MOST_HALVINGS = 12
SETTLED = 1e-10  # change of the linear predictor, in units of the response's size, below which a step is the last
STILL = 1e-6  # the same for the coefficients, which a separated group moves on while the predictor's fit stands
COLLINEAR = 1e-13  # share of a column's squared length that the columns before it must leave: 3e-7 of its length
R_EPSILON, R_OFFSET = 1e-8, 0.05  # R stops where the deviance changes by less than 1e-8 (deviance + 0.1); here halves
CERTAIN = 1e-9  # a variance of the mean below this stands for a fitted mean on its way to a bound


@dataclass(frozen=True)
class Mean:
    """Hold how a family's mean follows from the linear predictor.

    Attributes
    ----------
    inverse : linear predictor -> mean
    slope : mean -> its derivative by the linear predictor, which under a canonical link is the variance function
    start : (response, weights of mean 1) -> linear predictor to begin with
    loss : (response, mean) -> half the deviance of each row
    fits : response -> which values the family can have
    misfit : reason for the others
    """

    inverse: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]
    start: Callable[[FloatArray, FloatArray], FloatArray]
    loss: Callable[[FloatArray, FloatArray], FloatArray]
    fits: Callable[[FloatArray], BoolArray]
    misfit: str


def _entropy(y: FloatArray, mean: FloatArray) -> FloatArray:
    return np.asarray(xlogy(y, mean) + xlogy(1.0 - y, 1.0 - mean), dtype=np.float64)


GAUSSIAN = Mean(
    inverse=lambda eta: eta,
    slope=np.ones_like,
    start=lambda y, _: y,
    loss=lambda y, mean: 0.5 * (y - mean) ** 2,
    fits=np.isfinite,
    misfit="estimate.undefined",
)
BINOMIAL = Mean(
    inverse=expit,
    slope=lambda mean: mean * (1.0 - mean),
    start=lambda y, w: np.asarray(logit((w * y + 0.5) / (w + 1.0)), dtype=np.float64),
    loss=lambda y, mean: _entropy(y, y) - _entropy(y, mean),
    fits=lambda y: (y >= 0) & (y <= 1),
    misfit="estimate.not_zero_one",
)
POISSON = Mean(
    inverse=np.exp,
    slope=lambda mean: mean,
    start=lambda y, _: np.asarray(np.log(y + 0.1), dtype=np.float64),
    loss=lambda y, mean: np.asarray(xlogy(y, y) - xlogy(y, mean) - y + mean, dtype=np.float64),
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
class _Path:
    """Hold coefficients, and the linear predictors (n,) before and after the step at which R's rule stops."""

    coefficients: FloatArray
    before: FloatArray
    after: FloatArray


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
        weights = weights / weights.mean()
        scaled, size = self._scaled(weights)
        path = self._settled(scaled, weights, None)
        # R survey takes the information from where its last step began. So it is taken here, which moves standard
        # errors in the seventh digit at most, and lets figures be held against R's.
        information = weights * self.mean.slope(self.mean.inverse(path.before))
        fitted = self.mean.inverse(path.after)
        residual = (self.response - fitted) * information / self.mean.slope(fitted)
        bread = linalg.cho_solve(_factor(_gram(scaled, information)), np.eye(size.size))
        worked = np.abs(residual) + information * np.abs(path.after)
        return Regression(
            path.coefficients / size,
            (residual[:, None] * scaled) @ (bread / size),
            (worked @ np.abs(scaled)) @ np.abs(bread) / size,
        )

    def refit(self, weights: FloatArray, start: FloatArray) -> FloatArray:
        """Give the coefficients (k,) under other weights, beginning with those of the full sample."""
        weights = weights / weights.mean()
        scaled, size = self._scaled(weights)
        return self._settled(scaled, weights, start * size).coefficients / size

    def _scaled(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Bring the columns to one size: unlike ones would lose digits in the normal equations."""
        size = np.sqrt(weights @ (self.matrix * self.matrix) / weights.size)
        if not (size > 0).all():
            raise NoFitError("estimate.collinear")
        return self.matrix / size, size

    def _settled(self, scaled: FloatArray, weights: FloatArray, start: FloatArray | None) -> _Path:
        """Take Newton's steps until they no longer move the coefficients."""
        eta = self.mean.start(self.response, weights) if start is None else scaled @ start
        coefficients = np.zeros(scaled.shape[1]) if start is None else start
        unit = np.sqrt(weights @ self.response**2 / weights.size)
        loss = np.inf
        told: tuple[FloatArray, FloatArray] | None = None
        slope = np.ones_like(weights)
        for number in range(MOST_STEPS):
            fitted = self.mean.inverse(eta)
            slope = self.mean.slope(fitted)
            factor = self._information(scaled, weights * slope, begun=number > 0 or start is not None)
            score = scaled.T @ (weights * (self.response - fitted))
            first = number == 0 and start is None
            step = linalg.cho_solve(factor, score + scaled.T @ (weights * slope * eta) if first else score)
            still = np.abs(step).max() <= STILL * (np.abs(coefficients).max() + unit)
            if still and np.sqrt(np.abs(score @ step) / weights.size) <= SETTLED * unit:
                return _Path(coefficients + step, *(told or (eta, eta)))
            coefficients, after = self._stepped(scaled, weights, (coefficients, step), loss)
            before, eta = eta, scaled @ coefficients
            if told is None and np.isfinite(loss) and abs(after - loss) <= R_EPSILON * (abs(after) + R_OFFSET):
                told = before, eta
            loss = after
        apart = bool((slope[weights > 0] < CERTAIN).any())
        raise NoFitError("estimate.separation" if apart else "estimate.no_convergence")

    def _information(self, scaled: FloatArray, working: FloatArray, *, begun: bool) -> tuple[FloatArray, bool]:
        try:
            return _factor(_gram(scaled, working))
        except NoFitError:
            # What began with columns that are no repetitions ends so only where the weights of some rows vanish.
            raise NoFitError("estimate.separation" if begun else "estimate.collinear") from None

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
