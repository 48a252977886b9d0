"""Share a total among strata: deterministic, in exact arithmetic, within bounds; work a total out from a precision."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from math import ceil, floor
from statistics import NormalDist
from typing import Literal, get_args

Allocation = Literal["equal", "proportional", "power", "neyman", "cost-optimal"]
ALLOCATIONS: tuple[Allocation, ...] = get_args(Allocation)

PLACES = 12
"""Decimal places of a power, a root and a quantile; fixed, so that every machine shares alike."""
DIGITS = 60
"""Digits in which powers and roots are computed before they are rounded to their places."""


@dataclass(frozen=True)
class StratumMeasure:
    """Describe one stratum to be given a share.

    Parameters
    ----------
    label : str
        Breaks ties, in code-point order.
    measure : int
        Number of units N, or total of sizes, to which shares are proportional.
    available : int
        Units that can be taken; a share never exceeds it.
    deviation : Decimal, optional
        Planned standard deviation S > 0 inside the stratum; ``neyman`` and ``cost-optimal`` need it.
    cost : Decimal, optional
        Planned cost c > 0 of one unit; ``cost-optimal`` needs it.
    """

    label: str
    measure: int
    available: int
    deviation: Decimal | None = None
    cost: Decimal | None = None


def allocate(
    total: int,
    strata: Sequence[StratumMeasure],
    *,
    allocation: Allocation = "proportional",
    exponent: str = "0.5",
    minimum: int = 0,
    maximum: int | None = None,
) -> list[int]:
    """Share a total in proportion to weights, within bounds.

    The weights are 1 (``equal``), N (``proportional``), N ** exponent (``power``; Bankier 1988), N S (``neyman``;
    Neyman 1934, Cochran 1977, formula 5.26) or N S / sqrt(c) (``cost-optimal``; Cochran 1977, formula 5.23), N being
    the measure. With one common factor c every share is ``c * weight``, but at least ``min(minimum, available)`` and
    at most ``min(maximum, available)``, and c is such that the shares sum to the total: among all shares within these
    bounds that is also the optimum where the weights are (Stenger and Gabler 2005). Then the shares are rounded down,
    and the units still missing go to the largest remainders, ties by label.

    Parameters
    ----------
    total : int
        Units to be shared.
    strata : sequence of StratumMeasure
        In any order.
    allocation : str, optional
        What shares are proportional to.
    exponent : str, optional
        Of ``power``, as decimal text.
    minimum, maximum : int, optional
        Bounds that hold for every stratum.

    Returns
    -------
    list of int, shape (len(strata),)
        Sums to the total, or to all that the bounds allow if the total is larger.

    Raises
    ------
    ValueError
        The minima alone exceed the total, the bounds contradict each other, or a deviation or a cost that the
        allocation needs is missing or not positive.
    """
    limits = [bounds(stratum.available, minimum, maximum) for stratum in strata]
    lower, upper = [low for low, _ in limits], [high for _, high in limits]
    weights = [share_weight(stratum, allocation, exponent) for stratum in strata]
    if total >= sum(upper):
        return upper
    if total < sum(lower):
        raise ValueError(f"the minima need {sum(lower)}, the total is {total}")
    shares = _bounded_shares(Fraction(total), weights, lower, upper)
    return _round_by_largest_remainder(total, shares, [stratum.label for stratum in strata], upper)


def bounds(available: int, minimum: int = 0, maximum: int | None = None) -> tuple[int, int]:
    """Give the least and the most that a stratum takes: both bounds, cut to what is available.

    Raises
    ------
    ValueError
        The minimum is larger than the maximum.
    """
    if maximum is not None and minimum > maximum:
        raise ValueError(f"the minimum {minimum} is larger than the maximum {maximum}")
    return min(minimum, available), available if maximum is None else min(maximum, available)


def share_weight(stratum: StratumMeasure, allocation: Allocation, exponent: str = "0.5") -> Fraction:
    """Give what a stratum's share is proportional to, as an exact number.

    Powers and roots are rounded half-even to `PLACES` decimals, and count for at least the last of these; everything
    else is exact.
    """
    if allocation == "equal":
        return Fraction(1)
    if allocation == "proportional" or not stratum.measure:
        return Fraction(stratum.measure)
    if allocation == "power":
        return _rounded_power(Decimal(stratum.measure), Decimal(exponent))
    spread = Fraction(stratum.measure) * Fraction(_positive(stratum, "deviation"))
    if allocation == "neyman":
        return spread
    return spread / _rounded_power(_positive(stratum, "cost"), Decimal("0.5"))


def _positive(stratum: StratumMeasure, name: Literal["deviation", "cost"]) -> Decimal:
    """Give a planned number of a stratum, which has to be there and positive."""
    value = stratum.deviation if name == "deviation" else stratum.cost
    if value is None or not 0 < value < Decimal("Infinity"):
        raise ValueError(f"the {name} of stratum {stratum.label!r} must be positive, not {value}")
    return value


def _rounded_power(base: Decimal, exponent: Decimal) -> Fraction:
    """Raise a positive number to a power and round it half-even to its places, never down to 0."""
    last = Decimal(1).scaleb(-PLACES)
    with localcontext() as context:
        context.prec = DIGITS
        return Fraction(max((base**exponent).quantize(last, ROUND_HALF_EVEN), last))


def deviation_of_rate(rate: Decimal) -> Decimal:
    """Give the standard deviation sqrt(p (1 - p)) of a planned rate, rounded half-even to `PLACES` decimals.

    Raises
    ------
    ValueError
        The rate does not lie strictly between 0 and 1.
    """
    if not 0 < rate < 1:
        raise ValueError(f"a planned rate lies between 0 and 1, not {rate}")
    with localcontext() as context:
        context.prec = DIGITS
        return max(
            (rate * (1 - rate)).sqrt().quantize(Decimal(1).scaleb(-PLACES), ROUND_HALF_EVEN),
            Decimal(1).scaleb(-PLACES),
        )


@dataclass(frozen=True)
class Precision:
    """State the precision that a domain's rate shall have at least.

    Parameters
    ----------
    rate : Decimal
        Planned rate, strictly between 0 and 1.
    half_width : Decimal
        Half-width of the two-sided interval, as a rate.
    level : Decimal, optional
        Confidence level.
    design_effect : Decimal, optional
        Planned design effect of the interviews.
    each : int, optional
        Interviews in one unit taken: 1 where the units are interviewed themselves, the households of one village where
        the units are villages.
    """

    rate: Decimal
    half_width: Decimal
    level: Decimal = Decimal("0.95")
    design_effect: Decimal = Decimal(1)
    each: int = 1


def precision_total(precision: Precision, population: int | None) -> int:
    """Work out the units that a domain takes so that its rate has a precision; Cochran (1977), formulas 4.1 and 4.2.

    With z the normal quantile of (1 + level) / 2, rounded half-even to `PLACES` decimals, everything else is exact:
    ``n0 = z**2 * deff * p * (1 - p) / half_width**2``, ``n = n0 / (1 + n0 / N)``, and the total is n / each, rounded
    up. It is the size that ``sampling.size.precision_size`` gives, computed so that every machine shares alike.

    Parameters
    ----------
    precision : Precision
        What is wanted.
    population : int or None
        Units N of the domain that may be interviewed; None for an endless population.

    Raises
    ------
    ValueError
        A number that no precision can have.
    """
    for name in ("rate", "half_width", "level"):
        if not 0 < getattr(precision, name) < 1:
            raise ValueError(f"{name} lies between 0 and 1, not {getattr(precision, name)}")
    if not 0 < precision.design_effect < Decimal("Infinity") or precision.each < 1:
        raise ValueError("a design effect and a number of interviews are positive")
    tail = float((1 + precision.level) / 2)
    z = Fraction(Decimal(NormalDist().inv_cdf(tail)).quantize(Decimal(1).scaleb(-PLACES), ROUND_HALF_EVEN))
    spread = Fraction(precision.rate) * (1 - Fraction(precision.rate))
    endless = z * z * Fraction(precision.design_effect) * spread / Fraction(precision.half_width) ** 2
    size = endless if population is None else (endless / (1 + endless / population) if population else Fraction(0))
    return ceil(size / precision.each)


def _bounded_shares(
    total: Fraction, weights: Sequence[Fraction], lower: Sequence[int], upper: Sequence[int]
) -> list[Fraction]:
    """Find the factor c for which the shares ``min(max(c * weight, lower), upper)`` sum to the total, exactly.

    The sum grows with c and bends only where a share meets a bound, so c lies between two such points.
    """
    positive = [i for i, weight in enumerate(weights) if weight > 0]
    bends = sorted({Fraction(bound) / weights[i] for i in positive for bound in (lower[i], upper[i])})

    def shares(factor: Fraction) -> list[Fraction]:
        return [
            min(max(factor * weight, Fraction(low)), Fraction(high))
            for weight, low, high in zip(weights, lower, upper, strict=True)
        ]

    left, right = Fraction(0), bends[-1] if bends else Fraction(0)
    for bend in bends:
        if sum(shares(bend)) <= total:
            left = bend
        else:
            right = bend
            break
    base, slope = shares(left), Fraction(0)
    for i in positive:
        if left < right and lower[i] <= left * weights[i] < upper[i]:
            slope += weights[i]
    factor = left + (total - sum(base)) / slope if slope else left
    return shares(factor)


def _round_by_largest_remainder(
    total: int, shares: Sequence[Fraction], labels: Sequence[str], upper: Sequence[int]
) -> list[int]:
    """Round shares so that they keep their sum: the largest remainders go up, ties by label."""
    rounded = [floor(share) for share in shares]
    order = sorted(range(len(shares)), key=lambda i: (-(shares[i] - rounded[i]), labels[i]))
    missing = total - sum(rounded)
    for i in [i for i in order if rounded[i] < upper[i]][:missing]:
        rounded[i] += 1
    return rounded
