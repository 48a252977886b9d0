"""Scale the squares of replicates: what each method of given replicates has, and what a jackknife's weights tell."""

from __future__ import annotations

import numpy as np

from sampling.estimate.replicates.spec import ReplicateSpec
from sampling.estimate.table import FloatArray

SAME = 1e-5  # ratios of a jackknife nearer than this are the same


def default_scale(asked: ReplicateSpec, count: int) -> float:
    """Give the scale of a method: Wolter (2007), chapters 3 to 5; that of R survey's svrepdesign."""
    if asked.method == "jk1":
        return (count - 1.0) / count
    if asked.method in ("brr", "fay"):
        return 1.0 / (count * (1.0 - asked.rho) ** 2)
    return 1.0 / (count - 1.0) if asked.method in ("bootstrap", "subbootstrap") else 1.0


def stated_rscales(asked: ReplicateSpec, count: int) -> FloatArray | None:
    """Give rscales as stated, or as the method has them; None for a stratified jackknife, whose strata decide."""
    if asked.rscales:
        return np.asarray(asked.rscales, dtype=np.float64)
    if asked.method == "mrbbootstrap":
        return np.full(count, 1.0 if asked.scale is not None else 1.0 / (count - 1.0))
    return None if asked.method == "jkn" else np.ones(count)


def jackknife_rscales(ratio: FloatArray) -> FloatArray | None:
    """Read (n - 1) / n off replicates that hold the left-out unit's 0, 1, and n / (n - 1) in its stratum.

    None where they hold something else, as after a calibration.

    Parameters
    ----------
    ratio : (rows or units, R) replicate weights divided by the weights
    """
    raised = ratio.max(axis=0)
    plain = (np.abs(ratio) < SAME) | (np.abs(ratio - 1.0) < SAME) | (np.abs(ratio - raised) < SAME)
    if not bool(plain.all()) or not bool((raised > 1.0 + SAME).all()):
        return None
    return np.asarray(1.0 / raised, dtype=np.float64)
