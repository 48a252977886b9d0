"""Make issued reports provable for years: evidence and stamps, from the authority that the settings name."""

import asyncio
import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalsvc import files
from evalsvc.asking import NoAnswerError, ask
from evalsvc.config import Config
from evalsvc.time_stamps.authority import Authority, obtain
from evalsvc.time_stamps.configured import authority_of
from reports.errors import ReportError

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

    from reports.signing.lasting import Lasting

LARGEST_ANSWER = 10_000_000
"""Bytes of a list of revoked certificates that are read; those of large authorities have some megabytes."""
SECONDS = 20


@dataclass(frozen=True)
class LongTerm:
    """A file as it is to be kept, how far it is proven (`reports.signing.check`), and who could not be asked about."""

    pdf: bytes
    level: str
    untold: tuple[str, ...]
    """Names on certificates that tell of no place to ask whether they were revoked."""


def with_long_term(config: Config, pdf: bytes) -> LongTerm:
    """Add evidence and a stamp to a report that all have signed.

    Without an authority in the settings the file is returned as it is: evidence counts only under a stamp.

    Raises
    ------
    TimeStampError, ConfigurationError
        As `evalsvc.time_stamps` does.
    ReportError
        As `reports.signing.lasting` does.
    """
    authority = authority_of(config)
    if authority is None:
        from reports.signing.check import check_signatures  # noqa: PLC0415 (loads pyHanko)

        return LongTerm(pdf, check_signatures(pdf).level, ())
    from reports.signing.lasting import sealed_for_long  # noqa: PLC0415 (as above)

    return _told(_made(sealed_for_long, pdf, authority))


def renewed(authority: Authority, pdf: bytes) -> "Lasting":
    """Add another stamp to a report, with fresh evidence of the last one.

    Raises
    ------
    TimeStampError, ReportError
        As `with_long_term`.
    """
    from reports.signing.lasting import renewed as with_another  # noqa: PLC0415 (loads pyHanko)

    return _made(with_another, pdf, authority)


def time_stamper(authority: Authority) -> "TimeStamper":
    """Return an authority as what signs ask: every answer is verified before it is used."""
    from asn1crypto.cms import ContentInfo  # noqa: PLC0415
    from pyhanko.sign.timestamps import TimeStamper  # noqa: PLC0415 (loads pyHanko)

    class Stamper(TimeStamper):
        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> ContentInfo:
            """Have a hash stamped; SHA-256 is what the authority is asked for."""
            if md_algorithm != "sha256":
                raise ReportError("reports.not_stamped", reason=md_algorithm)
            # In a thread of its own: what verifies the answer runs a loop itself.
            given = await asyncio.to_thread(obtain, authority, message_digest.hex(), file=files.REPORT)
            return ContentInfo.load(base64.b64decode(given.token))

    return Stamper()  # type: ignore[no-untyped-call]


def fetch(url: str, content: bytes | None) -> bytes:
    """Fetch a list of revoked certificates, or ask about one.

    Raises
    ------
    ReportError
        ``signing.no_news`` when nothing comes within the bounds.
    """
    headers = {} if content is None else {"Content-Type": "application/ocsp-request"}
    try:
        answer = ask(url, content, headers, seconds=SECONDS, most=LARGEST_ANSWER)
    except NoAnswerError as error:
        raise ReportError("signing.no_news", url=url, reason=error.reason) from error
    if answer.status != 200:
        raise ReportError("signing.no_news", url=url, reason=f"HTTP {answer.status}")
    return answer.data


def _made(add: Callable[..., Any], pdf: bytes, authority: Authority) -> "Lasting":
    above = tuple(each.dump() for each in authority.trusted or ())
    made: Lasting = add(pdf, time_stamper(authority), fetch, above)
    return made


def _told(made: "Lasting") -> LongTerm:
    return LongTerm(made.pdf, made.report.level, made.untold)
