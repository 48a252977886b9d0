"""Maximum entropy sampling of fixed size (conditional Poisson): given the probabilities, nothing else is decided."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sampling.methods.randomness import Floats, Positions, Stream
from sampling.methods.symmetric import exactly, pairs_worth, size_chances, without_each, worth_behind

_ITERATIONS = 1000
_PATIENCE = 60
"""Steps in which the error must be halved; else the search stands still."""
_SHORTER, _SHORTEST = 0.8, 0.5
"""Whole steps swing without end where few units have nearly all of the probability: slow gain shortens the next."""
_GOOD = 0.7
"""An error that a step leaves at more than this share of the last one is a slow gain."""


def odds_of(probabilities: Floats) -> Floats:
    """Find the odds of the Poisson design that, conditioned on its size, has the wanted probabilities.

    Each step multiplies the odds by wanted over reached odds, as Chen, Dempster and Liu (1994, section 3.2) do: nearly
    Newton's step, for the change of a probability with the logarithm of its odds is close to p (1 - p).

    Parameters
    ----------
    probabilities : array, shape (N,)
        In (0, 1), their sum the whole number n.

    Returns
    -------
    array, shape (N,)
        Odds w; only their ratios matter.

    Raises
    ------
    ArithmeticError
        The search stood still before it reached ``tolerance``.
    """
    order = np.argsort(probabilities, kind="stable")  # groups that are alike stand in any order
    odds = np.empty(probabilities.size)
    odds[order] = _odds_of(tuple(probabilities[order].tolist()))
    return odds


def tolerance(units: int) -> float:
    """Give how near the probabilities are reached: sums over N units carry that many rounding errors of a double."""
    return max(1e-12, 16.0 * units * float(np.finfo(np.float64).eps))


@lru_cache(maxsize=64)
def _odds_of(given: tuple[float, ...]) -> Floats:
    """Find the odds once for groups that are alike, as the strata of many parents often are."""
    probabilities = np.array(given)
    n = round(float(probabilities.sum()))
    wanted = probabilities / (1.0 - probabilities)
    odds, step, last = wanted.copy(), 1.0, np.inf
    halved, since = np.inf, 0
    for _ in range(_ITERATIONS):
        reached = _conditional(odds, n)
        error = float(np.abs(probabilities - reached).max())
        if error <= tolerance(probabilities.size):
            return odds
        halved, since = (error, 0) if error <= halved / 2.0 else (halved, since + 1)
        ratio = wanted * (1.0 - reached) / reached
        if since > _PATIENCE or not (ratio > 0.0).all():
            break  # a probability has no digits left beside 1
        step = step if error < _GOOD * last else max(step * _SHORTER, _SHORTEST)
        odds, last = odds * ratio**step, error
    raise ArithmeticError(f"no odds within {tolerance(probabilities.size)}")


def _conditional(odds: Floats, n: int) -> Floats:
    """Give the inclusion probabilities of the design with these odds conditioned on n units.

    ``w_k * (sum over subsets of n - 1 without k) / (sum over subsets of n)``.
    """
    poisson = odds / (1.0 + odds)
    return np.asarray(poisson * without_each(poisson, exactly(n - 1)) / size_chances(poisson, n)[n])


def select(probabilities: Floats, stream: Stream, odds: Floats | None = None) -> Positions:
    """Draw one sample of n units with these probabilities and no other preference.

    Parameters
    ----------
    odds : array, shape (N,), optional
        What ``odds_of`` found, where many samples are drawn.

    Returns
    -------
    array of int64, shape (n,)
        Positions, ascending.
    """
    n = round(float(probabilities.sum()))
    return select_by_odds(odds_of(probabilities) if odds is None else odds, n, stream)


def select_by_odds(odds: Floats, n: int, stream: Stream) -> Positions:
    """Draw n units of the conditional Poisson design: one after the other, given what is still missing.

    Chen and Liu (1997), procedure 3.
    """
    poisson = odds / (1.0 + odds)
    behind = worth_behind(poisson, exactly(n))  # the chance that those behind a unit make up what is missing
    numbers = stream.uniforms(odds.size)
    taken: list[int] = []
    for k, own in enumerate(poisson.tolist()):
        if len(taken) == n:
            break
        with_it, without_it = own * behind[k, len(taken) + 1], (1.0 - own) * behind[k, len(taken)]
        if numbers[k] * (with_it + without_it) < with_it:
            taken.append(k)
    return np.array(taken, dtype=np.int64)


def joint(probabilities: Floats) -> NDArray[np.float64]:
    """Give the exact joint probabilities (Chen, Dempster and Liu 1994, formula 7; Tillé 2006, result 29).

    ``pi_kl = w_k w_l S_{n-2}(without k and l) / S_n``, S_m the sum over subsets of m of the products of the odds w.

    Returns
    -------
    array, shape (N, N)
        Joint probabilities, the diagonal the probabilities themselves.
    """
    n = round(float(probabilities.sum()))
    if n < 2:
        return np.diag(probabilities)  # a single unit has no partner
    _, first, place = np.unique(probabilities, return_index=True, return_inverse=True)
    odds = odds_of(probabilities)[first][place]  # units alike have odds that are alike to the last digit
    poisson = odds / (1.0 + odds)
    pairs = pairs_worth(poisson, exactly(n - 2))
    pairs /= size_chances(poisson, n)[n]
    np.fill_diagonal(pairs, probabilities)
    return pairs
