"""Read the `design` part of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast, get_args

from sampling.estimate.design import STAGE_KEYS, DesignSpec, LonelyRule, StageSpec
from sampling.estimate.reader import Reader
from sampling.estimate.stage import OVER_PAIRS, UnequalMethod, UnequalSpec

LONELY_RULES = ("fail", "remove", "certainty", "adjust", "average")
UNEQUAL_METHODS = get_args(UnequalMethod)
FORMS = ("hartley-rao", "overton", "joint")
"""Methods that have both the Horvitz-Thompson and the Yates-Grundy form."""


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
    if unequal is not None and unequal.method in OVER_PAIRS and lonely == "adjust" and lonely_domain:
        # Forms over pairs have no mean that a domain's lone unit could be set against.
        keys.complain("plan.key_not_for", "lonely_domain", other=f"adjust, {unequal.method}", name="lonely_domain")
    _ordered(keys, stages, unequal)
    keys.refuse(("replicates", "calibration", "two_phase"))
    keys.close()
    return DesignSpec(tuple(stages), weights, nested, cast("LonelyRule", lonely), lonely_domain, unequal)


def _ordered(keys: Reader, stages: Sequence[StageSpec], unequal: UnequalSpec | None) -> None:
    """Refuse an order of the list where the variance asks for none."""
    method = None if unequal is None else unequal.method
    for index, stage in enumerate(stages):
        if stage.order is not None and (method != "successive-differences" or stage.probability is None):
            keys.complain("plan.order_without_differences", f"stages[{index}].order")


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
    if method is None:
        keys.complain("plan.missing_key", "method")
    elif not known:
        keys.complain("plan.not_one_of", "method", value=str(method), allowed=", ".join(UNEQUAL_METHODS))
    stated = [name for name in ("psum", "variance", "joint") if keys.values.get(name) is not None]
    form = keys.choice("variance", ("ht", "yg"), "ht")
    psum = keys.number("psum", least=0.0)
    joint = keys.text("joint", needed=method == "joint")
    keys.close()
    if not known:
        return None
    suited = {"psum": ("hartley-rao",), "variance": FORMS, "joint": ("joint",)}
    for name in stated:
        if method not in suited[name]:
            keys.complain("plan.key_not_for", name, other=str(method), name=name)
    return UnequalSpec(cast("UnequalMethod", method), psum, "yg" if form == "yg" else "ht", joint)
