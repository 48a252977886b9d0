"""Check a signed PDF without trusting who sent it: signature, embedded data, printed figures.

Three different readers look at the file: pyHanko at the signature, PDFium at the pages and attachments, and `container`
at the very bytes around the signature, because CMS leaves some of them unprotected.
"""

import logging
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import pypdfium2
from asn1crypto.x509 import Certificate, Name
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    validate_pdf_signature,
)
from pyhanko_certvalidator import ValidationContext

from reports.container import container_is_strict
from reports.document import Printed
from reports.errors import ReportError
from reports.keys import fingerprint_of, top_of

# What is wrong with a file is an answer of this module; its parsers need not write it to a log as well.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

LARGEST_FILE = 200_000_000
MOST_PAGES = 1_000
LARGEST_TEXT = 3_000_000
MOST_ATTACHMENTS = 200
MOST_SIGNATURES = 50
"""Limits for files from outside: bytes (of the file, and of what is embedded), pages, characters, parts."""
_PDFIUM = threading.RLock()


@dataclass(frozen=True)
class SignatureFinding:
    """What is known of one signature. `problem` is a code, or None when the signature holds."""

    signer: str
    signed_at: datetime | None
    intact: bool
    """The covered bytes are those that were signed."""
    whole_file: bool
    """The signature covers the file to its last byte: nothing was added after it."""
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


@dataclass(frozen=True)
class SignatureReport:
    """All signatures of a file; without any, or when the file cannot be read, `problem` says so."""

    signatures: tuple[SignatureFinding, ...]
    problem: str | None
    detail: str = ""

    @property
    def holds(self) -> bool:
        """Tell whether there is a signature and every one holds for the whole file."""
        return self.problem is None and all(each.problem is None for each in self.signatures)


@dataclass(frozen=True)
class Pages:
    """What a file shows: the words of each page, and the file itself, whose drawings are compared."""

    words: tuple[str, ...]
    pdf: bytes


def check_signatures(pdf: bytes, trust: bytes | None = None) -> SignatureReport:
    """Validate every signature of a file.

    `trust` holds certificates (PEM or DER) to trust. A file that cannot be read is a finding, not an exception.

    Raises ReportError ``reports.trust_unreadable`` when `trust` holds no certificate.
    """
    if len(pdf) > LARGEST_FILE:
        return SignatureReport((), "reports.file_too_large", str(LARGEST_FILE))
    try:
        signatures = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
    except Exception as error:
        return SignatureReport((), "reports.unreadable", type(error).__name__)
    if not signatures:
        return SignatureReport((), "reports.not_signed")
    if len(signatures) > MOST_SIGNATURES:
        return SignatureReport((), "reports.too_many_signatures", str(MOST_SIGNATURES))
    context = _anchors(trust)
    return SignatureReport(tuple(_check(pdf, each, context) for each in signatures), None)


def embedded(pdf: bytes) -> dict[str, bytes]:
    """Return the files inside a PDF by their names.

    Raises ReportError ``reports.unreadable``; ``reports.attachment_twice`` when two carry one name;
    ``reports.too_many_attachments`` and ``reports.attachments_too_large`` beyond the limits.
    """
    found: dict[str, bytes] = {}
    with _opened(pdf) as document:
        count = document.count_attachments()
        if count > MOST_ATTACHMENTS:
            raise ReportError("reports.too_many_attachments", count=count, most=MOST_ATTACHMENTS)
        for place in range(count):
            attachment = document.get_attachment(place)
            name = attachment.get_name()
            if name in found:
                raise ReportError("reports.attachment_twice", name=name)
            found[name] = bytes(attachment.get_data())
            if sum(map(len, found.values())) > LARGEST_FILE:
                raise ReportError("reports.attachments_too_large", most=LARGEST_FILE)
    return found


def printed_text(pdf: bytes) -> tuple[str, ...]:
    """Return the words of each page, as a reader would copy them."""
    pages: list[str] = []
    with _opened(pdf) as document:
        if len(document) > MOST_PAGES:
            raise ReportError("reports.too_many_pages", pages=len(document), most=MOST_PAGES)
        for page in document:
            pages.append(page.get_textpage().get_text_bounded())
            if sum(map(len, pages)) > LARGEST_TEXT:
                raise ReportError("reports.too_much_text", most=LARGEST_TEXT)
    return tuple(pages)


def check_printed(pages: Iterable[str], printed: Sequence[Printed]) -> tuple[Printed, ...]:
    """Return the figures that the pages do not show as often as they should."""
    text = _squeezed("\n".join(pages))
    wanted = Counter(_squeezed(each.text) for each in printed)
    missing = {figure for figure, times in wanted.items() if _occurrences(figure, text) < times}
    return tuple(each for each in printed if _squeezed(each.text) in missing)


def _check(pdf: bytes, signature: EmbeddedPdfSignature, context: ValidationContext) -> SignatureFinding:
    signer, signed_at, self_made, root = "", None, False, ""
    try:
        certificate = signature.signer_cert
        signer, signed_at = certificate.subject.human_friendly, signature.self_reported_timestamp
        self_made = _organisation(certificate.subject) == _organisation(certificate.issuer)
        root = fingerprint_of(top_of(certificate, signature.other_embedded_certs))
        # Nothing may follow the last signature, so what a later change would have changed need not be known.
        status = validate_pdf_signature(signature, context, skip_diff=True)
        problem = _problem(pdf, signature, status)
    except Exception as error:
        return SignatureFinding(
            signer,
            signed_at,
            False,
            False,
            False,
            "reports.signature_broken",
            type(error).__name__,
            self_made,
            None,
            root,
        )
    stamp = status.timestamp_validity
    return SignatureFinding(
        signer=signer,
        signed_at=signed_at,
        intact=_is_intact(status),
        whole_file=_covers_all(status),
        trusted=bool(status.trusted),
        problem=problem,
        self_made=self_made,
        time_stamped_at=None if stamp is None else stamp.timestamp,
        fingerprint=root,
    )


def _problem(pdf: bytes, signature: EmbeddedPdfSignature, status: PdfSignatureStatus) -> str | None:
    stamp = status.timestamp_validity
    if not _is_intact(status):
        return "reports.signature_broken"
    if not _covers_all(status):
        return "reports.changed_after_signing"
    if stamp is not None and not (stamp.intact and stamp.valid):
        return "reports.time_stamp_broken"
    if not container_is_strict(pdf, signature, trusted=bool(status.trusted)):
        return "reports.signature_container"
    return None


def _is_intact(status: PdfSignatureStatus) -> bool:
    return bool(status.intact and status.valid)


def _covers_all(status: PdfSignatureStatus) -> bool:
    return bool(status.coverage == SignatureCoverageLevel.ENTIRE_FILE)


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


@contextmanager
def _opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF with PDFium, and close it however the block ends; what PDFium cannot read is one error.

    One thread at a time: PDFium has state of its own for the whole process, and several threads kill it.
    """
    if len(pdf) > LARGEST_FILE:
        raise ReportError("reports.file_too_large", detail=LARGEST_FILE)
    try:
        with _PDFIUM, closing(pypdfium2.PdfDocument(pdf)) as document:
            yield document
    except pypdfium2.PdfiumError as error:
        raise ReportError("reports.unreadable", reason=str(error)) from error


def _squeezed(text: str) -> str:
    """Leave out white space beside Chinese characters, where lines break anywhere; keep it between numbers."""
    return re.sub(r"(?<=[^ -~]) | (?=[^ -~])", "", re.sub(r"\s+", " ", text)).strip()


def _occurrences(figure: str, text: str) -> int:
    """Count a figure where it stands by itself: not inside a longer number."""
    before = r"(?<![\d.,])" if figure[:1].isdigit() else ""
    after = r"(?![\d]|[.,]\d)" if figure[-1:].isdigit() else ""
    return len(re.findall(before + re.escape(figure) + after, text))
