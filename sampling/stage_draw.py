"""Draw one stage inside the units taken at the stage above: its groups, what each takes, and who is taken."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from sampling.design import Design, Stage
from sampling.engine import Engine
from sampling.groups import Group, GroupTake, plan_takes
from sampling.manifest import ManifestStage, ManifestStratum, ManifestUnit, SampleType
from sampling.methods.taken import Taken
from sampling.steps import purposive_step, read_groups, smallest_tickets_step, units_step
from sampling.tickets import Tickets, start

if TYPE_CHECKING:
    from sampling.methods.group import GroupList


def draw_stage(
    engine: Engine, design: Design, number: int, seed: str, above: ManifestStage | None = None
) -> ManifestStage:
    """Draw one stage; without weights.

    Parameters
    ----------
    number : int
        Position of the stage in the design.
    above : ManifestStage or None
        The stage above as it was drawn; None at the first stage.
    """
    stage = design.stages[number]
    if above is not None:
        engine.load("parents", {"id": [unit.id for unit in above.units]})
    engine.define("units", units_step(engine, design, number, parents=None if above is None else "parents"))
    groups = read_groups(engine, design, number, "units")
    judged = {unit.id for unit in above.units if unit.sample_type == "purposive"} if above else set()
    takes = [_beside(take, judged) for take in plan_takes(stage, groups).takes]
    source = Tickets.of(design, stage.name, seed)
    draw = _draw_equal if stage.method == "equal" else _draw_lists
    drawn = _unannounced(stage, seed, list(draw(engine, stage, source, seed, takes)))
    units = [_without_weight(unit) if unit.parent in judged else unit for unit in drawn]
    strata = tuple(_stratum(stage, group) for group in groups)
    return ManifestStage(stage.name, strata, (*units, *_purposive(engine, design, number, source)))


def _stratum(stage: Stage, group: Group) -> ManifestStratum:
    """Write a group as the manifest counts it."""
    return ManifestStratum(
        group.parent, group.stratum, stage.method, group.population, group.total_size, stage.joint_method
    )


def _beside(take: GroupTake, judged: set[str]) -> GroupTake:
    """Give no reserves to what lies in a purposive unit: nothing that bears no weight is replaced."""
    return replace(take, reserves=0, short_of_reserves=False) if take.group.parent in judged else take


def _draw_equal(
    engine: Engine, _stage: Stage, source: Tickets, _seed: str, takes: Sequence[GroupTake]
) -> Iterable[ManifestUnit]:
    """Take the smallest tickets of every group in one relational step."""
    if not takes:
        return  # the units above have no children that take part
    engine.load(
        "takes",
        {
            "parent": [take.group.parent or "" for take in takes],
            "stratum": [take.group.stratum for take in takes],
            "number": [take.main + take.reserves for take in takes],
        },
    )
    by_group = {(take.group.parent or "", take.group.stratum): take for take in takes}
    for parent, stratum, place, unit_id, ticket in engine.rows(smallest_tickets_step(engine, source, "units", "takes")):
        take = by_group[parent, stratum]
        yield _unit(take, unit_id, ticket, place, Taken(0, take.main, take.group.population))


def _draw_lists(
    engine: Engine, stage: Stage, source: Tickets, seed: str, takes: Sequence[GroupTake]
) -> Iterable[ManifestUnit]:
    """Take a sample of every group's list by the stage's method."""
    from sampling.stage_lists import read_lists  # noqa: PLC0415 (NumPy and SciPy: what draws nothing need not wait)

    by_group = {(take.group.parent or "", take.group.stratum): take for take in takes}
    for (parent, stratum), listed in read_lists(engine, stage, source, "units"):
        given = by_group[parent, stratum]
        if given.main or given.reserves or given.share:
            yield from _draw_list(stage, seed, given, listed)


def _draw_list(stage: Stage, seed: str, given: GroupTake, listed: "GroupList") -> Iterator[ManifestUnit]:
    """Select main units and reserves of one group together; release them in ticket order."""
    from sampling.methods.group import take  # noqa: PLC0415 (as above)
    from sampling.methods.randomness import Stream  # noqa: PLC0415

    group, together = given.group, given.main + given.reserves
    found = take(
        stage.method,
        listed,
        together,
        start=start(seed, stage.name, group.parent, group.stratum),
        stream=Stream(f"{seed}:{stage.name}/{stage.method}:{group.parent or ''}:{group.stratum}"),
        share=given.share,
    )
    for place, one in enumerate(sorted(found, key=lambda one: listed.key(one.position)), start=1):
        released = one
        if given.reserves:
            released = replace(one, numerator=one.numerator * given.main, denominator=one.denominator * together)
        # A sample of random size has no reserves: however many were taken, all are main units.
        at = min(place, given.main) if not given.reserves else place
        yield _unit(given, listed.ids[one.position], listed.tickets[one.position], at, released)


def _unit(given: GroupTake, unit_id: str, ticket: str, place: int, taken: Taken) -> ManifestUnit:
    """Write a taken unit by its place among main units and reserves; its probability is one rounding of integers."""
    group = given.group
    if place > given.main:
        return ManifestUnit(unit_id, group.parent, group.stratum, ticket, None, "reserve", place - given.main)
    probability = taken.numerator / taken.denominator
    certain = probability == 1.0 and taken.times is None
    sample_type: SampleType = "certainty" if certain else "probability"
    return ManifestUnit(unit_id, group.parent, group.stratum, ticket, probability, sample_type, None, times=taken.times)


def _unannounced(stage: Stage, seed: str, units: list[ManifestUnit]) -> list[ManifestUnit]:
    """Mark the main units of each group that are visited without notice, by tickets of their own."""
    if not stage.unannounced:
        return units
    chosen: set[str] = set()
    for _, group in groupby(units, key=lambda unit: (unit.parent, unit.stratum)):
        main = [unit.id for unit in group if unit.sample_type != "reserve"]
        own = Tickets(seed, f"{stage.name}/unannounced").of_units(main)
        chosen |= {unit_id for _, unit_id in sorted(zip(own, main, strict=True))[: stage.unannounced]}
    return [replace(unit, unannounced=unit.id in chosen) for unit in units]


def _without_weight(unit: ManifestUnit) -> ManifestUnit:
    """Write a unit drawn inside a purposive one: however it was drawn, it stands for no other."""
    return replace(unit, probability=None, sample_type="purposive")


def _purposive(engine: Engine, design: Design, number: int, source: Tickets) -> Iterator[ManifestUnit]:
    """List the units that were chosen by judgement, whether or not the unit above was drawn."""
    step = purposive_step(engine, design, number)
    if step is None:
        return
    rows = engine.rows(f"SELECT parent, stratum, id FROM ({step}) AS chosen ORDER BY parent, stratum, id")
    given = None if not design.stages[number].unannounced else False
    for (parent, stratum, unit_id), ticket in zip(rows, source.of_units([row[2] for row in rows]), strict=True):
        yield ManifestUnit(unit_id, parent or None, stratum, ticket, None, "purposive", None, unannounced=given)
