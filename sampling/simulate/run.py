"""Run one simulated survey after the other: the real draw with a seed of its own, fieldwork, weights, estimates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from types import TracebackType
from typing import Any, Self

from sampling.design import Design, canonical
from sampling.design_check import check_design_on
from sampling.errors import SamplingError
from sampling.estimable import without_interval
from sampling.estimate.errors import DataRefusedError
from sampling.estimate.result import EstimateRow
from sampling.frame import Frame
from sampling.frame_hash import hash_frame
from sampling.manifest import ManifestStage
from sampling.simulate.analysis import estimates, plan_for, table_of
from sampling.simulate.engine import RepeatingEngine
from sampling.simulate.fieldwork import Opened, Weighting, open_units
from sampling.simulate.pattern import FILE, Pattern, check_pattern
from sampling.simulate.population import Population, generator
from sampling.simulate.records import Found, RunRecord
from sampling.stage_draw import draw_stage

NO_ROW = "simulate.no_row"
"""Reason of a domain that no interviewed unit of a run lies in."""


@dataclass(frozen=True)
class Survey:
    """Hold one simulated survey before it is estimated."""

    number: int
    stages: tuple[ManifestStage, ...]
    opened: Opened


class Simulator:
    """Repeat a design's draw on its frame under an assumed pattern of rates.

    Run n draws with the seed ``SHA-256("evalsvc-simulation-1:SEED:draw:n")`` by `sampling.stage_draw`, the same
    function that draws the real sample; only what is equal in all runs (lists of the first stage, groups) is computed
    once. The same design, frame, rates and seed give the same runs, whatever their order.

    Parameters
    ----------
    design, frame
        A design and its frame.
    pattern : Pattern
        The assumed rates, read for this design.
    seed : str
        Any text.
    weighting : {"opened", "stopped"}
        How groups with opened reserves are weighed; the protocol's way is the first.

    Attributes
    ----------
    population : Population
    quantities : tuple of Quantity
        What every run estimates.

    Raises
    ------
    SamplingError
        ``simulate.refused`` with every complaint: about the design on the frame, about estimates that it does not
        allow, about values that the rates name and the frame does not hold; ``simulate.too_many_units``;
        ``simulate.nothing_to_estimate``: no unit of the frame counts for any indicator.
    """

    def __init__(
        self,
        design: Design,
        frame: Frame,
        pattern: Pattern,
        seed: str,
        *,
        file: str = FILE,
        weighting: Weighting = "opened",
    ) -> None:
        self._weighting = weighting
        self.design, self.frame, self.pattern, self.seed = design, frame, pattern, seed
        self._engine = RepeatingEngine(frame)
        try:
            complaints = [
                *check_design_on(self._engine, design, frame),
                *without_interval(design),
                *check_pattern(pattern, design, self._engine, file),
            ]
            if complaints:
                raise SamplingError("simulate.refused", complaints, count=len(complaints))
            self.population = Population(self._engine, design, pattern, seed)
            self.quantities = self.population.quantities()
            if not self.quantities:
                raise SamplingError("simulate.nothing_to_estimate")
        except BaseException:
            self.close()
            raise
        # Overlap follows the earlier draw's seed, which is as random as ours: each run has one of its own.
        self._drawn = replace(design, earlier=None)
        self.plan = plan_for(design, pattern)
        numbers = {indicator.id: number for number, indicator in enumerate(pattern.indicators)}
        self._keys = [
            (numbers[each.indicator], each.kind, tuple(each.domain[name] for name in pattern.by))
            for each in self.quantities
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the engine."""
        self._engine.__exit__(None, None, None)

    def key(self, code_version: str) -> str:
        """Hash what the runs hang on beside the seed: design, frame, rates and version of the code."""
        parts = [self.pattern.hashed(canonical(self.design)), hash_frame(self.frame).sha256, code_version]
        return sha256("\x1f".join(parts).encode()).hexdigest()

    def survey(self, number: int) -> Survey:
        """Draw, visit and weigh: run `number` as far as fieldwork."""
        seed = sha256(f"evalsvc-simulation-1:{self.seed}:draw:{number}".encode()).hexdigest()
        stages: list[ManifestStage] = []
        for stage in range(len(self.design.stages)):
            stages.append(draw_stage(self._engine, self._drawn, stage, seed, stages[-1] if stages else None))
        chance = generator(self.seed, f"response:{number}").random(self.population.size)
        responding = self.population.eligible & (chance < self.population.answering)
        rounds = self.pattern.rounds if self.pattern.open_reserves else 0
        return Survey(number, tuple(stages), open_units(stages, self.population, responding, rounds, self._weighting))

    def table(self, survey: Survey) -> Mapping[str, Any]:
        """Make the table that a survey is estimated from."""
        return table_of(self.design, survey.stages, survey.opened, self.population)

    def run(self, number: int) -> RunRecord:
        """Carry out one run."""
        survey = self.survey(number)
        opened = survey.opened
        return RunRecord(
            number=number,
            main=sum(unit.sample_type != "reserve" for unit in opened.units),
            reserves_opened=sum(unit.sample_type == "reserve" for unit in opened.units),
            responded=int(opened.responded.sum()),
            ineligible=int((~opened.eligible).sum()),
            found=tuple(self._found(survey)),
        )

    def _found(self, survey: Survey) -> Sequence[Found]:
        """Estimate; where nothing can be computed, the reason stands in every quantity's place."""
        if survey.opened.empty_classes:
            return [Found(reason="weight.empty_class") for _ in self._keys]
        try:
            rows = estimates(self.plan, self.table(survey), self.pattern)
        except DataRefusedError as error:
            return [Found(reason=error.complaints[0].code) for _ in self._keys]
        return [_of_row(rows.get(key)) for key in self._keys]


def _of_row(row: EstimateRow | None) -> Found:
    """Keep what is counted of an estimate."""
    if row is None:
        return Found(reason=NO_ROW)
    return Found(row.estimate, row.se, row.low, row.high, row.verdict, row.reason)
