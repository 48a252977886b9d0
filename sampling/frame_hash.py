"""Hash a frame as a tree, so that the whole, or one county's branch of it, can be checked against a commitment."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)

from dataclasses import dataclass

from sampling.engine import DuckDBEngine, Engine, OpenEngine
from sampling.frame import Frame
from sampling.hashing import UNIT_SEPARATOR, sha256_text
from sampling.levels import Column, Level


@dataclass(frozen=True)
class FrameHash:
    """Hold ``frame_sha256`` and the node of each top unit, in code-point order of the ids."""

    sha256: str
    nodes: tuple[tuple[str, str], ...]


def hash_frame(frame: Frame, engine: OpenEngine = DuckDBEngine) -> FrameHash:
    """Hash every unit of a frame from its leaf upwards; docs/formats.md, Frame hash.

    The lowest level runs first: each level's nodes are the input of the level above, so memory holds one level of
    hashes, not the tree.
    """
    with engine(frame) as opened:
        for depth in range(len(frame.levels) - 1, -1, -1):
            opened.define(f"node{depth}", _nodes_of_level(opened, frame, depth))
        rows = opened.rows("SELECT id, node FROM node0 ORDER BY id")
    nodes = tuple((str(unit_id), str(node)) for unit_id, node in rows)
    return FrameHash(sha256_text(UNIT_SEPARATOR.join(node for _, node in nodes)), nodes)


def _nodes_of_level(engine: Engine, frame: Frame, depth: int) -> str:
    """Write the step that gives (id, parent, node) of one level."""
    level = frame.levels[depth]
    unit = engine.quote(level.id)
    parent = engine.quote(frame.levels[depth - 1].id) if depth else "''"
    lowest = depth == len(frame.levels) - 1
    leaf = engine.sha256(_leaf_text(engine, level, aggregate=not lowest))
    source = f"SELECT {unit} AS id, {_one(parent, aggregate=not lowest)} AS parent, {leaf} AS leaf FROM frame "
    units = source + f"WHERE {unit} IS NOT NULL" + ("" if lowest else f" GROUP BY {unit}")
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
