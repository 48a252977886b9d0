"""Hold an analysis plan as it is after reading: every default written out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from sampling.estimate.design import DesignSpec
from sampling.estimate.fits.families import Family
from sampling.estimate.interval import Cap, RateMethod, Side
from sampling.estimate.quantile_rule import QuantileRule
from sampling.estimate.reading.expression import Expression
from sampling.estimate.reading.formula import Formula
from sampling.estimate.reading.where import Condition

Statistic = Literal[
    "mean",
    "total",
    "proportion",
    "ratio",
    "contrast",
    "quantile",
    "variance",
    "chisq",
    "ttest",
    "ranktest",
    "glm",
]
RATES: tuple[Statistic, ...] = ("proportion", "ratio")
DesignEffect = Literal["none", "without", "replace"]
ThresholdSide = Literal["upper", "lower"]
Adjust = Literal["none", "holm"]
ADJUSTMENTS: tuple[Adjust, ...] = get_args(Adjust)


@dataclass(frozen=True)
class IntervalSpec:
    """Say how an interval is made.

    Rates of 0 and 1 show no variance of their own: they take `planned_deff`, or the design effect pooled over the
    indicators `pooled_deff` or over the values of the column `pooled_strata`. Limits of quantiles are made `by_score`,
    or by the method for the rate of rows up to them.
    """

    method: RateMethod
    level: float = 0.95
    side: Side = "two"
    df: Literal["design", "infinite"] | float = "design"
    cap: Cap | None = None
    planned_deff: float | None = None
    pooled_deff: tuple[str, ...] = ()
    pooled_strata: str | None = None
    by_score: bool = False


@dataclass(frozen=True)
class ThresholdSpec:
    """Say what a rate must stay under (`upper`) or reach (`lower`), with which risk and planned design effect.

    `adjust` says how the verdicts of all rows of the statement are taken together; None where the plan says nothing.
    """

    value: float
    side: ThresholdSide
    alpha: float = 0.05
    planned_deff: float | None = None
    adjust: Adjust | None = None


@dataclass(frozen=True)
class Statement:
    """Hold one statement of the plan.

    Attributes
    ----------
    probabilities, rule : the p of quantiles, and how they are read off the distribution
    formula, family : of a model; a t-test may have a formula too
    test : which of the tests of its kind
    null : what a mean is tested against
    """

    id: str
    statistic: Statistic
    interval: IntervalSpec
    variables: tuple[str, ...] = ()
    numerator: str | None = None
    denominator: str | None = None
    expression: Expression | None = None
    by: tuple[str, ...] = ()
    where: Condition | None = None
    missing: Literal["fail", "drop"] = "fail"
    categorical: frozenset[str] = frozenset()
    design_effect: DesignEffect = "none"
    threshold: ThresholdSpec | None = None
    probabilities: tuple[float, ...] = ()
    rule: QuantileRule = "math"
    formula: Formula | None = None
    family: Family = "gaussian"
    test: str | None = None
    null: float = 0.0

    @property
    def is_rate(self) -> bool:
        """Tell whether the figures are judged as rates between 0 and 1."""
        return self.statistic == "proportion" or (self.statistic == "ratio" and self.interval.method != "wald")

    @property
    def columns(self) -> tuple[str, ...]:
        """Name the analysis columns, whose missing values matter."""
        named = (*self.variables, self.numerator, self.denominator, *(self.formula.columns if self.formula else ()))
        return tuple(name for name in named if name is not None)


@dataclass(frozen=True)
class Plan:
    """Hold a read plan."""

    design: DesignSpec
    statements: tuple[Statement, ...]
    data: str | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """Name the files that are needed beside the data, as the plan writes them."""
        return self.design.files
