"""Count the wrong verdicts that many counties may expect, by the rule with bounds and by the point estimate alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
from scipy import special

from sampling.errors import SamplingError
from sampling.size.curve import OperatingCurve
from sampling.size.ranges import check_open_unit

RATES_OF_A_DISTRIBUTION = 2000
"""Equally likely rates by which a continuous distribution is counted."""


@dataclass(frozen=True)
class CountyVerdicts:
    """Hold expected numbers of counties by what is true and what is found.

    Parameters
    ----------
    counties : int
        Counties judged.
    truly_meeting, truly_missing : float
        Counties whose true rate meets the threshold, and those whose does not.
    wrongly_passed, wrongly_failed : float
        达标 though the true rate misses the threshold; 不达标 though it meets it.
    rightly_passed, rightly_failed : float
        Verdicts that agree with the truth.
    undecided_meeting, undecided_missing : float
        不能判定, by what is true.
    passed_by_point_wrongly, failed_by_point_wrongly : float
        Wrong verdicts of the rule that compares the estimate itself, which never leaves a county undecided.
    """

    counties: int
    truly_meeting: float
    truly_missing: float
    wrongly_passed: float
    wrongly_failed: float
    rightly_passed: float
    rightly_failed: float
    undecided_meeting: float
    undecided_missing: float
    passed_by_point_wrongly: float
    failed_by_point_wrongly: float

    @property
    def wrong_among_passed(self) -> float | None:
        """Give the share of 达标 that is wrong; None where no county passes."""
        passed = self.wrongly_passed + self.rightly_passed
        return self.wrongly_passed / passed if passed > 0 else None


def beta_rates(mean: float, deviation: float, *, count: int = RATES_OF_A_DISTRIBUTION) -> tuple[float, ...]:
    """Give equally likely rates of a beta distribution: the quantiles in the middle of equal parts.

    Parameters
    ----------
    mean, deviation : float
        Of the true rates over the counties; the deviation must be below sqrt(mean (1 - mean)).

    Raises
    ------
    SamplingError
        ``size.out_of_range``
    """
    check_open_unit(mean=mean)
    largest = (mean * (1 - mean)) ** 0.5
    if not 0 < deviation < largest:
        raise SamplingError("size.out_of_range", name="deviation", value=deviation, rule=f"0 < … < {largest:.4g}")
    strength = mean * (1 - mean) / deviation**2 - 1
    middles = (np.arange(count) + 0.5) / count
    return tuple(float(rate) for rate in special.betaincinv(mean * strength, (1 - mean) * strength, middles))


def county_verdicts(counties: int, curve: OperatingCurve, shares: Sequence[float] | None = None) -> CountyVerdicts:
    """Count expected verdicts over counties whose true rates are the curve's points.

    Parameters
    ----------
    counties : int
        Counties judged, each by a sample of the curve's size.
    curve : OperatingCurve
        The rule, at the rates of the distribution.
    shares : sequence of float, optional
        Share of the counties at each rate, of positive sum; equal without.
    """
    weights = [1.0] * len(curve.points) if shares is None else list(shares)
    total = fsum(weights)
    if len(weights) != len(curve.points) or not total > 0 or min(weights) < 0:
        raise ValueError("every rate has a share, none is negative, and their sum is positive")
    each = [counties * weight / total for weight in weights]
    upper = curve.side == "upper"
    meets = [(point.rate < curve.threshold) if upper else (point.rate >= curve.threshold) for point in curve.points]

    def expected(name: str, truth: bool) -> float:
        listed = zip(each, meets, curve.points, strict=True)
        return fsum(number * float(getattr(point, name)) for number, met, point in listed if met is truth)

    meeting = fsum(number for number, met in zip(each, meets, strict=True) if met)
    missing = fsum(number for number, met in zip(each, meets, strict=True) if not met)
    return CountyVerdicts(
        counties=counties,
        truly_meeting=meeting,
        truly_missing=missing,
        wrongly_passed=expected("demonstrated", False),
        wrongly_failed=expected("failed", True),
        rightly_passed=expected("demonstrated", True),
        rightly_failed=expected("failed", False),
        undecided_meeting=expected("undecided", True),
        undecided_missing=expected("undecided", False),
        passed_by_point_wrongly=expected("point_estimate", False),
        failed_by_point_wrongly=meeting - expected("point_estimate", True),
    )
