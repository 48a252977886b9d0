"""Digest access authentication of RFC 2617 as OpenRosa restricts it: MD5, with qop auth or none."""

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FIELD = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')


@dataclass(frozen=True)
class Account:
    """What a device signs in with."""

    username: str
    password: str


class Signer:
    """Answer a server's challenge, and go on with its nonce until the server says that it is stale."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._challenge: Mapping[str, str] = {}
        self._count = 0
        self._cnonce = ""

    def take(self, challenges: Sequence[str], *, again: bool) -> bool:
        """Take the first challenge that a device understands; after a refused answer only one that says stale."""
        for challenge in challenges:
            scheme, _, text = challenge.partition(" ")
            fields = fields_of(text)
            if scheme.lower() == "digest" and fields.get("algorithm", "MD5").upper() == "MD5":
                if again and fields.get("stale", "").lower() != "true":
                    return False
                self._challenge, self._count, self._cnonce = fields, 0, secrets.token_hex(8)
                return True
        return False

    def header(self, method: str, uri: str) -> str | None:
        """Return the Authorization of one request; None before the first challenge."""
        if not self._challenge:
            return None
        given = self._challenge
        self._count += 1
        count, qop = f"{self._count:08x}", "auth" if "qop" in given else None
        secret = _md5(f"{self.account.username}:{given['realm']}:{self.account.password}")
        middle = [given["nonce"]] if qop is None else [given["nonce"], count, self._cnonce, qop]
        response = _md5(":".join([secret, *middle, _md5(f"{method}:{uri}")]))
        quoted = {
            "username": self.account.username,
            "realm": given["realm"],
            "nonce": given["nonce"],
            "uri": uri,
            "response": response,
            **({} if qop is None else {"cnonce": self._cnonce}),
            **({"opaque": given["opaque"]} if "opaque" in given else {}),
        }
        plain = {"algorithm": "MD5"} | ({} if qop is None else {"qop": qop, "nc": count})
        return "Digest " + ", ".join(
            [*(f'{name}="{value}"' for name, value in quoted.items()), *(f"{name}={plain[name]}" for name in plain)]
        )


def fields_of(text: str) -> dict[str, str]:
    """Read the fields of a challenge."""
    return {name.lower(): quoted or plain for name, quoted, plain in FIELD.findall(text)}


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest()
