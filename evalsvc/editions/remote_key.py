"""A key at a signing service of the institute: asked over HTTPS, with a token, for a signature over a hash.

`GET {address}/certificates` answers `{"certificates": [...]}`: the signer's first, up to the root, each DER in base64.
`POST {address}/signatures` with `{"hash_algorithm": "sha256", "hash": ...}` answers `{"signature": ...}` (base64):
the signature is PKCS#1 v1.5 of an RSA key, or ECDSA as DER. Both are asked with `Authorization: Bearer TOKEN`.
"""

import base64
import hashlib
import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from evalsvc.asking import NoAnswerError, ask
from reports.errors import ReportError

CERTIFICATES, SIGNATURES = "/certificates", "/signatures"
LARGEST_ANSWER, MOST_CERTIFICATES = 200_000, 10
"""Bytes of an answer that are read; certificates of a chain."""


@dataclass(frozen=True)
class RemoteKey:
    """A key at a signing service, as a `reports.signing.holder.KeyHolder`."""

    address: str
    token: str = field(repr=False)
    authority: Path | None = None
    """Certificates (PEM) that vouch for the service's TLS, where the system's do not."""
    seconds: float = 10

    @cached_property
    def chain(self) -> Sequence[bytes]:
        """Return the certificates that the service names.

        Raises
        ------
        ReportError
            As `sign`.
        """
        given = self._asked(CERTIFICATES)
        try:
            found = tuple(base64.b64decode(each, validate=True) for each in given["certificates"])
        except (KeyError, TypeError, ValueError) as error:
            raise self._failed("certificates") from error
        if len(found) > MOST_CERTIFICATES:
            raise self._failed("certificates")
        return found

    def sign(self, attributes: bytes) -> bytes:
        """Have the service sign.

        Raises
        ------
        ReportError
            ``signing.service_unreachable``, ``signing.service_refused`` (the token is not taken),
            ``signing.service_failed`` with the reason
        """
        digest = base64.b64encode(hashlib.sha256(attributes).digest()).decode("ascii")
        given = self._asked(SIGNATURES, {"hash_algorithm": "sha256", "hash": digest})
        try:
            return base64.b64decode(given["signature"], validate=True)
        except (KeyError, TypeError, ValueError) as error:
            raise self._failed("signature") from error

    def _asked(self, path: str, wish: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        content = None if wish is None else json.dumps(wish).encode("ascii")
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        headers |= {} if wish is None else {"Content-Type": "application/json"}
        try:
            trust = ssl.create_default_context(cafile=None if self.authority is None else str(self.authority))
            answer = ask(
                self.address + path, content, headers, seconds=self.seconds, most=LARGEST_ANSWER, verified_by=trust
            )
        except (NoAnswerError, OSError) as error:
            raise ReportError("signing.service_unreachable", url=self._host, reason=str(error)) from error
        if answer.status in (401, 403):
            raise ReportError("signing.service_refused", url=self._host, status=answer.status)
        if answer.status != 200:
            raise self._failed(f"HTTP {answer.status}")
        try:
            given = json.loads(answer.data)
        except (ValueError, RecursionError) as error:
            raise self._failed("JSON") from error
        if not isinstance(given, dict):
            raise self._failed("JSON")
        return given

    @property
    def _host(self) -> str:
        return urlsplit(self.address).netloc

    def _failed(self, reason: str) -> ReportError:
        return ReportError("signing.service_failed", reason=f"{self._host}: {reason}")
