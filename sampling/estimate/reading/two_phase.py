"""Read the `two_phase` part of a design: how a second phase took its rows from those of the first."""

from __future__ import annotations

from sampling.estimate.reading.reader import Reader
from sampling.estimate.reading.stages import read_stages, read_unequal
from sampling.estimate.stages.two_phase_spec import TwoPhaseSpec


def read_two_phase(keys: Reader | None, *, replicated: bool) -> TwoPhaseSpec | None:
    """Read subset, stages, weights and the variance of unequal stages; replicates are of one phase only."""
    if keys is None:
        return None
    if replicated:
        keys.complain("plan.two_phase_replicates", "")
    subset = keys.column("subset", needed=True)
    stages = read_stages(keys)
    for index, stage in enumerate(stages):
        if stage.draws is not None:
            keys.complain("plan.two_phase_draws", f"stages[{index}].draws")
    weights = keys.column("weights")
    unequal = read_unequal(keys, stages)
    keys.close()
    return None if subset is None else TwoPhaseSpec(subset, tuple(stages), weights, unequal)
