"""Describe a compiled design before anything is estimated: stages, weights, replicates, degrees of freedom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sampling.estimate.design import SecondPhase
from sampling.estimate.domain import Partition
from sampling.estimate.layers import Layers, Sample
from sampling.estimate.stages.stage import CompiledStage
from sampling.estimate.stages.stage_spec import StageSpec
from sampling.estimate.stages.two_phase_spec import TwoPhaseSpec
from sampling.estimate.table import FloatArray
from sampling.estimate.weights.calibration import Calibration
from sampling.estimate.weights.steps import Adjusted, adjustments_made


@dataclass(frozen=True)
class StageSummary:
    """Describe one stage; strata are counted within each unit of the stage above.

    Attributes
    ----------
    cluster : column of its units, None where the rows are
    strata, units : how many there are
    draws : how often its units were drawn, all together; more than `units` where some were drawn several times
    smallest, largest : units of the smallest and of the largest stratum
    lone : strata of a single unit that was not taken in full, certainties left out; certainties : units taken surely
    full : strata whose every unit was taken
    least_fraction, most_fraction : sampling fractions or probabilities given the unit above; None with replacement
    """

    cluster: str | None
    strata: int
    units: int
    draws: int
    smallest: int
    largest: int
    lone: int
    certainties: int
    full: int
    least_fraction: float | None
    most_fraction: float | None


@dataclass(frozen=True)
class WeightSummary:
    """Describe the weights that are not 0; `kish` is n sum w^2 / (sum w)^2, Kish (1992), JOS 8, 183-200."""

    rows: int
    total: float
    smallest: float
    largest: float
    kish: float


@dataclass(frozen=True)
class TargetReached:
    """Hold a known total, of the level of a margin or of a column of a formula, and what the weights came to."""

    name: str
    level: str | None
    wanted: float
    reached: float


@dataclass(frozen=True)
class AdjustmentSummary:
    """Describe one adjustment: where the plan states it, the range of g = weight after / before, and totals reached.

    g is 0 for rows whose weight others take over.
    """

    place: str
    smallest_g: float
    largest_g: float
    targets: tuple[TargetReached, ...]


@dataclass(frozen=True)
class ReplicateSummary:
    """Describe replicates: method, how many, and the rank of their weights."""

    method: str
    number: int
    rank: int


@dataclass(frozen=True)
class DesignSummary:
    """Describe a compiled design.

    Attributes
    ----------
    rows : of the table; second_rows : of them in the second phase, None for a design of one phase
    stages, second_stages : outermost first
    drawn_weights, weights : before and after adjustments; over both phases where there are two
    degrees_of_freedom : of the whole design, as an estimate over all rows has them
    """

    rows: int
    second_rows: int | None
    stages: tuple[StageSummary, ...]
    second_stages: tuple[StageSummary, ...]
    drawn_weights: WeightSummary
    weights: WeightSummary
    adjustments: tuple[AdjustmentSummary, ...]
    replicates: ReplicateSummary | None
    degrees_of_freedom: float

    def as_json(self) -> dict[str, Any]:
        """Give the numbers by name."""
        return asdict(self)


def summarize(sample: Sample) -> DesignSummary:
    """Describe a compiled design; no estimate is computed."""
    spec, drawn = sample.spec, sample.drawn
    second = drawn.second
    layers = sample.layers(Partition(np.zeros(drawn.rows, dtype=np.int64), (), ((),)), conditional=False)
    made = adjustments_made(spec, sample.table, drawn.weights)
    return DesignSummary(
        rows=drawn.rows,
        second_rows=None if second is None else second.design.rows,
        stages=_stages(spec.stages, drawn.levels),
        second_stages=_second_stages(spec.two_phase, drawn.second),
        drawn_weights=_weights(drawn.weights),
        weights=_weights(sample.design.weights),
        adjustments=tuple(_adjustment(each) for each in made),
        replicates=_replicates(sample, layers),
        degrees_of_freedom=float(layers.degrees_of_freedom[0]),
    )


def _stages(specs: Sequence[StageSpec], levels: Sequence[CompiledStage]) -> tuple[StageSummary, ...]:
    return tuple(_stage(spec, level) for spec, level in zip(specs, levels, strict=True))


def _second_stages(spec: TwoPhaseSpec | None, second: SecondPhase | None) -> tuple[StageSummary, ...]:
    if spec is None or second is None:
        return ()
    stages = zip(spec.stages, second.design.levels, spec.counted, strict=True)
    return tuple(_stage(stage, level, counted=counted) for stage, level, counted in stages)


def _stage(spec: StageSpec, level: CompiledStage, *, counted: bool = False) -> StageSummary:
    """Describe a stage; where a second phase's populations were `counted` in the first, no column states them."""
    sizes = np.bincount(level.stratum)
    with_replacement = spec.population is None and spec.probability is None and not counted
    chance = None if with_replacement else 1.0 / level.base_weight
    return StageSummary(
        cluster=spec.cluster,
        strata=int(sizes.size),
        units=int(level.stratum.size),
        draws=int(level.draws.sum()),
        smallest=int(sizes.min()),
        largest=int(sizes.max()),
        lone=0 if level.stage is None else int(level.stage.lonely.sum()),
        certainties=int(level.certainty.sum()),
        full=int(np.unique(level.stratum[level.full]).size),
        least_fraction=None if chance is None else float(chance.min()),
        most_fraction=None if chance is None else float(chance.max()),
    )


def _weights(weights: FloatArray) -> WeightSummary:
    used = weights[weights != 0]
    total = float(used.sum())
    kish = float(used.size * (used @ used) / total**2)
    return WeightSummary(int(used.size), total, float(used.min()), float(used.max()), kish)


def _adjustment(made: Adjusted) -> AdjustmentSummary:
    used = made.before != 0
    g = made.after[used] / made.before[used]
    step = made.step
    targets = _targets(step, made.after) if isinstance(step, Calibration) else ()
    return AdjustmentSummary(made.adjustment.place, float(g.min()), float(g.max()), targets)


def _targets(step: Calibration, weights: FloatArray) -> tuple[TargetReached, ...]:
    reached = step.auxiliary.sums(weights[:, None])[0]
    return tuple(
        TargetReached(target.name, target.level, target.value, float(total))
        for target, total in zip(step.targets, reached, strict=True)
    )


def _replicates(sample: Sample, layers: Layers) -> ReplicateSummary | None:
    found, asked, ladder = sample.design.replicates, sample.spec.replicates, layers.steps.replicated
    if found is None or asked is None or ladder is None:
        return None
    return ReplicateSummary(asked.method, found.count, round(float(ladder.degrees_of_freedom[0])) + 1)
