"""Read single nodes of a form for people: their labels, their choices, and what lies below them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from evalsvc.zone import local_text
from forms.definition import FormDefinition
from forms.structure import Node, Texts


@lru_cache(maxsize=32)
def children_of(definition: FormDefinition) -> Mapping[str, Sequence[Node]]:
    """Return the nodes of a form by the path of the node around them, in the order of the form."""
    found: dict[str, list[Node]] = defaultdict(list)
    for node in definition.nodes:
        found[node.parent or ""].append(node)
    return dict(found)


@lru_cache(maxsize=256)
def of_row(definition: FormDefinition, inside: tuple[str, ...]) -> Sequence[Node]:
    """Return the questions that stand once in a row, in the order of the form; repeats by path, the outermost first."""
    return [node for node in definition.nodes if node.kind == "question" and node.repeats == inside]


def is_computed(node: Node) -> bool:
    """Tell whether a form computes a value by itself, without showing it to anybody."""
    return node.kind == "question" and node.control is None and node.preload is None


def text_of(texts: Texts, language: str, otherwise: str) -> str:
    """Return a text in the reader's language, else in the form's first one."""
    return texts.get(language) or next(iter(texts.values()), "") or otherwise


def readable(node: Node, text: str, language: str) -> str:
    """Return an answer as people read it: choices by their labels, times as clocks in China show them."""
    if not node.choices:
        return local_text(text) if node.type == "dateTime" else text
    labels = {choice.value: text_of(choice.labels, language, choice.value) for choice in node.choices}
    values = text.split() if node.is_multiple else [text]
    separator = ", " if language == "en" else "、"
    return separator.join(labels.get(value, value) for value in values if value)
