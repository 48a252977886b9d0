"""What is found of the signatures and stamps of a file."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SignatureFinding:
    """What is known of one signature. `problem` is a code, or None when the signature holds."""

    signer: str
    signed_at: datetime | None
    intact: bool
    """The covered bytes are those that were signed."""
    whole_file: bool
    """Nothing follows that no later signature covers."""
    trusted: bool
    """The certificate leads to one of the given trust anchors."""
    problem: str | None
    detail: str = ""
    self_made: bool = False
    """The signer's own organisation issued the certificate: nobody else vouches for it."""
    time_stamped_at: datetime | None = None
    """When a time stamping authority saw the signature, if one did."""
    fingerprint: str = ""
    """SHA-256 of the certificate at the root of the signer's chain, as far as the file holds it."""
    role: str = ""
    """For whom the field was made: lead, reviewer, institute."""
    is_proven: bool = False
    """A stamp that counts proves by when the signature was there."""
    ends_at: datetime | None = None
    """When the first certificate ends of those that prove it: its time stamp's, or else the signer's own."""
    certificate: bytes = b""
    """The signer's certificate, DER."""


@dataclass(frozen=True)
class StampFinding:
    """What is known of a stamp over the whole file. `problem` is a code, or None when the stamp holds."""

    authority: str
    stamped_at: datetime | None
    trusted: bool
    problem: str | None
    detail: str = ""
    ends_at: datetime | None = None
    """When the first certificate of the authority's chain ends."""


@dataclass(frozen=True)
class SignatureReport:
    """All signatures of a file, in the order of signing; `problem` says what is wrong with the file as a whole."""

    signatures: tuple[SignatureFinding, ...]
    problem: str | None
    detail: str = ""
    stamps: tuple[StampFinding, ...] = ()
    level: str = ""
    """What the least of the signatures has: B-B itself alone, B-T a stamp, B-LTA a stamp over all evidence."""
    proven_until: datetime | None = None
    """When the proof ends unless another stamp follows: with the last stamp's certificate, or else the first to end."""

    @property
    def holds(self) -> bool:
        """Tell whether there is a signature and every one holds, stamps too, for the whole file."""
        problems = [each.problem for each in self.signatures] + [each.problem for each in self.stamps]
        return self.problem is None and not any(problems)
