"""Sum simulated runs up: bias, errors, precision, coverage and the chance of each verdict, with their own errors."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sampling.estimate.interval import wilson
from sampling.estimate.table import FloatArray
from sampling.estimate.verdicts import FAILS, PASSES, UNDECIDED
from sampling.simulate.pattern import Pattern, Threshold
from sampling.simulate.population import Quantity
from sampling.simulate.records import Found, RunRecord

Truth = Literal["meets", "misses"]
MONTE_CARLO_Z = 1.959963984540054
"""Monte-Carlo limits of shares are made at 95 %."""
TOO_FEW, NO_VARIATION = "simulate.too_few_runs", "simulate.no_variation"
LEAST_RUNS = 2
SAME = 1e-12
"""Share of the largest value below which a deviation is one of floating point."""


@dataclass(frozen=True)
class Spread:
    """Hold a figure with its Monte-Carlo standard error; what does not exist is None, and ``reason`` says why."""

    value: float | None
    error: float | None
    reason: str | None = None


@dataclass(frozen=True)
class Share:
    """Hold a share of runs with its Monte-Carlo limits (Wilson, 95 %), which have a width also at 0 and 1."""

    count: int
    of: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class DomainReport:
    """Tell one quantity over all runs.

    Parameters
    ----------
    quantity : Quantity
        What was estimated, with its true value.
    truth : {"meets", "misses"} or None
        What the true value says of the threshold.
    mean, bias : Spread
        Of the estimates; bias is their mean less the true value.
    true_se : Spread
        Standard deviation of the estimates: what the standard error is in truth.
    estimated_se : Spread
        Mean of the estimated standard errors.
    half_width : Spread
        Mean half-width of the two-sided intervals.
    effective : float or None
        Simple random sample that would be as precise: p (1 - p) / true_se**2; None for totals and without variation.
    coverage, above, below : Share
        Intervals that hold the true value, that lie wholly above it, and wholly below.
    verdicts : mapping
        Chance of each verdict; empty without a threshold.
    reasons : mapping
        Runs without figures or interval, by reason.
    """

    quantity: Quantity
    truth: Truth | None
    mean: Spread
    bias: Spread
    true_se: Spread
    estimated_se: Spread
    half_width: Spread
    effective: float | None
    coverage: Share
    above: Share
    below: Share
    verdicts: Mapping[str, Share]
    reasons: Mapping[str, int]


@dataclass(frozen=True)
class Report:
    """Hold what all runs show.

    Parameters
    ----------
    runs : int
        Runs carried out.
    main, reserves_opened, responded, ineligible : Spread
        Units of a run.
    likeness : mapping
        Indicator: intra-class correlation that its assumed cases have, None where there is none.
    domains : tuple of DomainReport
        In the order of the quantities.
    """

    runs: int
    main: Spread
    reserves_opened: Spread
    responded: Spread
    ineligible: Spread
    likeness: Mapping[str, float | None]
    domains: tuple[DomainReport, ...]


def summarise(
    pattern: Pattern,
    quantities: Sequence[Quantity],
    records: Sequence[RunRecord],
    likeness: Mapping[str, float | None] | None = None,
) -> Report:
    """Sum runs up.

    Parameters
    ----------
    quantities, records
        Of one simulator; every record holds as many figures as there are quantities.
    likeness : mapping, optional
        Passed on.
    """
    thresholds = {each.id: each.threshold for each in pattern.indicators}
    listed = [
        _domain(quantity, thresholds[quantity.indicator], [record.found[i] for record in records])
        for i, quantity in enumerate(quantities)
    ]
    names = ("main", "reserves_opened", "responded", "ineligible")
    counts = {name: mean_of([float(getattr(record, name)) for record in records]) for name in names}
    return Report(len(records), **counts, likeness=likeness or {}, domains=tuple(listed))


def _domain(quantity: Quantity, threshold: Threshold | None, found: Sequence[Found]) -> DomainReport:
    true = quantity.true
    estimates = [each.estimate for each in found if each.estimate is not None]
    mean = mean_of(estimates)
    spread = deviation_of(estimates)
    ends = [(each.low, each.high) for each in found if each.low is not None and each.high is not None]
    above, below = sum(low > true for low, _ in ends), sum(high < true for _, high in ends)
    judged = threshold is not None and quantity.kind == "rate"
    verdicts = Counter(each.verdict or UNDECIDED for each in found)
    return DomainReport(
        quantity=quantity,
        truth=_truth(true, threshold) if judged and threshold is not None else None,
        mean=mean,
        bias=Spread(None if mean.value is None else mean.value - true, mean.error, mean.reason),
        true_se=spread,
        estimated_se=mean_of([each.se for each in found if each.se is not None]),
        half_width=mean_of([(high - low) / 2 for low, high in ends]),
        effective=_effective(quantity, spread),
        coverage=share_of(len(ends) - above - below, len(ends)),
        above=share_of(above, len(ends)),
        below=share_of(below, len(ends)),
        verdicts={name: share_of(verdicts[name], len(found)) for name in (PASSES, UNDECIDED, FAILS)} if judged else {},
        reasons=dict(sorted(Counter(each.reason for each in found if each.reason is not None).items())),
    )


def _truth(true: float, threshold: Threshold) -> Truth:
    meets = true < threshold.value if threshold.side == "upper" else true >= threshold.value
    return "meets" if meets else "misses"


def _effective(quantity: Quantity, spread: Spread) -> float | None:
    if quantity.kind != "rate" or not spread.value:
        return None
    return quantity.true * (1 - quantity.true) / spread.value**2 or None


def mean_of(values: Sequence[float]) -> Spread:
    """Give a mean with its standard error."""
    if not values:
        return Spread(None, None, TOO_FEW)
    array: FloatArray = np.asarray(values, dtype=np.float64)
    mean = float(array.mean())
    if array.size < LEAST_RUNS:
        return Spread(mean, None, TOO_FEW)
    if not _varies(array):
        return Spread(mean, None, NO_VARIATION)
    return Spread(mean, float(array.std(ddof=1) / np.sqrt(array.size)))


def _varies(values: FloatArray) -> bool:
    """Tell whether values differ by more than the last bits of their sums."""
    return bool(values.std(ddof=1) > SAME * np.abs(values).max())


def deviation_of(values: Sequence[float]) -> Spread:
    """Give a standard deviation with its standard error, by the fourth moment (Kendall and Stuart 1977, 10.9)."""
    array: FloatArray = np.asarray(values, dtype=np.float64)
    if array.size < LEAST_RUNS:
        return Spread(None, None, TOO_FEW)
    if not _varies(array):
        return Spread(None, None, NO_VARIATION)
    deviation = float(array.std(ddof=1))
    fourth = float(((array - array.mean()) ** 4).mean())
    square = (fourth - deviation**4 * (array.size - 3) / (array.size - 1)) / array.size
    if not square > 0:
        return Spread(deviation, None, TOO_FEW)
    return Spread(deviation, float(np.sqrt(square)) / (2 * deviation))


def share_of(count: int, of: int) -> Share:
    """Give a share of runs with its Monte-Carlo limits."""
    if not of:
        return Share(count, of, None, None, None)
    low, high = wilson(np.array([count / of]), np.array([float(of)]), np.array([MONTE_CARLO_Z]))
    return Share(count, of, count / of, float(low[0]), float(high[0]))
