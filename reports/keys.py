"""Signing keys: read from PKCS#12, or made for a demonstration and said to be one in the certificate itself."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.sign.signers import SimpleSigner

from reports.errors import ReportError

DEMO_WORDS = "示范 DEMO 不具法律效力"
DEMO_YEARS = 10


@dataclass(frozen=True)
class Signer:
    """Hold a key that can sign, and the name that its certificate gives."""

    key: SimpleSigner
    subject: str


def read_signer(pkcs12_bytes: bytes, passphrase: bytes | None) -> Signer:
    """Open a PKCS#12 file.

    Raises ReportError ``reports.key_unreadable`` when the file or the passphrase is wrong.
    """
    try:
        key = SimpleSigner.load_pkcs12_data(pkcs12_bytes, other_certs=[], passphrase=passphrase)
    except (ValueError, TypeError) as error:
        raise ReportError("reports.key_unreadable") from error
    if key is None or key.signing_cert is None:
        raise ReportError("reports.key_unreadable")
    return Signer(key, key.signing_cert.subject.human_friendly)


def demo_signer(directory: Path, institute: str, passphrase: bytes, at: datetime) -> Signer:
    """Return the demo key of a folder, made at the first call; its certificate says that it binds nobody."""
    path = directory / "demo-key.p12"
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_bytes(make_demo_key(institute, passphrase, at))
    return read_signer(path.read_bytes(), passphrase)


def make_demo_key(institute: str, passphrase: bytes, at: datetime) -> bytes:
    """Make a P-256 key with a self-signed certificate, as PKCS#12."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, institute),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{institute} {DEMO_WORDS}"[:64]),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(os.urandom(16), "big") >> 1)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365 * DEMO_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signing_only(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        DEMO_WORDS.encode(), key, certificate, None, BestAvailableEncryption(passphrase)
    )


def certificate_of(signer: Signer) -> bytes:
    """Return the signer's certificate as PEM, for those who want to trust it by hand."""
    certificate = signer.key.signing_cert
    if certificate is None:
        raise ReportError("reports.key_unreadable")
    return x509.load_der_x509_certificate(certificate.dump()).public_bytes(Encoding.PEM)


def _signing_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
