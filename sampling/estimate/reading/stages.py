"""Read how the stages of a design were drawn: `stages` and `unequal` of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, cast, get_args

from sampling.coordinates import Coordinates
from sampling.estimate.reading.reader import Reader
from sampling.estimate.stages.stage import UnequalMethod, UnequalSpec
from sampling.estimate.stages.stage_spec import STAGE_KEYS, StageSpec

METHODS = get_args(UnequalMethod)
SUITED: Mapping[str, tuple[UnequalMethod, ...]] = {
    "psum": ("hartley-rao",),
    "variance": ("hartley-rao", "overton", "joint"),
    "joint": ("joint",),
}
"""Which methods a key of `unequal` is for."""
STAGE_SUITED: Mapping[str, UnequalMethod] = {
    "order": "successive-differences",
    "balance": "balanced",
    "coordinates": "spread",
}
"""Which method a key of a stage is for."""


def read_stages(keys: Reader) -> list[StageSpec]:
    """Read the stages, outermost first; without any the rows are a sample with replacement."""
    stages = [_stage(reader) for reader in keys.readers("stages")] or [StageSpec()]
    for index, stage in enumerate(stages[:-1]):
        if stage.cluster is None:
            keys.complain("plan.stage_without_cluster", f"stages[{index}]")
    return stages


def read_unequal(keys: Reader, stages: Sequence[StageSpec]) -> UnequalSpec | None:
    """Read the variance of the stages that state a probability, and see that these state what it needs."""
    unequal = _unequal(keys.mapping("unequal"))
    method = None if unequal is None else unequal.method
    if unequal is not None and not any(stage.probability for stage in stages):
        keys.complain("plan.unequal_without_probability", "unequal")
    for index, stage in enumerate(stages):
        for key, suited in STAGE_SUITED.items():
            if getattr(stage, key) and (method != suited or stage.probability is None):
                keys.complain("plan.key_without_method", f"stages[{index}].{key}", name=key, method=suited)
        for key in ("balance", "coordinates"):
            if method == STAGE_SUITED[key] and stage.probability is not None and not getattr(stage, key):
                keys.complain("plan.missing_key", f"stages[{index}].{key}")
    return unequal


def _stage(keys: Reader) -> StageSpec:
    cluster, strata, population, probability, draws, order = (keys.column(key) for key in STAGE_KEYS)
    balance, coordinates = keys.texts("balance"), _coordinates(keys.mapping("coordinates"))
    stage = StageSpec(cluster, strata, population, probability, draws, order, balance, coordinates)
    if stage.population is not None and stage.probability is not None:
        keys.complain("plan.population_and_probability", "probability")
    if stage.draws is not None and (stage.population is not None or stage.probability is not None):
        keys.complain("plan.draws_without_replacement", "draws")
    keys.close()
    return stage


def _coordinates(keys: Reader | None) -> Coordinates | None:
    """Read `{degrees: [longitude, latitude]}` or `{plane: [x, y]}`."""
    if keys is None:
        return None
    found = {kind: keys.texts(kind) for kind in ("degrees", "plane")}
    keys.close()
    stated = [kind for kind, names in found.items() if names]
    if len(stated) != 1 or len(found[stated[0]]) != 2:
        keys.complain("plan.wrong_type", "degrees", expected="degrees: [longitude, latitude], or plane: [x, y]")
        return None
    return Coordinates(cast("Literal['degrees', 'plane']", stated[0]), *found[stated[0]])


def _unequal(keys: Reader | None) -> UnequalSpec | None:
    if keys is None:
        return None
    method = keys.take("method")
    known = method in METHODS
    if method is None:
        keys.complain("plan.missing_key", "method")
    elif not known:
        keys.refuse_word("method", method, METHODS)
    stated = [name for name in SUITED if keys.values.get(name) is not None]
    form = keys.choice("variance", ("ht", "yg"), "ht")
    psum = keys.number("psum", least=0.0)
    joint = keys.text("joint", needed=method == "joint")
    keys.close()
    if not known:
        return None
    for name in stated:
        if method not in SUITED[name]:
            keys.complain("plan.key_not_for", name, other=str(method), name=name)
    return UnequalSpec(cast("UnequalMethod", method), psum, "yg" if form == "yg" else "ht", joint)
