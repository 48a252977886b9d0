"""What proves signatures in later years (PAdES B-LTA): certificates, whether they were revoked, stamps over it all."""

from collections.abc import Sequence

from asn1crypto import cms, crl, ocsp, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import InvisSigSettings
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError

from reports.errors import ReportError
from reports.signing.chains import der
from reports.signing.evidence import Evidence
from reports.signing.revocation import responders
from reports.signing.update import update_of

STAMP_FIELD, STAMP_WORDS = "ArchiveTimeStamp", "档案时间戳"
_OUTSIDE = InvisSigSettings(box_out_of_bounds=True)
"""PDF/A wants no hidden fields, PDF/UA no untagged ones; one that lies beside the page is neither."""


def with_evidence(pdf: bytes, evidence: Evidence) -> bytes:
    """Keep evidence in the file (/DSS); what it holds already is not added again."""
    update = update_of(pdf)
    try:
        # Who answered goes in with the other certificates: pyHanko would put it behind the answers, where a file that
        # is read does not show it.
        new = evidence.with_all(Evidence(der(responders(evidence)))).beyond(evidence_in(update.prev))
        if not new:
            return pdf
        # No entries for each signature (/VRI): they are optional, and EN 319 142-1 has later versions do without.
        DocumentSecurityStore.supply_dss_in_writer(
            update,
            None,
            certs=[x509.Certificate.load(each) for each in new.certificates],
            ocsps=[ocsp.OCSPResponse.load(each) for each in new.ocsp_answers],
            crls=[crl.CertificateList.load(each) for each in new.revocation_lists],
        )
    except (PdfError, ValueError, TypeError) as error:
        raise ReportError("reports.evidence_unusable", reason=str(error)) from error
    return update.revised()


def evidence_in(reader: PdfFileReader) -> Evidence:
    """Read the evidence that a file keeps."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return Evidence()
    return Evidence(_streams(list(store.certs.values())), _streams(store.ocsps), _streams(store.crls))


def with_stamp(pdf: bytes, time_stamper: TimeStamper, *, room: int | None = None) -> bytes:
    """Have an authority stamp the whole file with all that it keeps.

    Raises
    ------
    ReportError
        ``reports.not_stamped`` when the authority gives nothing that can be used.
    """
    update = update_of(pdf)
    number = sum(1 for _ in update.prev.embedded_timestamp_signatures) + 1
    try:
        stamper = PdfTimeStamper(time_stamper, f"{STAMP_FIELD}{number}", _OUTSIDE, STAMP_WORDS)
        out = stamper.timestamp_pdf(update, "sha256", bytes_reserved=room)
    except (PdfError, SigningError, OSError) as error:
        raise ReportError("reports.not_stamped", reason=str(error)) from error
    return bytes(out.getbuffer())


class KnownToken(TimeStamper):
    """An authority that has one token: to make a stamped file once more."""

    def __init__(self, token: cms.ContentInfo) -> None:
        """Keep the token."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._token = token

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Return the token, whatever is to be stamped."""
        return self._token

    async def async_dummy_response(self, md_algorithm: str) -> cms.ContentInfo:
        """Return the token."""
        return self._token


def _streams(references: Sequence[object]) -> tuple[bytes, ...]:
    return tuple(bytes(each.get_object().data) for each in references)  # type: ignore[attr-defined]
