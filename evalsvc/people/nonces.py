"""Nonces of Digest sign-in: nothing is kept of one that was given out, and little of one that was used.

A nonce carries its time and a mark under the service's key, so any process knows its own again, and those of others
that have the key. What was used is remembered (`used_nonces.py`), that nobody who listened can send a header a second
time; the memory is bounded, and what is older than it reaches is stale. So is what is from before the server started.
A client that hears `stale` signs anew by itself. All processes of one `evalsvc serve` share the memory; where several
servers serve one database, a header that was listened to could be used once in each other: there TLS is what protects.
"""

import base64
import binascii
import hashlib
import hmac
import os
import struct
from dataclasses import dataclass

from evalsvc.people.used_nonces import UsedNonces

SECONDS = 600
"""How long a nonce serves: as long as the parts of one long submission may take to follow each other."""
AHEAD = 60
"""Seconds by which the clock of another machine that serves the same database may be ahead."""
TIME, CHANCE, MARK = 8, 12, 16
PURPOSE = b"evalsvc digest nonce, version 1"


@dataclass(frozen=True)
class _Given:
    """A nonce of ours: when it was given out, and its mark."""

    at: float
    mark: bytes


class Nonces:
    """Give out nonces and say whether one may be used once more."""

    def __init__(self, key: str, used: UsedNonces) -> None:
        self._key = hashlib.sha256(PURPOSE + key.encode("utf-8")).digest()
        self._used = used

    def new(self, at: float) -> str:
        """Give out a nonce at a time (seconds since 1970)."""
        # Chance keeps devices that sign in at the same moment from sharing one.
        body = struct.pack(">d", at) + os.urandom(CHANCE)
        return base64.urlsafe_b64encode(body + self._mark(body)).decode("ascii")

    def use(self, nonce: str, count: int | None, at: float) -> bool:
        """Note one use of a nonce; False when it is not ours, too old, or used so already. Ask after the proof fits."""
        given = self._given(nonce)
        if given is None or not at - SECONDS < given.at < at + AHEAD:
            return False
        return self._used.note(given.mark, given.at, count)

    def _given(self, nonce: str) -> _Given | None:
        """Read a nonce; None when it is not ours."""
        try:
            raw = base64.b64decode(nonce, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        body, mark = raw[: TIME + CHANCE], raw[TIME + CHANCE :]
        # The same bytes written otherwise (with padding, say) would be remembered as another nonce.
        if base64.urlsafe_b64encode(raw).decode("ascii") != nonce or not hmac.compare_digest(mark, self._mark(body)):
            return None
        return _Given(struct.unpack(">d", body[:TIME])[0], mark)

    def _mark(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()[:MARK]
