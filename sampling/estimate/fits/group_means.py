"""Compare weighted means between groups: what t-tests and rank tests are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.estimate.errors import NoFitError
from sampling.estimate.fits.model_matrix import Coded, coded_response, coded_variable
from sampling.estimate.fits.view import Fit, View
from sampling.estimate.reading.formula import Variable
from sampling.estimate.statement import Statement
from sampling.estimate.table import FloatArray, IntArray, Table, sums


@dataclass(frozen=True)
class Compared:
    """Hold what is compared: `values` (n,) over the rows of a view, and each row's `group` (n,), from 0 on."""

    values: FloatArray
    group: IntArray
    groups: int


def compared(view: View, data: Table, statement: Statement) -> Compared:
    """Read values and groups of a test, from its variables or from its formula; one group where it names none.

    Raises
    ------
    NoFitError
        For a text column of values, or a grouping of which a single group is left.
    """
    answer, grouping = _sides(statement)
    read = coded_response(answer, data, view.rows)
    if read.levels is not None:
        raise NoFitError("estimate.text_response")
    values = np.where(view.weights != 0, read.values, 0.0)
    if not np.isfinite(values).all():
        raise NoFitError("estimate.undefined")
    if grouping is None:
        return Compared(values, np.zeros(view.rows.size, dtype=np.int64), 1)
    group, groups = groups_shown(coded_variable(grouping, data, view.rows), view.weights)
    return Compared(values, group, groups)


def groups_shown(found: Coded, weights: FloatArray) -> tuple[IntArray, int]:
    """Number the groups that rows of non-zero weight show.

    Raises
    ------
    NoFitError
        When there is a single one.
    """
    codes = found.values.astype(np.int64)
    shown = np.bincount(codes[weights != 0], minlength=codes.max() + 1) > 0
    groups = int(shown.sum())
    if groups < 2:
        raise NoFitError("estimate.one_group")
    return np.maximum(np.cumsum(shown) - 1, 0)[codes], groups


def _sides(statement: Statement) -> tuple[Variable, Variable | None]:
    formula = statement.formula
    if formula is not None and formula.response is not None:
        grouping = formula.variables[next(iter(formula.terms[0]))] if formula.terms else None
        return formula.response, None if grouping is None else _as_factor(grouping)
    values, *others = (Variable(name, (name,)) for name in statement.variables)
    return values, _as_factor(others[0]) if others else None


def _as_factor(grouping: Variable) -> Variable:
    return Variable(grouping.label, grouping.columns, condition=grouping.condition, factor=True)


def mean_above(data: Compared, weights: FloatArray, null: float) -> Fit:
    """Give the mean of all rows, less `null`."""
    values = data.values - null

    def mean(other: FloatArray) -> FloatArray:
        return _quotient(np.array([other @ values]), np.array([other.sum()]))

    value = mean(weights)
    return Fit(value, ((values - value) * weights / weights.sum())[:, None], mean)


def differences(data: Compared, weights: FloatArray) -> Fit:
    """Give the means of the second and later groups less that of the first (k = groups - 1)."""

    def means(other: FloatArray) -> FloatArray:
        top, bottom = (sums(data.group, part, data.groups) for part in (other * data.values, other))
        return _quotient(top, bottom)

    middle = means(weights)
    own = weights * (data.values - middle[data.group]) / sums(data.group, weights, data.groups)[data.group]
    influence = np.where(data.group[:, None] == np.arange(1, data.groups), own[:, None], 0.0)
    influence -= np.where(data.group == 0, own, 0.0)[:, None]
    return Fit(middle[1:] - middle[0], influence, lambda other: means(other)[1:] - means(other)[0])


def _quotient(top: FloatArray, bottom: FloatArray) -> FloatArray:
    """Divide; what has no weight, as a group in a replicate may, has no mean."""
    return np.asarray(np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom != 0), dtype=np.float64)
