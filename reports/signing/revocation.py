"""What answers (OCSP, RFC 6960) and lists (CRL, RFC 5280) say of a certificate; nothing unsigned is believed."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import new as hash_by
from itertools import pairwise

from asn1crypto.keys import PublicKeyInfo
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from reports.signing.chains import Chain, is_issued_by, is_root
from reports.signing.evidence import Evidence


@dataclass(frozen=True)
class News:
    """What one answer or list says of a certificate: since when it is revoked, or None while it is not."""

    said_at: datetime
    revoked_at: datetime | None


def news_of(certificate: x509.Certificate, issuer: x509.Certificate, evidence: Evidence) -> list[News]:
    """Return all that evidence says of a certificate, signed by its issuer or by whom the issuer named for it."""
    found = [news for answer in evidence.ocsp_answers for news in _in_answer(certificate, issuer, answer)]
    return found + [news for each in evidence.revocation_lists for news in _in_list(certificate, issuer, each)]


def revoked_at(certificate: x509.Certificate, issuer: x509.Certificate, evidence: Evidence) -> datetime | None:
    """Return since when a certificate is revoked, as far as evidence tells."""
    return min((each.revoked_at for each in news_of(certificate, issuer, evidence) if each.revoked_at), default=None)


def unanswered(chains: Sequence[Chain], evidence: Evidence) -> list[x509.Certificate]:
    """Return the certificates of which nobody said that they are in force, or whose issuer is not at hand."""
    open_ended = [chain[-1] for chain in chains if not is_root(chain[-1])]
    return open_ended + [
        lower
        for chain in chains
        for lower, upper in pairwise(chain)
        if not any(each.revoked_at is None for each in news_of(lower, upper, evidence))
    ]


def responders(evidence: Evidence) -> list[x509.Certificate]:
    """Return the certificates of those who answered for an issuer."""
    return [each for answer in evidence.ocsp_answers for each in _loaded(answer).certificates]


def _loaded(answer: bytes) -> ocsp.OCSPResponse:
    return ocsp.load_der_ocsp_response(answer)


def _in_answer(certificate: x509.Certificate, issuer: x509.Certificate, answer: bytes) -> Iterator[News]:
    with suppress(ValueError, TypeError):  # what cannot be read says nothing
        loaded = _loaded(answer)
        if loaded.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL or not _is_answered_by(loaded, issuer):
            return
        for each in loaded.responses:
            if each.serial_number == certificate.serial_number and _is_about(each, issuer):
                if each.certificate_status is ocsp.OCSPCertStatus.REVOKED:
                    yield News(each.this_update_utc, each.revocation_time_utc)
                elif each.certificate_status is ocsp.OCSPCertStatus.GOOD:
                    yield News(each.this_update_utc, None)


def _is_about(single: ocsp.OCSPSingleResponse, issuer: x509.Certificate) -> bool:
    """Tell whether an answer is about a certificate of this issuer: it names the hash of its key."""
    key = PublicKeyInfo.load(issuer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return bool(single.issuer_key_hash == hash_by(single.hash_algorithm.name, bytes(key["public_key"])).digest())


def _is_answered_by(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
    """Tell whether the issuer signed an answer, or somebody whom the issuer certified for it (RFC 6960, 4.2.2.2)."""
    named = [each for each in answer.certificates if is_issued_by(each, issuer) and _may_answer(each)]
    return any(_has_signed(each, answer) for each in (issuer, *named))


def _may_answer(certificate: x509.Certificate) -> bool:
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in uses


def _has_signed(certificate: x509.Certificate, answer: ocsp.OCSPResponse) -> bool:
    key, algorithm = certificate.public_key(), answer.signature_hash_algorithm
    try:
        if algorithm is not None and isinstance(key, rsa.RSAPublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, padding.PKCS1v15(), algorithm)
            return True
        if algorithm is not None and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(algorithm))
            return True
    except InvalidSignature:
        pass
    return False


def _in_list(certificate: x509.Certificate, issuer: x509.Certificate, data: bytes) -> Iterator[News]:
    with suppress(ValueError, TypeError):
        listed = x509.load_der_x509_crl(data)
        key = issuer.public_key()
        if listed.issuer != certificate.issuer or not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            return
        if not _is_whole(listed) or not listed.is_signature_valid(key):
            return
        entry = listed.get_revoked_certificate_by_serial_number(certificate.serial_number)
        yield News(listed.last_update_utc, None if entry is None else entry.revocation_date_utc)


def _is_whole(listed: x509.CertificateRevocationList) -> bool:
    """Tell whether a list speaks of all certificates of its issuer, and not of some of them or of what is new."""
    partial = {x509.IssuingDistributionPoint.oid, x509.DeltaCRLIndicator.oid}
    return not any(each.critical and each.oid in partial for each in listed.extensions)
