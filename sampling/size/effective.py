"""Turn interviews into effective ones and back: what they are worth of a simple random sample."""

from math import inf

from sampling.size.ranges import check_least, check_open_unit, check_positive, quantile, round_up


def effective_size(n: float, *, deff: float = 1.0, df: float | None = None, level: float = 0.95) -> float:
    """Give the simple random sample that n units are worth: n / deff, times (z / t)**2 for few degrees of freedom.

    The correction is that of Korn and Graubard (1998), one-sided quantiles of the level; at 95 % and 4 degrees of
    freedom it leaves 60 of a hundred, at 97.5 % half.
    """
    check_least(0, n=n)
    check_positive(deff=deff)
    check_open_unit(level=level)
    if df is None or level == 0.5:  # both quantiles are 0 there
        return n / deff
    t = quantile(level, df)
    return n / deff * (quantile(level, None) / t) ** 2 if abs(t) < inf else 0.0


def interviews_needed(effective: float, *, deff: float = 1.0, df: float | None = None, level: float = 0.95) -> int:
    """Give how many interviews are worth so many of a simple random sample; see `effective_size`.

    Raises
    ------
    SamplingError
        ``size.out_of_range``, ``size.beyond_all``
    """
    worth = effective_size(1.0, deff=deff, df=df, level=level)
    return round_up(effective / worth if worth > 0 else inf)
