"""Values that leave the editions room."""

from dataclasses import dataclass
from datetime import datetime

GENERAL_REPORT = "总报告"


@dataclass(frozen=True)
class EditionRecord:
    """One issued report."""

    id: str
    evaluation_id: str
    number: int
    kind: str
    result_set_id: str
    pdf_sha256: str
    bundle_sha256: str
    issued_at: datetime
    signer: str
