"""Who knows of revoked certificates, for tests: OCSP answers and lists, really signed, over real HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.signing_keys import Holding, certify


@dataclass
class RevocationService:
    """The server, for whom it answers, and whom it says to be revoked."""

    url: str = ""
    mode: str = "answers"
    """`answers`, `lists` (knows no OCSP), `silent` (neither), `lies` (signed by another), `unsure` (answers so, and
    knows no list), `garbles`."""
    issuers: list[Holding] = field(default_factory=list)
    delegates: dict[int, Holding] = field(default_factory=dict)
    """By the place of the issuer: who answers for it."""
    revoked: dict[int, datetime] = field(default_factory=dict)
    """By serial number: since when."""
    at: datetime | None = None
    """When it answers; now, unless given."""
    asked: list[str] = field(default_factory=list)

    def of(self, issuer: Holding, *, delegated: bool = False) -> str:
        """Return the address that the certificates of an issuer name."""
        self.issuers.append(issuer)
        place = len(self.issuers) - 1
        if delegated:
            purposes = (ExtendedKeyUsageOID.OCSP_SIGNING,)
            self.delegates[place] = certify("示例应答机构", issuer, purposes=purposes, no_check=True)
        return f"{self.url}/{place}"

    def revoke(self, holding: Holding, at: datetime) -> None:
        """Revoke a certificate."""
        self.revoked[holding.certificate.serial_number] = at.replace(microsecond=0)

    def answer(self, path: str, body: bytes) -> bytes | None:
        """Answer a question, or give a list; None for an error."""
        _, place, kind = path.split("/")
        if self.mode == "silent" or (self.mode, kind) in {("lists", "ocsp"), ("unsure", "crl")}:
            return None
        if self.mode == "garbles":
            return b"<html>welcome</html>"
        issuer = self.issuers[int(place)]
        signing = certify(issuer.certificate.subject.rfc4514_string()) if self.mode == "lies" else issuer
        if kind == "crl":
            return self._list(issuer, signing)
        return self._ocsp(issuer, self.delegates.get(int(place), signing), body)

    def _now(self) -> datetime:
        return (self.at or datetime.now(UTC)).replace(microsecond=0)

    def _list(self, issuer: Holding, signing: Holding) -> bytes:
        builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
        builder = builder.last_update(self._now()).next_update(self._now() + timedelta(days=7))
        for number, at in self.revoked.items():
            entry = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(at).build()
            builder = builder.add_revoked_certificate(entry)
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
        builder = builder.add_extension(identifier, critical=False).add_extension(x509.CRLNumber(1), critical=False)
        return builder.sign(signing.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _ocsp(self, issuer: Holding, signing: Holding, body: bytes) -> bytes:
        asked = ocsp.load_der_ocsp_request(body)
        since = self.revoked.get(asked.serial_number)
        status = ocsp.OCSPCertStatus.GOOD if since is None else ocsp.OCSPCertStatus.REVOKED
        if self.mode == "unsure":
            status, since = ocsp.OCSPCertStatus.UNKNOWN, None
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            asked.issuer_name_hash,
            asked.issuer_key_hash,
            asked.serial_number,
            asked.hash_algorithm,
            status,
            self._now(),
            self._now() + timedelta(days=7),
            since,
            None if since is None else x509.ReasonFlags.key_compromise,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signing.certificate)
        builder = builder if signing is issuer else builder.certificates([signing.certificate])
        return builder.sign(signing.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _handler(service: RevocationService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            service.asked.append(self.path)
            found = service.answer(self.path, self.rfile.read(int(self.headers.get("Content-Length", 0))))
            if found is None:
                self.send_error(503)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(found)))
            self.end_headers()
            self.wfile.write(found)

        do_GET = answer  # noqa: N815 (named by the library)
        do_POST = answer  # noqa: N815

        def log_message(self, *_given: object) -> None:
            """Write no log."""

    return Handler


@contextmanager
def running_revocation() -> Iterator[RevocationService]:
    """Run a service."""
    service = RevocationService()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
