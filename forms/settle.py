"""Bringing answers to rest: what is not relevant is emptied, what is computed is computed, in the order of the form."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from forms.answer_types import as_type
from forms.answers import Answers
from forms.compiled import Rules
from forms.complaint import Kind
from forms.expression import Expression
from forms.scope import CURRENT, WORK_OF_ROW, EvaluationError

Irrelevant = Callable[[Rules, etree._Element], None]
Computed = Callable[[Rules, int, etree._Element, str], None]
Failed = Callable[[Rules, etree._Element, Kind, EvaluationError], None]
MAX_PASSES = 100
MAX_TEXT = 1_000_000


class Settling:
    """One run over the answers; the three callbacks say what happens to a node."""

    def __init__(self, answers: Answers, irrelevant: Irrelevant, computed: Computed, failed: Failed) -> None:
        self._answers = answers
        self._irrelevant = irrelevant
        self._computed = computed
        self._failed = failed

    def run(self) -> None:
        """Settle all nodes; where rows depend on rows, until nothing changes any more."""
        for number in range(MAX_PASSES if self._answers.form.order.across_rows else 1):
            if not self._once(0 if number == 0 else WORK_OF_ROW):
                return

    def _once(self, work: int) -> bool:
        """Settle every node, and tell whether any has changed; `work` is what each of them costs."""
        changed = False
        dropped, at = self._answers.dropped, self._answers.at
        for rules in self._answers.form.settling:
            for index, element in enumerate(at[rules.node.path]):
                if element not in dropped and self._settle(rules, index, element, work):
                    changed = True
        return changed

    def _settle(self, rules: Rules, index: int, element: etree._Element, work: int) -> bool:
        kind: Kind = "calculate"
        try:
            if work:
                CURRENT.get().spend(work)
            kind = "relevant"
            if rules.relevant is not None and not rules.relevant.is_true(self._answers, index, element):
                self._irrelevant(rules, element)
                self._answers.drop(element)
                return True
            kind = "calculate"
            if rules.calculate is not None and rules.node.kind == "question":
                before = element.text
                value = as_type(rules.node.type, self._text(rules.calculate, index, element))
                self._computed(rules, index, element, value)
                return element.text != before
        except EvaluationError as problem:
            self._failed(rules, element, kind, problem)
        return False

    def _text(self, expression: Expression, index: int, element: etree._Element) -> str:
        """Compute a text; one that joins another to itself doubles it, and forms may do so in a long chain."""
        text = expression.text(self._answers, index, element)
        if len(text) > MAX_TEXT:
            raise EvaluationError("check.value_too_long", limit=MAX_TEXT)
        return text
