"""One device's way to a server: HTTP over a socket, with the headers that every request carries."""

import base64
import http.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from urllib.parse import urlsplit

from tests.openrosa_client.digest import Account, Signer

USER_AGENT = "org.odk.collect.android/v2026.2.1 Dalvik/2.1.0 (Linux; U; Android 13; 示例手机 Build/TP1A)"
MONTHS = ["一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月"]
UNAUTHORIZED = 401
RETRIES = 3
"""How often a request is signed anew because its nonce was stale."""


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name; of several with one name the last."""
    challenges: tuple[str, ...]
    content: bytes


class NoAnswerError(Exception):
    """Raise when the connection broke before a whole answer was there; the device will try again later."""


class Connection:
    """Requests of one device, one after the other; Digest always, Basic on https only."""

    def __init__(
        self,
        server: str,
        account: Account | None = None,
        *,
        timeout: float = 60,
        date: Callable[[], str] = lambda: localised_date(datetime.now(UTC)),
    ) -> None:
        self.server = server.rstrip("/")
        self.account = account
        self._signer = None if account is None else Signer(account)
        self._basic = False
        self._timeout, self._date = timeout, date
        self._open: dict[str, http.client.HTTPConnection] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        for connection in self._open.values():
            connection.close()
        self._open.clear()

    def request(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request, and sign it when the server asks for that.

        Raises
        ------
        NoAnswerError
            The connection broke.
        """
        answer = self._send(method, url, body, headers)
        for attempt in range(RETRIES):
            if answer.status != UNAUTHORIZED or not self._can_sign(url, answer, again=attempt > 0):
                break
            answer = self._send(method, url, body, headers)
        return answer

    def _can_sign(self, url: str, answer: Answer, *, again: bool) -> bool:
        """Take up a challenge: Digest anywhere, Basic only where nobody on the way can read the password."""
        if self._signer is None:
            return False
        if self._signer.take(answer.challenges, again=again):
            return True
        asked = any(each.lower().startswith("basic") for each in answer.challenges)
        self._basic = asked and not again and url.startswith("https:")
        return self._basic

    def _signature(self, method: str, target: str) -> str | None:
        if self.account is None or self._signer is None:
            return None
        if self._basic:
            return "Basic " + base64.b64encode(f"{self.account.username}:{self.account.password}".encode()).decode()
        return self._signer.header(method, target)

    def _send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str] | None) -> Answer:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        sent = {
            "X-OpenRosa-Version": "1.0",
            "Date": self._date(),
            "User-Agent": USER_AGENT,
            **(headers or {}),
        }
        signature = self._signature(method, target)
        if signature is not None:
            sent["Authorization"] = signature
        connection = self._connection(parts.scheme, parts.netloc)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in sent.items():
                connection.putheader(name, value.encode("utf-8"))
            if method == "POST":
                connection.putheader("Content-Length", str(len(body or b"")))
            connection.endheaders(body)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise NoAnswerError(f"{method} {parts.path}") from error
        return Answer(
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            tuple(response.headers.get_all("WWW-Authenticate", [])),
            content,
        )

    def _connection(self, scheme: str, place: str) -> http.client.HTTPConnection:
        if place not in self._open:
            kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
            self._open[place] = kind(place, timeout=self._timeout)
        return self._open[place]


def localised_date(at: datetime) -> str:
    """Write the Date header as a phone set to Chinese writes it."""
    return f"周{'一二三四五六日'[at.weekday()]}, {at.day:02} {MONTHS[at.month - 1]} {at:%Y %H:%M:%S} GMT"
