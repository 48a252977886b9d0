"""Say how a model's mean follows from its linear predictor: one entry for each family, under its canonical link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit, logit, xlogy

from sampling.estimate.table import BoolArray, FloatArray

Family = Literal["gaussian", "binomial", "quasibinomial", "poisson", "quasipoisson"]


@dataclass(frozen=True)
class Mean:
    """Hold how a family's mean follows from the linear predictor.

    Attributes
    ----------
    inverse : linear predictor -> mean
    slope : mean -> its derivative by the linear predictor, which under a canonical link is the variance function
    start : (response, weights of mean 1) -> linear predictor to begin with
    loss : (response, linear predictor, mean) -> minus each row's log likelihood, up to what neither of the two moves
    least : response -> the loss of a mean that is the response itself, above which the loss is half the deviance
    fits : response -> which values the family can have
    misfit : reason for the others
    """

    inverse: Callable[[FloatArray], FloatArray]
    slope: Callable[[FloatArray], FloatArray]
    start: Callable[[FloatArray, FloatArray], FloatArray]
    loss: Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
    least: Callable[[FloatArray], FloatArray]
    fits: Callable[[FloatArray], BoolArray]
    misfit: str


GAUSSIAN = Mean(
    inverse=lambda eta: eta,
    slope=np.ones_like,
    start=lambda y, _: y,
    loss=lambda y, _, mean: 0.5 * (y - mean) ** 2,
    least=np.zeros_like,
    fits=np.isfinite,
    misfit="estimate.undefined",
)
BINOMIAL = Mean(
    inverse=expit,
    slope=lambda mean: mean * (1.0 - mean),
    start=lambda y, w: np.asarray(logit((w * y + 0.5) / (w + 1.0)), dtype=np.float64),
    # -y log(mean) - (1 - y) log(1 - mean), which has to be exact for means near 0 and 1 too.
    loss=lambda y, eta, mean: np.maximum(eta, 0.0) - y * eta - np.log(np.maximum(mean, 1.0 - mean)),
    least=lambda y: np.asarray(-xlogy(y, y) - xlogy(1.0 - y, 1.0 - y), dtype=np.float64),
    fits=lambda y: (y >= 0) & (y <= 1),
    misfit="estimate.response_outside_zero_one",
)
POISSON = Mean(
    inverse=np.exp,
    slope=lambda mean: mean,
    start=lambda y, _: np.asarray(np.log(y + 0.1), dtype=np.float64),
    loss=lambda y, eta, mean: mean - y * eta,
    least=lambda y: np.asarray(y - xlogy(y, y), dtype=np.float64),
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
