"""What the analysis takes from the frame: known persons of the judged counties, columns of the drawn households."""

from collections.abc import Collection, Mapping
from typing import Any

from evalsvc.results.layout import PERSONS_COLUMN, REGISTERED_COLUMN, REMAINING_COLUMN, YES
from evalsvc.results.plan import CountyTotals
from sampling.design import Design
from sampling.engine import DuckDBEngine
from sampling.frame import Frame
from sampling.steps import in_scope

# ruff: noqa: S608 (names are quoted and values are literals, both written by the engine)


def county_totals(frame: Frame, design: Design, counties: Collection[str]) -> tuple[CountyTotals, ...]:
    """Count the persons of the judged counties over every household in the design's scope."""
    with DuckDBEngine(frame) as engine:
        county, persons = engine.quote(design.levels[0].id), engine.quote(PERSONS_COLUMN)
        registered = f"{engine.quote(REGISTERED_COLUMN)} = {engine.literal(YES)}"
        known = any(column.name == REMAINING_COLUMN for level in design.levels for column in level.columns)
        remaining = f"max({engine.quote(REMAINING_COLUMN)})" if known else "0"
        rows = engine.rows(
            f"SELECT {county}, {remaining}, sum(CASE WHEN {registered} THEN {persons} ELSE 0 END),"
            f" sum(CASE WHEN {registered} THEN 0 ELSE {persons} END) FROM frame"
            f" WHERE {in_scope(engine, design, len(design.levels) - 1)} GROUP BY {county} ORDER BY {county}"
        )
    return tuple(CountyTotals(row[0], int(row[1] or 0), int(row[2]), int(row[3])) for row in rows if row[0] in counties)


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
