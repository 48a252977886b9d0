"""Adjust the weights of a compiled design, step by step; the same steps serve the sample and every replicate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sampling.estimate.errors import Complaint
from sampling.estimate.table import FloatArray, IntArray
from sampling.estimate.weights.projection import Projection


@dataclass(frozen=True)
class Reweighted:
    """Hold weights (rows,) after a step, or why they cannot be had."""

    weights: FloatArray
    complaints: tuple[Complaint, ...] = ()


class Step(Protocol):
    """Adjust weights: for non-response, by trimming, by calibration."""

    def reweighted(self, before: FloatArray) -> Reweighted:
        """Adjust the weights (rows,) of the sample or of a replicate."""

    def projection(self, before: FloatArray, after: FloatArray) -> Projection | None:
        """Give what the step explains of scores; None where it takes the weights for given."""

    @property
    def shared(self) -> IntArray | None:
        """Give codes (rows,) of rows whose weights are multiplied by the same number; None where each has its own."""

    def taken(self, rows: IntArray) -> Step:
        """Give the step over some rows, which stand for all that share a code with them."""


@dataclass(frozen=True)
class Weighted:
    """Hold the adjusted weights of a sample, the steps that made them, and what these explain of scores."""

    weights: FloatArray
    steps: tuple[Step, ...] = ()
    projections: tuple[Projection, ...] = ()


def again(steps: Sequence[Step], weights: FloatArray) -> Reweighted:
    """Adjust other weights of the same rows as the sample's were: those of a replicate."""
    for step in steps:
        found = step.reweighted(weights)
        if found.complaints:
            return found
        weights = found.weights
    return Reweighted(weights)
