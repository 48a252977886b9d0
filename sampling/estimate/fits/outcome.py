"""Hold what a fitted statistic says of one domain, before it becomes a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from sampling.estimate.interval import wald_limits
from sampling.estimate.statement import Statement


@dataclass(frozen=True)
class Outcome:
    """Hold one figure of one domain, which becomes one row; what is None stays null in it.

    Attributes
    ----------
    variance : design variance of the estimate
    df : degrees of freedom where they are the statistic's own, None for the design's; of an F those of its denominator
    df_numerator : those of an F's numerator
    reason : code that says why there is no figure, or no interval
    """

    variable: str | None
    level: str | None = None
    p: float | None = None
    estimate: float | None = None
    variance: float | None = None
    low: float | None = None
    high: float | None = None
    df: float | None = None
    df_numerator: float | None = None
    statistic: float | None = None
    p_value: float | None = None
    flags: tuple[str, ...] = ()
    reason: str | None = None


def finite(outcome: Outcome) -> Outcome:
    """Give the outcome, without its figures where one of them is beyond floating point."""
    figures = (outcome.estimate, outcome.variance, outcome.low, outcome.high, outcome.statistic, outcome.p_value)
    if all(figure is None or np.isfinite(figure) for figure in (*figures, outcome.df_numerator)):
        return outcome
    return Outcome(outcome.variable, outcome.level, outcome.p, reason="estimate.undefined")


def label(statement: Statement) -> str | None:
    """Name what a test is about; a model's rows are named by their coefficients."""
    if statement.formula is not None:
        response = statement.formula.response
        return response.label if statement.statistic == "ttest" and response is not None else None
    return ":".join(statement.variables) if statement.statistic == "chisq" else statement.variables[0]


def reference_df(statement: Statement, df: float) -> float:
    """Give the degrees of freedom of limits and tests: the statistic's own, unless the plan states others."""
    stated = statement.interval.df
    return df if stated == "design" else np.inf if stated == "infinite" else float(stated)


@dataclass(frozen=True)
class Tested:
    """Hold an estimate that is tested against 0, with the degrees of freedom of its t."""

    estimate: float
    variance: float
    df: float
    flags: tuple[str, ...] = ()


def tested(statement: Statement, variable: str | None, figure: Tested) -> Outcome:
    """Give an estimate with its t statistic against 0, the two-sided p-value and Wald limits."""
    estimate, variance, df, flags = figure.estimate, figure.variance, figure.df, figure.flags
    used = reference_df(statement, df)
    if used <= 0:
        return Outcome(variable, df=df, reason="estimate.no_degrees_of_freedom")
    if variance < 0:
        return Outcome(variable, df=df, reason="estimate.negative_variance")
    if variance == 0:
        return Outcome(variable, estimate=estimate, variance=0.0, df=df, flags=flags, reason="estimate.no_variance")
    error = float(np.sqrt(variance))
    spec = statement.interval
    low, high = wald_limits(np.array([estimate]), np.array([error]), np.array([used]), spec.level, spec.side)
    return Outcome(
        variable,
        estimate=estimate,
        variance=variance,
        low=None if spec.side == "upper" else float(low[0]),
        high=None if spec.side == "lower" else float(high[0]),
        df=df,
        statistic=estimate / error,
        p_value=float(2.0 * special.stdtr(used, -abs(estimate / error))),
        flags=flags,
    )
