"""Signing keys: read from PKCS#12, or made for a demonstration and said to be one in the certificate itself.

Keys that never come into this program are in `signing.holder` and `signing.token`; a `Signer` is one for all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.pdf_cms import Signer as Key

from reports.errors import ReportError

DEMO_WORDS = "示范 DEMO 不具法律效力"
DEMO_YEARS = 10
DEMO_COMMENT = x509.ObjectIdentifier("2.16.840.1.113730.1.13")
"""The extension nsComment: a demo certificate says there what it is, whatever names stand in its subject."""


@dataclass(frozen=True)
class Signer:
    """Hold a key that can sign, the name that its certificate gives, and whether it was made for a demonstration."""

    key: Key
    subject: str
    is_demo: bool

    @property
    def certificate(self) -> asn1_x509.Certificate:
        """Return the certificate that the key signs with."""
        if self.key.signing_cert is None:
            raise ReportError("reports.key_unreadable")
        return self.key.signing_cert


def read_signer(pkcs12_bytes: bytes, passphrase: bytes | None) -> Signer:
    """Open a PKCS#12 file.

    Raises ReportError ``reports.key_unreadable`` when the file or the passphrase is wrong, and
    ``reports.chain_incomplete`` when it holds some of the certificates above the signer's but not all up to the root.
    """
    try:
        key = SimpleSigner.load_pkcs12_data(pkcs12_bytes, other_certs=[], passphrase=passphrase)
    except (ValueError, TypeError) as error:
        raise ReportError("reports.key_unreadable") from error
    if key is None:
        raise ReportError("reports.key_unreadable")
    return signer_of(key)


def signer_of(key: Key) -> Signer:
    """Return a key as a signer, wherever it lies.

    Raises ReportError ``reports.key_unreadable`` when it has no certificate, and ``reports.chain_incomplete`` when it
    comes with some of the certificates above its own but not all up to the root.
    """
    top = _top_of(key)
    certificate = key.signing_cert
    if certificate is None:
        raise ReportError("reports.key_unreadable")
    if top.issuer != top.subject and top.dump() != certificate.dump():
        raise ReportError("reports.chain_incomplete", issuer=top.issuer.human_friendly)
    return Signer(key, certificate.subject.human_friendly, is_demo(certificate))


def make_demo_key(institute: str, passphrase: bytes, at: datetime) -> bytes:
    """Make a demo authority and a P-256 key with its certificate, as PKCS#12; the authority's own key is not kept."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name = _name(institute, f"示范签发机构 {DEMO_WORDS}")
    authority = (
        _certificate(authority_name, authority_name, authority_key, at)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    certificate = (
        _certificate(_name(institute, _cut(f"{DEMO_WORDS} {institute}")), authority_name, key, at)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(issuer, critical=False)
        .add_extension(x509.UnrecognizedExtension(DEMO_COMMENT, _utf8(DEMO_WORDS)), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        DEMO_WORDS.encode(), key, certificate, [authority], BestAvailableEncryption(passphrase)
    )


def authority_of(signer: Signer) -> bytes:
    """Return as PEM the certificate at the root of the signer's chain, for those who want to trust it by hand."""
    return x509.load_der_x509_certificate(_top_of(signer.key).dump()).public_bytes(Encoding.PEM)


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 of a PEM certificate as people compare it by telephone."""
    return _grouped(x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256()).hex())


def fingerprint_of(certificate: asn1_x509.Certificate) -> str:
    """Return the SHA-256 of a certificate as people compare it by telephone."""
    return _grouped(certificate.sha256.hex())


def _grouped(digest: str) -> str:
    return " ".join(digest[place : place + 4] for place in range(0, 64, 4))


def is_demo(certificate: asn1_x509.Certificate) -> bool:
    """Look for the comment of demo certificates; words in a subject decide nothing, for real names may hold them."""
    extensions = certificate["tbs_certificate"]["extensions"].native or ()
    return any(each["extn_id"] == DEMO_COMMENT.dotted_string for each in extensions)


def _top_of(key: Key) -> asn1_x509.Certificate:
    if key.signing_cert is None:
        raise ReportError("reports.key_unreadable")
    return top_of(key.signing_cert, key.cert_registry)


def top_of(certificate: asn1_x509.Certificate, others: Iterable[asn1_x509.Certificate]) -> asn1_x509.Certificate:
    """Follow the issuers through other certificates as far as they lead."""
    return chain_from(certificate, others)[-1]


def chain_from(
    certificate: asn1_x509.Certificate, others: Iterable[asn1_x509.Certificate]
) -> tuple[asn1_x509.Certificate, ...]:
    """Return a certificate and those above it by their names, as far as others lead; no signature is verified."""
    above = {each.subject.dump(): each for each in others}
    chain = [certificate]
    while (issuer := above.pop(chain[-1].issuer.dump(), None)) is not None and issuer != chain[-1]:
        chain.append(issuer)
    return tuple(chain)


def _name(institute: str, common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, institute[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _cut(common_name: str) -> str:
    """Leave out what a certificate's common name cannot hold: more than 64 bytes."""
    return common_name.encode()[:64].decode(errors="ignore")


def _utf8(text: str) -> bytes:
    return bytes(core.UTF8String(text).dump())


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, at: datetime
) -> x509.CertificateBuilder:
    """Begin a certificate that is valid from a day before, so that slow clocks do not matter."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365 * DEMO_YEARS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    """Let an authority sign certificates, and a signer documents; nothing else."""
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
