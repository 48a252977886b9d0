"""Say how weights are adjusted after the draw: non-response, trimming, calibration to known totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sampling.estimate.reading.formula import Formula

CalibrationMethod = Literal["poststratify", "raking", "linear", "logit"]
Level = tuple[str, str]
"""A column and one of its levels, as the file writes it."""


@dataclass(frozen=True)
class TrimSpec:
    """Say between which weights all weights have to lie; `strict` repeats until they do."""

    lower: float | None = None
    upper: float | None = None
    strict: bool = False
    place: str = "design.trim"


@dataclass(frozen=True)
class CalibrationSpec:
    """Say what weights are calibrated to, and how.

    Attributes
    ----------
    method : distance between old and new weights
    margins : counts of the levels of some columns, or None
    formula, totals : columns of a model matrix by R's names, and their population totals, or None and nothing
    bounds : lowest and highest g, the new weight divided by the old one; None = without bound
    aggregate_stage : number of the stage, from 1, whose units get one g each; None = every row its own
    epsilon : raking stops when no cell changes by as much in a round; None goes on until nothing changes
    place : where the plan states it, for complaints
    """

    method: CalibrationMethod
    margins: Mapping[Level, float] | None = None
    formula: Formula | None = None
    totals: Mapping[str, float] | None = None
    bounds: tuple[float, float] | None = None
    aggregate_stage: int | None = None
    epsilon: float | None = None
    place: str = "design.calibration"

    @property
    def columns(self) -> tuple[str, ...]:
        """Name the columns of the margins."""
        return tuple(dict.fromkeys(column for column, _ in self.margins or ()))

    @property
    def named(self) -> tuple[str, ...]:
        """Name every column that is needed, as plan or formula writes it."""
        return self.columns if self.formula is None else self.formula.columns


@dataclass(frozen=True)
class NonresponseSpec:
    """Say who responded, who was eligible (None: all), and how the weights of the others are taken over.

    Attributes
    ----------
    classes : columns whose crossing gives the classes in which respondents stand for all
    waits : whether a class without respondents keeps its weights for the coarser classes of the next adjustment
    propensity : formula of a logistic model of responding, in place of classes
    method : with `propensity`: classes by quintiles of the fitted chance, or weights divided by it
    """

    responded: str
    eligible: str | None = None
    classes: tuple[str, ...] = ()
    waits: bool = False
    propensity: Formula | None = None
    method: Literal["quintiles", "inverse"] = "quintiles"
    place: str = "design.nonresponse"

    @property
    def named(self) -> tuple[str, ...]:
        """Name every column that is needed, as plan or formula writes it."""
        columns = (self.responded, *(() if self.eligible is None else (self.eligible,)), *self.classes)
        return columns if self.propensity is None else (*columns, *self.propensity.columns)


Adjustment = NonresponseSpec | TrimSpec | CalibrationSpec
