"""Check a signed PDF without trusting who sent it: signature, embedded data, printed figures.

Three different readers look at the file: pyHanko at the signature, PDFium at the pages and attachments, and this module
at the very bytes around the signature, because CMS leaves some of them unprotected.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import pypdfium2
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from reports.document import Printed
from reports.errors import ReportError

# What is wrong with a file is an answer of this module; its parsers need not write it to a log as well.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

LARGEST_FILE = 200_000_000
MOST_PAGES = 3_000
LARGEST_TEXT = 50_000_000
"""Limits for files from outside: bytes, pages, characters."""


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


def check_signatures(pdf: bytes, trust: bytes | None = None) -> SignatureReport:
    """Validate every signature of a file.

    `trust` holds certificates (PEM or DER) to trust. A file that cannot be read is a finding, not an exception.
    """
    if len(pdf) > LARGEST_FILE:
        return SignatureReport((), "reports.file_too_large", str(LARGEST_FILE))
    try:
        signatures = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures
    except Exception as error:
        return SignatureReport((), "reports.unreadable", type(error).__name__)
    if not signatures:
        return SignatureReport((), "reports.not_signed")
    return SignatureReport(tuple(_check(pdf, each, _anchors(trust)) for each in signatures), None)


def embedded(pdf: bytes) -> dict[str, bytes]:
    """Return the files inside a PDF by their names.

    Raises ReportError ``reports.unreadable``; ``reports.attachment_twice`` when two carry one name.
    """
    found: dict[str, bytes] = {}
    with _opened(pdf) as document:
        for place in range(document.count_attachments()):
            attachment = document.get_attachment(place)
            name = attachment.get_name()
            if name in found:
                raise ReportError("reports.attachment_twice", name=name)
            found[name] = bytes(attachment.get_data())
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
    signer, signed_at = "", None
    try:
        certificate = signature.signer_cert
        signer, signed_at = certificate.subject.human_friendly, signature.self_reported_timestamp
        status = validate_pdf_signature(signature, context)
        intact = bool(status.intact and status.valid)
        whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        trusted = bool(status.trusted)
        problem = _problem(pdf, signature, intact=intact, whole=whole)
        detail = ""
    except Exception as error:
        intact = whole = trusted = False
        problem, detail = "reports.signature_broken", type(error).__name__
    return SignatureFinding(signer, signed_at, intact, whole, trusted, problem, detail)


def _problem(pdf: bytes, signature: EmbeddedPdfSignature, *, intact: bool, whole: bool) -> str | None:
    if not intact:
        return "reports.signature_broken"
    if not whole:
        return "reports.changed_after_signing"
    if not _container_is_strict(pdf, signature):
        return "reports.signature_container"
    return None


def _container_is_strict(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Check the bytes that the signature does not cover: exactly its own hex digits, as they are written when signing.

    A signature leaves a gap in the byte range for itself. Nothing but `<`, upper-case hexadecimal of one DER value
    that re-encodes to itself, zeros and `>` may stand there; parts of CMS that no digest protects have one allowed
    value.
    """
    start, length, resume, rest = (int(number) for number in signature.byte_range)
    if start != 0 or resume + rest != len(pdf):
        return False
    gap = pdf[length:resume]
    digits = re.fullmatch(rb"<([0-9A-F]*)>", gap)
    if digits is None or len(digits.group(1)) % 2:
        return False
    content = bytes.fromhex(digits.group(1).decode())
    value = cms.ContentInfo.load(content)
    encoded = value.dump(force=True)
    if not content.startswith(encoded) or content[len(encoded) :].strip(b"\0"):
        return False
    signed = value["content"]
    algorithms = [each["algorithm"].native for each in signed["digest_algorithms"]]
    signers = signed["signer_infos"]
    return (
        signed["version"].native == "v1"
        and len(signers) == 1
        and signers[0]["version"].native == "v1"
        and algorithms == [signers[0]["digest_algorithm"]["algorithm"].native]
        and signers[0]["digest_algorithm"]["parameters"].native is None
        and len(signed["certificates"]) == 1
        and signed["crls"].native is None
        and signers[0]["sid"].chosen["serial_number"].native == signature.signer_cert.serial_number
        and signers[0]["sid"].chosen["issuer"] == signature.signer_cert.issuer
    )


def _anchors(trust: bytes | None) -> ValidationContext:
    """Trust the given certificates and nothing else; nothing is fetched from a network."""
    roots = list(load_certs_from_pemder_data(trust)) if trust else []
    return ValidationContext(trust_roots=roots, allow_fetching=False)


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 of a PEM certificate as people compare it by telephone."""
    digest = x509.load_pem_x509_certificate(certificate).fingerprint(SHA256()).hex()
    return " ".join(digest[place : place + 4] for place in range(0, 64, 4))


class _opened:  # noqa: N801 -- used like a function, as contextlib's are
    """Open a PDF with PDFium, and close it however the block ends."""

    def __init__(self, pdf: bytes) -> None:
        if len(pdf) > LARGEST_FILE:
            raise ReportError("reports.file_too_large", most=LARGEST_FILE)
        try:
            self.document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise ReportError("reports.unreadable", reason=str(error)) from error

    def __enter__(self) -> pypdfium2.PdfDocument:
        return self.document

    def __exit__(self, *_: object) -> None:
        self.document.close()


def _squeezed(text: str) -> str:
    """Leave out white space beside Chinese characters, where lines break anywhere; keep it between numbers."""
    return re.sub(r"(?<=[^ -~]) | (?=[^ -~])", "", re.sub(r"\s+", " ", text)).strip()


def _occurrences(figure: str, text: str) -> int:
    """Count a figure where it stands by itself: not inside a longer number."""
    before = r"(?<![\d.,])" if figure[:1].isdigit() else ""
    after = r"(?![\d]|[.,]\d)" if figure[-1:].isdigit() else ""
    return len(re.findall(before + re.escape(figure) + after, text))
