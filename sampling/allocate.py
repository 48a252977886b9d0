"""Share a total among strata: deterministic, in exact arithmetic, within bounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor
from typing import Literal

POWER_PLACES = 12
"""Decimal places of a measure raised to a power; fixed, so that every machine shares alike."""


@dataclass(frozen=True)
class StratumMeasure:
    """Describe one stratum to be given a share.

    Parameters
    ----------
    label : str
        Breaks ties, in code-point order.
    measure : int
        Number of units, or total of sizes, to which shares are proportional.
    available : int
        Units that can be taken; a share never exceeds it.
    """

    label: str
    measure: int
    available: int


def allocate(
    total: int,
    strata: Sequence[StratumMeasure],
    *,
    allocation: Literal["equal", "proportional", "power"] = "proportional",
    exponent: str = "0.5",
    minimum: int = 0,
) -> list[int]:
    """Share a total: shares proportional to 1, to the measure, or to measure ** exponent (Bankier 1988).

    A stratum whose share falls below ``min(minimum, available)`` gets that, one whose share exceeds ``available``
    gets that, and the rest is shared anew until nothing changes; then the largest remainders are rounded up, ties by
    label.

    Returns
    -------
    list of int, shape (len(strata),)
        Sums to the total, or to all available units if the total is larger.

    Raises
    ------
    ValueError
        The minima alone exceed the total.
    """
    lower = [min(minimum, stratum.available) for stratum in strata]
    upper = [stratum.available for stratum in strata]
    if total >= sum(upper):
        return upper
    if total < sum(lower):
        raise ValueError(f"the minima need {sum(lower)}, the total is {total}")
    weights = [_share_weight(stratum.measure, allocation, exponent) for stratum in strata]
    shares = _bounded_shares(Fraction(total), weights, lower, upper)
    return _round_by_largest_remainder(total, shares, [stratum.label for stratum in strata], upper)


def _share_weight(measure: int, allocation: str, exponent: str) -> Fraction:
    """Give what a stratum's share is proportional to, as an exact number."""
    if allocation == "equal":
        return Fraction(1)
    if allocation == "proportional":
        return Fraction(measure)
    with localcontext() as context:
        context.prec = 60
        raised = Decimal(measure) ** Decimal(exponent) if measure else Decimal(0)
        return Fraction(raised.quantize(Decimal(1).scaleb(-POWER_PLACES)))


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
