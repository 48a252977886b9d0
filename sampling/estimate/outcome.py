"""Hold what a fitted statistic says of one domain, before it becomes a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.estimate.statement import Statement


@dataclass(frozen=True)
class Outcome:
    """Hold one figure of one domain, which becomes one row; what is None stays null in it.

    Attributes
    ----------
    variance : design variance of the estimate
    df : degrees of freedom where they are the statistic's own, None for the design's
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
    statistic: float | None = None
    p_value: float | None = None
    flags: tuple[str, ...] = ()
    reason: str | None = None


def reference_df(statement: Statement, df: float) -> float:
    """Give the degrees of freedom of limits and tests: the statistic's own, unless the plan states others."""
    stated = statement.interval.df
    return df if stated == "design" else np.inf if stated == "infinite" else float(stated)
