"""Size a sample for a precision, and tell the precision of a size."""

from dataclasses import dataclass
from math import sqrt

from sampling.errors import SamplingError
from sampling.size.ranges import check_open_unit, check_positive, quantile, round_up


@dataclass(frozen=True)
class PrecisionSize:
    """Hold the size for a two-sided interval.

    Parameters
    ----------
    simple : int
        Size under simple random sampling from an endless population.
    size : int
        Size with design effect, t and finite population.
    quantile : float
        Normal or t quantile used.
    """

    simple: int
    size: int
    quantile: float


@dataclass(frozen=True)
class PrecisionReached:
    """Hold what a size reaches; error and half-width are None where all units are interviewed and no error is left.

    Parameters
    ----------
    half_width : float or None
        Of the two-sided interval, as a rate.
    standard_error : float or None
        Of the estimated rate.
    effective : float
        Size after the design effect, before the finite population.
    quantile : float
        Normal or t quantile used.
    """

    half_width: float | None
    standard_error: float | None
    effective: float
    quantile: float


def precision_size(
    p: float,
    half_width: float,
    *,
    level: float = 0.95,
    deff: float = 1.0,
    population: int | None = None,
    df: float | None = None,
) -> PrecisionSize:
    """Size a sample so that a rate's two-sided interval has a half-width; Cochran (1977), formulas 4.1 and 4.2.

    Solves ``quantile**2 * deff * (1 - n/N) * p * (1 - p) / n = half_width**2`` for n and rounds up.

    Parameters
    ----------
    p : float
        Planned rate, in (0, 1).
    half_width : float
        Half-width as a rate (0.03 for three percentage points).
    level : float
        Confidence level.
    deff : float
        Planned design effect.
    population : int, optional
        Units N; None for an endless population.
    df : float, optional
        Degrees of freedom of a t quantile; None for the normal.

    Raises
    ------
    SamplingError
        ``size.out_of_range``, ``size.beyond_all``
    """
    check_open_unit(p=p, half_width=half_width, level=level)
    check_positive(deff=deff)
    normal, used = quantile((1 + level) / 2, None), quantile((1 + level) / 2, df)
    simple = normal / half_width * (normal / half_width) * p * (1 - p)
    endless = used / half_width * (used / half_width) * deff * p * (1 - p)
    finite = endless if population is None else endless / (1 + endless / population)
    return PrecisionSize(round_up(simple), round_up(finite), used)


def precision_reached(
    p: float,
    n: int,
    *,
    level: float = 0.95,
    deff: float = 1.0,
    population: int | None = None,
    df: float | None = None,
) -> PrecisionReached:
    """Tell the half-width that a size reaches; arguments as in `precision_size`, whose equation it solves for it.

    Raises
    ------
    SamplingError
        ``size.out_of_range``; ``size.beyond_population``: more interviews than units.
    """
    check_open_unit(p=p, level=level)
    check_positive(n=n, deff=deff)
    if population is not None and n > population:
        raise SamplingError("size.beyond_population", n=n, population=population)
    left = 1.0 if population is None else 1 - n / population
    used = quantile((1 + level) / 2, df)
    if not left:
        return PrecisionReached(None, None, n / deff, used)
    error = sqrt(deff * left * p * (1 - p) / n)
    return PrecisionReached(used * error, error, n / deff, used)
