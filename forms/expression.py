"""Expressions of a form, compiled once and evaluated at a node of a submission."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from lxml import etree

import forms.functions.calendar
import forms.functions.logic
import forms.functions.lookup
import forms.functions.numbers
import forms.functions.places
import forms.functions.words  # noqa: F401
from forms.complaint import Complaint, shortened
from forms.direct.compile import direct
from forms.direct.places import Run
from forms.direct.width import is_wide
from forms.functions.registry import FUNCTIONS
from forms.scope import CURRENT, WORK_OF_ROW, EvaluationError, Scope
from forms.translate import translate
from forms.translation import Context, Translation
from forms.values import Value, to_boolean, to_string
from forms.xpath import XPathDepthError, XPathSyntaxError, parse

if TYPE_CHECKING:
    from forms.answers import Answers

UNFINISHED = "form.expression_unfinished"
"""An expression that ends before it makes sense."""


class Expression:
    """One expression at one node of the form; faulty ones have complaints and cannot be evaluated."""

    def __init__(self, source: str, context: Context, column: str | None = None) -> None:
        self.source = source
        self.column = column
        self.complaints: tuple[Complaint, ...] = ()
        self.references: dict[str, bool] = {}
        self.tables: frozenset[str] = frozenset()
        self.volatile = False
        self.spoken = False
        self.constant: Value | None = None
        self.direct: Run | None = None
        self.wide = False
        self._xpath: etree.XPath | None = None
        self._compile(context)

    def _compile(self, context: Context) -> None:
        try:
            tree = parse(self.source)
            translation = translate(tree, context)
            self._xpath = _xpath(translation)
        except (XPathDepthError, RecursionError):
            self._complain(Complaint("form", "form.expression_deep", context.path))
            return
        except XPathSyntaxError as problem:
            details: dict[str, str | int] = {"position": problem.position, "found": problem.found}
            code = "form.expression_syntax" if problem.found else UNFINISHED
            self._complain(Complaint("form", code, context.path, details))
            return
        self._complain(*translation.complaints)
        self.references = translation.references
        self.tables = frozenset(translation.tables)
        self.volatile, self.spoken = translation.volatile, translation.spoken
        fixed = not (translation.references or translation.functions or "(" in translation.text.replace("()", ""))
        if fixed and not self.complaints:
            self.constant = self._constant()
        if not self.complaints:
            self.direct = direct(tree, context)
            self.wide = is_wide(tree, context)

    def _complain(self, *complaints: Complaint) -> None:
        self.complaints = tuple(
            replace(each, column=self.column, details={**each.details, "expression": shortened(self.source, 1000)})
            for each in complaints
        )

    def _constant(self) -> Value | None:
        try:
            value = self._xpath(etree.Element("nothing")) if self._xpath is not None else None
        except etree.XPathError:
            # Such as last(), which has a value in predicates alone.
            return None
        return value if isinstance(value, str | float | bool) else None

    def value(self, node: etree._Element) -> Value:
        """Evaluate at a node, inside the scope that is current."""
        if self.constant is not None:
            return self.constant
        if self._xpath is None or self.complaints:
            raise EvaluationError("form.expression_unusable", expression=self.source)
        scope = CURRENT.get()
        scope.node = node
        self._spend(scope)
        try:
            return cast(Value, self._xpath(node))
        except etree.XPathError as problem:
            raise EvaluationError("check.not_computable", expression=self.source, reason=str(problem)) from problem

    def _spend(self, scope: Scope) -> None:
        work = WORK_OF_ROW * scope.rows if self.wide else 0
        for name in self.tables:
            work += scope.tables.sizes.get(name, 0)
        if work:
            scope.spend(work)

    def at(self, answers: Answers, index: int, node: etree._Element) -> Value:
        """Evaluate at a node, which is the one at this place of its list; directly where the expression allows it."""
        if self.direct is not None:
            return cast(Value, self.direct(answers, index, None))
        return self.value(node)

    def is_true(self, answers: Answers, index: int, node: etree._Element) -> bool:
        """Evaluate there to true or false."""
        value = self.at(answers, index, node)
        return value if isinstance(value, bool) else to_boolean(value)

    def text(self, answers: Answers, index: int, node: etree._Element) -> str:
        """Evaluate there to a text."""
        value = self.at(answers, index, node)
        return value if isinstance(value, str) else to_string(value)


def _xpath(translation: Translation) -> etree.XPath:
    extensions = {(None, FUNCTIONS[name].alias): FUNCTIONS[name].call for name in translation.functions}
    try:
        return etree.XPath(translation.text, extensions=extensions, smart_strings=False)
    except etree.XPathSyntaxError as problem:
        raise XPathSyntaxError(0, str(problem)) from problem
