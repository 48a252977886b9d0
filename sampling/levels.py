"""Name the levels of units in a frame and their columns."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sampling.errors import Complaint, SamplingError, complain

Kind = Literal["text", "integer", "decimal"]


@dataclass(frozen=True)
class Column:
    """Name a column and its type; ``decimals`` are the declared places of a decimal column."""

    name: str
    kind: Kind
    decimals: int = 0

    @property
    def type_text(self) -> str:
        """Write the type as the files do: ``text``, ``integer`` or ``decimal(N)``."""
        return f"decimal({self.decimals})" if self.kind == "decimal" else self.kind


@dataclass(frozen=True)
class Level:
    """Name a level of units, its id column and its own columns (the id column is not among them)."""

    name: str
    id: str
    columns: tuple[Column, ...] = ()

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Give the id column, which is text, and the level's own columns."""
        return (Column(self.id, "text"), *self.columns)


def levels_as_json(levels: Sequence[Level]) -> list[dict[str, object]]:
    """Write levels as mappings, designs and the Parquet metadata hold them."""
    return [
        {"name": level.name, "id": level.id, "columns": {own.name: own.type_text for own in level.columns}}
        for level in levels
    ]


def levels_as_text(levels: Sequence[Level]) -> str:
    """Write levels on a line, for people: name, id column and the columns with their types, from the outermost."""
    return " > ".join(
        f"{level.name}({', '.join([level.id, *(f'{own.name} {own.type_text}' for own in level.columns)])})"
        for level in levels
    )


def levels_from_json(value: Sequence[Mapping[str, object]]) -> tuple[Level, ...]:
    """Build levels from a document that fits the schema."""
    levels = []
    for entry in value:
        columns = entry.get("columns")
        own = tuple(_column(name, str(kind)) for name, kind in columns.items()) if isinstance(columns, Mapping) else ()
        levels.append(Level(str(entry["name"]), str(entry["id"]), own))
    return tuple(levels)


def _column(name: str, type_text: str) -> Column:
    """Build a column from its type as text."""
    match = re.fullmatch(r"decimal\((\d)\)", type_text)
    if match:
        return Column(name, "decimal", int(match.group(1)))
    return Column(name, "integer" if type_text == "integer" else "text")


def same_levels(levels: Sequence[Level], others: Sequence[Level]) -> bool:
    """Compare levels; the order of a level's columns says nothing."""
    return levels_as_json(levels) == levels_as_json(others)


def beyond(levels: Sequence[Level], others: Sequence[Level]) -> str:
    """Name the columns, with level and type, that only the first of two lists of levels has; a dash for none."""

    def columns(given: Sequence[Level]) -> list[str]:
        return [f"{level.name}.{own.name} {own.type_text}" for level in given for own in level.all_columns]

    known = set(columns(others))
    return ", ".join(each for each in columns(levels) if each not in known) or "–"


def check_levels(levels: Sequence[Level], file: str) -> list[Complaint]:
    """Complain about level and column names that stand twice."""
    complaints = []
    seen_levels: set[str] = set()
    seen_columns: set[str] = set()
    for number, level in enumerate(levels):
        if level.name in seen_levels:
            complaints.append(complain("frame.duplicate_level", file=file, column=f"levels[{number}]", name=level.name))
        seen_levels.add(level.name)
        for own in level.all_columns:
            if own.name in seen_columns:
                complaints.append(
                    complain("frame.duplicate_column", file=file, column=f"levels[{number}]", name=own.name)
                )
            seen_columns.add(own.name)
    return complaints


def level_depth(levels: Sequence[Level], name: str) -> int:
    """Give the position of a level by name, 0 for the outermost."""
    for depth, level in enumerate(levels):
        if level.name == name:
            return depth
    raise SamplingError("frame.unknown_level", level=name, levels=", ".join(level.name for level in levels))


def column_depth(levels: Sequence[Level], name: str) -> int:
    """Give the depth of the level that owns a column."""
    for depth, level in enumerate(levels):
        if any(own.name == name for own in level.all_columns):
            return depth
    raise SamplingError("frame.unknown_column", name=name)


def find_column(levels: Sequence[Level], name: str) -> Column:
    """Find a column by name."""
    owner = levels[column_depth(levels, name)]
    return next(own for own in owner.all_columns if own.name == name)
