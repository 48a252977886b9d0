"""Values that leave the instruments room."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class InstrumentRecord:
    """One published version of a form."""

    id: str
    evaluation_id: str
    form_id: str
    version: str
    title: str
    xform_sha256: str
    md5: str
    source_sha256: str
    source_name: str
    about: str
    """What it tells of (contract.py)."""
    outcomes: str
    """What its `disposition` can say (contract.py)."""
    published_at: datetime


@dataclass(frozen=True)
class FormFile:
    """A file that a form is delivered with, as it lies in the store."""

    name: str
    sha256: str
    md5: str
    size: int
    content_type: str
