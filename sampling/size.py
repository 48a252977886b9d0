"""Size a sample: for a precision, or to demonstrate that a rate lies below a threshold; judge a rule by its errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf

from scipy import stats

from sampling.errors import SamplingError

LARGEST_SIZE = 1_000_000
"""Beyond this no size is searched for."""

LARGEST_SAMPLE = 1_000_000_000
"""Beyond this a size is no sample's."""


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
    _check_open_unit("p", p)
    _check_open_unit("half_width", half_width)
    _check_open_unit("level", level)
    _check_positive("deff", deff)
    normal = float(stats.norm.ppf((1 + level) / 2))
    quantile = normal if df is None else float(stats.t.ppf((1 + level) / 2, df))
    simple = normal / half_width * (normal / half_width) * p * (1 - p)
    endless = quantile / half_width * (quantile / half_width) * deff * p * (1 - p)
    finite = endless if population is None else endless / (1 + endless / population)
    return PrecisionSize(_round_up(simple), _round_up(finite), quantile)


def effective_size(n: float, *, deff: float = 1.0, df: float | None = None, level: float = 0.95) -> float:
    """Give the simple random sample that n units are worth: n / deff, times (z / t)**2 for few degrees of freedom.

    The correction is that of Korn and Graubard (1998), one-sided quantiles of the level.
    """
    _check_positive("deff", deff)
    if df is None:
        return n / deff
    _check_positive("df", df)
    return n / deff * float((stats.norm.ppf(level) / stats.t.ppf(level, df)) ** 2)


def interviews_needed(effective: float, *, deff: float = 1.0, df: float | None = None, level: float = 0.95) -> int:
    """Give how many interviews are worth so many of a simple random sample; see `effective_size`.

    Raises
    ------
    SamplingError
        ``size.out_of_range``, ``size.beyond_all``
    """
    worth = effective_size(1.0, deff=deff, df=df, level=level)
    return _round_up(effective / worth if worth > 0 else inf)


def upper_bound(errors: float, n: float, *, level: float = 0.95) -> float:
    """Give the one-sided exact upper bound of a rate; Clopper and Pearson (1934), by the beta distribution.

    ``n`` may be an effective size, which is no integer.
    """
    return 1.0 if errors >= n else float(stats.beta.ppf(level, errors + 1, n - errors))


def demonstration_size(threshold: float, *, errors: int = 0, level: float = 0.95) -> int:
    """Give the smallest effective size at which so many errors still demonstrate a rate below the threshold.

    Returns
    -------
    int
        Smallest n whose one-sided exact upper bound with that many errors is below the threshold.

    Raises
    ------
    SamplingError
        ``size.out_of_range``; ``size.threshold_too_low``: no size up to `LARGEST_SIZE` does.
    """
    _check_open_unit("threshold", threshold)
    _check_open_unit("level", level)
    low, high = errors, LARGEST_SIZE
    if upper_bound(errors, high, level=level) >= threshold:
        raise SamplingError("size.threshold_too_low", threshold=threshold, errors=errors, largest=LARGEST_SIZE)
    while high - low > 1:  # the bound falls as n grows
        middle = (low + high) // 2
        low, high = (low, middle) if upper_bound(errors, middle, level=level) < threshold else (middle, high)
    return high


def errors_allowed(n_effective: float, threshold: float, *, level: float = 0.95) -> int | None:
    """Give the most errors of an effective sample that still demonstrate a rate below the threshold; None if none."""
    if upper_bound(0, n_effective, level=level) >= threshold:
        return None
    low, high = 0, max(1, ceil(n_effective * threshold) + 1)  # a sample at the threshold itself never demonstrates
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if upper_bound(middle, n_effective, level=level) < threshold else (low, middle)
    return low


def power_size(true_rate: float, threshold: float, *, power: float = 0.8, level: float = 0.95) -> int:
    """Give the smallest effective size that demonstrates a rate below the threshold with a probability.

    The probability does not grow steadily with n; it jumps when one more error is allowed. The smallest n that
    reaches the power is therefore the smallest of one allowed number of errors, and these are tried in turn.

    Raises
    ------
    SamplingError
        ``size.out_of_range``, ``size.threshold_too_low``; ``size.not_below``: the true rate does not lie below the
        threshold; ``size.rates_too_near``: no size up to `LARGEST_SIZE` has the power.
    """
    _check_open_unit("power", power)
    if not 0 <= true_rate < threshold:
        raise SamplingError("size.not_below", true_rate=true_rate, threshold=threshold)
    _check_rates_apart(true_rate, threshold, power, level)
    errors = 0
    while True:
        n = demonstration_size(threshold, errors=errors, level=level)
        if pass_probability(n, errors, true_rate) >= power:
            return n
        errors += 1


def _check_rates_apart(true_rate: float, threshold: float, power: float, level: float) -> None:
    """Refuse rates so near to each other that even the largest size has too little power: the search would be long."""
    demonstration_size(threshold, level=level)
    most = errors_allowed(LARGEST_SIZE, threshold, level=level) or 0
    if pass_probability(demonstration_size(threshold, errors=most, level=level), most, true_rate) < power:
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
    return float(stats.beta.sf(rate, errors + 1, n_effective - errors))


@dataclass(frozen=True)
class CurvePoint:
    """Give the probability that a county passes at a true rate, by each rule."""

    rate: float
    demonstrated: float
    point_estimate: float


@dataclass(frozen=True)
class OperatingCurve:
    """Hold how a planned sample decides.

    Parameters
    ----------
    n, n_effective : float
        Planned size and what it is worth after design effect and t.
    errors_allowed : int or None
        Most errors (of the effective sample) that demonstrate a rate below the threshold.
    points : tuple of CurvePoint
        In the order of the rates asked for.
    """

    n: float
    n_effective: float
    threshold: float
    errors_allowed: int | None
    points: tuple[CurvePoint, ...]


def operating_curve(
    n: float,
    threshold: float,
    rates: Sequence[float],
    *,
    deff: float = 1.0,
    df: float | None = None,
    level: float = 0.95,
) -> OperatingCurve:
    """Give the probability of passing at each true rate, by demonstration and by the point estimate alone.

    Parameters
    ----------
    n : float
        Planned interviews.
    threshold : float
        A county passes below it: by demonstration when the one-sided exact upper bound lies below, by the point
        estimate when the estimated rate itself lies below.
    rates : sequence of float
        True rates.
    deff, df, level
        Planned design effect, degrees of freedom and level, as in ``effective_size``.
    """
    worth = effective_size(n, deff=deff, df=df, level=level)
    allowed = errors_allowed(worth, threshold, level=level)
    simple = n / deff  # the point estimate knows no t
    below = largest_below(threshold, simple)
    points = tuple(
        CurvePoint(rate, pass_probability(worth, allowed, rate), pass_probability(simple, below, rate))
        for rate in rates
    )
    return OperatingCurve(n, worth, threshold, allowed, points)


def largest_below(threshold: float, n: float) -> int:
    """Give the most errors whose share of n lies below the threshold; -1 if even none does not."""
    errors = ceil(threshold * n)
    while errors >= 0 and errors / n >= threshold:
        errors -= 1
    return errors


def _round_up(value: float) -> int:
    """Round up, forgiving the last bits of floating point; refuse what no sample can be."""
    if not value <= LARGEST_SAMPLE:
        raise SamplingError("size.beyond_all", largest=LARGEST_SAMPLE)
    return ceil(value - 1e-9 * max(1.0, value))


def _check_open_unit(name: str, value: float) -> None:
    """Refuse a number outside (0, 1)."""
    if not 0 < value < 1:
        raise SamplingError("size.out_of_range", name=name, value=value, rule="0 < … < 1")


def _check_positive(name: str, value: float) -> None:
    """Refuse a number that is not positive and finite."""
    if not 0 < value < inf:
        raise SamplingError("size.out_of_range", name=name, value=value, rule="> 0")
