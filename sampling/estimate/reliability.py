"""Say which figures are too unsure to stand alone: the NCHS presentation standards, and a coefficient of variation.

Parker, Talih, Malec and others (2017), National Center for Health Statistics Data Presentation Standards for
Proportions, Vital and Health Statistics 2(175). They look at the 95 % interval of Korn and Graubard, whatever interval
the plan asks for. Means and totals follow the older rule of the same office: a relative standard error above 30 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.estimate.interval import Limits, Rates, rate_limits
from sampling.estimate.table import BoolArray, FloatArray

LEAST_COUNT = 30.0  # fewer units, or fewer effective ones, carry no proportion
NARROW, WIDE = 0.05, 0.30  # widths up to the first are shown whatever the rate; from the second on none is
RELATIVE_WIDTH = 1.30  # width by the rate between the two
LEAST_DF = 8.0  # fewer degrees of freedom ask for a look by a statistician
VARIATION = 0.30  # se by the estimate of means and totals


@dataclass(frozen=True)
class Reliability:
    """Mark rates that are not reliable, whose complement is not, and whose degrees of freedom are few; (domains,)."""

    unreliable: BoolArray
    complement: BoolArray
    few_degrees: BoolArray


def reliability(rates: Rates, counts: FloatArray, interval: Limits | None = None) -> Reliability:
    """Hold rates against the standards.

    Parameters
    ----------
    counts : (domains,) rows behind each rate; rates of 0 and 1 have the effective count n / design effect
    interval : limits of Korn and Graubard at 95 % that are there already; where a rate's own design effect is below 1
        they may be a little wider than the standards', which cap after the t-adjustment
    """
    limits = rate_limits("korn-graubard", rates, 0.95, cap="sas") if interval is None else interval
    width = limits.high - limits.low
    with np.errstate(divide="ignore", invalid="ignore"):
        few = np.minimum(counts, limits.effective) < LEAST_COUNT
        between = (width > NARROW) & (width < WIDE)
        poor = between & (width / rates.value > RELATIVE_WIDTH)
        complement = between & (width / (1.0 - rates.value) > RELATIVE_WIDTH)
    unreliable = few | (width >= WIDE) | poor
    return Reliability(unreliable, complement & ~unreliable, rates.df < LEAST_DF)


def varies_much(value: FloatArray, error: FloatArray) -> BoolArray:
    """Mark means and totals whose standard error is above 30 % of the estimate."""
    return np.asarray((error > VARIATION * np.abs(value)) & (value != 0), dtype=np.bool_)
