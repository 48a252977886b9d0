"""Signatures by PAdES (ETSI EN 319 142-1, level B-B, with a time stamper B-T): field first, then one certification.

What signing adds to a layout is repeatable but for the signature itself: `sign_again` makes it once more, from the
layout and the signature, so that nothing else can be put into a file while it is signed.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from tempfile import NamedTemporaryFile
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import ImportedPdfPage, ResourceType
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import ExternalSigner, PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import Signer as Key
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.stamp import StaticStampStyle

from reports.errors import ReportError
from reports.keys import Signer
from reports.seal import DIAMETER_MM, Seal, seal_pdf

FIELD = "InstituteSignature"
SEAL_PLACE = "seal-place"
SEAL = "/Seal"
_POINTS = 72 / 25.4


@dataclass(frozen=True)
class Appearance:
    """What a signature shows and says: the seal on the page; reason and place in the signature panel."""

    seal: Seal
    reason: str
    location: str = ""


@dataclass(frozen=True)
class Place:
    """Where a seal lies: the page from 0, and its box in points from the lower left corner."""

    page: int
    box: tuple[int, int, int, int]


class _Ink(ImportedPdfPage):
    """A page laid on another as ink is: what stands below shows through."""

    def render(self) -> bytes:
        """Return the content, multiplied with what it covers."""
        multiply = generic.DictionaryObject({generic.pdf_name("/BM"): generic.pdf_name("/Multiply")})  # type: ignore[no-untyped-call]
        self.set_resource(ResourceType.EXT_G_STATE, generic.pdf_name("/Ink"), multiply)
        content: bytes = super().render()
        # The picture gets a name by chance; here it has the same each time.
        pictures = self.resources.xobject
        pictures[generic.pdf_name(SEAL)] = pictures.pop(generic.pdf_name(content.removesuffix(b" Do").decode("ascii")))
        return f"/Ink gs {SEAL} Do".encode("ascii")


class _Update(IncrementalPdfFileWriter):
    """What signing adds to a file: nothing in it comes from the clock or by chance."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        """Keep the first identifier; the second, which tells this file from the unsigned one, follows from it."""
        first, _ = super()._handle_id(prev)  # type: ignore[no-untyped-call]
        second = hashlib.sha256(bytes(first) + b"signed").digest()[:16]
        return generic.ArrayObject([first, generic.ByteStringObject(second)])

    def _update_meta(self) -> None:
        """Leave title and times as they were laid out; the signature has its own time."""


class _Certifier(PdfSigner):
    """A signer whose time is given."""

    at: datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> PdfSigningSession:
        """Begin a session at the given time."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session


def sign_pdf(
    pdf: bytes,
    signer: Signer,
    appearance: Appearance,
    time_stamper: TimeStamper | None = None,
    *,
    at: datetime | None = None,
) -> bytes:
    """Certify a report: no change is allowed after it.

    Parameters
    ----------
    at : datetime, optional
        The time that the signature states; now, unless given.

    Raises
    ------
    ReportError
        ``reports.no_seal_place`` when the file was not laid out by this package; ``reports.not_signable`` when it
        cannot be read or is already signed.
    """
    return _certified(pdf, signer.key, signer.subject, appearance, at or datetime.now(UTC), time_stamper=time_stamper)


def sign_again(pdf: bytes, signature: EmbeddedPdfSignature, appearance: Appearance) -> bytes:
    """Sign a layout with a signature that exists: the same signer's name, time and container.

    Where the signed file was made from this layout and shows this appearance, its very bytes come out.

    Raises
    ------
    ReportError
        ``reports.not_signable`` when the signature or the layout cannot be used.
    """
    try:
        certificate: x509.Certificate = signature.signer_cert
        at = signature.self_reported_timestamp
        _, length, resume, _ = (int(number) for number in signature.byte_range)
        container = signature.sig_object.raw_get("/Contents")
    except (PdfError, LookupError, ValueError, TypeError) as error:
        raise ReportError("reports.not_signable", reason=str(error)) from error
    if at is None:
        raise ReportError("reports.not_signable", reason="/M")
    key = ExternalSigner(signing_cert=certificate, cert_registry=None, signature_value=256)
    made = _certified(pdf, key, certificate.subject.human_friendly, appearance, at, room=resume - length - 2)
    start, end = _gap(made)
    return made[:start] + f"<{bytes(container).hex().upper():0<{end - start - 2}}>".encode("ascii") + made[end:]


def _gap(signed: bytes) -> tuple[int, int]:
    """Return where a signature stands that was written here."""
    (*_, last) = re.finditer(rb"/ByteRange \[0 (\d+) (\d+) \d+\]", signed)
    return int(last[1]), int(last[2])


def _certified(
    pdf: bytes,
    key: Key,
    subject: str,
    appearance: Appearance,
    at: datetime,
    *,
    time_stamper: TimeStamper | None = None,
    room: int | None = None,
) -> bytes:
    """Write field, seal and signature; `room` is the length of the signature in hexadecimal digits."""
    try:
        writer = _Update(BytesIO(pdf))
        place = seal_place(writer.prev)
        append_signature_field(writer, SigFieldSpec(FIELD, on_page=place.page, box=place.box))
        metadata = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            reason=appearance.reason,
            location=appearance.location or None,
            name=subject,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            subfilter=SigSeedSubFilter.PADES,
        )
        with NamedTemporaryFile(suffix=".pdf") as picture:
            picture.write(seal_pdf(appearance.seal))
            picture.flush()
            style = StaticStampStyle(background=_Ink(picture.name), border_width=0)  # type: ignore[no-untyped-call]
            certifier = _Certifier(metadata, key, timestamper=time_stamper, stamp_style=style)
            certifier.at = at.astimezone(UTC)
            out = certifier.sign_pdf(writer, bytes_reserved=room)
    except (PdfError, SigningError) as error:
        raise ReportError("reports.not_signable", reason=str(error)) from error
    return bytes(out.getbuffer())


def seal_place(reader: PdfFileReader) -> Place:
    """Find the place that the layout left for the seal: over the institute's name and the date."""
    target = _destination(reader.root)
    if target is None:
        raise ReportError("reports.no_seal_place")
    page, x, y = target
    side = DIAMETER_MM * _POINTS
    # The anchor stands in the middle between the institute's name and the date, which GB/T 9704 sets below the
    # centre of the seal.
    left, top = x - side / 2, y + 0.58 * side
    return Place(page, (round(left), round(top - side), round(left + side), round(top)))


def _destination(root: generic.DictionaryObject) -> tuple[int, float, float] | None:
    """Read the named destination of the seal: page number, x and y."""
    try:
        names = root["/Names"]["/Dests"]["/Names"]
    except KeyError:
        return None
    places = {str(names[place]): place + 1 for place in range(0, len(names), 2)}
    if SEAL_PLACE not in places:
        return None
    target = names[places[SEAL_PLACE]]
    pages = page_references(root["/Pages"])
    page = target.raw_get(0)
    return pages.index(page.reference), float(target[2]), float(target[3])


def page_references(node: generic.DictionaryObject) -> list[generic.Reference]:
    """List the pages in order, whatever the depth of the page tree."""
    found: list[generic.Reference] = []
    kids = node["/Kids"]
    for place in range(len(kids)):
        if kids[place]["/Type"] == "/Page":
            found.append(kids.raw_get(place).reference)
        else:
            found.extend(page_references(kids[place]))
    return found
