"""Measure how evenly a sample lies in space: what each of its units stands for in its own surroundings."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sampling.methods.randomness import Floats, Positions

_ALIKE = 1e-12
"""Distances that differ by less than this share of them are alike: a coordinate has been rounded."""
_NEIGHBOURS = 4


def cell_totals(probabilities: Floats, coordinates: NDArray[np.float64], taken: Positions) -> Floats:
    """Sum the inclusion probabilities of all units that lie nearest to each unit of a sample: its Voronoi cell.

    A unit that is as near to several of the sample is shared by them in equal parts.

    Parameters
    ----------
    probabilities : array, shape (N,)
    coordinates : array, shape (N, d)
        In one unit of length.
    taken : array of int64, shape (n,)

    Returns
    -------
    array, shape (n,)
        Summing to the sum of all probabilities; each near 1 where the sample is spread evenly.
    """
    tree = cKDTree(coordinates[taken])
    wanted = min(_NEIGHBOURS, taken.size)
    answer = tree.query(coordinates, k=np.arange(1, wanted + 1))
    distances, found = np.asarray(answer[0]), np.asarray(answer[1])
    reach = distances[:, 0] * (1.0 + _ALIKE)
    near = distances <= reach[:, None]
    totals = np.zeros(taken.size)
    many = near[:, -1] & (wanted < taken.size)  # ties may go on beyond the neighbours looked at
    shares = np.where(near, (probabilities / near.sum(axis=1))[:, None], 0.0)
    np.add.at(totals, found[~many], shares[~many])
    for unit in np.flatnonzero(many).tolist():
        around = tree.query_ball_point(coordinates[unit], reach[unit])
        totals[around] += probabilities[unit] / len(around)
    return totals


def spatial_balance(probabilities: Floats, coordinates: NDArray[np.float64], taken: Positions) -> float:
    """Give the mean of (v - 1)**2 over a sample, v the sums over its cells: 0 for a sample spread perfectly.

    The variance of the v's of Stevens and Olsen (2004, Journal of the American Statistical Association 99, 262-278),
    their mean being 1, as Grafström, Lundström and Schelin (2012, Biometrics 68, 514-520) write it.
    """
    return float(np.mean((cell_totals(probabilities, coordinates, taken) - 1.0) ** 2))
