"""Check what a stage's method asks of the frame: numbers, planned values, groups that are not too large."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)
from collections.abc import Iterator, Sequence

from sampling.design import Design, Stage
from sampling.engine import Engine
from sampling.errors import Complaint, complain
from sampling.groups import Group, GroupTake
from sampling.methods.catalogue import EXACT
from sampling.methods.probabilities import inclusion
from sampling.steps import in_scope, number_columns
from sampling.takes import Take, TakeTotal

UNDRAWABLE = frozenset(
    {
        "design.planned_missing_for",
        "design.group_too_large",
        "design.odds_not_found",
        "design.number_missing",
        "design.no_latitude",
        "design.no_longitude",
        "design.weight_unreadable",
        "design.negative_size",
        "design.size_too_large",
    }
)
"""Complaints about a design and a frame from which nothing can be drawn at all."""
NUMBER = "^[0-9]{1,15}([.][0-9]{1,30})?$"
"""A weight in plain digits that a double holds: neither infinite nor zero."""


def check_numbers(engine: Engine, design: Design) -> Iterator[Complaint]:
    """Complain about units without a number that their method rests on, and about weights that are none."""
    for i, stage in enumerate(design.stages):
        scope = in_scope(engine, design, design.depth(i))
        unit = engine.quote(design.levels[design.depth(i)].id)
        for name in number_columns(stage):
            step = f"SELECT count(DISTINCT {unit}) FROM frame WHERE {scope} AND {engine.quote(name)} IS NULL"
            missing = engine.rows(step)[0][0]
            if missing:
                key = "balance" if name in stage.balance else "coordinates"
                yield complain("design.number_missing", column=f"stages[{i}].{key}", name=name, count=missing)
        yield from _check_degrees(engine, stage, unit, scope, f"stages[{i}].coordinates")
    if design.first_phase is not None:
        weight = engine.quote(design.first_phase.weight)
        sound = f"coalesce({engine.matches(weight, NUMBER)} AND {engine.matches(weight, '[1-9]')}, FALSE)"
        scope = in_scope(engine, design, design.depth(len(design.stages) - 1))
        wrong = engine.rows(f"SELECT count(*) FROM frame WHERE {scope} AND NOT {sound}")[0][0]
        if wrong:
            name = design.first_phase.weight
            yield complain("design.weight_unreadable", column="first_phase.weight", name=name, count=wrong)


def _check_degrees(engine: Engine, stage: Stage, unit: str, scope: str, place: str) -> Iterator[Complaint]:
    """Complain about degrees that no place on earth has: mostly the two columns stand in the wrong order."""
    columns = stage.coordinates
    if columns is None or columns.kind != "degrees":
        return
    for code, name, most in (("design.no_longitude", columns.first, 180), ("design.no_latitude", columns.second, 90)):
        step = f"SELECT count(DISTINCT {unit}) FROM frame WHERE {scope} AND abs({engine.quote(name)}) > {most}"
        wrong = engine.rows(step)[0][0]
        if wrong:
            yield complain(code, column=place, name=name, count=wrong)


def check_planned(stage: Stage, groups: Sequence[Group], place: str) -> Iterator[Complaint]:
    """Complain about strata for which nothing is planned, where an allocation rests on it."""
    for key, take in (("take", stage.take), ("reserves", stage.reserves)):
        for name in _planned_names(take):
            planned = getattr(take, name)
            lacking = [group for group in groups if planned.value(group.values) is None]
            if lacking:
                column = f"{place}.{key}.{name}"
                stratum = lacking[0].stratum
                yield complain(
                    "design.planned_missing_for", column=column, name=name, stratum=stratum, count=len(lacking)
                )


def _planned_names(take: Take) -> list[str]:
    if not isinstance(take, TakeTotal):
        return []
    return [name for name in ("deviation", "cost") if getattr(take, name) is not None]


def check_groups(
    engine: Engine, stage: Stage, takes: Sequence[GroupTake], place: str, units: str
) -> Iterator[Complaint]:
    """Complain about groups too large for a textbook method or its exact joint probabilities, or without odds.

    Parameters
    ----------
    units : str
        Name of the table that ``units_step`` made.
    """
    large = list(_too_large(stage, takes, stage.traits.most_units, "design.group_too_large", f"{place}.method"))
    yield from large
    if stage.joint_method == EXACT:
        column, most = f"{place}.joint_method", stage.traits.most_joint_units
        yield from _too_large(stage, takes, most, "design.joint_too_large", column)
    if stage.method == "maximum_entropy" and not large:
        yield from _check_odds(engine, takes, place, units)


def _too_large(
    stage: Stage, takes: Sequence[GroupTake], most: int | None, code: str, column: str
) -> Iterator[Complaint]:
    """Complain once of all groups above a limit, naming the largest."""
    large = [take.group for take in takes if most is not None and take.group.population > most]
    if large:
        worst = max(large, key=lambda group: group.population)
        yield complain(
            code,
            column=column,
            method=stage.method,
            stratum=worst.stratum,
            units=worst.population,
            limit=most,
            count=sum(group.alike for group in large),
        )


def _check_odds(engine: Engine, takes: Sequence[GroupTake], place: str, units: str) -> Iterator[Complaint]:
    """See before anything is bound that the draw will not fail: probabilities very near 0 or 1 can make it."""
    import numpy as np  # noqa: PLC0415 (what draws nothing need not wait for it)

    from sampling.methods.maximum_entropy import odds_of  # noqa: PLC0415

    sizes: dict[tuple[str, str], list[int]] = {}
    for parent, stratum, size in engine.rows(f"SELECT parent, stratum, size FROM {units}"):
        sizes.setdefault((parent, stratum), []).append(int(size))
    for take in takes:
        group = take.group
        own = sizes[group.parent or "", group.stratum]
        found = inclusion(own, take.main + take.reserves)
        if not found.points:
            continue
        try:
            odds_of(np.array(found.floats(own, found.others(own))))
        except ArithmeticError:
            yield complain("design.odds_not_found", column=f"{place}.method", stratum=group.stratum, units=len(own))
