"""Words in expressions that cannot be what was meant: no choice of the question, no quotes, no ${}.

Such an expression is never true, or its value always empty, and no client says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from forms.comparisons import comparisons, node_path
from forms.compiled import CompiledForm, Rules
from forms.complaint import Complaint, shortened
from forms.expression import Expression
from forms.nearest import name_meant
from forms.values import to_number
from forms.xpath import Expr, Literal, Number, Path, parse, walk

_NO_NUMBER = "NaN"
"""Written in forms for an answer that was not given."""
_LIKE = 0.6
"""Choices are few and short: a turned letter of three makes a third of the word."""


def word_complaints(form: CompiledForm) -> Iterator[Complaint]:
    """Name the texts that are no choice of what they are compared with, and the paths that lead nowhere."""
    for path, rules in form.rules.items():
        for expression in rules.expressions:
            if not expression.complaints:
                yield from _no_choices(form, expression, path)
        yield from _leading_nowhere(form, rules)


def _no_choices(form: CompiledForm, expression: Expression, path: str) -> Iterator[Complaint]:
    compared = comparisons(parse(expression.source), path)
    for asked, other in dict.fromkeys(compared):
        rules = form.rules.get(asked)
        if rules is None or not isinstance(other, Literal | Number) or not other.text.strip():
            continue
        if _is_closed(rules) and not _is_choice(other, rules):
            meant = _choice_meant(other.text, rules)
            details = {"value": shortened(other.text, 80), "name": rules.node.name, "meant": meant}
            yield _complaint("form.no_such_choice", path, expression, **details)


def _is_closed(rules: Rules) -> bool:
    """Tell whether an answer can be nothing but a choice that is known here."""
    node = rules.node
    # What is filled in from elsewhere may be of a longer list.
    filled = node.calculate is not None or node.assignment is not None or bool(node.actions)
    return rules.selects and bool(rules.listed) and not filled and "search(" not in node.appearance


def _is_choice(given: Literal | Number, rules: Rules) -> bool:
    if given.text in rules.listed or given.text in (rules.node.default, _NO_NUMBER):
        return True
    if isinstance(given, Number):
        number = to_number(given.text)
        return any(to_number(value) == number for value in rules.listed)
    return rules.node.is_multiple and all(each in rules.listed for each in given.text.split())


def _choice_meant(text: str, rules: Rules) -> str:
    """Give the choice with these words or other capitals, else the one that is spelt most like it."""
    plain = text.casefold()
    spoken = (c.value for c in rules.node.choices if text in c.labels.values() or c.value.casefold() == plain)
    return next(spoken, None) or name_meant(text, rules.listed, _LIKE)


def _leading_nowhere(form: CompiledForm, rules: Rules) -> Iterator[Complaint]:
    """Find paths that lead nowhere: their value is always empty, which nobody means."""
    root, path = f"/{form.definition.root}", rules.node.path
    missing = {
        reference: expression
        for expression in reversed(rules.expressions)
        for reference in expression.references
        if reference not in form.rules and reference != root and "@" not in reference
    }
    for reference, expression in missing.items():
        word = _bare_word(expression, path, reference)
        question = _question_with(word, form, expression, path)
        if question is not None:
            yield _complaint("form.quotes_missing", path, expression, value=word, name=question)
        elif word and word in {node.name for node in form.definition.questions}:
            yield _complaint("form.reference_bare", path, expression, value=word)
        else:
            yield _complaint("form.unknown_reference", path, expression, reference=reference)


def _bare_word(expression: Expression, path: str, reference: str) -> str:
    """Give the word without quotes or ${} that was taken for the path of a node below."""
    for part in walk(parse(expression.source)):
        if isinstance(part, Path) and part.start == "" and len(part.steps) == 1 and node_path(part, path) == reference:
            return part.steps[0].test
    return ""


def _question_with(word: str, form: CompiledForm, expression: Expression, path: str) -> str | None:
    """Give the question that has the word as a choice: the one that it is compared with, else any."""
    if not word:
        return None
    compared = [asked for asked, other in comparisons(parse(expression.source), path) if _is_word(other, word)]
    known = [form.rules[asked] for asked in compared if asked in form.rules]
    asked = next((rules.node.name for rules in known if word in rules.listed), None)
    if asked is not None or word in {node.name for node in form.definition.questions}:
        return asked
    return next((rules.node.name for rules in form.questions if word in rules.listed), None)


def _is_word(tree: Expr, word: str) -> bool:
    return isinstance(tree, Path) and tree.start == "" and [step.test for step in tree.steps] == [word]


def _complaint(code: str, path: str, expression: Expression, **details: str | int) -> Complaint:
    details = {**details, "expression": shortened(expression.source, 1000)}
    return Complaint("form", code, path, details, column=expression.column, severity="warning")
