"""Say what the spread of draws with replacement lacks where a unit was drawn several times.

The estimates compute it for arrays and the R script for single units, which needs no arrays to be imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from sampling.estimate.table import FloatArray

    Number = TypeVar("Number", float, FloatArray)


def below_repeated(times: Number, draws: Number) -> Number:
    """Give the factor (k - 1) n / (k (n - 1)) of the variance inside a unit drawn k times, of n draws in the stratum.

    The k draws of a unit share the sample inside it, so the spread of the draws about their mean holds that sample's
    variance n (k - k^2 / n) / ((n - 1) k^2) times instead of once. What lacks is added from the stages below, and the
    variance is unbiased if theirs is; nothing lacks of a unit that was drawn once (Hansen, Hurwitz and Madow 1953;
    Cochran 1977, 11.9, on k times the subsample in one go).

    Parameters
    ----------
    times, draws : float or array of float
        k and n, from 1; the only draw of a stratum gives 0.
    """
    factor: Number = (times - 1.0) / times * draws / (draws - 1.0 + (draws == 1.0))
    return factor
