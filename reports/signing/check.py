"""Whose signatures a file bears, whether they hold, and whether anything came after the last of them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from asn1crypto.x509 import Certificate, Name
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import (
    DocumentTimestampStatus,
    EmbeddedPdfSignature,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext

from reports.container import container_is_strict, stamp_is_strict
from reports.errors import ReportError
from reports.keys import fingerprint_of, top_of
from reports.signing.fields import next_to_sign
from reports.signing.replay import MOST_REVISIONS, end_of
from reports.signing.roles import BY_FIELD
from reports.verify import LARGEST_FILE

# What is wrong with a file is an answer of this module; its parsers need not write it to a log as well.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


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


@dataclass(frozen=True)
class StampFinding:
    """What is known of a stamp over the whole file. `problem` is a code, or None when the stamp holds."""

    authority: str
    stamped_at: datetime | None
    trusted: bool
    problem: str | None


@dataclass(frozen=True)
class SignatureReport:
    """All signatures of a file; without any, or when the file cannot be read, `problem` says so."""

    signatures: tuple[SignatureFinding, ...]
    problem: str | None
    detail: str = ""
    stamps: tuple[StampFinding, ...] = ()

    @property
    def holds(self) -> bool:
        """Tell whether there is a signature and every one holds, stamps too, for the whole file."""
        problems = [each.problem for each in self.signatures] + [each.problem for each in self.stamps]
        return self.problem is None and not any(problems)


def check_signatures(pdf: bytes, trust: bytes | None = None) -> SignatureReport:
    """Validate every signature of a file.

    `trust` holds certificates (PEM or DER) to trust. A file that cannot be read is a finding, not an exception. What a
    later revision changed on the pages is not asked here: `signing.replay` leaves no room for any change.

    Raises ReportError ``reports.trust_unreadable`` when `trust` holds no certificate.
    """
    if len(pdf) > LARGEST_FILE:
        return SignatureReport((), "reports.file_too_large", str(LARGEST_FILE))
    try:
        reader = PdfFileReader(BytesIO(pdf))
        signatures, stamps = reader.embedded_regular_signatures, reader.embedded_timestamp_signatures
        waiting = next_to_sign(reader)
    except Exception as error:
        return SignatureReport((), "reports.unreadable", type(error).__name__)
    if not signatures:
        return SignatureReport((), "reports.not_signed")
    if len(signatures) + len(stamps) > MOST_REVISIONS:
        return SignatureReport((), "reports.too_many_signatures", str(MOST_REVISIONS))
    context, covered = _anchors(trust), _is_covered(pdf, [*signatures, *stamps])
    return SignatureReport(
        tuple(_check(pdf, each, context, covered=covered) for each in signatures),
        None if waiting is None else "reports.signature_missing",
        "" if waiting is None else waiting.name,
        tuple(_check_stamp(pdf, each, context, covered=covered) for each in stamps),
    )


def _is_covered(pdf: bytes, signatures: Sequence[EmbeddedPdfSignature]) -> bool:
    """Tell whether the last signature or stamp reaches the last byte: what came between the others lies below it."""
    try:
        return max(end_of(each) for each in signatures) == len(pdf)
    except (ValueError, TypeError, LookupError):
        return False


def _check(
    pdf: bytes, signature: EmbeddedPdfSignature, context: ValidationContext, *, covered: bool
) -> SignatureFinding:
    signer, signed_at, self_made, root = "", None, False, ""
    role = BY_FIELD.get(signature.field_name)
    name = "" if role is None else role.name
    try:
        certificate = signature.signer_cert
        signer, signed_at = certificate.subject.human_friendly, signature.self_reported_timestamp
        self_made = _organisation(certificate.subject) == _organisation(certificate.issuer)
        root = fingerprint_of(top_of(certificate, signature.other_embedded_certs))
        status = validate_pdf_signature(signature, context, skip_diff=True)
        problem = _problem(pdf, signature, status, covered=covered)
    except Exception as error:
        detail = type(error).__name__
        return SignatureFinding(
            signer, signed_at, False, False, False, "reports.signature_broken", detail, self_made, None, root, name
        )
    stamp = status.timestamp_validity
    return SignatureFinding(
        signer=signer,
        signed_at=signed_at,
        intact=_is_intact(status),
        whole_file=covered and _is_whole(status),
        trusted=bool(status.trusted),
        problem=problem,
        self_made=self_made,
        time_stamped_at=None if stamp is None else stamp.timestamp,
        fingerprint=root,
        role=name,
    )


def _problem(pdf: bytes, signature: EmbeddedPdfSignature, status: PdfSignatureStatus, *, covered: bool) -> str | None:
    stamp = status.timestamp_validity
    if not _is_intact(status):
        return "reports.signature_broken"
    if not (covered and _is_whole(status)):
        return "reports.changed_after_signing"
    if stamp is not None and not (stamp.intact and stamp.valid):
        return "reports.time_stamp_broken"
    if not container_is_strict(pdf, signature, trusted=bool(status.trusted)):
        return "reports.signature_container"
    return None


def _check_stamp(pdf: bytes, stamp: EmbeddedPdfSignature, context: ValidationContext, *, covered: bool) -> StampFinding:
    try:
        status = validate_pdf_timestamp(stamp, context, skip_diff=True)
        problem = None
        if not _is_intact(status):
            problem = "reports.time_stamp_broken"
        elif not (covered and _is_whole(status)):
            problem = "reports.changed_after_signing"
        elif not stamp_is_strict(pdf, stamp):
            problem = "reports.signature_container"
        authority = stamp.signer_cert.subject.human_friendly
        return StampFinding(authority, status.timestamp, bool(status.trusted), problem)
    except Exception:  # what cannot be taken apart is broken
        return StampFinding("", None, False, "reports.time_stamp_broken")


def _is_intact(status: PdfSignatureStatus | DocumentTimestampStatus) -> bool:
    return bool(status.intact and status.valid)


def _is_whole(status: PdfSignatureStatus | DocumentTimestampStatus) -> bool:
    """Tell whether all of the revision is covered, and all revisions before it."""
    return bool(status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION)


def _organisation(name: Name) -> str:
    """Return who a name says it is: the organisation, or else the whole name."""
    return str(name.native.get("organization_name") or name.human_friendly)


def _anchors(trust: bytes | None) -> ValidationContext:
    """Trust the given certificates and nothing else; nothing is fetched from a network."""
    roots = [] if trust is None else _certificates(trust)
    return ValidationContext(trust_roots=roots, allow_fetching=False)


def _certificates(trust: bytes) -> list[Certificate]:
    """Read certificates to their last field: a fault found later would be taken for one of the signature."""
    try:
        found = list(load_certs_from_pemder_data(trust))
        whole = all(each.native for each in found)
    except (ValueError, TypeError, KeyError) as error:
        raise ReportError("reports.trust_unreadable") from error
    if not found or not whole:
        raise ReportError("reports.trust_unreadable")
    return found
