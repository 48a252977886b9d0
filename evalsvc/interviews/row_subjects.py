"""Say what a row of a repeat is about, so that rows are not numbers alone; pure."""

import re
from collections.abc import Collection, Iterator

from lxml import etree

from evalsvc.instruments.questions import ANOTHER, REFERENCE
from evalsvc.interviews.nodes import of_row, readable, text_of
from forms.definition import FormDefinition
from forms.structure import Node

_SHOWN_FOR = re.compile(r"\s*(?:[\w.\-/]*/)?([\w.\-]+)\s*=\s*'([^']*)'\s*")
"""A condition that holds for one value of one question."""
_FEW = 3
"""Lists with no more choices are opinions such as yes and no: they do not tell rows apart."""
_LONGEST = 40


def subject_of(
    definition: FormDefinition, repeat: Node, row: etree._Element, language: str, hidden: Collection[str]
) -> str:
    """Return what a row is about, empty where it does not say: what is read out for its object, else its first choice.

    Answers to the questions named as hidden are not told.
    """
    inside = of_row(definition, (*repeat.repeats, repeat.path))
    answered = [(node, _text(row, repeat, node)) for node in inside if node.name not in hidden]
    found = next(iter([*_read_out(answered, language), *_chosen(answered, language)]), "")
    return found if len(found) <= _LONGEST else f"{found[:_LONGEST]}…"


def _text(row: etree._Element, repeat: Node, node: Node) -> str:
    return (row.findtext(node.path.removeprefix(f"{repeat.path}/")) or "").strip()


def _read_out(answered: list[tuple[Node, str]], language: str) -> Iterator[str]:
    """Give the texts that are shown for a value which the row itself computes."""
    computed = {node.name: text for node, text in answered if node.control is None and text}
    for node, _answer in answered:
        condition = _SHOWN_FOR.fullmatch(node.relevant or "") if node.is_note else None
        if condition and computed.get(condition[1]) == condition[2]:
            yield REFERENCE.sub(ANOTHER, text_of(node.labels, language, "")).rstrip("，,：:… ")


def _chosen(answered: list[tuple[Node, str]], language: str) -> Iterator[str]:
    for node, text in answered:
        if text and len(node.choices) > _FEW and not node.is_multiple:
            yield readable(node, text, language)
