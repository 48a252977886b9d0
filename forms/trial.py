"""A form filled for a trial: what is asked now, what stands there, what can be chosen, what the checks say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from forms.answers import Answers
from forms.check import check
from forms.choices import open_values
from forms.compiled import NO_DATA, CompiledForm, Rules, compiled
from forms.complaint import Complaint
from forms.controls import choice_in
from forms.definition import FormDefinition
from forms.filling import Given, fill
from forms.instance import parse_instance
from forms.scope import CURRENT, EvaluationError, Scope
from forms.settle import Settling
from forms.structure import Choice, Node
from forms.values import to_boolean

_NAMED = re.compile(r"\$\{([^\W\d][\w.\-]*)\}")
TRIAL_ID = "uuid:00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class TrialLine:
    """One group, row or question that is asked now; `place` is its path with rows counted from 1.

    A repeat that can have one row more is told by a line whose `is_new_row` is set.
    """

    node: Node
    place: str
    value: str = ""
    choices: tuple[Choice, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    is_new_row: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    """What now stands in the questions that the label or hint names."""


@dataclass(frozen=True)
class Trial:
    """A form with trial answers, settled and checked; nothing of it is kept."""

    lines: tuple[TrialLine, ...]
    complaints: tuple[Complaint, ...]


def try_out(definition: FormDefinition, answers: Given, now: datetime, data: Mapping[str, bytes] = NO_DATA) -> Trial:
    """Fill a form as a phone does and check it as the server does; raise FillingError as `fill` does."""
    form = compiled(definition, data)
    instance = parse_instance(fill(definition, answers, instance_id=TRIAL_ID, now=now, data=data))
    complaints = check(definition, instance, now, data)
    return Trial(tuple(_Walk(form, instance.root, now, complaints).lines()), complaints)


class _Walk:
    def __init__(
        self, form: CompiledForm, root: etree._Element, now: datetime, complaints: tuple[Complaint, ...]
    ) -> None:
        self._form = form
        self._answers = Answers(form, root)
        self._scope = Scope(root, root, form.tables, now, form.definition.default_language)
        self._scope.rows = self._answers.row_count
        self._complaints: dict[str, list[Complaint]] = {}
        for each in complaints:
            self._complaints.setdefault(each.path, []).append(each)

    def lines(self) -> list[TrialLine]:
        """Settle the answers once more, which finds what is not relevant, and list the rest in the form's order."""
        token = CURRENT.set(self._scope)
        try:
            Settling(self._answers, lambda *_: None, lambda *_: None, lambda *_: None).run()
            return list(self._below(self._answers.root, f"/{self._form.definition.root}", 0))
        finally:
            CURRENT.reset(token)

    def _below(self, parent: etree._Element, path: str, index: int) -> Iterator[TrialLine]:
        for name, node in self._form.children.get(path, {}).items():
            rules = self._form.rules[node.path]
            if node.is_meta or node.path.endswith("/meta"):
                continue
            if node.kind == "repeat":
                yield from self._rows(parent, rules)
            else:
                element = parent.find(name)
                if element is not None and element not in self._answers.dropped:
                    yield from self._node(rules, element, index)

    def _rows(self, parent: etree._Element, rules: Rules) -> Iterator[TrialLine]:
        node = rules.node
        places = {element: index for index, element in enumerate(self._answers.at[node.path])}
        rows = [row for row in parent.findall(node.name) if row not in self._answers.dropped]
        for row in rows:
            yield self._line(node, row)
            yield from self._below(row, node.path, places[row])
        if rules.repeat_count is None and (rows or self._is_asked(parent, rules)):
            around = "" if parent is self._answers.root else self._answers.path_of(parent)
            place = f"{around or '/' + self._form.definition.root}/{node.name}[{len(rows) + 1}]"
            yield TrialLine(node, place, is_new_row=True)

    @staticmethod
    def _is_asked(parent: etree._Element, rules: Rules) -> bool:
        """Tell whether a repeat without rows may get one: asked from where the row would stand."""
        if rules.relevant is None:
            return True
        here = etree.SubElement(parent, rules.node.name)
        try:
            return to_boolean(rules.relevant.value(here))
        except EvaluationError:
            return True
        finally:
            parent.remove(here)

    def _node(self, rules: Rules, element: etree._Element, index: int) -> Iterator[TrialLine]:
        if rules.node.kind == "group":
            yield self._line(rules.node, element)
            yield from self._below(element, rules.node.path, index)
        elif rules.node.control is not None:
            yield self._line(rules.node, element, self._choices(rules, element, index))
        elif rules.node.calculate is not None:
            yield self._line(rules.node, element)

    def _line(self, node: Node, element: etree._Element, choices: tuple[Choice, ...] = ()) -> TrialLine:
        place = self._answers.path_of(element)
        value = (element.text or "").strip() if node.kind == "question" else ""
        complaints = tuple(self._complaints.get(place, ()))
        return TrialLine(node, place, value, choices, complaints, values=_values(node, element))

    def _choices(self, rules: Rules, element: etree._Element, index: int) -> tuple[Choice, ...]:
        """Give the choices that are open, those of the form in its order, those of a table with what it shows."""
        node = rules.node
        if not rules.selects:
            return ()
        try:
            values = open_values(self._answers, rules, index, element)
        except EvaluationError:
            return node.choices
        listed = [choice for choice in node.choices if choice.value in values]
        others = values - {choice.value for choice in listed}
        looked_up = self._looked_up(node) if others else {}
        return (*listed, *(looked_up.get(value, Choice(value)) for value in sorted(others)))

    def _looked_up(self, node: Node) -> Mapping[str, Choice]:
        """Give the choices of a table that is too long to be a list, by their values."""
        asked = node.itemset
        table = self._form.tables.instances.get((asked.instance if asked else None) or "")
        if table is None or asked is None:
            return {}
        choices = (choice_in(row, asked.value, asked.label, {}) for row in table.iterfind(asked.rows))
        return {choice.value: choice for choice in choices}


def _values(node: Node, element: etree._Element) -> dict[str, str]:
    texts = (*node.labels.values(), *node.hints.values())
    names = dict.fromkeys(name for text in texts for name in _NAMED.findall(text))
    return {name: found for name in names if (found := _nearest(element, name))}


def _nearest(element: etree._Element, name: str) -> str:
    """Give the answer to the question of a name that stands nearest: in the same row before that of another."""
    around = element if len(element) else element.getparent()
    while around is not None:
        text = (around.findtext(f".//{name}") or "").strip()
        if text:
            return text
        around = around.getparent()
    return ""
