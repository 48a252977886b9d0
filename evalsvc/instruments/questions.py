"""List a form's questions as people read them, with the indicators that each answer feeds."""

import re
from dataclasses import dataclass

from evalsvc.words import catalogue, sentence
from forms.definition import FormDefinition
from forms.structure import Node, Texts

SHOWN_CHOICES = 12
REFERENCE, ANOTHER = re.compile(r"\$\{\w+\}"), "…"
"""Where a label repeats another answer, and what stands there while nobody has answered."""


@dataclass(frozen=True)
class QuestionLine:
    """One group or question of a form."""

    name: str
    label: str
    type: str
    depth: int
    is_group: bool
    choices: tuple[str, ...]
    more_choices: int
    indicators: tuple[str, ...]
    personal: str
    required: bool


def question_lines(definition: FormDefinition, language: str) -> list[QuestionLine]:
    """List groups and questions in the order of the form; texts that only show something are left out."""
    lines = []
    for node in definition.nodes:
        if node.is_meta or node.is_note or node.path.endswith("/meta"):
            continue
        if node.kind != "question" and not node.labels:
            continue
        labels = [text_in(choice.labels, language) or choice.value for choice in node.choices]
        lines.append(
            QuestionLine(
                name=node.name,
                label=REFERENCE.sub(ANOTHER, title_of(node, language)),
                type=node.control or node.type if node.kind == "question" else node.kind,
                depth=node.path.count("/") - 2,
                is_group=node.kind != "question",
                choices=tuple(labels[:SHOWN_CHOICES]),
                more_choices=max(0, len(labels) - SHOWN_CHOICES),
                indicators=node.indicators,
                personal=node.personal or "",
                required=bool(node.required),
            )
        )
    return lines


def title_of(node: Node, language: str) -> str:
    """Return what a question is called: its label, what its phone fills in by itself, else its name."""
    if node.labels or node.preload is None:
        return text_in(node.labels, language) or node.name
    code = f"instrument.preload.{node.preload[1]}"
    return sentence(code, {}, language) if code in catalogue() else node.name


def text_in(texts: Texts, language: str) -> str:
    """Return a text in a language, else in the first that there is."""
    return texts.get(language) or next(iter(texts.values()), "")
