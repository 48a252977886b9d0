"""Sums over all samples of a size, which conditional designs are made of, as chances of Poisson sampling.

With odds ``w = p / (1 - p)`` the sum over samples of m units of the products of their odds is the chance that Poisson
sampling with probabilities p takes m, over ``prod (1 - p)``: nothing overflows, and no term is negative.
"""

import numpy as np
from numpy.typing import NDArray

from sampling.methods.randomness import Floats

_NEAR = 1e-5
"""Probabilities nearer than this are treated as alike: a quotient by their difference would lose a double's digits."""


def size_chances(probabilities: Floats, most: int) -> Floats:
    """Give the chances that Poisson sampling takes 0, 1, .. ``most`` units; shape (most + 1,)."""
    chances = np.zeros(most + 1)
    chances[0] = 1.0
    for own in probabilities:
        chances[1:] = (1.0 - own) * chances[1:] + own * chances[:-1]
        chances[0] *= 1.0 - own
    return chances


def exactly(count: int) -> Floats:
    """Give the worth of samples of which only those of a size count: 1 for that one; shape (count + 1,)."""
    worth = np.zeros(count + 1)
    worth[-1] = 1.0
    return worth


def worth_behind(probabilities: Floats, worth: Floats) -> NDArray[np.float64]:
    """Give what Poisson sampling is worth on average when it has gone down the list to each unit.

    Parameters
    ----------
    probabilities : array, shape (N,)
    worth : array, shape (m + 1,)
        What a sample of 0, 1, .. m units is worth, not negative; larger ones nothing.

    Returns
    -------
    array, shape (N, m + 1)
        ``[l, s]``: the worth expected when s units were taken up to l, over those behind l.
    """
    behind = np.empty((probabilities.size, worth.size))
    behind[-1] = worth
    for unit in range(probabilities.size - 1, 0, -1):
        own, later = probabilities[unit], behind[unit]
        behind[unit - 1] = (1.0 - own) * later
        behind[unit - 1, :-1] += own * later[1:]
    return behind


def without_each(probabilities: Floats, worth: Floats) -> Floats:
    """Give what Poisson sampling of all units but one is worth on average, for each unit left out.

    The units before the one and those behind it are put together, so that every term is positive and nothing is
    divided out, which would lose all digits where a probability is near 1: N m steps for all.

    Parameters
    ----------
    probabilities, worth
        As in ``worth_behind``.

    Returns
    -------
    array, shape (N,)
    """
    behind = worth_behind(probabilities, worth)
    found = np.empty(probabilities.size)
    before = np.zeros(worth.size)
    before[0] = 1.0
    for unit, own in enumerate(probabilities):
        found[unit] = before @ behind[unit]
        before[1:] = (1.0 - own) * before[1:] + own * before[:-1]
        before[0] *= 1.0 - own
    return found


def pairs_worth(probabilities: Floats, worth: Floats) -> NDArray[np.float64]:
    """Give ``p_k p_l`` times what Poisson sampling of all units but k and l is worth on average, for every pair.

    What stands without k differs from what stands without l by the pair's own sum times the difference of their odds:
    one number a unit gives all pairs. Where the probabilities are alike, the pairs of one unit are summed up anew, once
    for all units of the same probability. N m + N**2 steps where none are alike, at most N**2 m.

    Parameters
    ----------
    probabilities : array, shape (N,)
        In (0, 1).
    worth : array, shape (m + 1,)
        As in ``worth_behind``.

    Returns
    -------
    array, shape (N, N)
        Symmetric; the diagonal has no meaning.
    """
    values, first, place, count = np.unique(probabilities, return_index=True, return_inverse=True, return_counts=True)
    own = (1.0 - values) * without_each(probabilities, np.concatenate([[0.0], worth]))[first]
    odds = values / (1.0 - values)
    with np.errstate(divide="ignore", invalid="ignore"):
        pairs = np.outer(odds, odds) * (own[:, None] - own[None, :]) / (odds[None, :] - odds[:, None])
    alike = np.abs(values[:, None] - values[None, :]) < _NEAR
    np.fill_diagonal(alike, count > 1)
    for k in np.flatnonzero(alike.any(axis=1)):
        rest = np.delete(probabilities, first[k])
        anew = np.zeros(probabilities.size)
        anew[np.arange(probabilities.size) != first[k]] = without_each(rest, worth)
        partner = first.copy()
        if count[k] > 1:
            partner[k] = np.flatnonzero(place == k)[1]
        pairs[k, alike[k]] = values[k] * values[alike[k]] * anew[partner[alike[k]]]
    return np.asarray(((pairs + pairs.T) / 2.0)[np.ix_(place, place)])
