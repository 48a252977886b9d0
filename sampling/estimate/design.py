"""Compile a sampling design once: stages of units and strata, weights, and the quadratic form of the variance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sampling.estimate.errors import Complaint, DataRefusedError, Detail
from sampling.estimate.remarks.absent_column import absent_column
from sampling.estimate.replicates.replicate import Replicates
from sampling.estimate.replicates.spec import ReplicateSpec
from sampling.estimate.row_list import row_list
from sampling.estimate.stages.pairing import bad_files, pairing_of
from sampling.estimate.stages.rounds import Common, Rounds
from sampling.estimate.stages.stage import CompiledStage, Stage, UnequalSpec, compile_stage
from sampling.estimate.stages.stage_spec import StageSpec
from sampling.estimate.stages.two_phase_spec import TwoPhaseSpec
from sampling.estimate.table import BoolArray, FloatArray, IntArray, Table
from sampling.estimate.weights.adjustment import Adjustment
from sampling.estimate.weights.projection import Projection

LonelyRule = Literal["fail", "remove", "certainty", "adjust", "average"]
BAD = {
    "weights": "estimate.bad_weights",
    "population": "estimate.bad_population",
    "probability": "estimate.bad_probability",
    "draws": "estimate.bad_draws",
    "balance": "estimate.missing_number",
    "coordinates": "estimate.missing_number",
    "longitude": "estimate.bad_degrees",
    "latitude": "estimate.bad_degrees",
}
MOST_DEGREES = {"longitude": 180.0, "latitude": 90.0}


@dataclass(frozen=True)
class DesignSpec:
    """Name the columns and rules of a design, outermost stage first."""

    stages: tuple[StageSpec, ...] = (StageSpec(),)
    weights: str | None = None
    nested: bool = False
    lonely_psu: LonelyRule = "fail"
    lonely_domain: bool = False
    unequal: UnequalSpec | None = None
    replicates: ReplicateSpec | None = None
    adjustments: tuple[Adjustment, ...] = ()
    two_phase: TwoPhaseSpec | None = None
    rounds: str | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """Name the tables that the design needs beside the data."""
        return tuple(dict.fromkeys(name for _, name in self.named_files))

    @property
    def named_files(self) -> tuple[tuple[str, str], ...]:
        """Give the place in the plan and the name of each of these tables."""
        below = None if self.two_phase is None else self.two_phase.unequal
        named = (
            ("design.unequal.joint", None if self.unequal is None else self.unequal.joint),
            ("design.replicates.file", None if self.replicates is None else self.replicates.file),
            ("design.two_phase.unequal.joint", None if below is None else below.joint),
        )
        return tuple((place, name) for place, name in named if name is not None)


@dataclass(frozen=True)
class Design:
    """Hold a compiled design: immutable, shared by every statement.

    Attributes
    ----------
    weights : (rows,) floats
    stages : compiled stages, outermost first, only those that add to the variance
    psu, psu_stratum : (rows,) ints
        The unit and stratum that count for the degrees of freedom: of the outermost stage at which the row's unit is no
        certainty (-1 where every stage is a certainty).
    psu_draws : (rows,) floats
        How often that unit was drawn: each draw with replacement is a PSU.
    projections : what adjustments of the weights explain of scores, in the order in which they were made
    replicates : replicate weights, which then take the place of the stages in every variance
    levels : every stage as it was drawn, outermost first, also those that add nothing to the variance
    second : the second phase, where the rows with answers are a sample of those of this design
    """

    rows: int
    weights: FloatArray
    stages: tuple[Stage, ...]
    psu: IntArray
    psu_stratum: IntArray
    psu_draws: FloatArray
    lonely_psu: LonelyRule
    lonely_domain: bool
    projections: tuple[Projection, ...] = ()
    replicates: Replicates | None = None
    levels: tuple[CompiledStage, ...] = ()
    second: SecondPhase | None = None

    def residuals(self, columns: FloatArray) -> FloatArray:
        """Give (rows, k) scores less what adjustments of the weights explain of them.

        The last adjustment's estimator is a sum under the weights of the one before, and so on: the last comes first.
        """
        for projection in reversed(self.projections):
            columns = projection.residual(columns)
        return columns


@dataclass(frozen=True)
class SecondPhase:
    """Hold the design of a second phase over its own rows, given the first; its weights are those of both.

    Attributes
    ----------
    position : (rows of the first phase,) the row's number among those of the second, -1 outside
    """

    design: Design
    position: IntArray


def compile_design(spec: DesignSpec, table: Table, files: Mapping[str, Table]) -> Design:
    """Compile the design of a table.

    Parameters
    ----------
    files : the tables that `spec.files` names, by that name

    Raises
    ------
    DataRefusedError
        With every complaint: missing columns or values, weights that are no weights, populations smaller than their
        sample, probabilities outside (0, 1], draws that are no whole numbers from 1, first-stage labels in two strata
        although not nested.
    """
    complaints = _missing_columns(spec, table)
    if complaints:
        raise DataRefusedError(complaints)
    if table.rows == 0:
        raise DataRefusedError([Complaint("estimate.no_rows")])
    complaints = [*_bad_values(spec, table), *_bad_files(spec, files)]
    if complaints:
        raise DataRefusedError(complaints)
    return _compile(spec, table, files, given=0)


def compile_within(spec: DesignSpec, table: Table, files: Mapping[str, Table]) -> Design:
    """Compile what is left of a design when the first-stage units are given: they become strata, certainties all."""
    return _compile(spec, table, files, given=1)


class _Descent:
    """Gather, stage by stage, what the rows carry down from the stages above them."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.parent = np.zeros(rows, dtype=np.int64)
        self.carried = np.ones(1)
        self.psu: IntArray = np.broadcast_to(np.int64(-1), rows)
        self.psu_stratum = self.psu
        self.psu_draws: FloatArray = np.broadcast_to(np.float64(1.0), rows)
        self.stages: list[Stage] = []
        self.levels: list[CompiledStage] = []

    def enter(self, compiled: CompiledStage, *, given: bool) -> None:
        """Go down one stage; below units that are `given` the recursion starts anew."""
        self.levels.append(compiled)
        self.parent = compiled.unit
        self.carried = np.ones(compiled.draws.size) if given else compiled.carried

    def add(self, compiled: CompiledStage, index: int, common: Common | None) -> None:
        """Let a stage add to the variance and, where nothing above it did, to the degrees of freedom.

        There `common` units of several rounds count once.
        """
        # R survey counts the units of a first-stage stratum taken in full, so the first stage does too; below
        # certainties such a stratum adds no variance, and counting it would feign precision.
        units = ~compiled.certainty & ((index == 0) | ~compiled.full)
        # Offsets keep the units of different stages apart where certainties pass the counting on.
        offset = index * self.rows
        here = (self.psu < 0) & units[compiled.unit]
        unit = compiled.unit if common is None else common.unit[compiled.unit]
        stratum = (compiled.stratum if common is None else common.component)[compiled.unit]
        if offset:
            unit, stratum = unit + offset, stratum + offset
        if bool(here.all()):
            self.psu, self.psu_stratum = unit, stratum
        elif bool(here.any()):
            self.psu, self.psu_stratum = np.where(here, unit, self.psu), np.where(here, stratum, self.psu_stratum)
        if bool((compiled.draws != 1.0).any()):
            self.psu_draws = np.where(here, compiled.draws[compiled.unit], self.psu_draws)
        if compiled.stage is not None:
            self.stages.append(compiled.stage)


def _compile(spec: DesignSpec, table: Table, files: Mapping[str, Table], *, given: int) -> Design:
    descent = _Descent(table.rows)
    weights = np.ones(1)
    complaints: list[Complaint] = []
    rounds = None if spec.rounds is None else table[spec.rounds].coded[0]
    followed = None if rounds is None else Rounds(rounds)
    for index, stage_spec in enumerate(spec.stages):
        labels = _labels(stage_spec, table)
        if index == 0 and not spec.nested:
            complaints += _split_clusters(stage_spec, labels)
        compiled = compile_stage(
            index,
            descent.parent,
            _by_round(labels.strata, rounds) if index == 0 else labels.strata,
            labels.cluster,
            population=_numbers(table, stage_spec.population),
            probability=_numbers(table, stage_spec.probability),
            draws=_numbers(table, stage_spec.draws),
            carried=descent.carried,
            lonely_psu=spec.lonely_psu,
            unequal=spec.unequal,
            pairing=pairing_of(spec.unequal, stage_spec, table, files),
            levels=labels.cluster_levels,
            last=index == len(spec.stages) - 1,
        )
        complaints += compiled.complaints
        if spec.weights is None:
            weights = weights * compiled.base_weight[compiled.unit]
        common = None
        if followed is not None:
            compiled, common = followed.enter(compiled, labels.strata, labels.cluster, given=index < given)
        if index >= given:
            descent.add(compiled, index, common)
        descent.enter(compiled, given=index < given)
    if complaints:
        raise DataRefusedError(complaints)
    stated = _numbers(table, spec.weights)
    return Design(
        rows=table.rows,
        weights=weights if stated is None else stated,
        stages=tuple(descent.stages),
        psu=descent.psu,
        psu_stratum=descent.psu_stratum,
        psu_draws=descent.psu_draws,
        lonely_psu=spec.lonely_psu,
        lonely_domain=spec.lonely_domain,
        levels=tuple(descent.levels),
    )


def _bad_files(spec: DesignSpec, files: Mapping[str, Table]) -> list[Complaint]:
    """Name the files that were not handed in, and those that do not fit the stages."""
    lost = [Complaint("estimate.file_not_given", {"file": name}) for name in spec.files if name not in files]
    return lost or bad_files(spec.unequal, sum(stage.probability is not None for stage in spec.stages), files)


@dataclass(frozen=True)
class _Labels:
    strata: IntArray | None
    cluster: IntArray | None
    cluster_levels: tuple[str, ...]


def _labels(spec: StageSpec, table: Table) -> _Labels:
    strata = None if spec.strata is None else table[spec.strata].coded[0]
    if spec.cluster is None:
        return _Labels(strata, None, ())
    cluster, levels = table[spec.cluster].coded
    return _Labels(strata, cluster, levels)


def _by_round(strata: IntArray | None, rounds: IntArray | None) -> IntArray | None:
    """Cross the first stage's strata with the rounds: each round is a sample of its own."""
    if strata is None or rounds is None:
        return rounds if strata is None else strata
    return strata * (int(rounds.max()) + 1) + rounds


def _numbers(table: Table, name: str | None) -> FloatArray | None:
    return None if name is None else table[name].numbers


def _split_clusters(spec: StageSpec, labels: _Labels) -> list[Complaint]:
    """Find first-stage labels that stand in two strata: without nesting they would be one unit, wrongly."""
    if labels.strata is None or labels.cluster is None:
        return []
    first = np.full(len(labels.cluster_levels), -1, dtype=np.int64)
    first[labels.cluster[::-1]] = labels.strata[::-1]
    split = np.unique(labels.cluster[first[labels.cluster] != labels.strata])
    return [
        Complaint("estimate.cluster_in_two_strata", {"column": spec.cluster, "cluster": labels.cluster_levels[code]})
        for code in split
    ]


def _missing_columns(spec: DesignSpec, table: Table) -> list[Complaint]:
    return [absent_column(name, place, table) for place, name in _columns(spec) if name not in table]


def _columns(spec: DesignSpec) -> list[tuple[str, str]]:
    named = [
        (f"design.stages.{index}.{key}", name)
        for index, stage in enumerate(spec.stages)
        for key, name in stage.columns()
    ]
    for key in ("weights", "rounds"):
        name = getattr(spec, key)
        if name is not None:
            named.append((f"design.{key}", name))
    return named


def _bad_values(spec: DesignSpec, table: Table) -> list[Complaint]:
    complaints: list[Complaint] = []
    for place, name in _columns(spec):
        column = table[name]
        key = place.rsplit(".", 1)[-1]
        if key in ("cluster", "strata", "order", "rounds"):
            code = "estimate.empty_order" if key == "order" else "estimate.empty_label"
            complaints += _at_rows(code, name, column.missing)
            continue
        complaints += _at_rows("estimate.not_numeric", name, column.unreadable, place=place)
        complaints += _at_rows(BAD[key], name, _unfit(key, column.readable) & ~column.unreadable)
        if key == "weights" and not column.readable.any():
            complaints.append(Complaint("estimate.no_weight", {"column": name}))
    return complaints


def _unfit(key: str, numbers: FloatArray) -> BoolArray:
    """Mark what is no weight (>= 0), population (> 0), probability (0 < pi <= 1), draws or degrees; NaN is none."""
    if key == "weights":
        return ~(numbers >= 0)
    if key == "population":
        return ~(numbers > 0)
    if key in MOST_DEGREES:
        return ~(np.abs(numbers) <= MOST_DEGREES[key])
    if key in ("balance", "coordinates"):
        return np.isnan(numbers)
    if key == "draws":
        return np.asarray(~((numbers >= 1) & (numbers == np.floor(numbers))), dtype=np.bool_)
    return ~((numbers > 0) & (numbers <= 1))


def _at_rows(code: str, column: str, bad: BoolArray, **more: Detail) -> list[Complaint]:
    return [Complaint(code, {"column": column, **more, **row_list(bad)})] if bool(bad.any()) else []
