"""A signing service for tests: it holds a key, and signs hashes for who knows its token, over real HTTP or HTTPS."""

import base64
import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.signing_keys import Holding

TOKEN = "a-token-of-the-tests"


@dataclass
class SigningService:
    """The server and what it does: signs, or fails in one of the ways in which servers fail."""

    holding: Holding
    mode: str = "signs"
    """`signs`, `breaks` (500), `garbles`, `hangs`, `drips` (a byte at a time), `floods`, `other-key`."""
    url: str = ""
    authority: Path | None = None
    asked: list[str] = field(default_factory=list)

    def sign(self, digest: bytes) -> bytes:
        """Sign a hash with the key, or with another."""
        key, hashed = self.holding.key, utils.Prehashed(hashes.SHA256())
        if self.mode == "other-key":
            key = ec.generate_private_key(ec.SECP256R1())
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(digest, padding.PKCS1v15(), hashed)
        return key.sign(digest, ec.ECDSA(hashed))

    def answer(self, path: str, body: bytes) -> bytes:
        """Answer as the protocol says."""
        if path == "/certificates":
            return json.dumps({"certificates": [_text(each) for each in self.holding.chain]}).encode()
        wish = json.loads(body)
        assert wish["hash_algorithm"] == "sha256"
        return json.dumps({"signature": _text(self.sign(base64.b64decode(wish["hash"])))}).encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _handler(service: SigningService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            service.asked.append(self.path)
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                self.send_error(401)
                return
            if service.mode == "hangs":
                time.sleep(3)
                return
            self.send_response(500 if service.mode == "breaks" else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.write(service.answer(self.path, body))

        def write(self, answer: bytes) -> None:
            try:
                if service.mode == "drips":
                    for each in answer:
                        self.wfile.write(bytes([each]))
                        time.sleep(0.05)
                elif service.mode == "floods":
                    self.wfile.write(b" " * 1_000_000)
                else:
                    self.wfile.write(b"<html>" if service.mode == "garbles" else answer)
            except (BrokenPipeError, ConnectionResetError):
                pass  # whoever asked has heard enough

        do_GET = answer  # noqa: N815 (named by the library)
        do_POST = answer  # noqa: N815

        def log_message(self, *_given: object) -> None:
            """Write no log."""

    return Handler


@contextmanager
def running_service(holding: Holding, folder: Path | None = None) -> Iterator[SigningService]:
    """Run a service; with a folder over TLS, whose own certificate is put there."""
    service = SigningService(holding)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    service.url = f"http://127.0.0.1:{server.server_port}"
    if folder is not None:
        service.authority, key = _tls_certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(service.authority, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        service.url = service.url.replace("http:", "https:")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _tls_certificate(folder: Path) -> tuple[Path, Path]:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    own = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = builder.add_extension(own, critical=False).sign(key, hashes.SHA256())
    paths = folder / "tls.pem", folder / "tls-key.pem"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths
