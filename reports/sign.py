"""Signatures by PAdES (ETSI EN 319 142-1, level B-B, with a time stamper B-T): field first, then one certification."""

from dataclasses import dataclass
from io import BytesIO
from tempfile import NamedTemporaryFile

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import ImportedPdfPage, ResourceType
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle

from reports.errors import ReportError
from reports.keys import Signer
from reports.seal import DIAMETER_MM, Seal, seal_pdf

FIELD = "InstituteSignature"
SEAL_PLACE = "seal-place"
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
        return b"/Ink gs " + content


def sign_pdf(pdf: bytes, signer: Signer, appearance: Appearance, time_stamper: TimeStamper | None = None) -> bytes:
    """Certify a report: no change is allowed after it.

    Raises
    ------
    ReportError
        ``reports.no_seal_place`` when the file was not laid out by this package; ``reports.not_signable`` when it
        cannot be read or is already signed.
    """
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        place = seal_place(writer.prev)
        append_signature_field(writer, SigFieldSpec(FIELD, on_page=place.page, box=place.box))
        metadata = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            reason=appearance.reason,
            location=appearance.location or None,
            name=signer.subject,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            subfilter=SigSeedSubFilter.PADES,
        )
        with NamedTemporaryFile(suffix=".pdf") as picture:
            picture.write(seal_pdf(appearance.seal))
            picture.flush()
            style = StaticStampStyle(background=_Ink(picture.name), border_width=0)  # type: ignore[no-untyped-call]
            out = PdfSigner(metadata, signer.key, timestamper=time_stamper, stamp_style=style).sign_pdf(writer)
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
    pages = _page_references(root["/Pages"])
    page = target.raw_get(0)
    return pages.index(page.reference), float(target[2]), float(target[3])


def _page_references(node: generic.DictionaryObject) -> list[generic.Reference]:
    """List the pages in order, whatever the depth of the page tree."""
    found: list[generic.Reference] = []
    kids = node["/Kids"]
    for place in range(len(kids)):
        if kids[place]["/Type"] == "/Page":
            found.append(kids.raw_get(place).reference)
        else:
            found.extend(_page_references(kids[place]))
    return found
