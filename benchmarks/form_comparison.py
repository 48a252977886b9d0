"""The verdicts of two engines on the same submission, node by node."""

import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from forms import check, parse_instance
from forms.answer_types import CHECKS
from forms.check import same_value
from forms.definition import FormDefinition
from forms.rounding import rounding_step
from forms.structure import Node

KINDS = ("required", "constraint", "relevant", "calculate", "choice", "type", "repeat")
_ROW = re.compile(r"\[\d+\]")
_ZEROS = re.compile(r"\.0+(?= |;|$)")


@dataclass(frozen=True)
class Difference:
    """Where two verdicts part: the rule, the node, whether the server complains, and what each of them holds."""

    kind: str
    path: str
    ours: bool
    sent: str
    held: str | None
    rounded: bool = False
    """Whether the two values are one unit of the last place apart that the form rounds to."""
    uncounted: bool = False
    """Whether the engine holds an empty count for rows that were sent."""


@dataclass(frozen=True)
class Compared:
    """How many rules were judged by both, how many were found broken by both, and where they part."""

    judged: int
    broken: int
    differences: tuple[Difference, ...]


def compare(definition: FormDefinition, xml: bytes, theirs: Mapping[str, Any], now: datetime) -> Compared:
    """Compare the server's complaints about a submission with what the other engine found in it."""
    ours = {(each.kind, each.path) for each in check(definition, parse_instance(xml), now)}
    sent = answers_of(definition, xml)
    judged = broken = 0
    differences: list[Difference] = []
    for kind, path, found in _their_verdicts(definition, sent, theirs):
        judged += 1
        broken += found and (kind, path) in ours
        if found is not ((kind, path) in ours):
            held = theirs["values"].get(path)
            text = sent.get(path, "")
            near = kind == "calculate" and _is_near(_node(definition, path), text, held or "")
            uncounted = kind == "repeat" and _has_empty_count(definition, path, theirs)
            differences.append(Difference(kind, path, not found, text, held, near, uncounted))
    return Compared(judged, broken, tuple(differences))


def answers_of(definition: FormDefinition, xml: bytes) -> dict[str, str]:
    """Give the answers of a submission by reference; rows of repeats are counted from 1."""
    root = etree.fromstring(xml)
    top = f"/{_name(root)}"
    return {path: (element.text or "").strip() for path, element in _leaves(definition, root, top, top)}


def _leaves(
    definition: FormDefinition, element: etree._Element, reference: str, path: str
) -> Iterator[tuple[str, etree._Element]]:
    seen: dict[str, int] = {}
    for child in element:
        name = _name(child)
        seen[name] = seen.get(name, 0) + 1
        node = definition.by_path.get(f"{path}/{name}")
        row = f"[{seen[name]}]" if node is not None and node.kind == "repeat" else ""
        if len(child):
            yield from _leaves(definition, child, f"{reference}/{name}{row}", f"{path}/{name}")
        else:
            yield f"{reference}/{name}{row}", child


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _their_verdicts(
    definition: FormDefinition, sent: Mapping[str, str], theirs: Mapping[str, Any]
) -> Iterator[tuple[str, str, bool]]:
    missing = yield from _rows(definition, sent, theirs)
    for path in theirs["irrelevant"]:
        if not _node(definition, path).is_note:
            yield "relevant", path, bool(sent.get(path))
    for path, held in theirs["values"].items():
        if path.startswith(missing):
            # The engine makes the rows that a count asks for; of rows that were not sent there is nothing to judge.
            continue
        node = _node(definition, path)
        text = sent.get(path, "")
        if node.required is not None:
            yield "required", path, theirs["violations"].get(path) == "required"
        if node.constraint is not None and text:
            yield "constraint", path, theirs["violations"].get(path) == "constraint"
        if node.calculate is not None and not node.is_meta:
            yield "calculate", path, not same_value(text, held)
        elif node.is_select and text:
            yield "choice", path, set(text.split()) != set(held.split())
        elif node.type != "string" and text and not node.is_meta:
            yield "type", path, not _same_answer(text, held)


def _rows(
    definition: FormDefinition, sent: Mapping[str, str], theirs: Mapping[str, Any]
) -> Generator[tuple[str, str, bool], None, tuple[str, ...]]:
    """Judge the numbers of rows where they are counted; give the references of those that were not sent."""
    counted = {node.path for node in definition.repeats if node.repeat_count is not None}
    made = _row_references(theirs["values"], counted)
    there = _row_references(sent, counted) - (_row_references(theirs["irrelevant"], counted) - made)
    # Where nothing is relevant to the engine, it has no rows to be counted.
    asked = {parent for reference in theirs["values"] for parent in _above(reference)}
    parents = {row.rpartition("/")[0] for row in made | there} & asked
    for parent in sorted(parents):
        yield "repeat", parent, {r for r in made if _is_in(r, parent)} != {r for r in there if _is_in(r, parent)}
    return tuple(f"{row}/" for row in sorted(made - there))


def _above(reference: str) -> Iterator[str]:
    """Give the references of everything that an answer stands in."""
    while reference := reference.rpartition("/")[0]:
        yield reference


def _has_empty_count(definition: FormDefinition, parent: str, theirs: Mapping[str, Any]) -> bool:
    """Tell whether the count of a repeat below a parent is empty; pyxform keeps it beside the repeat."""
    path = _ROW.sub("", parent)
    names = (node.path for node in definition.repeats if node.path.rpartition("/")[0] == path)
    return any(theirs["values"].get(f"{parent}/{each.rpartition('/')[2]}_count") == "" for each in names)


def _row_references(references: Iterable[str], counted: set[str]) -> set[str]:
    found = set()
    for reference in references:
        for row in _ROW.finditer(reference):
            head = reference[: row.end()]
            if _ROW.sub("", head) in counted:
                found.add(head)
    return found


def _is_in(row: str, parent: str) -> bool:
    return row.rpartition("/")[0] == parent


def _node(definition: FormDefinition, path: str) -> Node:
    return definition.by_path[_ROW.sub("", path)]


def _is_near(node: Node, sent: str, held: str) -> bool:
    return same_value(sent, held, rounding_step(node.calculate or ""))


def _same_answer(sent: str, held: str) -> bool:
    """Tell whether an answer was kept; places and times may be written in another way."""
    return same_value(sent, held) or _ZEROS.sub("", sent) == _ZEROS.sub("", held)


def as_held(definition: FormDefinition, xml: bytes, theirs: Mapping[str, Any]) -> bytes:
    """Give the submission with the answers that the other engine holds in the place of those that it could not."""
    root = etree.fromstring(xml)
    top = f"/{_name(root)}"
    for path, element in _leaves(definition, root, top, top):
        node = definition.by_path.get(_ROW.sub("", path))
        held = theirs["values"].get(path)
        if node is not None and held is not None and node.calculate is None and not node.is_meta:
            text = (element.text or "").strip()
            fits = CHECKS.get(node.type)
            same = fits is None or fits(text)
            same &= set(text.split()) == set(held.split()) if node.is_select else _same_answer(text, held)
            element.text = element.text if same else held
    return etree.tostring(root, encoding="utf-8")
