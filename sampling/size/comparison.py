"""Size the comparison of two rates: two rounds of one county, or two counties."""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

from scipy import special

from sampling.errors import SamplingError
from sampling.size.ranges import LARGEST_SAMPLE, check_open_unit, check_positive, quantile, round_up

LARGEST_SHIFT = 1e6
"""Standard errors that no survey needs to tell two rates apart."""
EDGE = 1e-9
"""The nearest to 0 and 1 that a rate is tried at."""


@dataclass(frozen=True)
class ComparisonTest:
    """Say how two samples are compared.

    Parameters
    ----------
    deff : float
        Design effect of both samples.
    overlap : float
        Share of the smaller sample that stands in both, in [0, 1]; 0 for two counties.
    correlation : float
        Between the answers of the units that stand in both, in [-1, 1].
    df : float, optional
        Degrees of freedom of the difference; None for the normal distribution.
    level : float
        One less the risk of finding a difference that is not there.
    sides : 1 or 2
        One-sided tests look in the direction of the true difference only.
    """

    deff: float = 1.0
    overlap: float = 0.0
    correlation: float = 0.0
    df: float | None = None
    level: float = 0.95
    sides: Literal[1, 2] = 2

    def check(self) -> None:
        """Refuse numbers that no test can have.

        Raises
        ------
        SamplingError
            ``size.out_of_range``
        """
        check_positive(deff=self.deff)
        check_open_unit(level=self.level)
        for name, least in (("overlap", 0.0), ("correlation", -1.0)):
            value = float(getattr(self, name))
            if not least <= value <= 1:
                raise SamplingError("size.out_of_range", name=name, value=value, rule=f"{least:g} ≤ … ≤ 1")

    @property
    def critical(self) -> float:
        """Give the critical value, in standard errors."""
        return quantile(1 - (1 - self.level) / self.sides, self.df)


@dataclass(frozen=True)
class Comparison:
    """Hold how a planned comparison of two rates ends.

    Parameters
    ----------
    difference : float
        Second rate less the first.
    standard_error : float
        Of the difference.
    power : float
        Chance that the test finds the difference, in its own direction.
    """

    difference: float
    standard_error: float
    power: float


def compare_power(
    rates: tuple[float, float], sizes: tuple[float, float], test: ComparisonTest | None = None
) -> Comparison:
    """Give the chance that a test of two rates finds their difference.

    The variance is V1 + V2 - 2 R m / sqrt(n1 n2) sqrt(V1 V2), V = deff p (1 - p) / n, with m units that stand in both
    samples and the correlation R of their answers (Kish 1965, section 12.4). The test divides by the estimated error,
    so its power is that of a noncentral t (of the normal distribution without df). It is not the test with a pooled
    rate.

    Parameters
    ----------
    rates : tuple of float
        Both true rates, in (0, 1).
    sizes : tuple of float
        Interviews of both samples.

    Raises
    ------
    SamplingError
        ``size.out_of_range``; ``size.no_error_left``: the same units with fully correlated answers leave none.
    """
    how = test or ComparisonTest()
    error = _standard_error(rates, sizes, how)
    difference = rates[1] - rates[0]
    return Comparison(difference, error, _chance_beyond(how.critical, abs(difference) / error, how.df))


def _chance_beyond(critical: float, shift: float, df: float | None) -> float:
    """Give the chance of a test statistic beyond its critical value, shifted by the true difference in errors."""
    if df is None:
        return float(special.ndtr(shift - critical))
    return float(min(1.0, max(0.0, 1.0 - special.nctdtr(df, shift, critical))))


def _standard_error(rates: tuple[float, float], sizes: tuple[float, float], test: ComparisonTest) -> float:
    """Give the standard error of the difference."""
    test.check()
    check_open_unit(first=rates[0], second=rates[1])
    check_positive(n_first=sizes[0], n_second=sizes[1])
    first, second = (test.deff * p * (1 - p) / n for p, n in zip(rates, sizes, strict=True))
    shared = test.overlap * sqrt(min(sizes) / max(sizes))  # units in both / sqrt(n1 n2)
    square = first + second - 2 * test.correlation * shared * sqrt(first * second)
    if square <= (first + second) * EDGE:
        raise SamplingError("size.no_error_left", overlap=test.overlap, correlation=test.correlation)
    return sqrt(square)


def compare_size(rates: tuple[float, float], test: ComparisonTest | None = None, *, power: float = 0.8) -> int:
    """Give the interviews of each of two equal samples that find a difference with a chance; see `compare_power`.

    Raises
    ------
    SamplingError
        ``size.out_of_range``, ``size.no_error_left``, ``size.beyond_all``; ``size.rates_equal``: there is no difference
        to be found.
    """
    how = test or ComparisonTest()
    check_open_unit(power=power)
    one = _standard_error(rates, (1, 1), how)
    if rates[0] == rates[1]:
        raise SamplingError("size.rates_equal", rate=rates[0])
    return round_up((_shift_needed(power, how) * one / (rates[1] - rates[0])) ** 2)


def _shift_needed(power: float, test: ComparisonTest) -> float:
    """Give the true difference in standard errors that a test finds with a chance."""
    low, high = 0.0, 40.0
    while _chance_beyond(test.critical, high, test.df) < power:
        high *= 2
        if high > LARGEST_SHIFT:
            raise SamplingError("size.beyond_all", largest=LARGEST_SAMPLE)
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _chance_beyond(test.critical, middle, test.df) < power else (low, middle)
    return high


def detectable_rates(
    first: float, sizes: tuple[float, float], test: ComparisonTest | None = None, *, power: float = 0.8
) -> tuple[float | None, float | None]:
    """Give the nearest second rates, below and above the first, that two samples tell from it with a chance.

    Returns
    -------
    tuple of float or None
        The rate below and the rate above; None where even 0 or 1 is not told from it.

    Raises
    ------
    SamplingError
        ``size.out_of_range``, ``size.no_error_left``
    """
    check_open_unit(power=power)
    return _nearest(first, EDGE, sizes, test, power), _nearest(first, 1 - EDGE, sizes, test, power)


def _nearest(
    first: float, end: float, sizes: tuple[float, float], test: ComparisonTest | None, power: float
) -> float | None:
    """Give the nearest rate towards an end that is told from the first."""
    if compare_power((first, end), sizes, test).power < power:
        return None
    near, far = first, end
    for _ in range(100):
        middle = (near + far) / 2
        found = middle != first and compare_power((first, middle), sizes, test).power >= power
        near, far = (near, middle) if found else (middle, far)
    return far
