"""Digest access authentication (RFC 2617, with the SHA-256 of RFC 7616) as pure functions.

OpenRosa asks devices for MD5 with `qop` auth or none. MD5 proves enough here because the secrets are random and made by
the server: nobody can guess one from a response, and no two inputs with the same hash would help.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

REALM = "evalsvc devices"
ALGORITHMS = ("MD5", "SHA-256")
"""In the order in which they are offered: devices take the first, and OpenRosa asks for MD5."""
LONGEST_HEADER = 8000
"""As long as servers take a header: the address in it may hold a form's id and version, each of 249 Chinese signs."""
FIELD = re.compile(r'([a-zA-Z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,\s*|$)')
COUNT = re.compile(r"[0-9a-fA-F]{8}")


@dataclass(frozen=True)
class Proof:
    """What a device's Authorization header says."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: str
    count: int | None
    """Which use of the nonce this is; None without `qop`, whose nonces serve once."""
    client_nonce: str = ""


def read_proof(header: str) -> Proof | None:
    """Read an Authorization header; None when it is no Digest, or not one that is taken here."""
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "digest" or len(header) > LONGEST_HEADER:
        return None
    fields = _fields(text.strip())
    algorithm = fields.get("algorithm", ALGORITHMS[0]).upper()
    needed = {"username", "realm", "nonce", "uri", "response"}
    if not needed <= set(fields) or algorithm not in ALGORITHMS or fields["realm"] != REALM:
        return None
    plain = {name: fields[name] for name in needed}
    if "qop" not in fields:
        return Proof(**plain, algorithm=algorithm, count=None)
    if fields["qop"].lower() != "auth" or not COUNT.fullmatch(fields.get("nc", "")) or "cnonce" not in fields:
        return None
    return Proof(**plain, algorithm=algorithm, count=int(fields["nc"], 16), client_nonce=fields["cnonce"])


def hashed_secrets(username: str, password: str) -> dict[str, str]:
    """Return what is kept of a password: for each algorithm the hash that RFC 2617 calls H(A1)."""
    return {name: _hash(name, f"{username}:{REALM}:{password}") for name in ALGORITHMS}


def fits(proof: Proof, method: str, target: str, hashed: Mapping[str, str]) -> bool:
    """Tell whether a proof was made with a secret, for this method and this address (path and query as sent)."""
    middle = [proof.nonce]
    if proof.count is not None:
        middle += [f"{proof.count:08x}", proof.client_nonce, "auth"]
    request = _hash(proof.algorithm, f"{method}:{proof.uri}")
    expected = _hash(proof.algorithm, ":".join([hashed[proof.algorithm], *middle, request]))
    right = hmac.compare_digest(expected.encode(), proof.response.lower().encode("utf-8", "replace"))
    return right and path_of(proof.uri) == target


def challenges(nonce: str, *, stale: bool = False) -> list[str]:
    """Write the WWW-Authenticate headers, one for each algorithm."""
    told = ", stale=true" if stale else ""
    return [f'Digest realm="{REALM}", qop="auth", algorithm={name}, nonce="{nonce}"{told}' for name in ALGORITHMS]


def _fields(text: str) -> dict[str, str]:
    """Read name=value pairs; empty when anything else stands between them, or a name stands twice."""
    fields: dict[str, str] = {}
    at = 0
    while at < len(text):
        found = FIELD.match(text, at)
        if found is None or found[1].lower() in fields:
            return {}
        fields[found[1].lower()] = found[3] or re.sub(r"\\(.)", r"\1", found[2] or "")
        at = found.end()
    return fields


def path_of(uri: str) -> str:
    """Return path and query; a client behind a proxy may name the whole address."""
    if uri.startswith("/"):
        return uri
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _hash(algorithm: str, text: str) -> str:
    data = text.encode("utf-8", "replace")
    if algorithm == "MD5":
        return hashlib.md5(data, usedforsecurity=False).hexdigest()
    return hashlib.sha256(data).hexdigest()
