"""Make a signed report provable for years (PAdES B-LTA), and go on doing so: evidence, and a stamp over all of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import TimeStamper

from reports.errors import ReportError
from reports.signing.chains import Chain, chain_in, chains_of, loaded
from reports.signing.check import check_signatures
from reports.signing.findings import SignatureReport
from reports.signing.gathering import Fetch, gathered
from reports.signing.long_term import evidence_in, with_evidence, with_stamp
from reports.signing.replay import STAMP, end_of


@dataclass(frozen=True)
class Lasting:
    """A file with another stamp, what is found of it now, and whose certificates name no place to ask about them."""

    pdf: bytes
    report: SignatureReport
    untold: tuple[str, ...]


def sealed_for_long(pdf: bytes, authority: TimeStamper, fetch: Fetch, above: Sequence[bytes] = ()) -> Lasting:
    """Add to a report that all have signed what proves it later: evidence of every certificate, and a stamp over all.

    Where a certificate names no place to ask (as those of a demo key), the stamp is added all the same and the level
    stays B-T; `untold` names it.

    Parameters
    ----------
    authority : TimeStamper
        Who stamps; asked twice: what its certificates need has to be in the file before its stamp.
    fetch : Fetch
        How answers and lists are obtained.
    above : sequence of bytes, optional
        Certificates (DER) above the authority's, where its answers lack them.

    Raises
    ------
    ReportError
        ``reports.not_renewable`` when the file does not hold as it is; ``reports.revocation_unknown``,
        ``reports.certificate_revoked``, ``reports.not_stamped``
    """
    _require_holding(pdf)
    reader = PdfFileReader(BytesIO(pdf))
    pool = loaded([*evidence_in(reader).certificates, *above])
    chains = [chain for each in reader.embedded_signatures for chain in chains_of(each.signed_data, pool)]
    return _stamped(pdf, chains, authority, fetch, above)


def renewed(pdf: bytes, authority: TimeStamper, fetch: Fetch, above: Sequence[bytes] = ()) -> Lasting:
    """Add a stamp before the last one's certificate ends, with fresh evidence of it: once a year.

    Takes and raises what `sealed_for_long` does; a file without a stamp is sealed for the first time.
    """
    _require_holding(pdf)
    reader = PdfFileReader(BytesIO(pdf))
    last = max(reader.embedded_signatures, key=end_of)
    if last.sig_object_type != STAMP:
        return sealed_for_long(pdf, authority, fetch, above)
    pool = loaded([*evidence_in(reader).certificates, *above])
    return _stamped(pdf, chains_of(last.signed_data, pool), authority, fetch, above)


def _stamped(
    pdf: bytes, chains: Sequence[Chain], authority: TimeStamper, fetch: Fetch, above: Sequence[bytes]
) -> Lasting:
    # The authority's own certificates are known only from an answer of it.
    token = asyncio.run(authority.async_dummy_response("sha256"))
    found = gathered([*chains, chain_in(token["content"], loaded(above))], fetch)
    made = with_stamp(with_evidence(pdf, found.evidence), authority)
    return Lasting(made, _require_holding(made), found.untold)


def _require_holding(pdf: bytes) -> SignatureReport:
    """Refuse a file whose signatures do not hold: no stamp heals it, and one would seem to."""
    report = check_signatures(pdf)
    if not report.holds:
        problems = [report.problem, *(each.problem for each in report.signatures)]
        raise ReportError("reports.not_renewable", problem=next(filter(None, problems), ""))
    return report
