"""What is wrong with a form or with its answers, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "required", "constraint", "relevant", "calculate", "type", "choice", "repeat", "readonly", "structure", "form"
]
Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong; `path` names the node in the XML, sheet, row and column the cell of the workbook."""

    kind: Kind
    code: str
    path: str = ""
    details: Mapping[str, str | int] = field(default_factory=dict)
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    severity: Severity = "error"


def shortened(text: str, most: int) -> str:
    """Give a text as it is said to people: what is longer ends in an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"
