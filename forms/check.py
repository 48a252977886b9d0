"""Every answer of a submission checked again on the server, by the rules of its form."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime

from lxml import etree

from forms.answers import Answers
from forms.choices import choice_complaint
from forms.compiled import NO_DATA, CompiledForm, Rules, compiled
from forms.complaint import Complaint, Kind, shortened
from forms.dates import read_date, read_date_time
from forms.definition import FormDefinition
from forms.instance import Instance
from forms.rounding import rounding_step
from forms.scope import CURRENT, EvaluationError, Scope
from forms.settle import Settling
from forms.structure import Node
from forms.values import to_number

TOLERANCE = 1e-6
MAX_COMPLAINTS = 2000
_TRUE, _FALSE = ("true", "1"), ("false", "0")


def check(
    definition: FormDefinition,
    instance: Instance,
    now: datetime | None = None,
    data: Mapping[str, bytes] = NO_DATA,
) -> tuple[Complaint, ...]:
    """Give all complaints about a submission, in the order of the form.

    `now` is the device's time when the form was finished; without it, the time that the form itself recorded at its end
    or start is taken. `data` are the tables attached to the form.
    """
    return check_by(compiled(definition, data), instance, now)


def check_by(form: CompiledForm, instance: Instance, now: datetime | None = None) -> tuple[Complaint, ...]:
    """Give all complaints about a submission by a form that was compiled before (`forms.compiled.compile_form`)."""
    foreign = _of_another_form(form.definition, instance)
    if foreign:
        return foreign
    return _Check(form, instance, now).run()


def _of_another_form(definition: FormDefinition, instance: Instance) -> tuple[Complaint, ...]:
    root = f"/{instance.root.tag}"
    if instance.form_id != definition.form_id:
        details: dict[str, str | int] = {"found": instance.form_id, "expected": definition.form_id}
        return (Complaint("form", "check.other_form", root, details),)
    if instance.version != definition.version:
        details = {"found": instance.version, "expected": definition.version}
        return (Complaint("form", "check.other_version", root, details),)
    if instance.root.tag != definition.root:
        details = {"found": str(instance.root.tag), "expected": definition.root}
        return (Complaint("structure", "check.other_root", root, details),)
    return ()


class _Check:
    def __init__(self, form: CompiledForm, instance: Instance, now: datetime | None) -> None:
        self._form = form
        self._answers = Answers(form, copy.deepcopy(instance.root))
        root = self._answers.root
        self._scope = Scope(root, root, form.tables, now or self._own_time(), form.definition.default_language)
        self._scope.rows = self._answers.row_count
        self._found: dict[str, list[Complaint]] = {}
        self._overworked = False

    def run(self) -> tuple[Complaint, ...]:
        token = CURRENT.set(self._scope)
        try:
            Settling(self._answers, self._irrelevant, self._computed, self._failed).run()
            for rules in self._form.counted:
                self._check_rows(rules)
            for rules in self._form.questions:
                self._check_answers(rules)
        finally:
            CURRENT.reset(token)
        places = [path for path in self._form.rules if path in self._found] if self._found else []
        ordered = [complaint for path in places for complaint in self._found[path]]
        return self._bounded((*self._answers.complaints, *ordered))

    def _bounded(self, complaints: tuple[Complaint, ...]) -> tuple[Complaint, ...]:
        """Leave out what nobody reads: a submission can be wrong in tens of thousands of rows."""
        if len(complaints) <= MAX_COMPLAINTS:
            return complaints
        details: dict[str, str | int] = {"count": len(complaints), "limit": MAX_COMPLAINTS}
        root = f"/{self._form.definition.root}"
        return (*complaints[:MAX_COMPLAINTS], Complaint("structure", "check.more_complaints", root, details))

    def _own_time(self) -> datetime | None:
        """Give the time that the form recorded when it was finished, else when it was begun."""
        for path in self._form.recorded:
            elements = self._answers.at[path]
            found = read_date_time(elements[0].text or "") if elements else None
            if found is not None:
                return found
        return None

    def _complain(self, rules: Rules, element: etree._Element, kind: Kind, code: str, **details: str | int) -> None:
        place = self._answers.path_of(element)
        self._found.setdefault(rules.node.path, []).append(Complaint(kind, code, place, details))

    # ---- settling

    def _irrelevant(self, rules: Rules, element: etree._Element) -> None:
        for leaf, path in self._answers.held(element, rules.node.path):
            below = self._form.rules.get(path)
            if below is not None:
                self._complain(below, leaf, "relevant", "check.not_relevant", value=_short(leaf.text or ""))

    def _computed(self, rules: Rules, index: int, element: etree._Element, expected: str) -> None:
        assert rules.calculate is not None  # noqa: S101  (settling computes nothing else)
        sent = (element.text or "").strip()
        if rules.calculate.volatile or rules.node.path == self._form.identifier:
            return
        if sent == expected:
            return
        # A label that shows another answer inside itself is not put together here.
        told = rules.calculate.spoken and "${" in expected
        fits = told or same_value(sent, expected) or self._in_another_language(rules, index, element, sent)
        if not (fits or same_value(sent, expected, rounding_step(rules.calculate.source))):
            details = {"sent": _short(sent), "computed": _short(expected)}
            self._complain(rules, element, "calculate", "check.other_value", **details)
        element.text = expected or None

    def _in_another_language(self, rules: Rules, index: int, element: etree._Element, sent: str) -> bool:
        if rules.calculate is None or not rules.calculate.spoken:
            return False
        own = self._scope.language
        try:
            for language in self._form.definition.languages:
                self._scope.language = language
                if same_value(sent, rules.calculate.text(self._answers, index, element)):
                    return True
        finally:
            self._scope.language = own
        return False

    def _failed(self, rules: Rules, element: etree._Element, kind: Kind, problem: EvaluationError) -> None:
        if problem.code == "check.too_much_work":
            # Once is enough: nothing that comes after it is computed either.
            if self._overworked:
                return
            self._overworked = True
        self._complain(rules, element, kind, problem.code, **problem.details)

    # ---- answers

    def _check_answers(self, rules: Rules) -> None:
        dropped = self._answers.dropped
        for index, element in enumerate(self._answers.at[rules.node.path]):
            if element in dropped:
                continue
            text = (element.text or "").strip()
            if text:
                self._check_answer(rules, index, element, text)
            elif rules.required is not None:
                self._check_required(rules, index, element)

    def _check_required(self, rules: Rules, index: int, element: etree._Element) -> None:
        try:
            if rules.required is not None and rules.required.is_true(self._answers, index, element):
                self._complain(rules, element, "required", "check.required")
        except EvaluationError as problem:
            self._failed(rules, element, "required", problem)

    def _check_answer(self, rules: Rules, index: int, element: etree._Element, text: str) -> None:
        node = rules.node
        if rules.fits is not None and not rules.fits(text):
            self._complain(rules, element, "type", "check.wrong_type", type=node.type, value=_short(text))
            return
        if node.readonly is not None:
            self._check_readonly(rules, element, text)
        if rules.selects:
            self._check_choice(rules, index, element, text)
        try:
            if rules.constraint is not None and not rules.constraint.is_true(self._answers, index, element):
                self._complain(rules, element, "constraint", "check.constraint", **_messages(node), value=_short(text))
        except EvaluationError as problem:
            self._failed(rules, element, "constraint", problem)

    def _check_choice(self, rules: Rules, index: int, element: etree._Element, text: str) -> None:
        try:
            found = choice_complaint(self._answers, rules, index, element, text)
        except EvaluationError as problem:
            self._failed(rules, element, "choice", problem)
            return
        if found is not None:
            self._complain(rules, element, "choice", found[0], **found[1])

    def _check_readonly(self, rules: Rules, element: etree._Element, text: str) -> None:
        node = rules.node
        fixed = (node.readonly or "").replace(" ", "") == "true()"
        free = node.calculate or node.preload or node.actions or node.is_meta or node.assignment
        if fixed and not free and text != node.default.strip():
            self._complain(rules, element, "readonly", "check.readonly", value=_short(text))

    def _check_rows(self, rules: Rules) -> None:
        for index, parent in self._answers.parents_of(rules.node):
            try:
                wanted = self._answers.count_of(rules, parent, index)
            except EvaluationError as problem:
                self._failed(rules, parent, "repeat", problem)
                continue
            rows = len(parent.findall(rules.node.name))
            if wanted is not None and rows != wanted:
                self._complain(rules, parent, "repeat", "check.rows", rows=rows, wanted=wanted, name=rules.node.name)


def same_value(sent: str, expected: str, step: float = 0.0) -> bool:
    """Tell whether two texts are the same value: numbers to a small difference, or to `step`; true may be written 1."""
    if sent == expected.strip() or (not expected and sent == "NaN"):
        return True
    if expected in _TRUE or expected in _FALSE:
        return sent in (_TRUE if expected in _TRUE else _FALSE)
    if read_date(expected) is not None and sent.startswith(f"{expected}T"):
        # Some clients keep the time of day in what is computed as a date.
        return True
    a, b = to_number(sent), to_number(expected)
    return abs(a - b) <= max(TOLERANCE * max(1.0, abs(b)), step * (1 + TOLERANCE))


def _messages(node: Node) -> dict[str, str | int]:
    """Give the form's own words about a constraint, in both languages where it has them."""
    texts = node.constraint_messages
    first = next(iter(texts.values()), "")
    return {"message": texts.get("zh", first) or "—", "message_en": texts.get("en", first) or "—"}


def _short(text: str) -> str:
    return shortened(text, 80)
