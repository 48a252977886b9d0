"""One signature by PAdES (ETSI EN 319 142-1): level B-B, with a time stamp B-T. The first certifies the file."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import Signer as Key
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper

from reports.errors import ReportError
from reports.signing.appearance import Appearance, style_of
from reports.signing.fields import next_to_sign, roles_in
from reports.signing.roles import Role
from reports.signing.update import update_of

Appearances = Callable[[Role, x509.Certificate, datetime], Appearance]
"""What the signature of a role shows and says, by its certificate and its time."""


class _Signing(PdfSigner):
    """A signer whose time is given."""

    at: datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> PdfSigningSession:
        """Begin a session at the given time."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session


def sign(
    pdf: bytes,
    role: Role,
    key: Key,
    appearance: Appearance,
    time_stamper: TimeStamper | None = None,
    *,
    at: datetime | None = None,
    room: int | None = None,
) -> bytes:
    """Add a role's signature.

    Parameters
    ----------
    at : datetime, optional
        The time that the signature states; now, unless given.
    room : int, optional
        Hexadecimal digits kept free for the signature; estimated, unless given.

    Raises
    ------
    ReportError
        ``reports.not_signable``; ``reports.signing_order`` when it is somebody else's turn, or nobody's.
    """
    try:
        update = update_of(pdf)
        expected = next_to_sign(update.prev)
        if expected is not role:
            raise ReportError("reports.signing_order", role=role.name, expected=getattr(expected, "name", "-"))
        first = roles_in(update.prev)[0] is role
        signing = _Signing(
            _metadata(role, key, appearance, certify=first),
            key,
            timestamper=time_stamper,
            stamp_style=style_of(appearance.shown),
        )
        signing.at = (at or datetime.now(UTC)).astimezone(UTC)
        out = signing.sign_pdf(update, existing_fields_only=True, bytes_reserved=room)
    except (PdfError, SigningError) as error:
        raise ReportError("reports.not_signable", reason=str(error)) from error
    return bytes(out.getbuffer())


def _metadata(role: Role, key: Key, appearance: Appearance, *, certify: bool) -> PdfSignatureMetadata:
    """Say who signs what for; the first certifies, and lets those after it fill their fields and nothing else."""
    certificate = key.signing_cert
    return PdfSignatureMetadata(
        field_name=role.field,
        md_algorithm="sha256",
        reason=appearance.reason,
        location=appearance.location or None,
        name=None if certificate is None else certificate.subject.human_friendly,
        certify=certify,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        subfilter=SigSeedSubFilter.PADES,
    )
