"""Test a mean against a value, or the means of two groups against each other (R: svyttest)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sampling.estimate.errors import NoFitError
from sampling.estimate.fits.group_means import Compared, compared, differences, mean_above
from sampling.estimate.fits.outcome import Outcome, Tested, label, tested
from sampling.estimate.fits.view import View
from sampling.estimate.statement import Statement
from sampling.estimate.statistics import ROUNDING
from sampling.estimate.table import FloatArray, Table

TWO = 2


def mean_test(view: View, data: Table, statement: Statement) -> Iterator[Outcome]:
    """Give the mean less `null`, or the second group's less the first's, with t on the design's df - 1, as in R."""
    try:
        found = compared(view, data, statement)
        if found.groups > TWO:
            raise NoFitError("estimate.more_than_two_groups")
        fit = mean_above(found, view.weights, statement.null) if found.groups == 1 else differences(found, view.weights)
        spread = view.covariance(fit)
        if spread.fault is not None:
            raise NoFitError(spread.fault)
    except NoFitError as error:
        yield Outcome(label(statement), reason=error.code)
        return
    variance = float(spread.matrix[0, 0])
    if np.abs(variance) <= (ROUNDING * _size(found, view.weights, statement.null)) ** 2:
        variance = 0.0
    flags = spread.flags + view.group_flags(found.group)
    yield tested(statement, label(statement), Tested(float(fit.value[0]), variance, view.df - 1, flags))


def _size(found: Compared, weights: FloatArray, null: float) -> float:
    """Give the size of the sums behind the means: a standard error far below it is rounding."""
    return float(weights @ np.abs(found.values) / weights.sum()) + abs(null)
