"""Test whether two categorical variables are associated (R: svychisq)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy import linalg, special

from sampling.estimate.covariance import Covariance
from sampling.estimate.errors import NoFitError
from sampling.estimate.fits.chi_square_sum import f_sum_tail, f_tail
from sampling.estimate.fits.group_means import groups_shown
from sampling.estimate.fits.model_matrix import coded_variable
from sampling.estimate.fits.outcome import Outcome, label
from sampling.estimate.fits.view import Fit, View
from sampling.estimate.fits.wald import SINGULAR, wald
from sampling.estimate.reading.formula import Variable
from sampling.estimate.statement import Statement
from sampling.estimate.table import FloatArray, IntArray, Table, sums

WALD = ("Wald", "adjWald")
MOST_COMPARISONS = 200  # their covariances are computed one by one


def association_test(view: View, data: Table, statement: Statement) -> Iterator[Outcome]:
    """Give the statistic of a two-way table with its p-value; empty cells count as cells that nobody is in."""
    try:
        table = _table(view, data, statement)
        test = statement.test or "F"
        made = (_wald if test in WALD else _rao_scott)(view, table, test, label(statement))
        levels = (table.cell // table.shape[1], table.cell % table.shape[1])
        alone = tuple(dict.fromkeys(flag for level in levels for flag in view.group_flags(level)))
        yield replace(made, flags=made.flags + alone)
    except NoFitError as error:
        yield Outcome(label(statement), reason=error.code)


@dataclass(frozen=True)
class TwoWay:
    """Hold a two-way table over the n rows of a view.

    Attributes
    ----------
    cell : (n,) the cell of each row, the second variable's levels fastest
    shape : levels of the first and of the second variable
    totals : (rows, columns) sums of weights
    n : rows of non-zero weight
    """

    cell: IntArray
    shape: tuple[int, int]
    totals: FloatArray
    n: int

    @property
    def comparisons(self) -> int:
        """Give (rows - 1) (columns - 1)."""
        return (self.shape[0] - 1) * (self.shape[1] - 1)

    @property
    def independent(self) -> FloatArray:
        """Give the totals that the margins lead to expect."""
        whole = self.totals.sum()
        return np.asarray(np.outer(self.totals.sum(axis=1), self.totals.sum(axis=0)) / whole, dtype=np.float64)

    def linear(self, weights: FloatArray, columns: FloatArray, *, shares: bool) -> Fit:
        """Give linear combinations (cells, k) of the cells' totals, or of their shares of the whole."""

        def combined(other: FloatArray) -> FloatArray:
            found = sums(self.cell, other, columns.shape[0])
            whole = float(other.sum()) if shares else 1.0
            return np.asarray(found @ columns / (whole or np.nan), dtype=np.float64)

        value = combined(weights)
        middle, whole = (value, weights.sum()) if shares else (0.0, 1.0)
        return Fit(value, (columns - middle)[self.cell] * (weights / whole)[:, None], combined)


def _table(view: View, data: Table, statement: Statement) -> TwoWay:
    factors = [Variable(name, (name,), factor=True) for name in statement.variables]
    (first, rows), (second, columns) = (
        groups_shown(coded_variable(factor, data, view.rows), view.weights) for factor in factors
    )
    if (rows - 1) * (columns - 1) > MOST_COMPARISONS:
        raise NoFitError("estimate.too_many_cells")
    cell = first * columns + second
    totals = sums(cell, view.weights, rows * columns).reshape(rows, columns)
    return TwoWay(cell, (rows, columns), totals, int((view.weights != 0).sum()))


def _rao_scott(view: View, table: TwoWay, test: str, variable: str | None) -> Outcome:
    """Correct Pearson's statistic by the generalised design effects (Rao, Scott 1981, 1984).

    These are the eigenvalues of (C' D^-1 C / n)^-1 (C' D^-1 V D^-1 C), with V the covariance of the shares, D their
    diagonal, and C all contrasts between cells that leave both margins alone. F: second order, X^2 / sum on sum^2 /
    sum of squares degrees of freedom (Thomas, Rao 1987). Chisq: first order. lincom and saddlepoint: the distribution
    of the sum of chi-squares times the eigenvalues itself, by the saddlepoint approximation.
    """
    share = (table.totals / table.totals.sum()).ravel()
    inverse = np.divide(1.0, share, out=np.zeros_like(share), where=share > 0)
    contrasts = np.kron(linalg.helmert(table.shape[0]).T, linalg.helmert(table.shape[1]).T)
    spread = _spread(view, table.linear(view.weights, inverse[:, None] * contrasts, shares=True))
    simple = contrasts.T @ (inverse[:, None] * contrasts) / table.n
    if linalg.eigvalsh(simple)[0] <= SINGULAR * np.trace(simple):
        raise NoFitError("estimate.empty_cells")
    effects = np.maximum(linalg.eigh(spread.matrix, simple, eigvals_only=True), 0.0)
    total = float(effects.sum())
    if total <= SINGULAR:
        raise NoFitError("estimate.no_variance")
    expected = table.independent
    pearson = float(((table.totals - expected) ** 2 / expected).sum() * table.n / table.totals.sum())
    second = total**2 / float((effects * effects).sum())
    if test == "Chisq":
        p_value = float(special.chdtrc(effects.size, pearson / effects.mean()))
        return Outcome(variable, statistic=pearson, p_value=p_value, df=float(effects.size), flags=spread.flags)
    if test == "F":
        value, df = pearson / total, second * view.df
        return _f(variable, value, (second, df), spread)
    p_value = f_sum_tail(pearson, effects, second * view.df)
    return Outcome(variable, statistic=pearson, p_value=p_value, df=second * view.df, flags=spread.flags)


def _wald(view: View, table: TwoWay, test: str, variable: str | None) -> Outcome:
    """Hold what the cells have above independence against 0, one row and one column aside (Koch et al. 1975).

    adjWald has the denominator's degrees of freedom that few units leave (Fellegi 1980).
    """
    count = table.comparisons
    left = (table.totals - table.independent)[1:, 1:].ravel()
    columns = _above_independence(table)
    spread = _spread(view, table.linear(view.weights, columns, shares=False))
    value, df = wald(left, spread.matrix, float(table.totals.sum())) / count, view.df
    if test == "adjWald":
        df = view.df - count + 1
        if df <= 0:
            raise NoFitError("estimate.no_degrees_of_freedom")
        value = value * df / view.df
    return _f(variable, value, (float(count), df), spread)


def _above_independence(table: TwoWay) -> FloatArray:
    """Differentiate (cell - row column / whole) by the totals of all cells: (cells, comparisons)."""
    whole = table.totals.sum()
    rows, columns = table.totals.sum(axis=1) / whole, table.totals.sum(axis=0) / whole
    same_row, same_column = np.eye(table.shape[0])[1:], np.eye(table.shape[1])[1:]
    slope = (
        np.einsum("ia,jb->ijab", same_row, same_column)
        - np.einsum("ia,j->ija", same_row, columns[1:])[..., None]
        - np.einsum("jb,i->ijb", same_column, rows[1:])[:, :, None, :]
        + np.outer(rows[1:], columns[1:])[..., None, None]
    )
    return np.asarray(slope.reshape(table.comparisons, -1).T, dtype=np.float64)


def _spread(view: View, fit: Fit) -> Covariance:
    spread = view.covariance(fit)
    if spread.fault is not None:
        raise NoFitError(spread.fault)
    return spread


def _f(variable: str | None, value: float, df: tuple[float, float], spread: Covariance) -> Outcome:
    p_value = f_tail(value, *df)
    return Outcome(variable, statistic=value, p_value=p_value, df=df[1], df_numerator=df[0], flags=spread.flags)
