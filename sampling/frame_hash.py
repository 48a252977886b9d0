"""Hash a frame as a tree, so that the whole, or one county's branch of it, can be checked against a commitment."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sampling.engine import DuckDBEngine, Engine, OpenEngine
from sampling.frame import Frame
from sampling.hashing import UNIT_SEPARATOR, sha256_text
from sampling.levels import Column, Level

PART_UNITS = 500_000
"""Units of the lowest level that are hashed at a time."""


@dataclass(frozen=True)
class FrameHash:
    """Hold ``frame_sha256`` and the node of each top unit, in code-point order of the ids."""

    sha256: str
    nodes: tuple[tuple[str, str], ...]


def hash_frame(frame: Frame, engine: OpenEngine = DuckDBEngine) -> FrameHash:
    """Hash every unit of a frame from its leaf upwards; docs/formats.md, Frame hash.

    The lowest level runs first: each level's nodes are the input of the level above, so memory holds one level of
    hashes, not the tree; of the lowest one, which may be larger than memory, only a part at a time.
    """
    lowest = len(frame.levels) - 1
    with engine(frame) as opened:
        if lowest:
            _hash_lowest_levels(opened, frame)
        for depth in range(lowest - 2 if lowest else 0, -1, -1):
            opened.define(f"node{depth}", _nodes_of_level(opened, frame, depth))
        rows = opened.rows("SELECT id, node FROM node0 ORDER BY id")
    nodes = tuple((str(unit_id), str(node)) for unit_id, node in rows)
    return FrameHash(sha256_text(UNIT_SEPARATOR.join(node for _, node in nodes)), nodes)


def _hash_lowest_levels(engine: Engine, frame: Frame) -> None:
    """Give the nodes of the level above the lowest one, a range of its ids at a time."""
    depth = len(frame.levels) - 2
    parent = engine.quote(frame.levels[depth].id)
    bounds = _bounds(engine, frame.levels[depth], frame.levels[depth + 1])
    parts = []
    for number, (after, until) in enumerate(pairwise([None, *bounds, None])):
        conditions = [] if after is None else [f"{parent} > {engine.literal(after)}"]
        conditions += [] if until is None else [f"{parent} <= {engine.literal(until)}"]
        engine.define(f"node{depth + 1}", _nodes_of_level(engine, frame, depth + 1, conditions))
        parts.append(f"part{number}")
        engine.define(parts[-1], _nodes_of_level(engine, frame, depth, conditions))
    engine.define(f"node{depth}", " UNION ALL ".join(f"SELECT id, parent, node FROM {part}" for part in parts))


def _bounds(engine: Engine, upper: Level, lower: Level) -> list[str]:
    """Cut the units of a level, in order of their ids, where some hundred thousand units below them have gone by.

    A frame's file is in order of the ids, so a range of them is a stretch of the file.
    """
    unit, parent = engine.quote(lower.id), engine.quote(upper.id)
    counts = f"SELECT {parent} AS id, count({unit}) AS children FROM frame WHERE {parent} IS NOT NULL GROUP BY {parent}"
    running = f"SELECT id, sum(children) OVER (ORDER BY id) AS running FROM ({counts}) AS counts"
    part = f"CAST(floor(running / {PART_UNITS}.0) AS BIGINT)"
    rows = engine.rows(f"SELECT max(id) AS id FROM ({running}) AS running GROUP BY {part} ORDER BY 1")
    return [str(row[0]) for row in rows[:-1]]


def _nodes_of_level(engine: Engine, frame: Frame, depth: int, conditions: Sequence[str] = ()) -> str:
    """Write the step that gives (id, parent, node) of one level, or of the rows that fit some conditions."""
    level = frame.levels[depth]
    unit = engine.quote(level.id)
    parent = engine.quote(frame.levels[depth - 1].id) if depth else "''"
    lowest = depth == len(frame.levels) - 1
    leaf = engine.sha256(_leaf_text(engine, level, aggregate=not lowest))
    source = f"SELECT {unit} AS id, {_one(parent, aggregate=not lowest)} AS parent, {leaf} AS leaf FROM frame "
    where = " AND ".join([f"{unit} IS NOT NULL", *conditions])
    units = source + f"WHERE {where}" + ("" if lowest else f" GROUP BY {unit}")
    if lowest:
        return f"SELECT id, parent, {engine.sha256('leaf')} AS node FROM ({units}) AS units"
    joined = engine.ordered_join("node", order="id")
    children = f"SELECT parent, {joined} AS children FROM node{depth + 1} GROUP BY parent"
    separator = engine.character(UNIT_SEPARATOR)
    text = f"CASE WHEN children IS NULL THEN leaf ELSE concat(leaf, {separator}, children) END"
    return (
        f"SELECT units.id AS id, units.parent AS parent, {engine.sha256(text)} AS node "
        f"FROM ({units}) AS units LEFT JOIN ({children}) AS below ON units.id = below.parent"
    )


def _leaf_text(engine: Engine, level: Level, *, aggregate: bool) -> str:
    """Write the values of a unit as one text, columns in code-point order of their names."""
    separator = engine.character(UNIT_SEPARATOR)
    ordered = sorted(level.all_columns, key=lambda own: own.name)
    values = [_value_text(engine, own, aggregate=aggregate) for own in ordered]
    return f"concat_ws({separator}, {', '.join(values)})"


def _value_text(engine: Engine, own: Column, *, aggregate: bool) -> str:
    """Write one value: text as it is, numbers in plain digits with their declared places, null as empty text."""
    value = _one(engine.quote(own.name), aggregate=aggregate)
    text = value if own.kind == "text" else engine.as_text(value)
    return f"coalesce({text}, '')"


def _one(value: str, *, aggregate: bool) -> str:
    """Take a column's one value from the rows of a unit, which an import has checked to agree."""
    return f"max({value})" if aggregate else value
