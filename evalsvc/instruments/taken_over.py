"""Which columns of the assignment a published form takes over, by its marks `evalsvc:assignment`."""

from dataclasses import dataclass
from functools import lru_cache

from evalsvc.store import Store
from forms.definition import parse_definition
from forms.structure import Node

KEPT = 1000
"""Versions whose marks are kept: a few words each, where a whole definition takes megabytes."""


@dataclass(frozen=True)
class TakenOver:
    """One column, with the words of the question that is filled from it."""

    column: str
    zh: str
    en: str


@lru_cache(maxsize=KEPT)
def taken_over(store: Store, xform_sha256: str) -> tuple[TakenOver, ...]:
    """Return the columns that a stored XForm takes over, each once, in the order of its questions."""
    marked = (node for node in parse_definition(store.get(xform_sha256)).nodes if node.assignment)
    return tuple({str(node.assignment): _taken(node) for node in marked}.values())


def _taken(node: Node) -> TakenOver:
    label = node.labels.get("zh") or next(iter(node.labels.values()), "") or node.name
    return TakenOver(str(node.assignment), label, node.labels.get("en") or label)
