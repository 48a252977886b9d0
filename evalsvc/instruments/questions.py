"""List a form's questions as people read them, with the indicators that each answer feeds."""

from dataclasses import dataclass

from forms.definition import FormDefinition
from forms.structure import Texts

SHOWN_CHOICES = 12


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
        labels = [_text(choice.labels, language) or choice.value for choice in node.choices]
        lines.append(
            QuestionLine(
                name=node.name,
                label=_text(node.labels, language) or node.name,
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


def _text(texts: Texts, language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")
