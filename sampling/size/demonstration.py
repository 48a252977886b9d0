"""Size a sample that demonstrates: how many errors still show that a rate lies below a threshold, and with what chance.

A rate that must be reached instead (recognition of at least 90 %) is the same question of its complement: interviewed
households that do not recognise are the errors, and their rate must lie at or below 10 %.
"""

from bisect import bisect_left
from collections.abc import Callable
from math import ceil
from typing import Literal

import numpy as np
from scipy import special

from sampling.errors import SamplingError
from sampling.estimate.interval import wilson
from sampling.size.ranges import LARGEST_SIZE, check_open_unit, quantile

Method = Literal["exact", "wilson"]
"""Exact: Clopper and Pearson (1934), by the beta distribution; Wilson (1927): the score bound."""


def upper_bound(errors: float, n: float, *, level: float = 0.95, method: Method = "exact") -> float:
    """Give the one-sided upper bound of a rate; ``n`` may be an effective size, which is no integer."""
    if errors >= n:
        return 1.0
    if method == "wilson":
        return _wilson(errors, n, level)[1]
    return float(special.betaincinv(errors + 1, n - errors, level))


def lower_bound(errors: float, n: float, *, level: float = 0.95, method: Method = "exact") -> float:
    """Give the one-sided lower bound of a rate; ``n`` may be an effective size, which is no integer."""
    if errors <= 0:
        return 0.0
    errors = min(errors, n)
    if method == "wilson":
        return _wilson(errors, n, level)[0]
    return float(special.betaincinv(errors, n - errors + 1, 1 - level))


def _wilson(errors: float, n: float, level: float) -> tuple[float, float]:
    """Give both score bounds, each one-sided at the level."""
    z = np.array([quantile(level, None)])
    low, high = wilson(np.array([errors / n]), np.array([float(n)]), z)
    return float(low[0]), float(high[0])


def demonstration_size(threshold: float, *, errors: int = 0, level: float = 0.95, method: Method = "exact") -> int:
    """Give the smallest effective size at which so many errors still demonstrate a rate below the threshold.

    Returns
    -------
    int
        Smallest n whose one-sided upper bound with that many errors is below the threshold.

    Raises
    ------
    SamplingError
        ``size.out_of_range``; ``size.threshold_too_low``: no size up to `LARGEST_SIZE` does.
    """
    check_open_unit(threshold=threshold, level=level)

    def shows(n: int) -> bool:
        return upper_bound(errors, n, level=level, method=method) < threshold

    if not shows(LARGEST_SIZE):
        raise SamplingError("size.threshold_too_low", threshold=threshold, errors=errors, largest=LARGEST_SIZE)
    return _first(errors + 1, LARGEST_SIZE, shows)  # the bound falls as n grows


def errors_allowed(
    n_effective: float,
    threshold: float,
    *,
    level: float = 0.95,
    method: Method = "exact",
    reached: bool = False,
    each: float = 1.0,
) -> int | None:
    """Give the most errors that still demonstrate a rate below the threshold; None if none.

    Parameters
    ----------
    reached : bool
        True: a bound that equals the threshold demonstrates, too (the complement of a rate that must be reached).
    each : float
        What one error counts in the effective sample: 1, or (z / t)**2 for errors that are counted before the
        correction for few degrees of freedom.
    """

    def shows(errors: int) -> bool:
        bound = upper_bound(errors * each, n_effective, level=level, method=method)
        return bound <= threshold if reached else bound < threshold

    if not n_effective > 0 or not shows(0):
        return None
    too_many = max(1, ceil(n_effective * threshold / each) + 1)  # a rate at the threshold never demonstrates
    return _first(1, too_many, lambda errors: not shows(errors)) - 1


def errors_failing(
    n_effective: float,
    threshold: float,
    *,
    level: float = 0.95,
    method: Method = "exact",
    reached: bool = False,
    each: float = 1.0,
) -> int | None:
    """Give the fewest errors that show that the rate does not lie below; None if none do.

    Parameters
    ----------
    reached : bool
        True: the lower bound has to lie above the threshold, not only at it (the complement of a rate that must be
        reached).
    each : float
        As ``errors_allowed`` has it.
    """

    def shows(errors: int) -> bool:
        bound = lower_bound(errors * each, n_effective, level=level, method=method)
        return bound > threshold if reached else bound >= threshold

    most = int(n_effective / each) if each > 0 else 0
    if most < 1 or not shows(most):
        return None
    return _first(1, most, shows)


def _first(lowest: int, highest: int, holds: Callable[[int], bool]) -> int:
    """Give the smallest number from which on something holds; it holds at the highest."""
    return lowest + bisect_left(range(lowest, highest), True, key=holds)


def power_size(
    true_rate: float, threshold: float, *, power: float = 0.8, level: float = 0.95, method: Method = "exact"
) -> int:
    """Give the smallest effective size that demonstrates a rate below the threshold with a probability.

    The probability does not grow steadily with n; it jumps when one more error is allowed. The smallest n that
    reaches the power is therefore the smallest of one allowed number of errors, and these are tried in turn.

    Raises
    ------
    SamplingError
        ``size.out_of_range``, ``size.threshold_too_low``; ``size.not_below``: the true rate does not lie below the
        threshold; ``size.rates_too_near``: no size up to `LARGEST_SIZE` has the power.
    """
    check_open_unit(power=power)
    if not 0 <= true_rate < threshold:
        raise SamplingError("size.not_below", true_rate=true_rate, threshold=threshold)
    _check_rates_apart(true_rate, threshold, power, level, method)
    errors = 0
    while True:
        n = demonstration_size(threshold, errors=errors, level=level, method=method)
        if pass_probability(n, errors, true_rate) >= power:
            return n
        errors += 1


def _check_rates_apart(true_rate: float, threshold: float, power: float, level: float, method: Method) -> None:
    """Refuse rates so near to each other that even the largest size has too little power: the search would be long."""
    demonstration_size(threshold, level=level, method=method)
    most = errors_allowed(LARGEST_SIZE, threshold, level=level, method=method) or 0
    largest = demonstration_size(threshold, errors=most, level=level, method=method)
    if pass_probability(largest, most, true_rate) < power:
        raise SamplingError(
            "size.rates_too_near", true_rate=true_rate, threshold=threshold, power=power, largest=LARGEST_SIZE
        )


def pass_probability(n_effective: float, errors: float | None, rate: float) -> float:
    """Give the probability of at most so many errors at a true rate, in an effective sample.

    The regularised incomplete beta function continues the binomial distribution to sizes that are no integers.
    """
    if errors is None or errors < 0:
        return 0.0
    if errors >= n_effective or rate <= 0:
        return 1.0
    return 0.0 if rate >= 1 else float(special.betaincc(errors + 1, n_effective - errors, rate))
