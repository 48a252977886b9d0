"""Give variance forms of samples that were balanced on totals or spread over an area."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse

from sampling.estimate.errors import Complaint
from sampling.estimate.stages.pairs import Paired, PairMatrix, StageUnits
from sampling.estimate.stages.stage import FIRST_ROW
from sampling.estimate.table import FloatArray, IntArray

RANK = 1e-9
"""Singular values below this share of the largest are none: such columns say what the others say."""
NEAR = 1 + 1e-9
"""Units this little farther than the nearest one are as near."""


def balanced(units: StageUnits, columns: Sequence[FloatArray]) -> Paired:
    """Give sum c_i (z_i - b'x_i)^2, c_i = (1 - pi_i) n / (n - p), x_i the balancing values over pi_i, b their best fit.

    The fit has the weights c_i; the probabilities themselves always stand among the p balancing variables, for the size
    is fixed. Without others this is the variance of Hajek (1964) for designs near maximum entropy. Deville, Tille
    (2005), section 3, with the simplest of their choices of c.

    Parameters
    ----------
    columns : (rows,) each, a balancing variable of the rows' units
    """
    own = np.zeros(units.count)
    fits: list[tuple[IntArray, FloatArray]] = []
    complaints = []
    for members in _strata(units):
        pi, n = units.pi[members], members.size
        values = np.column_stack([np.ones(n), *(column[units.first_row[members]] / pi for column in columns)])
        root = np.sqrt(1.0 - pi)
        left, size, _ = np.linalg.svd(root[:, None] * (values / np.linalg.norm(values, axis=0)), full_matrices=False)
        basis = left[:, size > RANK * size[0]]
        if basis.shape[1] >= n:
            complaints.append(_too_many(units, members, basis.shape[1]))
            continue
        share = n / (n - basis.shape[1])
        own[members] = (1.0 - pi) * share
        fits.append((members, np.sqrt(share) * root[:, None] * basis))
    if complaints:
        return Paired(None, tuple(complaints))
    return Paired(PairMatrix(sparse.csr_matrix(sparse.diags(own)), _side_by_side(fits, units.count)))


def spread(units: StageUnits, place: FloatArray) -> Paired:
    """Give sum n_i / (n_i - 1) (z_i - mean of z over D_i)^2, D_i the unit with the drawn ones that lie nearest to it.

    Grafstrom, Schelin (2014), section 4: the local mean variance. It takes no account of the sampling fraction.

    Parameters
    ----------
    place : (rows, k) where the rows' units lie, in one unit of length along all k axes
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415 (some megabytes, for samples spread over a map alone)

    shape = (units.count, units.count)
    residual = sparse.csr_matrix(shape)
    for members in _strata(units):
        where = place[units.first_row[members]]
        tree = cKDTree(where)
        nearest = np.asarray(tree.query(where, k=2)[0])[:, 1]
        beside = tree.query_ball_point(where, nearest * NEAR)
        n = np.array([len(each) for each in beside], dtype=np.float64)
        unit, near = np.repeat(members, n.astype(np.int64)), members[np.concatenate(beside).astype(np.int64)]
        count = np.repeat(n, n.astype(np.int64))
        line = np.sqrt(count / (count - 1.0)) * ((unit == near) - 1.0 / count)
        residual = residual + sparse.csr_matrix((line, (unit, near)), shape=shape)
    return Paired(PairMatrix(sparse.csr_matrix(residual.T @ residual)))


def on_the_globe(longitude: FloatArray, latitude: FloatArray) -> FloatArray:
    """Give the place (rows, 3) on a sphere of radius 1 from degrees: neighbours there are neighbours on the ground."""
    east, north = np.radians(longitude), np.radians(latitude)
    return np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])


def _strata(units: StageUnits) -> Iterator[IntArray]:
    """Give the units of every stratum that are no certainties, where there are at least two."""
    order = np.argsort(units.stratum, kind="stable")
    order = order[units.unsure[order]]
    for members in np.split(order, np.flatnonzero(np.diff(units.stratum[order])) + 1):
        if members.size > 1:
            yield members


def _too_many(units: StageUnits, members: IntArray, columns: int) -> Complaint:
    row = int(units.first_row[members].min()) + FIRST_ROW
    return Complaint(
        "estimate.balance_too_many",
        {"place": units.place, "row": row, "units": int(members.size), "columns": columns},
    )


def _side_by_side(fits: Sequence[tuple[IntArray, FloatArray]], units: int) -> sparse.csr_matrix:
    """Put what each stratum's fit explains into columns of its own."""
    rows, columns, values, width = [], [], [], 0
    for members, basis in fits:
        rows.append(np.repeat(members, basis.shape[1]))
        columns.append(np.tile(np.arange(width, width + basis.shape[1]), members.size))
        values.append(basis.ravel())
        width += basis.shape[1]
    if not fits:
        return sparse.csr_matrix((units, 0))
    at = np.concatenate(rows), np.concatenate(columns)
    return sparse.csr_matrix((np.concatenate(values), at), shape=(units, width))
