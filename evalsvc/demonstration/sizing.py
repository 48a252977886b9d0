"""How large the sample of one judged county has to be, from the pure library's power function and the pack's plan."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from evalsvc.demonstration.scenario import Sizes
from evalsvc.evaluations.rule_pack import Pack
from sampling.size import OperatingCurve, demonstration_size, operating_curve, power_size

INDICATOR, MISSED = "wrong_exit_rate", "missed_rate"
TRUE_RATE, POWER = 0.0025, 0.8
"""A county whose true rate is a quarter of a percent should be found to reach the standard four times in five."""
PLANNED_RESPONSE = 0.94
EQUAL_SIZES = 0.87
"""Kish's count of households of unequal size, as a share of the households, planned from the register's sizes."""
MISSED_RESPONSE, MISSED_EQUAL_SIZES = 0.97, 0.88
"""Both shares for households that are not registered: every village has enough of them, and reserves."""
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
    missed_needed: int
    """Households that are not registered to be drawn so that a county where none was missed reaches the standard."""
    missed_taken: int
    curve: OperatingCurve

    @property
    def enough(self) -> bool:
        """Tell whether the design takes what the wrong-exit rate needs."""
        return self.taken >= self.needed

    @property
    def missed_enough(self) -> bool:
        """Tell whether the design takes what the missed rate needs."""
        return self.missed_taken >= self.missed_needed


def plan_sizes(pack: Pack, sizes: Sizes) -> Sizing:
    """Plan one judged county: villages in two strata, households by village.

    Both rates are judged with the pack's design effect per household. The wrong-exit rate is planned with a power; the
    missed rate, which asks for far fewer visits in a county where hardly anybody is missed, for no error found.
    """
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
    no_miss = demonstration_size(pack.thresholds[MISSED].value, level=level)
    return Sizing(
        threshold=threshold,
        no_error=demonstration_size(threshold, level=level),
        effective=effective,
        design_effect=deff,
        degrees_of_freedom=freedom,
        needed=int(np.ceil(effective * deff * stretch / worth)),
        taken=taken,
        missed_needed=int(np.ceil(no_miss * deff * stretch / (MISSED_RESPONSE * MISSED_EQUAL_SIZES))),
        missed_taken=round(villages * (sizes.ordinary + 0.4 * sizes.monitored)),
        curve=operating_curve(taken * worth, threshold, SHOWN_RATES, deff=deff, df=freedom, level=level),
    )
