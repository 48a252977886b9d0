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


@dataclass
class Tables:
    """What a form looks values up in; `instances` holds the parents of the roots, `external` the names without data."""

    instances: Mapping[str, etree._Element] = field(default_factory=dict)
    external: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keys: dict[tuple[str, str], dict[str, etree._Element]] = field(default_factory=dict)


@dataclass
class Scope:
    """One run over one submission; the node changes from expression to expression."""

    root: etree._Element
    node: etree._Element
    tables: Tables
    now: datetime | None
    language: str


CURRENT: ContextVar[Scope] = ContextVar("forms_scope")


def moment() -> datetime:
    """Give the time of the run; without one, nothing that needs a clock can be computed."""
    now = CURRENT.get().now
    if now is None:
        raise EvaluationError("check.time_missing")
    return now
