"""Fit generalised linear models with sampling weights, by Newton's steps (iteratively reweighted least squares).

The coefficients solve the weighted score equations sum w_i (y_i - mean_i) x_i = 0 and estimate those of the whole
population (Binder (1983); Sarndal, Swensson, Wretman (1992), section 5.10). Links are the canonical ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import linalg

from sampling.estimate.errors import NoFitError
from sampling.estimate.fits.families import Mean
from sampling.estimate.table import FloatArray

MOST_STEPS = 60
MOST_HALVINGS = 12
SETTLED = 1e-10  # change of the linear predictor, in units of the response's size, below which a step is the last
STILL = 1e-6  # the same for the coefficients, which a separated group moves on while the predictor's fit stands
COLLINEAR = 1e-13  # share of a column's squared length that the columns before it must leave: 3e-7 of its length
R_EPSILON, R_OFFSET = 1e-8, 0.05  # R stops where the deviance changes by less than 1e-8 (deviance + 0.1); here halves
CERTAIN = 1e-9  # a variance of the mean below this stands for a fitted mean on its way to a bound
# Products are summed over so many rows at a time that a block stays in the processor's cache and is not worth several
# threads, which would wait for each other.
BLOCK_PRODUCTS = 200_000
LEAST_BLOCK = 256


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
    """Hold coefficients (k,), and those before and after the step at which R's rule stops."""

    coefficients: FloatArray
    before: FloatArray
    after: FloatArray


@dataclass(frozen=True)
class _State:
    """Hold coefficients (k,) with the loss, its slopes (k,) downwards and the information (k, k) there."""

    coefficients: FloatArray
    loss: float
    score: FloatArray
    information: FloatArray


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
        path = self._settled(weights, self._begin(weights), float(weights @ self.mean.least(self.response)))
        # R survey takes the information from where its last step began. So it is taken here, which moves standard
        # errors in the seventh digit at most, and lets figures be held against R's.
        information = weights * self.mean.slope(self.mean.inverse(self._scaled @ path.before))
        after = self._scaled @ path.after
        fitted = self.mean.inverse(after)
        residual = (self.response - fitted) * information / self.mean.slope(fitted)
        bread = linalg.cho_solve(_factor(_gram(self._scaled, information)), np.eye(self._size.size))
        worked = np.abs(residual) + information * np.abs(after)
        return Regression(
            path.coefficients / self._size,
            (residual[:, None] * self._scaled) @ (bread / self._size),
            (worked @ np.abs(self._scaled)) @ np.abs(bread) / self._size,
        )

    def refit(self, weights: FloatArray, start: FloatArray) -> FloatArray:
        """Give the coefficients (k,) under other weights, beginning with those of the full sample."""
        return self._settled(weights / weights.mean(), start * self._size).coefficients / self._size

    @cached_property
    def _size(self) -> FloatArray:
        size = np.sqrt(np.einsum("ij,ij->j", self.matrix, self.matrix) / self.response.size)
        if not np.isfinite(size).all():
            raise NoFitError("estimate.undefined")
        if not (size > 0).all():
            raise NoFitError("estimate.collinear")
        return np.asarray(size, dtype=np.float64)

    @cached_property
    def _scaled(self) -> FloatArray:
        """Bring the columns to one size: unlike ones would lose digits in the normal equations."""
        return self.matrix / self._size

    def _begin(self, weights: FloatArray) -> FloatArray:
        """Take the first step, from a mean that is near the response itself."""
        eta = self.mean.start(self.response, weights)
        fitted = self.mean.inverse(eta)
        working = weights * self.mean.slope(fitted)
        score = self._scaled.T @ (working * eta + weights * (self.response - fitted))
        return np.asarray(linalg.cho_solve(_factor(_gram(self._scaled, working)), score), dtype=np.float64)

    def _settled(self, weights: FloatArray, start: FloatArray, least: float = 0.0) -> _Path:
        """Take Newton's steps until they no longer move the coefficients; loss - `least` is half the deviance."""
        unit = float(np.sqrt(weights @ self.response**2 / weights.size))
        if not np.isfinite(unit):
            raise NoFitError("estimate.undefined")
        state = self._state(weights, start)
        told: tuple[FloatArray, FloatArray] | None = None
        for number in range(MOST_STEPS):
            try:
                step = linalg.cho_solve(_factor(state.information), state.score)
            except NoFitError as error:
                if number == 0 or error.code != "estimate.collinear":
                    raise
                # Columns that began apart can come together only where the weights of some rows vanish.
                raise NoFitError("estimate.separation") from None
            still = np.abs(step).max() <= STILL * (np.abs(state.coefficients).max() + unit)
            if still and np.sqrt(np.abs(state.score @ step) / weights.size) <= SETTLED * unit:
                return _Path(state.coefficients + step, *(told or (state.coefficients, state.coefficients)))
            reached = self._stepped(weights, state, step)
            if told is None and abs(reached.loss - state.loss) <= R_EPSILON * (abs(reached.loss - least) + R_OFFSET):
                told = state.coefficients, reached.coefficients
            state = reached
        slope = self.mean.slope(self.mean.inverse(self._scaled @ state.coefficients))
        apart = bool((slope[weights > 0] < CERTAIN).any())
        raise NoFitError("estimate.separation" if apart else "estimate.no_convergence")

    def _stepped(self, weights: FloatArray, state: _State, step: FloatArray) -> _State:
        """Go a step, or the half, quarter.. of it where the whole would lead away from the maximum."""
        for halving in range(MOST_HALVINGS):
            reached = self._state(weights, state.coefficients + step / 2**halving)
            if reached.loss <= state.loss + SETTLED * abs(state.loss):
                return reached
        raise NoFitError("estimate.no_convergence")

    def _state(self, weights: FloatArray, coefficients: FloatArray) -> _State:
        """Sum up loss, score and information block by block."""
        k = coefficients.size
        loss, score, information = 0.0, np.zeros(k), np.zeros((k, k))
        block = max(BLOCK_PRODUCTS // (k * k), LEAST_BLOCK)
        with np.errstate(over="ignore", invalid="ignore"):
            for first in range(0, weights.size, block):
                rows = slice(first, first + block)
                x, y, w = self._scaled[rows], self.response[rows], weights[rows]
                eta = x @ coefficients
                fitted = self.mean.inverse(eta)
                loss += float(w @ self.mean.loss(y, eta, fitted))
                score += (w * (y - fitted)) @ x
                information += _gram(x, w * self.mean.slope(fitted))
        return _State(coefficients, loss if np.isfinite(loss) else np.inf, score, information)


def _gram(scaled: FloatArray, working: FloatArray) -> FloatArray:
    return np.asarray(scaled.T @ (working[:, None] * scaled), dtype=np.float64)


def _factor(gram: FloatArray) -> tuple[FloatArray, bool]:
    """Factor X'WX; a column that the ones before it leave next to nothing of repeats them."""
    size = np.diagonal(gram)
    if not np.isfinite(gram).all():
        raise NoFitError("estimate.undefined")
    try:
        factor, lower = linalg.cho_factor(gram, lower=True)
    except linalg.LinAlgError:
        raise NoFitError("estimate.collinear") from None
    if (np.diagonal(factor) ** 2 <= COLLINEAR * size).any():
        raise NoFitError("estimate.collinear")
    return factor, lower
