"""The codebook: what every variable is, where it comes from, how it may be read, and what was counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from forms.dataset.csv_file import plain_moment
from forms.dataset.release import Release
from forms.dataset.statistics import Statistics, Tally
from forms.dataset.variables import Cell, Missing, Variable

FORMAT_VERSION = 1
Entry = Mapping[str, Any]
MISSING_KINDS = (*(each.name.lower() for each in Missing), "unknown")


@dataclass(frozen=True)
class Codebook:
    """The codebook as plain values, which every way of writing it down starts from."""

    content: Entry
    variables: tuple[Entry, ...]
    """One entry for each variable of each table."""
    withheld: tuple[Entry, ...]


def codebook(release: Release, statistics: Statistics) -> Codebook:
    """Put together what is known after all rows were written."""
    schema = release.schema
    variables = tuple(
        _entry(variable, statistics.of(table.name)[variable.name])
        for table in schema.tables
        for variable in table.variables
    )
    withheld = tuple(_withheld(variable) for variable in release.withheld)
    content = {
        "codebook": FORMAT_VERSION,
        "form_id": schema.form_id,
        "title": schema.titles.get("", ""),
        "versions": list(schema.versions),
        "deidentified": not release.is_full,
        "missing": {each.name.lower(): {"stata": f".{each.value}", "spss": each.code} for each in Missing},
        "tables": [
            {"name": table.name, "path": table.path, "labels": dict(table.labels), "rows": statistics.rows[table.name]}
            for table in schema.tables
        ],
        "variables": list(variables),
        "withheld": list(withheld),
    }
    return Codebook(content, variables, withheld)


def _entry(variable: Variable, tally: Tally) -> Entry:
    return {
        "name": variable.name,
        "name_in_stata": variable.name_in_stata or variable.name,
        "table": variable.table,
        "type": variable.kind,
        "labels": dict(variable.labels),
        "path": variable.path,
        "part": variable.part,
        "question_type": variable.question_type,
        "relevant": variable.relevant,
        "calculation": variable.calculation,
        "unit": variable.unit,
        "values": [_value(variable, tally, number) for number in range(len(variable.values))],
        "indicators": list(variable.indicators),
        "personal": variable.personal,
        "assignment": variable.assignment,
        "added_by_server": bool(variable.role),
        "versions": list(variable.versions),
        "conflict": None if variable.conflict is None else dict(variable.conflict.versions),
        "treatment": variable.treatment,
        "valid": tally.valid,
        "missing": {kind: tally.missing[kind] for kind in MISSING_KINDS if tally.missing[kind]},
        "lowest": plain(tally.lowest),
        "highest": plain(tally.highest),
        "frequencies": {str(value): count for value, count in sorted(tally.frequencies.items(), key=str)},
    }


def _value(variable: Variable, tally: Tally, number: int) -> Entry:
    value = variable.values[number]
    return {
        "value": value.value,
        "code": value.code,
        "labels": dict(value.labels),
        "no_answer": value.no_answer,
        "count": tally.frequencies[value.value],
    }


def _withheld(variable: Variable) -> Entry:
    return {
        "name": variable.name,
        "table": variable.table,
        "labels": dict(variable.labels),
        "path": variable.path,
        "personal": variable.personal,
        "treatment": variable.treatment,
    }


def plain(cell: Cell) -> str | int | float | None:
    """Give a value as JSON has it."""
    if isinstance(cell, date | time):
        return plain_moment(cell)
    return None if isinstance(cell, Missing) else cell


def label_in(labels: Mapping[str, str], language: str) -> str:
    """Give the label of exactly this language; forms of one language without a name count as both."""
    return labels.get(language, labels.get("", ""))


COLUMNS: Sequence[str] = (
    "table", "name", "name_in_stata", "label_zh", "label_en", "type", "unit", "question_type", "path", "part",
    "relevant", "calculation", "values", "indicators", "personal", "treatment", "versions", "conflict", "valid",
    *MISSING_KINDS, "lowest", "highest",
)  # fmt: skip
"""Columns of the codebook as a table."""


def line(entry: Entry) -> list[str | int | float | None]:
    """Give one variable as a line of the codebook's table."""
    given = {
        **entry,
        "label_zh": label_in(entry["labels"], "zh"),
        "label_en": label_in(entry["labels"], "en"),
        "values": "; ".join(f"{each['code']}={each['value']} ({each['count']})" for each in entry["values"]),
        "indicators": " ".join(entry["indicators"]),
        "versions": " ".join(entry["versions"]),
        "conflict": "; ".join(f"{version}: {kind}" for version, kind in (entry["conflict"] or {}).items()),
        **{kind: entry["missing"].get(kind, 0) for kind in MISSING_KINDS},
    }
    return [given[name] for name in COLUMNS]


VALUE_COLUMNS: Sequence[str] = ("table", "name", "code", "value", "label_zh", "label_en", "no_answer", "count")
"""Columns of the table of values."""


def value_lines(entry: Entry) -> list[list[str | int]]:
    """Give the values of one variable as lines."""
    return [_value_line(entry, each) for each in entry["values"]]


def _value_line(entry: Entry, value: Entry) -> list[str | int]:
    given = {
        **value,
        "table": entry["table"],
        "name": entry["name"],
        "label_zh": label_in(value["labels"], "zh"),
        "label_en": label_in(value["labels"], "en"),
        "no_answer": int(value["no_answer"]),
    }
    return [given[name] for name in VALUE_COLUMNS]
