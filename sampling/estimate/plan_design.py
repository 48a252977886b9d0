"""Read the `design` part of a plan."""

from __future__ import annotations

from typing import cast

from sampling.estimate.design import DesignSpec, LonelyRule
from sampling.estimate.plan_calibration import read_adjustments
from sampling.estimate.plan_replicates import check_lonely, read_replicates
from sampling.estimate.plan_stages import read_stages, read_unequal
from sampling.estimate.plan_two_phase import read_two_phase
from sampling.estimate.reader import Reader
from sampling.estimate.stage import OVER_PAIRS

LONELY_RULES = ("fail", "remove", "certainty", "adjust", "average")


def read_design(keys: Reader) -> DesignSpec:
    """Read stages, weights and rules; what is not computed here (replicates, calibration) is refused."""
    stages = read_stages(keys)
    weights = keys.text("weights")
    if weights is None and any(s.population is None and s.probability is None for s in stages):
        keys.complain("plan.weights_needed", "weights")
    nested = keys.flag("nested", default=False)
    lonely = keys.choice("lonely_psu", LONELY_RULES, "fail")
    lonely_domain = keys.flag("lonely_domain", default=False)
    unequal = read_unequal(keys, stages)
    if unequal is not None and unequal.method in OVER_PAIRS and lonely == "adjust" and lonely_domain:
        # Forms over pairs have no mean that a domain's lone unit could be set against.
        keys.complain("plan.key_not_for", "lonely_domain", other=f"adjust, {unequal.method}", name="lonely_domain")
    replicates = read_replicates(keys.mapping("replicates"))
    check_lonely(keys, replicates, lonely, lonely_domain=lonely_domain)
    adjustments = read_adjustments(keys, len(stages))
    two_phase = read_two_phase(keys.mapping("two_phase"), replicated=replicates is not None)
    keys.close()
    rule = cast("LonelyRule", lonely)
    return DesignSpec(tuple(stages), weights, nested, rule, lonely_domain, unequal, replicates, adjustments, two_phase)
