"""Whether an answer is one of the choices that were open when it was given."""

from __future__ import annotations

import re

from lxml import etree

from forms.compiled import CompiledForm, Rules
from forms.scope import EvaluationError
from forms.structure import Node
from forms.values import Value

Found = tuple[str, dict[str, str | int]]
_SEARCH = re.compile(r"search\(\s*['\"](?P<table>[^'\"]+)['\"]")


def choice_complaint(form: CompiledForm, rules: Rules, element: etree._Element, text: str) -> Found | None:
    """Give code and details of what is wrong with a choice, or None."""
    node = rules.node
    chosen = text.split() if node.is_multiple else [text]
    if len(set(chosen)) < len(chosen):
        return "check.choice_twice", {"value": text}
    listed = {choice.value for choice in node.choices}
    open_now = _searched(form, node, listed) if "search(" in node.appearance else _open(rules, element, listed)
    for value in chosen:
        if value not in open_now:
            code = "check.choice_not_open" if value in listed else "check.choice_unknown"
            return code, {"value": value}
    if node.control == "rank" and set(chosen) != open_now:
        return "check.rank_incomplete", {"value": text}
    return None


def _open(rules: Rules, element: etree._Element, listed: set[str]) -> set[str]:
    itemset = rules.node.itemset
    if rules.itemset is None or itemset is None:
        return listed
    rows: Value = rules.itemset.value(element)
    if not isinstance(rows, list):
        return listed
    return {(row.findtext(itemset.value.strip()) or "").strip() for row in rows if isinstance(row, etree._Element)}


def _searched(form: CompiledForm, node: Node, listed: set[str]) -> set[str]:
    """Give the values of a searched table: the listed choice names its column, numbers are choices themselves."""
    found = _SEARCH.search(node.appearance)
    table = found.group("table") if found else ""
    instance = form.tables.instances.get(table)
    if instance is None:
        raise EvaluationError("check.data_missing", name=form.tables.external.get(table, table))
    columns = {value for value in listed if not value.lstrip("-").isdigit()}
    cells = {item.findtext(column) or "" for item in instance.iterfind("root/item") for column in columns}
    return cells | (listed - columns)
