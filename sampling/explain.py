"""Say what a design means on a frame: strata, populations, what is taken, how many are expected. Numbers, no words."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum

from sampling.chances import TOP, GroupChances, RandomSize, StageChances, stage_chances
from sampling.design import Design, Stage
from sampling.engine import DuckDBEngine, Engine
from sampling.frame import Frame
from sampling.groups import GroupTake, plan_takes
from sampling.steps import in_scope, purposive_step, read_groups, units_step
from sampling.workload import Workload, workload

WORST_SHOWN = 5
"""Groups of random size that are told one by one."""


@dataclass(frozen=True)
class RandomSizes:
    """Tell the groups of a stratum whose sizes are left to chance.

    Parameters
    ----------
    worst : tuple of RandomSize
        The groups most likely to give nothing, all where they are few.
    groups : int
        How many there are.
    expected_empty : float
        How many drawn parents are expected to give nothing, over the draw of all stages above.
    """

    worst: tuple[RandomSize, ...]
    groups: int
    expected_empty: float


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
    dissolved : int
        Units that would be certain without reserves, and are not beside them.
    expected : float
        Expected number of units in the sample, over the draw of all stages above.
    expected_reserves : float
        The same for reserves.
    lone : int
        Parents in which a single unit of several is taken: no variance inside them.
    without : int
        Units that cannot be taken: their size is 0, or their group takes none.
    least, most : float or None
        Smallest and largest probability of being in the sample, over all stages, of the units that can be taken.
    random : RandomSizes or None
        Where chance decides how many units are taken.
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
    dissolved: int
    expected: float
    expected_reserves: float
    lone: int
    without: int
    least: float | None
    most: float | None
    random: RandomSizes | None


@dataclass(frozen=True)
class StageExplanation:
    """Tell one stage; of one that is listed later nothing but its name, method and joint method is known."""

    name: str
    method: str
    joint_method: str | None
    listed: str
    unannounced: int
    strata: tuple[StratumExplanation, ...]
    population: int
    expected: float
    inside_purposive: int
    """Units drawn inside units that were chosen by judgement: visited, but outside all the other numbers."""


@dataclass(frozen=True)
class PurposiveExplanation:
    """Count the units that one rule names as chosen by judgement."""

    stage: str
    reason: str
    units: int


@dataclass(frozen=True)
class Explanation:
    """Tell a design on a frame."""

    counts: tuple[tuple[str, int, int], ...]
    """Level, units in the frame, units that take part."""
    stages: tuple[StageExplanation, ...]
    purposive: tuple[PurposiveExplanation, ...]
    workload: Workload | None
    """What fieldwork is expected to take; None where the design plans nothing, or stages are listed later."""


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
        above = TOP
        for number in range(len(design.stages)):
            stage, above = _explain_stage(engine, design, number, above)
            stages.append(stage)
        purposive = tuple(_purposive(engine, design, i) for i in range(len(design.purposive)))
    expected = {stage.name: stage.expected for stage in stages if stage.listed == "frame"}
    beside = {
        stage.name: float(stage.inside_purposive + sum(one.units for one in purposive if one.stage == stage.name))
        for stage in stages
    }
    return Explanation(counts, tuple(stages), purposive, workload(design, expected, beside))


def _level_counts(engine: Engine, design: Design, depth: int) -> tuple[str, int, int]:
    """Count the units of a level, and those that take part."""
    unit = engine.quote(design.levels[depth].id)
    scope = in_scope(engine, design, depth)
    step = f"SELECT count(DISTINCT {unit}), count(DISTINCT CASE WHEN {scope} THEN {unit} END) FROM frame"
    everything, part = engine.rows(step)[0]
    return design.levels[depth].name, everything, part


def _purposive(engine: Engine, design: Design, rule: int) -> PurposiveExplanation:
    """Count the units of one rule."""
    own = design.purposive[rule]
    number = [stage.name for stage in design.stages].index(own.level)
    step = purposive_step(engine, replace(design, purposive=(own,)), number)
    units = engine.rows(f"SELECT count(*) FROM ({step}) AS chosen")[0][0]
    return PurposiveExplanation(own.level, own.reason or "", units)


def _explain_stage(
    engine: Engine, design: Design, number: int, above: StageChances
) -> tuple[StageExplanation, StageChances]:
    """Tell a stage, and give its units' probabilities of being in the sample for the stage below."""
    stage = design.stages[number]
    head = (stage.name, stage.method, stage.joint_method, stage.listed, stage.unannounced)
    if stage.listed == "later":
        return StageExplanation(*head, (), 0, 0.0, 0), StageChances((), {})
    engine.define("explained_units", units_step(engine, design, number))
    groups = read_groups(engine, design, number, "explained_units")
    chosen = _chosen(engine, design, number)
    inside = sum(take.main for take in plan_takes(stage, groups).takes if take.group.parent in chosen)
    takes = [take for take in plan_takes(stage, groups).takes if take.group.parent not in chosen]
    last = number == len(design.stages) - 1
    chances = stage_chances(engine, stage, takes, above, "explained_units", last=last)
    by_stratum: dict[str, list[tuple[GroupTake, GroupChances]]] = {}
    for take, group in zip(takes, chances.groups, strict=True):
        by_stratum.setdefault(take.group.stratum, []).append((take, group))
    strata = tuple(_stratum(stage, stratum, by_stratum[stratum]) for stratum in sorted(by_stratum))
    population = sum(stratum.population for stratum in strata)
    return StageExplanation(*head, strata, population, fsum(stratum.expected for stratum in strata), inside), chances


def _chosen(engine: Engine, design: Design, number: int) -> frozenset[str]:
    """List the units above a stage that were chosen by judgement."""
    step = purposive_step(engine, design, number - 1) if number else None
    return frozenset() if step is None else frozenset(row[0] for row in engine.rows(f"SELECT id FROM ({step}) AS c"))


def _stratum(stage: Stage, stratum: str, groups: Sequence[tuple[GroupTake, GroupChances]]) -> StratumExplanation:
    """Add a stratum up over its parents."""
    takes = [take for take, _ in groups]
    chances = [group for _, group in groups]
    sizes = [take.group.total_size or 0 for take in takes]
    return StratumExplanation(
        stratum=stratum,
        groups=len(takes),
        population=sum(take.group.population for take in takes),
        total_size=sum(sizes) if stage.size is not None else None,
        take_least=min(take.main for take in takes),
        take_most=max(take.main for take in takes),
        reserves_most=max(take.reserves for take in takes),
        short=sum(take.short for take in takes),
        short_of_reserves=sum(take.short_of_reserves for take in takes),
        certainties=sum(group.certainties for group in chances),
        dissolved=sum(group.dissolved for group in chances),
        expected=fsum(group.expected for group in chances),
        expected_reserves=fsum(group.expected_reserves for group in chances),
        lone=sum(take.main == 1 < take.group.available for take in takes) if stage.traits.fixed_size else 0,
        without=sum(group.without for group in chances),
        least=min((group.least for group in chances if group.least is not None), default=None),
        most=max((group.most for group in chances if group.most is not None), default=None),
        random=_random_sizes(chances),
    )


def _random_sizes(chances: Sequence[GroupChances]) -> RandomSizes | None:
    """Gather the groups whose sizes are left to chance, the likeliest to be empty first."""
    sizes = [group.random for group in chances if group.random is not None]
    if not sizes:
        return None
    worst = sorted(sizes, key=lambda size: (-size.empty, size.parent or ""))[:WORST_SHOWN]
    return RandomSizes(tuple(worst), len(sizes), fsum(group.expected_empty for group in chances))
