"""A real time-stamping authority for tests: `openssl ts -reply` behind an HTTP server on this machine.

Its chain has three certificates: a root, an authority below it, and the key that stamps.
"""

import asyncio
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.keys import load_private_key_from_pemder_data
from pyhanko.sign.timestamps import DummyTimeStamper

from evalsvc.time_stamps.token import token_of

SETTINGS = """
[tsa]
default_tsa = stamping
[stamping]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/signer.pem
certs = {folder}/above.pem
signer_key = {folder}/signer-key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = {digests}
accuracy = secs:1
ess_cert_id_chain = yes
ess_cert_id_alg = sha256
"""
PLAIN = PrivateFormat.PKCS8, NoEncryption()
KEY = rsa.generate_private_key(65537, 2048)
"""For tokens that are made without a server: pyHanko's authority for tests knows no other kind of key."""


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

    @property
    def pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(Encoding.PEM)


def issue(
    name: str,
    by: Issued | None = None,
    *,
    uses: tuple[x509.ObjectIdentifier, ...] = (),
    critical: bool = True,
    begins: datetime | None = None,
    days: int = 30,
    key: rsa.RSAPrivateKey | None = None,
) -> Issued:
    """Make a certificate: of an authority, or with uses of one that signs."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "示例机构"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    start = begins or datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder().subject_name(subject).public_key(key.public_key())
    builder = builder.issuer_name(subject if by is None else by.certificate.subject)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(start).not_valid_after(start + timedelta(days=days))
    builder = builder.add_extension(x509.BasicConstraints(ca=not uses, path_length=None), critical=True)
    if uses:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(uses)), critical=critical)
    return Issued(builder.sign(key if by is None else by.key, hashes.SHA256()), key)


def loaded(*issued: Issued) -> tuple[Certificate, ...]:
    """Return certificates as those who check take them."""
    return tuple(Certificate.load(each.certificate.public_bytes(Encoding.DER)) for each in issued)


def forged_token(commitment: str, signer: Issued, *, at: datetime | None = None) -> str:
    """Make a token without a server: of any certificate, at any time."""
    key = load_private_key_from_pemder_data(signer.key.private_bytes(Encoding.DER, *PLAIN), passphrase=None)
    stamper = DummyTimeStamper(loaded(signer)[0], key, fixed_dt=at)
    return token_of(asyncio.run(stamper.async_timestamp(bytes.fromhex(commitment), "sha256")).dump())


@dataclass
class StampingAuthority:
    """The server and what it does: stamps, or fails in one of the ways in which servers fail."""

    folder: Path
    root: Issued
    mode: str = "stamps"
    """`stamps`, `refuses` (wants another hash), `breaks` (500), `garbles`, `hangs`, `repeats` (its first answer)."""
    url: str = ""
    requests: int = 0
    answers: list[bytes] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def root_file(self) -> Path:
        """The root's certificate, as an institute would be given it."""
        return self.folder / "root.pem"

    def reply(self, query: bytes) -> bytes:
        """Answer a query as `openssl ts` does."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            asked, given = Path(folder) / "query.tsq", Path(folder) / "reply.tsr"
            asked.write_bytes(query)
            settings = self.folder / ("refusing.cnf" if self.mode == "refuses" else "stamping.cnf")
            command = ["openssl", "ts", "-reply", "-config", settings, "-queryfile", asked, "-out", given]
            done = subprocess.run(list(map(str, command)), capture_output=True, check=False)
            assert given.exists(), done.stderr
            return given.read_bytes()


def _handler(authority: StampingAuthority) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            authority.requests += 1
            query = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            if authority.mode == "hangs":
                authority.released.wait(20)
                return
            if authority.mode == "garbles":
                body = b"<html>welcome</html>"
            elif authority.mode == "repeats" and authority.answers:
                body = authority.answers[0]
            else:
                body = authority.reply(query)
                authority.answers.append(body)
            self.send_response(500 if authority.mode == "breaks" else 200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_given: object) -> None:
            """Write no log."""

    return Handler


def _chain() -> tuple[Issued, Issued, Issued]:
    root = issue("示例根证书")
    middle = issue("示例时间戳根", root)
    return issue("示例时间戳机构", middle, uses=(ExtendedKeyUsageOID.TIME_STAMPING,)), middle, root


@contextmanager
def running_authority(folder: Path, chain: tuple[Issued, Issued, Issued] | None = None) -> Iterator[StampingAuthority]:
    """Run an authority whose keys lie in a folder; its chain (signer, authority, root) is made, unless given."""
    signer, middle, root = chain or _chain()
    (folder / "root.pem").write_bytes(root.pem)
    (folder / "above.pem").write_bytes(middle.pem + root.pem)
    (folder / "signer.pem").write_bytes(signer.pem)
    (folder / "signer-key.pem").write_bytes(signer.key.private_bytes(Encoding.PEM, *PLAIN))
    (folder / "serial").write_text("01\n", encoding="ascii")
    for name, digests in (("stamping.cnf", "sha256"), ("refusing.cnf", "sha512")):
        (folder / name).write_text(SETTINGS.format(folder=folder, digests=digests), encoding="utf-8")
    authority = StampingAuthority(folder, root)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(authority))
    authority.url = f"http://127.0.0.1:{server.server_port}/tsr"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield authority
    finally:
        authority.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
