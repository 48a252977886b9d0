"""Name the columns of a second phase: a sample of the rows that a first one gave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sampling.estimate.stages.stage import UnequalSpec
from sampling.estimate.stages.stage_spec import StageSpec


@dataclass(frozen=True)
class TwoPhaseSpec:
    """Say which rows the second phase took, and how.

    Attributes
    ----------
    subset : column that is 1 in the rows of the second phase and 0 in the others
    stages : how they were drawn; a stage without population and probability counts its units in the first phase
    weights : column of weights given the first phase; None makes them of the stages
    """

    subset: str
    stages: tuple[StageSpec, ...]
    weights: str | None = None
    unequal: UnequalSpec | None = None

    @property
    def counted(self) -> tuple[bool, ...]:
        """Tell of each stage whether its populations are counted in the data."""
        return tuple(stage.population is None and stage.probability is None for stage in self.stages)

    def columns(self) -> Iterator[tuple[str, str]]:
        """Give the place and the name of each column."""
        yield "design.two_phase.subset", self.subset
        for index, stage in enumerate(self.stages):
            yield from ((f"design.two_phase.stages.{index}.{key}", name) for key, name in stage.columns())
        if self.weights is not None:
            yield "design.two_phase.weights", self.weights
