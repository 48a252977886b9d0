"""Counts of fieldwork and cases, for reports and pages: plain counts of rows, never an estimate."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from evalsvc.cases.values import KINDS, STATES
from evalsvc.frames.judged import text_of
from evalsvc.instruments.contract import COMPLETED, DISPOSITIONS
from evalsvc.planning.making import RESERVE, Attributes
from evalsvc.results.records import CaseRow, FieldworkRow, InterviewRow
from evalsvc.results.weighting import INELIGIBLE

Counts = dict[str, int | float | None]


def fieldwork_counts(rows: Iterable[FieldworkRow]) -> Counts:
    """Count opened households by outcome; the response rate is completed over eligible, unweighted."""
    opened = [row for row in rows if row.opened]
    outcomes = Counter(row.disposition for row in opened)
    eligible = sum(row.disposition not in INELIGIBLE for row in opened)
    return {
        "opened": len(opened),
        "main": sum(row.sample_type != RESERVE for row in opened),
        "reserves": sum(row.sample_type == RESERVE for row in opened),
        **{name: outcomes[name] for name in DISPOSITIONS},
        "eligible": eligible,
        "response_rate": outcomes[COMPLETED] / eligible if eligible else None,
    }


def fieldwork_by(rows: Sequence[FieldworkRow], attributes: Attributes, column: str) -> dict[str, Counts]:
    """Count the outcomes by a column of the frame, in code-point order of its values."""
    groups: dict[str, list[FieldworkRow]] = {}
    for row in rows:
        groups.setdefault(text_of(attributes[row.unit_id], column), []).append(row)
    return {value: fieldwork_counts(groups[value]) for value in sorted(groups)}


def review_counts(interviews: Sequence[InterviewRow]) -> dict[str, int]:
    """Count the interviews that were corrected, however often, and those that review rejected."""
    first = {row.instance_id for row in interviews if not row.replaces}
    return {
        "corrected": sum(row.replaces in first for row in interviews),
        "rejected": sum(bool(row.rejected) for row in interviews),
    }


def case_counts(cases: Iterable[CaseRow]) -> dict[str, Mapping[str, Mapping[str, int]]]:
    """Count cases and their persons by kind and state."""
    households: Counter[tuple[str, str]] = Counter()
    persons: Counter[tuple[str, str]] = Counter()
    for case in cases:
        households[case.kind, case.state] += 1
        persons[case.kind, case.state] += case.persons
    return {
        kind: {state: {"households": households[kind, state], "persons": persons[kind, state]} for state in STATES}
        for kind in KINDS
    }
