"""Nonces of Digest sign-in: nothing is kept of one that was given out, and little of one that was used.

A nonce carries its time and a mark under the service's key, so any process knows its own again. What was used is
remembered, that nobody who listened can send a header a second time; the memory is bounded: when it is full, the oldest
go, and every nonce as old as those is stale from then on. So is one from before the process started. A client that
hears `stale` signs anew by itself. Each process remembers by itself: where several serve one database, a header that
was listened to could be used once in each other; against listening there is TLS.
"""

import base64
import binascii
import hashlib
import hmac
import os
import struct
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

SECONDS = 600
"""How long a nonce serves: as long as the parts of one long submission may take to follow each other."""
AHEAD = 60
"""Seconds by which the clock of another machine that serves the same database may be ahead."""
MOST = 20_000
"""Nonces that are remembered; about 5 MB."""
WINDOW = 64
"""Uses of one nonce that may overtake each other: a client may have several connections."""
TIME, CHANCE, MARK = 8, 12, 16
PURPOSE = b"evalsvc digest nonce, version 1"


@dataclass
class _Uses:
    """Which uses of a nonce were seen: the highest, and which of those closely below it."""

    highest: int
    seen: int


class Nonces:
    """Give out nonces and say whether one may be used once more; one for each process."""

    def __init__(self, key: str, started: float, most: int = MOST) -> None:
        self._key = hashlib.sha256(PURPOSE + key.encode("utf-8")).digest()
        self._oldest, self._most = started, most
        self._used: OrderedDict[str, _Uses] = OrderedDict()
        self._lock = Lock()

    def new(self, at: float) -> str:
        """Give out a nonce at a time (seconds since 1970)."""
        # Chance keeps devices that sign in at the same moment from sharing one.
        body = struct.pack(">d", at) + os.urandom(CHANCE)
        return base64.urlsafe_b64encode(body + self._mark(body)).decode("ascii")

    def use(self, nonce: str, count: int | None, at: float) -> bool:
        """Note one use of a nonce; False when it is not ours, too old, or used so already. Ask after the proof fits."""
        given = self._given(nonce)
        if given is None or not at - SECONDS < given < at + AHEAD:
            return False
        with self._lock:
            return given >= self._oldest and self._note(nonce, count)

    def _note(self, nonce: str, count: int | None) -> bool:
        uses = self._used.get(nonce)
        if uses is None:
            self._used[nonce] = _Uses(0 if count is None else count, 1)
            self._forget()
            return True
        if count is None or count <= uses.highest - WINDOW:
            return False
        if count > uses.highest:
            uses.seen = uses.seen << min(count - uses.highest, WINDOW) & (1 << WINDOW) - 1 | 1
            uses.highest = count
            return True
        bit = 1 << uses.highest - count
        fresh = not uses.seen & bit
        uses.seen |= bit
        return fresh

    def _forget(self) -> None:
        while len(self._used) > self._most:
            nonce, _ = self._used.popitem(last=False)
            self._oldest = max(self._oldest, (self._given(nonce) or 0) + 1e-6)

    def _given(self, nonce: str) -> float | None:
        """Return when a nonce was given out; None when it is not ours."""
        try:
            raw = base64.b64decode(nonce, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        body, mark = raw[: TIME + CHANCE], raw[TIME + CHANCE :]
        # The same bytes written otherwise (with padding, say) would be remembered as another nonce.
        if base64.urlsafe_b64encode(raw).decode("ascii") != nonce or not hmac.compare_digest(mark, self._mark(body)):
            return None
        return float(struct.unpack(">d", body[:TIME])[0])

    def _mark(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()[:MARK]
