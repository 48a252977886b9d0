"""Values that leave the instruments room."""

from dataclasses import dataclass
from datetime import datetime

from evalsvc.instruments.contract import HOUSEHOLD, WITH_COMPLETED


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

    @property
    def takes_interviews(self) -> bool:
        """Tell whether households can be given out with it: it is about them, and a visit can come to an interview."""
        return (self.about, self.outcomes) == (HOUSEHOLD, WITH_COMPLETED)


@dataclass(frozen=True)
class FormFile:
    """A file that a form is delivered with, as it lies in the store."""

    name: str
    sha256: str
    md5: str
    size: int
    content_type: str


@dataclass(frozen=True)
class DraftRecord:
    """A form that is being written."""

    id: str
    form_id: str
    version: str
    title: str
    xform_sha256: str
    md5: str
    source_sha256: str
    source_name: str
    files: tuple[FormFile, ...]
    saved_at: datetime
