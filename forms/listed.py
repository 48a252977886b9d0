"""Choices that stand in a file beside the form: they are known once the file is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lxml import etree

from forms.controls import choice_in
from forms.definition import FormDefinition
from forms.structure import Choice, Node

MOST_LISTED = 2_000
"""Rows of a file that are still a list of choices; a longer one is a register, in which answers are looked up."""


def with_listed_choices(definition: FormDefinition, tables: Mapping[str, etree._Element]) -> FormDefinition:
    """Give a form whose questions have the choices of the tables that they ask from, with the labels that stand there.

    The tables are those of attached files, by the name under which the form looks them up.
    """
    lists: dict[tuple[str, ...], tuple[Choice, ...]] = {}
    nodes = tuple(_listed(node, tables, lists) for node in definition.nodes)
    if not any(lists.values()):
        return definition
    return replace(definition, nodes=nodes, listed=lists)


def _listed(node: Node, tables: Mapping[str, etree._Element], lists: dict[tuple[str, ...], tuple[Choice, ...]]) -> Node:
    asked = node.itemset
    table = (asked.instance or "") if asked else ""
    if node.choices or asked is None or table not in tables:
        return node
    key = (table, asked.rows, asked.value, asked.label)
    if key not in lists:
        rows = tables[table].findall(asked.rows)
        wanted = rows if len(rows) <= MOST_LISTED else ()
        lists[key] = tuple(choice_in(row, asked.value, asked.label, {}) for row in wanted)
    return replace(node, choices=lists[key]) if lists[key] else node
