"""List a form's questions as people read them, with the indicators that each answer feeds."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from evalsvc.words import catalogue, sentence, term
from forms.changes import Change
from forms.complaint import Complaint
from forms.definition import FormDefinition
from forms.structure import Node, Texts

ROW = re.compile(r"\[\d+\]")
SHOWN_CHOICES = 12
OF_SORTS = frozenset({"added", "removed", "type"})
"""Changes that name sorts of questions."""
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
                type=sort_word(node.sort, language),
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


def sort_word(sort: str, language: str) -> str:
    """Return what a sort of question is called (`Node.sort`)."""
    return " ".join(term("instrument.answer_type", part, language) for part in sort.split())


def changes_in_words(found: Iterable[Change], language: str) -> list[Change]:
    """Return changes with the words for sorts of questions."""
    return [
        replace(each, before=sort_word(each.before, language), after=sort_word(each.after, language))
        if each.kind in OF_SORTS
        else each
        for each in found
    ]


def at_question(complaint: Complaint, definition: FormDefinition, language: str) -> Complaint:
    """Name the question that a complaint about answers is about in the place of a column, with the row it stands in."""
    node = definition.by_path.get(ROW.sub("", complaint.path))
    if node is None:
        return complaint
    *around, last = complaint.path.split("/")
    place = "/".join([*(step for step in around if ROW.search(step)), last])
    return replace(complaint, column=f"{REFERENCE.sub(ANOTHER, title_of(node, language))} ({place})")


def title_of(node: Node, language: str) -> str:
    """Return what a question is called: its label, what its phone fills in by itself, else its name."""
    if node.labels or node.preload is None:
        return text_in(node.labels, language) or node.name
    code = f"instrument.preload.{node.preload[1]}"
    return sentence(code, {}, language) if code in catalogue() else node.name


def text_in(texts: Texts, language: str) -> str:
    """Return a text in a language, else in the first that there is."""
    return texts.get(language) or next(iter(texts.values()), "")
