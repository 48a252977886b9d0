"""Hold adjusted weights against those of R survey."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from sampling.estimate import load_plan, read_table
from sampling.estimate.layers import Sample
from sampling.estimate.table import FloatArray

from .compare import Pair
from .running import DATA, table


def weight_pairs(case: Mapping[str, Any], dataset: str, design: Mapping[str, Any]) -> Iterator[Pair]:
    """Give the weights that R states for a case, one by one and summed up, beside ours.

    Of replicates R gives the factors of all rows, replicate by replicate.
    """
    ours = _weights(dataset, design)
    expected = case["expected"]
    figures = {
        "sum": (float(ours.sum()), expected["sum"]),
        "sumsq": (float((ours**2).sum()), expected["sumsq"]),
        "min": (float(ours.min()), expected["min"]),
        "max": (float(ours.max()), expected["max"]),
    }
    if ours.size != expected["n"]:
        raise ValueError(f"{ours.size} weights for {case['r_call']}")
    for what, (own, theirs) in figures.items():
        yield Pair(what, own, theirs, None, None)
    for own, theirs in zip(ours.tolist(), expected["weights"], strict=False):
        yield Pair("weight", own, theirs, None, None)


def _weights(dataset: str, design: Mapping[str, Any]) -> FloatArray:
    anything = [{"id": "any", "statistic": "mean", "variables": ["api00"]}]
    reading = load_plan({"version": 1, "design": design, "estimates": anything})
    if reading.plan is None:
        raise ValueError(str(reading.complaints))
    files = {name: read_table(DATA / name) for name in reading.plan.files}
    compiled = Sample(reading.plan.design, table(dataset), files).design
    replicates = compiled.replicates
    if replicates is None:
        return compiled.weights
    rows = np.arange(compiled.rows, dtype=np.int64)
    return np.concatenate([replicates.weights(number, rows) / compiled.weights for number in range(replicates.count)])
