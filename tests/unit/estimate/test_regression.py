"""Fitted models: the largest likelihood, the derivative by weights, and coefficients that do not exist."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sampling.estimate.errors import NoFitError
from sampling.estimate.fits.families import MEANS
from sampling.estimate.fits.regression import Model
from sampling.estimate.table import FloatArray


def _loss(model: Model, weights: FloatArray, coefficients: FloatArray) -> float:
    eta = model.matrix @ coefficients
    return float(weights @ model.mean.loss(model.response, eta, model.mean.inverse(eta)))


@pytest.mark.parametrize("family", ["gaussian", "binomial", "poisson"])
def test_coefficients_are_where_the_likelihood_is_largest(family: Any) -> None:
    generator = np.random.default_rng(7)
    matrix = np.column_stack([np.ones(80), 2000 + generator.integers(0, 20, 80), 1e-6 * generator.normal(size=80)])
    model = Model(MEANS[family], matrix, generator.integers(0, 2, 80).astype(float))
    weights = generator.uniform(0, 2, 80)
    fitted = model.fit(weights)
    best = _loss(model, weights, fitted.coefficients)
    for index in range(3):
        for sign in (-1, 1):
            moved = fitted.coefficients.copy()
            moved[index] += sign * 1e-4 * abs(moved[index])
            assert _loss(model, weights, moved) > best


@pytest.mark.parametrize("family", ["gaussian", "binomial", "poisson"])
def test_influence_is_the_derivative_by_weights(family: Any) -> None:
    generator = np.random.default_rng(8)
    matrix = np.column_stack([np.ones(40), generator.normal(size=(40, 2))])
    model = Model(MEANS[family], matrix, generator.integers(0, 2, 40).astype(float))
    weights = generator.uniform(0.5, 2, 40)
    fitted = model.fit(weights)
    for row in (0, 17, 39):
        more = weights.copy()
        more[row] *= 1 + 1e-5
        slope = (model.refit(more, fitted.coefficients) - fitted.coefficients) / 1e-5
        assert slope == pytest.approx(fitted.influence[row], rel=1e-3, abs=1e-7)


def test_a_separated_group_is_found_behind_an_extreme_one() -> None:
    x = np.arange(20.0)
    ones = np.ones(20)
    with pytest.raises(NoFitError, match=r"estimate\.separation"):
        Model(MEANS["binomial"], np.column_stack([ones, x]), (x > 9).astype(float)).fit(ones)
    nearly = (x > 9) ^ (x == 3)
    assert Model(MEANS["binomial"], np.column_stack([ones, x]), nearly.astype(float)).fit(ones).coefficients[1] > 0
