"""Values that leave the results room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]
"""One row of results.json."""


@dataclass(frozen=True)
class ResultRecord:
    """One computed set of results; `inputs` names every file and its SHA-256, which is also its store key."""

    id: str
    evaluation_id: str
    draw_id: str
    plan_sha256: str
    answers_sha256: str
    results_sha256: str
    inputs: Mapping[str, str]
    code_version: str
    computed_at: datetime
