"""Read the `design` part of a plan."""

from __future__ import annotations

from typing import cast

from sampling.estimate.design import DesignSpec, LonelyRule
from sampling.estimate.reading.calibration import read_adjustments
from sampling.estimate.reading.reader import Reader
from sampling.estimate.reading.replicates import check_lonely, read_replicates
from sampling.estimate.reading.stages import read_stages, read_unequal
from sampling.estimate.reading.two_phase import read_two_phase
from sampling.estimate.stages.stage import OVER_PAIRS

LONELY_RULES = ("fail", "remove", "certainty", "adjust", "average")


def read_design(keys: Reader) -> DesignSpec:
    """Read stages, weights, rules, replicates and adjustments; keys that do not go together are refused."""
    if keys.take("manifest") is not None:
        keys.complain("plan.manifest_not_joined", "manifest")
    told = len(keys.complaints)
    stages = read_stages(keys)
    weights = keys.column("weights")
    sound = len(keys.complaints) == told  # else a population that is stated wrongly would be missed once more
    if sound and weights is None and any(s.population is None and s.probability is None for s in stages):
        keys.complain("plan.weights_needed", "weights")
    nested = keys.flag("nested", default=False)
    lonely = keys.choice("lonely_psu", LONELY_RULES, "fail")
    lonely_domain = keys.flag("lonely_domain", default=False)
    unequal = read_unequal(keys, stages)
    replicates = read_replicates(keys.mapping("replicates"))
    check_lonely(keys, replicates, lonely, lonely_domain=lonely_domain)
    adjustments = read_adjustments(keys, len(stages))
    two_phase = read_two_phase(keys.mapping("two_phase"), replicated=replicates is not None)
    for each in (unequal, None if two_phase is None else two_phase.unequal):
        if each is not None and each.method in OVER_PAIRS and lonely == "adjust" and lonely_domain:
            # Forms over pairs have no mean that a domain's lone unit could be set against.
            keys.complain("plan.key_not_for", "lonely_domain", other=f"adjust, {each.method}", name="lonely_domain")
    rule, rounds = cast("LonelyRule", lonely), keys.column("rounds")
    spec = DesignSpec(
        tuple(stages), weights, nested, rule, lonely_domain, unequal, replicates, adjustments, two_phase, rounds
    )
    if rounds is not None:
        _check_rounds(keys, spec)
    keys.close()
    return spec


def _check_rounds(keys: Reader, spec: DesignSpec) -> None:
    """Complain about designs whose rounds have no covariance here; replicates follow shared units by themselves."""
    method = None if spec.unequal is None else spec.unequal.method
    others = (
        ("replicates", spec.replicates is not None),
        ("two_phase", spec.two_phase is not None),
        ("draws", any(stage.draws is not None for stage in spec.stages)),
        (f"unequal: {method}", method in (*OVER_PAIRS, "poisson")),
        # Both set a lone unit against other strata, which would be those of all rounds.
        (f"lonely_psu: {spec.lonely_psu}", spec.lonely_psu in ("adjust", "average")),
    )
    for name, there in others:
        if there:
            keys.complain("plan.key_not_for", "rounds", other=name, name="rounds")
