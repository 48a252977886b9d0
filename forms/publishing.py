"""What stands against publishing a form: faults of expressions, circles, files that are missing, names that clash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

from forms.answer_types import is_file_name
from forms.columns import columns_of
from forms.compiled import NO_DATA, CompiledForm, compiled
from forms.complaint import Complaint
from forms.definition import FormDefinition
from forms.expected_words import word_complaints
from forms.filters import filter_columns
from forms.pattern import patterns_in
from forms.structure import SELECTS, Node


def publishing_complaints(definition: FormDefinition, files: Mapping[str, bytes] = NO_DATA) -> tuple[Complaint, ...]:
    """Give every complaint about a form; only those whose severity is error forbid publishing."""
    form = compiled(definition, files)
    return (
        *_identity(definition),
        *form.complaints,
        *_files(form, files),
        *word_complaints(form),
        *_own_values(form),
        *_patterns(form),
        *_types(definition),
        *_filters(definition),
        *_columns(definition),
    )


def _identity(definition: FormDefinition) -> Iterator[Complaint]:
    if definition.form_id == definition.root and etree.fromstring(definition.template).get("id") is None:
        yield Complaint("form", "form.id_missing", details={"name": definition.root}, severity="warning")


def _files(form: CompiledForm, files: Mapping[str, bytes]) -> Iterator[Complaint]:
    for attachment in form.definition.attachments:
        if not is_file_name(attachment.filename):
            yield Complaint("form", "form.file_name", details={"filename": attachment.filename})
        elif attachment.filename not in files:
            yield Complaint("form", "form.file_missing", details={"filename": attachment.filename}, severity="warning")


def _own_values(form: CompiledForm) -> Iterator[Complaint]:
    for path, rules in form.rules.items():
        if rules.keeps_own_value:
            yield Complaint("form", "form.own_value", path, column="calculation", severity="warning")


def _patterns(form: CompiledForm) -> Iterator[Complaint]:
    """Tell of patterns that cannot be matched step by step: on some answers they take too long, and are given up."""
    for path, rules in form.rules.items():
        for expression in rules.expressions:
            # What is wrong in a faulty expression was told already.
            found = () if expression.complaints else patterns_in(expression.source)
            slow = [each for each in found if not each.linear]
            if slow:
                details: dict[str, str | int] = {"pattern": slow[0].source}
                yield Complaint(
                    "form", "form.pattern_searching", path, details, column=expression.column, severity="warning"
                )  # fmt: skip


def _types(definition: FormDefinition) -> Iterator[Complaint]:
    if not definition.questions:
        yield Complaint("form", "form.no_questions", f"/{definition.root}", severity="warning")
    looked_at: set[int] = set()
    for node in definition.questions:
        if node.control in SELECTS and not node.choices and node.itemset is None:
            yield Complaint("form", "form.no_choices", node.path, severity="warning")
        if node.is_multiple and id(node.choices) not in looked_at:
            looked_at.add(id(node.choices))
            yield from _choices(node)


def _choices(node: Node) -> Iterator[Complaint]:
    for value in dict.fromkeys(choice.value for choice in node.choices):
        if len(value.split()) != 1:
            yield Complaint("form", "form.choice_value", node.path, {"value": value}, severity="warning")


def _filters(definition: FormDefinition) -> Iterator[Complaint]:
    """Find filters that name a column which no choice of their list has: they never let a choice through."""
    columns: dict[str, set[str]] = {}
    for node in definition.questions:
        itemset = node.itemset
        name = (itemset.instance or "") if itemset and itemset.filtered else ""
        if itemset is None or name not in definition.secondary:
            continue
        if name not in columns:
            items = etree.fromstring(definition.secondary[name]).iterfind(".//item")
            columns[name] = {str(child.tag) for item in items for child in item}
        for missing in sorted(filter_columns(itemset.nodeset) - columns[name]):
            details: dict[str, str | int] = {"name": missing, "list": name}
            yield Complaint(
                "form", "form.filter_column", node.path, details, column="choice_filter", severity="warning"
            )  # fmt: skip


def _columns(definition: FormDefinition) -> Iterator[Complaint]:
    counted = Counter((column.table, column.name) for column in columns_of(definition))
    for (table, name), times in counted.items():
        if times > 1:
            yield Complaint("form", "form.column_twice", table, {"name": name}, severity="warning")
