"""Nodes and tables: position, indexed-repeat, instance, pulldata, the labels of choices."""

from __future__ import annotations

import math

from lxml import etree

from forms.functions.registry import function
from forms.paths import canonical
from forms.scope import CURRENT, EvaluationError, Tables
from forms.tables import column_name
from forms.texts import UNNAMED
from forms.values import Value, to_number, to_string

Nodes = list[etree._Element]


@function("current", "nodeset", (0, 0))
def current(_: object) -> Nodes:
    """Give the node whose expression it is."""
    return [CURRENT.get().node]


@function("primary", "nodeset", (0, 0))
def primary(_: object) -> Nodes:
    """Give the root of the answers; no form calls it, the translation of absolute paths does."""
    return [CURRENT.get().root]


@function("position", "number", (0, 1), "nodeset")
def position(_: object, nodes: Nodes) -> float:
    """Give the place of a repeat among its kind, counted from 1."""
    if not isinstance(nodes, list) or not nodes:
        return float("nan")
    return 1.0 + sum(1 for _ in nodes[0].itersiblings(nodes[0].tag, preceding=True))


@function(
    "indexed-repeat", "nodeset", (3, 7), "nodeset", "nodeset", "number", "nodeset", "number", "nodeset", "number",
    paired=True,
)  # fmt: skip
def indexed_repeat(_: object, targets: Nodes, *levels: Value) -> Nodes:
    """Give the nodes inside the chosen row of a repeat (and of the repeats inside it)."""
    chosen = targets if isinstance(targets, list) else []
    for rows, index in zip(levels[::2], levels[1::2], strict=True):
        chosen = _in_row(chosen, rows if isinstance(rows, list) else [], to_number(index))
    return chosen


def _in_row(nodes: Nodes, rows: Nodes, index: float) -> Nodes:
    """Give the nodes inside the n-th of the rows that hold any of them."""
    known = set(rows)
    around = [next((a for a in (node, *node.iterancestors()) if a in known), None) for node in nodes]
    holding = set(around)
    candidates = [row for row in rows if row in holding]
    place = int(index) - 1 if math.isfinite(index) else -1
    if not 0 <= place < len(candidates):
        return []
    return [node for node, row in zip(nodes, around, strict=True) if row is candidates[place]]


@function("instance", "nodeset", (1, 1), "string")
def instance(_: object, name: Value) -> Nodes:
    """Give a table of the form by its name."""
    return [_instance(CURRENT.get().tables, to_string(name))]


def _instance(tables: Tables, name: str) -> etree._Element:
    found = tables.instances.get(name)
    if found is None:
        raise EvaluationError("check.data_missing", name=tables.external.get(name, name))
    return found


@function("pulldata", "string", (4, 4), "string")
def pulldata(_: object, table: Value, column: Value, key_column: Value, key: Value) -> str:
    """Look a value up in a table by a key."""
    tables = CURRENT.get().tables
    name = to_string(table).removesuffix(".csv")
    index = (name, column_name(to_string(key_column)))
    if index not in tables.keys:
        items = _instance(tables, name).iterfind("root/item")
        tables.keys[index] = {item.findtext(index[1]) or "": item for item in items}
    row = tables.keys[index].get(to_string(key))
    return (row.findtext(column_name(to_string(column))) or "") if row is not None else ""


@function("randomize", "nodeset", (1, 2), "nodeset", "any")
def randomize(_: object, nodes: Nodes, *_seed: Value) -> Nodes:
    """Give the same nodes: the order in which they were shown does not change what may be chosen."""
    return nodes


@function("jr:choice-name", "string", (2, 2), "string", spoken=True)
def choice_name(_: object, value: Value, question: Value) -> str:
    """Give the label of a choice of a question."""
    return label_of(value, canonical(to_string(question), _path_of(CURRENT.get().node)))


def label_of(value: Value, path: str) -> str:
    """Give the label of a choice of the question at a path."""
    scope = CURRENT.get()
    wanted = to_string(value)
    labels = next((choice.labels for choice in scope.tables.choices.get(path, ()) if choice.value == wanted), None)
    return "" if labels is None else labels.get(scope.language, labels.get(UNNAMED, ""))


def _path_of(node: etree._Element) -> str:
    tags = [str(element.tag) for element in (node, *node.iterancestors())]
    return "/" + "/".join(reversed(tags))


@function("jr:itext", "string", (1, 1), "string", spoken=True)
def itext(_: object, key: Value) -> str:
    """Give a text of the form."""
    scope = CURRENT.get()
    return scope.tables.texts.get(to_string(key), {}).get(scope.language, "")
