"""Find the line of a document on which a place such as ``stages[1].take`` stands, for those who have to mend it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import yaml

from sampling.documents import StrictLoader
from sampling.errors import Complaint

LAST_STEP = re.compile(r"(\.[^.\[\]]*|\[\d+\])$")


def with_rows(complaints: Iterable[Complaint], text: str) -> tuple[Complaint, ...]:
    """Add the line to each complaint that names a place and no row; what the document lacks has its owner's line.

    Parameters
    ----------
    complaints : iterable of Complaint
        Their ``column`` is a place of the document.
    text : str
        The document, YAML or JSON.
    """
    found = tuple(complaints)
    if not any(each.row is None and (each.column or "key" in each.details) for each in found):
        return found
    rows = document_rows(text)
    return tuple(_with_row(each, rows) for each in found)


def document_rows(text: str) -> dict[str, int]:
    """Give the line, counted from 1, of every place of a document; none for a document that cannot be read."""
    try:
        node = yaml.compose(text.lstrip("\ufeff"), Loader=StrictLoader)
        return {} if node is None else dict(_rows(node, ""))
    except (yaml.YAMLError, RecursionError):
        return {}


def _rows(node: yaml.Node, place: str) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = f"{place}.{key.value}".lstrip(".")
            yield below, key.start_mark.line + 1
            yield from _rows(value, below)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            below = f"{place}[{number}]"
            yield below, value.start_mark.line + 1
            yield from _rows(value, below)


def _with_row(complaint: Complaint, rows: dict[str, int]) -> Complaint:
    if complaint.row is not None:
        return complaint
    # An unknown entry is named by its owner's place and its own key.
    own = f"{complaint.column}.{complaint.details['key']}".lstrip(".") if "key" in complaint.details else ""
    place = own if own in rows else complaint.column or ""
    while place and place not in rows:
        place = LAST_STEP.sub("", place) if LAST_STEP.search(place) else ""
    row = rows.get(place)
    return complaint if row is None else replace(complaint, row=row, details={**complaint.details, "row": row})
