"""The variables of one question: its kind, and the parts that an answer of several values is taken apart into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from forms.dataset.computed import Computed
from forms.dataset.origin import takes_from
from forms.dataset.units import unit_of
from forms.dataset.variables import VariableKind
from forms.definition import FormDefinition
from forms.structure import Choice, Node, Texts

KINDS: dict[str, VariableKind] = {
    "int": "integer", "integer": "integer", "long": "integer", "short": "integer",
    "decimal": "decimal", "double": "decimal", "float": "decimal",
    "date": "date", "time": "time", "dateTime": "datetime",
}  # fmt: skip
POINT_PARTS: dict[str, Texts] = {
    "latitude": {"zh": "纬度", "en": "latitude"},
    "longitude": {"zh": "经度", "en": "longitude"},
    "altitude": {"zh": "海拔（米）", "en": "altitude (m)"},
    "accuracy": {"zh": "精度（米）", "en": "accuracy (m)"},
}
ROWS: Texts = {"zh": "行数", "en": "number of rows"}
PLACES = frozenset({"geopoint", "geotrace", "geoshape"})
OF_DEVICE = frozenset({"property", "uid"})
"""Presets that tell of the device, its number or its holder."""
_NAME = re.compile(r"[^\W\d][\w.\-]*\Z")


@dataclass(frozen=True)
class Part:
    """One column of a question in one version of a form, before versions are merged and names are given."""

    node: Node
    part: str
    kind: VariableKind
    labels: Texts
    choices: tuple[Choice, ...]
    question_type: str
    relevant: str
    calculation: str
    unit: str
    typed_in: bool
    takes_from: frozenset[str]
    device: bool


def parts_of(definition: FormDefinition, computed: Computed, node: Node) -> Iterator[Part]:
    """Give the columns of a question; the answer as it was sent comes first where it is taken apart."""
    if node.type == "geopoint":
        for name, words in POINT_PARTS.items():
            labels = {language: _joined(text, words, language) for language, text in _named(node).items()}
            yield _part(definition, node, name, "decimal", labels)
    elif node.is_multiple:
        yield _part(definition, node, "", "text", node.labels)
        kind: VariableKind = "integer" if node.control == "rank" else "flag"
        for choice in _distinct(node.choices):
            yield _part(definition, node, choice.value, kind, _with_choice(node, choice))
    elif node.is_select and node.choices:
        yield _part(definition, node, "", "choice", node.labels, _distinct(node.choices))
    else:
        yield _part(definition, node, "", _kind(computed, node), node.labels or _of_count(definition, node))


def _part(  # noqa: PLR0917 (one call for each sort of question above)
    definition: FormDefinition,
    node: Node,
    part: str,
    kind: VariableKind,
    labels: Texts,
    choices: tuple[Choice, ...] = (),
) -> Part:
    return Part(
        node=node,
        part=part,
        kind=kind,
        labels=labels,
        choices=choices,
        question_type=_type_of(node),
        relevant=_relevance(definition, node),
        calculation=_readable(node.calculate or ""),
        unit=unit_of(node) if kind in ("integer", "decimal") and not part else "",
        typed_in=kind == "text" and node.control in ("input", "textarea", "secret") and node.type not in PLACES,
        takes_from=takes_from(node),
        device=node.preload is not None and node.preload[0] in OF_DEVICE,
    )


def _kind(computed: Computed, node: Node) -> VariableKind:
    of_numbers = computed.kind_of(node)
    if of_numbers == "integer":
        return "integer"
    return "decimal" if of_numbers == "decimal" else KINDS.get(node.type, "text")


def _type_of(node: Node) -> str:
    """Name the sort of the question: its control where it is closed or computed, else its type."""
    if node.control in ("select", "select1", "rank"):
        return {"select": "select_multiple", "select1": "select_one", "rank": "rank"}[node.control]
    if node.control is None:
        return "calculate" if node.calculate else node.preload[1] or node.preload[0] if node.preload else node.type
    return node.type


def _distinct(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """Leave repeated values out, which lists with a filter have."""
    return tuple({choice.value: choice for choice in reversed(choices)}.values())[::-1]


def _of_count(definition: FormDefinition, node: Node) -> Texts:
    """Name the number of a repeat's rows, which the conversion adds without words, after the repeat."""
    repeat = next((each for each in definition.repeats if (each.repeat_count or "").strip() == node.path), None)
    if repeat is None or node.control is not None:
        return {}
    return {language: _joined(text, ROWS, language) for language, text in repeat.labels.items()}


def _named(node: Node) -> Texts:
    return node.labels or {"": node.name}


def _joined(text: str, words: Texts, language: str) -> str:
    return f"{text} – {words.get(language, words['en'])}"


def _with_choice(node: Node, choice: Choice) -> Texts:
    return {
        language: f"{text} – {choice.labels.get(language) or next(iter(choice.labels.values()), '') or choice.value}"
        for language, text in _named(node).items()
    }


def _relevance(definition: FormDefinition, node: Node) -> str:
    """Join the conditions under which a question is asked: those of the groups around it, then its own."""
    conditions = []
    around: Node | None = node
    while around is not None:
        if around.relevant:
            conditions.append(_readable(around.relevant))
        around = definition.by_path.get(around.parent or "")
    outer_first = conditions[::-1]
    return outer_first[0] if len(outer_first) == 1 else " and ".join(f"({each})" for each in outer_first)


def _readable(expression: str) -> str:
    """Write a reference to an answer as the workbook has it: ${name}."""
    return re.sub(r"(?<![\w./])(?:\.\.)?(?:/[\w.\-]+)+", lambda found: _reference(found.group()), expression).strip()


def _reference(path: str) -> str:
    name = path.rpartition("/")[2]
    return f"${{{name}}}" if _NAME.match(name) else path
