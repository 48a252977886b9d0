"""What an expression can see while it is evaluated: its node, the time, the language and the form's tables."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from forms.structure import Choice


class EvaluationError(Exception):
    """An expression that cannot be computed on these answers; `code` and `details` say why."""

    def __init__(self, code: str, **details: str | int) -> None:
        self.code = code
        self.details = details
        super().__init__(f"{code} {details}")


MAX_WORK = 10_000_000
"""What one run may do, in items of tables that libxml2 looks at; it takes some seconds."""
WORK_OF_ROW = 10
"""Of a row of a repeat that libxml2 looks at."""
DIRECT_WORK_OF_ROW = 2
"""Of one that is looked at directly."""


MAX_PATIENCE = 2.0
"""Seconds that one run may match patterns for."""


@dataclass
class Tables:
    """What a form looks values up in; `instances` holds the parents of the roots, `external` the names without data.

    `sizes` are the numbers of their items; `indexes` and `keys` are made when something is first looked up.
    """

    instances: Mapping[str, etree._Element] = field(default_factory=dict)
    external: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    indexes: dict[tuple[str, str, str], dict[str, list[Mapping[str, str]]]] = field(default_factory=dict)
    keys: dict[tuple[str, str], dict[str, etree._Element]] = field(default_factory=dict)


@dataclass
class Scope:
    """One run over one submission; the node changes from expression to expression, `rows` are those of all repeats."""

    root: etree._Element
    node: etree._Element
    tables: Tables
    now: datetime | None
    language: str
    rows: int = 0
    work: int = MAX_WORK
    patience: float = MAX_PATIENCE

    def spend(self, work: int) -> None:
        """Take from the work that a run may do: rows that look at all rows take time by the square of their number."""
        self.work -= work
        if self.work < 0:
            raise EvaluationError("check.too_much_work", rows=self.rows)


CURRENT: ContextVar[Scope] = ContextVar("forms_scope")


def moment() -> datetime:
    """Give the time of the run; without one, nothing that needs a clock can be computed."""
    now = CURRENT.get().now
    if now is None:
        raise EvaluationError("check.time_missing")
    return now
