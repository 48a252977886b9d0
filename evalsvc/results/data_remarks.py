"""Say on the terminal what in the data was perhaps meant otherwise than it was read."""

from collections.abc import Iterator

from evalsvc.terminal import language
from evalsvc.words import sentence
from sampling.estimate import Plan, Table
from sampling.estimate.remarks.absent_level import absent_levels
from sampling.estimate.remarks.blank_label import blank_labels
from sampling.estimate.remarks.stray_text import stray_texts


def data_remarks(plan: Plan, table: Table) -> Iterator[str]:
    """Give the sentences about the columns that a plan uses."""
    yield from _stray(plan, table)
    yield from _absent(plan, table)
    yield from _blank(plan, table)


def _stray(plan: Plan, table: Table) -> Iterator[str]:
    for stray in stray_texts(plan, table):
        code = "results.text_among_numbers" if stray.among_numbers else "results.mark_as_level"
        details = {"column": stray.column, "values": stray.quoted, "count": stray.count, "row": stray.row}
        yield sentence(code, details, language())


def _absent(plan: Plan, table: Table) -> Iterator[str]:
    for absent in absent_levels(plan, table):
        details = {"id": absent.id, "column": absent.column, "value": absent.value, "known": absent.known}
        yield sentence("results.absent_level", details, language())


def _blank(plan: Plan, table: Table) -> Iterator[str]:
    for blank in blank_labels(plan, table):
        code = "results.blank_label_twin" if blank.twin else "results.blank_label"
        details = {"column": blank.column, "label": blank.label, "count": blank.count, "plain": blank.label.strip()}
        yield sentence(code, details, language())
