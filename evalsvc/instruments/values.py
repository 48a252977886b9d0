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
    published_at: datetime
