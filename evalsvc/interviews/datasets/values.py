"""Values of the room of datasets."""

from dataclasses import dataclass
from datetime import datetime, timedelta

STANDING, APPROVED_ONLY = "standing", "approved"
SCOPES = (STANDING, APPROVED_ONLY)
"""Which interviews: every one that stands and was not rejected, or those that were approved."""
KEPT_FOR = timedelta(days=7)
"""How long a file is kept."""
READERS = ("lead", "supervisor", "designer", "auditor")
"""Who may have de-identified datasets."""
SEE_PERSONAL = ("lead", "supervisor")
"""Who may have full ones."""
LEAST_REASON = 4
"""Signs of the reason for a full dataset."""


@dataclass(frozen=True)
class DatasetWish:
    """What somebody asks for."""

    form_id: str
    format: str = "csv"
    full: bool = False
    media: bool = False
    scope: str = STANDING
    language: str = "zh"
    reason: str = ""


@dataclass(frozen=True)
class DatasetRecord:
    """One dataset, as pages and the API show it."""

    id: str
    form_id: str
    format: str
    full: bool
    media: bool
    scope: str
    language: str
    reason: str
    wished_by: str
    """Identifier of the person."""
    wisher: str
    """The person's name."""
    wished_at: datetime
    made_at: datetime | None
    size: int | None
    interviews: int | None
    expires_at: datetime | None
    removed_at: datetime | None
    state: str
    """`waiting`, `running`, `failed`, `ready` or `removed`."""
    done: int
    all: int | None
    failure_code: str
    failure_details: dict[str, object]


@dataclass(frozen=True)
class FormLine:
    """One form that datasets can be made of."""

    form_id: str
    title: str
    versions: int
    interviews: int
    """Those that stand and were not rejected."""


@dataclass(frozen=True)
class Position:
    """A place in the order of arrival: the interviews after it come next."""

    received_at: datetime
    id: str
