"""Hold the auxiliary variables of a calibration: rows that share their values are one cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from sampling.estimate.table import FloatArray, IntArray

FEW = 4  # columns that are summed one by one; for more of them a matrix of rows by cells is worth its making
MOST_CELLS = 4_000_000  # crossings that are numbered in place; beyond that only those that occur are


@dataclass(frozen=True)
class Auxiliary:
    """Hold x of every row as the cell it lies in: x of row i is x[cell[i]].

    Attributes
    ----------
    cell : (rows,) ; x : (cells, p), sparse where there are as many variables as cells
    """

    cell: IntArray
    x: FloatArray | sparse.csr_matrix

    @cached_property
    def in_order(self) -> bool:
        """Tell whether every row is a cell of its own."""
        return self.cell.size == self.x.shape[0] and bool((np.diff(self.cell) == 1).all())

    def cell_sums(self, values: FloatArray) -> FloatArray:
        """Sum values (rows,) over the rows of each cell."""
        if self.in_order:
            return values
        return np.asarray(np.bincount(self.cell, values, self.x.shape[0]), dtype=np.float64)

    def sums(self, values: FloatArray) -> FloatArray:
        """Give (k, p) sums of values * x for (rows, k) values."""
        if values.shape[1] <= FEW and not self.in_order:
            return dense(np.array([self.cell_sums(column) for column in values.T]) @ self.x)
        by_cell = values if self.in_order else self._gather @ values
        return dense(by_cell.T @ self.x)

    def group_sums(self, values: FloatArray, group: IntArray, groups: int, rows: IntArray | None = None) -> FloatArray:
        """Give (groups, p) sums of values * x over the rows of each group; `rows` are those that values are of."""
        cell = self.cell if rows is None else self.cell[rows]
        cells = self.x.shape[0]
        if groups * cells <= MOST_CELLS:
            by_cell = np.bincount(group * cells + cell, values, groups * cells).reshape(groups, cells)
            return dense(by_cell @ self.x)
        spread = sparse.csr_matrix((values, (group, cell)), shape=(groups, self.x.shape[0]))
        return dense(spread @ self.x)

    def unit_sums(self, values: FloatArray, unit: IntArray, units: int) -> sparse.csr_matrix:
        """Give the same sums as group_sums for units, sparse where x is."""
        spread = sparse.csr_matrix((values, (unit, self.cell)), shape=(units, self.x.shape[0]))
        return sparse.csr_matrix(spread @ self.x)

    def combined(self, coefficients: FloatArray) -> FloatArray:
        """Give (rows, k) combinations x * coefficients (p, k)."""
        by_cell = dense(self.x @ coefficients)
        return by_cell if self.in_order else by_cell[self.cell]

    @cached_property
    def _gather(self) -> sparse.csr_matrix:
        rows = self.cell.size
        return sparse.csr_matrix((np.ones(rows), (self.cell, np.arange(rows))), shape=(self.x.shape[0], rows))


def dense(found: Any) -> FloatArray:
    """Give a product, which is sparse when both factors are, as an array."""
    return np.asarray(found.toarray() if hasattr(found, "toarray") else found, dtype=np.float64)


def of_classes(group: IntArray, classes: int) -> Auxiliary:
    """Take the indicators of classes, of which there may be thousands."""
    return Auxiliary(group, sparse.identity(classes, format="csr"))


def of_matrix(matrix: FloatArray) -> Auxiliary:
    """Take the rows of a matrix as they are."""
    return Auxiliary(np.arange(matrix.shape[0], dtype=np.int64), matrix)


def of_levels(codes: Sequence[IntArray], levels: Sequence[int]) -> Auxiliary:
    """Cross several columns: x are the indicators of all levels of the first column, then of the second, ...

    Parameters
    ----------
    codes : for each column (rows,) the number of the level; levels : for each column how many there are
    """
    number, size = np.zeros_like(codes[0]), 1
    for code, count in zip(codes, levels, strict=True):
        number, size = number * count + code, size * count
    present, cell = _numbered(number, size)
    x = np.zeros((present.size, sum(levels)))
    left, rest = sum(levels), present
    for count in reversed(levels):
        left -= count
        x[np.arange(present.size), left + rest % count] = 1.0
        rest = rest // count
    return Auxiliary(cell, x)


def _numbered(number: IntArray, size: int) -> tuple[IntArray, IntArray]:
    """Number the crossings that occur."""
    if size > MOST_CELLS:
        present, cell = np.unique(number, return_inverse=True)
        return present.astype(np.int64), cell.astype(np.int64)
    present = np.flatnonzero(np.bincount(number, minlength=size))
    place = np.zeros(size, dtype=np.int64)
    place[present] = np.arange(present.size)
    return present.astype(np.int64), place[number]
