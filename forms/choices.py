"""Whether an answer is one of the choices that were open when it was given."""

from __future__ import annotations

import re
from collections.abc import Collection

from lxml import etree

from forms.answers import Answers
from forms.compiled import CompiledForm, Rules
from forms.complaint import shortened
from forms.scope import EvaluationError
from forms.structure import Itemset, Node
from forms.tables import column_name
from forms.values import Value

Found = tuple[str, dict[str, str | int]]
MOST_SHOWN = 80
_SEARCH = re.compile(r"search\(\s*['\"](?P<table>[^'\"]+)['\"]")


def choice_complaint(answers: Answers, rules: Rules, index: int, element: etree._Element, text: str) -> Found | None:
    """Give code and details of what is wrong with a choice, or None."""
    node = rules.node
    chosen = text.split() if node.is_multiple else [text]
    if len(chosen) > 1 and len(set(chosen)) < len(chosen):
        return "check.choice_twice", {"value": shortened(text, MOST_SHOWN)}
    closed = _closed(chosen, answers, rules, index, element)
    if closed is not None:
        code = "check.choice_not_open" if closed in rules.listed else "check.choice_unknown"
        return code, {"value": shortened(closed, MOST_SHOWN)}
    if node.control == "rank" and set(chosen) != open_values(answers, rules, index, element):
        return "check.rank_incomplete", {"value": shortened(text, MOST_SHOWN)}
    return None


def _closed(chosen: Collection[str], answers: Answers, rules: Rules, index: int, element: etree._Element) -> str | None:
    """Give the first of the chosen values that was not open."""
    if rules.items is not None:
        items = rules.items
        return next((value for value in chosen if not items.is_open(value, answers, index)), None)
    open_now = open_values(answers, rules, index, element)
    return next((value for value in chosen if value not in open_now), None)


def open_values(answers: Answers, rules: Rules, index: int, element: etree._Element) -> frozenset[str]:
    """Give the values that can be chosen at this moment."""
    node = rules.node
    if "search(" in node.appearance:
        return _searched(answers.form, node, rules.listed)
    if rules.items is not None:
        return rules.items.open_values(answers, index)
    if rules.itemset is None or node.itemset is None:
        return rules.listed
    return _looked_up(rules.itemset.at(answers, index, element), node.itemset, rules.listed)


def _looked_up(rows: Value, itemset: Itemset, listed: frozenset[str]) -> frozenset[str]:
    if not isinstance(rows, list):
        return listed
    name = itemset.value.strip()
    return frozenset((row.findtext(name) or "").strip() for row in rows if isinstance(row, etree._Element))


def _searched(form: CompiledForm, node: Node, listed: frozenset[str]) -> frozenset[str]:
    """Give the values of a searched table: the listed choice names its column, numbers are choices themselves."""
    found = _SEARCH.search(node.appearance)
    table = found.group("table") if found else ""
    instance = form.tables.instances.get(table)
    if instance is None:
        raise EvaluationError("check.data_missing", name=form.tables.external.get(table, table))
    columns = {value for value in listed if not value.lstrip("-").isdigit()}
    cells = {item.findtext(column_name(column)) or "" for item in instance.iterfind("root/item") for column in columns}
    return frozenset(cells | (listed - columns))
