"""Show an interview's answers as people read them: labels, groups, rows of repeats, complaints at their questions."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from evalsvc.instruments.questions import REFERENCE, title_of
from evalsvc.interviews.nodes import children_of, is_computed, readable, text_of
from evalsvc.interviews.row_subjects import subject_of
from evalsvc.interviews.values import AnswerLine, FoundElsewhere
from forms.definition import FormDefinition
from forms.instance import Instance
from forms.structure import Node

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
    walk = _walk(definition, complaints, reader, computed=False)
    return list(walk.below(instance.root, _Place(f"/{definition.root}")))


def computed_lines(
    definition: FormDefinition, instance: Instance, complaints: Complaints, reader: Reader
) -> list[AnswerLine]:
    """List the values that the form computes for itself, in its order; those that are empty are left out."""
    walk = _walk(definition, complaints, reader, computed=True)
    lines = walk.below(instance.root, _Place(f"/{definition.root}"))
    return [line for line in lines if not line.is_group and (line.answer or line.hidden)]


def _walk(definition: FormDefinition, complaints: Complaints, reader: Reader, *, computed: bool) -> "_Walk":
    hidden = () if reader.sees_personal else (node.name for node in definition.nodes if node.personal is not None)
    return _Walk(definition, reader, _by_place(complaints), frozenset(hidden), computed)


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


def complaints_elsewhere(
    definition: FormDefinition, lines: Sequence[AnswerLine], complaints: Complaints, language: str
) -> list[FoundElsewhere]:
    """List the complaints that belong to no question that is shown; what several places have alike is said once."""
    shown = [complaint for line in lines for complaint in line.complaints]
    found: dict[str, tuple[Mapping[str, Any], list[str]]] = {}
    for each in complaints:
        if each not in shown:
            said = repr((each["code"], sorted(each["details"].items(), key=str)))
            found.setdefault(said, (each, []))[1].append(place_title(definition, str(each.get("path", "")), language))
    return [
        FoundElsewhere(tuple(dict.fromkeys(filter(None, places))), complaint) for complaint, places in found.values()
    ]


def place_title(definition: FormDefinition, place: str, language: str) -> str:
    """Name a place by the groups around it, their rows, its label and its name; empty where the form has none such."""
    node = definition.by_path.get(plain_path(place))
    if node is None:
        return ""
    return " › ".join([*_around(definition, place, language), own_title(node, language)])


def own_title(node: Node, language: str) -> str:
    """Name a question by its label and its name."""
    label = REFERENCE.sub(HIDDEN, title_of(node, language))
    return label if label == node.name else f"{label} ({node.name})"


def _around(definition: FormDefinition, place: str, language: str) -> Iterator[str]:
    """Name the groups with words, and the rows, in which a place lies, the outermost first."""
    steps = place.split("/")
    for length in range(3, len(steps)):
        path = "/".join(steps[:length])
        node = definition.by_path.get(plain_path(path))
        row = last_row(steps[length - 1])
        if node is not None and (node.labels or row):
            label = REFERENCE.sub(HIDDEN, text_of(node.labels, language, node.name))
            yield f"{label} {row}".rstrip()


def plain_path(place: str) -> str:
    """Return the path in the form of a place in which the rows of repeats are counted."""
    return _POSITION.sub("", place)


def last_row(place: str) -> str:
    """Return the number of the innermost row that a place stands in; empty outside of repeats."""
    return next(reversed(_POSITION.findall(place)), "")


def _by_place(complaints: Complaints) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for complaint in complaints:
        found[str(complaint.get("path", ""))].append(complaint)
    return found


@dataclass(frozen=True)
class _Place:
    """Where a walk is: a path with the rows of repeats in it, the innermost row, and what lies around."""

    path: str
    row: int | None = None
    around: tuple[str, ...] = ()

    def titled(self, heading: AnswerLine) -> "_Place":
        """Return the place below a heading."""
        return _Place(heading.path, heading.row, (*self.around, heading.title))


@dataclass(frozen=True)
class _Walk:
    definition: FormDefinition
    reader: Reader
    complaints: Mapping[str, list[Mapping[str, Any]]]
    hidden: frozenset[str]
    """Names of the questions whose answers no label may repeat."""
    computed: bool
    """Whether it goes to the values that the form computes for itself, or to what people answer."""

    def below(self, element: etree._Element | None, place: _Place) -> Iterator[AnswerLine]:
        """Walk the nodes under a place."""
        path = plain_path(place.path)
        for node in children_of(self.definition).get(path, ()):
            if self._left_out(node, path):
                continue
            found = [] if element is None else element.findall(node.name)
            here = replace(place, path=f"{place.path}/{node.name}")
            if node.kind == "repeat":
                yield from self._rows(found, node, here)
            elif node.kind == "group":
                yield from self._group(found, node, here)
            else:
                yield self._line(node, here, found[0] if found else None)

    def _left_out(self, node: Node, path: str) -> bool:
        """Leave out the form's metadata and notes, and what the walk does not go to."""
        if node.is_meta or node.is_note or node.path == f"{path}/meta":
            return True
        return node.kind == "question" and is_computed(node) != self.computed

    def _rows(self, found: Sequence[etree._Element], node: Node, here: _Place) -> Iterator[AnswerLine]:
        for number, element in enumerate(found, start=1):
            heading = self._heading(node, replace(here, path=f"{here.path}[{number}]", row=number))
            heading = replace(heading, subject=self._subject(node, element))
            yield heading
            yield from self.below(element, here.titled(heading))

    def _subject(self, node: Node, row: etree._Element) -> str:
        return subject_of(self.definition, node, row, self.reader.language, self.hidden)

    def _group(self, found: Sequence[etree._Element], node: Node, here: _Place) -> Iterator[AnswerLine]:
        heading = self._heading(node, here)
        below = here.titled(heading) if node.labels else here
        inside = list(self.below(found[0] if found else None, below))
        if any(line.answer or line.hidden or line.complaints for line in inside):
            if node.labels:
                yield heading
            yield from inside

    def _heading(self, node: Node, here: _Place) -> AnswerLine:
        return AnswerLine(
            path=here.path,
            name=node.name,
            label=REFERENCE.sub(HIDDEN, text_of(node.labels, self.reader.language, node.name)),
            answer="",
            row=here.row,
            is_group=True,
            hidden=False,
            complaints=self._at(here.path),
            around=here.around,
        )

    def _line(self, node: Node, here: _Place, element: etree._Element | None) -> AnswerLine:
        text = "" if element is None else (element.text or "").strip()
        hidden = bool(text) and node.personal is not None and not self.reader.sees_personal
        return AnswerLine(
            path=here.path,
            name=node.name,
            label=_filled(title_of(node, self.reader.language), element, self.hidden),
            answer="" if hidden else readable(node, text, self.reader.language),
            row=here.row,
            is_group=False,
            hidden=hidden,
            complaints=self._at(here.path),
            around=here.around,
        )

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
