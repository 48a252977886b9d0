"""Show an interview's answers as people read them: labels, groups, rows of repeats, complaints at their questions."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

from evalsvc.instruments.questions import title_of
from evalsvc.interviews.values import AnswerLine
from evalsvc.zone import local_text
from forms.definition import FormDefinition
from forms.instance import Instance
from forms.structure import Node, Texts

_REFERENCE = re.compile(r"\$\{(\w+)\}")
_POSITION = re.compile(r"\[(\d+)\]")
ABOUT_THE_FORM = frozenset({"form", "structure"})
"""Kinds of complaints whose details hold no answer."""
FORMS_OWN_WORDS = frozenset({"message", "message_en", "type", "name", "limit", "algorithm", "expression"})
"""Details that come from the form; every other one may hold an answer."""
HIDDEN = "…"
Complaints = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Reader:
    """Who reads: in which language, and whether personal data are shown."""

    language: str
    sees_personal: bool


def answer_lines(
    definition: FormDefinition, instance: Instance, complaints: Complaints, reader: Reader
) -> list[AnswerLine]:
    """List the form's groups and questions with their answers, in the order of the form."""
    hidden = () if reader.sees_personal else (node.name for node in definition.nodes if node.personal is not None)
    walk = _Walk(definition, reader, _by_place(complaints), frozenset(hidden))
    return list(walk.below(instance.root, f"/{definition.root}", "", None))


def complaints_for(definition: FormDefinition, complaints: Complaints, reader: Reader) -> list[Mapping[str, Any]]:
    """Leave what was answered out of complaints about answers that the reader may not see."""
    if reader.sees_personal:
        return list(complaints)
    return [_without_answer(each) if _tells_personal(definition, each) else each for each in complaints]


def _tells_personal(definition: FormDefinition, complaint: Mapping[str, Any]) -> bool:
    """Tell whether a complaint speaks of a personal answer, or of one that nobody can tell what it is."""
    if complaint["kind"] in ABOUT_THE_FORM:
        return False
    node = definition.by_path.get(plain_path(str(complaint.get("path", ""))))
    return node is None or node.personal is not None


def _without_answer(complaint: Mapping[str, Any]) -> Mapping[str, Any]:
    details = {name: value if name in FORMS_OWN_WORDS else HIDDEN for name, value in complaint["details"].items()}
    return {**complaint, "details": details}


def complaints_elsewhere(lines: Sequence[AnswerLine], complaints: Complaints) -> list[Mapping[str, Any]]:
    """List the complaints that belong to no question that is shown."""
    shown = [complaint for line in lines for complaint in line.complaints]
    return [complaint for complaint in complaints if complaint not in shown]


@lru_cache(maxsize=32)
def children_of(definition: FormDefinition) -> Mapping[str, Sequence[Node]]:
    """Return the nodes of a form by the path of the node around them, in the order of the form."""
    found: dict[str, list[Node]] = defaultdict(list)
    for node in definition.nodes:
        found[node.parent or ""].append(node)
    return dict(found)


def plain_path(place: str) -> str:
    """Return the path in the form of a place in which the rows of repeats are counted."""
    return _POSITION.sub("", place)


def last_row(place: str) -> str:
    """Return the number of the innermost row that a place stands in; empty outside of repeats."""
    return next(reversed(_POSITION.findall(place)), "")


def text_of(texts: Texts, language: str, otherwise: str) -> str:
    """Return a text in the reader's language, else in the form's first one."""
    return texts.get(language) or next(iter(texts.values()), "") or otherwise


def _by_place(complaints: Complaints) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for complaint in complaints:
        found[str(complaint.get("path", ""))].append(complaint)
    return found


@dataclass(frozen=True)
class _Walk:
    definition: FormDefinition
    reader: Reader
    complaints: Mapping[str, list[Mapping[str, Any]]]
    hidden: frozenset[str]
    """Names of the questions whose answers no label may repeat."""

    def below(self, element: etree._Element | None, path: str, place: str, row: int | None) -> Iterator[AnswerLine]:
        """Walk the nodes under a path; `place` is the path with the rows of repeats in it."""
        for node in children_of(self.definition).get(path, ()):
            if self._left_out(node, path):
                continue
            found = [] if element is None else element.findall(node.name)
            here = f"{place or path}/{node.name}"
            if node.kind == "repeat":
                yield from self._rows(found, node, here)
            elif node.kind == "group":
                yield from self._group(found, node, here, row)
            else:
                yield self._line(node, here, row, found[0] if found else None)

    def _left_out(self, node: Node, path: str) -> bool:
        """Leave out what nobody answers: the form's metadata, notes, and values that it computes for itself."""
        computed = node.kind == "question" and node.control is None and not node.labels and node.preload is None
        return node.is_meta or node.is_note or node.path == f"{path}/meta" or computed

    def _rows(self, found: Sequence[etree._Element], node: Node, here: str) -> Iterator[AnswerLine]:
        for number, element in enumerate(found, start=1):
            yield self._heading(node, f"{here}[{number}]", number)
            yield from self.below(element, node.path, f"{here}[{number}]", number)

    def _group(self, found: Sequence[etree._Element], node: Node, here: str, row: int | None) -> Iterator[AnswerLine]:
        inside = list(self.below(found[0] if found else None, node.path, here, row))
        if any(line.answer or line.hidden or line.complaints for line in inside):
            if node.labels:
                yield self._heading(node, here, row)
            yield from inside

    def _heading(self, node: Node, here: str, row: int | None) -> AnswerLine:
        label = text_of(node.labels, self.reader.language, node.name)
        return AnswerLine(here, node.name, label, "", row, is_group=True, hidden=False, complaints=self._at(here))

    def _line(self, node: Node, here: str, row: int | None, element: etree._Element | None) -> AnswerLine:
        text = "" if element is None else (element.text or "").strip()
        hidden = bool(text) and node.personal is not None and not self.reader.sees_personal
        return AnswerLine(
            path=here,
            name=node.name,
            label=_filled(title_of(node, self.reader.language), element, self.hidden),
            answer="" if hidden else self._readable(node, text),
            row=row,
            is_group=False,
            hidden=hidden,
            complaints=self._at(here),
        )

    def _readable(self, node: Node, text: str) -> str:
        if not node.choices:
            return local_text(text) if node.type == "dateTime" else text
        labels = {choice.value: text_of(choice.labels, self.reader.language, choice.value) for choice in node.choices}
        values = text.split() if node.is_multiple else [text]
        separator = ", " if self.reader.language == "en" else "、"
        return separator.join(labels.get(value, value) for value in values if value)

    def _at(self, here: str) -> tuple[Mapping[str, Any], ...]:
        plain = plain_path(here)
        return tuple([*self.complaints.get(here, ()), *(self.complaints.get(plain, ()) if plain != here else ())])


def _filled(label: str, element: etree._Element | None, hidden: frozenset[str]) -> str:
    """Put the values into a label that speaks of other answers, the nearest one of a name first."""

    def value(match: re.Match[str]) -> str:
        if match.group(1) in hidden:
            return HIDDEN
        around = None if element is None else element.getparent()
        while around is not None:
            text = around.findtext(f".//{match.group(1)}")
            if text:
                return text.strip()
            around = around.getparent()
        return HIDDEN

    return _REFERENCE.sub(value, label)
