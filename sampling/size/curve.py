"""Judge a decision rule by its errors: the chance of each verdict at every true rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from sampling.size.demonstration import Method, errors_allowed, errors_failing, pass_probability
from sampling.size.effective import effective_size
from sampling.size.ranges import check_open_unit

Side = Literal["upper", "lower"]
"""As in a plan's threshold: a rate has to stay below it, or to reach it."""


@dataclass(frozen=True)
class CurvePoint:
    """Give the chance of each verdict at a true rate.

    Parameters
    ----------
    rate : float
        True rate.
    demonstrated : float
        达标: the one-sided bound lies within the threshold.
    failed : float
        不达标: the bound of the other side lies beyond it.
    point_estimate : float
        Passing by the estimated rate alone.
    """

    rate: float
    demonstrated: float
    point_estimate: float
    failed: float

    @property
    def undecided(self) -> float:
        """Give the chance of 不能判定."""
        return max(0.0, 1.0 - self.demonstrated - self.failed)


@dataclass(frozen=True)
class OperatingCurve:
    """Hold how a planned sample decides.

    Parameters
    ----------
    n, n_effective : float
        Planned size and what it is worth after design effect and t.
    side : str
        Whether the rate has to stay below the threshold (``upper``) or to reach it (``lower``).
    errors_allowed, errors_failing : int or None
        Most errors among n / deff that pass, and fewest that fail; None where no number does. Under ``lower`` an error
        is a unit that does not count for the rate.
    points : tuple of CurvePoint
        In the order of the rates asked for.
    """

    n: float
    n_effective: float
    threshold: float
    side: Side
    errors_allowed: int | None
    errors_failing: int | None
    points: tuple[CurvePoint, ...]


def operating_curve(
    n: float,
    threshold: float,
    rates: Sequence[float],
    *,
    side: Side = "upper",
    method: Method = "exact",
    deff: float = 1.0,
    df: float | None = None,
    level: float = 0.95,
) -> OperatingCurve:
    """Give the chance of each verdict at every true rate, by the one-sided bounds and by the point estimate alone.

    The errors are taken as binomial in n / deff, by which the estimate varies; the bounds are those of the effective
    size, which few degrees of freedom make smaller still (Korn and Graubard 1998). ``evalsvc design simulate`` repeats
    the draw itself instead, at the price of an assumed pattern of rates.

    Parameters
    ----------
    n : float
        Planned interviews.
    threshold : float
        The rate passes below it (``upper``) or at it and above (``lower``).
    rates : sequence of float
        True rates.
    deff, df, level
        Planned design effect, degrees of freedom and level, as in ``effective_size``.

    Raises
    ------
    SamplingError
        ``size.out_of_range``
    """
    check_open_unit(threshold=threshold)
    reached = side == "lower"
    worst = 1 - threshold if reached else threshold
    worth = effective_size(n, deff=deff, df=df, level=level)
    simple = n / deff  # the estimate knows no t, only the bounds do
    each = worth / simple if worth > 0 else 1.0
    allowed = errors_allowed(worth, worst, level=level, method=method, reached=reached, each=each)
    failing = errors_failing(worth, worst, level=level, method=method, reached=reached, each=each)
    below = largest_below(threshold, simple) if not reached else largest_missing(threshold, simple)
    points = []
    for rate in rates:
        wrong = 1 - rate if reached else rate
        fails = 0.0 if failing is None else 1.0 - pass_probability(simple, failing - 1, wrong)
        passes = pass_probability(simple, allowed, wrong)
        points.append(CurvePoint(rate, passes, pass_probability(simple, below, wrong), fails))
    return OperatingCurve(n, worth, threshold, side, allowed, failing, tuple(points))


def largest_below(threshold: float, n: float) -> int:
    """Give the most errors whose share of n lies below the threshold; -1 if even none does not."""
    errors = ceil(threshold * n)
    while errors >= 0 and errors / n >= threshold:
        errors -= 1
    return errors


def largest_missing(threshold: float, n: float) -> int:
    """Give the most units of n that may not count so that the others' share still reaches the threshold; -1 if none."""
    missing = ceil((1 - threshold) * n)
    while missing >= 0 and (n - missing) / n < threshold:
        missing -= 1
    return missing
