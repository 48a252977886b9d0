"""Hold an analysis plan as it is after reading: every default written out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sampling.estimate.design import DesignSpec
from sampling.estimate.expression import Expression
from sampling.estimate.interval import RateMethod, Side
from sampling.estimate.where import Condition

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


@dataclass(frozen=True)
class IntervalSpec:
    """Say how an interval is made; `planned_deff` serves rates of 0 and 1, which show no variance of their own."""

    method: RateMethod
    level: float = 0.95
    side: Side = "two"
    df: Literal["design", "infinite"] | float = "design"
    truncate: bool = True
    planned_deff: float | None = None
    pooled_deff: tuple[str, ...] = ()


@dataclass(frozen=True)
class ThresholdSpec:
    """Say what a rate must stay under (`upper`) or reach (`lower`), with which risk and planned design effect."""

    value: float
    side: Literal["upper", "lower"]
    alpha: float = 0.05
    planned_deff: float | None = None


@dataclass(frozen=True)
class Statement:
    """Hold one statement of the plan; `probabilities` are the p of quantiles."""

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

    @property
    def is_rate(self) -> bool:
        """Tell whether the figures are judged as rates between 0 and 1."""
        return self.statistic == "proportion" or (self.statistic == "ratio" and self.interval.method != "wald")

    @property
    def columns(self) -> tuple[str, ...]:
        """Name the analysis columns, whose missing values matter."""
        return tuple(name for name in (*self.variables, self.numerator, self.denominator) if name is not None)


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
