"""Keys that lie elsewhere, in a token or at a service, and never come into this program: they are asked to sign."""

from collections.abc import Sequence
from typing import Protocol

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pyhanko.sign.signers.pdf_cms import Signer as Key
from pyhanko_certvalidator.registry import SimpleCertificateStore

from reports.errors import ReportError
from reports.keys import Signer, signer_of

HASH = "sha256"
"""What a holder is asked to hash with; the signatures of this package know no other."""
_LONGEST_ECDSA = 139
"""Bytes of the longest ECDSA signature as DER, of P-521."""


class KeyHolder(Protocol):
    """Whoever holds a key: its certificates, and signatures made with it.

    RSA signs by PKCS#1 v1.5 with SHA-256, an elliptic curve by ECDSA with SHA-256, written as DER.
    """

    @property
    def chain(self) -> Sequence[bytes]:
        """Return the certificates as DER: the signer's first, then those above it up to the root."""

    def sign(self, attributes: bytes) -> bytes:
        """Return the signature over the signed attributes of a signature (they are hashed by whoever signs).

        Raises ReportError with what went wrong.
        """


def held_signer(holder: KeyHolder) -> Signer:
    """Return the signer whose key somebody holds.

    Raises
    ------
    ReportError
        ``reports.holder_certificate`` when the holder gives no certificate of RSA or an elliptic curve;
        ``reports.chain_incomplete``; what the holder raises
    """
    try:
        certificates = [asn1_x509.Certificate.load(each) for each in holder.chain]
        x509.load_der_x509_certificate(certificates[0].dump())
        return signer_of(_HeldKey(holder, certificates))
    except (ValueError, TypeError, IndexError) as error:
        raise ReportError("reports.holder_certificate") from error


class _HeldKey(Key):
    """A key for pyHanko that asks its holder, and believes no signature that it has not verified."""

    def __init__(self, holder: KeyHolder, certificates: Sequence[asn1_x509.Certificate]) -> None:
        """Keep the holder; the certificates go into the signature."""
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(certificates[1:])
        super().__init__(signing_cert=certificates[0], cert_registry=store)
        self._holder = holder
        self._public = x509.load_der_x509_certificate(certificates[0].dump()).public_key()
        if not isinstance(self._public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise ReportError("reports.holder_certificate")

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Have the holder sign; when the room for a signature is measured, nobody is asked."""
        if dry_run:
            return bytes(self._public.key_size // 8 if isinstance(self._public, rsa.RSAPublicKey) else _LONGEST_ECDSA)
        if digest_algorithm != HASH:
            raise ReportError("reports.not_signable", reason=digest_algorithm)
        signature = self._holder.sign(data)
        self._require_fitting(signature, data)
        return signature

    def _require_fitting(self, signature: bytes, data: bytes) -> None:
        try:
            if isinstance(self._public, rsa.RSAPublicKey):
                self._public.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
            elif isinstance(self._public, ec.EllipticCurvePublicKey):
                self._public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature as error:
            raise ReportError("reports.holder_other_key") from error
