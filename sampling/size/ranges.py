"""Refuse numbers that no plan can have, and sizes that no survey has."""

from math import ceil, inf

from scipy import special

from sampling.errors import SamplingError

LARGEST_SIZE = 1_000_000
"""Beyond this no size is searched for."""

LARGEST_SAMPLE = 1_000_000_000
"""Beyond this a size is no sample's."""


def round_up(value: float) -> int:
    """Round up, forgiving the last bits of floating point; refuse what no sample can be.

    Raises
    ------
    SamplingError
        ``size.beyond_all``
    """
    if not value <= LARGEST_SAMPLE:
        raise SamplingError("size.beyond_all", largest=LARGEST_SAMPLE)
    return ceil(value - 1e-9 * max(1.0, value))


def check_open_unit(**values: float) -> None:
    """Refuse a number outside (0, 1)."""
    for name, value in values.items():
        if not 0 < value < 1:
            raise SamplingError("size.out_of_range", name=name, value=value, rule="0 < … < 1")


def check_positive(**values: float) -> None:
    """Refuse a number that is not positive and finite."""
    for name, value in values.items():
        if not 0 < value < inf:
            raise SamplingError("size.out_of_range", name=name, value=value, rule="> 0")


def check_least(least: float, **values: float) -> None:
    """Refuse a number below its least value, or one that is not finite."""
    for name, value in values.items():
        if not least <= value < inf:
            raise SamplingError("size.out_of_range", name=name, value=value, rule=f"≥ {least:g}")


def quantile(probability: float, df: float | None) -> float:
    """Give the quantile of t with df degrees of freedom, of the normal distribution without."""
    if df is None:
        return float(special.ndtri(probability))
    check_positive(df=df)
    return float(special.stdtrit(df, probability))
