"""Name how a design's replicate weights are read or made, as the plan states it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

ReplicateMethod = Literal["jk1", "jkn", "brr", "fay", "bootstrap", "subbootstrap", "mrbbootstrap", "other"]
METHODS: tuple[ReplicateMethod, ...] = get_args(ReplicateMethod)
BOOTSTRAPS: frozenset[ReplicateMethod] = frozenset({"bootstrap", "subbootstrap", "mrbbootstrap"})
BALANCED: frozenset[ReplicateMethod] = frozenset({"brr", "fay"})
REPLICATES = 500
SEED = 1


@dataclass(frozen=True)
class ReplicateSpec:
    """Say where replicates come from: a `file`, or the design itself.

    Attributes
    ----------
    content, join : a file holds whole weights, or factors of the full-sample weight, by row or by label of `join`
    scale, rscales : None stands for those of the method
    mse : centre at the full-sample estimate, else at the mean of the replicates
    rho : Fay's factor of the half that is left out
    replicates, seed : of the bootstraps made here
    """

    method: ReplicateMethod
    file: str | None = None
    content: Literal["weights", "factors"] = "weights"
    join: str | None = None
    scale: float | None = None
    rscales: tuple[float, ...] = ()
    mse: bool = False
    rho: float = 0.0
    replicates: int = REPLICATES
    seed: int = SEED
