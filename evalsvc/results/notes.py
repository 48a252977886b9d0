"""What columns, flags and reasons of a results table stand for, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evalsvc.words import sentence
from sampling.estimate import EstimateRow

POINT_RULE = frozenset({"point_estimate_passes", "point_estimate_fails"})
"""Flags of a row that hold the official rule's verdict."""


@dataclass(frozen=True)
class Note:
    """Hold a name that stands in a table, `column`, `flag` or `reason` as its kind, and what it stands for."""

    kind: str
    name: str
    zh: str
    en: str


def flag_code(flag: str) -> str:
    """Give the code of a flag's sentence."""
    return f"estimate.flag.{flag}"


def remark_codes(row: EstimateRow, *, without: frozenset[str] = frozenset()) -> list[str]:
    """List the codes of what is remarked on a row: its flags, then its reason."""
    flags = [flag_code(flag) for flag in row.flags if flag not in without]
    return [*flags, row.reason] if row.reason else flags


def notes(rows: Iterable[EstimateRow], columns: Sequence[str]) -> list[Note]:
    """Explain the columns, then every flag and reason that occurs, each once."""
    held = list(rows)
    flags = dict.fromkeys(flag for row in held for flag in row.flags)
    reasons = dict.fromkeys(row.reason for row in held if row.reason)
    return [
        *(_note("column", name, f"results.column.{name}") for name in columns),
        *(_note("flag", name, flag_code(name)) for name in flags),
        *(_note("reason", name, name) for name in reasons),
    ]


def _note(kind: str, name: str, code: str) -> Note:
    return Note(kind, name, sentence(code, {}, "zh"), sentence(code, {}, "en"))
