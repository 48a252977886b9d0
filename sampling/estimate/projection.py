"""Take from scores what calibration to known totals explains: only residuals vary from sample to sample."""

from __future__ import annotations

from typing import Protocol

from sampling.estimate.table import FloatArray


class Projection(Protocol):
    """Hold one calibration of the weights, as far as the variance needs it."""

    def residual(self, columns: FloatArray) -> FloatArray:
        """Give (rows, k) scores less what the calibration explains of them (Deville, Sarndal (1992), formula 3.4)."""
