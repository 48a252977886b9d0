"""Certificates for tests as an authority issues them, with where news of them is to be had; keys that lie elsewhere.

`Institution` has a root, an authority below it, and whom it issued; `token_with` puts a key into a SoftHSM token.
"""

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from reports.keys import Signer, read_signer

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PIN, SOFTHSM = "246810", Path("/usr/lib/softhsm/libsofthsm2.so")
SIGNING = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
ISSUING = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
AGREEING = x509.KeyUsage(False, False, False, False, True, False, False, False, False)


def new_key(kind: str) -> Key:
    """Make a key: `rsa3072`, `rsa1024`, `p256` and so on."""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    return ec.generate_private_key({"p256": ec.SECP256R1, "p384": ec.SECP384R1}[kind]())


@dataclass(frozen=True)
class Holding:
    """A certificate with its key and what stands above it."""

    certificate: x509.Certificate
    key: Key
    above: tuple[x509.Certificate, ...] = ()

    @property
    def der(self) -> bytes:
        """The certificate as DER."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificate and those above it, as DER."""
        return (self.der, *(each.public_bytes(Encoding.DER) for each in self.above))

    @property
    def key_der(self) -> bytes:
        """The key as PKCS#8."""
        return self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    def pkcs12(self, passphrase: bytes | None = None) -> bytes:
        """Return all of it as PKCS#12."""
        assert passphrase is None
        return pkcs12.serialize_key_and_certificates(b"key", self.key, self.certificate, self.above, NoEncryption())

    def signer(self) -> Signer:
        """Return it as what signs."""
        return read_signer(self.pkcs12(), None)


def certify(
    name: str,
    by: Holding | None = None,
    *,
    kind: str = "p256",
    usage: x509.KeyUsage = SIGNING,
    purposes: Iterable[x509.ObjectIdentifier] = (),
    begins: datetime | None = None,
    ends: datetime | None = None,
    services: str | None = None,
    no_check: bool = False,
) -> Holding:
    """Issue a certificate; `services` is where it says that OCSP (…/ocsp) and lists (…/crl) are to be had."""
    key, begins = new_key(kind), begins or datetime.now(UTC) - timedelta(days=1)
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "示例签发机构"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    builder = x509.CertificateBuilder().subject_name(subject).public_key(key.public_key())
    builder = builder.issuer_name(subject if by is None else by.certificate.subject)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(begins).not_valid_after(ends or begins + timedelta(days=400))
    authority = usage is ISSUING
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    issuing = key if by is None else by.key
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.public_key())
    builder = builder.add_extension(identifier, critical=False)
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(purposes)), critical=True)
    if no_check:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    if services:
        builder = _saying_where(builder, services)
    made = builder.sign(issuing, hashes.SHA256())
    return Holding(made, key, () if by is None else (by.certificate, *by.above))


def _saying_where(builder: x509.CertificateBuilder, services: str) -> x509.CertificateBuilder:
    responder = x509.UniformResourceIdentifier(f"{services}/ocsp")
    access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, responder)
    lists = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{services}/crl")], None, None, None)
    builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    return builder.add_extension(x509.CRLDistributionPoints([lists]), critical=False)


def stamping(by: Holding, **given: Any) -> Holding:
    """Issue the certificate of a time-stamping authority; pyHanko's for tests knows no key but RSA."""
    return certify("示例时间戳机构", by, kind="rsa2048", purposes=(ExtendedKeyUsageOID.TIME_STAMPING,), **given)


def new_token(folder: Path, label: str) -> None:
    """Make an empty token, in SoftHSM; its settings are those of this process from here on."""
    (folder / "tokens").mkdir(exist_ok=True)
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n", encoding="utf-8")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "13579086"]
    subprocess.run(command, check=True, capture_output=True)


def put_into_token(folder: Path, label: str, holding: Holding, name: str, *, above: bool = True) -> None:
    """Put a key into a token with its certificates."""
    import pkcs11  # noqa: PLC0415
    from pkcs11.util.x509 import decode_x509_certificate  # noqa: PLC0415

    identifier = os.urandom(4)
    pem = holding.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    command = ["softhsm2-util", "--import", folder / "key.pem", "--token", label, "--label", name, "--pin", PIN]
    subprocess.run([*map(str, command), "--id", identifier.hex()], check=True, capture_output=True)
    module = pkcs11.lib(str(SOFTHSM))
    try:
        with module.get_token(token_label=label).open(rw=True, user_pin=PIN) as session:
            for place, each in enumerate(holding.chain if above else holding.chain[:1]):
                attributes = decode_x509_certificate(each)
                marks = {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: name}
                marks[pkcs11.Attribute.ID] = identifier if place == 0 else b"above"
                session.create_object({**attributes, **marks})
    finally:
        module.finalize()
