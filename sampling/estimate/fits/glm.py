"""Fit a linear, logistic or Poisson model in one domain: a row for each coefficient (R: svyglm)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sampling.estimate.errors import NoFitError
from sampling.estimate.fits.families import MEANS, Family, Mean
from sampling.estimate.fits.model_matrix import Coded, coded_response, model_matrix
from sampling.estimate.fits.outcome import Outcome, Tested, tested
from sampling.estimate.fits.regression import Model, Regression
from sampling.estimate.fits.view import Fit, View
from sampling.estimate.reading.formula import Formula, Variable
from sampling.estimate.statement import Statement
from sampling.estimate.statistics import ROUNDING
from sampling.estimate.table import FloatArray, Table

TWO = 2


def fit_model(view: View, data: Table, statement: Statement) -> Iterator[Outcome]:
    """Give the coefficients of a statement's model.

    The covariance is that of the scores times the inverse information (Binder 1983); t has the design's degrees of
    freedom + 1 - the number of coefficients, as in R.
    """
    formula = statement.formula
    if formula is None or formula.response is None:
        raise ValueError(statement.id)
    try:
        yield from _coefficients(view, data, statement, (formula, formula.response))
    except NoFitError as error:
        yield Outcome(None, reason=error.code)


def _coefficients(view: View, data: Table, statement: Statement, sides: tuple[Formula, Variable]) -> Iterator[Outcome]:
    formula, response = sides
    mean = MEANS[statement.family]
    used = view.weights != 0
    rows = view.rows[used]
    # More columns than units are never of use, and a factor of thousands of levels would fill the memory.
    most = view.df if statement.interval.df == "design" else float(rows.size)
    matrix, names = model_matrix(formula, data, rows, statement.categorical, most)
    answers = _answers(coded_response(response, data, rows), mean, statement.family)
    if not np.isfinite(matrix).all():
        raise NoFitError("estimate.undefined")
    df = view.df + 1 - len(names)
    model = Model(mean, matrix, answers)
    found = model.fit(view.weights[used])
    spread = view.covariance(_as_fit(view, model, found), diagonal=True)
    if spread.fault is not None:
        raise NoFitError(spread.fault)
    variance = np.diagonal(spread.matrix)
    seen = np.where(np.abs(variance) <= (ROUNDING * found.rounding) ** 2, 0.0, variance)
    for index, name in enumerate(names):
        flags = spread.flags + _group_flags(view, matrix[:, index])
        yield tested(statement, name, Tested(float(found.coefficients[index]), float(seen[index]), df, flags))


def _group_flags(view: View, column: FloatArray) -> tuple[str, ...]:
    """Remark on the column (rows of weight,) of a group whose rows, or whose others, lie in one PSU."""
    if not bool(((column == 0) | (column == 1)).all()):
        return ()
    group = np.zeros(view.rows.size, dtype=np.int64)
    group[view.weights != 0] = column
    return view.group_flags(group)


def _as_fit(view: View, model: Model, found: Regression) -> Fit:
    used = view.weights != 0
    influence = np.zeros((used.size, found.coefficients.size))
    influence[used] = found.influence

    def refit(weights: FloatArray) -> FloatArray:
        if weights[used].sum() <= 0:
            return np.full_like(found.coefficients, np.nan)  # a replicate that leaves nobody here
        try:
            return model.refit(weights[used], found.coefficients)
        except NoFitError as error:
            if error.code != "estimate.collinear":
                raise NoFitError("estimate.replicate_without_fit") from None
            return np.full_like(found.coefficients, np.nan)  # a level without weight in this replicate

    return Fit(found.coefficients, influence, refit)


def _answers(coded: Coded, mean: Mean, family: Family) -> FloatArray:
    """Give the response as numbers; of two texts the second is the event, as in R."""
    values = coded.values
    if coded.levels is not None:
        if family not in ("binomial", "quasibinomial") or len(coded.levels) > TWO:
            raise NoFitError("estimate.text_response")
        if len(coded.levels) < TWO:
            raise NoFitError("estimate.one_group")
    if not np.isfinite(values).all():
        raise NoFitError("estimate.undefined")
    if not mean.fits(values).all():
        raise NoFitError(mean.misfit)
    return values
