"""A trial as a page shows it: fields with what stands in them, and the answers that come back from them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evalsvc.instruments.questions import ANOTHER, REFERENCE, text_in, title_of
from evalsvc.words import sentence
from forms.complaint import Complaint
from forms.structure import Node
from forms.trial import TrialLine

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


def trial_fields(lines: Iterable[TrialLine], language: str, *, told: bool) -> list[TrialField]:
    """Lay the lines of a trial out; complaints are shown once somebody has asked for them."""
    return [_field(each, language, told=told) for each in lines]


def _field(line: TrialLine, language: str, *, told: bool) -> TrialField:
    node, chosen = line.node, line.value.split() if line.node.is_multiple else [line.value]
    return TrialField(
        shape=_shape(line),
        place=line.place,
        name=node.name,
        label=REFERENCE.sub(ANOTHER, title_of(node, language)),
        hint=REFERENCE.sub(ANOTHER, text_in(node.hints, language)),
        value=line.value,
        options=tuple(
            Option(each.value, text_in(each.labels, language) or each.value, each.value in chosen)
            for each in line.choices
        ),
        messages=messages_of(line.complaints, language) if told else (),
        required=bool(node.required),
    )


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
