"""Answers as columns: one flat row for each submission, and one table for each repeat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from forms.definition import FormDefinition
from forms.instance import Instance
from forms.structure import Choice, Node, Texts

Row = dict[str, str | None]


@dataclass(frozen=True)
class Column:
    """One column: its name is unique in its table; `table` is empty for the flat row, else the path of the repeat."""

    name: str
    table: str
    path: str
    type: str
    labels: Texts
    choices: tuple[Choice, ...]
    multiple: bool
    indicators: tuple[str, ...]
    personal: str | None


@lru_cache(maxsize=32)
def columns_of(definition: FormDefinition) -> tuple[Column, ...]:
    """Give the columns of all tables in the order of the form; texts that only show something have none."""
    answers = [node for node in definition.questions if not node.is_note]
    seen = Counter((_table(node), node.name) for node in answers)
    return tuple(_column(node, seen[_table(node), node.name] > 1, f"/{definition.root}") for node in answers)


def _table(node: Node) -> str:
    return node.repeats[-1] if node.repeats else ""


def _column(node: Node, ambiguous: bool, top: str) -> Column:
    below = node.path.removeprefix(_table(node) or top).lstrip("/")
    return Column(
        name=below.replace("/", "-") if ambiguous else node.name,
        table=_table(node),
        path=node.path,
        type=node.type,
        labels=node.labels,
        choices=node.choices,
        multiple=node.is_multiple,
        indicators=node.indicators,
        personal=node.personal,
    )


def flatten(definition: FormDefinition, instance: Instance) -> Row:
    """Give the answers outside of repeats by column name; an absent or empty answer is None."""
    return _row(instance.root, f"/{definition.root}", _by_table(definition).get("", ()))


def rows(definition: FormDefinition, instance: Instance) -> dict[str, list[Row]]:
    """Give the rows of every repeat by its path; `_row` counts from 1, `_parent` is the row of the repeat around it."""
    tables: dict[str, list[Row]] = {repeat.path: [] for repeat in definition.repeats}
    for repeat in definition.repeats:
        outer = repeat.repeats[-1] if repeat.repeats else ""
        for parent, element in _occurrences(definition, instance, repeat):
            row = _row(element, repeat.path, _by_table(definition).get(repeat.path, ()))
            number = len(tables[repeat.path]) + 1
            tables[repeat.path].append({"_row": str(number), "_parent": str(parent) if outer else None, **row})
    return tables


def _occurrences(definition: FormDefinition, instance: Instance, repeat: Node) -> Iterator[tuple[int, etree._Element]]:
    """Walk the elements of a repeat with the running number of the row of the repeat around them."""
    outer = repeat.repeats[-1] if repeat.repeats else f"/{definition.root}"
    below = repeat.path.removeprefix(outer).lstrip("/")
    parents: Iterator[etree._Element] = (
        (element for _, element in _occurrences(definition, instance, definition.by_path[outer]))
        if repeat.repeats
        else iter((instance.root,))
    )
    for number, parent in enumerate(parents, start=1):
        for element in parent.iterfind(below):
            yield number, element


@lru_cache(maxsize=32)
def _by_table(definition: FormDefinition) -> Mapping[str, tuple[Column, ...]]:
    tables: dict[str, list[Column]] = {}
    for column in columns_of(definition):
        tables.setdefault(column.table, []).append(column)
    return {table: tuple(columns) for table, columns in tables.items()}


def _row(element: etree._Element, base: str, columns: tuple[Column, ...]) -> Row:
    texts: dict[str, str] = {}
    _leaves(element, base, texts)
    return {column.name: texts.get(column.path) for column in columns}


def _leaves(element: etree._Element, path: str, texts: dict[str, str]) -> None:
    for child in element:
        below = f"{path}/{child.tag}"
        if len(child):
            _leaves(child, below, texts)
        elif child.text and child.text.strip():
            texts[below] = child.text.strip()
