"""What a judged frame has to hold of every household: asked before a draw is committed, and before it is visited."""

# ruff: noqa: S608 (names are quoted by the engine, everything else in a step is ours)

from collections.abc import Mapping
from typing import Any

from sampling.design import Design
from sampling.engine import DuckDBEngine
from sampling.errors import Complaint, complain
from sampling.frame import Frame
from sampling.steps import in_scope

CLASS_COLUMN = "household_class"
REGISTERED_COLUMN = "registered"
PERSONS_COLUMN = "persons"
REMAINING_COLUMN = "remaining_poor_persons"
REQUIRED_COLUMNS = (CLASS_COLUMN, REGISTERED_COLUMN, PERSONS_COLUMN)
"""Columns that the household level of a judged frame must have."""
COUNT_COLUMNS = (PERSONS_COLUMN, REMAINING_COLUMN)
"""Columns of a judged frame that are counted with."""
YES = "是"
NO = "否"
MOST_NAMED = 200
"""Households that are named: a column that is empty is empty everywhere."""


def against_columns(design: Design, file: str) -> list[Complaint]:
    """List why results cannot be computed household by household: the last stage, columns that lack, their types."""
    household = design.levels[-1]
    complaints = []
    if design.stages[-1].name != household.name or design.stages[-1].method != "equal":
        complaints.append(complain("results.last_stage", file=file, stage=design.stages[-1].name, level=household.name))
    if design.first_phase is not None:
        complaints.append(complain("results.second_phase", file=file))
    own = {column.name: column for level in design.levels for column in level.columns}
    complaints += [
        complain("results.frame_column", file=file, name=name) for name in REQUIRED_COLUMNS if name not in own
    ]
    complaints += [
        complain("results.frame_column_type", file=file, name=name, found=own[name].type_text)
        for name in COUNT_COLUMNS
        if name in own and own[name].kind != "integer"
    ]
    return complaints


def against_households(design: Design, frame: Frame) -> tuple[list[Complaint], int]:
    """Name the households taking part that nothing can be computed from, `MOST_NAMED` at most, and count them all.

    The design has passed `against_columns`. Households alike in all three columns are judged once.
    """
    with DuckDBEngine(frame) as engine:
        identifier = engine.quote(design.levels[-1].id)
        columns = ", ".join(engine.quote(name) for name in REQUIRED_COLUMNS)
        rows = engine.rows(
            f"SELECT {columns}, count(*), min({identifier}, {MOST_NAMED}) FROM frame "
            f"WHERE {in_scope(engine, design, len(design.levels) - 1)} GROUP BY {columns}"
        )
    named: list[tuple[str, Complaint]] = []
    total = 0
    for *values, count, units in rows:
        attributes = dict(zip(REQUIRED_COLUMNS, values, strict=True))
        if unusable_column(attributes) is None:
            continue
        total += count
        named += [(str(unit), each) for unit in units if (each := against_household(str(unit), attributes))]
    return [each for _, each in sorted(named, key=lambda pair: pair[0])[:MOST_NAMED]], total


def against_household(unit: str, attributes: Mapping[str, Any]) -> Complaint | None:
    """Say which value of a household nothing can be computed from; None where all can be used."""
    column = unusable_column(attributes)
    if column is None:
        return None
    return complain("frame.household_value", unit=unit, column=column, value=text_of(attributes, column))


def text_of(attributes: Mapping[str, Any], name: str) -> str:
    """Return a value of the frame as text, empty where there is none."""
    value = attributes.get(name)
    return "" if value is None else str(value)


def unusable_column(attributes: Mapping[str, Any]) -> str | None:
    """Return the first column of a household whose value nothing can be computed from; None where all can be used."""
    if not text_of(attributes, CLASS_COLUMN):
        return CLASS_COLUMN
    if text_of(attributes, REGISTERED_COLUMN) not in (YES, NO):
        return REGISTERED_COLUMN
    return None if listed_persons(attributes) else PERSONS_COLUMN


def listed_persons(attributes: Mapping[str, Any]) -> int | None:
    """Return how many persons the frame has for a household; None where it has none."""
    text = text_of(attributes, PERSONS_COLUMN)
    return int(text) or None if text.isascii() and text.isdigit() else None
