"""What the analysis takes from the frame: known persons of the judged counties, columns of the drawn households."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from evalsvc.frames.judged import PERSONS_COLUMN, REGISTERED_COLUMN, REMAINING_COLUMN, YES
from evalsvc.planning.plan import CountyTotals
from sampling.design import Design
from sampling.engine import DuckDBEngine
from sampling.frame import Frame
from sampling.steps import covered, kept

# ruff: noqa: S608 (names are quoted and values are literals, both written by the engine)


def county_totals(frame: Frame, design: Design, counties: Collection[str]) -> tuple[CountyTotals, ...]:
    """Count the persons of the judged counties over every household that the sample speaks of."""
    with DuckDBEngine(frame) as engine:
        county, persons = engine.quote(design.levels[0].id), engine.quote(PERSONS_COLUMN)
        registered = f"{engine.quote(REGISTERED_COLUMN)} = {engine.literal(YES)}"
        known = any(column.name == REMAINING_COLUMN for level in design.levels for column in level.columns)
        remaining = f"max({engine.quote(REMAINING_COLUMN)})" if known else "0"
        rows = engine.rows(
            f"SELECT {county}, {remaining}, sum(CASE WHEN {registered} THEN {persons} ELSE 0 END),"
            f" sum(CASE WHEN {registered} THEN 0 ELSE {persons} END) FROM frame"
            f" WHERE {covered(engine, design, len(design.levels) - 1)} GROUP BY {county} ORDER BY {county}"
        )
    return tuple(CountyTotals(row[0], int(row[1] or 0), int(row[2]), int(row[3])) for row in rows if row[0] in counties)


@dataclass(frozen=True)
class CountyScope:
    """One judged county as the design sees it: what stands in the frame and takes part."""

    county: str
    name: str
    villages: int
    households: int
    totals: CountyTotals


@dataclass(frozen=True)
class Exclusion:
    """One rule that leaves units out, with how many it left out in the judged counties."""

    level: str
    column: str
    values: tuple[str, ...]
    reason: str
    units: int


def county_scopes(frame: Frame, design: Design, counties: Collection[str]) -> tuple[CountyScope, ...]:
    """Count villages, households and persons of the judged counties within the design's scope.

    Where lists come later, households and persons are those of the villages that were listed, villages are all.
    """
    totals = {each.county: each for each in county_totals(frame, design, counties)}
    lowest = len(design.levels) - 1
    with DuckDBEngine(frame) as engine:
        county, name = engine.quote(design.levels[0].id), _county_name(engine, design)
        rows = engine.rows(
            f"SELECT {county}, {name}, count(DISTINCT {engine.quote(design.levels[lowest - 1].id)}), count(*)"
            f" FROM frame WHERE {covered(engine, design, lowest)} GROUP BY {county} ORDER BY {county}"
        )
        villages = {row[0]: int(row[2]) for row in rows}
        if design.first_later() is not None:
            villages = _villages(engine, design)
    return tuple(
        CountyScope(row[0], str(row[1]), villages[row[0]], int(row[3]), totals[row[0]])
        for row in rows
        if row[0] in totals
    )


def county_names(frame: Frame, design: Design) -> dict[str, str]:
    """Name the counties that units of the first stage take part in, by code."""
    with DuckDBEngine(frame) as engine:
        county, name = engine.quote(design.levels[0].id), _county_name(engine, design)
        where = covered(engine, design, design.depth(0))
        rows = engine.rows(f"SELECT {county}, {name} FROM frame WHERE {where} GROUP BY {county} ORDER BY {county}")
    return {row[0]: str(row[1]) for row in rows}


def _county_name(engine: DuckDBEngine, design: Design) -> str:
    """Write the expression of a county's name: its column that is called like the level, else its code."""
    level = design.levels[0]
    named = level.name in {column.name for column in level.columns}
    return f"max({engine.quote(level.name)})" if named else engine.quote(level.id)


def _villages(engine: DuckDBEngine, design: Design) -> dict[str, int]:
    """Count the units above the lowest level in each county, whether anything is listed in them or not."""
    depth = len(design.levels) - 2
    county, village = (engine.quote(design.levels[place].id) for place in (0, depth))
    where = covered(engine, design, depth)
    rows = engine.rows(f"SELECT {county}, count(DISTINCT {village}) FROM frame WHERE {where} GROUP BY {county}")
    return {row[0]: int(row[1]) for row in rows}


def exclusions(frame: Frame, design: Design) -> tuple[Exclusion, ...]:
    """Count the units that each rule of exclusion leaves out of what the other rules let in."""
    names = [level.name for level in design.levels]
    found = []
    with DuckDBEngine(frame) as engine:
        for rule in design.exclude:
            depth = names.index(rule.level)
            inside = covered(engine, replace(design, exclude=()), depth)
            unit = engine.quote(design.levels[depth].id)
            rows = engine.rows(
                f"SELECT count(DISTINCT {unit}) FROM frame WHERE {inside} AND {kept(engine, design, rule)}"
            )
            found.append(Exclusion(rule.level, rule.column, rule.values, rule.reason or "", int(rows[0][0])))
    return tuple(found)


def household_attributes(frame: Frame, household_ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Read the frame's columns of some households and of their parents."""
    level = frame.levels[-1]
    with DuckDBEngine(frame) as engine:
        engine.load("wanted", {"id": list(household_ids)})
        names = [column.name for each in frame.levels for column in each.all_columns]
        listed = ", ".join(engine.quote(name) for name in names)
        rows = engine.rows(f"SELECT {listed} FROM frame WHERE {engine.quote(level.id)} IN (SELECT id FROM wanted)")
    found = (dict(zip(names, row, strict=True)) for row in rows)
    return {str(each[level.id]): each for each in found}
