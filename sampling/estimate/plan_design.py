"""Read the `design` part of a plan."""

from __future__ import annotations

from typing import cast

from sampling.estimate.design import STAGE_KEYS, DesignSpec, LonelyRule, StageSpec
from sampling.estimate.reader import Reader
from sampling.estimate.stage import UnequalMethod, UnequalSpec

LONELY_RULES = ("fail", "remove", "certainty", "adjust", "average")
UNEQUAL_METHODS = ("brewer", "overton", "hartley-rao", "poisson", "with-replacement")


def read_design(keys: Reader) -> DesignSpec:
    """Read stages, weights and rules; what is not computed here (replicates, calibration) is refused."""
    stages = [_stage(reader) for reader in keys.readers("stages")] or [StageSpec()]
    for index, stage in enumerate(stages[:-1]):
        if stage.cluster is None:
            keys.complain("plan.stage_without_cluster", f"stages[{index}]")
    weights = keys.text("weights")
    if weights is None and any(s.population is None and s.probability is None for s in stages):
        keys.complain("plan.weights_needed", "weights")
    nested = keys.flag("nested", default=False)
    lonely = keys.choice("lonely_psu", LONELY_RULES, "fail")
    lonely_domain = keys.flag("lonely_domain", default=False)
    unequal = _unequal(keys.mapping("unequal"))
    if unequal is not None and not any(stage.probability for stage in stages):
        keys.complain("plan.unequal_without_probability", "unequal")
    keys.refuse(("replicates", "calibration", "two_phase"))
    keys.close()
    return DesignSpec(tuple(stages), weights, nested, cast("LonelyRule", lonely), lonely_domain, unequal)


def _stage(keys: Reader) -> StageSpec:
    stage = StageSpec(*(keys.text(key) for key in STAGE_KEYS))
    if stage.population is not None and stage.probability is not None:
        keys.complain("plan.population_and_probability", "probability")
    if stage.draws is not None and (stage.population is not None or stage.probability is not None):
        keys.complain("plan.draws_without_replacement", "draws")
    keys.close()
    return stage


def _unequal(keys: Reader | None) -> UnequalSpec | None:
    if keys is None:
        return None
    method = keys.take("method")
    known = method in UNEQUAL_METHODS
    if method == "joint":
        keys.complain("plan.not_built", "method")
    elif method is None:
        keys.complain("plan.missing_key", "method")
    elif not known:
        keys.complain("plan.not_one_of", "method", value=str(method), allowed=", ".join((*UNEQUAL_METHODS, "joint")))
    variance = keys.values.get("variance")
    form = keys.choice("variance", ("ht", "yg"), "ht")
    psum = keys.number("psum", least=0.0)
    if known and method != "hartley-rao" and psum is not None:
        keys.complain("plan.key_not_for", "psum", other=str(method), name="psum")
    if known and method not in ("hartley-rao", "overton") and variance is not None:
        keys.complain("plan.key_not_for", "variance", other=str(method), name="variance")
    keys.refuse(("joint",))
    keys.close()
    if not known:
        return None
    return UnequalSpec(cast("UnequalMethod", method), psum, "yg" if form == "yg" else "ht")
