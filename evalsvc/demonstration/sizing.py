"""How large the sample of one judged county has to be, from the pure library's power function and the pack's plan."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from evalsvc.demonstration.register import ELIGIBLE, Register, Truth
from evalsvc.demonstration.scenario import Sizes
from evalsvc.evaluations.rule_pack import Pack
from sampling.size import OperatingCurve, demonstration_size, operating_curve, power_size

INDICATOR = "wrong_exit_rate"
TRUE_RATE, POWER = 0.0025, 0.8
"""A county whose true rate is a quarter of a percent should be found to reach the standard four times in five."""
PLANNED_RESPONSE = 0.94
EQUAL_SIZES = 0.87
"""Kish's count of households of unequal size, as a share of the households, planned from the register's sizes."""
SHOWN_RATES = (0.0005, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08)


@dataclass(frozen=True)
class Sizing:
    """The plan of one county: what is needed, and what the design takes."""

    threshold: float
    no_error: int
    """Effective households needed when not one wrong exit is found."""
    effective: int
    """Effective households needed for the planned power."""
    design_effect: float
    degrees_of_freedom: int
    needed: int
    """Registered households to be drawn, after design effect, unequal sizes, degrees of freedom and non-response."""
    taken: int
    """Registered households that the design takes, if every village has enough of them."""
    curve: OperatingCurve

    @property
    def enough(self) -> bool:
        """Tell whether the design takes what is needed."""
        return self.taken >= self.needed


def plan_sizes(pack: Pack, sizes: Sizes) -> Sizing:
    """Plan one judged county: villages in two strata, registered households by village."""
    threshold = pack.thresholds[INDICATOR].value
    level = 1.0 - pack.alpha
    villages = sizes.poor_villages + sizes.other_villages
    freedom = villages - 2
    deff = pack.planned_deff["person"]
    effective = power_size(TRUE_RATE, threshold, power=POWER, level=level)
    stretch = float((stats.t.ppf(level, freedom) / stats.norm.ppf(level)) ** 2)
    worth = EQUAL_SIZES * PLANNED_RESPONSE
    # Three of five monitored households are registered: they have exited and are judged with the others.
    taken = round(villages * (sizes.exited + 0.6 * sizes.monitored))
    return Sizing(
        threshold=threshold,
        no_error=demonstration_size(threshold, level=level),
        effective=effective,
        design_effect=deff,
        degrees_of_freedom=freedom,
        needed=int(np.ceil(effective * deff * stretch / worth)),
        taken=taken,
        curve=operating_curve(taken * worth, threshold, SHOWN_RATES, deff=deff, df=freedom, level=level),
    )


def equal_sizes(register: Register, truth: Truth) -> float:
    """Return Kish's count of the register's exited households as a share of their number."""
    chosen = register.persons[register.registered & (truth.ineligible == ELIGIBLE)].astype(float)
    return float(chosen.sum() ** 2 / (chosen**2).sum() / chosen.size)
