"""Give replicate weights away as other programs read them: whole weights, a column for each replicate."""

from __future__ import annotations

from typing import Any

import numpy as np

from sampling.estimate.replicates.replicate import Replicates
from sampling.estimate.table import FloatArray


def replicate_columns(replicates: Replicates) -> dict[str, FloatArray]:
    """Give the weights (rows,) of every replicate, adjusted as the plan says, under the names r1, r2, ..."""
    rows = np.arange(replicates.unit.size, dtype=np.int64)
    return {f"r{number + 1}": replicates.weights(number, rows) for number in range(replicates.count)}


def replicate_key(replicates: Replicates, file: str) -> dict[str, Any]:
    """Give the key `design.replicates` of a plan that reads these columns from a file."""
    rscales = [float(value) for value in replicates.rscales]
    same = len(set(rscales)) == 1
    return {
        "method": "other",
        "file": file,
        "scale": float(replicates.scale * rscales[0] if same else replicates.scale),
        **({} if same else {"rscales": rscales}),
        "mse": replicates.mse,
    }
