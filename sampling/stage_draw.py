"""Draw one stage inside the units taken at the stage above: its groups, what each takes, and who is taken."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from sampling.design import Design, Stage
from sampling.engine import Engine
from sampling.groups import Group, GroupTake, plan_takes
from sampling.manifest import ManifestStage, ManifestStratum, ManifestUnit
from sampling.steps import purposive_step, read_groups, smallest_tickets_step, units_step
from sampling.taken_units import TakenUnits, pick, write_unit
from sampling.tickets import Tickets, start

if TYPE_CHECKING:
    from sampling.methods.group import GroupList
    from sampling.stage_lists import Rows

WASTE = 4
"""How many times more keys may be listed than are taken before each group is told its own number, by a join."""
KEYS_HELD = 250_000
"""Units that are taken in one step; more than a part of the memory that the engine is given could hold at once."""
_NUMBERED = (
    "SELECT units.parent, units.stratum, units.id, takes.number FROM units "
    "JOIN takes ON units.parent = takes.parent AND units.stratum = takes.stratum WHERE takes.number > 0"
)


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
        engine.load("parents", {"id": _ids(above.units)})
    # Rows of the lowest level are units already: reading the frame again costs less than keeping so many.
    lowest = design.depth(number) == len(design.levels) - 1
    parents = None if above is None or _all_taken(design, number, above) else "parents"
    step = units_step(engine, design, number, parents=parents)
    engine.define("units", step, kept=not lowest)
    rows = None if stage.method == "equal" else _rows(engine, stage, inside=above is not None)
    groups = read_groups(engine, design, number, "units") if rows is None else _groups(rows, stage)
    groups = repeated(groups, above)
    judged = (
        {unit.id for unit in above.units if unit.sample_type == "purposive"} if above and design.purposive else set()
    )
    takes: Sequence[GroupTake] = plan_takes(stage, groups).takes
    if judged:
        takes = [_beside(take, judged) for take in takes]
    source = Tickets.of(design, stage.name, seed)
    strata = tuple(_stratum(stage, group) for group in groups)
    taken: Sequence[ManifestUnit] = (
        _draw_equal(engine, source, takes) if rows is None else tuple(_draw_lists(rows, stage, source, seed, takes))
    )
    if stage.unannounced:
        taken = _unannounced(stage, seed, taken)
    if judged:
        taken = tuple(_without_weight(unit) if unit.parent in judged else unit for unit in taken)
    beside = tuple(_purposive(engine, design, number, source))
    return ManifestStage(stage.name, strata, (*taken, *beside) if beside else taken)


def _all_taken(design: Design, number: int, above: ManifestStage) -> bool:
    """Tell whether a first stage took every unit, so that those of the second need not be looked for."""
    everyone = sum(stratum.population for stratum in above.strata)
    return number == 1 and not design.purposive and len(above.units) == everyone


def _ids(units: Sequence[ManifestUnit]) -> list[str]:
    """List the ids of drawn units."""
    return list(units.ids()) if isinstance(units, TakenUnits) else [unit.id for unit in units]


def _stratum(stage: Stage, group: Group) -> ManifestStratum:
    """Write a group as the manifest counts it."""
    return ManifestStratum(
        group.parent, group.stratum, stage.method, group.population, group.total_size, stage.joint_method
    )


def repeated(groups: list[Group], above: ManifestStage | None) -> list[Group]:
    """Tell the groups how often their parent was drawn: one that came several times gives several takes."""
    if above is None or isinstance(above.units, TakenUnits):
        return groups
    times = {unit.id: unit.times for unit in above.units if unit.times is not None and unit.times > 1}
    return [replace(group, times=times.get(group.parent or "", 1)) for group in groups] if times else groups


def _beside(take: GroupTake, judged: set[str]) -> GroupTake:
    """Give no reserves to what lies in a purposive unit: nothing that bears no weight is replaced."""
    return replace(take, reserves=0, short_of_reserves=False) if take.group.parent in judged else take


def _draw_equal(engine: Engine, source: Tickets, takes: Sequence[GroupTake]) -> Sequence[ManifestUnit]:
    """Take the smallest tickets of every group in one relational step."""
    numbers = [take.main + take.reserves for take in takes]
    most = max(numbers, default=0)
    if not most:
        return ()  # the units above have no children that take part
    units, number = "units", str(most)
    if most * len(takes) > WASTE * sum(numbers) or not all(numbers):
        parents, strata = [take.group.parent or "" for take in takes], [take.group.stratum for take in takes]
        engine.load("takes", {"parent": parents, "stratum": strata, "number": numbers})
        units, number = f"({_NUMBERED}) AS numbered", "number"
    steps = [
        smallest_tickets_step(engine, source, f"(SELECT * FROM {units} WHERE {within}) AS part", number, most)
        for within in _stretches(engine, takes)
    ]
    return pick(takes, [engine.table(step) for step in steps], len("0") if source.shift else 0)


def _stretches(engine: Engine, takes: Sequence[GroupTake]) -> Iterator[str]:
    """Cut the parents, which stand in order, where so many units have been taken that their keys fill much memory.

    A frame's file is in order of the ids, so that each stretch of parents is a stretch of the file.
    """
    ends, held = list[str](), 0
    last: str | None = None
    for given in takes:
        parent = given.group.parent
        if held >= KEYS_HELD and parent is not None and parent != last:
            ends.append(parent)
            held = 0
        last = parent
        held += given.main + given.reserves
    for begin, end in pairwise([None, *ends, None]):
        after = [] if begin is None else [f"parent >= {engine.literal(begin)}"]
        before = [] if end is None else [f"parent < {engine.literal(end)}"]
        yield " AND ".join([*after, *before]) or "TRUE"


def _rows(engine: Engine, stage: Stage, *, inside: bool) -> "Rows":
    """Fetch the units, for a method that walks along lists of them."""
    from sampling.stage_lists import read_rows  # noqa: PLC0415 (NumPy and SciPy: what draws nothing need not wait)

    return read_rows(engine, stage, "units", inside=inside)


def _groups(rows: "Rows", stage: Stage) -> list[Group]:
    from sampling.stage_lists import groups_of  # noqa: PLC0415 (as above)

    return groups_of(rows, stage)


def _draw_lists(
    rows: "Rows", stage: Stage, source: Tickets, seed: str, takes: Sequence[GroupTake]
) -> Iterable[ManifestUnit]:
    """Take a sample of every group's list by the stage's method."""
    from sampling.stage_lists import lists_of  # noqa: PLC0415 (as above)

    by_group = {(take.group.parent or "", take.group.stratum): take for take in takes}
    for (parent, stratum), listed in lists_of(rows, stage, source):
        given = by_group[parent, stratum]
        if given.main or given.reserves or given.share:
            yield from _draw_list(stage, seed, given, listed)


def _draw_list(stage: Stage, seed: str, given: GroupTake, listed: "GroupList") -> Iterator[ManifestUnit]:
    """Select main units and reserves of one group together, and release them one after the other."""
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
    keys = listed.keys([one.position for one in found])
    for place, i in enumerate(_release(stage, seed, given.main, keys), start=1):
        released, (_, ticket, unit_id) = found[i], keys[i]
        chance = released.numerator, released.denominator
        if given.reserves:
            chance = chance[0] * given.main, chance[1] * together
        # A sample of random size has no reserves: however many were taken, all are main units.
        at = min(place, given.main) if not given.reserves else place
        yield write_unit(given, at, unit_id, ticket, chance, times=released.times)


def _release(stage: Stage, seed: str, main: int, keys: Sequence[tuple[int, str, str]]) -> list[int]:
    """Order the units taken: main units by ticket, then reserves as they are to be opened.

    Where the tickets have made the list on which a stream of numbers decided, they say something about who was taken;
    tickets of their own release each unit with the same chance.
    """
    by_ticket = sorted(range(len(keys)), key=keys.__getitem__)
    if stage.traits.numbers == "tickets" or main >= len(keys):
        return by_ticket
    ids = [unit_id for _, _, unit_id in keys]
    own = list(zip(Tickets(seed, f"{stage.name}/release").of_units(ids), ids, strict=True))
    released = sorted(range(len(keys)), key=own.__getitem__)
    first = set(released[:main])
    return [*(i for i in by_ticket if i in first), *released[main:]]


def _unannounced(stage: Stage, seed: str, units: Sequence[ManifestUnit]) -> tuple[ManifestUnit, ...]:
    """Mark the main units of each group that are visited without notice, by tickets of their own."""
    chosen: set[str] = set()
    for _, group in groupby(units, key=lambda unit: (unit.parent, unit.stratum)):
        main = [unit.id for unit in group if unit.sample_type != "reserve"]
        own = Tickets(seed, f"{stage.name}/unannounced").of_units(main)
        chosen |= {unit_id for _, unit_id in sorted(zip(own, main, strict=True))[: stage.unannounced]}
    return tuple(replace(unit, unannounced=unit.id in chosen) for unit in units)


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
