"""Make the columns of a model from a formula, with R's names and treatment coding (R: model.matrix).

A text column is a factor: an indicator for each level but the first in the order of the file's levels, called column
and level (`stypeH`). A factor whose margin is not in the model, as in `a:b` without `b`, has an indicator for every
level; so has the first factor of a model without intercept. Levels that no row shows are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sampling.estimate.errors import NoFitError
from sampling.estimate.reading.formula import INTERCEPT, Formula, Term, Variable
from sampling.estimate.table import FloatArray, IntArray, Table


class OneLevelError(NoFitError):
    """Mark a factor that shows one level only in the rows of a model, so that nothing can be compared."""

    def __init__(self, label: str) -> None:
        self.label = label
        super().__init__("estimate.one_group")


def model_matrix(
    formula: Formula,
    table: Table,
    rows: IntArray,
    categorical: frozenset[str] = frozenset(),
    most: float = math.inf,
) -> tuple[FloatArray, tuple[str, ...]]:
    """Make the matrix of a formula's right-hand side.

    Parameters
    ----------
    rows : (n,) rows of the table; `source` has to know every name of the formula in the table
    categorical : columns of numbers that are taken as factors
    most : columns from which on the matrix is not made

    Returns
    -------
    matrix, names : (n, k) floats and the k names, `(Intercept)` first; NaN where a row misses a value

    Raises
    ------
    OneLevelError
        For a factor without a second level in these rows.
    NoFitError
        For more columns than `most`.
    """
    coded = [coded_variable(variable, table, rows, categorical) for variable in formula.variables]
    present = {INTERCEPT, *formula.terms}
    full = _first_factor(formula, coded)
    terms = [
        [(coded[index], (term, index) == full or term - {index} not in present) for index in sorted(term)]
        for term in formula.terms
    ]
    if formula.intercept + sum(math.prod(part.width(whole=whole) for part, whole in term) for term in terms) > most:
        raise NoFitError("estimate.too_many_coefficients")
    columns = [np.ones(rows.size)] if formula.intercept else []
    names = ["(Intercept)"] if formula.intercept else []
    for term in terms:
        for name, column in _crossed(term):
            names.append(name)
            columns.append(column)
    matrix = np.column_stack(columns) if columns else np.empty((rows.size, 0))
    return matrix, tuple(names)


def _crossed(term: list[tuple[Coded, bool]]) -> list[tuple[str, FloatArray]]:
    """Multiply the columns of a term's factors, the first factor's running fastest."""
    (first, whole), *others = term
    crossed = list(first.columns(whole=whole))
    for part, whole in others:
        columns = list(part.columns(whole=whole))
        crossed = [(f"{a}:{b}", left * right) for b, right in columns for a, left in crossed]
    return crossed


def coded_variable(
    variable: Variable, table: Table, rows: IntArray, categorical: frozenset[str] = frozenset()
) -> Coded:
    """Give a variable of a formula over some rows: its numbers, or codes and levels."""
    if variable.condition is not None:
        found = variable.condition.evaluate(table)
        return _shown(variable.label, np.where(found.known, found.true, -1)[rows], ("FALSE", "TRUE"))
    if variable.expression is not None:
        values = {name: np.asarray(_numbers(table, name))[rows] for name in variable.columns}
        return Coded(variable.label, variable.expression.evaluate(values).value, None)
    name = variable.columns[0]
    indicator = None if name in table else _indicator(name, table)
    if indicator is not None:
        codes, levels = table[indicator[0]].coded
        here = codes[rows]
        return Coded(variable.label, np.where(here < 0, np.nan, here == levels.index(indicator[1])), None)
    numbers = _numbers(table, name)
    if numbers is not None and not variable.factor and name not in categorical:
        return Coded(variable.label, numbers[rows], None)
    codes, levels = table[name].coded
    return _shown(variable.label, codes[rows], levels)


def coded_response(variable: Variable, table: Table, rows: IntArray) -> Coded:
    """Give the left-hand side of a formula over some rows; a comparison is 0 or 1."""
    if variable.condition is None:
        return coded_variable(variable, table, rows)
    found = variable.condition.evaluate(table)
    return Coded(variable.label, np.where(found.known, found.true, np.nan)[rows], None)


def source(name: str, table: Table) -> str | None:
    """Name the column that a word of a formula speaks of, None where there is none.

    It is the column itself, or the text column whose indicator R would call so: `stypeH` is `stype` being `H`.
    """
    if name in table:
        return name
    coded = _indicator(name, table)
    return None if coded is None else coded[0]


@dataclass(frozen=True)
class Coded:
    """Hold a variable over some rows: `values` (n,), numbers or codes of `levels` (None for numbers; NaN = missing)."""

    label: str
    values: FloatArray
    levels: tuple[str, ...] | None

    def width(self, *, whole: bool) -> int:
        """Count the columns."""
        return 1 if self.levels is None else len(self.levels) - (not whole)

    def columns(self, *, whole: bool) -> Iterator[tuple[str, FloatArray]]:
        """Give names and columns: the numbers, or indicators of the levels, of the first one too when `whole`."""
        if self.levels is None:
            yield self.label, self.values
            return
        if len(self.levels) < 2 and not whole:
            raise OneLevelError(self.label)
        missing = np.isnan(self.values)
        for code, level in enumerate(self.levels):
            if whole or code > 0:
                yield f"{self.label}{level}", np.where(missing, np.nan, self.values == code)


def _numbers(table: Table, name: str) -> FloatArray | None:
    return table[name].numbers


def _shown(label: str, codes: IntArray, levels: tuple[str, ...]) -> Coded:
    """Number the levels that the rows show; -1 marks missing values."""
    count = np.bincount(codes[codes >= 0], minlength=len(levels))
    place = np.append(np.cumsum(count > 0) - 1.0, np.nan)  # the last one is where -1 points
    return Coded(label, place[codes], tuple(level for level, rows in zip(levels, count, strict=True) if rows))


def _indicator(name: str, table: Table) -> tuple[str, str] | None:
    """Split a name of R's coding into a text column and its level, the longest column first."""
    for end in range(len(name) - 1, 0, -1):
        column = name[:end]
        if column in table and table[column].is_text and name[end:] in table[column].coded[1]:
            return column, name[end:]
    return None


def _first_factor(formula: Formula, coded: list[Coded]) -> tuple[Term, int] | None:
    """Find the factor that stands for the intercept in a model without one."""
    if formula.intercept:
        return None
    found = ((term, index) for term in formula.terms for index in sorted(term) if coded[index].levels is not None)
    return next(found, None)
