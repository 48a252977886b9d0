"""Filling a form as an enumerator's phone does: answers in, the submission's XML out."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from lxml import etree

from forms.answer_types import as_type
from forms.answers import TEMPLATE, Answers
from forms.compiled import NO_DATA, CompiledForm, Rules, compiled
from forms.complaint import Complaint
from forms.dates import date_time_text
from forms.definition import FormDefinition
from forms.errors import FillingError
from forms.scope import CURRENT, EvaluationError, Scope
from forms.settle import Settling
from forms.structure import Action, Node
from forms.values import to_string

Answer = object
"""A text, number, date, a list of choices, a list of mappings (the rows of a repeat), or None."""
Given = Mapping[str, Answer]
FIRST_LOAD = frozenset({"odk-instance-first-load", "odk-instance-load", "xforms-ready", "jr-insert", "odk-new-repeat"})


def fill(
    definition: FormDefinition,
    answers: Given,
    *,
    instance_id: str,
    now: datetime | None = None,
    deprecated_id: str | None = None,
    data: Mapping[str, bytes] = NO_DATA,
) -> bytes:
    """Give the submission of a form with these answers, by name of question (or its path below the root).

    Rows of a repeat are a list of mappings. What the form computes or presets is computed unless the answers give it;
    what is not relevant is left out, as a client does. Raise FillingError for answers that have no place in the form.
    """
    form = compiled(definition, data)
    return _Filling(form, answers, now).run(instance_id, deprecated_id)


class _Filling:
    def __init__(self, form: CompiledForm, given: Given, now: datetime | None) -> None:
        self._form = form
        self._now = now
        self._given: set[etree._Element] = set()
        self._faults: list[Complaint] = []
        self._counted: set[tuple[str, etree._Element]] = set()
        root = _blank(form.definition)
        self._answers = Answers(form, root)
        self._preset()
        self._write(root, 0, f"/{form.definition.root}", given)
        if self._faults:
            raise FillingError(*self._faults)

    def run(self, instance_id: str, deprecated_id: str | None) -> bytes:
        """Settle the answers and write them down."""
        root = self._answers.root
        scope = Scope(root, root, self._form.tables, self._now, self._form.definition.default_language)
        token = CURRENT.set(scope)
        try:
            self._identify(instance_id, deprecated_id)
            self._act(on_load=True)
            self._settle()
            while self._count_rows():
                self._settle()
            self._act(on_load=False)
            self._settle()
        finally:
            CURRENT.reset(token)
        self._answers.prune()
        self._identify(instance_id, deprecated_id)
        return _serialised(root, self._form.definition)

    # ---- answers

    def _write(self, parent: etree._Element, index: int, path: str, given: Given) -> None:
        for name, answer in given.items():
            node = self._node(path, name)
            if node is None:
                continue
            if node.kind == "repeat":
                self._write_rows(parent, index, path, node, answer)
            else:
                below = node.path.removeprefix(path + "/")
                element = parent.find(below)
                if element is not None and answer is not None:
                    element.text = _text(answer) or None
                    self._given.add(element)

    def _write_rows(self, parent: etree._Element, index: int, path: str, node: Node, answer: Answer) -> None:
        around = (node.parent or "").removeprefix(path).lstrip("/")
        place = parent.find(around) if around else parent
        if place is None or not isinstance(answer, Sequence) or isinstance(answer, str):
            self._fault("fill.rows_wanted", node.path, name=node.name)
            return
        self._answers.remove_rows(place, index, node)
        for answers in answer:
            self._write(self._new_row(place, index, node), len(self._answers.at[node.path]) - 1, node.path, answers)

    def _new_row(self, parent: etree._Element, index: int, node: Node) -> etree._Element:
        row = copy.deepcopy(_empty_row(self._form.definition, node.path))
        self._answers.add_row(parent, index, row, node)
        return row

    def _node(self, path: str, name: str) -> Node | None:
        found = _names(self._form.definition, path).get(name.strip("/"), ())
        if len(found) == 1:
            return found[0]
        self._fault("fill.unknown_question" if not found else "fill.ambiguous_question", path, name=name)
        return None

    def _fault(self, code: str, path: str, **details: str) -> None:
        self._faults.append(Complaint("structure", code, path, details))

    # ---- presets and actions

    def _preset(self) -> None:
        for rules in self._form.rules.values():
            if rules.node.preload is not None and self._now is not None:
                text = _preloaded(rules.node.preload, self._now)
                for element in self._answers.at[rules.node.path]:
                    element.text = text or element.text

    def _act(self, *, on_load: bool) -> None:
        for rules in self._form.rules.values():
            for action in rules.node.actions:
                if action.name == "setvalue" and bool(FIRST_LOAD & set(action.events)) == on_load:
                    self._set(rules, action)

    def _set(self, rules: Rules, action: Action) -> None:
        expression = rules.actions.get(action.expression or "")
        for index, element in enumerate(self._answers.at[rules.node.path]):
            if element in self._given or element in self._answers.dropped or not self._set_off(action, rules, element):
                continue
            try:
                text = expression.text(self._answers, index, element) if expression else action.text
                element.text = as_type(rules.node.type, text) or None
            except EvaluationError:
                element.text = None

    def _set_off(self, action: Action, rules: Rules, element: etree._Element) -> bool:
        """Tell whether the question that an action hangs on was answered, in the target's row if both stand in one."""
        trigger = self._form.rules.get(action.trigger or "")
        if trigger is None or FIRST_LOAD & set(action.events):
            return True
        shared = [repeat for repeat in trigger.node.repeats if repeat in rules.node.repeats]
        level = shared[-1].count("/") if shared else 1
        answered = (each for each in self._answers.at[trigger.node.path] if each in self._given)
        return any(_above(each, level) is _above(element, level) for each in answered)

    # ---- settling

    def _settle(self) -> None:
        Settling(self._answers, lambda *_: None, self._compute, self._cannot).run()

    def _compute(self, rules: Rules, _index: int, element: etree._Element, value: str) -> None:
        if rules.calculate is not None and rules.calculate.volatile and element in self._given:
            return
        element.text = value or None

    def _cannot(self, rules: Rules, element: etree._Element, _kind: str, problem: EvaluationError) -> None:
        raise FillingError(Complaint("calculate", problem.code, self._answers.path_of(element), problem.details))

    def _count_rows(self) -> bool:
        """Make the rows that a count asks for, and take away those too many; tell whether any were made."""
        for rules in self._form.counted:
            for index, parent in self._answers.parents_of(rules.node):
                # New rows settle before anything inside them is counted.
                if (rules.node.path, parent) not in self._counted and self._fit_rows(rules, index, parent):
                    return True
        return False

    def _fit_rows(self, rules: Rules, index: int, parent: etree._Element) -> bool:
        wanted = self._answers.count_of(rules, parent, index, blank=0)
        if wanted is None:
            return False
        self._counted.add((rules.node.path, parent))
        rows = parent.findall(rules.node.name)
        for row in rows[wanted:]:
            self._answers.drop(row)
        for _ in range(wanted - len(rows)):
            self._new_row(parent, index, rules.node)
        return wanted > len(rows)

    def _identify(self, instance_id: str, deprecated_id: str | None) -> None:
        root = self._answers.root
        meta = root.find("meta")
        if meta is None:
            meta = etree.SubElement(root, "meta")
        for name, text in (("instanceID", instance_id), ("deprecatedID", deprecated_id)):
            element = meta.find(name)
            if element is None and text is not None:
                element = etree.SubElement(meta, name)
            if element is not None and text is not None:
                element.text = text
                self._given.add(element)


def _above(element: etree._Element, level: int) -> etree._Element:
    """Give the node of a level that stands around an element; the root is the first."""
    return [element, *element.iterancestors()][::-1][level - 1]


def _preloaded(preload: tuple[str, str], now: datetime) -> str:
    kind, parameter = preload
    if kind == "timestamp" and parameter in ("start", "end"):
        return date_time_text(now)
    if kind == "date" and parameter == "today":
        return now.date().isoformat()
    return ""


def _text(answer: Answer) -> str:
    if isinstance(answer, bool | float | int):
        return to_string(answer)
    if isinstance(answer, datetime):
        return date_time_text(answer)
    if isinstance(answer, date):
        return answer.isoformat()
    if isinstance(answer, Decimal):
        return format(answer, "f")
    if isinstance(answer, Sequence) and not isinstance(answer, str):
        return " ".join(map(_text, answer))
    return str(answer)


@lru_cache(maxsize=16)
def _template(definition: FormDefinition) -> etree._Element:
    return etree.fromstring(definition.template)


def _blank(definition: FormDefinition) -> etree._Element:
    return copy.deepcopy(_template(definition))


@lru_cache(maxsize=256)
def _empty_row(definition: FormDefinition, path: str) -> etree._Element:
    """Give a new row of a repeat as the form has it; repeats inside it start without rows of their own."""
    found = _template(definition).find("/".join(path.split("/")[2:]))
    assert found is not None  # noqa: S101  (every repeat stands in the template)
    row = copy.deepcopy(found)
    row.tail = None
    etree.strip_attributes(row, TEMPLATE)
    return row


@lru_cache(maxsize=256)
def _names(definition: FormDefinition, path: str) -> Mapping[str, tuple[Node, ...]]:
    """Give the nodes that an answer can name below a path, by name and by path; inside a repeat its own nodes only."""
    names: dict[str, tuple[Node, ...]] = {}
    level = definition.by_path.get(path)
    rows = () if level is None else (*level.repeats, level.path)
    for node in definition.nodes:
        if node.kind == "group" or node.repeats != rows:
            continue
        for name in {node.name, node.path.removeprefix(path + "/")}:
            names[name] = (*names.get(name, ()), node)
    return names


def _serialised(root: etree._Element, definition: FormDefinition) -> bytes:
    if definition.namespace:
        for element in root.iter():
            element.tag = f"{{{definition.namespace}}}{element.tag}"
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
