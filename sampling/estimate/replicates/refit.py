"""Fit the logit of a rate again under every replicate's weights, as intervals on the logit's scale are made from."""

from __future__ import annotations

import numpy as np
from scipy import special

from sampling.estimate.interval import EDGE, RateMethod
from sampling.estimate.replicates.replicate import Replicates
from sampling.estimate.scores import Estimated
from sampling.estimate.table import FloatArray

REFITTED: frozenset[RateMethod] = frozenset({"logit", "likelihood"})
"""Methods that R survey makes from a model with nothing but an intercept, fitted to every replicate."""


def refitted_variance(
    method: RateMethod,
    replicates: Replicates | None,
    estimated: Estimated,
    *,
    scale: float = 1.0,
    shift: float = 0.0,
) -> FloatArray | None:
    """Give (p (1 - p))^2 times the variance of logit(p) over the replicates, in place of the variance of p itself.

    NaN where a replicate has a rate of 0 or 1, whose logit does not exist; 0 where the rate itself is one. None for
    other methods and without replicates. A composite of rates is shift + scale * p.
    """
    if method not in REFITTED or replicates is None or estimated.replicated is None:
        return None
    rate, replicated = (estimated.value - shift) / scale, (estimated.replicated - shift) / scale
    inside = (rate > EDGE) & (rate < 1.0 - EDGE)
    used = replicated[:, replicates.rscales > 0]
    lost = ((used <= EDGE) | (used >= 1.0 - EDGE)).any(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        logits = special.logit(np.where(inside[:, None], replicated, np.nan))
        own = special.logit(np.where(inside, rate, 0.5))
    variance = replicates.variance(logits, own) * (rate * (1.0 - rate)) ** 2
    return np.where(inside, np.where(lost, np.nan, variance), 0.0)
