"""Ask those who know whether certificates were revoked: answers (OCSP) first, lists (CRL) where nobody answers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from reports.errors import ReportError
from reports.signing.certificates import day, name_of
from reports.signing.chains import Chain, chain_above, der, is_root
from reports.signing.evidence import Evidence
from reports.signing.revocation import news_of, responders, revoked_at

Fetch = Callable[[str, bytes | None], bytes]
"""Fetches what lies at an address, or sends a question there (OCSP); raises ReportError where nothing comes back."""
MOST_CERTIFICATES = 60
"""Certificates that are asked about, those of who answers among them."""


@dataclass(frozen=True)
class Gathered:
    """What was found, and the names on the certificates that tell of no place where one could ask."""

    evidence: Evidence
    untold: tuple[str, ...]


def gathered(chains: Iterable[Chain], fetch: Fetch) -> Gathered:
    """Gather what proves that certificates were in force.

    Raises
    ------
    ReportError
        ``reports.revocation_unknown`` when a place to ask is named and gives nothing that can be believed;
        ``reports.certificate_revoked``
    """
    evidence, untold, waiting = Evidence(), [], list(chains)
    asked: set[x509.Certificate] = set()
    while waiting:
        chain = waiting.pop(0)
        evidence = evidence.with_all(Evidence(der(chain)))
        if not is_root(chain[-1]):
            untold.append(name_of(chain[-1]))
        for lower, upper in pairwise(chain):
            if lower in asked or len(asked) > MOST_CERTIFICATES:
                continue
            asked.add(lower)
            found = _asked(lower, upper, fetch)
            if not found:
                untold.append(name_of(lower))
                continue
            evidence = evidence.with_all(found)
            waiting += [chain_above(each, chain) for each in responders(found) if _is_to_be_asked_about(each)]
    return Gathered(evidence, tuple(dict.fromkeys(untold)))


def _asked(certificate: x509.Certificate, issuer: x509.Certificate, fetch: Fetch) -> Evidence:
    """Return the first thing that tells of a certificate; nothing where it names no place to ask."""
    question = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1()).build()  # noqa: S303
    asked = question.public_bytes(Encoding.DER)
    places = [*((each, asked) for each in _who_answers(certificate)), *((each, None) for each in _lists(certificate))]
    for address, content in places:
        try:
            data = fetch(address, content)
        except ReportError:
            continue  # the next one may tell; where none does, it is told below
        found = Evidence((), (data,)) if content else Evidence((), (), (data,))
        if (since := revoked_at(certificate, issuer, found)) is not None:
            raise ReportError("reports.certificate_revoked", detail=f"{name_of(certificate)}, {day(since)}")
        if news_of(certificate, issuer, found):
            return found
    if places:
        raise ReportError("reports.revocation_unknown", name=name_of(certificate))
    return Evidence()


def _who_answers(certificate: x509.Certificate) -> list[str]:
    """Return the addresses at which a certificate says that one can ask about it."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    return _web([each.access_location for each in access if each.access_method == AuthorityInformationAccessOID.OCSP])


def _lists(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return _web([name for point in points for name in point.full_name or ()])


def _web(names: Iterable[x509.GeneralName]) -> list[str]:
    return [
        each.value
        for each in names
        if isinstance(each, x509.UniformResourceIdentifier) and each.value.lower().startswith(("http://", "https://"))
    ]


def _is_to_be_asked_about(responder: x509.Certificate) -> bool:
    """Tell whether somebody who answers can be revoked: who may not be asked about says so (RFC 6960, 4.2.2.2.1)."""
    return not any(each.oid == x509.OCSPNoCheck.oid for each in responder.extensions)
