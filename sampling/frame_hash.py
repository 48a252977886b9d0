"""Hash a frame as a tree, so that the whole, or one county's branch of it, can be checked against a commitment."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from sampling.engine import DuckDBEngine, Engine, OpenEngine
from sampling.frame import Frame
from sampling.hashing import UNIT_SEPARATOR, sha256_text
from sampling.levels import Column, Level

PART_UNITS = 500_000
"""Units of the lowest level that are hashed at a time."""
LARGE_UNIT = 1_000_000
"""Units below one unit, above which their hashes are not joined in one text."""
BATCH_NODES = 65_536


@dataclass(frozen=True)
class FrameHash:
    """Hold ``frame_sha256`` and the node of each top unit, in code-point order of the ids."""

    sha256: str
    nodes: tuple[tuple[str, str], ...]


def hash_frame(frame: Frame, engine: OpenEngine = DuckDBEngine, depth: int | None = None) -> FrameHash:
    """Hash every unit of a frame from its leaf upwards; docs/formats.md, Frame hash.

    Parameters
    ----------
    depth : int, optional
        Lowest level that counts, where lists below it come later; all levels unless given.

    Notes
    -----
    The lowest level runs first: each level's nodes are the input of the level above, so memory holds one level of
    hashes, not the tree; of the lowest one, which may be larger than memory, only a part at a time.
    """
    lowest = len(frame.levels) - 1
    with engine(frame) as opened:
        if depth is not None and depth < lowest:
            opened.define(f"node{depth}", _nodes_of_level(opened, frame, depth, childless=True))
            begin = depth - 1
        else:
            if lowest:
                _hash_lowest_levels(opened, frame)
            begin = lowest - 2 if lowest else 0
        for upper in range(begin, -1, -1):
            opened.define(f"node{upper}", _nodes_of_level(opened, frame, upper))
        rows = opened.rows("SELECT id, node FROM node0 ORDER BY id")
    nodes = tuple((str(unit_id), str(node)) for unit_id, node in rows)
    return FrameHash(sha256_text(UNIT_SEPARATOR.join(node for _, node in nodes)), nodes)


def _hash_lowest_levels(engine: Engine, frame: Frame) -> None:
    """Give the nodes of the level above the lowest one, a range of its ids at a time."""
    depth = len(frame.levels) - 2
    parent = engine.quote(frame.levels[depth].id)
    bounds = _bounds(engine, frame.levels[depth], frame.levels[depth + 1])
    large = _large_units(engine, frame.levels[depth], frame.levels[depth + 1])
    others = [f"{parent} NOT IN ({', '.join(map(engine.literal, large))})"] if large else []
    parts = []
    for number, unit_id in enumerate(large):
        parts.append(f"large{number}")
        engine.load(parts[-1], _node_of_large_unit(engine, frame, unit_id))
    for number, bound in enumerate(pairwise([None, *bounds, None])):
        conditions = [*_between(engine, parent, bound), *others]
        engine.define(f"node{depth + 1}", _nodes_of_level(engine, frame, depth + 1, conditions))
        parts.append(f"part{number}")
        engine.define(parts[-1], _nodes_of_level(engine, frame, depth, conditions))
    engine.define(f"node{depth}", " UNION ALL ".join(f"SELECT id, parent, node FROM {part}" for part in parts))


def _between(engine: Engine, column: str, bound: tuple[str | None, str | None]) -> list[str]:
    """Write that a column lies above one text, up to another; None for no bound."""
    after, until = bound
    conditions = [] if after is None else [f"{column} > {engine.literal(after)}"]
    return conditions + ([] if until is None else [f"{column} <= {engine.literal(until)}"])


def _large_units(engine: Engine, upper: Level, lower: Level) -> list[str]:
    """List the units with so many below them that these are not joined in one text."""
    unit, parent = engine.quote(lower.id), engine.quote(upper.id)
    rows = engine.rows(
        f"SELECT {parent} AS id FROM frame WHERE {parent} IS NOT NULL GROUP BY {parent} "
        f"HAVING count({unit}) > {LARGE_UNIT} ORDER BY 1"
    )
    return [str(row[0]) for row in rows]


def _node_of_large_unit(engine: Engine, frame: Frame, unit_id: str) -> dict[str, list[str]]:
    """Hash a unit of the level above the lowest one over its children, a range of their ids at a time."""
    depth = len(frame.levels) - 2
    child = engine.quote(frame.levels[depth + 1].id)
    own = f"{engine.quote(frame.levels[depth].id)} = {engine.literal(unit_id)}"
    parent, leaf = engine.rows(f"SELECT parent, leaf FROM ({_units(engine, frame, depth, [own])}) AS units")[0]
    counted = (
        f"SELECT {child} AS id, row_number() OVER (ORDER BY {child}) AS place FROM frame "
        f"WHERE {own} AND {child} IS NOT NULL"
    )
    bounds = engine.rows(f"SELECT id FROM ({counted}) AS counted WHERE place % {PART_UNITS} = 0 ORDER BY id")
    digest = sha256(str(leaf).encode())
    for bound in pairwise([None, *(str(row[0]) for row in bounds), None]):
        nodes = _nodes_of_level(engine, frame, depth + 1, [own, *_between(engine, child, bound)])
        for batch in engine.table(f"SELECT node FROM ({nodes}) AS nodes ORDER BY id").to_batches(BATCH_NODES):
            digest.update("".join(f"{UNIT_SEPARATOR}{node}" for node in batch.column(0).to_pylist()).encode())
    return {"id": [unit_id], "parent": [str(parent or "")], "node": [digest.hexdigest()]}


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


def nodes_of(engine: Engine, frame: Frame, depth: int) -> list[tuple[str, str]]:
    """Give id and node of each unit of the level above the lowest that has children, in code-point order of the ids."""
    lowest = len(frame.levels) - 1
    if depth != lowest - 1:
        raise ValueError("lists stand at the lowest level")
    child = engine.quote(frame.levels[lowest].id)
    engine.define(f"node{lowest}", _nodes_of_level(engine, frame, lowest))
    engine.define(f"node{depth}", _nodes_of_level(engine, frame, depth, [f"{child} IS NOT NULL"]))
    rows = engine.rows(f"SELECT id, node FROM node{depth} ORDER BY id")
    return [(str(unit_id), str(node)) for unit_id, node in rows]


def _nodes_of_level(
    engine: Engine, frame: Frame, depth: int, conditions: Sequence[str] = (), *, childless: bool = False
) -> str:
    """Write the step that gives (id, parent, node) of one level, or of the rows that fit some conditions."""
    units = _units(engine, frame, depth, conditions)
    if childless or depth == len(frame.levels) - 1:
        return f"SELECT id, parent, {engine.sha256('leaf')} AS node FROM ({units}) AS units"
    joined = engine.ordered_join("node", order="id")
    children = f"SELECT parent, {joined} AS children FROM node{depth + 1} GROUP BY parent"
    separator = engine.character(UNIT_SEPARATOR)
    text = f"CASE WHEN children IS NULL THEN leaf ELSE concat(leaf, {separator}, children) END"
    return (
        f"SELECT units.id AS id, units.parent AS parent, {engine.sha256(text)} AS node "
        f"FROM ({units}) AS units LEFT JOIN ({children}) AS below ON units.id = below.parent"
    )


def _units(engine: Engine, frame: Frame, depth: int, conditions: Sequence[str]) -> str:
    """Write the step that gives (id, parent, leaf) of one level."""
    level = frame.levels[depth]
    unit = engine.quote(level.id)
    parent = engine.quote(frame.levels[depth - 1].id) if depth else "''"
    lowest = depth == len(frame.levels) - 1
    leaf = engine.sha256(_leaf_text(engine, level, aggregate=not lowest))
    source = f"SELECT {unit} AS id, {_one(parent, aggregate=not lowest)} AS parent, {leaf} AS leaf FROM frame "
    where = " AND ".join([f"{unit} IS NOT NULL", *conditions])
    return source + f"WHERE {where}" + ("" if lowest else f" GROUP BY {unit}")


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
