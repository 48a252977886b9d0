"""Values that leave the editions room, and the states that an edition goes through."""

from dataclasses import dataclass
from datetime import datetime

WISHED, COMPOSED, LEAD_SIGNED, REVIEWED, ISSUED = "wished", "composed", "lead_signed", "reviewed", "issued"
"""One after the other: numbered, laid out with its bundle, signed by lead and reviewer, sealed and in the log."""
DROPPED, REVOKED = "dropped", "revoked"
"""Given up before it was issued; taken back afterwards, for a reason that everybody can read."""
OPEN = (WISHED, COMPOSED, LEAD_SIGNED, REVIEWED)
"""States in which an edition is not issued, and may be given up."""
SIGNED_BY = {COMPOSED: "lead", LEAD_SIGNED: "reviewer", REVIEWED: "institute"}
"""Whose turn it is in a state: the names of `reports.signing.roles`."""
AFTER = {"lead": LEAD_SIGNED, "reviewer": REVIEWED, "institute": ISSUED}

LARGEST_REPORT = 20_000_000
"""Bytes of a report that somebody hands in, to be checked or with a signature of their own."""


@dataclass(frozen=True)
class SignatureRecord:
    """One signature of an edition, as it was given."""

    role: str
    person_id: str | None
    """None for the institute."""
    subject: str
    """As the certificate says it."""
    signed_at: datetime
    pdf_sha256: str
    """The file with this signature."""


@dataclass(frozen=True)
class EditionRecord:
    """One report, from the wish for it on."""

    id: str
    evaluation_id: str
    number: int
    kind: str
    state: str
    result_set_id: str
    wished_at: datetime
    lead_id: str | None
    reviewer_id: str | None
    signatures: tuple[SignatureRecord, ...] = ()
    language: str = "zh"
    scope: str = ""
    """The code of the county that it is about; empty for all."""
    answer_by: str = ""
    """The day by which a county may answer a letter, YYYY-MM-DD; empty where none is asked."""
    pdf_sha256: str = ""
    """The file as it stands, with all signatures given so far; empty before it is composed, as the two below."""
    layout_sha256: str = ""
    """The file before any signature and without fields; the same data give the same bytes."""
    bundle_sha256: str = ""
    data_sha256: str = ""
    """Of edition.json, as the code on the cover names it."""
    level: str = ""
    """How far the issued file is proven, as PAdES names it: B-B, B-T, B-LT, B-LTA."""
    composed_at: datetime | None = None
    """The date that the report bears."""
    issued_at: datetime | None = None
    """When it was entered in the public log."""
    corrects: int | None = None
    """The number of the edition that it takes the place of."""
    changed: str = ""
    """What is different from that one, for everybody to read."""
    renewed_sha256: str = ""
    """The issued file with the stamps that were added since; the public log names the one above."""
    renewed_at: datetime | None = None
    closed_at: datetime | None = None
    """When it was given up or revoked."""
    reason: str = ""
    """Why it was given up or revoked."""

    @property
    def file_sha256(self) -> str:
        """Return the file to hand out: the one that was stamped last."""
        return self.renewed_sha256 or self.pdf_sha256

    @property
    def signer(self) -> str:
        """Return the name on the last certificate; empty before anybody has signed."""
        return self.signatures[-1].subject if self.signatures else ""

    @property
    def awaits(self) -> str | None:
        """Return the role whose turn it is; None when nobody has to sign."""
        return SIGNED_BY.get(self.state)
