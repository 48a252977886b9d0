"""Ask another server over HTTP within bounds: of time, of bytes, and without following it elsewhere."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    data: bytes


class NoAnswerError(Exception):
    """Raise when a server gives no answer within the bounds; `reason` is one of SLOW, UNREACHABLE, LARGE."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


SLOW, UNREACHABLE, LARGE = "slow", "unreachable", "large"


def ask(
    url: str,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    seconds: float,
    most: int,
    verified_by: ssl.SSLContext | None = None,
) -> Answer:
    """Send content (POST), or fetch what lies there (GET).

    Parameters
    ----------
    seconds : float
        How long all of it may take.
    most : int
        Bytes that are read of an answer.
    verified_by : ssl.SSLContext, optional
        Whom to believe over TLS; the authorities of the system, unless given.

    Raises
    ------
    NoAnswerError
        When there is no answer within these bounds.
    """
    import httpx  # noqa: PLC0415 (a tenth of a second, which only those who ask a server wait for)

    method, until = "GET" if content is None else "POST", time.monotonic() + seconds
    try:
        with (
            httpx.Client(verify=verified_by or True, timeout=seconds, follow_redirects=False) as client,
            client.stream(method, url, content=content, headers=dict(headers or {})) as reply,
        ):
            data = b""
            for part in reply.iter_bytes():
                data += part
                if len(data) > most:
                    raise NoAnswerError(LARGE)
                if time.monotonic() > until:
                    raise NoAnswerError(SLOW)
            return Answer(reply.status_code, data)
    except httpx.TimeoutException as error:
        raise NoAnswerError(SLOW) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoAnswerError(UNREACHABLE) from error
