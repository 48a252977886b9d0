"""A signed file made once more, revision by revision, from the bare layout and the signatures that it holds.

Every revision follows from what stood before and from a few things that are read out of the file: who signed when, the
signature's own bytes, a picture, evidence, a stamp. Where the same bytes come out, nothing else can be in the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import ExternalSigner
from pyhanko.sign.validation import EmbeddedPdfSignature

from reports.errors import ReportError
from reports.signing.appearance import Appearance, picture_in
from reports.signing.fields import roles_in, with_fields
from reports.signing.long_term import KnownToken, evidence_in, with_evidence, with_stamp
from reports.signing.roles import BY_FIELD
from reports.signing.signature import Appearances, sign
from reports.signing.update import filled

MOST_REVISIONS = 50
"""Signatures and stamps that are followed: forty years of yearly stamps."""
STAMP = "/DocTimeStamp"


@dataclass(frozen=True)
class Replay:
    """The file as it has to be, as far as it can be told; the field at whose revision the given one parts from it."""

    made: bytes
    parted_at: str | None


def replay(pdf: bytes, layout: bytes, appearances: Appearances) -> Replay:
    """Make a file once more.

    Raises
    ------
    ReportError
        ``reports.not_replayable`` when the file is none that this package could have made.
    """
    try:
        return _replayed(pdf, layout, appearances)
    except (MemoryError, ReportError):
        raise
    except Exception as error:  # a stranger's file that cannot be taken apart
        raise ReportError("reports.not_replayable", reason=type(error).__name__) from error


def _replayed(pdf: bytes, layout: bytes, appearances: Appearances) -> Replay:
    reader = PdfFileReader(BytesIO(pdf))
    roles, signatures = roles_in(reader), _in_order(reader.embedded_signatures)
    made, parted_at = with_fields(layout, roles) if roles else layout, None
    for signature in signatures:
        end = end_of(signature)
        made = with_evidence(made, evidence_in(PdfFileReader(BytesIO(pdf[:end]))))
        made = _signed_again(made, signature, appearances)
        if parted_at is None and not pdf.startswith(made):
            # The rest is made all the same: pages that show later signatures are compared too.
            parted_at = signature.field_name
    made = with_evidence(made, evidence_in(reader))
    return Replay(made, None if made == pdf else parted_at or "")


def _in_order(signatures: Sequence[EmbeddedPdfSignature]) -> list[EmbeddedPdfSignature]:
    if len(signatures) > MOST_REVISIONS:
        raise ReportError("reports.too_many_signatures", detail=MOST_REVISIONS)
    return sorted(signatures, key=end_of)


def end_of(signature: EmbeddedPdfSignature) -> int:
    """Return where the bytes end that a signature covers: the end of its revision."""
    _, _, resume, rest = (int(number) for number in signature.byte_range)
    return resume + rest


def _signed_again(pdf: bytes, signature: EmbeddedPdfSignature, appearances: Appearances) -> bytes:
    """Add the revision of a signature or a stamp, with the container that exists."""
    container = bytes(signature.sig_object.raw_get("/Contents"))
    _, length, resume, _ = (int(number) for number in signature.byte_range)
    room = resume - length - 2
    if signature.sig_object_type == STAMP:
        return filled(with_stamp(pdf, KnownToken(cms.ContentInfo.load(container)), room=room), container)
    role, certificate, at = BY_FIELD[signature.field_name], signature.signer_cert, signature.self_reported_timestamp
    if at is None:
        raise ReportError("reports.not_replayable", reason="/M")
    key = ExternalSigner(signing_cert=certificate, cert_registry=None, signature_value=256)
    appearance = _as_shown(appearances(role, certificate, at), signature)
    return filled(sign(pdf, role, key, appearance, at=at, room=room), container)


def _as_shown(appearance: Appearance, signature: EmbeddedPdfSignature) -> Appearance:
    """Show the picture of one's own that the file holds, where it shows one: whoever signed answers for it."""
    picture = picture_in(signature.sig_field)
    return appearance if picture is None else Appearance(picture, appearance.reason, appearance.location)
