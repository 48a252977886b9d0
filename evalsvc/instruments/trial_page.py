"""A trial as a page shows it: fields with what stands in them, and the answers that come back from them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from evalsvc.instruments.questions import ANOTHER, REFERENCE, text_in, title_of
from evalsvc.words import sentence
from forms.complaint import Complaint
from forms.structure import Node
from forms.trial import Trial, TrialLine

MOST_ROWS = 200
"""Rows of one repeat that a trial takes."""
_ROW = re.compile(r"(?P<name>.+)\[(?P<number>\d{1,4})\]")
INPUTS = {"int": "number", "integer": "number", "decimal": "number", "date": "date", "time": "time"}
"""Kinds of fields by the type of the answer; everything else is a text."""


@dataclass(frozen=True)
class Option:
    """One choice of a question."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class TrialField:
    """One line of the page; `shape` says what it is: group, row, new_row, note, computed, or the kind of its field."""

    shape: str
    place: str
    name: str
    label: str
    hint: str
    value: str
    options: tuple[Option, ...]
    messages: tuple[str, ...]
    required: bool
    awaited: bool
    """Whether an answer is wanted that nobody has come to yet."""


def trial_fields(lines: Sequence[TrialLine], language: str, *, told: bool) -> list[TrialField]:
    """Lay the lines of a trial out; complaints are shown once somebody has asked for them.

    That a question behind the last answer wants one is no mistake yet: it has not been come to.
    """
    reached = max((number for number, line in enumerate(lines) if _is_answered(line)), default=-1)
    return [_field(each, language, told=told, reached=number <= reached) for number, each in enumerate(lines)]


def _is_answered(line: TrialLine) -> bool:
    node = line.node
    return bool(line.value) and line.value != node.default and not (node.calculate or node.preload or node.actions)


def _field(line: TrialLine, language: str, *, told: bool, reached: bool) -> TrialField:
    node, chosen = line.node, line.value.split() if line.node.is_multiple else [line.value]
    grave = [each for each in line.complaints if reached or each.kind != "required"]
    return TrialField(
        shape=_shape(line),
        place=line.place,
        name=node.name,
        label=_filled(title_of(node, language), line),
        hint=_filled(text_in(node.hints, language), line),
        value=line.value,
        options=tuple(
            Option(each.value, text_in(each.labels, language) or each.value, each.value in chosen)
            for each in line.choices
        ),
        messages=messages_of([_in_words(each, node, language) for each in grave], language) if told else (),
        required=bool(node.required),
        awaited=told and len(grave) < len(line.complaints),
    )


def _filled(text: str, line: TrialLine) -> str:
    """Put the answers into a label that speaks of them, as a phone does; what is not answered yet is left out."""
    return REFERENCE.sub(lambda found: line.values.get(found[0][2:-1], ANOTHER), text)


def _in_words(complaint: Complaint, node: Node, language: str) -> Complaint:
    """Name choices by their labels."""
    if not node.is_select or "value" not in complaint.details:
        return complaint
    labels = {each.value: text_in(each.labels, language) or each.value for each in node.choices}
    values = str(complaint.details["value"]).split()
    words = (", " if language == "en" else "、").join(labels.get(each, each) for each in values)
    return replace(complaint, details={**complaint.details, "value": words})


def complaints_elsewhere(trial: Trial) -> list[Complaint]:
    """Return the complaints that stand at no line of the page."""
    shown = {each.path for line in trial.lines for each in line.complaints}
    return [each for each in trial.complaints if each.path not in shown]


def messages_of(complaints: Iterable[Complaint], language: str) -> tuple[str, ...]:
    """Say complaints to people."""
    return tuple(sentence(each.code, {"path": each.path, **each.details}, language) for each in complaints)


def _shape(line: TrialLine) -> str:
    node = line.node
    if node.kind != "question":
        return "new_row" if line.is_new_row else "row" if node.kind == "repeat" else "group"
    if node.is_note:
        return "note"
    if node.control is None or node.calculate is not None or _is_fixed(node):
        return "computed"
    if node.is_select and node.control != "rank":
        return "choices" if node.is_multiple else "choice"
    return INPUTS.get(node.type, "text")


def _is_fixed(node: Node) -> bool:
    return (node.readonly or "").replace(" ", "") == "true()"


def answers_of(fields: Mapping[str, Sequence[str]], root: str) -> dict[str, object]:
    """Put the fields of a page together as answers: rows by their numbers, several choices side by side."""
    tree: dict[str, object] = {}
    for name, values in fields.items():
        if name.startswith(f"/{root}/"):
            _put(tree, name.removeprefix(f"/{root}/").split("/"), " ".join(filter(None, values)))
    return {name: _as_rows(value) for name, value in tree.items()}


def _put(place: dict[str, object], steps: Sequence[str], value: str) -> None:
    walked: list[str] = []
    for step in steps:
        row = _ROW.fullmatch(step)
        walked.append(row["name"] if row else step)
        if row:
            rows = place.setdefault("/".join(walked), {})
            if not isinstance(rows, dict) or int(row["number"]) > MOST_ROWS:
                return
            place, walked = rows.setdefault(int(row["number"]), {}), []
    if walked:
        place["/".join(walked)] = value


def _as_rows(value: object) -> object:
    """Turn rows by number into a list of rows; a text stays as it is."""
    if not isinstance(value, dict):
        return value
    return [{name: _as_rows(each) for name, each in value[number].items()} for number in sorted(value)]
