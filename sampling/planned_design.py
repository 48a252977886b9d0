"""Write the part of an analysis plan that a design dictates: how its stages were drawn, as columns of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sampling.estimable import UNEQUAL
from sampling.methods.catalogue import EXACT


@dataclass(frozen=True)
class PlannedStage:
    """Name the columns of one stage.

    Parameters
    ----------
    cluster, strata : str, optional
        Columns of the units' and the strata's labels; None for the last stage, and where there are no strata.
        One that is drawn in frame order and whose variance follows that order has a cluster also when it is the last.
    chance : str
        Column of the stratum's population without a joint method, else of the unit's probability.
    draws : str, optional
        Column of how often a unit was drawn, where it can be drawn again: then nobody asks for the probability.
    """

    cluster: str | None
    strata: str | None
    chance: str
    joint_method: str | None
    draws: str | None


def planned_design(stages: Sequence[PlannedStage], lonely_psu: str, joint: str | None = None) -> dict[str, Any]:
    """Write a plan's ``design`` (docs/estimate-plan.md); ``without_interval`` has nothing against what was drawn by.

    ``joint`` is the file of joint probabilities that stages of joint method ``exact`` need.
    """
    entries = [_entry(stage) for stage in stages]
    design = {"stages": entries, "weights": "weight", "nested": True, "lonely_psu": lonely_psu}
    methods = [each.joint_method for each, entry in zip(stages, entries, strict=True) if "probability" in entry]
    if not methods:
        return design
    by_pairs = {"method": "joint", "joint": joint, "variance": "yg"}
    return design | {"unequal": by_pairs if methods[0] == EXACT else dict(UNEQUAL[str(methods[0])])}


def _entry(stage: PlannedStage) -> dict[str, str]:
    entry = {} if stage.cluster is None else {"cluster": stage.cluster}
    if stage.strata is not None:
        entry["strata"] = stage.strata
    if stage.joint_method is None:
        return entry | {"population": stage.chance}
    if stage.joint_method == "successive-differences" and stage.cluster is not None:
        entry["order"] = stage.cluster  # frame order is that of the ids
    return entry | ({"probability": stage.chance} if stage.draws is None else {"draws": stage.draws})
