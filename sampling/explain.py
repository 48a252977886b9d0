"""Say what a design means on a frame: strata, populations, what is taken, how many are expected. Numbers, no words."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from sampling.design import Design, Stage
from sampling.engine import DuckDBEngine, Engine
from sampling.frame import Frame
from sampling.groups import GroupTake, plan_takes
from sampling.methods.probabilities import inclusion_probabilities
from sampling.steps import in_scope, read_groups, units_step


@dataclass(frozen=True)
class StratumExplanation:
    """Tell one stratum of a stage over all its possible parents.

    Parameters
    ----------
    stratum : str
        Values of the strata columns joined by ``/``.
    groups : int
        Parents in which the stratum has units (1 at the first stage).
    population, total_size : int
        Units, and total of sizes under an unequal method, over all parents.
    take_least, take_most, reserves_most : int
        Units taken in one parent.
    short : int
        Parents with fewer units than are asked for, which take all under ``take_all``.
    certainties : int
        Units whose conditional probability is 1.
    expected : float
        Expected number of units in the sample, over the draw of all stages above.
    expected_reserves : float
        The same for reserves.
    """

    stratum: str
    groups: int
    population: int
    total_size: int | None
    take_least: int
    take_most: int
    reserves_most: int
    short: int
    short_of_reserves: int
    certainties: int
    expected: float
    expected_reserves: float


@dataclass(frozen=True)
class StageExplanation:
    """Tell one stage."""

    name: str
    method: str
    strata: tuple[StratumExplanation, ...]
    population: int
    expected: float


@dataclass(frozen=True)
class Explanation:
    """Tell a design on a frame."""

    counts: tuple[tuple[str, int, int], ...]
    """Level, units in the frame, units that take part."""
    stages: tuple[StageExplanation, ...]


def explain(design: Design, frame: Frame) -> Explanation:
    """Work out what a design means on a frame, without a seed.

    Parameters
    ----------
    design, frame
        A design that ``check_design`` has no complaint about.
    """
    with DuckDBEngine(frame) as engine:
        counts = tuple(_level_counts(engine, design, depth) for depth in range(len(design.levels)))
        stages = []
        chances: dict[str | None, float] = {None: 1.0}
        for number in range(len(design.stages)):
            stage, chances = _explain_stage(engine, design, number, chances)
            stages.append(stage)
    return Explanation(counts, tuple(stages))


def _level_counts(engine: Engine, design: Design, depth: int) -> tuple[str, int, int]:
    """Count the units of a level, and those that take part."""
    unit = engine.quote(design.levels[depth].id)
    scope = in_scope(engine, design, depth)
    step = f"SELECT count(DISTINCT {unit}), count(DISTINCT CASE WHEN {scope} THEN {unit} END) FROM frame"
    everything, part = engine.rows(step)[0]
    return design.levels[depth].name, everything, part


def _explain_stage(
    engine: Engine, design: Design, number: int, above: dict[str | None, float]
) -> tuple[StageExplanation, dict[str | None, float]]:
    """Tell a stage, and give its units' probabilities of being in the sample for the stage below."""
    stage = design.stages[number]
    engine.define("explained_units", units_step(engine, design, number))
    takes = plan_takes(stage, read_groups(engine, design, number, "explained_units")).takes
    last = number == len(design.stages) - 1
    chances: dict[str | None, float] = {}
    certain: dict[str, int] = {}
    if not last or stage.size is not None:
        chances, certain = _unit_chances(engine, stage, takes, above)
    if stage.size is None:
        certain = {}
        for take in takes:
            if take.main == take.group.population:
                certain[take.group.stratum] = certain.get(take.group.stratum, 0) + take.main
    by_stratum: dict[str, list[GroupTake]] = {}
    for take in takes:
        by_stratum.setdefault(take.group.stratum, []).append(take)
    strata = tuple(
        _stratum(stage, stratum, by_stratum[stratum], above, certain.get(stratum, 0)) for stratum in sorted(by_stratum)
    )
    population = sum(stratum.population for stratum in strata)
    expected = fsum(stratum.expected for stratum in strata)
    return StageExplanation(stage.name, stage.method, strata, population, expected), chances


def _stratum(
    stage: Stage, stratum: str, takes: Sequence[GroupTake], above: dict[str | None, float], certainties: int
) -> StratumExplanation:
    """Add a stratum up over its parents."""
    asked = max(take.main for take in takes)
    sizes = [take.group.total_size or 0 for take in takes]
    return StratumExplanation(
        stratum=stratum,
        groups=len(takes),
        population=sum(take.group.population for take in takes),
        total_size=sum(sizes) if stage.size is not None else None,
        take_least=min(take.main for take in takes),
        take_most=asked,
        reserves_most=max(take.reserves for take in takes),
        short=sum(take.short for take in takes),
        short_of_reserves=sum(take.short_of_reserves for take in takes),
        certainties=certainties,
        expected=fsum(above.get(take.group.parent, 0.0) * take.main for take in takes),
        expected_reserves=fsum(above.get(take.group.parent, 0.0) * take.reserves for take in takes),
    )


def _unit_chances(
    engine: Engine, stage: Stage, takes: Sequence[GroupTake], above: dict[str | None, float]
) -> tuple[dict[str | None, float], dict[str, int]]:
    """Give each unit's probability of being taken, and count the certainties of each stratum."""
    size = "size" if stage.size is not None else "1"
    groups: dict[tuple[str, str], tuple[list[str], list[int]]] = {}
    for parent, stratum, unit_id, amount in engine.rows(f"SELECT parent, stratum, id, {size} FROM explained_units"):
        ids, sizes = groups.setdefault((parent, stratum), ([], []))
        ids.append(unit_id)
        sizes.append(int(amount))
    chances: dict[str | None, float] = {}
    certain: dict[str, int] = {}
    for take in takes:
        group = take.group
        ids, sizes = groups[group.parent or "", group.stratum]
        together = take.main + take.reserves
        share = take.main / together if together else 0.0
        for unit_id, probability in zip(ids, inclusion_probabilities(sizes, together), strict=True):
            chances[unit_id] = above.get(group.parent, 0.0) * probability * share
            certain[group.stratum] = certain.get(group.stratum, 0) + (probability * share == 1.0)
    return chances, certain
