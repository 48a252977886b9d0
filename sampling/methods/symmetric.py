"""Elementary symmetric polynomials, the sums over all samples of a size that conditional designs are made of."""

import numpy as np
from numpy.typing import NDArray

from sampling.methods.randomness import Floats


def elementary(values: Floats, degree: int) -> Floats:
    """Sum the products over all subsets of each size.

    Every term is positive: nothing cancels, unlike in Newton's identities.

    Parameters
    ----------
    values : array, shape (N,)
        Positive, scaled so that the sums stay within a double (divide by a common factor).
    degree : int
        Largest size m.

    Returns
    -------
    array, shape (m + 1,)
        Entry s is the sum over subsets of size s; entry 0 is 1.
    """
    sums = np.zeros(degree + 1)
    sums[0] = 1.0
    for value in values:
        sums[1:] += value * sums[:-1]
    return sums


def scale(values: Floats, degree: int) -> float:
    """Find a factor that brings the sums of sizes up to ``degree`` near one: C(N, m) f**m is then of order one."""
    share = degree / values.size
    return float(share / max(1.0 - share, 1.0 / values.size) / np.exp(np.mean(np.log(values))))


def without_each(values: Floats, degree: int) -> NDArray[np.float64]:
    """Sum the products over all subsets that do not hold one unit, for each unit.

    Adding up what stays, instead of dividing out what goes, cancels nothing; it costs N**2 * m steps.

    Returns
    -------
    array, shape (N, m + 1)
        ``[l, s]``: the sum over subsets of size s without unit l.
    """
    sums = np.zeros((values.size, degree + 1))
    sums[:, 0] = 1.0
    for i, value in enumerate(values):
        kept = sums[i].copy()
        sums[:, 1:] += value * sums[:, :-1]
        sums[i] = kept
    return sums
