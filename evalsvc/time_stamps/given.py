"""Time stamps for those who work with files: certificates as given on a command line, stamping, checking."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from asn1crypto.x509 import Certificate

from evalsvc import files
from evalsvc.time_stamps.authority import Authority, obtain, require_same_clock
from evalsvc.time_stamps.check import StampCheck, check_stamp
from evalsvc.time_stamps.token import read_certificates
from sampling.commitment import Commitment
from sampling.manifest import Manifest


def certificates(paths: Iterable[Path]) -> tuple[Certificate, ...] | None:
    """Read the files; None where none was given.

    Raises
    ------
    InvalidError
        ``time_stamp.no_certificate``
    """
    return tuple(each for path in paths for each in read_certificates(path.read_bytes(), path.name)) or None


def stamped(made: Commitment, url: str, paths: Iterable[Path], clock: Callable[[], str]) -> Commitment:
    """Have a commitment stamped; from then on it is committed.

    Raises
    ------
    TimeStampError, InvalidError
        Whatever `certificates`, `obtain` and `require_same_clock` refuse.
    """
    answer = obtain(Authority(url, certificates(paths)), made.commitment, file=files.COMMITMENT)
    at = clock()
    require_same_clock(answer.stamp, datetime.fromisoformat(at), url)
    return replace(made, committed_at=at, time_stamp=answer.token)


def check_given(stated: Commitment | Manifest, paths: Iterable[Path], file: str) -> StampCheck:
    """Check the time stamp of a commitment, or of a manifest with the time of its draw.

    Raises
    ------
    InvalidError
        ``time_stamp.no_certificate``
    """
    return check_stamp(
        stated.time_stamp,
        stated.commitment,
        committed_at=stated.committed_at,
        drawn_at=stated.drawn_at if isinstance(stated, Manifest) else None,
        trusted=certificates(paths),
        file=file,
    )
