"""Check a commitment's time stamp against the times that its files state, and say what it shows; never silently."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto.x509 import Certificate

from evalsvc.time_stamps.token import Stamp, verify_token
from sampling.errors import Complaint, complain

TOLERANCE = timedelta(minutes=5)
"""How far two clocks, the authority's and the institute's, may lie apart."""


@dataclass(frozen=True)
class StampCheck:
    """What a commitment's time stamp shows: the stamp that holds, what stands against it, what is to be told."""

    stamp: Stamp | None
    complaints: tuple[Complaint, ...]
    notes: tuple[Complaint, ...]


def check_stamp(
    token: str | None,
    commitment: str,
    *,
    committed_at: str,
    drawn_at: str | None = None,
    trusted: Sequence[Certificate] | None = None,
    file: str,
) -> StampCheck:
    """Verify a token and compare its time with the stated ones; without a token that is told.

    A line of the log bears `committed_at` or a later time, which others compare; so the log needs no comparison of its
    own here.
    """
    if token is None:
        return StampCheck(None, (), (complain("time_stamp.none", file=file, committed_at=committed_at),))
    reading = verify_token(token, commitment, trusted, file=file)
    if reading.stamp is None:
        return StampCheck(None, reading.complaints, ())
    complaints = tuple(_times(reading.stamp, committed_at, drawn_at, file))
    if complaints:
        return StampCheck(None, complaints, ())
    return StampCheck(reading.stamp, (), (_told(reading.stamp, file),))


def _times(stamp: Stamp, committed_at: str, drawn_at: str | None, file: str) -> Iterator[Complaint]:
    """Name a stamp of another time than the commitment's, or of after the draw."""
    details: dict[str, Any] = {"file": file, "at": stamp.at_text, "authority": stamp.authority}
    committed, drawn = _moment(committed_at), _moment(drawn_at or "")
    # A time that is none is named by those who check the times of the file.
    if committed is not None and abs(stamp.at - committed) > TOLERANCE:
        code = "time_stamp.before_commitment" if stamp.at < committed else "time_stamp.after_commitment"
        yield complain(code, **details, stated=committed_at, minutes=TOLERANCE.seconds // 60)
    if drawn is not None and stamp.at > drawn + TOLERANCE:
        yield complain("time_stamp.after_draw", **details, drawn_at=drawn_at)


def _told(stamp: Stamp, file: str) -> Complaint:
    return complain(
        "time_stamp.holds_trusted" if stamp.trusted else "time_stamp.holds",
        file=file,
        at=stamp.at_text,
        authority=stamp.authority,
        serial=stamp.serial,
        fingerprint=stamp.fingerprint,
    )


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
