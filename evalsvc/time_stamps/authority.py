"""Ask a time-stamping authority (RFC 3161 over HTTP) to stamp a commitment, and take no token that does not hold."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from asn1crypto import algos, cms, core, tsp
from asn1crypto.x509 import Certificate

from evalsvc.errors import UnavailableError
from evalsvc.time_stamps.check import TOLERANCE
from evalsvc.time_stamps.token import IMPRINT_ALGORITHM, Stamp, token_of, verify_token

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
LARGEST_REPLY = 100_000
"""Bytes of an answer that are read."""
GRANTED = frozenset({"granted", "granted_with_mods"})


@dataclass(frozen=True)
class Authority:
    """Who is asked, how long, and to which certificates its chain has to lead."""

    url: str
    trusted: tuple[Certificate, ...] | None = None
    seconds: float = 10


@dataclass(frozen=True)
class Stamped:
    """A token that holds, as files hold it, and what it says."""

    token: str
    stamp: Stamp


class _Reply(core.Sequence):  # type: ignore[misc]
    """An answer; asn1crypto's own class knows none without a token, as a refusal is."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo), ("token", cms.ContentInfo, {"optional": True})]


class TimeStampError(UnavailableError):
    """Raise when an authority gives no token that can be used; nothing was committed."""


def obtain(authority: Authority, commitment: str, *, file: str) -> Stamped:
    """Have a commitment stamped.

    Raises
    ------
    TimeStampError
        ``time_stamp.unreachable``, ``time_stamp.slow``, ``time_stamp.no_reply``, ``time_stamp.not_granted``,
        ``time_stamp.other_question``; ``time_stamp.unusable`` with everything that stands against the token.
    """
    nonce = secrets.randbits(63)
    token = _token(_post(authority, _query(commitment, nonce)), nonce, authority.url)
    reading = verify_token(token, commitment, authority.trusted, file=file)
    if reading.stamp is None:
        raise TimeStampError("time_stamp.unusable", reading.complaints, url=authority.url)
    return Stamped(token, reading.stamp)


def require_same_clock(stamp: Stamp, own: datetime, url: str) -> None:
    """Refuse a token whose time is not that of the own clock: every check would complain of it.

    Raises
    ------
    TimeStampError
        ``time_stamp.clocks_differ``
    """
    if abs(stamp.at - own) > TOLERANCE:
        raise TimeStampError(
            "time_stamp.clocks_differ",
            url=url,
            at=stamp.at_text,
            own=f"{own:%Y-%m-%dT%H:%M:%SZ}",
            minutes=TOLERANCE.seconds // 60,
        )


def _query(commitment: str, nonce: int) -> bytes:
    imprint = {
        "hash_algorithm": algos.DigestAlgorithm({"algorithm": IMPRINT_ALGORITHM}),
        "hashed_message": bytes.fromhex(commitment),
    }
    wanted = {"version": 1, "message_imprint": tsp.MessageImprint(imprint), "nonce": cms.Integer(nonce)}
    return bytes(tsp.TimeStampReq({**wanted, "cert_req": True}).dump())


def _post(authority: Authority, query: bytes) -> bytes:
    import httpx  # noqa: PLC0415 (a tenth of a second, which only those who ask an authority wait for)

    headers = {"Content-Type": QUERY, "Accept": REPLY}
    try:
        with httpx.stream("POST", authority.url, content=query, headers=headers, timeout=authority.seconds) as reply:
            data = b""
            for part in reply.iter_bytes():
                data += part[: LARGEST_REPLY + 1]
                if len(data) > LARGEST_REPLY:
                    break
            status = reply.status_code
    except httpx.TimeoutException as error:
        raise TimeStampError("time_stamp.slow", url=authority.url, seconds=authority.seconds) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TimeStampError("time_stamp.unreachable", url=authority.url) from error
    if status != httpx.codes.OK or len(data) > LARGEST_REPLY:
        raise TimeStampError("time_stamp.no_reply", url=authority.url, status=status)
    return data


def _token(reply: bytes, nonce: int, url: str) -> str:
    """Take the token out of an answer; one to another question is none."""
    try:
        answer = _Reply.load(reply, strict=True)
        status = answer["status"]["status"].native
        texts = [str(each) for each in answer["status"]["status_string"].native or ()]
        reasons = sorted(answer["status"]["fail_info"].native or ())
        token = answer["token"]
        own = status not in GRANTED or token["content"]["encap_content_info"]["content"].parsed["nonce"].native == nonce
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise TimeStampError("time_stamp.no_reply", url=url, status=200) from error
    if status not in GRANTED:
        reason = "; ".join([*texts, *reasons])[:200] or status
        raise TimeStampError("time_stamp.not_granted", url=url, reason=reason)
    if not own:
        raise TimeStampError("time_stamp.other_question", url=url)
    return token_of(token.dump())
