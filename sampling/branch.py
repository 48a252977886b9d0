"""Check the part of a draw that one branch of the frame can show: a county, with its own file, by itself."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from sampling.compare import Finding, StatedStage
from sampling.design import Design, Stage
from sampling.engine import Engine
from sampling.errors import complain
from sampling.groups import plan_takes
from sampling.manifest import ManifestStage, ManifestStratum, ManifestUnit
from sampling.methods.catalogue import METHODS
from sampling.steps import purposive_step, read_groups, units_step
from sampling.takes import TakeTotal
from sampling.tickets import TICKET_RANGE, Tickets


@dataclass(frozen=True)
class Branch:
    """Hold the ids of the top units whose branch a file holds."""

    tops: frozenset[str]


def is_complete(design: Design, number: int) -> bool:
    """Tell whether a branch shows all that a stage's groups depend on.

    Groups lie in a parent, or their strata name the top unit; at the first stage a total that several top units share
    also hangs on the others, even where every group lies inside one.
    """
    return number > 0 or not why_partial(design)


def hangs_on_others(design: Design) -> bool:
    """Tell whether a top unit with its own file can check its part of the first stage only partly, needlessly.

    Where the top units are drawn themselves, no strata could lie inside one.
    """
    return design.stages[0].name != design.levels[0].name and bool(why_partial(design))


def why_partial(design: Design) -> str:
    """Say why a branch does not show all that the first stage depends on; empty text where it does."""
    stage, top = design.stages[0], design.levels[0].id
    if top not in stage.strata:
        return "groups that reach beyond the branch"
    totals = [take for take in (stage.take, stage.reserves) if isinstance(take, TakeTotal)]
    return "" if all(top in take.within for take in totals) else "a total that units beyond the branch share"


def lines_inside(
    design: Design,
    number: int,
    stage: ManifestStage,
    branch: Branch,
    *,
    above: ManifestStage | None,
    right: ManifestStage,
) -> StatedStage:
    """Pick a manifest's lines whose groups lie inside a branch, and those of its purposive units.

    Parameters
    ----------
    above : ManifestStage or None
        Units of the stage above that lie in the branch; None at the first stage.
    right : ManifestStage
        The stage as it was drawn again from the branch: purposive units may lie in a unit that was not drawn.
    """
    parents = set() if above is None else {unit.id for unit in above.units}
    chosen = {unit.id for unit in right.units if unit.sample_type == "purposive"}
    inside = _first_stage_test(design, branch) if above is None else lambda line: line.parent in parents
    return StatedStage(
        number,
        stage.name,
        tuple((i, line) for i, line in enumerate(stage.strata) if inside(line)),
        tuple((i, line) for i, line in enumerate(stage.units) if inside(line) or line.id in chosen),
    )


def _first_stage_test(design: Design, branch: Branch) -> Callable[[ManifestStratum | ManifestUnit], bool]:
    """Tell by the top unit's id, which is one part of the stratum."""
    part = design.stages[0].strata.index(design.levels[0].id)

    def inside(line: ManifestStratum | ManifestUnit) -> bool:
        values = line.stratum.split("/")
        return part < len(values) and values[part] in branch.tops

    return inside


def units_of_branch(engine: Engine, design: Design, stage: ManifestStage) -> ManifestStage:
    """Keep the stated units of a first stage that stand in the branch's file."""
    engine.define("units", units_step(engine, design, 0))
    ids = {row[0] for row in engine.rows("SELECT id FROM units")} | {row[0] for row in _chosen(engine, design)}
    return ManifestStage(stage.name, stage.strata, tuple(unit for unit in stage.units if unit.id in ids))


def _chosen(engine: Engine, design: Design) -> list[tuple[str, str]]:
    """List id and stratum of the branch's purposive units of the first stage."""
    step = purposive_step(engine, design, 0)
    return [] if step is None else [(row[0], row[1]) for row in engine.rows(f"SELECT id, stratum FROM ({step}) AS c")]


def check_tickets(engine: Engine, design: Design, stated: ManifestStage, seed: str) -> Iterator[Finding]:
    """Check what a branch shows of a first stage that hangs on others too: tickets, units that should have been taken.

    The step before has left the branch's units of the first stage in the table ``units``.
    """
    stage = design.stages[0]
    yield Finding("stages[0].take", True, "a stage that the branch shows wholly", why_partial(design), "partial")
    if design.levels[0].id in stage.strata:
        yield from _check_strata(engine, design, stated)
    sizes = "size" if stage.size is not None else "0"
    rows = engine.rows(f"SELECT id, stratum, {sizes} FROM units ORDER BY id")
    source = Tickets.of(design, stage.name, seed)
    made = dict(zip((row[0] for row in rows), source.of_units(row[0] for row in rows), strict=True))
    lines = {unit.id: (i, unit) for i, unit in enumerate(stated.units)}
    strata = {one.stratum: one for one in stated.strata}
    chances = _chances(engine, design, stated)
    if stage.method != "equal" and any(stratum not in chances for _, stratum, _ in rows):
        yield Finding.unseen("stages[0].units", len(rows), complain("draw.taking_not_checked", stage=stage.name))
    checked = 0
    for unit_id, stratum, size in rows:
        chance = chances[stratum].of(int(size)) if stratum in chances else None
        taken = chance is not None and source.number(made[unit_id]) < chance * TICKET_RANGE
        if unit_id not in lines:
            if taken or (stage.method == "equal" and source.key(made[unit_id]) < _last_ticket(source, stated, stratum)):
                yield Finding(f"stages[0].units {unit_id}", False, unit_id, None, "partial")
            continue
        checked += 1
        i, unit = lines[unit_id]
        if chance is not None and not taken:
            yield Finding(f"stages[0].units[{i}] {unit_id}", False, None, unit_id, "partial")
        for name, value in (("ticket", made[unit_id]), ("stratum", stratum), ("parent", None)):
            if getattr(unit, name) != value:
                yield Finding(f"stages[0].units[{i}].{name} {unit_id}", False, value, getattr(unit, name), "partial")
        known = None if chance is None else min(chance, Fraction(1))
        value = float(known) if known else _probability(stage, stated, strata.get(stratum), unit, int(size))
        if value is not None and unit.probability != value:
            yield Finding(f"stages[0].units[{i}].probability {unit_id}", False, value, unit.probability, "partial")
    chosen = list(_check_chosen(engine, design, lines))
    yield from chosen
    checked += len(chosen)
    yield Finding(f"stages[0].units {stated.name}", True, checked, checked, "partial")


@dataclass(frozen=True)
class _Chance:
    """Give the probability that a unit of a group is taken by itself: the same for all, or in proportion to sizes."""

    same: Fraction | None
    per_size: Fraction

    def of(self, size: int) -> Fraction:
        """Give the probability of a unit of this size; 1 or more for a certainty."""
        return self.per_size * size if self.same is None else self.same


def _chances(engine: Engine, design: Design, stated: ManifestStage) -> dict[str, _Chance]:
    """Work out, by stratum, the chances of units that are taken each by itself, from the stated N and total of sizes.

    A group with a certainty is left out: how many units are left to the others hangs on sizes beyond the branch; so is
    one that shares a total.
    """
    stage = design.stages[0]
    if stage.traits.fixed_size or isinstance(stage.take, TakeTotal):
        return {}
    lines = {one.stratum: one for one in stated.strata}
    certain = {unit.stratum for unit in stated.units if unit.sample_type == "certainty"}
    groups = [
        replace(group, population=line.population, total_size=line.total_size, available=line.population)
        for group in read_groups(engine, design, 0, "units")
        if (line := lines.get(group.stratum)) is not None
    ]
    found = {}
    for take in plan_takes(stage, groups).takes:
        group = take.group
        if stage.method == "bernoulli":
            same = take.share if take.share is not None else Fraction(take.main, max(group.population, 1))
            found[group.stratum] = _Chance(same, Fraction(0))
        elif group.total_size and group.stratum not in certain:
            found[group.stratum] = _Chance(None, Fraction(take.main, group.total_size))
    return found


def _check_chosen(engine: Engine, design: Design, lines: Mapping[str, tuple[int, ManifestUnit]]) -> Iterator[Finding]:
    """See that every unit that a rule names as purposive stands so in the manifest; a finding for each."""
    for unit_id, _ in _chosen(engine, design):
        i, unit = lines.get(unit_id, (None, None))
        found = None if unit is None else unit.sample_type
        place = "" if i is None else f"[{i}].sample_type"
        yield Finding(f"stages[0].units{place} {unit_id}", found == "purposive", "purposive", found, "partial")


def _check_strata(engine: Engine, design: Design, stated: ManifestStage) -> Iterator[Finding]:
    """Compare the counts of the groups inside the branch, which do not hang on how a total is shared."""
    lines = {one.stratum: (i, one) for i, one in enumerate(stated.strata)}
    for group in read_groups(engine, design, 0, "units"):
        if group.stratum not in lines:
            yield Finding(f"stages[0].strata :{group.stratum}", False, f":{group.stratum}", None, "partial")
            continue
        i, line = lines[group.stratum]
        for name, value in (("population", group.population), ("total_size", group.total_size)):
            found = getattr(line, name)
            if found != value:
                yield Finding(f"stages[0].strata[{i}].{name} :{group.stratum}", False, value, found, "partial")


def _last_ticket(source: Tickets, stated: ManifestStage, stratum: str) -> tuple[int, str]:
    """Give the greatest ticket that an equal-probability group took, and what it is ordered by."""
    drawn = (unit for unit in stated.units if unit.stratum == stratum and unit.sample_type != "purposive")
    return max((source.key(unit.ticket) for unit in drawn), default=(0, ""))


def _probability(
    stage: Stage, stated: ManifestStage, stratum: ManifestStratum | None, unit: ManifestUnit, size: int
) -> float | None:
    """Recompute a probability from the stated population or total; None where the branch does not show enough."""
    if stratum is None or unit.probability is None:
        return None
    group = [one for one in stated.units if one.stratum == unit.stratum and one.sample_type != "purposive"]
    main = [one for one in group if one.sample_type != "reserve"]
    traits = METHODS[stage.method]
    if not traits.fixed_size:
        return None  # how many were expected is not stated
    if stage.method == "with_replacement":
        return sum(one.times or 0 for one in main) * size / (stratum.total_size or 1)
    if stage.size is None:
        return len(main) / stratum.population
    if len(main) < len(group) or any(one.sample_type == "certainty" for one in group) or not stratum.total_size:
        return None
    return len(main) * size / stratum.total_size
